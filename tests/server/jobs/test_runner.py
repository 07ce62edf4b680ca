"""The job runner: claims, steps, wakes up, and survives a source that fails."""

from __future__ import annotations

import asyncio
from collections import deque

from asyncsdk.server.jobs.runner import JobRunner

NEVER_S = 3600.0


class Source:
    """Jobs are numbers: how many steps each takes."""

    def __init__(self, *jobs: int) -> None:
        self.waiting = deque(jobs)
        self.running = self.most = 0
        self.steps: list[int] = []
        self.faults: list[Exception] = []
        self.ended = asyncio.Condition()
        self.done = 0
        self.gate: asyncio.Event | None = None
        self.looks = 0

    async def claim(self):
        self.looks += 1
        await asyncio.sleep(0)
        if self.faults:
            raise self.faults.pop()
        if not self.waiting:
            return None
        self.running += 1
        self.most = max(self.most, self.running)
        return self.waiting.popleft()

    async def step(self, job):
        if self.gate:
            await self.gate.wait()
        await asyncio.sleep(0)
        self.steps.append(job)
        if job > 1:
            return job - 1
        self.running -= 1
        async with self.ended:
            self.done += 1
            self.ended.notify_all()
        return None

    async def until(self, count: int) -> None:
        async with self.ended:
            await self.ended.wait_for(lambda: self.done >= count)


async def test_jobs_run_to_their_end_a_few_at_once():
    source = Source(3, 1, 2, 5, 1)
    runner = JobRunner(source, workers=2, poll_s=NEVER_S)
    runner.start()
    await source.until(5)
    await runner.stop()
    assert sorted(source.steps) == sorted([3, 2, 1, 1, 2, 1, 5, 4, 3, 2, 1, 1])
    assert source.most == 2


async def test_a_new_job_wakes_the_runner():
    source = Source()
    runner = JobRunner(source, workers=1, poll_s=NEVER_S)
    runner.start()
    for count in range(1, 20):
        source.waiting.append(1)
        runner.wake()
        await source.until(count)
    await runner.stop()


async def test_a_job_that_is_announced_while_the_runner_looks_is_not_missed():
    """The look found nothing, then the job came, then the runner went to sleep: it must not."""
    source = Source()
    runner = JobRunner(source, workers=1, poll_s=NEVER_S)
    looked = asyncio.Event()
    plain = source.claim

    async def claim():
        found = await plain()
        if not looked.is_set():
            looked.set()
            source.waiting.append(1)
            runner.wake()
        return found

    source.claim = claim
    runner.start()
    await source.until(1)
    await runner.stop()


async def test_a_runner_that_has_nothing_to_do_sleeps():
    source = Source()
    runner = JobRunner(source, workers=1, poll_s=NEVER_S)
    runner.start()
    source.waiting.append(1)
    runner.wake()
    await source.until(1)
    for _ in range(100):
        await asyncio.sleep(0)
    assert source.looks <= 4
    await runner.stop()


async def test_jobs_that_nobody_announces_are_found_too():
    source = Source()
    runner = JobRunner(source, poll_s=0.001)
    runner.start()
    source.waiting.append(2)
    await source.until(1)
    await runner.stop()


async def test_a_source_that_fails_is_asked_again(caplog):
    source = Source(1)
    source.faults = [RuntimeError("no database")]
    runner = JobRunner(source, workers=1, poll_s=0.001)
    runner.start()
    await source.until(1)
    await runner.stop()
    assert "no database" in caplog.text


async def test_it_stops_within_a_job():
    source = Source(1)
    source.gate = asyncio.Event()
    runner = JobRunner(source, poll_s=NEVER_S)
    runner.start()
    while not source.running:  # noqa: ASYNC110
        await asyncio.sleep(0)
    await runner.stop()
    assert source.done == 0


async def test_it_stops_though_it_is_woken_at_the_same_moment():
    runner = JobRunner(Source(), workers=2, poll_s=NEVER_S)
    runner.start()
    for _ in range(10):
        await asyncio.sleep(0)  # until it waits
    runner.wake()
    await asyncio.wait_for(runner.stop(), 10)
