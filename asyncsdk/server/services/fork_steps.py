"""The steps of a fork's job: it fills the new version, or takes it back when that failed.

Either goes in batches, so that nobody who writes waits long. The version disappears before the job ends as
failed; the job stays, with its error.
"""

from __future__ import annotations

import time

import attrs
from sqlalchemy import bindparam, update

from asyncsdk.errors import NotFoundError
from asyncsdk.records import codec
from asyncsdk.server.blobs.base import Blobs
from asyncsdk.server.jobs.steps import Step
from asyncsdk.server.services.copying_plan import Budget, Plan
from asyncsdk.server.services.copying_step import copy_batch, plan_copies, version_of
from asyncsdk.server.services.copying_task import CopyState, CopyTask
from asyncsdk.server.services.dataset_versions import remove_version
from asyncsdk.server.services.job_leases import fail_job, save_step
from asyncsdk.server.services.version_emptying import plan_removal, remove_assets
from asyncsdk.server.store.base import Row, Store, Work
from asyncsdk.server.store.schema import dataset_version
from asyncsdk.server.store.statements import Prepared

__all__ = ["fail_fork", "prepare_fork_step"]

_COMPLETE = Prepared(
    update(dataset_version).where(dataset_version.c.seq == bindparam("key")).values(filling=False)
)


async def prepare_fork_step(job: Row, store: Store, _blobs: Blobs) -> Work[Step]:
    """Look up the next assets and return the step that copies them, or removes them from a failed fork."""
    task, state = CopyTask.of(job), CopyState.of(job)
    if state.failed is not None:
        return _remove(task, state, await store.read(_plan_removal(task, state)), job["progress"])
    return _fill(task, state, await store.read(plan_copies(task, state)))


def fail_fork(job: Row, error: str, lease_us: int) -> Work[Row | None]:
    """Let a fork's job take back what it did, and return it; `None` when it has ended, or is no longer ours.

    Args:
        job: its row.
        error: why it fails.
        lease_us: length of the lease for the work, in microseconds.
    """
    state = CopyState.of(job)
    try:
        yield from _target(CopyTask.of(job))
    except NotFoundError:
        yield from fail_job(job, error)
        return None
    if state.failed is not None:  # removing is what failed: the version stays, for its owner to delete
        yield from fail_job(job, error)
        return None
    state = attrs.evolve(state, budget=Budget(), failed=error)
    step = Step(checkpoint=codec.dump(state), progress=job["progress"], done=False)
    try:
        return (yield from save_step(job, step, lease_us))
    except NotFoundError:
        return None


def _target(task: CopyTask) -> Work[Row]:
    return version_of(task.target, "the new version")


def _fill(task: CopyTask, state: CopyState, plan: Plan) -> Work[Step]:
    target = yield from _target(task)
    step = yield from copy_batch(task, state, plan, target)
    if step.done:
        yield _COMPLETE(key=target["seq"])
    return step


def _plan_removal(task: CopyTask, state: CopyState) -> Work[Plan]:
    target = yield from _target(task)
    return (yield from plan_removal(target["seq"], state.budget))


def _remove(task: CopyTask, state: CopyState, plan: Plan, progress: float) -> Work[Step]:
    begun = time.perf_counter()
    target = yield from _target(task)
    yield from remove_assets(target["seq"], plan)
    if plan.done:
        yield from remove_version(target)
    budget = state.budget.after(plan, time.perf_counter() - begun)
    checkpoint = codec.dump(attrs.evolve(state, budget=budget))
    return Step(checkpoint=checkpoint, progress=progress, done=plan.done, error=state.failed)
