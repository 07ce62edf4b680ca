from __future__ import annotations

import io

import pytest
from PIL import Image

from asyncsdk.errors import FormatError
from asyncsdk.formats import thumbnails
from asyncsdk.formats.thumbnails import make_thumbnail


def file_of(image, kind="PNG", **options):
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def made(image, kind="PNG", **options):
    found = make_thumbnail(file_of(image, kind, **options), "a.png", 32)
    with Image.open(io.BytesIO(found.jpeg)) as small:
        small.load()
        assert small.format == "JPEG"
        return found, small


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_becomes_a_small_jpeg(mode):
    found, small = made(Image.new(mode, (120, 60), 1))
    assert small.size == (32, 16)
    assert (found.width, found.height) == (120, 60)


@pytest.mark.parametrize(
    ("mode", "kind"), [("CMYK", "JPEG"), ("F", "TIFF"), ("I", "TIFF"), ("YCbCr", "JPEG")]
)
def test_other_modes_too(mode, kind):
    assert made(Image.new(mode, (64, 64)), kind)[1].size == (32, 32)


def test_a_small_image_keeps_its_size():
    assert made(Image.new("RGB", (5, 7)))[1].size == (5, 7)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_stands_upright(orientation):
    """The left half of the image as displayed is red."""
    shown = Image.new("RGB", (300, 200), "blue")
    shown.paste("red", (0, 0, 150, 200))
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # Transpose members that undo the orientation
    stored = shown.transpose(Image.Transpose(back[orientation])) if orientation > 1 else shown
    exif = Image.Exif()
    exif[0x0112] = orientation
    found, small = made(stored, "JPEG", exif=exif, quality=95)
    assert (found.width, found.height) == (300, 200)
    red, _, blue = small.getpixel((4, 10))
    assert (red > 200, blue < 60) == (True, True)
    red, _, blue = small.getpixel((27, 10))
    assert (red < 60, blue > 200) == (True, True)


def test_what_is_transparent_is_white():
    assert made(Image.new("RGBA", (40, 40), (0, 0, 0, 0)))[1].getpixel((5, 5)) == (255, 255, 255)


def test_large_numbers_are_stretched():
    image = Image.new("I;16", (40, 40), 1_000)
    image.paste(1_400, (20, 0, 40, 40))
    small = made(image)[1]
    assert small.getpixel((2, 5)) < 30
    assert small.getpixel((29, 5)) > 225


@pytest.mark.parametrize("content", [b"", b"<svg></svg>", file_of(Image.new("RGB", (64, 64)), "JPEG")[:300]])
def test_what_is_no_image_says_so(content):
    with pytest.raises(FormatError, match=r"bad\.jpg: no picture"):
        make_thumbnail(content, "bad.jpg", 32)


def test_too_many_pixels_are_not_decoded(monkeypatch):
    monkeypatch.setattr(thumbnails, "MOST_PIXELS", 99)
    with pytest.raises(FormatError, match="10 x 10 pixels are too many"):
        make_thumbnail(file_of(Image.new("RGB", (10, 10))), "a.png", 32)


def test_a_large_jpeg_is_decoded_at_a_part_of_its_size(monkeypatch):
    monkeypatch.setattr(thumbnails, "MOST_PIXELS", 100 * 100)
    found, small = made(Image.new("RGB", (480, 240)), "JPEG")
    assert small.size == (32, 16)
    assert (found.width, found.height) == (480, 240)
