"""Compiles `q` queries and listing orders to SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from asyncsdk.errors import BadRequestError, InvalidArgumentError, InvalidQueryError
from asyncsdk.server.store.query_fields import Field, Test
from asyncsdk.server.store.query_schema import SCHEMAS, QuerySchema, Subject
from asyncsdk.server.store.query_types import ValueType
from asyncsdk.wire.query.parser import parse_query
from asyncsdk.wire.query.syntax import And, Comparison, Expression, Not, Operator, Or, Scalar, fault_at

__all__ = ["compile_order", "compile_query"]


def compile_query(query: str | Expression, subject: Subject) -> ColumnElement[bool]:
    """Return the condition that a query puts on assets or on data.

    A comparison holds or does not hold, there is no third way. A positive operator holds when the object has
    a value that fits: an object without the value, or with another type of value below `metadata`, does
    not fit. On a path to many values, one that fits is enough. A negative operator and `not` are the exact
    opposite, so they hold where there is no value. `= None` holds where there is none.

    Args:
        query: a text of the language, or its tree.
        subject: what is filtered. For `asset` the statement around must have the tables `asset` and
            `data` in its FROM, for `data` the table `data`.

    Raises:
        InvalidQueryError: the query is malformed, names an unknown property, or compares it with what it
            cannot be; the status is 400 and `position` is the offset of the fault.

    Example:
        >>> str(compile_query("width = None", "data"))
        'data.width IS NULL'
    """
    try:
        expression = parse_query(query) if isinstance(query, str) else query
        return _condition(expression, SCHEMAS[subject])
    except InvalidQueryError as error:
        error.status = 400
        raise


def compile_order(order_by: Sequence[str], subject: Subject) -> list[tuple[ColumnElement[Any], bool]]:
    """Return the columns of a listing's order, each with whether it descends.

    Args:
        order_by: paths such as `created_at` or `-data.filename`, the most important first.
        subject: what is listed.

    Raises:
        BadRequestError: a path cannot be ordered by; the text lists the choices.
    """
    schema = SCHEMAS[subject]
    try:
        return [
            (schema.column(tuple(term.removeprefix("-").split("."))), term.startswith("-"))
            for term in order_by
        ]
    except InvalidArgumentError as error:
        raise BadRequestError(f"order_by: {error}", status=400) from error


def _condition(expression: Expression, schema: QuerySchema) -> ColumnElement[bool]:
    match expression:
        case And():
            return and_(*[_condition(operand, schema) for operand in expression.operands])
        case Or():
            return or_(*[_condition(operand, schema) for operand in expression.operands])
        case Not():
            return _opposite(_condition(expression.operand, schema))
        case Comparison():
            return _comparison(expression, schema)


def _comparison(comparison: Comparison, schema: QuerySchema) -> ColumnElement[bool]:
    with _faults_at(comparison.position):
        field = schema.find(comparison.path)
    values = comparison.value if isinstance(comparison.value, tuple) else (comparison.value,)
    denied = comparison.operator.denies
    operator = denied or comparison.operator
    conditions: list[ColumnElement[bool]] = []
    if None in values:
        if operator not in {Operator.EQUAL, Operator.IN}:
            raise fault_at(comparison.value_position, "None fits only =, !=, in and not in")
        conditions.append(field.nothing())
    for value_type, typed in _by_type(field, values).items():
        if operator not in value_type.operators:
            fitting = ", ".join(one for one in Operator if (one.denies or one) in value_type.operators)
            text = f'operator "{comparison.operator}" does not fit {value_type.name}; use one of {fitting}'
            raise fault_at(comparison.position, text)
        with _faults_at(comparison.value_position):
            conditions.append(field.some(value_type, _test(value_type, operator, typed)))
    condition = or_(*conditions) if conditions else false()
    return _opposite(condition) if denied else condition


def _by_type(field: Field, values: Sequence[Scalar]) -> dict[ValueType, list[Scalar]]:
    groups: dict[ValueType, list[Scalar]] = {}
    for value in values:
        if value is not None:
            groups.setdefault(field.type_of(value), []).append(value)
    return groups


def _test(value_type: ValueType, operator: Operator, values: Sequence[Scalar]) -> Test:
    if operator is Operator.IN:
        return partial(value_type.among, values=values)
    return partial(value_type.condition, operator=operator, value=values[0])


def _opposite(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return what holds exactly where the condition does not hold, or gives NULL."""
    return condition.is_not(true())


@contextmanager
def _faults_at(position: int) -> Iterator[None]:
    try:
        yield
    except InvalidArgumentError as error:
        raise fault_at(position, str(error)) from error
