"""Datasets: names over versions."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from asyncsdk.errors import LockedError
from asyncsdk.records.datasets import DatasetPatch, NewDataset
from asyncsdk.server.services.campaign_files import instruction_files
from asyncsdk.server.services.garbage import discard
from asyncsdk.server.services.items import ListRequest
from asyncsdk.server.services.job_logs import saved_logs
from asyncsdk.server.services.named import Named
from asyncsdk.server.services.rules import Document
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.schema import dataset, dataset_version
from asyncsdk.server.store.statements import Prepared

__all__ = [
    "create_dataset",
    "deletable_dataset",
    "delete_dataset",
    "find_dataset",
    "get_dataset",
    "list_datasets",
    "require_dataset",
    "update_dataset",
]

_DELETE = Prepared(delete(dataset).where(dataset.c.seq == bindparam("key")))
_VERSIONS = Prepared(
    select(dataset_version.c.seq, dataset_version.c.version, dataset_version.c.locked).where(
        dataset_version.c.dataset == bindparam("key")
    )
)


def _document(row: Row) -> Document:
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "created_at": iso(row["created_at"]),
    }


_DATASETS = Named(dataset, _document)


def require_dataset(scope: Scope, dataset_id: str) -> Work[Row]:
    """Return the row of a dataset that the scope sees."""
    return (yield from _DATASETS.require(scope, dataset_id))


def create_dataset(scope: Scope, organization_id: str, body: NewDataset) -> Work[Document]:
    """Create a dataset.

    Raises:
        ConflictError: the organization has one of this name.
    """
    return (yield from _DATASETS.create(scope, organization_id, body.name, body.description))


def find_dataset(
    scope: Scope, organization_id: str, *, name: str | None, dataset_id: str | None
) -> Work[Document]:
    """Return the dataset of a name or an id."""
    return (yield from _DATASETS.find(scope, organization_id, name=name, own_id=dataset_id))


def list_datasets(scope: Scope, organization_id: str, request: ListRequest) -> Work[Document]:
    """Return the organization's datasets, newest first."""
    return (yield from _DATASETS.list(scope, organization_id, request))


def get_dataset(scope: Scope, dataset_id: str) -> Work[Document]:
    """Return a dataset with its tags."""
    return (yield from _DATASETS.get(scope, dataset_id))


def update_dataset(scope: Scope, dataset_id: str, body: DatasetPatch) -> Work[Document]:
    """Change name or description.

    Raises:
        ConflictError: another dataset has the name.
    """
    return (yield from _DATASETS.update(scope, dataset_id, name=body.name, description=body.description))


def delete_dataset(scope: Scope, dataset_id: str) -> Work[None]:
    """Delete a dataset with its versions and everything in them; the data stays in the datalake.

    Raises:
        LockedError: one of its versions is locked.
    """
    row, keys = yield from deletable_dataset(scope, dataset_id)
    logs = yield from saved_logs(keys)
    instructions = yield from instruction_files(keys)
    yield _DELETE(key=row["seq"])
    yield from discard(row["organization"], [*logs, *instructions])


def deletable_dataset(scope: Scope, dataset_id: str) -> Work[tuple[Row, list[int]]]:
    """Return a dataset that may be deleted, and the keys of its versions.

    Raises:
        LockedError: one of its versions is locked.
    """
    row = yield from require_dataset(scope, dataset_id)
    versions = yield _VERSIONS(key=row["seq"])
    for version in versions:
        if version["locked"]:
            raise LockedError(f"version {version['version']!r} is locked; unlock it first", status=423)
    return row, [version["seq"] for version in versions]
