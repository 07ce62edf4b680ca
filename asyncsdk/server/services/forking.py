"""Requests that fork a version, or copy assets from one version into another: each makes a job."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from sqlalchemy import bindparam, select, update

from asyncsdk.errors import BadRequestError, LockedError
from asyncsdk.records.forks import AssetCopy, NewFork
from asyncsdk.server.services.copying_task import COPY_ASSETS, FORK, CopyTask
from asyncsdk.server.services.dataset_versions import (
    insert_version,
    require_unlocked,
    require_version,
    version_document,
)
from asyncsdk.server.services.datasets import require_dataset
from asyncsdk.server.services.jobs import NewJob, add_job
from asyncsdk.server.services.label_copying import check_skeletons, copy_labels
from asyncsdk.server.services.rules import Document, check_ids, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import asset, dataset_version
from asyncsdk.server.store.statements import Prepared

__all__ = ["chosen_positions", "fork_version", "start_copy"]

_NAMED_FAULTS = 20

_CHOSEN = Prepared(
    select(asset.c.position)
    # The sum keeps databases from walking the whole version in place of the few assets.
    .where(asset.c.version + 0 == bindparam("version"), any_of(asset.c.id, bindparam("ids")))
)
_PRESENT = Prepared(
    select(asset.c.id).where(
        asset.c.version + 0 == bindparam("version"), any_of(asset.c.id, bindparam("ids"))
    )
)
_BY_ID = Prepared(select(dataset_version.c.seq).where(dataset_version.c.id == bindparam("id")))
_RESERVE = Prepared(
    update(dataset_version)
    .where(dataset_version.c.seq == bindparam("key"))
    .values(next_position=dataset_version.c.next_position + bindparam("length"))
)


def chosen_positions(scope: Scope, version_id: str, ids: Sequence[str] | None) -> Work[list[int] | None]:
    """Return the growing positions of chosen assets, `None` for all: what a request looks up before it writes.

    Raises:
        BadRequestError: an asset is not of this version.
    """
    if ids is None:
        return None
    version = yield from require_version(scope, version_id)
    # There may be a million ids: they are brought to their canonical form only where some are not found.
    rows = yield _CHOSEN(version=version["seq"], ids=json_list(ids))
    if len(rows) < len(set(ids)):
        wanted = check_ids(ids, "asset_ids")
        rows = yield _CHOSEN(version=version["seq"], ids=json_list(wanted))
        if len(rows) < len(wanted):
            yield from _refuse(version["seq"], wanted)
    return sorted(row["position"] for row in rows)


def fork_version(
    scope: Scope, dataset_id: str, body: NewFork, positions: Sequence[int] | None
) -> Work[Document]:
    """Make a version with the labels of another one, and start the job that fills it.

    Args:
        scope: who asks.
        dataset_id: the dataset of both.
        body: what is wanted.
        positions: what `chosen_positions` gave.

    Raises:
        BadRequestError: the parent is no version of this dataset.
        ConflictError: the dataset has a version of this name.
        LockedError: another fork still fills the parent.
    """
    origin = yield from require_dataset(scope, dataset_id)
    source = yield from _complete(scope, check_ids([body.parent_id], "parent_id")[0], "parent_id")
    if source["dataset"] != origin["seq"]:
        raise BadRequestError("parent_id: it is no version of this dataset", status=400)
    target = yield from _make_target(origin, source, body, _span(source, positions)[1] + 1)
    task = _task(source, target, body, positions, shift=0)
    # The job belongs to no version: it stays when the new one is removed after a failure.
    job = yield from _start(FORK, source["organization"], None, task)
    return {"dataset_version": version_document(target), "job": job}


def start_copy(
    scope: Scope, version_id: str, body: AssetCopy, positions: Sequence[int] | None
) -> Work[Document]:
    """Start the job that copies assets into another version of the dataset.

    Assets whose data is there already are passed over, with their tags and annotations.

    Args:
        scope: who asks.
        version_id: the version that has the assets.
        body: what is wanted.
        positions: what `chosen_positions` gave.

    Raises:
        BadRequestError: the destination is the version itself, or belongs to another dataset.
        ConflictError: a label has another skeleton there.
        LockedError: the destination is locked, or a fork still fills one of the two.
    """
    source = yield from _complete(scope, version_id, "the version")
    target = yield from require_unlocked(scope, check_ids([body.destination_id], "destination_id")[0])
    if target["seq"] == source["seq"]:
        raise BadRequestError("destination_id: give another version than the assets' own", status=400)
    if target["dataset"] != source["dataset"]:
        raise BadRequestError("destination_id: it belongs to another dataset", status=400)
    if body.with_annotations:
        yield from check_skeletons(source["seq"], target["seq"])
    first, last = _span(source, positions)
    yield _RESERVE(key=target["seq"], length=last - first + 1)
    task = _task(source, target, body, positions, shift=target["next_position"] - first)
    return {"job": (yield from _start(COPY_ASSETS, source["organization"], target["seq"], task))}


def _refuse(version: int, wanted: Sequence[str]) -> Work[None]:
    present = {row["id"] for row in (yield _PRESENT(version=version, ids=json_list(wanted)))}
    missing = [each for each in wanted if each not in present]
    raise BadRequestError(
        f"asset_ids: {len(missing)} are not assets of this version",
        status=400,
        detail=missing[:_NAMED_FAULTS],
    )


def _complete(scope: Scope, version_id: str, what: str) -> Work[Row]:
    row = yield from require_version(scope, version_id)
    if row["filling"]:
        raise LockedError(
            f"{what}: a fork still fills it, or it is being deleted; wait until that has ended", status=423
        )
    return row


def _span(source: Row, positions: Sequence[int] | None) -> tuple[int, int]:
    """Return the first and the last position that count; the last is before the first where none does."""
    if positions is None:
        return 1, source["next_position"] - 1
    return min(positions, default=1), max(positions, default=0)


def _make_target(origin: Row, source: Row, body: NewFork, next_position: int) -> Work[Row]:
    """Make the version that a fork fills, with the labels that it needs."""
    with_labels = body.with_labels or body.with_annotations
    target = yield from insert_version(
        origin,
        body.version,
        body.description,
        body.type,
        next_position=next_position,
        attributes=source["attributes"] if with_labels else None,
        filling=True,
    )
    if with_labels:
        yield from copy_labels(source["seq"], (yield _BY_ID(id=target["id"]))[0]["seq"])
    return target


def _task(
    source: Row, target: Row, body: NewFork | AssetCopy, positions: Sequence[int] | None, shift: int
) -> CopyTask:
    first, last = _span(source, positions)
    return CopyTask(
        source=source["id"],
        target=target["id"],
        shift=shift,
        first=first,
        last=last,
        positions=positions,
        with_tags=body.with_tags,
        with_annotations=body.with_annotations,
    )


def _start(kind: str, organization: int, version: int | None, task: CopyTask) -> Work[Document]:
    new = NewJob(
        organization=organization,
        version=version,
        generation=1,
        kind=kind,
        payload=attrs.asdict(task, recurse=False),
    )
    return (yield from add_job(new))
