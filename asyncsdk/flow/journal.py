"""A journal of unfinished work: what was begun and what was done, in a file that outlives the process."""

from __future__ import annotations

import fcntl
import json
import os
import time
import uuid
from pathlib import Path
from typing import Any, BinaryIO

import attrs

from asyncsdk.errors import ConfigurationError

__all__ = ["Journal"]


@attrs.define
class Journal:
    """Steps of one piece of work, by their keys. All methods block.

    Every line is whole or, after a crash, ignored. The file is deleted when the work is finished, so that one
    which is there belongs to work that was not. It is locked until it is closed: the work is done once at a time.

    Example:
        >>> journal = Journal.open(folder / "import.journal", plan="a1b2")
        >>> journal.begin("step 1")
        >>> journal.end("step 1", {"made": 3})
        >>> journal.finish()
        >>> journal.close()
    """

    path: Path
    plan: str
    """What the work is; a resumed journal has that of the first time."""

    salt: str
    """Random, the same from the first time to the last."""

    started_at: float
    """Seconds since 1970."""

    _lock: BinaryIO = attrs.field(repr=False)

    resumed: bool = False
    """Whether the work was begun before."""

    begun: dict[str, Any] = attrs.field(factory=dict)
    """Steps of which it is not known whether they were done, with a note each."""

    done: dict[str, Any] = attrs.field(factory=dict)
    """Steps that were done, with their results."""

    @classmethod
    def open(cls, path: Path, *, plan: str) -> Journal:
        """Return the journal in a file, which is made when it is missing.

        Args:
            path: the file.
            plan: what the work is, for a new journal.

        Raises:
            ConfigurationError: the file cannot be read or written, or the same work is being done already.
        """
        try:
            lock = _locked(path)
            lines = _read(path)
            if not lines:
                return cls._begun(path, plan, lock)
        except OSError as error:
            raise ConfigurationError(
                f"{path}: unfinished work cannot be kept there: {error.strerror}; set ASYNCSDK_STATE to a folder "
                "that can be written"
            ) from error
        head = lines[0]
        journal = cls(path, head["plan"], head["salt"], head["started_at"], lock, resumed=True)
        for line in lines[1:]:
            journal._take(line)
        return journal

    @classmethod
    def _begun(cls, path: Path, plan: str, lock: BinaryIO) -> Journal:
        journal = cls(path, plan, uuid.uuid4().hex, time.time(), lock)
        head = {"plan": plan, "salt": journal.salt, "started_at": journal.started_at}
        path.write_text(json.dumps(head) + "\n", "utf-8")
        return journal

    def begin(self, key: str, note: Any = None) -> None:
        """Write down that a step begins."""
        self._write({"begun": key, "note": note})

    def end(self, key: str, result: Any) -> None:
        """Write down that a step was done."""
        self._write({"done": key, "result": result})

    def drop(self, key: str) -> None:
        """Write down that a step was certainly not done."""
        self._write({"dropped": key})

    def finish(self) -> None:
        """Forget the work."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; what is unfinished can be gone on with."""
        self._lock.close()

    def _write(self, line: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self._take(line)

    def _take(self, line: dict[str, Any]) -> None:
        if "begun" in line:
            self.begun[line["begun"]] = line["note"]
        elif "done" in line:
            self.begun.pop(line["done"], None)
            self.done[line["done"]] = line["result"]
        else:
            self.begun.pop(line["dropped"], None)


def _locked(path: Path) -> BinaryIO:
    """Return the file, made when it is missing, locked until it is closed."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        file = path.open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        except BlockingIOError as error:
            file.close()
            raise ConfigurationError(
                f"{path}: the same work is being done already; wait for its end"
            ) from error
        file.close()  # it was finished, and deleted, just now


def _read(path: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a file, and cut off the rest."""
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        path.write_bytes(whole)
    return [json.loads(line) for line in whole.splitlines()]
