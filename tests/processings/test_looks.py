"""How near copies are, and how far other images."""

from __future__ import annotations

import io
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_making import encoded, picture
from PIL import Image

from asyncsdk.processings.looks import BITS, Look, UnreadableImageError, distance, look_at

COPIES = {
    "as it is": {},
    "half the size": {"scale": 0.5},
    "a quarter": {"scale": 0.25},
    "larger": {"scale": 1.5},
    "coarse": {"quality": 20},
    "small and coarse": {"scale": 0.5, "quality": 30},
    "PNG": {"format": "PNG"},
    "WEBP": {"format": "WEBP"},
}


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("seed", range(4))
def test_copies_are_near(seed, copy):
    image = picture(seed)
    assert distance(look_at(encoded(image)), look_at(encoded(image, **COPIES[copy]))) <= 6


def test_other_images_are_far():
    looks = [look_at(encoded(picture(seed))) for seed in range(20)]
    assert min(distance(one, other) for one, other in combinations(looks, 2)) > 20


def test_surfaces_without_edges_are_told_by_their_colour():
    red, green, dark = (
        look_at(encoded(Image.new("RGB", (60, 40), colour))) for colour in ("red", "green", "darkred")
    )
    assert distance(red, green) == distance(red, dark) == BITS
    assert distance(red, look_at(encoded(Image.new("RGB", (30, 20), "red"), format="PNG"))) == 0


def test_an_image_is_looked_at_as_it_is_displayed():
    image = picture(1)
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # shown after a quarter turn clockwise
    image.transpose(Image.Transpose.ROTATE_90).save(turned, "JPEG", exif=exif, quality=90)
    assert distance(look_at(encoded(image)), look_at(turned.getvalue())) <= 6


def test_the_area_is_that_of_the_whole_image():
    assert look_at(encoded(picture(2, size=(1200, 800)))).area == 960_000


@pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "CMYK", "LA"])
def test_every_mode_can_be_looked_at(mode):
    image = picture(3).convert(mode)
    content = encoded(image, format="TIFF" if mode == "CMYK" else "PNG")
    assert distance(look_at(content), look_at(encoded(image.convert("RGB")))) <= 8


@pytest.mark.parametrize("content", [b"", b"no image", encoded(picture(4))[:300], encoded(picture(4))[:2000]])
def test_what_cannot_be_read_is_told(content):
    with pytest.raises(UnreadableImageError):
        look_at(content)


looks = st.builds(
    Look,
    st.integers(0, 2**BITS - 1),
    st.tuples(*[st.integers(0, 255)] * 3),
    st.just(1),
)


@settings(deadline=None)
@given(looks, looks)
def test_distance_is_symmetric_and_nothing_is_far_from_itself(one, other):
    assert distance(one, other) == distance(other, one)
    assert distance(one, one) == 0
    assert 0 <= distance(one, other) <= BITS
