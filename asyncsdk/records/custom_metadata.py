"""The schema of a datalake's custom metadata."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from asyncsdk.enums import MetadataType, choose
from asyncsdk.records.configurations import Configuration

__all__ = ["CustomMetadataSettings", "MetadataKey", "MetadataSchema", "MetadataSchemaRecord"]


def _as_type(value: MetadataType | str) -> MetadataType:
    return choose(MetadataType, value)


def _as_moment(value: Any) -> Any:
    """Date-times travel as text; what is none stays as it is, and the platform says what is wrong."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


@attrs.frozen(kw_only=True)
class MetadataKey(Configuration):
    """What the values of one key of the custom metadata may be.

    Args:
        input_type: type of the values: a member or its name in any case.
        required: data must have a value.
        display_name: name to show, 1 to 256 characters.
        archived: values stay where they are, and no new ones are taken.
        choices: the only values there may be: 1 to 64, for texts 2 to 64; not for booleans, and not
            together with `min` or `max`.
        allow_multiple: a value is a list of choices; needs `choices`.
        min: least value, of integers, floats and date-times.
        max: greatest value, of integers, floats and date-times.

    Date-times are `datetime` objects with an offset, or their ISO 8601 text.

    Raises:
        InvalidArgumentError: the type is unknown.

    Example:
        >>> MetadataKey(input_type="string", required=True, choices=["front", "rear"]).choices
        ('front', 'rear')
    """

    input_type: MetadataType = attrs.field(converter=_as_type)

    def __attrs_post_init__(self) -> None:
        if self.input_type is MetadataType.DATETIME:
            choices = None if self.choices is None else tuple(map(_as_moment, self.choices))
            object.__setattr__(self, "choices", choices)
            object.__setattr__(self, "min", _as_moment(self.min))
            object.__setattr__(self, "max", _as_moment(self.max))


@attrs.frozen
class MetadataSchema:
    """What the custom metadata of a datalake's data may be."""

    keys: dict[str, MetadataKey]
    """The configuration of each key; empty where there is no schema."""

    allow_extra: bool
    """Whether data may have other keys too."""

    indexation: dict[str, Any]
    """How far the platform is with the index of each key that has one."""


@attrs.frozen
class MetadataSchemaRecord:
    """A schema, as it travels."""

    custom_metadata_schema: dict[str, MetadataKey] | None
    allow_extra_custom_metadata: bool = True
    keys: dict[str, Any] | None = None


@attrs.frozen
class CustomMetadataSettings:
    """Changes what a datalake does with keys that are not in its schema."""

    allow_extra_custom_metadata: bool
