"""How the job runner is fed when the database itself refuses."""

from __future__ import annotations

import pytest

from asyncsdk.errors import ServerError
from asyncsdk.server.services.job_source import STEPS, StoredJobs

JOB = {"id": "j", "kind": next(iter(STEPS)), "lease_until": 1, "attempt": 1}


class Refusing:
    """A store that refuses for now, and counts how often it was asked."""

    def __init__(self, status: int) -> None:
        self.error, self.asked = ServerError("the database refuses", status=status), 0

    async def write(self, work):
        work.close()
        self.asked += 1
        raise self.error


async def test_a_database_that_refuses_for_now_does_not_fail_the_job():
    store = Refusing(503)
    with pytest.raises(ServerError):
        await StoredJobs(store).step(JOB)
    assert store.asked == 1  # the job was not written down as failed


async def test_a_claim_that_is_refused_is_told_to_the_runner():
    with pytest.raises(ServerError):
        await StoredJobs(Refusing(503)).claim()
