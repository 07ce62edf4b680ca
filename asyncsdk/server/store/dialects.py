"""SQL that the databases write differently."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import Float, Text, and_, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement, TableValuedAlias
from sqlalchemy.sql.functions import FunctionElement

__all__ = [
    "JsonKind",
    "any_of",
    "contains",
    "joined",
    "json_found",
    "json_number",
    "listed",
    "new_row_id",
    "numbered_id",
    "starts_with",
]


class _AnyOf(ColumnElement[bool]):
    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], values: ColumnElement[Any]) -> None:
        self.column = column
        self.values = values


def any_of(column: ColumnElement[Any], values: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return `column is one of values`, the values being one parameter: a JSON array.

    One parameter keeps the statement's text the same for any number of values.
    """
    return _AnyOf(column, values)


@compiles(_AnyOf, "sqlite")
def _any_of_sqlite(element: _AnyOf, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    values = compiler.process(element.values, **options)
    return f"({column} IN (SELECT value FROM json_each({values})))"  # noqa: S608 - compiled parts


class new_row_id(FunctionElement[str]):  # noqa: N801 - reads as the SQL function that it is
    """A fresh UUIDv7 for each row of a set-based insert."""

    type: Any = Text()
    inherit_cache: bool | None = True
    name = "new_row_id"


@compiles(new_row_id, "sqlite")
def _new_row_id_sqlite(_element: new_row_id, _compiler: Any, **_options: Any) -> str:
    return "asyncsdk_new_id()"


class numbered_id(FunctionElement[str]):  # noqa: N801 - reads as the SQL function that it is
    """A fresh UUIDv7 for each row of a large set-based insert, made by the database alone.

    Give what `ids.id_stamp` returned and a number below 2^40, another one for each row: the ids grow with it
    (RFC 9562, section 6.2, method 1: after the time stand 40 bits of the number, then 34 bits of chance).
    A function of Python's would take and leave the interpreter's lock for each row.
    """

    type: Any = Text()
    inherit_cache: bool | None = True
    name = "numbered_id"


@compiles(numbered_id, "sqlite")
def _numbered_id_sqlite(element: numbered_id, compiler: Any, **options: Any) -> str:
    stamp, n = (compiler.process(clause, **options) for clause in element.clauses)
    fields = (
        f"{stamp}",
        f"(({n}) >> 28) & 0xfff",
        f"0x8000 | ((({n}) >> 14) & 0x3fff)",
        f"((({n}) & 0x3fff) << 34) | (random() & 0x3ffffffff)",
    )
    return f"printf('%s-7%03x-%04x-%012x', {', '.join(fields)})"


class listed(FunctionElement[Any]):  # noqa: N801 - reads as the SQL function that it is
    """A JSON array parameter as rows: use with `table_valued("key", "value")`."""

    inherit_cache: bool | None = True
    name = "listed"


@compiles(listed, "sqlite")
def _listed_sqlite(element: listed, compiler: Any, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


class contains(FunctionElement[bool]):  # noqa: N801 - reads as the SQL function that it is
    """Whether a text column holds a text anywhere, without regard to case; give the text case-folded."""

    inherit_cache: bool | None = True
    name = "contains"


@compiles(contains, "sqlite")
def _contains_sqlite(element: contains, compiler: Any, **options: Any) -> str:
    column, text = (compiler.process(clause, **options) for clause in element.clauses)
    # SQLite's lower() knows ASCII only; a text has other characters when it has more bytes than characters.
    other = f"length(CAST({column} AS BLOB)) > length({column})"
    folded = f"CASE WHEN {other} THEN asyncsdk_fold({column}) ELSE lower({column}) END"
    return f"(instr({folded}, {text}) > 0)"


class joined(FunctionElement[str]):  # noqa: N801 - reads as the SQL function that it is
    """The texts of a group, joined with commas: give the text, and a column that orders them.

    There must be an index on what is grouped by and that column: SQLite joins in the order of its index.
    """

    type: Any = Text()
    inherit_cache: bool | None = True
    name = "joined"


@compiles(joined, "sqlite")
def _joined_sqlite(element: joined, compiler: Any, **options: Any) -> str:
    text, _order = (compiler.process(clause, **options) for clause in element.clauses)
    return f"group_concat({text})"


class _StartsWith(ColumnElement[bool]):
    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], prefix: str) -> None:
        end = _after(prefix)
        self.range = column >= prefix if end is None else and_(column >= prefix, column < end)


def starts_with(column: ColumnElement[Any], prefix: str) -> ColumnElement[bool]:
    """Return whether a text column starts with a text, with regard to case; an index can serve it."""
    return _StartsWith(column, prefix)


@compiles(_StartsWith, "sqlite")
def _starts_with_sqlite(element: _StartsWith, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.range, **options)})"


def _after(prefix: str) -> str | None:
    """Return the first text, in the order of code points, after all that start with `prefix`."""
    head = prefix.rstrip("\U0010ffff")
    if not head:
        return None
    following = 0xE000 if head[-1] == "\ud7ff" else ord(head[-1]) + 1
    return head[:-1] + chr(following)


class JsonKind(StrEnum):
    """The kinds of JSON values that can be asked for."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ANY = "any"
    """Everything but `null`."""


class _JsonFound(FunctionElement[Any]):
    name = "json_found"
    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], path: tuple[str, ...], kind: JsonKind) -> None:
        super().__init__(column, *(literal(key) for key in path))
        self.kind = kind


def json_found(
    column: ColumnElement[Any], path: tuple[str, ...], kind: JsonKind = JsonKind.ANY
) -> TableValuedAlias:
    """Return what stands at a path of keys in a JSON column: a row with a `value`, or none.

    Args:
        column: text that holds a JSON object, or NULL.
        path: the keys, outermost first; any text is a key.
        kind: which JSON type the value must have.
    """
    return _JsonFound(column, path, kind).table_valued("value", name="found")


_SQLITE_KINDS = {
    JsonKind.TEXT: "= 'text'",
    JsonKind.NUMBER: "IN ('integer', 'real')",
    JsonKind.BOOLEAN: "IN ('true', 'false')",
    JsonKind.ANY: "<> 'null'",
}


@compiles(_JsonFound, "sqlite")
def _json_found_sqlite(element: _JsonFound, compiler: Any, **_options: Any) -> str:
    # SQLite's own path syntax cannot spell keys with quotes or backslashes, so the objects are walked.
    document, *keys = (compiler.process(clause) for clause in element.clauses)
    walk, tests = [], []
    for depth, key in enumerate(keys):
        walk.append(f"json_each({document}) AS k{depth}")
        tests.append(f"k{depth}.key = {key}")
        document = f"CASE k{depth}.type WHEN 'object' THEN k{depth}.value END"
    last = f"k{len(keys) - 1}"
    tests.append(f"{last}.type {_SQLITE_KINDS[element.kind]}")
    where = " AND ".join(tests)
    return f"(SELECT {last}.value AS value FROM {', '.join(walk)} WHERE {where})"  # noqa: S608 - compiled parts


class json_number(FunctionElement[float]):  # noqa: N801 - reads as the SQL function that it is
    """The number under a key of a JSON object: give the column and the key, a plain word."""

    type: Any = Float()
    inherit_cache: bool | None = True
    name = "json_number"


@compiles(json_number, "sqlite")
def _json_number_sqlite(element: json_number, compiler: Any, **options: Any) -> str:
    column, key = (compiler.process(clause, **options) for clause in element.clauses)
    return f"json_extract({column}, '$.' || {key})"
