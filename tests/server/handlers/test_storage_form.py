from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import BadRequestError
from asyncsdk.server.handlers.storage_form import UploadForm

BOUNDARY = "----b0undary"
TYPE = f"multipart/form-data; boundary={BOUNDARY}"


def part(name, content, extra=""):
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'
    return head.encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


def read(body, cuts=(), content_type=TYPE):
    """Feed a body cut at some places; return the fields and the file."""
    form = UploadForm(content_type)
    edges = [0, *sorted(cuts), len(body)]
    content = b"".join(form.feed(body[a:b]) for a, b in itertools.pairwise(edges))
    form.end()
    return form.fields, content


def test_fields_and_file():
    body = (
        part("key", b"a/b.png")
        + part("Content-Type", b"image/png")
        + part("file", b"bytes", '; filename="x"')
        + END
    )
    assert read(body) == ({"key": "a/b.png", "content-type": "image/png"}, b"bytes")


def test_the_last_field_of_a_name_counts_and_what_follows_the_file_does_not():
    body = part("key", b"1") + part("KEY", b"2") + part("file", b"x") + part("key", b"3") + END + b"epilogue"
    assert read(body) == ({"key": "2"}, b"x")


@pytest.mark.parametrize(
    "content_type",
    [
        f'multipart/form-data; boundary="{BOUNDARY}"',
        f"Multipart/Form-Data;boundary={BOUNDARY}",
        f"multipart/form-data; charset=utf-8; BOUNDARY={BOUNDARY}; x=y",
    ],
)
def test_ways_to_name_the_boundary(content_type):
    assert read(part("file", b"x") + END, content_type=content_type) == ({}, b"x")


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/mixed; boundary=x",
        "multipart/form-data; boundary=" + "x" * 71,
        'multipart/form-data; boundary=""',
    ],
)
def test_what_is_no_form(content_type):
    with pytest.raises(BadRequestError):
        UploadForm(content_type)


def test_other_headers_of_a_part_are_ignored():
    body = (
        f"--{BOUNDARY}\r\nContent-Type: image/png\r\ncontent-disposition: form-data; "
        f'filename="; name.png"; name=file\r\nX: y\r\n\r\nbytes\r\n'
    ).encode() + END
    assert read(body) == ({}, b"bytes")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        END,
        part("key", b"1") + END,
        part("file", b"cut")[:-2],
        part("file", b"cut"),
        part("key", b"1")[:-5],
        part("key", b"\xff") + part("file", b"x") + END,
        b"preamble\r\n" + part("file", b"x") + END,
        part("file", b"x").replace(b"--", b"++", 1) + END,
        part("file", b"x").replace(b"form-data", b"attachment") + END,
        part("file", b"x").replace(b"name", b"nome") + END,
        f"--{BOUNDARY}\r\n\r\nno head\r\n".encode() + END,
    ],
)
def test_broken_forms_are_refused(body):
    for cuts in ((), range(1, len(body))):
        with pytest.raises(BadRequestError):
            read(body, cuts)


@pytest.mark.parametrize(
    "content", [b"\r", b"\r\n", b"\r\n--", f"--{BOUNDARY}".encode(), f"\r\n--{BOUNDARY[:-1]}".encode()]
)
def test_what_only_looks_like_a_delimiter_belongs_to_the_file(content):
    body = part("file", content + b"!" + content) + END
    assert read(body, range(1, len(body))) == ({}, content + b"!" + content)


@pytest.mark.parametrize("size", [1, 1000, 100_000])
def test_text_before_the_file_is_limited(size):
    form = UploadForm(TYPE)
    with pytest.raises(BadRequestError, match="too much text"):
        for _ in range(0, 40_000, size):
            form.feed(b"x" * size)
    with pytest.raises(BadRequestError, match="too much text"):
        read(part("a", b"x" * 15_000) + part("b", b"x" * 15_000) + part("file", b"") + END)
    assert read(part("a", b"x" * 15_000) + part("file", b"x" * 100_000) + END)[1] == b"x" * 100_000


def test_little_is_held_back():
    form = UploadForm(TYPE)
    form.feed(part("file", b"")[:-2])
    given_out = len(form.feed(b"\r" * 100_000))
    assert 100_000 - given_out < 100


NAMES = st.sampled_from(["key", "expires", "signature", "Content-Type", "x-extra"])
TEXTS = st.text(st.sampled_from("aä-\r\n ="), max_size=12).filter(lambda text: BOUNDARY not in text)
FILES = st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b"--", b"-", b"\r\n--", BOUNDARY[:-1].encode(), b"x", b"\0\xff"]),
    max_size=30,
).map(b"".join)


@given(st.lists(st.tuples(NAMES, TEXTS), max_size=5), FILES, st.data())
def test_any_form_cut_anywhere(fields, content, data):
    body = b"".join(part(name, text.encode()) for name, text in fields) + part("file", content) + END
    cuts = data.draw(st.sets(st.integers(0, len(body)), max_size=20))
    expected = {name.lower(): text for name, text in fields}
    assert read(body, cuts) == (expected, content)


@given(FILES, st.data())
def test_a_form_cut_short_is_never_taken_for_whole(content, data):
    whole = part("key", b"k") + part("file", content)
    body = whole + END
    length = data.draw(st.integers(0, len(whole) + len(BOUNDARY) + 1))
    with pytest.raises(BadRequestError):
        read(body[:length])
