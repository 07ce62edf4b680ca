"""Making projections of objects that lie in the storage already: the request makes a job, the job makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import orjson
from sqlalchemy import bindparam, select

from asyncsdk.errors import ApiError, BadRequestError
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.formats.media_types import guess_media_type
from asyncsdk.records.projections import ProjectionImport
from asyncsdk.server.blobs.base import Blobs, StoredObject
from asyncsdk.server.blobs.keys import check_key
from asyncsdk.server.jobs.steps import Step
from asyncsdk.server.services.cloud_objects import check_lake
from asyncsdk.server.services.datalakes import datalake_document, require_datalake
from asyncsdk.server.services.garbage import garbage_among
from asyncsdk.server.services.jobs import NewJob, add_job
from asyncsdk.server.services.projections import new_row
from asyncsdk.server.services.rules import Document, check_name, check_text, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Store, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import data, projection
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = ["IMPORT_PROJECTIONS", "import_projections", "prepare_projections_step"]

IMPORT_PROJECTIONS = "import-projections"
MOST_DATA = 500
MOST_PROJECTIONS = 10_000
_BATCH = 200
_LOOKS_AT_ONCE = 16
_NAMED_FAULTS = 20
_UNKNOWN = "application/octet-stream"

Wanted: TypeAlias = list[str]
"""Object name of the data, name of the projection, object name of the projection."""

_DATA = Prepared(
    select(data.c.seq, data.c.object_name).where(
        data.c.datalake == bindparam("datalake"), any_of(data.c.object_name, bindparam("names"))
    )
)
_KNOWN = Prepared(
    select(projection.c.data, projection.c.name, projection.c.object_name).where(
        any_of(projection.c.data, bindparam("keys"))
    )
)
_INSERT = Prepared(insertion(projection))


def import_projections(scope: Scope, datalake_id: str, body: ProjectionImport) -> Work[Document]:
    """Start the job that makes projections of objects in the datalake's storage.

    Raises:
        BadRequestError: too few or too many data, another datalake, or a name that cannot be.
    """
    lake = yield from require_datalake(scope, datalake_id)
    check_lake(lake, body.datalake_id)
    job = yield from add_job(
        NewJob(
            organization=lake["organization"],
            generation=2,
            kind=IMPORT_PROJECTIONS,
            payload={
                "datalake": lake["seq"],
                "connector": lake["connector_id"],
                "wanted": _wanted(body),
            },
        )
    )
    return {"datalake": datalake_document(lake), "job": job}


async def prepare_projections_step(job: Row, _store: Store, blobs: Blobs) -> Work[Step]:
    """Look up the next objects in the storage and return the step that makes projections of them."""
    payload = orjson.loads(job["payload"])
    batch: list[Wanted] = payload["wanted"][_checkpoint(job)["done"] :][:_BATCH]
    names = list(dict.fromkeys(object_name for *_, object_name in batch))

    async def find(name: str) -> StoredObject | str:
        try:
            stored = await blobs.adopt(payload["connector"], name, guess_media_type(name) or _UNKNOWN)
        except (ApiError, OSError) as error:
            return f"object {name} cannot be read: {getattr(error, 'message', None) or error}"
        return stored or f"there is no object {name}"

    found = await map_bounded(find, names, limit=_LOOKS_AT_ONCE)
    return _step(job, payload, batch, dict(zip(names, found, strict=True)))


def _step(
    job: Row, payload: dict[str, Any], batch: list[Wanted], stored: Mapping[str, StoredObject | str]
) -> Work[Step]:
    """Make the projections of one batch; those that are there stay, those that cannot be are named at the end."""
    homes = {
        row["object_name"]: row["seq"]
        for row in (yield _DATA(datalake=payload["datalake"], names=json_list({one[0] for one in batch})))
    }
    known = {
        (row["data"], row["name"]): row["object_name"]
        for row in (yield _KNOWN(keys=json_list(homes.values())))
    }
    gone = yield from garbage_among(payload["connector"], stored)
    rows: list[dict[str, Any]] = []
    faults: list[str] = []
    for home_name, name, object_name in batch:
        home = homes.get(home_name)
        facts = f"object {object_name} is deleted" if object_name in gone else stored[object_name]
        if home is None:
            faults.append(f"{home_name}: the datalake has no such data")
        elif (home, name) in known:
            if known[home, name] != object_name:
                faults.append(f"{home_name}: its projection {name!r} is another object")
        elif isinstance(facts, str):
            faults.append(f"{home_name}: {facts}")
        else:
            known[home, name] = object_name
            rows.append(_row(home, name, object_name, facts))
    if rows:
        yield _INSERT.many(rows)
    return _outcome(job, len(batch), len(payload["wanted"]), faults)


def _row(home: int, name: str, object_name: str, facts: StoredObject) -> dict[str, Any]:
    return new_row(
        home,
        name=name,
        object_name=object_name,
        filename=object_name.rpartition("/")[2],
        content_type=facts.content_type,
        size_bytes=facts.size_bytes,
    )


def _checkpoint(job: Row) -> dict[str, Any]:
    """Return how many are done, how many of them were at fault, and what the first faults were."""
    known: dict[str, Any] = orjson.loads(job["checkpoint"] or b'{"done":0,"failed":0,"faults":[]}')
    return known


def _outcome(job: Row, taken: int, total: int, faults: list[str]) -> Step:
    before = _checkpoint(job)
    done, failed = before["done"] + taken, before["failed"] + len(faults)
    named: list[str] = (before["faults"] + faults)[:_NAMED_FAULTS]
    error = None
    if done >= total and failed:
        rest = f"; and {failed - len(named)} more" if failed > len(named) else ""
        error = f"{failed} of {total} projections could not be made: {'; '.join(named)}{rest}"
    return Step(
        checkpoint={"done": done, "failed": failed, "faults": named},
        progress=done / total if total else 1.0,
        done=done >= total,
        error=error,
    )


def _wanted(body: ProjectionImport) -> list[Wanted]:
    if not 1 <= len(body.projections) <= MOST_DATA:
        raise BadRequestError(f"projections: give 1 to {MOST_DATA} data", status=400)
    if sum(map(len, body.projections.values())) > MOST_PROJECTIONS:
        raise BadRequestError(f"projections: more than {MOST_PROJECTIONS} in one request", status=400)
    wanted: list[Wanted] = []
    for home_name, projections in body.projections.items():
        check_text(home_name, "projections: object name of a data", forbidden=("Cc", "Cs"), most=1024)
        for one in projections:
            check_name(one.name, f"projections: {home_name}: name")
            wanted.append([home_name, one.name, check_key(one.object_name)])
    return wanted
