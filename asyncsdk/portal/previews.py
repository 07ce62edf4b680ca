"""What notebooks show of sync objects: pictures, or the reason why there are none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from asyncsdk.errors import AsyncSDKError
from asyncsdk.markup.blocks import note
from asyncsdk.markup.elements import joined
from asyncsdk.portal.objects import SyncObject
from asyncsdk.portal.process import call
from asyncsdk.records.previews import Preview

__all__ = ["SyncPreviewable"]

PATIENCE_S = 10.0
"""How long a cell waits for pictures that it was not asked for."""


class SyncPreviewable(SyncObject):
    """An object that a notebook shows with pictures; where the platform does not answer, without."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        try:
            shown: str = call(_in_time, self._async.preview).html
        except (AsyncSDKError, TimeoutError) as error:
            reason = str(error) or f"the platform did not answer within {PATIENCE_S:g} s"
            return joined([self._async._card(), note(f"no pictures: {reason}")])  # noqa: SLF001 - its own
        return shown


async def _in_time(preview: Callable[[], Awaitable[Preview]]) -> Preview:
    async with asyncio.timeout(PATIENCE_S):
        return await preview()
