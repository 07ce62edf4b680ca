"""Tags of assets become classifications: the request makes labels and a job, the job makes the shapes.

The job walks the version by the position of its assets, a batch per step. What a step would make and is there
already, it leaves: steps, and whole conversions, can be repeated. Assets of a campaign are annotated there, so
they are left as they are, and the job's log says how many.
"""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    Select,
    and_,
    bindparam,
    column,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.sql import FromClause, TableValuedAlias

from asyncsdk.enums import AnnotationStatus, InferenceType, TagTarget
from asyncsdk.errors import BadRequestError
from asyncsdk.records.tags import TagConversion
from asyncsdk.server.jobs.steps import Step
from asyncsdk.server.services.campaign_assets import has_assignment
from asyncsdk.server.services.dataset_versions import require_unlocked, version_of_job
from asyncsdk.server.services.job_logs import log_lines
from asyncsdk.server.services.jobs import NewJob, add_job
from asyncsdk.server.services.labels import find_or_create_labels
from asyncsdk.server.services.rules import Document, check_ids, json_list, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of, listed, new_row_id
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.schema import (
    annotation,
    asset,
    asset_tag,
    data_tag,
    label,
    shape,
    tag,
    user,
)
from asyncsdk.server.store.statements import Prepared

__all__ = ["CONVERT_TAGS", "convert_tags", "convert_tags_step"]

CONVERT_TAGS = "convert-tags"
_BATCH = 2000
_KIND = "CLASSIFICATION"

_USER = Prepared(select(user.c.seq).where(user.c.id == bindparam("id")))
_TAGS = Prepared(
    select(tag).where(any_of(tag.c.id, bindparam("ids")), tag.c.organization == bindparam("organization"))
)
_LABELS = Prepared(
    select(label.c.id, label.c.seq).where(
        label.c.version == bindparam("version"), any_of(label.c.id, bindparam("ids"))
    )
)
_next = (
    select(asset.c.position)
    .where(asset.c.version == bindparam("version"), asset.c.position > bindparam("after"))
    .order_by(asset.c.position)
    .limit(bindparam("length"))
    .subquery()
)
_SPAN = Prepared(select(func.count().label("n"), func.max(_next.c.position).label("last")))


def _rows(name: str) -> TableValuedAlias:
    return listed(bindparam(name)).table_valued(column("key", Integer), column("value", Integer), name=name)


_tags, _labels = _rows("tags"), _rows("labels")  # at the same place a tag and the label that it becomes
_inside = (
    asset.c.version == bindparam("version"),
    asset.c.position > bindparam("after"),
    asset.c.position <= bindparam("last"),
)
_own = and_(annotation.c.asset == asset.c.seq, annotation.c.user_account == bindparam("user"))
_made = {"id": new_row_id(), "created_at": bindparam("now")}


def _carried(target: TagTarget) -> tuple[FromClause, ColumnElement[bool]]:
    """Return the wanted tags that objects carry, and when an asset is, or is made from, such an object."""
    is_own = target is TagTarget.ASSET
    tagging, carrier = (asset_tag, asset.c.seq) if is_own else (data_tag, asset.c.data)
    # The sum keeps databases from walking all that carries a tag in place of the few assets of the span.
    wanted = tagging.join(_tags, _tags.c.value == tagging.c.tag + 0).join(
        _labels, _labels.c.key == _tags.c.key
    )
    return wanted, tagging.c.target == carrier


def _annotations(target: TagTarget) -> Insert:
    """Return what makes the annotations that the assets of a span lack."""
    wanted, carries = _carried(target)
    row = _made | {
        "version": asset.c.version,
        "asset": asset.c.seq,
        "user_account": bindparam("user"),
        "status": literal(AnnotationStatus.PENDING.value),
        "duration": literal(0.0),
    }
    rows = (
        select(*row.values())
        .where(*_inside, ~has_assignment(), select(literal(1)).select_from(wanted).where(carries).exists())
        .where(~select(literal(1)).where(_own).exists())
        .order_by(asset.c.position)
    )
    return insert(annotation).from_select([*row], rows)


def _classifications(target: TagTarget) -> Insert:
    """Return what makes the classifications that the annotations of a span lack."""
    wanted, carries = _carried(target)
    row = _made | {
        "annotation": annotation.c.seq,
        "label": _labels.c.value,
        "kind": literal(_KIND),
        "geometry": literal("{}"),
    }
    there = select(literal(1)).where(
        shape.c.annotation == annotation.c.seq,
        shape.c.label + 0 == _labels.c.value,  # the sum, lest all that has the label is walked
        shape.c.kind == _KIND,
    )
    rows = (
        select(*row.values())
        .select_from(asset.join(annotation, _own).join(wanted, carries))
        .where(*_inside, ~has_assignment(), ~there.exists())
        .order_by(asset.c.position, _tags.c.key)
    )
    return insert(shape).from_select([*row], rows)


