"""Names for the files of a folder or archive that has one file for each asset."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping

from asyncsdk.flow.names import safe_name
from asyncsdk.formats.stems import stem_of

__all__ = ["member_stems"]

_ROOM = 16
"""Bytes left for an extension, and for the marks of temporary names."""


def member_stems(names: Mapping[str, str]) -> dict[str, str]:
    """Return a file name without extension for each asset: legal everywhere, no two alike.

    That is the stem of the asset's name where no other asset has it, else the name with its extension, else
    its whole path with `_` for separators, else that with the asset's id. Names that differ only in case or
    Unicode composition count as one, so that no disk mixes them up. The order of the assets does not matter.

    Args:
        names: asset id to the asset's name, which may have folders.

    Example:
        >>> member_stems({"1": "a.png", "2": "b.png", "3": "a.jpg"})
        {'2': 'b', '1': 'a.png', '3': 'a.jpg'}
    """
    chosen: dict[str, str] = {}
    taken: set[str] = set()
    left = dict(names)
    for shorten in (stem_of, _base_of, _path_of):
        alone = _alone(left, shorten, taken)
        chosen |= alone
        taken |= {_folded(stem) for stem in alone.values()}
        left = {asset: name for asset, name in left.items() if asset not in alone}
    for asset, name in left.items():
        chosen[asset] = _legal(f"{asset}_{_path_of(name)}")
    return chosen


def _alone(names: Mapping[str, str], shorten: Callable[[str], str], taken: set[str]) -> dict[str, str]:
    """Return the short names that only one asset has."""
    short = {asset: _legal(shorten(name)) for asset, name in names.items()}
    counts = Counter(_folded(stem) for stem in short.values())
    return {
        asset: stem
        for asset, stem in short.items()
        if counts[_folded(stem)] == 1 and _folded(stem) not in taken
    }


def _legal(stem: str) -> str:
    """Return a stem that makes a legal file name on every system, also with an extension."""
    return safe_name(stem, windows=True, room=_ROOM)


def _base_of(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _path_of(name: str) -> str:
    return name.replace("\\", "/").replace("/", "_")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
