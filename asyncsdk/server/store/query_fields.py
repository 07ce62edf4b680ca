"""How the properties that a query can name are stored, and how their values are asked for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, TypeAlias

import attrs
from sqlalchemy import Column, ColumnElement, Select, select

from asyncsdk.server.store.dialects import json_found
from asyncsdk.server.store.query_types import ValueType, json_type_of
from asyncsdk.wire.query.syntax import Scalar

__all__ = ["Field", "JsonField", "OwnedField", "PlainField", "ReferredField", "RelatedField", "Test"]

Test: TypeAlias = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""Makes a condition on a column."""


class Field(ABC):
    """A property of the objects that a query filters."""

    @abstractmethod
    def type_of(self, value: Scalar) -> ValueType:
        """Return the type as which a value is compared with the property."""

    @abstractmethod
    def some(self, value_type: ValueType, test: Test) -> ColumnElement[bool]:
        """Return whether the object has a value of the type that passes the test."""

    @abstractmethod
    def nothing(self) -> ColumnElement[bool]:
        """Return whether the object has no value."""


@attrs.frozen(eq=False)
class _ColumnField(Field):
    """A property whose values stand in one column."""

    column: ColumnElement[Any]
    value_type: ValueType

    def type_of(self, value: Scalar) -> ValueType:
        """Return the column's type."""
        del value
        return self.value_type


@attrs.frozen(eq=False)
class PlainField(_ColumnField):
    """A column of the object's own row."""

    def some(self, value_type: ValueType, test: Test) -> ColumnElement[bool]:
        """Return the test on the column."""
        del value_type
        return test(self.column)

    def nothing(self) -> ColumnElement[bool]:
        """Return whether the column is NULL."""
        return self.column.is_(None)


@attrs.frozen(eq=False)
class ReferredField(_ColumnField):
    """A column of the one row that the object refers to."""

    reference: Column[int]
    """The object's column that refers to the row."""

    rows: Select[tuple[int]]
    """What `reference` can hold; it leads to `column`."""

    def some(self, value_type: ValueType, test: Test) -> ColumnElement[bool]:
        """Return whether the row is among those that pass the test."""
        del value_type
        return self.reference.in_(self.rows.where(test(self.column)))

    def nothing(self) -> ColumnElement[bool]:
        """Return whether the object refers to no row."""
        return self.reference.is_(None)


@attrs.frozen(eq=False)
class RelatedField(_ColumnField):
    """A column of the rows that a table links the object to."""

    owner: Column[int]
    """What the object is known by."""

    near: Column[int]
    """The link's column that refers to the object."""

    far: Column[int]
    """The link's column that refers to a related row."""

    rows: Select[tuple[int]]
    """What `far` can hold; it leads to `column`."""

    def some(self, value_type: ValueType, test: Test) -> ColumnElement[bool]:
        """Return whether a related row is among those that pass the test."""
        del value_type
        return self._links(self.far.in_(self.rows.where(test(self.column))))

    def nothing(self) -> ColumnElement[bool]:
        """Return whether there is no related row."""
        return ~self._links()

    def _links(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        links = select(self.far).where(self.near == self.owner, *conditions)
        return links.correlate(self.owner.table).exists()


@attrs.frozen(eq=False)
class OwnedField(_ColumnField):
    """A column of rows that belong to the object, or of what they belong to it through."""

    owner: Column[int]
    """What the object is known by."""

    rows: Select[Any]
    """The rows that belong to any object."""

    belongs: Column[int]
    """Their column that refers to the object."""

    def some(self, value_type: ValueType, test: Test) -> ColumnElement[bool]:
        """Return whether a row of the object passes the test."""
        del value_type
        return self._own(test(self.column))

    def nothing(self) -> ColumnElement[bool]:
        """Return whether no row of the object has a value."""
        return ~self._own(self.column.is_not(None))

    def _own(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        own = self.rows.where(self.belongs == self.owner, condition)
        return own.correlate(self.owner.table).exists()


@attrs.frozen(eq=False)
class JsonField(Field):
    """What stands below keys of a JSON column; each value has a type of its own."""

    column: ColumnElement[Any]
    keys: tuple[str, ...]

    def type_of(self, value: Scalar) -> ValueType:
        """Return the type that JSON gives such a value."""
        return json_type_of(value)

    def some(self, value_type: ValueType, test: Test) -> ColumnElement[bool]:
        """Return whether there is a value of the type that passes the test."""
        found = json_found(self.column, self.keys, value_type.json_kind)
        return select(found.c.value).where(test(found.c.value)).exists()

    def nothing(self) -> ColumnElement[bool]:
        """Return whether the keys lead to no value, or to `null`."""
        return ~select(json_found(self.column, self.keys).c.value).exists()
