"""What type checkers see of the async side. Checked by mypy and pyright, never run."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type
from uuid import UUID

from asyncsdk import (
    Asset,
    Client,
    Data,
    Datalake,
    Dataset,
    DatasetVersion,
    ItemIterator,
    Job,
    JobRunStatus,
    JobStatus,
    MultiAsset,
    MultiData,
    ProgressEvent,
    Tag,
    TagTarget,
    TransferReport,
    UploadReport,
    Worker,
    run,
)


def show(event: ProgressEvent) -> None:
    print(event.done, event.total)


async def clients() -> None:
    async with Client.embedded("./workspace") as client:
        assert_type(client, Client)
        assert_type(client.id, str)
        assert_type(await client.get_datalake(), Datalake)
        assert_type(await client.list_datasets(), list[Dataset])
        assert_type(await client.create_tag("a", TagTarget.DATA), Tag)
    await Client("https://x.example", "token", UUID(int=1)).close()


async def data(datalake: Datalake) -> None:
    found = await datalake.upload_data([Path("a.png"), "b.png"], tags=["x"], progress=show)
    assert_type(found, MultiData)
    assert_type(found[0], Data)
    assert_type(found[0].width, int | None)
    assert_type(found[1:], MultiData)
    assert_type(found.report, UploadReport | None)
    assert_type([one async for one in datalake.iter_data()], list[Data])


async def versions(dataset: Dataset, found: MultiData) -> None:
    version = await dataset.create_version("v1", type="object_detection")
    assert_type(version, DatasetVersion)
    job = await version.add_data(found, tags=[await version.create_asset_tag("b"), "c"])
    assert_type(job, Job)
    assert_type(job.status, JobStatus | JobRunStatus)
    assert_type(await job.wait(), None)
    assert_type(await dataset.list_workers(), list[Worker])
    assert_type(await version.download(progress=False), TransferReport)


async def assets(version: DatasetVersion) -> None:
    listed = await version.list_assets()
    assert_type(listed, MultiAsset)
    assert_type(listed[0], Asset)
    assert_type(listed[:3], MultiAsset)
    assert_type(listed.filter(lambda asset: asset.width > 3), MultiAsset)
    assert_type([asset.filename for asset in listed], list[str])
    assert_type(await listed.as_multidata(), MultiData)
    iterated = version.iter_assets()
    assert_type(iterated, ItemIterator[Asset])
    async for asset in iterated:
        assert_type(asset, Asset)
    assert_type(await iterated.next_page(), list[Asset] | None)
    async with listed[0].stream() as chunks:
        assert_type([chunk async for chunk in chunks], list[bytes])


assert_type(run(clients()), None)
