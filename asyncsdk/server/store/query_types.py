"""The types of what a query compares: their operators, their values, their conditions.

Conditions are positive (`=`, `in`, `~` ...); they do not hold, or give NULL, where the column is NULL.
"""

from __future__ import annotations

import operator as operators
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import attrs
import orjson
from sqlalchemy import ColumnElement, and_, func, literal, or_

from asyncsdk.enums import choose
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.server.store.dialects import JsonKind, any_of, contains, starts_with
from asyncsdk.wire.ids import canonical_id
from asyncsdk.wire.query.syntax import Operator, Scalar, excerpt

__all__ = ["BOOLEAN", "ID", "NUMBER", "TEXT", "TIME", "ValueType", "choice_of", "json_type_of"]


def _equal(column: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    return column == literal(value)  # without literal(), True would become a part of the text


def _contains(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return contains(column, literal(text.casefold()))


def _ends_with(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return func.substr(column, func.length(column) - len(text) + 1) == literal(text)


_CONDITIONS: dict[Operator, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    Operator.EQUAL: _equal,
    Operator.LESS: operators.lt,
    Operator.LESS_OR_EQUAL: operators.le,
    Operator.GREATER: operators.gt,
    Operator.GREATER_OR_EQUAL: operators.ge,
    Operator.CONTAINS: _contains,
    Operator.STARTS_WITH: starts_with,
    Operator.ENDS_WITH: _ends_with,
}

_EQUALITY = frozenset({Operator.EQUAL, Operator.IN})
_ORDER = _EQUALITY | {
    Operator.LESS,
    Operator.LESS_OR_EQUAL,
    Operator.GREATER,
    Operator.GREATER_OR_EQUAL,
}
_MATCHING = frozenset({Operator.CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH})


@attrs.frozen(eq=False)
class ValueType(ABC):
    """What a property holds."""

    name: str
    """What its values are called in messages, such as `a number`."""

    operators: frozenset[Operator]
    """The positive operators that it takes; the negative ones follow from them."""

    json_kind: JsonKind = JsonKind.ANY
    """What its values are in JSON."""

    @abstractmethod
    def read(self, value: Scalar) -> Any:
        """Return the value in the form in which it is stored.

        Raises:
            InvalidArgumentError: it is no value of this type.
        """

    def condition(self, column: ColumnElement[Any], operator: Operator, value: Scalar) -> ColumnElement[bool]:
        """Return `column operator value` for a positive operator with a single value.

        Raises:
            InvalidArgumentError: it is no value of this type.
        """
        return _CONDITIONS[operator](column, self.read(value))

    def among(self, column: ColumnElement[Any], values: Sequence[Scalar]) -> ColumnElement[bool]:
        """Return `column in values`.

        Raises:
            InvalidArgumentError: one is no value of this type.
        """
        return any_of(column, literal(orjson.dumps([self.read(value) for value in values]).decode()))

    def refuse(self, value: Scalar) -> InvalidArgumentError:
        """Return the error for a value of another type."""
        shown = excerpt(value) if isinstance(value, str) else repr(value)
        return InvalidArgumentError(f"expected {self.name}, found {shown}")


class _Text(ValueType):
    def read(self, value: Scalar) -> str:
        if not isinstance(value, str):
            raise self.refuse(value)
        return value


class _Number(ValueType):
    def read(self, value: Scalar) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(value)
        return value


class _Boolean(ValueType):
    def read(self, value: Scalar) -> bool:
        assert isinstance(value, bool)  # JSON is asked for a boolean by a boolean only
        return value


class _Id(ValueType):
    def read(self, value: Scalar) -> str:
        if not isinstance(value, str):
            raise self.refuse(value)
        try:
            return canonical_id(value)
        except InvalidArgumentError as error:
            raise self.refuse(value) from error


@attrs.frozen(eq=False)
class _Choice(ValueType):
    kind: type[StrEnum] = attrs.field(kw_only=True)

    def read(self, value: Scalar) -> str:
        if not isinstance(value, str):
            raise self.refuse(value)
        try:
            return choose(self.kind, value).value
        except InvalidArgumentError as error:
            raise self.refuse(value) from error


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    _DATE.pattern + r"[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_MICROSECOND = timedelta(microseconds=1)
_MOST_DATES = 100


class _Time(ValueType):
    """Moments, and days: a date without a time of day is the whole day, in UTC."""

    def read(self, value: Scalar) -> tuple[int, int]:
        """Return the first and the last microsecond that the value names."""
        if not isinstance(value, str) or not (_DATE.fullmatch(value) or _MOMENT.fullmatch(value)):
            raise self.refuse(value)
        try:
            moment = datetime.fromisoformat(value)
            since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
        except (ValueError, OverflowError) as error:
            raise InvalidArgumentError(f'"{value}" is no date: {error}') from error
        first = since // _MICROSECOND
        return first, first + (timedelta(days=1) // _MICROSECOND - 1 if _DATE.fullmatch(value) else 0)

    def condition(self, column: ColumnElement[Any], operator: Operator, value: Scalar) -> ColumnElement[bool]:
        first, last = self.read(value)
        if operator is Operator.EQUAL:
            return and_(column >= first, column <= last)
        edge = first if operator in {Operator.LESS, Operator.GREATER_OR_EQUAL} else last
        return _CONDITIONS[operator](column, edge)

    def among(self, column: ColumnElement[Any], values: Sequence[Scalar]) -> ColumnElement[bool]:
        if len(values) > _MOST_DATES:
            raise InvalidArgumentError(f"more than {_MOST_DATES} dates; compare with < and > instead")
        return or_(*(self.condition(column, Operator.EQUAL, value) for value in values))


TEXT = _Text("a string", _ORDER | _MATCHING, JsonKind.TEXT)
NUMBER = _Number("a number", _ORDER, JsonKind.NUMBER)
BOOLEAN = _Boolean("True or False", _EQUALITY, JsonKind.BOOLEAN)
ID = _Id("an id (a UUID)", _EQUALITY)
TIME = _Time('a date such as "2026-01-31" or "2026-01-31 08:00"', _ORDER)


def choice_of(kind: type[StrEnum]) -> ValueType:
    """Return the type of a property that holds a member of an enumeration."""
    return _Choice("one of " + ", ".join(member.value for member in kind), _EQUALITY, kind=kind)


def json_type_of(value: Scalar) -> ValueType:
    """Return the type of what can equal a value in JSON, where each value has a type of its own."""
    if isinstance(value, bool):
        return BOOLEAN
    return TEXT if isinstance(value, str) else NUMBER
