from __future__ import annotations

import pytest

from asyncsdk.config import Retry
from asyncsdk.errors import (
    ConnectionFailedError,
    DeadlineError,
    OutcomeUnknownError,
    RateLimitedError,
    ServerError,
    TransferError,
)
from asyncsdk.transport.failures import AttemptError
from asyncsdk.transport.retrying import Retrier
from asyncsdk.wire.requests import Repeat
from asyncsdk.wire.retry import Outcome

BROKEN = ConnectionFailedError("broken")


class Tries:
    def __init__(self, *outcomes):
        self.outcomes = list(outcomes)
        self.left_s = []

    async def __call__(self, left_s):
        self.left_s.append(left_s)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.fixture
def run(time):
    async def call(*outcomes, policy=None, timeout_s=100.0, **options):
        tries = Tries(*outcomes)
        retrier = Retrier(policy or Retry(attempts=3, base_s=2), time.timing)
        result = await retrier.run(tries, route="GET /x", timeout_s=timeout_s, **options)
        return result, tries.left_s

    return call


async def test_each_try_gets_the_time_that_is_left(run, time):
    result, left_s = await run(
        AttemptError(Outcome.UNKNOWN, BROKEN), AttemptError(Outcome.NOT_SENT, BROKEN), "done"
    )
    assert result == "done"
    assert time.slept == [1, 2]
    assert left_s == [100, 99, 97]


async def test_other_exceptions_pass_through(run, time):
    with pytest.raises(KeyError):
        await run(KeyError("x"))
    assert time.slept == []


async def test_the_last_error_is_raised_as_it_is(run):
    cause = OSError("why")
    last = ConnectionFailedError("last")
    last.__cause__ = cause
    with pytest.raises(ConnectionFailedError) as caught:
        await run(*[AttemptError(Outcome.UNKNOWN, last)] * 3)
    assert caught.value is last
    assert caught.value.__cause__ is cause
    assert caught.value.__context__ is None


async def test_errors_of_other_rooms_can_be_transient(run):
    damaged = TransferError("a.jpg", "damaged")
    assert (await run(damaged, damaged, 1, retry_on=(TransferError,)))[0] == 1
    with pytest.raises(TransferError):
        await run(damaged, 1)
    with pytest.raises(TransferError) as caught:
        await run(damaged, damaged, damaged, retry_on=(TransferError,))
    assert caught.value is damaged


async def test_progress_starts_the_count_anew(run):
    progressed = AttemptError(Outcome.UNKNOWN, BROKEN, progressed=True)
    assert (await run(*[progressed] * 10, "done"))[0] == "done"
    with pytest.raises(ConnectionFailedError):
        await run(progressed, progressed, policy=Retry(attempts=1))


async def test_slowing_down_costs_no_budget(run):
    policy = Retry(attempts=9, budget=0, budget_floor=1)
    slow = AttemptError(Outcome.TRANSIENT, RateLimitedError("slow"))
    assert (await run(*[slow] * 5, "done", policy=policy))[0] == "done"
    failing = AttemptError(Outcome.TRANSIENT, ServerError("down"))
    with pytest.raises(ServerError):
        await run(*[failing] * 3, "done", policy=policy)


async def test_the_deadline_keeps_its_cause(run):
    with pytest.raises(DeadlineError, match="GET /x: not done within 3 s; last: broken") as caught:
        await run(AttemptError(Outcome.TRANSIENT, BROKEN, retry_after_s=7), timeout_s=3)
    assert caught.value.__cause__ is BROKEN


@pytest.mark.parametrize(
    ("outcomes", "error"),
    [
        ([Outcome.UNKNOWN], OutcomeUnknownError),
        ([Outcome.TRANSIENT, Outcome.UNKNOWN], OutcomeUnknownError),
        ([Outcome.NOT_SENT] * 3, ConnectionFailedError),
        ([Outcome.PERMANENT], ConnectionFailedError),
    ],
)
async def test_what_is_known_of_a_creation(run, outcomes, error):
    with pytest.raises(error):
        await run(*[AttemptError(outcome, BROKEN) for outcome in outcomes], repeat=Repeat.CREATION)


@pytest.mark.parametrize(
    ("last", "error"),
    [(Outcome.NOT_SENT, OutcomeUnknownError), (Outcome.PERMANENT, ConnectionFailedError)],
)
async def test_a_keyed_creation_remembers_that_a_try_was_lost(run, last, error):
    outcomes = [Outcome.UNKNOWN, last, last]
    with pytest.raises(error):
        await run(
            *[AttemptError(outcome, BROKEN) for outcome in outcomes], repeat=Repeat.CREATION, keyed=True
        )
