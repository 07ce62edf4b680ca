"""The job that makes data of objects in the storage, a batch of them per step.

What lies in the storage is looked at outside of the transaction that makes the data. A step can be entered
again at any time: what is data already is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import orjson
from sqlalchemy import bindparam, select, union_all

from asyncsdk.enums import DataType
from asyncsdk.errors import BadRequestError
from asyncsdk.records import codec
from asyncsdk.records.cloud_objects import CloudObject
from asyncsdk.records.data import NewData
from asyncsdk.server.blobs.base import Blobs
from asyncsdk.server.jobs.steps import Step
from asyncsdk.server.services.cloud_objects import check_cloud_object, data_tags
from asyncsdk.server.services.custom_metadata import metadata_rules
from asyncsdk.server.services.data_rows import check_new_data, insert_data, new_row
from asyncsdk.server.services.data_sources import ensure_sources
from asyncsdk.server.services.garbage import garbage_among
from asyncsdk.server.services.job_logs import log_lines
from asyncsdk.server.services.object_looks import (
    Batch,
    FoundObject,
    Looks,
    look_into,
    next_listed,
    next_named,
)
from asyncsdk.server.services.object_names import is_for_data
from asyncsdk.server.services.rules import json_list, one
from asyncsdk.server.services.tags import ensure_tags
from asyncsdk.server.store.base import Row, Store, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import data, data_source, datalake, job, projection, tag
from asyncsdk.server.store.statements import Prepared

__all__ = ["prepare_import_step"]

_NAMED_FAULTS = 500

_LAKE = Prepared(select(datalake).where(datalake.c.seq == bindparam("key")))
_DATA = Prepared(
    select(data.c.object_name).where(
        data.c.datalake == bindparam("datalake"), any_of(data.c.object_name, bindparam("names"))
    )
)
_PROJECTIONS_AND_LOGS = Prepared(
    union_all(
        select(projection.c.object_name)
        .join(data, data.c.seq == projection.c.data)
        .where(
            data.c.datalake == bindparam("datalake"), any_of(projection.c.object_name, bindparam("names"))
        ),
        select(job.c.log_object_name).where(
            job.c.organization == bindparam("organization"), any_of(job.c.log_object_name, bindparam("names"))
        ),
    )
)
_TAGS = Prepared(
    select(tag.c.seq).where(tag.c.datalake == bindparam("datalake"), any_of(tag.c.id, bindparam("ids")))
)
_SOURCE = Prepared(
    select(data_source.c.seq).where(
        data_source.c.organization == bindparam("organization"), data_source.c.id == bindparam("id")
    )
)


@attrs.frozen(kw_only=True)
class _Checkpoint:
    """How far the job is."""

    at: int = 0
    after: str = ""
    made: int = 0
    failed: int = 0
    faults: tuple[str, ...] = ()
    """The first of them, for the job's error; all are in its log."""


@attrs.frozen
class _Chosen:
    """An object of which a data is made."""

    found: FoundObject
    given: CloudObject
    body: NewData


async def prepare_import_step(row: Row, store: Store, blobs: Blobs) -> Work[Step]:
    """Look at the next objects and return the step that makes data of them."""
    payload = orjson.loads(row["payload"])
    past = codec.load(orjson.loads(row["checkpoint"] or b"{}"), _Checkpoint)
    connector = payload["connector"]
    if "objects" in payload:
        batch = next_named(list(payload["objects"]), past.at)
    else:
        batch = await next_listed(blobs, connector, payload["prefixes"], past.at, past.after)
    passed_over = await store.read(_passed_over(row, payload, batch.names))
    looks = await look_into(blobs, connector, [name for name in batch.names if name not in passed_over])
    return _step(row, payload, past, batch, looks)


def _passed_over(row: Row, payload: dict[str, Any], names: Sequence[str]) -> Work[set[str]]:
    """Return names of data, and, unless they are asked for by name, of objects that are something else."""
    chosen = json_list(names)
    found = {found["object_name"] for found in (yield _DATA(datalake=payload["datalake"], names=chosen))}
    if "objects" not in payload:
        found.update(name for name in names if not is_for_data(name))
        found |= yield from garbage_among(payload["connector"], names)
        others = yield _PROJECTIONS_AND_LOGS(
            datalake=payload["datalake"], organization=row["organization"], names=chosen
        )
        found.update(other["object_name"] for other in others)
    return found


