"""Whether the values of attributes, or of metadata keys, are what their configurations allow."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from asyncsdk.records.configurations import Configuration

__all__ = ["check_value", "fault_of", "read_value", "shown"]

_MINUTE = timedelta(minutes=1)


def fault_of(values: Mapping[str, Any], configurations: Mapping[str, Configuration]) -> str | None:
    """Return why an annotation or a shape may not carry these attributes, `None` when it may.

    Attributes without a configuration are free, and a value that is null counts as absent.
    """
    for name, configuration in configurations.items():
        value = values.get(name)
        if value is not None:
            try:
                check_value(configuration, value)
            except ValueError as error:
                return f"{shown(name)}: {error}"
        elif configuration.required:
            return f"{shown(name)}: required"
    return None


def check_value(configuration: Configuration, value: Any) -> None:
    """Fail unless an attribute may have a value.

    Raises:
        ValueError: it may not; the text says why.
    """
    several = bool(configuration.allow_multiple)
    if several and type(value) is not list:
        raise ValueError(f"expected a list of choices, got {shown(value)}")
    chosen = [read_value(configuration.input_type, one) for one in (value if several else [value])]
    if len(set(chosen)) < len(chosen):
        raise ValueError("a choice is there twice")
    for one in chosen:
        if configuration.choices is not None and one not in configuration.choices:
            raise ValueError(f"{shown(one)} is none of the choices")
        if configuration.min is not None and one < configuration.min:
            raise ValueError(f"{shown(one)} is less than {shown(configuration.min)}")
        if configuration.max is not None and one > configuration.max:
            raise ValueError(f"{shown(one)} is greater than {shown(configuration.max)}")


def read_value(kind: str, value: Any) -> Any:
    """Return a JSON value as one of a type: text, integer, float, date-time or boolean.

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


_TYPES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "STRING": ("a text without NUL", _string),
    "INTEGER": ("an integer of 64 bits", _integer),
    "FLOAT": ("a number", _float),
    "DATETIME": ("a date-time with an offset such as '2024-05-01T12:00:00+02:00'", _datetime),
    "BOOLEAN": ("true or false", _boolean),
}
"""What to say was expected, and what reads it; `None` is no value of the type."""
