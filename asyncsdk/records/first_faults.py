"""What explains why an array or an object is refused stops at its first faults: a million would take minutes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, get_args, get_origin

from cattrs import BaseConverter, IterableValidationError
from cattrs.errors import IterableValidationNote

__all__ = ["MOST_FAULTS", "array_factory", "mapping_factory"]

MOST_FAULTS = 10
"""How many are named of each array or object."""

_Hook = Callable[[Any, Any], Any]


class _FaultsError(IterableValidationError):
    def __init__(self, message: str, faults: Sequence[Exception], _kind: Any) -> None:
        super().__init__(message, faults)  # the kind is taken by what makes the object


def array_factory(kind: Any, converter: BaseConverter) -> _Hook:
    """Return what structures a list, or a tuple of any length, and names its first faults."""
    (inner, *_) = get_args(kind) or (Any,)
    is_tuple = kind is tuple or get_origin(kind) is tuple

    def structure(value: Any, _: Any) -> Any:
        made = [one for _, one in _structured(enumerate(value), inner, converter)]
        return tuple(made) if is_tuple else made

    return structure


def mapping_factory(kind: Any, converter: BaseConverter) -> _Hook:
    """Return what structures an object with keys of all sorts, and names its first faults."""
    inner = (get_args(kind) or (str, Any))[1]

    def structure(value: Any, _: Any) -> Any:
        return dict(_structured(value.items(), inner, converter))

    return structure


def _structured(
    items: Iterable[tuple[int | str, Any]], inner: Any, converter: BaseConverter
) -> list[tuple[int | str, Any]]:
    made: list[tuple[int | str, Any]] = []
    faults: list[Exception] = []
    for place, value in items:
        try:
            made.append((place, converter.structure(value, inner)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is named with its place
            error.add_note(IterableValidationNote("", place, inner))
            faults.append(error)
        if len(faults) == MOST_FAULTS:
            break
    if faults:
        raise _FaultsError("of its elements", faults, inner)
    return made
