"""Feeds the job runner from the store: a claim or a step is one transaction each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping

import attrs

from asyncsdk.errors import ApiError
from asyncsdk.server.blobs.base import Blobs
from asyncsdk.server.jobs.steps import Step
from asyncsdk.server.services.asset_adding import ADD_ASSETS, add_assets_step
from asyncsdk.server.services.campaign_closing import LAUNCH
from asyncsdk.server.services.campaign_launch import launch_step
from asyncsdk.server.services.copying_step import prepare_copy_step
from asyncsdk.server.services.copying_task import COPY_ASSETS, FORK
from asyncsdk.server.services.fork_steps import fail_fork, prepare_fork_step
from asyncsdk.server.services.job_leases import claim_job, fail_job, give_way, renew_job, save_step
from asyncsdk.server.services.object_import import IMPORT_OBJECTS
from asyncsdk.server.services.object_import_step import prepare_import_step
from asyncsdk.server.services.processing_runs import PROCESSING
from asyncsdk.server.services.projection_import import IMPORT_PROJECTIONS, prepare_projections_step
from asyncsdk.server.services.rules import json_list
from asyncsdk.server.services.tag_conversion import CONVERT_TAGS, convert_tags_step
from asyncsdk.server.store.base import Row, Store, Work

__all__ = ["OWN_KINDS", "PREPARED_STEPS", "STEPS", "StoredJobs"]

_log = logging.getLogger(__name__)

STEPS: Mapping[str, Callable[[Row], Work[Step]]] = {
    ADD_ASSETS: add_assets_step,
    LAUNCH: launch_step,
    CONVERT_TAGS: convert_tags_step,
}
"""What each kind of job does in one step; a step can be entered again after a crash."""

PREPARED_STEPS: Mapping[str, Callable[[Row, Store, Blobs], Awaitable[Work[Step]]]] = {
    IMPORT_OBJECTS: prepare_import_step,
    IMPORT_PROJECTIONS: prepare_projections_step,
    FORK: prepare_fork_step,
    COPY_ASSETS: prepare_copy_step,
}
"""The kinds whose steps look around first, outside of their transaction; each gives its step then."""

UNDOING: Mapping[str, Callable[[Row, str, int], Work[Row | None]]] = {FORK: fail_fork}
"""The kinds that take back what they did before they end as failed; each gives the job to go on with."""

OWN_KINDS = STEPS.keys() | PREPARED_STEPS.keys() | {PROCESSING}
"""The kinds of jobs that the platform runs itself."""

LEASE_US = 60_000_000
MOST_ATTEMPTS = 5


@attrs.define
class StoredJobs:
    """The jobs of a store; those that look into the storage wait for somebody who has one."""

    store: Store
    blobs: Blobs | None = None

    @property
    def _kinds(self) -> str:
        return json_list(STEPS if self.blobs is None else STEPS.keys() | PREPARED_STEPS.keys())

    async def claim(self) -> Row | None:
        """Take a job that waits, or whose worker is gone."""
        row = await self.store.write(claim_job(self._kinds, LEASE_US))
        if row is not None and row["attempt"] > MOST_ATTEMPTS:
            error = f"given up: {MOST_ATTEMPTS} workers were lost on one step"
            return await self._fail(row, error) or await self.claim()
        return row

    async def step(self, job: Row) -> Row | None:
        """Take the next step; a failure ends the job with its error. Jobs that wait take turns, step by step."""
        claim = _Claim(job)
        try:
            work = await self._work(claim)
            return await self.store.write(_step(claim.row, work, self._kinds))
        except ApiError as error:
            if error.status == 503:
                raise
            return await self._fail(claim.row, error.message)
        except Exception as error:  # noqa: BLE001 - whatever it is, the job ends with it
            _log.exception("job %s failed", job["id"])
            return await self._fail(claim.row, f"{type(error).__name__}: {error}")

    async def _fail(self, row: Row, error: str) -> Row | None:
        """End a job with its error; return it where there is something to take back first."""
        undo = UNDOING.get(row["kind"])
        if undo is not None:
            return await self.store.write(undo(row, error, LEASE_US))
        await self.store.write(fail_job(row, error))
        return None

    async def _work(self, claim: _Claim) -> Work[Step]:
        """Return the next step; the job stays ours however long its preparation takes."""
        prepare = PREPARED_STEPS.get(claim.row["kind"])
        if prepare is None or self.blobs is None:
            return STEPS[claim.row["kind"]](claim.row)
        prepared = asyncio.ensure_future(prepare(claim.row, self.store, self.blobs))
        try:
            while not (await asyncio.wait({prepared}, timeout=LEASE_US / 3_000_000))[0]:
                claim.row = await self.store.write(renew_job(claim.row, LEASE_US))
            return prepared.result()
        finally:
            prepared.cancel()
            await asyncio.gather(prepared, return_exceptions=True)


@attrs.define
class _Claim:
    """A job that is ours, as its row is now: each renewal of the lease gives another one."""

    row: Row


def _step(job: Row, work: Work[Step], kinds: str) -> Work[Row | None]:
    step = yield from work
    saved = yield from save_step(job, step, LEASE_US)
    return None if step.done or (yield from give_way(saved, kinds)) else saved
