"""The way through a PNG file without a decoder agrees with the decoder, wherever it says anything."""

from __future__ import annotations

import io
import os
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from asyncsdk.formats import images
from asyncsdk.formats.images import exif_metadata, image_size
from asyncsdk.formats.png_header import PngHeader, read_png_header
from asyncsdk.records.data import ImageSize

START = b"\x89PNG\r\n\x1a\n"


def png(mode="RGB", size=(70, 50), **options):
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG", **options)
    return file.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def chunks(content):
    """The chunks of a file, each whole."""
    found, at = [], len(START)
    while at < len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        found.append(content[at:end])
        at = end
    return found


def with_chunk(content, new, *, behind):
    """The file with one more chunk before its pixels, or behind them."""
    parts = chunks(content)
    place = len(parts) - 1 if behind else 1
    return START + b"".join([*parts[:place], new, *parts[place:]])


def exif(**tags):
    found = Image.Exif()
    for name, value in tags.items():
        found[getattr(ExifTags.Base, name)] = value
    return found


def exif_chunk(**tags):
    return chunk(b"eXIf", exif(**tags).tobytes().removeprefix(b"Exif\0\0"))


def header(content):
    return read_png_header(io.BytesIO(content))


def decoded(content, monkeypatch):
    """Size and EXIF as Pillow alone finds them."""
    with monkeypatch.context() as patch:
        patch.setattr(images, "read_png_header", lambda _: None)
        return image_size(io.BytesIO(content)), exif_metadata(io.BytesIO(content))


TURNED = exif_chunk(Orientation=6, Make="Acme")
XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
XMP_CHUNK = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)

PLAIN = {
    "colour": png(),
    "grey": png("L"),
    "with alpha": png("RGBA"),
    "palette": png("P"),
    "one bit": png("1"),
    "sixteen bits": png("I;16"),
    "with a profile": png(icc_profile=b"profile"),
    "with EXIF": png(exif=exif(Orientation=6, Make="Acme")),
    "with EXIF behind its pixels": with_chunk(png(), TURNED, behind=True),
    "with a text": with_chunk(png(), chunk(b"tEXt", b"Comment\0raw"), behind=False),
    "with a short text": with_chunk(png(), chunk(b"tEXt", b"a\0"), behind=True),
    "animated": png(save_all=True, append_images=[Image.new("RGB", (70, 50), (1, 2, 3))]),
    "large": png(size=(2000, 1500), compress_level=0),
}
OTHERS = {
    "with XMP": with_chunk(png(), XMP_CHUNK, behind=False),
    "with XMP behind its pixels": with_chunk(png(), XMP_CHUNK, behind=True),
    "with a raw profile": with_chunk(png(), chunk(b"tEXt", b"Raw profile type exif\0"), behind=False),
    "with EXIF twice": with_chunk(with_chunk(png(), TURNED, behind=True), TURNED, behind=True),
    "with more EXIF than can be": with_chunk(png(), chunk(b"eXIf", bytes(2**20 + 1)), behind=False),
    "with damaged EXIF": with_chunk(png(), TURNED[:-1] + b"?", behind=False),
    "without pixels": START + chunks(png())[0] + chunks(png())[-1],
    "longer than can be": START
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 2**31, 1, 8, 0, 0, 0, 0))
    + b"".join(chunks(png())[1:]),
    "with a chunk without a name": with_chunk(png(), chunk(b"ab1d", b""), behind=False),
    "cut": png()[:-20],
    "without an end": png()[:-12],
    "with a damaged beginning": png()[:29] + b"????" + png()[33:],
    "nothing": b"",
    "another kind": b"GIF89a",
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_file_needs_no_decoder(name, monkeypatch):
    content = PLAIN[name]
    assert header(content) is not None
    assert (image_size(io.BytesIO(content)), exif_metadata(io.BytesIO(content))) == decoded(
        content, monkeypatch
    )


def test_what_exif_tells_is_found_before_the_pixels_and_behind():
    for name in ("with EXIF", "with EXIF behind its pixels"):
        assert image_size(io.BytesIO(PLAIN[name])) == ImageSize(50, 70)
        assert exif_metadata(io.BytesIO(PLAIN[name])) == {"manufacturer": "Acme"}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_plain_is_left_to_the_decoder(name):
    assert header(OTHERS[name]) is None


@pytest.mark.parametrize("name", ["with XMP", "with XMP behind its pixels"])
def test_an_image_that_is_turned_by_xmp_still_has_the_size_that_is_shown(name):
    assert image_size(io.BytesIO(OTHERS[name])) == ImageSize(50, 70)


def test_pixels_are_passed_over(monkeypatch):
    content = png(size=(3000, 2000), compress_level=0)

    class Counting(io.BytesIO):
        read_bytes = 0

        def read(self, size=-1):
            found = super().read(size)
            self.read_bytes += len(found)
            return found

    stream = Counting(content)
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", None)
    assert image_size(stream) == ImageSize(3000, 2000)
    assert stream.read_bytes < len(content) / 100


def test_a_file_of_endless_small_chunks_is_not_walked_to_its_end():
    content = png()
    many = b"".join(chunks(content)[:-1]) + chunk(b"teST", b"") * 150_000 + chunks(content)[-1]
    assert header(START + many) is None


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([content for content in [*PLAIN.values(), *OTHERS.values()] if 0 < len(content) < 5000]),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=6),
    st.integers(0, 5000) | st.none(),
)
def test_damage_in_the_header_is_never_an_error(content, changes, length):
    damaged = bytearray(content)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    found = header(bytes(damaged[:length]))
    if found is not None:
        with Image.open(io.BytesIO(damaged)) as image:
            assert (found.width, found.height) == image.size


@given(st.binary(max_size=300))
def test_any_bytes_are_never_an_error(rest):
    assert header(START + rest) is None


def test_a_header_holds_what_was_read():
    assert header(PLAIN["with EXIF behind its pixels"]) == PngHeader(70, 50, TURNED[8:-4])
    assert header(chunk(b"IHDR", os.urandom(13))) is None
