from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import BadRequestError
from asyncsdk.server.blobs.keys import check_connector, check_content_type, check_key


@pytest.mark.parametrize(
    "key",
    [
        "a",
        "data/0.png",
        "a/b/c",
        "..a",
        "a..",
        ".a/...",
        "ä ö+?%*:<>|",
        "\u202f narrow space",
        "👩\u200d🔬.jpg",
    ],
)
def test_harmless_names_pass(key):
    assert check_key(key) == key


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "a/",
        "/a",
        "a//b",
        ".",
        "..",
        "a/.",
        "../a",
        "a/../b",
        "a\\b",
        "\0",
        "a\nb",
        "a\x7f",
        "\x85",
        "\u2028",
        "\ud800",
        "right\u202eleft",
        "x" * 201,
        "ä" * 101,
        "a/" * 256 + "b",
    ],
)
def test_dangerous_names_are_refused(key):
    with pytest.raises(BadRequestError) as caught:
        check_key(key)
    assert caught.value.status == 400


def test_lengths_are_counted_in_bytes():
    assert check_key("x" * 200)
    assert check_key("ä" * 100)
    assert check_key("/".join(["x" * 127] * 3 + ["x" * 128]))
    with pytest.raises(BadRequestError):
        check_key("/".join(["x" * 128] * 4))


@given(st.text(st.sampled_from("ab./\\\0\n"), max_size=12))
def test_whatever_passes_stays_inside_the_folder(key):
    try:
        check_key(key)
    except BadRequestError:
        return
    path = os.path.normpath(f"/base/{key}")
    assert path == f"/base/{key}"


@pytest.mark.parametrize("connector", ["", "..", "a/b", "a b", "é", "x" * 65, "a\n"])
def test_a_connector_is_a_plain_word(connector):
    assert check_connector("01920000-0000-7000-8000-00000000c001")
    with pytest.raises(BadRequestError):
        check_connector(connector)


@pytest.mark.parametrize(
    "text", ["image/png", "image/svg+xml", "text/plain; charset=utf-8", "application/vnd.x-y.z"]
)
def test_media_types_pass(text):
    assert check_content_type(text) == text


@pytest.mark.parametrize(
    "text", ["", "png", "a/b\r\nX: y", "a/b\n", "/", "a/", "ä/b", "a/b c", "a/" + "b" * 300]
)
def test_what_is_no_media_type_is_refused(text):
    with pytest.raises(BadRequestError):
        check_content_type(text)
