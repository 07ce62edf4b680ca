"""Which assets belong together in a split: by data source, by a metadata key, or as a function says."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.resources.asset import Asset
from asyncsdk.resources.connection import Connection

__all__ = ["DATA_SOURCE", "GroupBy", "check_group_by", "group_reader"]

GroupBy: TypeAlias = str | Callable[[Asset], str | int | None]
"""`"data_source"`, `"metadata.<key>"`, `"custom_metadata.<key>"`, or a function."""

DATA_SOURCE = "data_source"
_COLUMNS = ("metadata", "custom_metadata")


def check_group_by(value: GroupBy | None) -> GroupBy | None:
    """Return what to group by.

    Raises:
        InvalidArgumentError: it is neither a function nor one of the names.
    """
    if value is None or callable(value) or value == DATA_SOURCE:
        return value
    if isinstance(value, str):
        column, _, key = value.partition(".")
        if column in _COLUMNS and all(key.split(".")):
            return value
    raise InvalidArgumentError(
        f'group_by: expected "data_source", "metadata.<key>", "custom_metadata.<key>" or a function of an '
        f"asset, got {value!r}"
    )


def group_reader(
    connection: Connection, version_id: str, group_by: GroupBy | None
) -> Callable[[AssetRecord], str | None]:
    """Return the function that gives the group of an asset; `None` where it belongs to none.

    The function raises:
        InvalidArgumentError: a value cannot name a group; the text names the asset.
    """
    if group_by is None:
        return lambda _record: None
    value_of = _value_reader(connection, version_id, group_by)

    def group_of(record: AssetRecord) -> str | None:
        value = value_of(record)
        if value is None:
            return None
        if isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
            return _group_name(value)
        raise InvalidArgumentError(
            f"group_by: {value!r} of asset {record.id} cannot name a group; texts and numbers can"
        )

    return group_of


def _value_reader(connection: Connection, version_id: str, group_by: GroupBy) -> Callable[[AssetRecord], Any]:
    if callable(group_by):
        return lambda record: group_by(Asset(connection, record, version_id))
    if group_by == DATA_SOURCE:
        return lambda record: record.data.data_source and record.data.data_source.id
    column, *keys = group_by.split(".")

    def look_up(record: AssetRecord) -> Any:
        value = getattr(record.data, column)
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value

    return look_up


def _group_name(value: str | float) -> str:
    """Return a text that is the same for equal values, and another one for all others."""
    if isinstance(value, str):
        return f"text {value}"
    return f"number {int(value) if value == int(value) else value!r}"
