"""Statements: compiled once, carrying their own values."""

from __future__ import annotations

from sqlalchemy import bindparam, literal, select
from sqlalchemy.dialects import sqlite as sqlite_dialect

from asyncsdk.server.store.schema import metadata, setting
from asyncsdk.server.store.statements import Prepared, insertion, statement

DIALECT = sqlite_dialect.dialect(paramstyle="named")


def test_a_text_is_compiled_once_per_dialect():
    prepared = Prepared(select(setting.c.name).where(setting.c.value == bindparam("value")))
    first = prepared.text(DIALECT)
    assert prepared.text(DIALECT) is first
    assert first[1] == {}
    assert prepared(value="a").params == {"value": "a"}
    assert prepared.many([{"value": "a"}]).params == [{"value": "a"}]


def test_values_that_were_built_in_go_along():
    built = statement(select(setting.c.name).where(setting.c.value == literal("x"), setting.c.name == "y"))
    text, own = built.prepared.text(DIALECT)
    assert sorted(own.values()) == ["x", "y"]
    assert all(f":{name}" in text for name in own)


def test_an_insertion_takes_every_column_but_the_databases_own():
    for table in metadata.sorted_tables:
        text, own = Prepared(insertion(table)).text(DIALECT)
        names = {column.name for column in table.columns} - {"seq"}
        assert own == {}
        assert {word.strip(" :") for word in text.rpartition("(")[2].rstrip(")").split(",")} == names
