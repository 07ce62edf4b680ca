"""Feeds the job runner from the store: a claim or a step is one transaction each."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

import attrs

from asyncsdk.errors import ApiError
from asyncsdk.server.jobs.steps import Step
from asyncsdk.server.services.asset_adding import ADD_ASSETS, add_assets_step
from asyncsdk.server.services.jobs import claim_job, fail_job, save_step
from asyncsdk.server.services.rules import json_list
from asyncsdk.server.store.base import Row, Store, Work

__all__ = ["STEPS", "StoredJobs"]

_log = logging.getLogger(__name__)

STEPS: Mapping[str, Callable[[Row], Work[Step]]] = {ADD_ASSETS: add_assets_step}
"""What each kind of job does in one step; a step can be entered again after a crash."""

LEASE_US = 60_000_000
MOST_ATTEMPTS = 5


@attrs.define
class StoredJobs:
    """The jobs of a store."""

    store: Store
    _kinds: str = attrs.field(factory=lambda: json_list(STEPS))

    async def claim(self) -> Row | None:
        """Take a job that waits, or whose worker is gone."""
        row = await self.store.write(claim_job(self._kinds, LEASE_US))
        if row is not None and row["attempt"] > MOST_ATTEMPTS:
            await self.store.write(fail_job(row, f"given up: {MOST_ATTEMPTS} workers were lost on one step"))
            return await self.claim()
        return row

    async def step(self, job: Row) -> Row | None:
        """Take the next step; a failure ends the job with its error."""
        try:
            return await self.store.write(_step(job))
        except ApiError as error:
            if error.status == 503:
                raise
            await self.store.write(fail_job(job, error.message))
        except Exception as error:  # noqa: BLE001 - whatever it is, the job ends with it
            _log.exception("job %s failed", job["id"])
            await self.store.write(fail_job(job, f"{type(error).__name__}: {error}"))
        return None


def _step(job: Row) -> Work[Row | None]:
    step = yield from STEPS[job["kind"]](job)
    saved = yield from save_step(
        job, checkpoint=step.checkpoint, progress=step.progress, done=step.done, lease_us=LEASE_US
    )
    return None if step.done else saved