def _skipped(target: TagTarget) -> Select[int]:
    """Return what counts the assets of a span that are left as they are in a campaign."""
    wanted, carries = _carried(target)
    carried = select(literal(1)).select_from(wanted).where(carries).exists()
    return select(func.count().label("n")).select_from(asset).where(*_inside, has_assignment(), carried)


_MAKE = {
    target: (Prepared(_annotations(target)), Prepared(_classifications(target)))
    for target in (TagTarget.ASSET, TagTarget.DATA)
}
_SKIPPED = {target: Prepared(_skipped(target)) for target in _MAKE}


def convert_tags(scope: Scope, version_id: str, body: TagConversion) -> Work[Document]:
    """Start the job that classifies each asset by the tags that it, or its data, carries.

    Each tag becomes the label of its name, made here where there is none. The shapes go into the annotations
    of the user who asks.

    Raises:
        BadRequestError: the version is not of type CLASSIFICATION, or a tag is not of its assets or data.
        LockedError: the version is locked.
    """
    version = yield from require_unlocked(scope, version_id)
    _check_type(version)
    if body.tag_type not in _MAKE:
        raise BadRequestError("tag_type: tags of assets and of data can be converted", status=400)
    ids = check_ids(body.tag_ids, "tag_ids")
    rows = yield _TAGS(ids=json_list(ids), organization=version["organization"])
    home = version["seq"] if body.tag_type is TagTarget.ASSET else None
    fit = {row["id"]: row["name"] for row in rows if _fits(row, body.tag_type, home)}
    missing = [tag_id for tag_id in ids if tag_id not in fit]
    if missing:
        raise BadRequestError(
            f"tag_ids: no {body.tag_type.value} tags of this version: {', '.join(missing[:5])}", status=400
        )
    labels = yield from find_or_create_labels(scope, version_id, [fit[tag_id] for tag_id in ids])
    payload = {
        "version": version["seq"],
        "target": body.tag_type.value,
        "tags": ids,
        "labels": [found["id"] for found in labels],
        "user": scope.user_id,
    }
    new = NewJob(
        organization=version["organization"],
        version=version["seq"],
        generation=1,
        kind=CONVERT_TAGS,
        payload=payload,
    )
    return (yield from add_job(new))


def convert_tags_step(job: Row) -> Work[Step]:
    """Classify the next batch of assets; tags and labels that were deleted since are left out.

    Raises:
        BadRequestError: the version is of another type now.
        LockedError: the version was locked since.
    """
    payload = orjson.loads(job["payload"])
    after: int = orjson.loads(job["checkpoint"]) if job["checkpoint"] else 0
    version = yield from version_of_job(payload["version"], "all tags were converted")
    _check_type(version)
    pairs = yield from _pairs(job, payload)
    span = (yield _SPAN(version=version["seq"], after=after, length=_BATCH))[0]
    if pairs and span["n"]:
        user_seq = one((yield _USER(id=payload["user"])), "user")["seq"]
        tag_seqs, label_seqs = (json_list(part) for part in zip(*pairs, strict=True))
        where = {"version": version["seq"], "after": after, "last": span["last"]}
        target = TagTarget(payload["target"])
        for make in _MAKE[target]:
            yield make(tags=tag_seqs, labels=label_seqs, now=now_us(), user=user_seq, **where)
        skipped = (yield _SKIPPED[target](tags=tag_seqs, labels=label_seqs, **where))[0]["n"]
        yield from log_lines(
            job, [f"{skipped} assets are in a campaign and stay as they are"] * bool(skipped)
        )
    done = not pairs or span["n"] < _BATCH
    last = after if span["last"] is None else span["last"]
    return Step(checkpoint=last, progress=1.0 if done else last / version["next_position"], done=done)


def _check_type(version: Row) -> None:
    if version["type"] != InferenceType.CLASSIFICATION.value:
        raise BadRequestError(
            f"the version is of type {version['type']}: tags become classifications in CLASSIFICATION versions",
            status=400,
        )


def _fits(row: Row, target: TagTarget, version: int | None) -> bool:
    found: tuple[str, int | None] = row["target_type"], row["version"]
    return found == (target.value, version)


def _pairs(job: Row, payload: dict[str, Any]) -> Work[list[tuple[int, int]]]:
    """Return the tags that are left, each with the label that it becomes, by their `seq`."""
    rows = yield _TAGS(ids=json_list(payload["tags"]), organization=job["organization"])
    tags = {row["id"]: row["seq"] for row in rows}
    rows = yield _LABELS(ids=json_list(payload["labels"]), version=payload["version"])
    labels = {row["id"]: row["seq"] for row in rows}
    pairs = zip(payload["tags"], payload["labels"], strict=True)
    return [(tags[one], labels[other]) for one, other in pairs if one in tags and other in labels]
