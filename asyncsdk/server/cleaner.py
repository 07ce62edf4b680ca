"""Deletes objects whose rows are gone, and keys that are too old, in the background."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from asyncsdk.server.blobs.base import Blobs
from asyncsdk.server.services.garbage import forget_garbage, next_garbage
from asyncsdk.server.services.idempotency import forget_old_keys
from asyncsdk.server.store.base import Store

__all__ = ["Cleaner"]

_log = logging.getLogger(__name__)

_EVERY_S = 600.0


class Cleaner:
    """Keeps the storage free of objects that nothing refers to."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self._store = store
        self._blobs = blobs
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to work."""
        self._task = asyncio.create_task(self._work(), name="cleaner")

    def wake(self) -> None:
        """Tell that there is something to delete."""
        self._wake.set()

    async def stop(self) -> None:
        """Stop; what is left is deleted after the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def clean(self) -> int:
        """Delete what waits and return how many objects that were."""
        deleted = 0
        while rows := await self._store.read(next_garbage()):
            by_connector: dict[str, list[str]] = {}
            for row in rows:
                by_connector.setdefault(row["connector_id"], []).append(row["object_name"])
            for connector, names in by_connector.items():
                await self._blobs.delete(connector, names)
            await self._store.write(forget_garbage([row["seq"] for row in rows]))
            deleted += len(rows)
        return deleted

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._store.write(forget_old_keys())
                await self.clean()
            except Exception:  # noqa: BLE001 - what is left stays listed and is deleted next time
                _log.exception("some objects could not be deleted; they will be tried again")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_EVERY_S):  # `wait_for` may lose a cancellation
                    await self._wake.wait()
