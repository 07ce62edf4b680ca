"""Keys in a schema of custom metadata: what a key and its configuration may be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import attrs

from asyncsdk.enums import MetadataType
from asyncsdk.errors import BadRequestError
from asyncsdk.records import codec
from asyncsdk.records.custom_metadata import MetadataKey
from asyncsdk.server.services.rules import check_text

__all__ = ["check_key_name", "read_key", "read_value", "shown"]

_NAME_LENGTH = 255
_DISPLAY_NAME_LENGTH = 256
_MOST_CHOICES = 64
_MINUTE = timedelta(minutes=1)

_COMMON = frozenset({"input_type", "required", "display_name", "archived"})
_CHOOSING = frozenset({"choices", "allow_multiple"})
_RANGE = frozenset({"min", "max"})
_FIELDS = {
    MetadataType.STRING: _COMMON | _CHOOSING,
    MetadataType.INTEGER: _COMMON | _CHOOSING | _RANGE,
    MetadataType.FLOAT: _COMMON | _CHOOSING | _RANGE,
    MetadataType.DATETIME: _COMMON | _CHOOSING | _RANGE,
    MetadataType.BOOLEAN: _COMMON,
}


def check_key_name(name: str) -> str:
    """Return a key that is fit to be stored: any text of 1 to 255 characters.

    Raises:
        BadRequestError: it is not.
    """
    if not name:
        raise BadRequestError("the key must not be empty", status=400)
    return check_text(name, "the key", most=_NAME_LENGTH)


def read_key(name: str, given: dict[str, Any]) -> MetadataKey:
    """Return the configuration of a key; fields that are null count as absent.

    Raises:
        BadRequestError: the key or a field breaks a rule; the text names key, field and rule.
    """
    check_key_name(name)
    try:
        key = _shaped(given)
    except ValueError as error:
        raise BadRequestError(f"key {name!r}: {error}", status=400) from error
    faults = list(_faults(key))
    if faults:
        raise BadRequestError(f"key {name!r}: {'; '.join(faults)}", status=400)
    return key


def _shaped(given: dict[str, Any]) -> MetadataKey:
    """Return a configuration whose fields are those of its type, and whose choices and limits are of it."""
    key = codec.load({field: value for field, value in given.items() if value is not None}, MetadataKey)
    unknown = sorted(given.keys() - _FIELDS[key.input_type])
    if unknown:
        raise ValueError(f"{shown(unknown[0])}: no field of {key.input_type} keys")

    def read(field: str, value: Any) -> Any:
        try:
            return read_value(key.input_type, value)
        except ValueError as error:
            raise ValueError(f"{field}: {error}") from error

    return attrs.evolve(
        key,
        choices=None if key.choices is None else [read("choices", value) for value in key.choices],
        min=None if key.min is None else read("min", key.min),
        max=None if key.max is None else read("max", key.max),
    )


def _faults(key: MetadataKey) -> Iterator[str]:
    if key.display_name is not None:
        if not 1 <= len(key.display_name) <= _DISPLAY_NAME_LENGTH:
            yield f"display_name: 1 to {_DISPLAY_NAME_LENGTH} characters, got {len(key.display_name)}"
        if "\0" in key.display_name:
            yield "display_name: character '\\x00' is not allowed"
    if key.archived and key.required:
        yield "required: an archived key cannot be required"
    if key.allow_multiple and key.choices is None:
        yield "allow_multiple: needs choices"
    if key.choices is not None:
        yield from _choice_faults(key, key.choices)
    if key.min is not None and key.max is not None and not key.min < key.max:
        yield f"min: must be less than max, got {shown(key.min)} and {shown(key.max)}"


def _choice_faults(key: MetadataKey, choices: tuple[Any, ...]) -> Iterator[str]:
    least = 2 if key.input_type is MetadataType.STRING else 1
    if not least <= len(choices) <= _MOST_CHOICES:
        yield f"choices: {least} to {_MOST_CHOICES} for {key.input_type} keys, got {len(choices)}"
    if len(set(choices)) < len(choices):
        yield "choices: one is there twice"
    if key.min is not None or key.max is not None:
        yield "choices: not together with min or max"


def read_value(kind: MetadataType, value: Any) -> Any:
    """Return a JSON value as one of a key's type: text, integer, float, date-time or boolean.

    Raises:
        ValueError: it is of another type; the text says what was expected.
    """
    expected, read = _TYPES[kind]
    found = read(value)
    if found is None:
        raise ValueError(f"expected {expected}, got {shown(value)}")
    return found


def shown(value: Any) -> str:
    """Return a value for an error text, shortened."""
    if isinstance(value, list | dict):
        return "an array" if isinstance(value, list) else "an object"
    text = str(value) if isinstance(value, datetime) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _string(value: Any) -> str | None:
    return value if type(value) is str and "\0" not in value else None


def _integer(value: Any) -> int | None:
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and -(2**63) <= value < 2**63 else None


def _float(value: Any) -> float | None:
    if type(value) not in (int, float) or not abs(value) <= sys.float_info.max:
        return None
    return float(value)


def _datetime(value: Any) -> datetime | None:
    if type(value) is str:
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    offset = value.utcoffset() if type(value) is datetime else None
    return None if offset is None or offset % _MINUTE else value  # as RFC 3339 and JSON writers have it


def _boolean(value: Any) -> bool | None:
    return value if type(value) is bool else None


_TYPES: dict[MetadataType, tuple[str, Callable[[Any], Any]]] = {
    MetadataType.STRING: ("a text without NUL", _string),
    MetadataType.INTEGER: ("an integer of 64 bits", _integer),
    MetadataType.FLOAT: ("a number", _float),
    MetadataType.DATETIME: ("a date-time with an offset such as '2024-05-01T12:00:00+02:00'", _datetime),
    MetadataType.BOOLEAN: ("true or false", _boolean),
}
"""What to say was expected, and what reads it; `None` is no value of the type."""
