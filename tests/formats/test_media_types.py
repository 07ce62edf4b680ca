from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.formats.media_types import _TYPES, guess_media_type, is_media


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.png", "image/png"),
        ("folder/a.b/C.JPG", "image/jpeg"),
        ("a.heic", "image/heic"),
        ("a.mkv", "video/x-matroska"),
        ("a.mp4", "video/mp4"),
        ("a.json", "application/json"),
        ("a", None),
        ("png", None),
        (".png", None),
        ("folder.png/a", None),
    ],
)
def test_the_extension_tells_the_type_on_every_machine(name, media_type):
    assert guess_media_type(name) == media_type


def test_media_are_images_and_videos():
    assert is_media("image/png")
    assert is_media("video/mp4")
    assert not is_media("application/json")
    assert not is_media(None)


@given(
    st.text("aB.:/ ,", max_size=4),
    st.sampled_from(sorted({*_TYPES.types_map[True], *_TYPES.suffix_map, *_TYPES.encodings_map, ""})),
    st.sampled_from(["", ".gz", ".GZ", ".Z"]),
)
def test_the_short_way_leads_to_the_same_type_as_the_general_one(stem, ending, more):
    for name in (stem + ending + more, (stem + ending).upper() + more):
        assert guess_media_type(name) == _TYPES.guess_type(name)[0]
