"""Versions of a dataset."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from asyncsdk.enums import InferenceType
from asyncsdk.errors import BadRequestError, ConflictError, LockedError
from asyncsdk.records.datasets import DatasetVersionPatch, NewDatasetVersion
from asyncsdk.server.services import tags
from asyncsdk.server.services.campaign_files import instruction_files
from asyncsdk.server.services.changing import check_changeable, check_unlocked
from asyncsdk.server.services.datasets import require_dataset
from asyncsdk.server.services.garbage import discard
from asyncsdk.server.services.items import ListRequest, list_items
from asyncsdk.server.services.job_logs import saved_logs
from asyncsdk.server.services.organizations import organization_seq
from asyncsdk.server.services.rules import Document, check_name, check_text, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import campaign, dataset, dataset_version
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "create_version",
    "deletable_version",
    "delete_version",
    "find_version",
    "find_version_by_id",
    "get_version",
    "insert_version",
    "list_versions",
    "lock_version",
    "remove_version",
    "require_unlocked",
    "require_version",
    "update_version",
    "version_document",
    "version_of_job",
]

_columns = (
    dataset_version,
    dataset.c.id.label("origin_id"),
    dataset.c.name.label("origin_name"),
    dataset.c.organization,
    campaign.c.id.label("annotation_campaign_id"),
)
_joined = (
    select(*_columns)
    .join(dataset, dataset.c.seq == dataset_version.c.dataset)
    .outerjoin(campaign, campaign.c.version == dataset_version.c.seq)
)
_GET = Prepared(
    _joined.where(
        dataset_version.c.id == bindparam("id"), any_of(dataset.c.organization, bindparam("visible"))
    )
)
_OF_JOB = Prepared(select(dataset_version).where(dataset_version.c.seq == bindparam("key")))
_BY_NAME = Prepared(
    _joined.where(
        dataset_version.c.dataset == bindparam("dataset"), dataset_version.c.version == bindparam("version")
    )
)
_INSERT = Prepared(insertion(dataset_version))
_UPDATE = Prepared(
    update(dataset_version)
    .where(dataset_version.c.seq == bindparam("key"))
    .values(
        version=bindparam("new_version"), description=bindparam("new_description"), type=bindparam("new_type")
    )
)
_LOCK = Prepared(
    update(dataset_version)
    .where(dataset_version.c.seq == bindparam("key"))
    .values(locked=bindparam("new_locked"))
)
_DELETE = Prepared(delete(dataset_version).where(dataset_version.c.seq == bindparam("key")))
_ORDER = {
    "seq": dataset_version.c.seq,
    "created_at": dataset_version.c.created_at,
    "version": dataset_version.c.version,
    "type": dataset_version.c.type,
}


def version_document(row: Row) -> Document:
    """Return a version without its tags."""
    return {
        "id": row["id"],
        "origin_id": row["origin_id"],
        "origin_name": row["origin_name"],
        "version": row["version"],
        "type": row["type"],
        "annotation_campaign_id": row["annotation_campaign_id"],
        "description": row["description"],
        "locked": bool(row["locked"]),
        "created_at": iso(row["created_at"]),
    }


def require_version(scope: Scope, version_id: str) -> Work[Row]:
    """Return the row of a version that the scope sees."""
    return one((yield _GET(id=version_id, visible=scope.visible)), "dataset version")


def require_unlocked(scope: Scope, version_id: str) -> Work[Row]:
    """Return the row of a version that may be changed.

    Raises:
        LockedError: it is locked, or a fork still fills it.
    """
    row = yield from require_version(scope, version_id)
    check_changeable(row)
    return row


def version_of_job(key: int, unfinished: str) -> Work[Row]:
    """Return the row of the version that a job changes, given by its `seq`, before each step of the job.

    Raises:
        LockedError: the version was locked since; `unfinished` says what was not done yet.
    """
    row = one((yield _OF_JOB(key=key)), "dataset version")
    if row["locked"]:
        raise LockedError(f"version {row['version']!r} was locked before {unfinished}", status=423)
    return row


def create_version(scope: Scope, dataset_id: str, body: NewDatasetVersion) -> Work[Document]:
    """Create a version.

    Raises:
        ConflictError: the dataset has one of this name.
    """
    origin = yield from require_dataset(scope, dataset_id)
    return version_document((yield from insert_version(origin, body.version, body.description, body.type)))


def insert_version(
    origin: Row,
    version: str,
    description: str,
    inference_type: InferenceType,
    *,
    next_position: int = 1,
    attributes: str | None = None,
    filling: bool = False,
) -> Work[Row]:
    """Make an empty version and return its row, as look-ups give it but without its `seq`.

    Args:
        origin: the row of the dataset.
        version: name of the version.
        description: what it is.
        inference_type: what its annotations look like.
        next_position: position of the first asset that will be added to it.
        attributes: the stored configuration of the attributes that its annotations may carry.
        filling: whether a job fills it, so that it refuses changes for now.

    Raises:
        BadRequestError: the name or the description cannot be stored.
        ConflictError: the dataset has one of this name.
    """
    check_name(version, "version")
    check_text(description, "description")
    yield from _check_free(origin["seq"], version)
    row = {
        "id": new_id(),
        "created_at": now_us(),
        "dataset": origin["seq"],
        "version": version,
        "description": description,
        "type": inference_type.value,
        "locked": False,
        "next_position": next_position,
        "asset_count": 0,
        "attributes": attributes,
        "filling": filling,
    }
    yield _INSERT(**row)
    home = {"origin_id": origin["id"], "origin_name": origin["name"], "annotation_campaign_id": None}
    return {**row, **home}


def find_version(
    scope: Scope, dataset_id: str, *, version: str | None, version_id: str | None
) -> Work[Document]:
    """Return the dataset's version of a name or an id."""
    origin = yield from require_dataset(scope, dataset_id)
    if version_id is not None:
        row = yield from require_version(scope, version_id)
        if row["dataset"] != origin["seq"] or version not in (None, row["version"]):
            row = one((), "dataset version")
    elif version is not None:
        row = one((yield _BY_NAME(dataset=origin["seq"], version=version)), f"version {version!r}")
    else:
        raise BadRequestError("give a version or an id", status=400)
    return version_document(row)


