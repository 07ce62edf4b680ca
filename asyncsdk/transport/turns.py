"""Large answers are taken one in each round of the event loop."""

from __future__ import annotations

import asyncio
from collections import deque

__all__ = ["LARGE_BYTES", "LoopTurns"]

LARGE_BYTES = 16 * 1024
"""From this size on, decoding an answer takes longer than a round of the event loop."""


class LoopTurns:
    """Gives a turn to one caller in each round of the event loop, in the order of asking.

    Answers that arrive together would else be decoded in one round: for so long the loop hears nobody, and
    as it writes at the end of a round, the next requests go out together too, so that client and host wait
    for each other by turns. One in a round, each request goes out when its answer has been dealt with.

    Example:
        >>> async def work(turns: LoopTurns, body: bytes) -> object:
        ...     await turns.take()
        ...     return decode(body)
    """

    def __init__(self) -> None:
        self._taken = False
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Wait for a turn; it lasts until the caller waits for something else."""
        loop = asyncio.get_running_loop()
        if self._taken:
            turn: asyncio.Future[None] = loop.create_future()
            self._waiting.append(turn)
            await turn
        else:
            self._taken = True
            loop.call_soon(self._pass_on, loop, False)  # noqa: FBT003

    def _pass_on(self, loop: asyncio.AbstractEventLoop, is_used: bool) -> None:  # noqa: FBT001
        """Give the turn of the next round to the next who still waits; this round's may be used already."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                loop.call_soon(self._pass_on, loop, True)  # noqa: FBT003
                return
        if is_used:
            loop.call_soon(self._pass_on, loop, False)  # noqa: FBT003
        else:
            self._taken = False
