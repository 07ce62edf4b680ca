"""Small units of work on the table of settings, for tests of stores."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from asyncsdk.server.store.schema import setting
from asyncsdk.server.store.statements import Prepared, insertion

PUT = Prepared(insertion(setting))
GET = Prepared(select(setting.c.value).where(setting.c.name == bindparam("name")))
COUNT = Prepared(select(func.count().label("n")).select_from(setting))


def put(name, value="v", fail=None):
    yield PUT(name=name, value=value)
    if fail is not None:
        raise fail
    return name


def get(name):
    rows = yield GET(name=name)
    return rows[0]["value"] if rows else None


def count():
    return (yield COUNT())[0]["n"]