def _step(row: Row, payload: dict[str, Any], past: _Checkpoint, batch: Batch, looks: Looks) -> Work[Step]:
    passed_over = yield from _passed_over(row, payload, [found.name for found in looks.found])
    new = [found for found in looks.found if found.name not in passed_over]
    faults = {**batch.unfit, **looks.faults}
    others = [f"{name}: it is neither an image nor a video" for name in looks.others]
    gone = yield from garbage_among(payload["connector"], [found.name for found in new])
    faults.update(dict.fromkeys(gone, "it was deleted"))
    made = yield from _make(payload, [found for found in new if found.name not in gone], faults)
    failed = [f"{name}: {reason}" for name, reason in sorted(faults.items())]
    if "objects" in payload:
        failed += others
    else:
        yield from log_lines(row, (f"passed over: {line}" for line in others))
    yield from log_lines(row, (f"failed: {line}" for line in failed))
    return _outcome(past, batch, made, failed)


def _make(payload: dict[str, Any], new: Sequence[FoundObject], faults: dict[str, str]) -> Work[int]:
    """Make data of objects and return how many; for those that cannot be, say why in `faults`."""
    lake = one((yield _LAKE(key=payload["datalake"])), "datalake")
    rules = yield from metadata_rules(lake["seq"])
    chosen: list[_Chosen] = []
    for found in new:
        given = _given(payload, found)
        try:
            check_cloud_object(given, rules)
            chosen.append(_Chosen(found, given, _new_data(found, given)))
        except BadRequestError as error:
            faults[found.name] = error.message
    tags = yield from _tags(payload, lake, chosen)
    sources = yield from _sources(payload, lake, chosen)
    rows = [
        new_row(each.body, each.found.upload, lake["seq"], sources[each.given.data_source]) for each in chosen
    ]
    yield from insert_data(lake["seq"], rows, tags)
    return len(rows)


def _tags(payload: dict[str, Any], lake: Row, chosen: Sequence[_Chosen]) -> Work[list[set[int]]]:
    """Return the `seq` of the tags of each; those of all that were deleted since are left out."""
    of_all = {row["seq"] for row in (yield _TAGS(datalake=lake["seq"], ids=json_list(payload["tags"])))}
    own = yield from ensure_tags(data_tags(lake), [name for each in chosen for name in each.given.tags])
    return [of_all.union(own[name] for name in each.given.tags) for each in chosen]


def _sources(
    payload: dict[str, Any], lake: Row, chosen: Sequence[_Chosen]
) -> Work[dict[str | None, int | None]]:
    """Return the `seq` of sources by name; the one of all, if it still is there, goes without a name."""
    of_all = yield _SOURCE(organization=lake["organization"], id=payload["source"])
    names = [each.given.data_source for each in chosen if each.given.data_source is not None]
    own = yield from ensure_sources(lake["organization"], names)
    found: dict[str | None, int | None] = dict(own.items())
    found[None] = of_all[0]["seq"] if of_all else None
    return found


def _given(payload: dict[str, Any], found: FoundObject) -> CloudObject:
    """Return what the request gives an object by name; below a prefix, what the file says of itself."""
    if "objects" in payload:
        return codec.load(payload["objects"][found.name], CloudObject)
    return CloudObject(metadata=found.exif or None)


def _new_data(found: FoundObject, given: CloudObject) -> NewData:
    body = NewData(
        type=DataType.VIDEO if found.content_type.startswith("video/") else DataType.IMAGE,
        filename=found.name.rpartition("/")[2],
        object_name=found.name,
        content_type=found.content_type,
        metadata=given.metadata,
        custom_metadata=given.custom_metadata,
    )
    check_new_data(body)
    return body


def _outcome(past: _Checkpoint, batch: Batch, made: int, failed: Sequence[str]) -> Step:
    now = _Checkpoint(
        at=batch.at,
        after=batch.after,
        made=past.made + made,
        failed=past.failed + len(failed),
        faults=(*past.faults, *failed)[:_NAMED_FAULTS],
    )
    done = now.at >= batch.total
    return Step(
        checkpoint=attrs.asdict(now),
        progress=now.at / batch.total if batch.total else 1.0,
        done=done,
        error=_error(now) if done and now.failed else None,
    )


def _error(end: _Checkpoint) -> str:
    rest = f"; and {end.failed - len(end.faults)} more" if end.failed > len(end.faults) else ""
    return f"{end.failed} objects could not be imported, {end.made} were: {'; '.join(end.faults)}{rest}"
