from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from asyncsdk.formats.images import exif_metadata, image_size
from asyncsdk.records.data import ImageSize

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP")
KNOWN_KEYS = {
    "acquired_at", "acquired_by", "altitude", "color_space", "compression", "latitude", "longitude",
    "manufacturer", "resolution_unit", "resolution_x", "resolution_y", "software",
}  # fmt: skip


def encoded(kind="JPEG", size=(7, 5), *, exif=None, **options):
    buffer = io.BytesIO()
    if exif is not None:
        options["exif"] = exif
    Image.new("RGB", size, (9, 8, 7)).save(buffer, kind, **options)
    return buffer.getvalue()


def measure(content):
    return image_size(io.BytesIO(content))


def told(exif, kind="JPEG"):
    return exif_metadata(io.BytesIO(encoded(kind, exif=exif)))


# Sizes


@pytest.mark.parametrize("kind", FORMATS)
def test_the_size_of_each_format(kind):
    assert measure(encoded(kind, (13, 4))) == ImageSize(13, 4)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_is_as_displayed(kind, orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    wanted = ImageSize(5, 7) if orientation >= 5 else ImageSize(7, 5)
    assert measure(encoded(kind, exif=exif)) == wanted


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_unknown_orientation_turns_nothing(orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    assert measure(encoded(exif=exif)) == ImageSize(7, 5)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16", "CMYK"])
def test_the_size_of_each_mode(mode):
    buffer = io.BytesIO()
    Image.new(mode, (3, 9)).save(buffer, "TIFF")
    assert measure(buffer.getvalue()) == ImageSize(3, 9)


def test_only_the_header_is_read():
    content = encoded("BMP", (3000, 2000))
    stream = io.BytesIO(content[:4096])
    assert image_size(stream) == ImageSize(3000, 2000)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width, height):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def test_a_header_that_promises_a_bomb_is_measured_but_not_decoded():
    size = measure(png_of(50_000, 50_000))
    assert size in (None, ImageSize(50_000, 50_000))
    assert measure(png_of(2**31 - 1, 2**31 - 1)) is None


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (0, 0)])
def test_an_image_without_pixels_is_none(size):
    assert measure(png_of(*size)) is None


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0", b"GIF89a", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0", b"RIFF\0\0\0\0WEBP",
        b"no image at all", b"<svg width='3' height='4'/>", b"%PDF-1.7", b"\0" * 5000, bytes(range(256)) * 40,
    ],
)  # fmt: skip
def test_what_is_no_image_is_none(content):
    assert measure(content) is None
    assert exif_metadata(io.BytesIO(content)) == {}


@pytest.mark.parametrize("kind", [*FORMATS, "AVIF", "DDS"])
def test_a_file_with_a_spoiled_byte_is_none_or_has_a_size(kind):
    Image.init()
    if kind not in Image.SAVE:
        pytest.skip(f"this Pillow knows no {kind}")
    whole = encoded(kind)
    for at in range(min(len(whole), 400)):
        for odd in (b"\x00", b"\xff"):
            content = whole[:at] + odd + whole[at + 1 :]
            size = measure(content)
            assert size is None or min(size.width, size.height) > 0, at
            assert isinstance(exif_metadata(io.BytesIO(content)), dict), at


@pytest.mark.parametrize("kind", FORMATS)
def test_a_file_cut_anywhere_is_none_or_has_its_size(kind):
    whole = encoded(kind, exif=None)
    for end in range(0, len(whole), max(1, len(whole) // 60)):
        assert measure(whole[:end]) in (None, ImageSize(7, 5)), end


def with_exif(kind):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "Acme"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (1.0, 2.0, 3.0), 3: "E", 4: (4.0, 5.0, 6.0)})
    return encoded(kind, exif=exif)


SAMPLES = [
    *(encoded(kind) for kind in FORMATS),
    *(with_exif(kind) for kind in ("JPEG", "PNG", "TIFF", "WEBP")),
]


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), max_size=12),
    st.integers(0, 800) | st.none(),
)
def test_a_damaged_file_is_never_an_error(sample, changes, length):
    content = bytearray(sample)
    for position, value in changes:
        content[position % len(content)] = value
    content = bytes(content[:length])
    size = measure(content)
    assert size is None or (size.width > 0 and size.height > 0)
    assert set(exif_metadata(io.BytesIO(content))) <= KNOWN_KEYS


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from([b"\xff\xd8\xff\xe1", b"II*\0", b"MM\0*", b"GIF89a", b"BM", b""]), st.binary(max_size=300)
)
def test_any_bytes_are_never_an_error(head, rest):
    size = measure(head + rest)
    assert size is None or (size.width > 0 and size.height > 0)
    exif_metadata(io.BytesIO(head + rest))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_image_with_broken_exif_is_still_an_image(kind):
    content = encoded(kind, exif=b"Exif\0\0MM\0*")
    assert b"MM\0*" in content
    assert measure(content) == ImageSize(7, 5)
    assert exif_metadata(io.BytesIO(content)) == {}


