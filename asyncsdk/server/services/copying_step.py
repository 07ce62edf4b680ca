"""The steps of jobs that copy assets: of forks, and of copies into a version that is there already.

Each step is one transaction and starts from the checkpoint of the one before, so that it can be entered again
after a crash. The source may change meanwhile: what is deleted before its turn is left out, what is added is
not looked at, and the rest is copied as it is when its turn comes.
"""

from __future__ import annotations

import time

import attrs
from sqlalchemy import bindparam, select, update

from asyncsdk.enums import TagTarget
from asyncsdk.errors import NotFoundError
from asyncsdk.records import codec
from asyncsdk.server.blobs.base import Blobs
from asyncsdk.server.jobs.steps import Step
from asyncsdk.server.services import copying_statements as sql
from asyncsdk.server.services.campaign_assets import add_new_assets
from asyncsdk.server.services.changing import check_changeable
from asyncsdk.server.services.copying_plan import Plan, plan_batch
from asyncsdk.server.services.copying_task import CopyState, CopyTask
from asyncsdk.server.services.label_copying import copy_labels
from asyncsdk.server.services.rules import json_list
from asyncsdk.server.services.tags import TagScope
from asyncsdk.server.store.base import Row, Store, Work
from asyncsdk.server.store.ids import id_stamp, now_us
from asyncsdk.server.store.schema import dataset, dataset_version
from asyncsdk.server.store.statements import Prepared

__all__ = ["copy_batch", "plan_copies", "prepare_copy_step", "version_of"]

_VERSION = Prepared(
    select(dataset_version, dataset.c.organization)
    .join(dataset, dataset.c.seq == dataset_version.c.dataset)
    .where(dataset_version.c.id == bindparam("id"))
)
_GROW = Prepared(
    update(dataset_version)
    .where(dataset_version.c.seq == bindparam("key"))
    .values(asset_count=dataset_version.c.asset_count + bindparam("more"))
)


async def prepare_copy_step(job: Row, store: Store, _blobs: Blobs) -> Work[Step]:
    """Look up the next assets and return the step that copies them."""
    task, state = CopyTask.of(job), CopyState.of(job)
    return _step(task, state, await store.read(plan_copies(task, state)))


def plan_copies(task: CopyTask, state: CopyState) -> Work[Plan]:
    """Return the assets of the next step."""
    source = yield from version_of(task.source, "the version whose assets are copied")
    return (
        yield from plan_batch(
            source["seq"],
            after=state.after,
            last=task.last,
            budget=state.budget,
            chosen=task.positions,
            with_tags=task.with_tags,
            with_annotations=task.with_annotations,
        )
    )


def version_of(version_id: str, what: str) -> Work[Row]:
    """Return the row of a version and its `organization`.

    Raises:
        NotFoundError: it was deleted.
    """
    rows = yield _VERSION(id=version_id)
    if not rows:
        raise NotFoundError(f"{what} was deleted", status=404)
    row: Row = rows[0]
    return row


def copy_batch(task: CopyTask, state: CopyState, plan: Plan, target: Row) -> Work[Step]:
    """Copy the assets of a plan with what they carry."""
    begun = time.perf_counter()
    source = yield from version_of(task.source, "the version whose assets are copied")
    batch = {
        "source": source["seq"],
        "target": target["seq"],
        "shift": task.shift,
        "after": max(state.after, task.first - 1) + task.shift,
        "upto": plan.upto + task.shift,
    }
    yield from _copy_assets(plan, batch)
    if task.with_tags:
        yield from _copy_tags(target, batch)
    if task.with_annotations:
        yield from _copy_annotations(batch)
    yield from add_new_assets(batch["target"], batch["after"] + 1, batch["upto"] - batch["after"])
    budget = state.budget.after(plan, time.perf_counter() - begun)
    state = attrs.evolve(state, after=plan.upto, budget=budget)
    share = 1.0 if plan.done else (plan.upto - task.first + 1) / (task.last - task.first + 1)
    return Step(checkpoint=codec.dump(state), progress=share, done=plan.done)


def _step(task: CopyTask, state: CopyState, plan: Plan) -> Work[Step]:
    target = yield from version_of(task.target, "the destination")
    check_changeable(target, f"the destination, version {target['version']!r},")
    return (yield from copy_batch(task, state, plan, target))


def _copy_assets(plan: Plan, batch: dict[str, int]) -> Work[None]:
    place = {name: batch[name] for name in ("source", "target", "shift")}
    yield sql.COPY_ASSETS(positions=json_list(plan.positions), **_new(), **place)
    span = {name: batch[name] for name in ("target", "after", "upto")}
    yield _GROW(key=batch["target"], more=(yield sql.COUNT_COPIES(**span))[0]["n"])


def _copy_tags(target: Row, batch: dict[str, int]) -> Work[None]:
    home = TagScope(organization=target["organization"], target=TagTarget.ASSET, version=target["seq"])
    yield sql.COPY_TAGS(scope=home.name, **_new(), **batch)
    yield sql.ATTACH_TAGS(scope=home.name, **batch)


def _copy_annotations(batch: dict[str, int]) -> Work[None]:
    """Copy annotations with all that is drawn; a label that the target lacks is made there first."""
    missing = {row["seq"] for row in (yield sql.MISSING_LABELS(**batch))}
    if missing:
        yield from copy_labels(batch["source"], batch["target"], missing)
    yield sql.COPY_ANNOTATIONS(**_new(), **batch)
    for copy_marks in sql.COPY_MARKS:
        yield copy_marks(**_new(), **batch)


def _new() -> dict[str, object]:
    """Return what new ids and times are made of; each statement has its own."""
    return {"stamp": id_stamp(), "now": now_us()}
