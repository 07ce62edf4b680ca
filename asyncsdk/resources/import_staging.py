"""Where an import gathers what it will send: in memory, and beyond some megabytes in a temporary database.

Elements are JSON objects, one for each asset, in which shapes name their label by its number; the ids are
filled in when they are sent, as labels are made only when everything was looked at.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import orjson

from asyncsdk.errors import TransferError
from asyncsdk.flow.journal import Journal
from asyncsdk.flow.threads import clean_up_in_file_thread, in_file_thread
from asyncsdk.resources.temporary_folders import ELSEWHERE, temporary_folder

__all__ = ["STEPS_S", "Staged", "Staging", "in_steps", "open_staging"]

Staged = tuple[str, str, bytes]
"""Asset id, the image's name in the file, and the element as JSON."""

_Element = tuple[str, str, bytes, bool]
"""The same, and whether it has attributes."""

_PRAGMAS = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000", "locking_mode = EXCLUSIVE")
_MOST_BYTES = 2 * 1024 * 1024
"""Of one chunk; a single larger element still travels, alone."""

_HELD_BYTES = 12 * 1024 * 1024
"""Of elements that are kept in memory."""

_BATCH_BYTES = 1024 * 1024
"""Of elements that go into the database together, once there is one."""

_ROW_BYTES = 150
"""What an element costs beside its JSON."""

STEPS_S = 0.02
"""How long a generator works in a thread at once."""


class Staging:
    """The elements of an import, and the temporary database. All methods block; one thread at a time.

    Attributes:
        labels: numbers of label names.
        assets: how many elements there are.
        shapes: how many shapes and tracks they have.
        attributed: how many of the elements have attributes, of the annotation or of a shape.
        journal: of an import that must not be done twice, once it is open.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._held: list[_Element] = []
        self._held_bytes = 0
        self.labels: dict[str, int] = {}
        self.assets: int = 0
        self.shapes: int = 0
        self.attributed: int = 0
        self.journal: Journal | None = None

    @property
    def database(self) -> sqlite3.Connection:
        """The temporary database, for the tables of a format too; made when it is first wanted."""
        if self._database is None:
            self._database = sqlite3.connect(self._path, check_same_thread=False, isolation_level=None)
            for pragma in _PRAGMAS:
                self._database.execute(f"PRAGMA {pragma}")
            self._database.execute("BEGIN")
            self._database.execute(
                "CREATE TABLE element (no INTEGER PRIMARY KEY, asset TEXT, name TEXT, payload BLOB, attributed)"
            )
        return self._database

    def number_of(self, label: str) -> int:
        """Return the number of a label."""
        return self.labels.setdefault(label, len(self.labels))

    def add(self, asset_id: str, name: str, payload: bytes, shapes: int) -> None:
        """Put an element in, as JSON; every asset once."""
        attributed = b'"attributes":' in payload
        self._held.append((asset_id, name, payload, attributed))
        self._held_bytes += len(payload) + _ROW_BYTES
        if self._held_bytes > (_HELD_BYTES if self._database is None else _BATCH_BYTES):
            self.database.executemany(
                "INSERT INTO element (asset, name, payload, attributed) VALUES (?, ?, ?, ?)", self._held
            )
            self._held, self._held_bytes = [], 0
        self.assets += 1
        self.shapes += shapes
        self.attributed += attributed

    def with_attributes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give the elements that have attributes, each with the image's name."""
        for _, name, payload, attributed in self._elements():
            if attributed:
                yield name, orjson.loads(payload)

    def digest(self) -> str:
        """Return a hash of all elements and labels, in order."""
        found = hashlib.sha256(orjson.dumps(self.labels))
        for asset_id, _, payload, _ in self._elements():
            found.update(asset_id.encode() + payload)
        return found.hexdigest()

    def chunks(self, size: int) -> Iterator[list[Staged]]:
        """Give the elements in chunks of at most `size`, and of bounded bytes; what was given is let go."""
        chunk: list[Staged] = []
        held = 0
        for asset_id, name, payload, _ in self._last_elements():
            if chunk and (len(chunk) == size or held + len(payload) > _MOST_BYTES):
                yield chunk
                chunk, held = [], 0
            chunk.append((asset_id, name, payload))
            held += len(payload)
        if chunk:
            yield chunk

    def _elements(self) -> Iterator[_Element]:
        yield from self._stored()
        yield from self._held

    def _last_elements(self) -> Iterator[_Element]:
        yield from self._stored()
        self._held.reverse()
        while self._held:
            yield self._held.pop()

    def _stored(self) -> Iterator[_Element]:
        if len(self._held) < self.assets:
            yield from self.database.execute(
                "SELECT asset, name, payload, attributed FROM element ORDER BY no"
            )

    def close(self) -> None:
        """Close the database."""
        if self._database is not None:
            self._database.close()


@asynccontextmanager
async def open_staging() -> AsyncIterator[Staging]:
    """Give a staging place that is gone afterwards, whatever happens; its journal is gone if all went well.

    Raises:
        TransferError: the temporary folder cannot be written, or is full.
    """
    journal: Journal | None = None
    try:
        async with temporary_folder("import") as folder:
            staging = Staging(folder / "import.sqlite")
            try:
                yield staging
            except sqlite3.Error as error:
                raise TransferError(str(folder), f"cannot be written: {error}; {ELSEWHERE}") from error
            finally:
                journal = staging.journal
                await clean_up_in_file_thread(staging.close)
        if journal is not None:
            # the very last, and not in a thread: a cancellation comes before it, or not at all
            journal.finish()
    finally:
        if journal is not None:
            journal.close()


async def in_steps(steps: Iterator[object]) -> None:
    """Run a generator to its end in threads, so much of it at a time that a cancellation is heard soon.

    Args:
        steps: the work; what it gives is dropped.
    """

    def some() -> bool:
        until = time.monotonic() + STEPS_S
        return any(time.monotonic() >= until for _ in steps)

    while await in_file_thread(some):
        pass
