"""A folder for what is only needed for a while."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from asyncsdk.errors import TransferError
from asyncsdk.flow.threads import clean_up_in_file_thread, in_file_thread

__all__ = ["ELSEWHERE", "temporary_folder"]

ELSEWHERE = "set TMPDIR to a folder with room"
"""What to do when there is no room."""


@asynccontextmanager
async def temporary_folder(what: str) -> AsyncIterator[Path]:
    """Give a folder that is gone afterwards, with all that is in it, whatever happens.

    Args:
        what: what it is for; a part of its name.

    Raises:
        TransferError: it cannot be made.
    """
    made: list[Path] = []
    try:
        await in_file_thread(_make, f"asyncsdk-{what}-", made)
        yield made[0]
    finally:
        for folder in made:
            await clean_up_in_file_thread(shutil.rmtree, folder, ignore_errors=True)


def _make(prefix: str, made: list[Path]) -> None:
    """Make a folder and note it, so that it is known also to a caller who was cancelled meanwhile."""
    try:
        made.append(Path(tempfile.mkdtemp(prefix=prefix)))
    except OSError as error:
        place = str(error.filename or "temporary folder")
        raise TransferError(place, f"cannot be made: {error.strerror or error}; {ELSEWHERE}") from error
