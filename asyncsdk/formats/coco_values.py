"""The values of COCO files: what each may look like in the wild, and what it is here.

Every function takes a decoded JSON value and raises `ValueError` with the rule that it breaks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import orjson

from asyncsdk.formats.geometry import LARGEST_COORDINATE, pairs
from asyncsdk.formats.objects import Box, Point, RunLengths
from asyncsdk.records.shapes import LARGEST_ATTRIBUTES, LONGEST_TEXT

__all__ = [
    "CocoId",
    "attributes",
    "box",
    "coco_id",
    "flag",
    "frame",
    "is_name",
    "joints",
    "name",
    "polygons",
    "run_lengths",
    "skeleton",
    "storable",
    "text",
    "vertices",
    "whole",
]

CocoId: TypeAlias = int | str
"""What joins the parts of a file: a whole number of at most 64 bits, or any text."""

_LARGEST_ID: Final = 2**63 - 1
_LONGEST_ID: Final = 255
_LARGEST_NUMBER: Final = 2**53
"""Beyond it a float does not tell one whole number from the next."""

_DEEPEST: Final = 32
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_WHOLE = re.compile(r"(?:0|-?[1-9][0-9]{0,18})")


def coco_id(value: Any) -> CocoId:
    """Return an id; `1`, `1.0` and `"1"` are the same."""
    if type(value) is float and value.is_integer():
        value = int(value)
    if type(value) is str and _WHOLE.fullmatch(value):
        value = int(value)
    if type(value) is int:
        return value if -_LARGEST_ID <= value <= _LARGEST_ID else _large_id(value)
    if type(value) is str and 0 < len(value) <= _LONGEST_ID:
        _check_text(value)
        return value
    raise ValueError(f"must be a whole number, or a text of at most {_LONGEST_ID} characters")


def _large_id(value: int) -> str:
    """Return an id of more than 64 bits as a float has it: not all of a file is decoded more exactly."""
    try:
        return str(int(float(value)))
    except OverflowError:
        return str(value)


def whole(value: Any, most: int = _LARGEST_NUMBER) -> int:
    """Return a whole number that is not negative, such as a width."""
    number = coco_id(value)
    if type(number) is not int or number < 0:
        raise ValueError("must be a whole number, 0 or more")
    if number > most:
        raise ValueError(f"must be at most {most}, not {number}")
    return number


def frame(value: Any) -> int:
    """Return the number of a frame."""
    return whole(value, LARGEST_COORDINATE - 1)  # a track ends one frame after its last


def flag(value: Any) -> bool:
    """Return a yes or no: `true`, `1` or `"1"`, else `false`, `0`, `"0"` or nothing."""
    number = coco_id(value or 0) if type(value) is not bool else int(value)
    if number not in {0, 1}:
        raise ValueError("must be 0 or 1")
    return number == 1


def name(value: Any) -> str:
    """Return a name: a text with something in it, on one line."""
    if type(value) is not str or not value.strip():
        raise ValueError("must be a text that is not empty")
    if _CONTROL.search(value):
        raise ValueError("holds control characters or half characters")
    return value


def is_name(value: str) -> bool:
    """Tell whether `name` takes a text."""
    return not value.isspace() and _CONTROL.search(value) is None


def box(value: Any) -> Box:
    """Return the four numbers of a box."""
    if type(value) is not list or len(value) != 4:
        raise ValueError("must be 4 numbers: x, y, width, height")
    _check_numbers(value)
    return value[0], value[1], value[2], value[3]


def polygons(value: Any) -> tuple[tuple[Point, ...] | ValueError, ...]:
    """Return the polygons of a segmentation; of those that are none, what is wrong with them."""
    if type(value) is not list:
        raise ValueError("must be a list of polygons, or run lengths")
    if type(value[0]) is not list:
        return (_polygon(value),)
    return tuple(_polygon_or_fault(part) for part in value)


def _polygon_or_fault(value: Any) -> tuple[Point, ...] | ValueError:
    try:
        return _polygon(value)
    except ValueError as error:
        return error


def _polygon(value: Any) -> tuple[Point, ...]:
    if type(value) is not list:
        raise ValueError("must be a list of numbers: x1, y1, x2, y2 and so on")
    _check_numbers(value)
    if len(value) < 6:
        raise ValueError("has fewer than 3 points")
    return pairs(value)


def run_lengths(value: dict[str, Any]) -> RunLengths:
    """Return run lengths, compressed or as numbers; whether they fit their size is left to `rle`."""
    size, counts = value.get("size"), value.get("counts")
    if type(size) is not list or len(size) != 2:
        raise ValueError("must have a 'size': height and width")
    height, width = whole(size[0]), whole(size[1])
    if type(counts) is str:
        return RunLengths(height, width, storable(counts))
    if type(counts) is not list or not set(map(type, counts)) <= {int, float}:
        raise ValueError("must have 'counts': a text or a list of numbers")
    return RunLengths(height, width, tuple(map(whole, counts)))


def joints(value: Any) -> tuple[tuple[float, float, int], ...]:
    """Return keypoints from a flat list of x, y, visibility."""
    if type(value) is not list or len(value) % 3:
        raise ValueError("must be a list of x, y, visibility for each point")
    _check_numbers(value)
    if not set(value[2::3]) <= {0, 1, 2}:
        raise ValueError("has a visibility other than 0, 1, 2")
    return tuple(zip(value[::3], value[1::3], map(int, value[2::3]), strict=True))


def vertices(value: Any) -> tuple[str, ...]:
    """Return the names of a skeleton's vertices; one text is one vertex."""
    names = [value] if type(value) is str else value
    if type(names) is not list:
        raise ValueError("must be a list of names")
    return tuple(name(each) for each in names)


