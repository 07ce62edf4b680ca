"""What attributes annotations and shapes may carry."""

from __future__ import annotations

from typing import Any

import attrs

from asyncsdk.enums import AttributeType, choose
from asyncsdk.records.configurations import Configuration

__all__ = ["AttributeConfiguration", "AttributeConfigurations", "Attributes"]


def _as_type(value: AttributeType | str) -> AttributeType:
    return choose(AttributeType, value)


@attrs.frozen(kw_only=True)
class AttributeConfiguration(Configuration):
    """What the values of one attribute may be.

    Args:
        input_type: type of the values: a member or its name in any case.
        required: where attributes are given, this one must be among them.
        display_name: name to show, 1 to 256 characters.
        archived: values stay where they are; an archived attribute cannot be required.
        choices: the only values there may be: 1 to 64, for texts 2 to 64; not for booleans, and not
            together with `min` or `max`.
        allow_multiple: a value is a list of choices; needs `choices`.
        min: least value, of integers and floats.
        max: greatest value, of integers and floats.

    Raises:
        InvalidArgumentError: the type is unknown.

    Example:
        >>> AttributeConfiguration(input_type="string", choices=["red", "green"]).choices
        ('red', 'green')
    """

    input_type: AttributeType = attrs.field(converter=_as_type)


@attrs.frozen
class Attributes:
    """Configurations by the name of their attribute, as they are sent; `None` clears them."""

    attributes: dict[str, Any] | None


@attrs.frozen
class AttributeConfigurations:
    """Configurations by the name of their attribute, as they are kept."""

    attributes: dict[str, AttributeConfiguration] | None
