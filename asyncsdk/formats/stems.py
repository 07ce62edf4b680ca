"""File names without folders and extension: by these YOLO and VOC files find their images."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["clashing_stems", "distinct_stems", "stem_of"]


def stem_of(name: str) -> str:
    """Return a file's name without folders and without its last extension, however long that is.

    Args:
        name: a file name or path, with the separators of any system.

    Example:
        >>> stem_of("images/train/street.v2.jpeg")
        'street.v2'
    """
    base = _base_of(name)
    stem, dot, _ = base.rpartition(".")
    return stem if dot and stem else base


def clashing_stems(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the stems that several names share, each with its names in order.

    Files that are named by stem would overwrite each other there, or could not be told apart.

    Example:
        >>> clashing_stems(["a.png", "b.png", "a.jpg"])
        {'a': ('a.png', 'a.jpg')}
    """
    by_stem: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        by_stem.setdefault(stem_of(name), []).append(name)
    return {stem: tuple(found) for stem, found in by_stem.items() if len(found) > 1}


def distinct_stems(names: Iterable[str]) -> dict[str, str]:
    """Return a file stem for each name, no two alike and none with a folder, whatever the names' order.

    That is the stem where it is the only one, else the name with its extension, and where folders
    alone tell names apart, the whole path with `_` for separators and as many more as it takes.

    Example:
        >>> distinct_stems(["a.png", "b.png", "a.jpg"])
        {'a.png': 'a.png', 'b.png': 'b', 'a.jpg': 'a.jpg'}
    """
    given = list(dict.fromkeys(names))
    taken: set[str] = set()
    chosen: dict[str, str] = {}
    for name_for in (stem_of, _base_of):
        counts: dict[str, int] = {}
        left = [name for name in given if name not in chosen]
        for name in left:
            counts[name_for(name)] = counts.get(name_for(name), 0) + 1
        alone = {name: name_for(name) for name in left if counts[name_for(name)] == 1}
        chosen.update({name: stem for name, stem in alone.items() if stem not in taken})
        taken.update(chosen.values())
    for name in sorted(name for name in given if name not in chosen):
        stem = name.replace("\\", "/").replace("/", "_")
        while stem in taken:
            stem += "_"
        chosen[name] = stem
        taken.add(stem)
    return {name: chosen[name] for name in given}


def _base_of(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]
