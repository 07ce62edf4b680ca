"""The `q` language as a tree: what the parser gives and the store compiles."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import attrs

from asyncsdk.errors import InvalidQueryError

__all__ = [
    "And",
    "Comparison",
    "Expression",
    "Not",
    "Operator",
    "Or",
    "Scalar",
    "Value",
    "excerpt",
    "fault_at",
]

_EXCERPT_CHARACTERS = 60

Scalar: TypeAlias = str | int | float | bool | None
"""A single value of a query."""

Value: TypeAlias = Scalar | tuple[Scalar, ...]
"""What a path is compared with: a tuple after `in` and `not in`, else a single value."""


class Operator(StrEnum):
    """How a path is compared with a value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    CONTAINS = "~"
    NOT_CONTAINS = "!~"
    IN = "in"
    NOT_IN = "not in"
    STARTS_WITH = "startswith"
    NOT_STARTS_WITH = "not startswith"
    ENDS_WITH = "endswith"
    NOT_ENDS_WITH = "not endswith"

    @property
    def denies(self) -> Operator | None:
        """The operator whose exact opposite this one is; `None` for a positive operator."""
        return Operator(self.removeprefix("!").removeprefix("not ")) if self[0] in "!n" else None


@attrs.frozen
class Comparison:
    """A path compared with a value, as in `data.tags.name in ("a", "b")`.

    Two comparisons are equal when they ask the same, wherever they stand.
    """

    path: tuple[str, ...]
    operator: Operator
    value: Value

    position: int = attrs.field(default=0, eq=False)
    """Offset of the path in the text."""

    value_position: int = attrs.field(default=0, eq=False)
    """Offset of the value in the text."""


@attrs.frozen
class And:
    """All operands hold; none of them is an `And` itself."""

    operands: tuple[Expression, ...]


@attrs.frozen
class Or:
    """At least one operand holds; none of them is an `Or` itself."""

    operands: tuple[Expression, ...]


@attrs.frozen
class Not:
    """The operand does not hold."""

    operand: Expression


Expression: TypeAlias = And | Or | Not | Comparison
"""A whole query, or a part of it."""


def excerpt(text: str) -> str:
    """Return a text in double quotes for a message, cut where it is long."""
    return f'"{text}"' if len(text) <= _EXCERPT_CHARACTERS else f'"{text[:_EXCERPT_CHARACTERS]}..."'


def fault_at(position: int, text: str) -> InvalidQueryError:
    """Return the error for a fault in a query.

    Args:
        position: offset of the fault in the query, from 0.
        text: what is wrong there and what would be right.
    """
    return InvalidQueryError(f"q: position {position}: {text}", position=position)
