"""SQLite: one writer thread with group commit, a few readers, write-ahead log."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import attrs
from sqlalchemy.dialects import sqlite as sqlite_dialect

from asyncsdk.errors import ApiError, ConflictError, ServerError
from asyncsdk.server.store.base import Rows, Work
from asyncsdk.server.store.ids import new_id
from asyncsdk.server.store.sqlite_functions import FUNCTIONS
from asyncsdk.server.store.sqlite_inserts import insert_rows
from asyncsdk.server.store.statements import Statement

__all__ = ["SQLiteStore", "connect"]

T = TypeVar("T")

_DIALECT = sqlite_dialect.dialect(paramstyle="named")
_GROUP = 128
"""Most units of work that share one commit."""


@attrs.define(eq=False)
class _Ticket:
    """A queued unit of work and where its outcome goes."""

    work: Work[Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None

    def deliver(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class SQLiteStore:
    """A store in one SQLite file.

    Args:
        path: the database file.
        readers: threads that read.
        full_durability: fsync at each commit, so that a loss of power loses nothing either; without
            it what was committed survives a crash of the process, not one of the machine.

    Raises:
        sqlite3.Error: the file cannot be opened.
    """

    def __init__(self, path: Path, *, readers: int = 3, full_durability: bool = False) -> None:
        self._path = path
        self._queue: queue.SimpleQueue[_Ticket | None] = queue.SimpleQueue()
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="sqlite-reader")
        connection = connect(path, full_durability=full_durability)  # here a failure has somebody to tell
        self._writer = threading.Thread(
            target=self._write_loop, args=(connection,), name="sqlite-writer", daemon=True
        )
        self._closed = False
        self._change = 0
        self._writer.start()

    @property
    def change(self) -> int:
        """A number that is another one after each change; what is read later is at least as new."""
        return self._change

    async def read(self, work: Work[T]) -> T:
        """Run a unit of work that changes nothing, on one snapshot."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Work[T]) -> T:
        """Run a unit of work in one transaction, which it may share with others of its moment.

        The transaction is carried through even when the waiting task is cancelled.
        """
        if self._closed:
            raise ServerError("the platform is stopping", status=503)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._queue.put(_Ticket(work, loop, future))
        return await future

    async def close(self) -> None:
        """Finish what is queued, then close the database."""
        if self._closed:
            return
        self._closed = True
        self._queue.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        for connection in self._connections:
            connection.close()

    def _read(self, work: Work[T]) -> T:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path, reader=True)
            self._connections.append(connection)
        connection.execute("BEGIN")
        try:
            return _drive(connection, work)
        finally:
            connection.rollback()

    def _write_loop(self, connection: sqlite3.Connection) -> None:
        running = True
        while running:
            tickets, running = self._next_group()
            if tickets:
                _write_group(connection, tickets)
                self._change = connection.total_changes
                _deliver(tickets)
        connection.close()

    def _next_group(self) -> tuple[list[_Ticket], bool]:
        tickets: list[_Ticket] = []
        block = True
        while len(tickets) < _GROUP:
            try:
                ticket = self._queue.get(block=block)
            except queue.Empty:
                break
            if ticket is None:
                return tickets, False
            tickets.append(ticket)
            block = False
        return tickets, True


def connect(path: Path, *, reader: bool = False, full_durability: bool = False) -> sqlite3.Connection:
    """Open a connection with the platform's settings and functions.

    Args:
        path: the database file.
        reader: refuse every change.
        full_durability: fsync at each commit.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.row_factory = sqlite3.Row
    for pragma in (
        "busy_timeout = 20000",
        "journal_mode = WAL",
        f"synchronous = {'FULL' if full_durability else 'NORMAL'}",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -32000",
        "mmap_size = 268435456",
        f"query_only = {'ON' if reader else 'OFF'}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("asyncsdk_new_id", 0, new_id)
    for name, (arity, function) in FUNCTIONS.items():
        connection.create_function(name, arity, function, deterministic=True)
    return connection


def _write_group(connection: sqlite3.Connection, tickets: list[_Ticket]) -> None:
    """Run each unit of work under a savepoint of its own, and commit them together."""
    try:
        _translated(partial(connection.execute, "BEGIN IMMEDIATE"))
        for ticket in tickets:
            _write_one(connection, ticket)
        _translated(partial(connection.execute, "COMMIT"))
    except BaseException as error:  # noqa: BLE001 - every waiting task gets it
        if connection.in_transaction:
            connection.rollback()
        for ticket in tickets:
            ticket.error = error


def _write_one(connection: sqlite3.Connection, ticket: _Ticket) -> None:
    connection.execute("SAVEPOINT work")
    try:
        ticket.result = _drive(connection, ticket.work)
    except BaseException as error:
        ticket.error = error
        if not connection.in_transaction:  # SQLite gave up the whole transaction, as on a full disk
            raise
        connection.execute("ROLLBACK TO work")
    connection.execute("RELEASE work")


def _deliver(tickets: list[_Ticket]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Ticket]] = {}
    for ticket in tickets:
        by_loop.setdefault(ticket.loop, []).append(ticket)
    for loop, group in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits there any more
            loop.call_soon_threadsafe(_deliver_group, group)


def _deliver_group(tickets: list[_Ticket]) -> None:
    for ticket in tickets:
        ticket.deliver()


def _drive(connection: sqlite3.Connection, work: Work[T]) -> T:
    try:
        wanted = next(work)
        while True:
            try:
                rows = _translated(partial(_execute, connection, wanted))
            except (ApiError, sqlite3.Error) as error:
                wanted = work.throw(error)
            else:
                wanted = work.send(rows)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        work.close()


def _execute(connection: sqlite3.Connection, wanted: Statement) -> Rows:
    text, defaults = wanted.prepared.text(_DIALECT)
    params = wanted.params
    if isinstance(params, Mapping):
        return connection.execute(text, {**defaults, **params} if defaults else params).fetchall()
    rows = [{**defaults, **row} for row in params] if defaults else insert_rows(connection, text, params)
    connection.executemany(text, rows)
    return ()


def _translated(run: Callable[[], T]) -> T:
    """Map the driver's errors where they enter."""
    try:
        return run()
    except sqlite3.IntegrityError as error:
        raise ConflictError(f"the change conflicts with what is stored: {error}", status=409) from error
    except sqlite3.OperationalError as error:
        raise ServerError(f"the database refuses for now: {error}", status=503) from error
