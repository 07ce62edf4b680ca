"""What the configurations of attributes and of metadata keys have in common."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import attrs

from asyncsdk.records.absent import absent

__all__ = ["Configuration"]


def _as_tuple(values: Iterable[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else tuple(values)


@attrs.frozen(kw_only=True)
class Configuration:
    """What values of one name may be."""

    input_type: StrEnum
    """Type of the values; those who extend it say which there are."""

    required: bool = False
    display_name: str | None = absent()
    archived: bool = False
    choices: tuple[Any, ...] | None = attrs.field(
        default=None, converter=_as_tuple, metadata={"absent": True}
    )
    allow_multiple: bool | None = absent()
    min: Any = absent()
    max: Any = absent()