def find_version_by_id(scope: Scope, organization_id: str, version_id: str) -> Work[Document]:
    """Return a version of the organization."""
    home = yield from organization_seq(scope, organization_id)
    row = yield from require_version(scope, version_id)
    return version_document(row if row["organization"] == home else one((), "dataset version"))


def list_versions(scope: Scope, dataset_id: str, request: ListRequest) -> Work[Document]:
    """Return the dataset's versions, newest first."""
    origin = yield from require_dataset(scope, dataset_id)
    rows = _joined.where(dataset_version.c.dataset == origin["seq"])
    return (yield from list_items(rows, request, _ORDER, version_document))


def get_version(scope: Scope, version_id: str) -> Work[Document]:
    """Return a version with its tags."""
    row = yield from require_version(scope, version_id)
    return {**version_document(row), "tags": (yield from tags.tags_of("dataset_version", row["seq"]))}


def update_version(scope: Scope, version_id: str, body: DatasetVersionPatch) -> Work[Document]:
    """Change name, description or type.

    Raises:
        ConflictError: another version has the name.
        LockedError: the version is locked.
    """
    row = yield from require_unlocked(scope, version_id)
    changed = dict(row)
    if body.version is not None and body.version != row["version"]:
        changed["version"] = check_name(body.version, "version")
        yield from _check_free(row["dataset"], body.version)
    if body.description is not None:
        changed["description"] = check_text(body.description, "description")
    if body.type is not None:
        changed["type"] = body.type.value
    yield _UPDATE(
        key=row["seq"],
        new_version=changed["version"],
        new_description=changed["description"],
        new_type=changed["type"],
    )
    return version_document(changed)


def lock_version(scope: Scope, version_id: str, *, locked: bool) -> Work[Document]:
    """Lock a version against every change, or unlock it."""
    row = yield from require_version(scope, version_id)
    yield _LOCK(key=row["seq"], new_locked=locked)
    return version_document({**row, "locked": locked})


def delete_version(scope: Scope, version_id: str) -> Work[None]:
    """Delete a version with everything in it; the data stays in the datalake.

    A version that a fork still fills can be deleted too: the fork's job ends as failed.

    Raises:
        LockedError: the version is locked.
    """
    yield from remove_version((yield from deletable_version(scope, version_id)))


def deletable_version(scope: Scope, version_id: str) -> Work[Row]:
    """Return a version that may be deleted.

    Raises:
        LockedError: the version is locked.
    """
    row = yield from require_version(scope, version_id)
    check_unlocked(row)
    return row


def remove_version(row: Row) -> Work[None]:
    """Delete a version with everything in it, whatever its state.

    Args:
        row: its `seq`, and that of its `organization`.
    """
    logs = yield from saved_logs([row["seq"]])
    instructions = yield from instruction_files([row["seq"]])
    yield _DELETE(key=row["seq"])
    yield from discard(row["organization"], [*logs, *instructions])


def _check_free(origin: int, version: str) -> Work[None]:
    if (yield _BY_NAME(dataset=origin, version=version)):
        raise ConflictError(f"there is a version {version!r} already", status=409)
