"""What type checkers see of the async side. Checked by mypy and pyright, never run."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type
from uuid import UUID

from asyncsdk import (
    Asset,
    Client,
    CloudObject,
    CloudProjection,
    Data,
    Datalake,
    Dataset,
    DatasetVersion,
    ItemIterator,
    Job,
    JobRunStatus,
    JobStatus,
    MetadataKey,
    MetadataSchema,
    MultiAsset,
    MultiData,
    ProgressEvent,
    Projection,
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
    key = MetadataKey(input_type="float", required=True, choices=[1, 2.5])
    assert_type(await datalake.set_custom_metadata_key("height", key), MetadataKey)
    assert_type(await datalake.get_custom_metadata_schema(), MetadataSchema)


async def imports(datalake: Datalake, data: MultiData) -> None:
    assert_type(await datalake.import_bucket_objects(["a/"], tags="night", source="gate"), Job)
    assert_type(await datalake.import_cloud_objects({"a.png": CloudObject(tags=["a"])}, wait=True), Job)
    await datalake.import_cloud_objects({"a.png": {"tags": ["a"]}, "b.png": {}})
    await datalake.update_multiple_data({one.id: CloudObject({"reference": "R"}) for one in data})
    await datalake.update_multiple_data({UUID(int=1): {"data_source": "gate"}})


async def projections(datalake: Datalake, data: Data) -> None:
    made = await data.create_projection("depth", Path("depth.png"), {"unit": "mm"})
    assert_type(made, Projection)
    assert_type(await data.list_projections(), list[Projection])
    assert_type(await data.get_projection("depth"), Projection)
    assert_type(await made.download(), TransferReport)
    wanted = {data.object_name: [CloudProjection("depth", "depth/1.png")]}
    job = await datalake.import_projections(wanted, wait=True)
    assert_type(job, Job)
    await datalake.import_projections({"a": [{"name": "depth", "object_name": "b"}]})
    assert_type(await job.store_logging_file("train.log"), str)


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