def skeleton(value: Any) -> tuple[tuple[int, int], ...]:
    """Return edges: pairs of vertices, counted from 1."""
    if type(value) is not list or not all(type(edge) is list and len(edge) == 2 for edge in value):
        raise ValueError("must be a list of pairs of vertices")
    return tuple((whole(start), whole(end)) for start, end in value)


def storable(value: Any, depth: int = 0) -> Any:
    """Return any JSON value, checked: text with whole characters, numbers of 64 bits, no endless nesting."""
    kind = type(value)
    if kind is str:
        _check_text(value)
    elif kind is float or kind is int:
        if not -_LARGEST_ID <= value <= _LARGEST_ID:
            raise ValueError("holds a number that is too large")
    elif kind is list or kind is dict:
        if depth == _DEEPEST:
            raise ValueError(f"is nested deeper than {_DEEPEST}")
        for each in value:
            storable(each, depth + 1)
        for each in value.values() if kind is dict else ():
            storable(each, depth + 1)
    return value


def text(value: Any) -> Any:
    """Return the text of an object, or another JSON value in its place."""
    storable(value)
    if type(value) is str and len(value) > LONGEST_TEXT:
        raise ValueError(f"has {len(value)} characters, more than {LONGEST_TEXT}")
    if type(value) is str and "\0" in value:
        raise ValueError("holds the character NUL")
    return value


def attributes(value: Any) -> Any:
    """Return the attributes of an object or an image."""
    size = len(orjson.dumps(storable(value)))
    if size > LARGEST_ATTRIBUTES:
        raise ValueError(f"are {size} bytes of JSON, more than {LARGEST_ATTRIBUTES}")
    return value


def _check_text(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half a character (a lone surrogate)") from error


def _check_numbers(values: Sequence[Any]) -> None:
    if not values:
        return
    if not set(map(type, values)) <= {int, float}:
        raise ValueError("holds something that is no number")
    if max(values) > _LARGEST_NUMBER or min(values) < -_LARGEST_NUMBER:
        raise ValueError("holds a number that is too large")
