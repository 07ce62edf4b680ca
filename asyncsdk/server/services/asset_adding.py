"""Adding data to a version: the request makes a job, the job makes the assets."""

from __future__ import annotations

import orjson
from sqlalchemy import Integer, Text, and_, bindparam, column, func, insert, literal, select, update

from asyncsdk.enums import DataUploadStatus, TagTarget
from asyncsdk.errors import BadRequestError
from asyncsdk.records.datasets import NewAssets
from asyncsdk.server.jobs.steps import Step
from asyncsdk.server.services import tags
from asyncsdk.server.services.campaign_assets import add_new_assets
from asyncsdk.server.services.dataset_versions import require_unlocked, version_document, version_of_job
from asyncsdk.server.services.jobs import NewJob, add_job
from asyncsdk.server.services.rules import Document, check_ids, check_known, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of, listed, new_row_id
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import asset, asset_tag, data, datalake, dataset_version, tag
from asyncsdk.server.store.statements import Prepared

__all__ = ["ADD_ASSETS", "add_assets", "add_assets_step"]

ADD_ASSETS = "add-assets"
_BATCH = 2000

_CHECK = Prepared(
    select(data.c.id, data.c.upload_status)
    .join(datalake, datalake.c.seq == data.c.datalake)
    .where(any_of(data.c.id, bindparam("ids")), datalake.c.organization == bindparam("organization"))
)
_ids = listed(bindparam("ids")).table_valued(column("key", Integer), column("value", Text), name="wanted")
_INSERT = Prepared(
    insert(asset).from_select(
        ["id", "created_at", "version", "data", "position"],
        select(
            new_row_id(),
            bindparam("now"),
            bindparam("version"),
            data.c.seq,
            bindparam("first") + _ids.c.key,
        )
        .select_from(_ids.join(data, data.c.id == _ids.c.value))
        .where(
            ~select(literal(1))
            .where(asset.c.version == bindparam("version"), asset.c.data == data.c.seq)
            .exists()
        )
        .order_by(_ids.c.key),
    )
)
_made = and_(
    asset.c.version == bindparam("version"),
    asset.c.position >= bindparam("first"),
    asset.c.position < bindparam("first") + bindparam("length"),
)
_TAG = Prepared(
    insert(asset_tag).from_select(
        ["tag", "target"],
        select(tag.c.seq, asset.c.seq)
        .select_from(asset.join(tag, tag.c.version == asset.c.version))
        .where(_made, any_of(tag.c.id, bindparam("tags"))),
    )
)
_MADE = Prepared(select(func.count().label("n")).select_from(asset).where(_made))
_GROW = Prepared(
    update(dataset_version)
    .where(dataset_version.c.seq == bindparam("key"))
    .values(
        next_position=dataset_version.c.next_position + bindparam("length"),
        asset_count=dataset_version.c.asset_count + bindparam("more"),
    )
)


def add_assets(scope: Scope, version_id: str, body: NewAssets) -> Work[Document]:
    """Start the job that adds data to a version; data that is in it already is skipped.

    Raises:
        BadRequestError: no data, unknown data, data that could not be read, or an unknown tag.
        LockedError: the version is locked.
    """
    version = yield from require_unlocked(scope, version_id)
    ids = check_ids(body.data_ids, "data_ids")
    if not ids:
        raise BadRequestError("data_ids: give at least one", status=400)
    rows = yield _CHECK(ids=json_list(ids), organization=version["organization"])
    _check_data(ids, {row["id"]: row["upload_status"] for row in rows})
    home = tags.TagScope(organization=version["organization"], target=TagTarget.ASSET, version=version["seq"])
    tag_ids = check_ids(body.asset_tag_ids, "asset_tag_ids")
    yield from tags.require_tags(scope, tag_ids, home)
    job = yield from add_job(
        NewJob(
            organization=version["organization"],
            version=version["seq"],
            generation=1,
            kind=ADD_ASSETS,
            payload={"version": version["seq"], "data_ids": ids, "tags": tag_ids},
        )
    )
    return {"dataset_version": version_document(version), "job": job}


def add_assets_step(job: Row) -> Work[Step]:
    """Make the next batch of assets, with their tags; data and tags that were deleted since are left out.

    Raises:
        LockedError: the version was locked since.
    """
    payload = orjson.loads(job["payload"])
    done: int = orjson.loads(job["checkpoint"]) if job["checkpoint"] else 0
    batch = payload["data_ids"][done : done + _BATCH]
    version = yield from version_of_job(payload["version"], "all data was added")
    span = {"version": version["seq"], "first": version["next_position"], "length": len(batch)}
    yield _INSERT(ids=json_list(batch), now=now_us(), version=version["seq"], first=version["next_position"])
    if payload["tags"]:
        yield _TAG(tags=json_list(payload["tags"]), **span)
    made = (yield _MADE(**span))[0]["n"]
    yield _GROW(key=version["seq"], length=len(batch), more=made)
    yield from add_new_assets(version["seq"], version["next_position"], len(batch))
    done += len(batch)
    total = len(payload["data_ids"])
    return Step(checkpoint=done, progress=done / total, done=done >= total)


def _check_data(ids: list[str], statuses: dict[str, str]) -> None:
    check_known(ids, statuses, "data_ids", "are not data of this organization")
    unread = [data_id for data_id in ids if statuses[data_id] != DataUploadStatus.DONE.value]
    if unread:
        raise BadRequestError(
            f"data_ids: {len(unread)} have no known width and height", status=400, detail=unread[:20]
        )
