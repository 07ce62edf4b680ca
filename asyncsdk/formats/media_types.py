"""Media types of files, by the extension of their names."""

from __future__ import annotations

import mimetypes

__all__ = ["guess_media_type", "is_media"]

_TYPES = mimetypes.MimeTypes()  # not the machine's table: the same file gets the same type everywhere
for _extension, _type in {
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".heic": "image/heic",
    ".jfif": "image/jpeg",
    ".m4v": "video/x-m4v",
    ".mkv": "video/x-matroska",
    ".tif": "image/tiff",
    ".webm": "video/webm",
    ".webp": "image/webp",
}.items():
    _TYPES.add_type(_type, _extension)


_BY_ENDING = {
    ending.removeprefix("."): media_type
    for ending, media_type in _TYPES.types_map[True].items()
    if ending not in _TYPES.encodings_map and ending not in _TYPES.suffix_map
}
"""What the last ending of a name tells by itself, for nearly all names."""


def guess_media_type(name: str) -> str | None:
    """Return the media type that a file name stands for; `None` when its extension is unknown.

    Example:
        >>> guess_media_type("photos/cat.JPG")
        'image/jpeg'
    """
    stem, _, ending = name.rpartition(".")
    is_plain = stem and stem[-1] not in "./" and ":" not in stem
    known = _BY_ENDING.get(ending.lower()) if is_plain else None
    return known or _TYPES.guess_type(name)[0]


def is_media(media_type: str | None) -> bool:
    """Tell whether a media type is one of images or videos."""
    return media_type is not None and media_type.startswith(("image/", "video/"))
