from __future__ import annotations

import pytest

from asyncsdk.errors import FormatError
from asyncsdk.formats.voc_xml import read_tree

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY l0 "lol">%s]>
<annotation><filename>&l9;</filename></annotation>""" % b"".join(
    b'<!ENTITY l%d "%s">' % (level, b"&l%d;" % (level - 1) * 10) for level in range(1, 10)
)


@pytest.mark.parametrize(
    "content",
    [
        BOMB,
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><annotation/>',
        b"<!DOCTYPE annotation><annotation/>",
        b'<!DOCTYPE a [<!ENTITY n "car">]><annotation>&n;</annotation>',
    ],
)
def test_x6_document_types_and_entities_are_refused(content):
    with pytest.raises(FormatError, match="document types and entities") as caught:
        read_tree(content, "a.xml")
    assert caught.value.file == "a.xml"
    assert caught.value.place.startswith("line ")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"<a>",
        b"<a></b>",
        b"<a/><b/>",
        b"<a>\x00</a>",
        b"<a>&#1;</a>",
        b"<a>\xff</a>",
        b"<a>&nbsp;</a>",
        b"no xml",
        b'<?xml version="1.0" encoding="nothing"?><a/>',
        b'<?xml version="1.0" encoding="euc-jp"?><a>\xff\xff</a>',
        b'<?xml version="1.0" encoding="base64"?><a/>',
    ],
)
def test_what_is_no_xml(content):
    with pytest.raises(FormatError, match="no well-formed XML"):
        read_tree(content, "a.xml")


def test_the_line_of_a_fault_is_told():
    with pytest.raises(FormatError) as caught:
        read_tree(b"<a>\n<b>\n</c></a>", "a.xml")
    assert caught.value.place == "line 3"


def test_deep_nesting_is_refused():
    with pytest.raises(FormatError, match="within each other"):
        read_tree(b"<a>" * 10_000 + b"</a>" * 10_000, "a.xml")


def test_nodes_know_text_and_line():
    root = read_tree(b"<a>\n <b> x <!-- y -->z </b>\n<c/></a>", "a.xml")
    assert root.find("b").text == "x z"
    assert (root.find("b").line, root.find("c").line) == (2, 3)
    assert [node.tag for node in root.walk()] == ["a", "b", "c"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "gb2312", "shift_jis"])
def test_declared_encodings(encoding):
    label = "caf\u00e9" if "8859" in encoding else "\u732b" if encoding != "gb2312" else "\u72d7"
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><a>{label}</a>'
    assert read_tree(text.encode(encoding), "a.xml").text == label
