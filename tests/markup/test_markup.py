from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.markup.blocks import card, gallery, note, table
from asyncsdk.markup.charts import bar_chart, color_of
from asyncsdk.markup.elements import Html, element, joined

EVIL = "</b><script>alert(1)</script>\"'&"


class Reader(HTMLParser):
    """Collects the tags, attributes and texts of HTML, and checks that what is opened is closed."""

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.attributes, self.texts = [], set(), [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def read(markup):
    reader = Reader()
    reader.feed(markup)
    reader.close()
    assert reader.open == []
    return reader


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_text_stays_the_text_that_it_is(text, value):
    found = read(element("p", text, title=value))
    assert "".join(found.texts) == text.encode("utf-8", "replace").decode()
    assert found.tags == {"p"}
    assert found.attributes == [("title", value.encode("utf-8", "replace").decode())]


@given(st.text(min_size=1, max_size=40))
def test_a_text_stays_text_in_every_block(text):
    blocks = [
        card(text, text, {text: text}, text),
        table([text], [[text]], total=3, title=text),
        bar_chart({text: 2}, text),
        gallery([note(text)], text),
    ]
    assert read(joined(blocks)).tags <= {"div", "span", "b", "table", "thead", "tbody", "tr", "th", "td"}


def test_what_is_made_of_html_by_text_operations_is_text_again():
    made = element("b", "x")
    assert isinstance(made, Html)
    assert joined([made + "", f"{made}"]) == "&lt;b&gt;x&lt;/b&gt;" * 2
    assert joined([made]) == "<b>x</b>"


def test_a_long_text_is_cut():
    assert joined(["x" * 501]) == "x" * 500 + "…"


def test_bytes_of_a_file_name_that_are_no_text_do_not_break_the_page():
    element("p", b"\xff.jpg".decode("utf-8", "surrogateescape")).encode()


def test_a_table_says_how_many_rows_it_leaves_out():
    rows = iter([[number] for number in range(1_000)])
    found = read(table(["n"], rows, total=1_000))
    assert found.texts.count("19") == 1
    assert "20" not in found.texts
    assert found.texts[-1] == "and 980 more"
    assert next(rows) == [20]
    assert "more" not in table(["n"], [[1], [2]], total=2)


def test_a_chart_has_the_largest_first_and_sums_up_the_rest():
    found = read(bar_chart({f"label-{number:02}": number for number in range(40)}, "objects"))
    names = [text for text in found.texts if text.startswith("label")]
    assert names == [f"label-{number:02}" for number in range(39, 9, -1)]
    assert found.texts[-1] == "and 10 more, with 45 objects"


def test_an_empty_chart_says_so():
    assert read(bar_chart({}, "objects")).texts == ["no objects"]


@pytest.mark.parametrize("label", ["", "cat", EVIL, "\udcff"])
def test_a_colour_is_the_same_every_time(label):
    assert color_of(label) == color_of(label)
    assert color_of(label).startswith("hsl(")
