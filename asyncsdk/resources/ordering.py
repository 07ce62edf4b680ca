"""The order of a listing whose parts come from several requests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

from asyncsdk.errors import InvalidArgumentError

__all__ = ["ordered"]

_PLACES = {
    "width": "meta.width",
    "height": "meta.height",
    "size": "size_bytes",
    "file_size": "size_bytes",
}


def ordered(records: Iterable[Any], order_by: Sequence[str]) -> list[Any]:
    """Return records in the order that the platform gives them: nothing comes last, ties newest first.

    Args:
        records: data or assets.
        order_by: fields such as "filename" or "-created_at", the most important first.

    Raises:
        InvalidArgumentError: a field is not known here.
    """
    result = sorted(records, key=lambda record: record.id, reverse=True)  # our ids grow with time
    for term in reversed(order_by):
        values = {record.id: _value(record, term.removeprefix("-")) for record in result}
        known = [record for record in result if values[record.id] is not None]
        known.sort(key=lambda record: values[record.id], reverse=term.startswith("-"))
        result = known + [record for record in result if values[record.id] is None]
    return result


def _value(record: Any, field: str) -> Any:
    data = getattr(record, "data", record)
    path = field.removeprefix("data.")
    owner = record if hasattr(record, path) and path == field else data
    try:
        return reduce(_attribute, _PLACES.get(path, path).split("."), owner)
    except AttributeError as error:
        raise InvalidArgumentError(
            f"order_by: {field!r} cannot order what takes several requests; list fewer ids or names at once"
        ) from error


def _attribute(owner: Any, name: str) -> Any:
    return None if owner is None else getattr(owner, name)
