"""The one door from the event loop to blocking file work."""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from asyncsdk.errors import ServerError

__all__ = ["FileThreads"]

T = TypeVar("T")

_WORKERS = 16  # more than cores: most of the time they wait for the disk
_FULL = (errno.ENOSPC, errno.EDQUOT)


class FileThreads:
    """Runs blocking calls on a few threads of its own."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="blobs")

    async def run(self, call: Callable[..., T], *args: object) -> T:
        """Run `call` on a thread and return what it returns.

        A cancelled caller waits until the call is through, so that cleaning up after it meets no thread
        that is still at work.

        Raises:
            ServerError: the file system failed; status 507 when it is full.
        """
        future = asyncio.get_running_loop().run_in_executor(self._pool, call, *args)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await _settle(future)
            raise
        except OSError as error:
            status = 507 if error.errno in _FULL else 500
            raise ServerError(
                f"the object storage failed: {error.strerror or error}", status=status
            ) from error

    async def close(self) -> None:
        """Wait for the calls under way and end the threads."""
        await asyncio.to_thread(self._pool.shutdown)


async def _settle(future: asyncio.Future[T]) -> None:
    while not future.done():
        with contextlib.suppress(asyncio.CancelledError):  # the caller raises it in the end
            await asyncio.wait([future])
    future.exception()  # marks it as seen: the cancellation is what the caller gets
