"""The short way to the size of a JPEG agrees with the decoder, wherever it says anything."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from asyncsdk.formats import images
from asyncsdk.formats.images import image_size
from asyncsdk.formats.jpeg_header import HEADER_BYTES, plain_jpeg_size
from asyncsdk.records.data import ImageSize


def jpeg(mode="RGB", size=(70, 50), **options):
    file = io.BytesIO()
    Image.new(mode, size).save(file, "JPEG", **options)
    return file.getvalue()


def decoded_size(content, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(images, "plain_jpeg_size", lambda _: None)
        return image_size(io.BytesIO(content))


def turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    return jpeg(exif=exif)


PLAIN = {
    "plain": jpeg(),
    "grey": jpeg("L"),
    "four colours": jpeg("CMYK"),
    "progressive": jpeg(progressive=True),
    "commented": jpeg(comment=b"\xff\xd9"),
    "restarting": jpeg(restart_marker_blocks=2),
    "one pixel": jpeg(size=(1, 1)),
}
OTHERS = {
    "turned": turned(),
    "with XMP": jpeg(xmp=b"<x:xmpmeta/>"),
    "with a profile": jpeg(icc_profile=b"profile"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_the_size_of_a_plain_one_needs_no_decoder(name, monkeypatch):
    size = plain_jpeg_size(PLAIN[name][:HEADER_BYTES])
    assert size is not None
    assert ImageSize(*size) == decoded_size(PLAIN[name], monkeypatch)


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_plain_is_left_to_the_decoder(name):
    assert plain_jpeg_size(OTHERS[name]) is None


def test_a_turned_image_still_has_the_size_that_is_shown():
    assert image_size(io.BytesIO(OTHERS["turned"])) == ImageSize(50, 70)


def test_a_file_of_another_kind_is_left_to_the_decoder():
    file = io.BytesIO()
    Image.new("RGB", (7, 5)).save(file, "PNG")
    assert plain_jpeg_size(file.getvalue()) is None
    assert plain_jpeg_size(b"") is None


@given(
    st.sampled_from([*PLAIN.values(), *OTHERS.values()]),
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=3),
    st.none() | st.integers(0, 700),
)
def test_damage_is_judged_as_the_decoder_judges_it(content, changes, length):
    damaged = bytearray(content)
    for place, value in changes:
        if place < len(damaged):
            damaged[place] = value
    damaged = bytes(damaged[:length])
    size = plain_jpeg_size(damaged)
    if size is not None:
        with pytest.MonkeyPatch.context() as patch:
            assert ImageSize(*size) == decoded_size(damaged, patch)


@given(st.binary(max_size=64))
def test_any_segments_are_judged_as_the_decoder_judges_them(rest):
    head, tail = PLAIN["plain"][:20], PLAIN["plain"][20:]
    for content in (head + rest + tail, head + b"\xff\xc0" + rest + tail, head + b"\xff\xdb" + rest + tail):
        size = plain_jpeg_size(content)
        if size is not None:
            with pytest.MonkeyPatch.context() as patch:
                assert ImageSize(*size) == decoded_size(content, patch)
