"""Datasets and their versions."""

from __future__ import annotations

from typing import Any

from asyncsdk.records.datasets import DatasetPatch, DatasetVersionPatch, NewDataset, NewDatasetVersion
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.services import dataset_versions, datasets, version_emptying
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def create_dataset(call: Call) -> Answer:
    """Create a dataset."""
    return await call.write(datasets.create_dataset(call.scope, call.id("org"), call.body(NewDataset)), 201)


async def list_datasets(call: Call) -> dict[str, Any]:
    """List the organization's datasets."""
    return await call.read(datasets.list_datasets(call.scope, call.id("org"), call.list_request()))


async def find_dataset(call: Call) -> dict[str, Any]:
    """Find a dataset by name or id."""
    return await call.read(
        datasets.find_dataset(
            call.scope, call.id("org"), name=call.text("name"), dataset_id=call.optional_id("id")
        )
    )


async def get_dataset(call: Call) -> dict[str, Any]:
    """Read a dataset with its tags."""
    return await call.read(datasets.get_dataset(call.scope, call.id("dataset")))


async def update_dataset(call: Call) -> Answer:
    """Change a dataset."""
    return await call.write(datasets.update_dataset(call.scope, call.id("dataset"), call.body(DatasetPatch)))


async def delete_dataset(call: Call) -> Answer:
    """Delete a dataset."""
    dataset = call.id("dataset")
    await call.write_parts(lambda _: version_emptying.empty_dataset(call.scope, dataset))
    answer = await call.write(datasets.delete_dataset(call.scope, dataset))
    call.platform.wake_cleaner()
    return answer


async def create_version(call: Call) -> Answer:
    """Create a version."""
    body = call.body(NewDatasetVersion)
    return await call.write(dataset_versions.create_version(call.scope, call.id("dataset"), body), 201)


async def list_versions(call: Call) -> dict[str, Any]:
    """List the versions of a dataset."""
    return await call.read(
        dataset_versions.list_versions(call.scope, call.id("dataset"), call.list_request())
    )


async def find_version(call: Call) -> dict[str, Any]:
    """Find a version of a dataset by name or id."""
    return await call.read(
        dataset_versions.find_version(
            call.scope, call.id("dataset"), version=call.text("version"), version_id=call.optional_id("id")
        )
    )


async def find_version_by_id(call: Call) -> dict[str, Any]:
    """Find a version of the organization by id."""
    version_id = call.required_id("id")
    return await call.read(dataset_versions.find_version_by_id(call.scope, call.id("org"), version_id))


async def get_version(call: Call) -> dict[str, Any]:
    """Read a version with its tags."""
    return await call.read(dataset_versions.get_version(call.scope, call.id("version")))


async def update_version(call: Call) -> Answer:
    """Change a version."""
    body = call.body(DatasetVersionPatch)
    return await call.write(dataset_versions.update_version(call.scope, call.id("version"), body))


async def delete_version(call: Call) -> Answer:
    """Delete a version."""
    version = call.id("version")
    await call.write_parts(lambda _: version_emptying.empty_version(call.scope, version))
    answer = await call.write(dataset_versions.delete_version(call.scope, version))
    call.platform.wake_cleaner()
    return answer


async def lock_version(call: Call) -> Answer:
    """Lock a version."""
    return await call.write(dataset_versions.lock_version(call.scope, call.id("version"), locked=True))


async def unlock_version(call: Call) -> Answer:
    """Unlock a version."""
    return await call.write(dataset_versions.lock_version(call.scope, call.id("version"), locked=False))


HANDLERS: dict[Route, Handler] = {
    routes.CREATE_DATASET: create_dataset,
    routes.LIST_DATASETS: list_datasets,
    routes.FIND_DATASET: find_dataset,
    routes.GET_DATASET: get_dataset,
    routes.UPDATE_DATASET: update_dataset,
    routes.DELETE_DATASET: delete_dataset,
    routes.CREATE_VERSION: create_version,
    routes.LIST_VERSIONS: list_versions,
    routes.FIND_VERSION: find_version,
    routes.FIND_VERSION_BY_ID: find_version_by_id,
    routes.GET_VERSION: get_version,
    routes.UPDATE_VERSION: update_version,
    routes.DELETE_VERSION: delete_version,
    routes.LOCK_VERSION: lock_version,
    routes.UNLOCK_VERSION: unlock_version,
}
