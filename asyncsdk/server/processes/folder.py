"""The folders in which programs run: one for each run, made for it and removed after it."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Any

import attrs
import orjson

__all__ = ["ResultError", "RunFolder", "remove_runs"]

MOST_RESULT_BYTES = 262_144


class ResultError(Exception):
    """What a program left as its result is none."""


@attrs.frozen
class RunFolder:
    """The folder of a run, and the files in it.

    work/          the program's own folder, in which it runs
    job.json       what it is to do
    result.json    what it gave, where it gave something
    """

    path: Path

    @property
    def work(self) -> Path:
        """The program's own folder."""
        return self.path / "work"

    @property
    def job(self) -> Path:
        """The file that says what it is to do."""
        return self.path / "job.json"

    @property
    def result(self) -> Path:
        """The file for what it gives."""
        return self.path / "result.json"

    def make(self, job: dict[str, Any]) -> None:
        """Make the folder; what a lost run has left there is removed."""
        self.remove()
        self.work.mkdir(parents=True)
        self.path.chmod(0o700)
        self.job.write_bytes(orjson.dumps(job))

    def remove(self) -> None:
        """Remove the folder with everything in it."""
        shutil.rmtree(self.path, ignore_errors=True)

    def read_result(self) -> str | None:
        """Return the JSON text that the program has left, `None` when there is none.

        Raises:
            ResultError: it is too large, no file, or no JSON.
        """
        try:
            content = self._content()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ResultError(f"cannot be read: {error.strerror}") from error
        if len(content) > MOST_RESULT_BYTES:
            raise ResultError(f"is larger than {MOST_RESULT_BYTES} bytes")
        try:
            return orjson.dumps(orjson.loads(content)).decode()
        except ValueError as error:
            raise ResultError(f"is no JSON: {error}") from error

    def _content(self) -> bytes:
        """Return what the result file holds, one byte beyond the most at most; links and pipes are refused."""
        descriptor = os.open(self.result, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise ResultError("is no file")
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                return file.read(MOST_RESULT_BYTES + 1)
        finally:
            os.close(descriptor)


def remove_runs(runs: Path) -> None:
    """Remove what lost runs have left: for the start of a platform that is alone on its workspace."""
    shutil.rmtree(runs, ignore_errors=True)