def test_exif_data_with_too_many_values_of_a_tag_warn_nobody():
    content = with_exif("JPEG").replace(
        b"\x01\x0f\x00\x02", b"\x01\x0f\x00\x03"
    )  # the maker: numbers, not a text
    assert measure(content) == ImageSize(5, 7)
    assert exif_metadata(io.BytesIO(content)).keys() == {"latitude", "longitude"}


# EXIF


def place(**tags):
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({getattr(ExifTags.GPS, name): tags[name] for name in tags})
    return exif


def test_an_image_without_exif_tells_nothing_of_it():
    assert told(None) == {}


def test_camera_and_time():
    exif = Image.Exif()
    exif.update(
        {
            ExifTags.Base.Make: "Acme", ExifTags.Base.Artist: "Ada", ExifTags.Base.Software: "v1",
            ExifTags.Base.XResolution: 72.0, ExifTags.Base.YResolution: 96.5,
            ExifTags.Base.ResolutionUnit: 2, ExifTags.Base.Compression: 6,
            ExifTags.Base.DateTime: "2020:01:01 00:00:00",
        }
    )  # fmt: skip
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {ExifTags.Base.DateTimeOriginal: "2031:05:06 07:08:09", ExifTags.Base.ColorSpace: 1}
    )
    assert told(exif) == {
        "manufacturer": "Acme", "acquired_by": "Ada", "software": "v1", "resolution_x": 72.0,
        "resolution_y": 96.5, "resolution_unit": "inches", "compression": "JPEG",
        "acquired_at": "2031-05-06T07:08:09", "color_space": "sRGB",
    }  # fmt: skip


def test_the_time_of_the_file_stands_in_for_that_of_the_shot():
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "2020:01:02 03:04:05"
    assert told(exif) == {"acquired_at": "2020-01-02T03:04:05"}


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "    :  :     :  :  ", "yesterday", "", "2020-01-02"]
)
def test_a_time_that_is_none_is_left_out(text):
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = text
    assert told(exif) == {}


def test_a_place_in_the_north_east():
    exif = place(
        GPSLatitudeRef="N", GPSLatitude=(48.0, 30.0, 36.0), GPSLongitudeRef="E", GPSLongitude=(2.0, 15.0, 0.0),
        GPSAltitudeRef=b"\0", GPSAltitude=35.5,
    )  # fmt: skip
    found = told(exif)
    assert found["latitude"] == pytest.approx(48.51)
    assert found["longitude"] == pytest.approx(2.25)
    assert found["altitude"] == pytest.approx(35.5)


def test_a_place_in_the_south_west_below_the_sea():
    exif = place(
        GPSLatitudeRef="S", GPSLatitude=(33.0, 0.0, 0.0), GPSLongitudeRef="W", GPSLongitude=(70.5, 0.0, 0.0),
        GPSAltitudeRef=b"\1", GPSAltitude=12.0,
    )  # fmt: skip
    assert told(exif) == {"latitude": -33.0, "longitude": -70.5, "altitude": -12.0}


@pytest.mark.parametrize(
    "tags",
    [
        {"GPSLatitudeRef": "N", "GPSLatitude": (1.0, 2.0, 3.0)},
        {"GPSLongitudeRef": "E", "GPSLongitude": (1.0, 2.0, 3.0)},
        {"GPSLatitudeRef": "N", "GPSLatitude": (91.0, 0.0, 0.0), "GPSLongitudeRef": "E", "GPSLongitude": (1.0, 0.0, 0.0)},
        {"GPSLatitudeRef": "N", "GPSLatitude": (1.0, 0.0, 0.0), "GPSLongitudeRef": "E", "GPSLongitude": (181.0, 0.0, 0.0)},
        {"GPSLatitudeRef": "N", "GPSLatitude": (1.0,), "GPSLongitudeRef": "E", "GPSLongitude": (1.0, 0.0, 0.0)},
    ],
)  # fmt: skip
def test_half_a_place_or_one_off_the_map_is_none(tags):
    assert told(place(**tags)) == {}


def test_a_number_divided_by_zero_is_left_out():
    exif = Image.Exif()
    content = bytearray(encoded("TIFF", exif=exif, dpi=(72, 72)))
    at = content.index(struct.pack("<II", 72, 1))
    content[at + 4 : at + 8] = b"\0\0\0\0"
    assert "resolution_x" not in exif_metadata(io.BytesIO(bytes(content)))


def test_texts_lose_what_cannot_be_shown():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Ac\x01me \0\0"
    exif[ExifTags.Base.Artist] = " \0 "
    assert told(exif) == {"manufacturer": "Acme"}


def test_unknown_words_stay_numbers():
    exif = Image.Exif()
    exif[ExifTags.Base.ResolutionUnit] = 7
    assert told(exif)["resolution_unit"] == "7"
