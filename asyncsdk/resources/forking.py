"""Forking a dataset version, and copying assets between versions of one dataset."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio
import attrs

from asyncsdk.enums import InferenceType, choose
from asyncsdk.errors import AsyncSDKError, InvalidArgumentError, JobFailedError
from asyncsdk.flow.chunks import chunked
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.records.forks import AssetCopy, NewFork, StartedCopy, StartedFork
from asyncsdk.records.jobs import JobRecord
from asyncsdk.resources.asset import Asset, MultiAsset
from asyncsdk.resources.asset_listing import asset_listing
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.job import Job
from asyncsdk.resources.listing import read_all
from asyncsdk.wire import capabilities, routes

if TYPE_CHECKING:
    from asyncsdk.resources.dataset_version import DatasetVersion

__all__ = ["asset_ids", "check_destination", "copy_assets", "fork", "new_fork", "start_fork"]

MOST_IDS = 1_000_000
"""Ids in one request to a platform that sets no bound itself: they fit into its largest body."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def new_fork(
    source: DatasetVersionRecord,
    version: str,
    description: str | None,
    assets: Asset | Sequence[Asset] | MultiAsset | None,
    inference_type: InferenceType | str,
    *,
    with_tags: bool,
    with_labels: bool,
    with_annotations: bool,
) -> NewFork:
    """Return the request for a fork.

    Raises:
        InvalidArgumentError: an asset is of another version, the name is empty or the type is unknown.
    """
    if not isinstance(version, str) or not version.strip():
        raise InvalidArgumentError(f"version: {version!r} is no name for a version")
    return NewFork(
        parent_id=source.id,
        version=version,
        description=f"Forked from version '{source.version}'" if description is None else description,
        type=choose(InferenceType, inference_type),
        with_tags=with_tags,
        with_labels=with_labels or with_annotations,
        with_annotations=with_annotations,
        asset_ids=asset_ids(source.id, assets),
    )


def asset_ids(version_id: str, assets: Asset | Sequence[Asset] | MultiAsset | None) -> tuple[str, ...] | None:
    """Return the ids of assets of a version, each once, oldest first; `None` stays `None`.

    Raises:
        InvalidArgumentError: something else is given, or an asset of another version.
    """
    if assets is None:
        return None
    made: dict[str, tuple[datetime, str]] = {}
    for asset in (assets,) if isinstance(assets, Asset) else assets:
        if not isinstance(asset, Asset):
            raise InvalidArgumentError(f"assets: {asset!r} is no asset")
        if asset.dataset_version_id != version_id:
            raise InvalidArgumentError(f"assets: asset {asset.id} is of another version")
        made[asset.id] = asset.created_at or _LONG_AGO, asset.id
    return tuple(sorted(made, key=lambda each: made[each]))


def check_destination(version_id: str, dataset_id: str, destination: DatasetVersion) -> None:
    """Fail unless assets can be copied from one version into the other.

    Raises:
        InvalidArgumentError: it is the same one, or belongs to another dataset.
    """
    if destination.id == version_id:
        raise InvalidArgumentError("destination: give another version than the assets' own")
    if destination.origin_id != dataset_id:
        raise InvalidArgumentError(
            f"destination: version {destination.version!r} belongs to another dataset; use add_data() there"
        )


async def fork(
    connection: Connection, dataset_id: str, body: NewFork, timeout_s: float | None
) -> DatasetVersionRecord:
    """Fork a version and wait until the new one is complete."""
    record, job = await start_fork(connection, dataset_id, body)
    # Of a fork in one request the platform itself takes back what failed.
    failures = (JobFailedError,) if _is_large(connection, body.asset_ids) else ()
    async with _removed_after(failures, connection, record.id):
        await job.wait(timeout_s=timeout_s)
    return record


async def start_fork(
    connection: Connection, dataset_id: str, body: NewFork
) -> tuple[DatasetVersionRecord, Job]:
    """Start a fork; more assets than fit into a request are copied into an empty fork afterwards."""
    await connection.open()
    if not _is_large(connection, body.asset_ids):
        return await _start(connection, dataset_id, body)
    record, job = await _start(connection, dataset_id, attrs.evolve(body, asset_ids=()))
    async with _removed_after((BaseException,), connection, record.id):
        await job.wait()
        copy = AssetCopy(
            destination_id=record.id,
            asset_ids=body.asset_ids,
            with_tags=body.with_tags,
            with_annotations=body.with_annotations,
        )
        return record, await copy_assets(connection, body.parent_id, copy, wait=False)


async def copy_assets(connection: Connection, version_id: str, body: AssetCopy, *, wait: bool) -> Job:
    """Start the jobs that copy assets, one after the other so that the order is kept."""
    await connection.open()
    ids = body.asset_ids
    if ids is None and not connection.supports(capabilities.FORKS):
        listing = asset_listing(connection, version_id).read(limit=None, offset=None, page_size=None)
        records = await read_all(listing)
        ids = asset_ids(version_id, MultiAsset(connection, records, version_id)) or ()
    jobs: list[JobRecord] = []
    for chunk in (None,) if ids is None else [*chunked(ids, _most_ids(connection))] or ((),):
        part = attrs.evolve(body, asset_ids=chunk)
        started = await connection.call(routes.COPY_ASSETS, StartedCopy, body=part, version=version_id)
        jobs.append(started.job)
    job = Job(connection, jobs, generation=1)
    if wait:
        await job.wait()
    return job


async def _start(connection: Connection, dataset_id: str, body: NewFork) -> tuple[DatasetVersionRecord, Job]:
    started = await connection.call(routes.FORK_VERSION, StartedFork, body=body, dataset=dataset_id)
    return started.dataset_version, Job(connection, [started.job], generation=1)


@asynccontextmanager
async def _removed_after(
    failures: tuple[type[BaseException], ...], connection: Connection, version_id: str
) -> AsyncIterator[None]:
    """Delete a version that the block was to fill, if it fails so."""
    try:
        yield
    except failures as error:
        with anyio.CancelScope(shield=True):
            try:
                await connection.act(routes.DELETE_VERSION, version=version_id)
            except AsyncSDKError as trouble:
                error.add_note(f"the incomplete version {version_id} is still there: {trouble}")
        raise


def _is_large(connection: Connection, ids: Sequence[str] | None) -> bool:
    return ids is not None and len(ids) > _most_ids(connection)


def _most_ids(connection: Connection) -> int:
    if connection.supports(capabilities.FORKS):
        return MOST_IDS
    return connection.settings.limits.bulk_ids_per_request
