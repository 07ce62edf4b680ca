"""A small in-memory database, and ways to ask it queries of the `q` language."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from sqlalchemy import Select, Table, select
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from asyncsdk.server.store import schema
from asyncsdk.server.store.query import compile_query
from asyncsdk.server.store.query_schema import Subject
from asyncsdk.server.store.schema import asset, data, metadata
from asyncsdk.server.store.sqlite_functions import FUNCTIONS

DIALECT = sqlite_dialect.dialect(paramstyle="named")


def moment(text: str) -> int:
    since = datetime.fromisoformat(text).replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def some_id(kind: int, number: int) -> str:
    return f"00000000-0000-4000-8000-0000000{kind:02}{number:03}"


def connect() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    for name, (arity, function) in FUNCTIONS.items():
        connection.create_function(name, arity, function, deterministic=True)
    for table in metadata.sorted_tables:
        connection.execute(str(CreateTable(table).compile(dialect=DIALECT)))
        for index in table.indexes:
            connection.execute(str(CreateIndex(index).compile(dialect=DIALECT)))
    return connection


def insert(connection: sqlite3.Connection, table: Table, *rows: dict[str, Any]) -> None:
    for row in rows:
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", row)


def datum(seq: int, filename: str, **columns: Any) -> dict[str, Any]:
    row = {
        "seq": seq,
        "id": some_id(1, seq),
        "created_at": 0,
        "datalake": 1,
        "object_name": f"data/{seq}",
        "filename": filename,
        "type": "IMAGE",
        "content_type": "image/png",
        "upload_status": "DONE",
        "size_bytes": 0,
    } | columns
    for name in ("metadata", "custom_metadata"):
        if name in row:
            row[name] = orjson.dumps(row[name]).decode()
    return row


CAT = datum(
    1,
    "cat.png",
    created_at=moment("2026-01-31 08:00"),
    width=640,
    height=480,
    size_bytes=2**40,
    data_source=1,
    metadata={
        "reference": "R1",
        "latitude": 48.5,
        "count": 3,
        "checked": True,
        "gone": None,
        "acquired_at": "2026-01-31T08:00:00",
        "nested": {"deep": {"er": "x"}, "list": ["x"]},
    },
    custom_metadata={"reviewer": "Ada", "score": 7},
)
DOG = datum(
    2,
    "Dog_100%.PNG",
    created_at=moment("2026-01-31 23:59:59.999999"),
    width=1280,
    height=720,
    content_type="image/jpeg",
    data_source=2,
    metadata={"reference": "r2", "latitude": "48.5", "count": 3.0, "checked": False},
)
STREET = datum(
    3,
    "Straße.mp4",
    created_at=moment("2026-02-01"),
    type="VIDEO",
    content_type="video/mp4",
    upload_status="PENDING",
    metadata={"count": 5, "checked": "True", 'odd "key".\\': {"": "odd"}, "été": {"a.b": 1}},
)
BARE = datum(4, "", upload_status="ERROR")


@pytest.fixture(scope="session")
def database() -> Iterator[sqlite3.Connection]:
    connection = connect()
    named = {"created_at": 0, "organization": 1}
    insert(
        connection,
        schema.data_source,
        {"seq": 1, "id": some_id(2, 1), "name": "cam 1", **named},
        {"seq": 2, "id": some_id(2, 2), "name": "Cam 2", **named},
    )
    insert(connection, data, CAT, DOG, STREET, BARE)
    insert(
        connection,
        schema.tag,
        *(
            {"seq": seq, "id": some_id(3, seq), "target_type": kind, "scope": kind, "name": name, **named}
            for seq, kind, name in [
                (1, "DATA", "night"),
                (2, "DATA", "rain"),
                (3, "ASSET", "train"),
                (4, "ASSET", "night"),
                (5, "ASSET", "val"),
            ]
        ),
    )
    for target, links in {
        "data": [(1, 1), (1, 2), (2, 1)],
        "asset": [(3, 1), (4, 1), (3, 2), (5, 4)],
    }.items():
        insert(connection, metadata.tables[f"{target}_tag"], *({"tag": a, "target": b} for a, b in links))
    insert(
        connection,
        schema.dataset,
        *(
            {"seq": seq, "id": some_id(4, seq), "name": name, "description": "", **named}
            for seq, name in [(1, "animals"), (2, "streets")]
        ),
    )
    insert(
        connection,
        schema.dataset_version,
        *(
            {"seq": seq, "id": some_id(5, seq), "created_at": 0, "dataset": dataset, "version": version}
            | {"description": "", "type": "MULTI", "locked": 0, "next_position": 9, "asset_count": 0}
            for seq, dataset, version in [(1, 1, "first"), (2, 1, "second"), (3, 2, "first")]
        ),
    )
    # Each data is once in version 1; the cat and the video are in others too.
    placed = [(1, 1, 1), (2, 1, 2), (3, 1, 3), (4, 1, 4), (5, 2, 1), (6, 3, 3)]
    insert(
        connection,
        asset,
        *(
            {
                "seq": seq,
                "id": some_id(6, seq),
                "created_at": seq,
                "version": version,
                "data": of,
                "position": seq,
            }
            for seq, version, of in placed
        ),
    )
    _annotate(connection)
    yield connection
    connection.close()


def _annotate(connection: sqlite3.Connection) -> None:
    """The cat has a car and a van by Ada, and nothing by Bob; the dog a car by Bob, the video a scene."""
    named = {"created_at": 0, "version": 1}
    for seq, name in ((1, "Ada"), (2, "Bob")):
        row = {"seq": seq, "id": some_id(7, seq), "created_at": 0, "username": name, "is_admin": 0}
        insert(connection, schema.user, row)
    for seq, name in ((1, "car"), (2, "Van"), (3, "night")):
        insert(connection, schema.label, {"seq": seq, "id": some_id(8, seq), "name": name, **named})
    for seq, of, worker, status, duration in (
        (1, 1, 1, "ACCEPTED", 5.0),
        (2, 1, 2, "PENDING", 0.0),
        (3, 2, 2, "PENDING", 1.5),
        (4, 3, 1, "REFUSED", 2.0),
    ):
        row = {"seq": seq, "id": some_id(9, seq), "asset": of, "user_account": worker, **named}
        insert(connection, schema.annotation, row | {"status": status, "duration": duration})
    box = {"x": 10, "y": 20, "w": 100, "h": 50}
    square = {"polygon": [[0, 0], [4, 0], [4, 4], [0, 4]]}
    for seq, of, label, kind, geometry, area, text in (
        (1, 1, 1, "RECTANGLE", box, 5000.0, "AB-1"),
        (2, 1, 2, "RECTANGLE", box | {"w": 9}, 450.0, None),
        (3, 3, 1, "POLYGON", square, 16.0, None),
        (4, 4, 3, "CLASSIFICATION", {}, None, "dark"),
    ):
        row = {"seq": seq, "id": some_id(10, seq), "created_at": 0, "annotation": of, "label": label}
        row |= {"kind": kind, "geometry": orjson.dumps(geometry).decode(), "area": area, "text": text}
        insert(connection, schema.shape, row)


def execute(connection: sqlite3.Connection, clause: Any, prefix: str = "") -> list[Any]:
    compiled = clause.compile(dialect=DIALECT)
    return connection.execute(prefix + str(compiled), compiled.construct_params()).fetchall()


def listing(query: str, subject: Subject) -> Select[Any]:
    """As a listing asks; for assets one of a version."""
    if subject == "data":
        return select(data.c.seq).where(compile_query(query, "data")).order_by(data.c.seq)
    assets = select(asset.c.seq).join_from(asset, data).order_by(asset.c.seq)
    return assets.where(asset.c.version == 1, compile_query(query, "asset"))


@pytest.fixture(scope="session")
def run(database: sqlite3.Connection) -> Callable[..., list[Any]]:
    """Runs a SQLAlchemy clause."""
    return lambda clause, prefix="": execute(database, clause, prefix)


@pytest.fixture(scope="session")
def found(database: sqlite3.Connection) -> Callable[..., list[int]]:
    """Gives the `seq` of what a query finds; all data are assets of the same `seq` in version 1."""
    return lambda query, subject="data": [row[0] for row in execute(database, listing(query, subject))]


@pytest.fixture(scope="session")
def plan(database: sqlite3.Connection) -> Callable[..., str]:
    """Gives SQLite's plan for a clause, or for the listing of a query."""

    def explain(query: Any, subject: Subject = "data") -> str:
        clause = listing(query, subject) if isinstance(query, str) else query
        return "\n".join(row[3] for row in execute(database, clause, "EXPLAIN QUERY PLAN "))

    return explain


@pytest.fixture(scope="session")
def found_among() -> Iterator[Callable[..., list[int]]]:
    """Gives the indices of those among some names, and their metadata, that a query finds."""
    connection = connect()

    def find(names: Sequence[str], query: str, **columns: Any) -> list[int]:
        connection.execute("DELETE FROM data")
        for seq, name in enumerate(names):
            own = {column: make(name) for column, make in columns.items()}
            insert(connection, data, datum(seq, name, **own))
        return [row[0] for row in execute(connection, listing(query, "data"))]

    yield find
    connection.close()
