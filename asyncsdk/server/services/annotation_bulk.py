"""Bulk requests: annotations of many assets in one transaction, and in a handful of statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import orjson
from sqlalchemy import bindparam, delete, func, select, update

from asyncsdk.enums import AnnotationStatus, ImportAnnotationMode
from asyncsdk.errors import BadRequestError, InvalidArgumentError, TooLargeError
from asyncsdk.records.annotations import AssetAnnotation, BulkAnnotations
from asyncsdk.server.services.annotation_rows import require_worker
from asyncsdk.server.services.attributes import check_attributes
from asyncsdk.server.services.dataset_versions import require_unlocked
from asyncsdk.server.services.rules import json_list, json_text
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.shape_drafts import Additions, Draft, draft_shapes, draft_tracks
from asyncsdk.server.services.shape_writing import Addressed, check_details, labels_of, write_drafts
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_ids, now_us
from asyncsdk.server.store.schema import annotation, asset, data
from asyncsdk.server.store.statements import Prepared, insertion
from asyncsdk.wire.ids import canonical_id

__all__ = ["KEPT", "MOST_PARTS", "BulkDraft", "draft_bulk", "import_annotations"]

KEPT = -1
"""Answered in place of a number for an annotation that was kept as it was."""

MOST_PARTS = 200_000
"""Annotations, shapes and tracks in one request."""

_ASSETS = Prepared(
    select(asset.c.seq, asset.c.id, data.c.width, data.c.height)
    .join(data, data.c.seq == asset.c.data)
    # The sum keeps databases from walking the whole version in place of the few assets.
    .where(asset.c.version + 0 == bindparam("version"), any_of(asset.c.id, bindparam("ids")))
)
_of_worker = (
    any_of(annotation.c.asset, bindparam("assets")),
    annotation.c.user_account == bindparam("worker"),
)
_FIND = Prepared(select(annotation.c.asset, annotation.c.seq, annotation.c.id).where(*_of_worker))
_DELETE = Prepared(delete(annotation).where(*_of_worker))
_INSERT = Prepared(insertion(annotation))
_TOUCH = Prepared(
    update(annotation)
    .where(annotation.c.seq == bindparam("key"))
    .values(
        status=func.coalesce(bindparam("new_status"), annotation.c.status),
        attributes=func.coalesce(bindparam("new_attributes"), annotation.c.attributes),
    )
)


@attrs.frozen(kw_only=True)
class AssetDraft:
    """What is to be written on one asset."""

    asset_id: str
    place: str
    attributes: str | None
    drafts: list[Draft]


@attrs.frozen(kw_only=True)
class BulkDraft:
    """A bulk request, checked as far as it can be without the database."""

    mode: ImportAnnotationMode
    worker_id: str | None
    status: AnnotationStatus | None
    assets: Sequence[AssetDraft]


def draft_bulk(body: BulkAnnotations, taken: Additions) -> BulkDraft:
    """Return the drafts of a bulk request.

    Raises:
        BadRequestError: something in it cannot be kept; the text names the place.
        TooLargeError: it is more than one transaction should hold.
    """
    drafts: dict[str, AssetDraft] = {}
    parts = 0
    for index, element in enumerate(body.annotations):
        place = f"annotations[{index}]"
        drafted = _draft(element, place, taken)
        known = drafts.setdefault(drafted.asset_id, drafted)
        if known is not drafted:
            raise BadRequestError(f"{place}.asset_id: the asset is in {known.place} already", status=400)
        parts += 1 + len(drafted.drafts)
        if parts > MOST_PARTS:
            raise TooLargeError(
                f"more than {MOST_PARTS} annotations and shapes; send fewer at once", status=413
            )
    return BulkDraft(
        mode=body.import_type, worker_id=body.worker_id, status=body.status, assets=list(drafts.values())
    )


def _draft(element: AssetAnnotation, place: str, taken: Additions) -> AssetDraft:
    try:
        asset_id = canonical_id(element.asset_id)
    except InvalidArgumentError as error:
        raise BadRequestError(f"{place}.asset_id: {error}", status=400) from error
    attributes = element.attributes
    return AssetDraft(
        asset_id=asset_id,
        place=place,
        attributes=None if attributes is None else json_text(attributes, f"{place}.attributes"),
        drafts=[
            *draft_shapes(element, f"{place}.", taken),
            *draft_tracks(element.tracks, f"{place}."),
        ],
    )


def import_annotations(scope: Scope, version_id: str, bulk: BulkDraft) -> Work[dict[str, int]]:
    """Write the annotations of one worker; all or none.

    A worker has one annotation per asset. Where there is one, `REPLACE` deletes it and makes the new one,
    `CONCATENATE` adds to it (status and attributes change where they are given), `KEEP` leaves it.

    Returns:
        Annotation id to the number of shapes and tracks that were made; `KEPT` for what was kept.

    Raises:
        BadRequestError: an asset, a label or the worker is not of this version; the text names the place.
        LockedError: the version is locked.
    """
    version = yield from require_unlocked(scope, version_id)
    worker, _ = yield from require_worker(scope, version["organization"], bulk.worker_id)
    assets = yield from _assets(version["seq"], bulk.assets)
    for element in bulk.assets:
        if element.attributes is not None:
            place = f"{element.place}.attributes"
            check_attributes(orjson.loads(element.attributes), version["attributes"], place)
    drafts = [draft for element in bulk.assets for draft in element.drafts]
    labels = yield from labels_of(version["seq"], drafts)
    check_details(drafts, labels)
    chosen = {"assets": json_list(row["seq"] for row in assets.values()), "worker": worker}
    if bulk.mode is ImportAnnotationMode.REPLACE:
        yield _DELETE(**chosen)
    before = {row["asset"]: row for row in (yield _FIND(**chosen))}
    fresh = [element for element in bulk.assets if assets[element.asset_id]["seq"] not in before]
    if fresh:
        yield _INSERT.many(_new_rows(fresh, assets, bulk.status, version["seq"], worker))
    after = {row["asset"]: row for row in (yield _FIND(**chosen))}
    written = bulk.assets
    if bulk.mode is ImportAnnotationMode.KEEP:
        written = fresh
    elif before:
        yield from _touch(bulk, assets, before)
    groups = []
    counts = {row["id"]: KEPT for row in after.values()}
    for element in written:
        owner = assets[element.asset_id]
        target = after[owner["seq"]]
        counts[target["id"]] = len(element.drafts)
        groups.append(Addressed(target["seq"], owner["width"], owner["height"], element.drafts))
    yield from write_drafts(groups, labels)
    return counts


def _assets(version: int, elements: Sequence[AssetDraft]) -> Work[dict[str, Row]]:
    rows = yield _ASSETS(version=version, ids=json_list(element.asset_id for element in elements))
    found = {row["id"]: row for row in rows}
    missing = [element for element in elements if element.asset_id not in found]
    if missing:
        raise BadRequestError(
            f"{missing[0].place}.asset_id: {missing[0].asset_id} is no asset of this dataset version",
            status=400,
            detail=[f"{element.place}.asset_id: {element.asset_id}" for element in missing[1:20]],
        )
    return found


def _new_rows(
    elements: Sequence[AssetDraft],
    assets: dict[str, Row],
    status: AnnotationStatus | None,
    version: int,
    worker: int,
) -> list[dict[str, Any]]:
    now = now_us()
    return [
        {
            "id": fresh,
            "created_at": now,
            "version": version,
            "asset": assets[element.asset_id]["seq"],
            "user_account": worker,
            "status": (status or AnnotationStatus.PENDING).value,
            "duration": 0.0,
            "attributes": element.attributes,
        }
        for fresh, element in zip(new_ids(len(elements)), elements, strict=True)
    ]


def _touch(bulk: BulkDraft, assets: dict[str, Row], before: dict[int, Row]) -> Work[None]:
    """Give annotations that are added to their new status and attributes."""
    changes = []
    for element in bulk.assets:
        known = before.get(assets[element.asset_id]["seq"])
        if known is not None:
            status = None if bulk.status is None else bulk.status.value
            changes.append({"key": known["seq"], "new_status": status, "new_attributes": element.attributes})
    yield _TOUCH.many(changes)
