"""What the configuration of an attribute or a metadata key may say, and which values it allows. Pure.

The type of the values, `input_type`, is an enumeration of some of the types below.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from asyncsdk.errors import BadRequestError
from asyncsdk.records import codec
from asyncsdk.records.configurations import Configuration
from asyncsdk.server.services.rules import check_text
from asyncsdk.wire.attributes import read_value, shown

__all__ = [
    "check_configured_name",
    "read_configuration",
]

_NAME_LENGTH = 255
_DISPLAY_NAME_LENGTH = 256
_MOST_CHOICES = 64

_COMMON = frozenset({"input_type", "required", "display_name", "archived"})
_CHOOSING = frozenset({"choices", "allow_multiple"})
_RANGE = frozenset({"min", "max"})
_FIELDS = {
    "STRING": _COMMON | _CHOOSING,
    "INTEGER": _COMMON | _CHOOSING | _RANGE,
    "FLOAT": _COMMON | _CHOOSING | _RANGE,
    "DATETIME": _COMMON | _CHOOSING | _RANGE,
    "BOOLEAN": _COMMON,
}
_EVERY_FIELD = frozenset[str]().union(*_FIELDS.values())

C = TypeVar("C", bound=Configuration)


def read_configuration(name: str, given: Any, kind: type[C], what: str = "attribute") -> C:
    """Return the configuration of an attribute as a record; fields that are null count as absent.

    Args:
        name: the attribute's name: any text of 1 to 255 characters.
        given: the JSON value that was sent.
        kind: the record.
        what: what error texts call an attribute.

    Raises:
        BadRequestError: the name or a field breaks a rule; the text names attribute, field and rule.
    """
    check_configured_name(name, what)
    try:
        configuration = _shaped(given, kind)
    except ValueError as error:
        raise BadRequestError(f"{what} {name!r}: {error}", status=400) from error
    faults = list(_faults(configuration))
    if faults:
        raise BadRequestError(f"{what} {name!r}: {'; '.join(faults)}", status=400)
    return configuration


def check_configured_name(name: str, what: str) -> None:
    """Refuse a name that is empty, longer than 255 characters, or no text that can be stored.

    Raises:
        BadRequestError: it is.
    """
    if not name:
        raise BadRequestError(f"the name of the {what} must not be empty", status=400)
    check_text(name, f"the name of the {what}", most=_NAME_LENGTH)


def _shaped(given: Any, kind: type[C]) -> C:
    """Return a configuration whose fields are those of its type, and whose choices and limits are of it."""
    value = given
    if isinstance(given, Mapping):
        value = {field: one for field, one in given.items() if one is not None or field not in _EVERY_FIELD}
    configuration = codec.load(value, kind)
    unknown = sorted(value.keys() - _FIELDS[configuration.input_type])
    if unknown:
        raise ValueError(f"{shown(unknown[0])}: {configuration.input_type} has no such field")

    def read(field: str, one: Any) -> Any:
        try:
            return read_value(configuration.input_type, one)
        except ValueError as error:
            raise ValueError(f"{field}: {error}") from error

    choices = configuration.choices
    return attrs.evolve(
        configuration,
        choices=None if choices is None else [read(f"choices[{n}]", one) for n, one in enumerate(choices)],
        min=None if configuration.min is None else read("min", configuration.min),
        max=None if configuration.max is None else read("max", configuration.max),
    )


def _faults(configuration: Configuration) -> Iterator[str]:
    display_name = configuration.display_name
    if display_name is not None:
        if not 1 <= len(display_name) <= _DISPLAY_NAME_LENGTH:
            yield f"display_name: 1 to {_DISPLAY_NAME_LENGTH} characters, got {len(display_name)}"
        if "\0" in display_name:
            yield "display_name: character '\\x00' is not allowed"
    if configuration.archived and configuration.required:
        yield "required: what is archived cannot be required"
    if configuration.allow_multiple and configuration.choices is None:
        yield "allow_multiple: needs choices"
    if configuration.choices is not None:
        yield from _choice_faults(configuration, configuration.choices)
    least, most = configuration.min, configuration.max
    if least is not None and most is not None and not least < most:
        yield f"min: must be less than max, got {shown(least)} and {shown(most)}"


def _choice_faults(configuration: Configuration, choices: Collection[Any]) -> Iterator[str]:
    kind = configuration.input_type
    least = 2 if kind == "STRING" else 1
    if not least <= len(choices) <= _MOST_CHOICES:
        yield f"choices: {least} to {_MOST_CHOICES} of {kind}, got {len(choices)}"
    if len(set(choices)) < len(choices):
        yield "choices: one is there twice"
    if configuration.min is not None or configuration.max is not None:
        yield "choices: not together with min or max"
