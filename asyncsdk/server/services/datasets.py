"""Datasets: names over versions."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, update

from asyncsdk.errors import BadRequestError, ConflictError, LockedError
from asyncsdk.records.datasets import DatasetPatch, NewDataset
from asyncsdk.server.services import tags
from asyncsdk.server.services.campaign_files import instruction_files
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
from asyncsdk.server.store.schema import dataset, dataset_version
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "create_dataset",
    "delete_dataset",
    "find_dataset",
    "get_dataset",
    "list_datasets",
    "require_dataset",
    "update_dataset",
]

_visible = any_of(dataset.c.organization, bindparam("visible"))
_GET = Prepared(select(dataset).where(dataset.c.id == bindparam("id"), _visible))
_BY_NAME = Prepared(
    select(dataset).where(
        dataset.c.organization == bindparam("organization"), dataset.c.name == bindparam("name")
    )
)
_INSERT = Prepared(insertion(dataset))
_UPDATE = Prepared(
    update(dataset)
    .where(dataset.c.seq == bindparam("key"))
    .values(name=bindparam("new_name"), description=bindparam("new_description"))
)
_DELETE = Prepared(delete(dataset).where(dataset.c.seq == bindparam("key")))
_VERSIONS = Prepared(
    select(dataset_version.c.seq, dataset_version.c.version, dataset_version.c.locked).where(
        dataset_version.c.dataset == bindparam("key")
    )
)
_ORDER = {"seq": dataset.c.seq, "created_at": dataset.c.created_at, "name": dataset.c.name}


def _document(row: Row) -> Document:
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "created_at": iso(row["created_at"]),
    }


def require_dataset(scope: Scope, dataset_id: str) -> Work[Row]:
    """Return the row of a dataset that the scope sees."""
    return one((yield _GET(id=dataset_id, visible=scope.visible)), "dataset")


def create_dataset(scope: Scope, organization_id: str, body: NewDataset) -> Work[Document]:
    """Create a dataset.

    Raises:
        ConflictError: the organization has one of this name.
    """
    check_name(body.name, "name")
    check_text(body.description, "description")
    home = yield from organization_seq(scope, organization_id)
    yield from _check_free(home, body.name)
    row = {
        "id": new_id(),
        "created_at": now_us(),
        "organization": home,
        "name": body.name,
        "description": body.description,
    }
    yield _INSERT(**row)
    return _document(row)


def find_dataset(
    scope: Scope, organization_id: str, *, name: str | None, dataset_id: str | None
) -> Work[Document]:
    """Return the dataset of a name or an id."""
    home = yield from organization_seq(scope, organization_id)
    if dataset_id is not None:
        row = yield from require_dataset(scope, dataset_id)
        if row["organization"] != home or name not in (None, row["name"]):
            row = one((), "dataset")
    elif name is not None:
        row = one((yield _BY_NAME(organization=home, name=name)), f"dataset {name!r}")
    else:
        raise BadRequestError("give a name or an id", status=400)
    return _document(row)


def list_datasets(scope: Scope, organization_id: str, request: ListRequest) -> Work[Document]:
    """Return the organization's datasets, newest first."""
    home = yield from organization_seq(scope, organization_id)
    rows = select(dataset).where(dataset.c.organization == home)
    return (yield from list_items(rows, request, _ORDER, _document))


def get_dataset(scope: Scope, dataset_id: str) -> Work[Document]:
    """Return a dataset with its tags."""
    row = yield from require_dataset(scope, dataset_id)
    return {**_document(row), "tags": (yield from tags.tags_of("dataset", row["seq"]))}


def update_dataset(scope: Scope, dataset_id: str, body: DatasetPatch) -> Work[Document]:
    """Change name or description.

    Raises:
        ConflictError: another dataset has the name.
    """
    row = yield from require_dataset(scope, dataset_id)
    changed = dict(row)
    if body.name is not None and body.name != row["name"]:
        changed["name"] = check_name(body.name, "name")
        yield from _check_free(row["organization"], body.name)
    if body.description is not None:
        changed["description"] = check_text(body.description, "description")
    yield _UPDATE(key=row["seq"], new_name=changed["name"], new_description=changed["description"])
    return _document(changed)


def delete_dataset(scope: Scope, dataset_id: str) -> Work[None]:
    """Delete a dataset with its versions and everything in them; the data stays in the datalake.

    Raises:
        LockedError: one of its versions is locked.
    """
    row = yield from require_dataset(scope, dataset_id)
    versions = yield _VERSIONS(key=row["seq"])
    for version in versions:
        if version["locked"]:
            raise LockedError(f"version {version['version']!r} is locked; unlock it first", status=423)
    keys = [version["seq"] for version in versions]
    logs = yield from saved_logs(keys)
    instructions = yield from instruction_files(keys)
    yield _DELETE(key=row["seq"])
    yield from discard(row["organization"], [*logs, *instructions])


def _check_free(home: int, name: str) -> Work[None]:
    if (yield _BY_NAME(organization=home, name=name)):
        raise ConflictError(f"there is a dataset {name!r} already", status=409)
