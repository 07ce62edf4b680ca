"""Looking for objects in the storage, and into each: outside of transactions, with nothing changed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from asyncsdk.errors import ApiError
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.formats.media_types import guess_media_type, is_media
from asyncsdk.records.data import ImageSize
from asyncsdk.server.blobs.base import Blobs
from asyncsdk.server.services.data_rows import Upload
from asyncsdk.server.services.measuring import measure, read_exif

__all__ = ["Batch", "FoundObject", "Looks", "look_into", "next_listed", "next_named"]

_BATCH = 1000
_PREFIXES = 100
_LOOKS_AT_ONCE = 8


@attrs.frozen(kw_only=True)
class Batch:
    """The names whose turn it is, and where those after them begin."""

    names: Sequence[str]
    unfit: Mapping[str, str]
    """What lies between them and cannot be an object, and why."""

    at: int
    """Number of the prefix or object to go on with."""

    after: str
    """Last name of that prefix that had its turn."""

    total: int
    """How many prefixes or objects there are."""


@attrs.frozen
class FoundObject:
    """An object that can become a data."""

    name: str
    content_type: str
    upload: Upload
    exif: dict[str, Any]


@attrs.frozen
class Looks:
    """What looking into some objects gave."""

    found: Sequence[FoundObject]
    """Those that can become data, in the order of the names."""

    faults: Mapping[str, str]
    """Those that cannot, by name, and why."""

    others: Sequence[str]
    """Those that are neither images nor videos."""


def next_named(names: Sequence[str], at: int) -> Batch:
    """Return the next of some names, from a number on."""
    batch = names[at : at + _BATCH]
    return Batch(names=batch, unfit={}, at=at + len(batch), after="", total=len(names))


async def next_listed(blobs: Blobs, connector: str, prefixes: Sequence[str], at: int, after: str) -> Batch:
    """Return the next names in the storage that start with one of the prefixes, which do not overlap."""
    names: list[str] = []
    unfit: dict[str, str] = {}
    last = min(at + _PREFIXES, len(prefixes))
    while at < last and len(names) < _BATCH:
        page = await blobs.list_keys(connector, prefixes[at], after=after, limit=_BATCH - len(names))
        names += page.keys
        unfit |= page.unfit
        at, after = (at + 1, "") if page.is_last else (at, page.keys[-1])
    return Batch(names=names, unfit=unfit, at=at, after=after, total=len(prefixes))


async def look_into(blobs: Blobs, connector: str, names: Sequence[str]) -> Looks:
    """Look into objects, some at once; those that are put into the storage past the platform are adopted."""

    async def look(name: str) -> FoundObject | str | None:
        try:
            return await _look(blobs, connector, name)
        except (ApiError, OSError) as error:
            return f"it cannot be read: {getattr(error, 'message', None) or error}"

    seen = dict(zip(names, await map_bounded(look, names, limit=_LOOKS_AT_ONCE), strict=True))
    return Looks(
        found=[one for one in seen.values() if isinstance(one, FoundObject)],
        faults={name: one for name, one in seen.items() if isinstance(one, str)},
        others=[name for name, one in seen.items() if one is None],
    )


async def _look(blobs: Blobs, connector: str, name: str) -> FoundObject | str | None:
    """Return an object, why it cannot be data, or `None` when it is neither an image nor a video."""
    guessed = guess_media_type(name)
    if guessed is not None and is_media(guessed):
        stored = await blobs.adopt(connector, name, guessed)
    else:
        guessed, stored = None, await blobs.find(connector, name)
    content_type = stored.content_type if stored is not None and is_media(stored.content_type) else guessed
    if content_type is None:
        return None
    if stored is None:
        return "there is no such object, or it has changed since it was stored"
    async with blobs.local_copy(connector, name) as path:
        size, exif = await asyncio.to_thread(_measured, path, content_type)
    if size is None:
        return f"it cannot be read as {content_type}"
    return FoundObject(name, content_type, Upload(stored.size_bytes, stored.sha256, size), exif)


def _measured(path: Path, content_type: str) -> tuple[ImageSize | None, dict[str, Any]]:
    size = measure(path, content_type)
    return size, {} if size is None else read_exif(path, content_type)
