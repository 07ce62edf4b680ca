"""Repeating what failed, as far as the policy, the budget and the deadline allow."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import attrs

from asyncsdk.config import Retry
from asyncsdk.errors import (
    AsyncSDKError,
    DeadlineError,
    OutcomeUnknownError,
    RateLimitedError,
)
from asyncsdk.transport.budget import RetryBudget
from asyncsdk.transport.failures import AttemptError
from asyncsdk.transport.timing import Timing
from asyncsdk.wire.requests import Repeat
from asyncsdk.wire.retry import Outcome, wait_before_retry

__all__ = ["Retrier"]

T = TypeVar("T")

_logger = logging.getLogger("asyncsdk.transport")


@attrs.define(eq=False)
class _Call:
    """One call and what its tries have shown so far."""

    route: str
    repeat: Repeat
    keyed: bool
    ends_at: float
    timeout_s: float
    tries: int = 0
    maybe_done: bool = False


class Retrier:
    """Runs tries until one succeeds; one per client, as its budget is the client's.

    Args:
        policy: attempts, waits and budget.
        timing: time and chance.
    """

    def __init__(self, policy: Retry, timing: Timing | None = None) -> None:
        self._policy = policy
        self._timing = timing or Timing()
        self._budget = RetryBudget(policy, self._timing.clock)

    async def run(
        self,
        attempt: Callable[[float], Awaitable[T]],
        *,
        route: str,
        timeout_s: float,
        repeat: Repeat = Repeat.SAFE,
        keyed: bool = False,
        retry_on: tuple[type[AsyncSDKError], ...] = (),
    ) -> T:
        """Return the result of the first try that succeeds.

        Args:
            attempt: one try; it gets the seconds that are left, and raises `AttemptError` when it may be
                worth repeating. Every other exception passes through.
            route: what is tried, for texts.
            timeout_s: deadline of all tries together.
            repeat: whether doing it twice is harmless.
            keyed: it carries an idempotency key that the platform honours.
            retry_on: errors of other rooms that count as transient, such as a damaged file.

        Raises:
            DeadlineError: the next try would begin after the deadline.
            OutcomeUnknownError: it is a creation that may or may not have happened.
            AsyncSDKError: the error of the last try.

        Example:
            A download that resumes after a broken connection; `LandingFile` and `DamagedFileError` are
            those of `asyncsdk.flow`::

                async def attempt(_: float) -> Path:
                    async with (
                        LandingFile(path) as landing,
                        storage.open_download(
                            url, start=landing.offset, validator=landing.validator
                        ) as body,
                    ):
                        await landing.begin(
                            start=body.start,
                            size=body.size,
                            validator=body.validator,
                            checksum=body.checksum,
                        )
                        async for chunk in body:
                            await landing.write(chunk)
                        return await landing.commit()

                await storage.retrier.run(
                    attempt,
                    route=f"download {path.name}",
                    timeout_s=settings.timeouts.transfer_s,
                    retry_on=(DamagedFileError,),
                )

            An `ExpiredUrlError` passes through: get a new URL and run it again.
        """
        call = _Call(route, repeat, keyed, self._timing.clock() + timeout_s, timeout_s)
        self._budget.earn()
        while True:
            call.tries += 1
            try:
                return await attempt(max(0.0, call.ends_at - self._timing.clock()))
            except AttemptError as error:
                failed = error.with_traceback(None)  # its frames hold what was to be sent
            except retry_on as error:
                failed = AttemptError(Outcome.TRANSIENT, error)
            wait_s = self._wait(call, failed)
            _logger.debug("%s: try %d failed: %s; again in %.3f s", route, call.tries, failed, wait_s)
            await self._timing.sleep(wait_s)

    def _wait(self, call: _Call, failed: AttemptError) -> float:
        """Return how long to wait before the next try, or raise what ends the call."""
        if failed.progressed:
            call.tries = 1
        call.maybe_done |= failed.outcome is Outcome.UNKNOWN
        wait_s = wait_before_retry(
            failed.outcome,
            call.repeat,
            attempt=call.tries,
            draw=self._timing.draw(),
            policy=self._policy,
            keyed=call.keyed,
            retry_after=failed.retry_after_s,
        )
        if wait_s is None or not self._afford(failed):
            raise _last_word(call, failed)
        if self._timing.clock() + wait_s >= call.ends_at:
            raise _last_word(call, failed, late=True)
        return wait_s

    def _afford(self, failed: AttemptError) -> bool:
        """A server that asks to slow down is not an outage: that costs nothing."""
        return isinstance(failed.error, RateLimitedError) or self._budget.spend()


def _last_word(call: _Call, failed: AttemptError, *, late: bool = False) -> AsyncSDKError:
    if call.repeat is Repeat.CREATION and call.maybe_done and failed.outcome is not Outcome.PERMANENT:
        text = (
            f"{call.route}: it may or may not have happened: {failed.error}; look it up before trying again"
        )
        unknown = OutcomeUnknownError(text, route=call.route)
        unknown.__cause__ = failed.error
        return unknown
    if late and not isinstance(failed.error, DeadlineError):
        deadline = DeadlineError(f"{call.route}: not done within {call.timeout_s:g} s; last: {failed.error}")
        deadline.__cause__ = failed.error
        return deadline
    return failed.error
