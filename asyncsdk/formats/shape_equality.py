"""When two shapes say the same: same kind, geometry, text and attributes under a label of the same name.

Ids count for nothing, and neither does what follows from the rest (areas, the box of a mask). The order of
keys in attributes, whole numbers written as fractions (`7.0`), an empty text and empty attributes make no
difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson

from asyncsdk.records.differences import LabelDifference

__all__ = ["label_differences", "shape_key"]

_LARGEST_WHOLE = 2**53
"""Beyond it, fractions and whole numbers are no longer the same."""

_NOT_COMPARED = frozenset({"id", "label", "area", "bbox", "text", "attributes"})


def shape_key(kind: str, geometry: Mapping[str, Any], text: str | None, attributes: Any) -> str:
    """Return a text that two shapes share when they are equal, their labels aside.

    Args:
        kind: any word that stands for the kind of shape.
        geometry: the fields of the shape; those that are not compared are left out here.
        text: the shape's text.
        attributes: the shape's attributes.

    Example:
        >>> shape_key("point", {"point": [1, 2.0], "id": "7"}, "", {"b": 1, "a": True})
        '["point",{"point":[1,2]},null,{"a":true,"b":1}]'
    """
    own = {name: value for name, value in geometry.items() if name not in _NOT_COMPARED}
    return orjson.dumps(
        _plain([kind, own, text or None, attributes or None]), option=orjson.OPT_SORT_KEYS
    ).decode()


def label_differences(balance: Mapping[tuple[str, str], int]) -> tuple[LabelDifference, ...]:
    """Return how shapes differ, by label.

    Args:
        balance: label and key of shapes, and how many more of them the other version has.

    Example:
        >>> label_differences({("car", "a"): 2, ("car", "b"): -1, ("bus", "c"): 0})
        (LabelDifference(label='car', added=1, removed=0, changed=1),)
    """
    new: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    for (label, _), count in balance.items():
        new[label] += max(count, 0)
        gone[label] += max(-count, 0)
    return tuple(
        LabelDifference(
            label=label,
            added=new[label] - (changed := min(new[label], gone[label])),
            removed=gone[label] - changed,
            changed=changed,
        )
        for label in sorted(new)
        if new[label] or gone[label]
    )


def _plain(value: Any) -> Any:
    """Write whole numbers one way, at any depth."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _LARGEST_WHOLE:
        return int(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
