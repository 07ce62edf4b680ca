"""What type checkers see of the sync side. Checked by mypy and pyright, never run."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type
from uuid import UUID

import asyncsdk
from asyncsdk.sync import (
    Asset,
    Client,
    CloudObject,
    CloudProjection,
    Data,
    Datalake,
    Dataset,
    DatasetVersion,
    Job,
    JobRunStatus,
    JobStatus,
    MetadataKey,
    MetadataSchema,
    MultiAsset,
    MultiData,
    NotFoundError,
    ProgressEvent,
    Projection,
    SyncIterator,
    Tag,
    TagTarget,
    TransferReport,
    UploadReport,
    Worker,
)


def show(event: ProgressEvent) -> None:
    print(event.done, event.total)


def clients() -> None:
    with Client.embedded("./workspace") as client:
        assert_type(client, Client)
        assert_type(client.id, str)
        assert_type(client.get_datalake(), Datalake)
        assert_type(client.list_datasets(), list[Dataset])
        assert_type(client.create_tag("a", TagTarget.DATA), Tag)
    Client("https://x.example", "token", UUID(int=1)).close()


def data(datalake: Datalake) -> None:
    found = datalake.upload_data([Path("a.png"), "b.png"], tags=["x"], progress=show)
    assert_type(found, MultiData)
    assert_type(found[0], Data)
    assert_type(found[0].width, int | None)
    assert_type(found[1:], MultiData)
    assert_type(found.report, UploadReport | None)
    assert_type(list(datalake.iter_data()), list[Data])
    key = MetadataKey(input_type="float", required=True, choices=[1, 2.5])
    assert_type(datalake.set_custom_metadata_key("height", key), MetadataKey)
    assert_type(datalake.get_custom_metadata_schema(), MetadataSchema)


def imports(datalake: Datalake, data: MultiData) -> None:
    assert_type(datalake.import_bucket_objects(["a/"], tags="night", source="gate"), Job)
    assert_type(datalake.import_cloud_objects({"a.png": CloudObject(tags=["a"])}, wait=True), Job)
    datalake.import_cloud_objects({"a.png": {"tags": ["a"]}, "b.png": {}})
    datalake.update_multiple_data({one.id: CloudObject({"reference": "R"}) for one in data})
    datalake.update_multiple_data({UUID(int=1): {"data_source": "gate"}})


def projections(datalake: Datalake, data: Data) -> None:
    made = data.create_projection("depth", Path("depth.png"), {"unit": "mm"})
    assert_type(made, Projection)
    assert_type(data.list_projections(), list[Projection])
    assert_type(data.get_projection("depth"), Projection)
    assert_type(made.download(), TransferReport)
    assert_type(list(made.stream()), list[bytes])
    wanted = {data.object_name: [CloudProjection("depth", "depth/1.png")]}
    job = datalake.import_projections(wanted, wait=True)
    assert_type(job, Job)
    datalake.import_projections({"a": [{"name": "depth", "object_name": "b"}]})
    assert_type(job.store_logging_file("train.log"), str)


def versions(dataset: Dataset, found: MultiData) -> None:
    version = dataset.create_version("v1", type="object_detection")
    assert_type(version, DatasetVersion)
    job = version.add_data(found, tags=[version.create_asset_tag("b"), "c"])
    assert_type(job, Job)
    assert_type(job.status, JobStatus | JobRunStatus)
    job.wait()
    version.add_data([*found, found[0]], wait=True)
    assert_type(dataset.list_workers(), list[Worker])
    assert_type(version.download(progress=False), TransferReport)


def assets(version: DatasetVersion) -> None:
    listed = version.list_assets()
    assert_type(listed, MultiAsset)
    assert_type(listed[0], Asset)
    assert_type(listed[:3], MultiAsset)
    assert_type(listed.filter(lambda asset: asset.width > 3), MultiAsset)
    assert_type([asset.filename for asset in listed], list[str])
    assert_type(listed.as_multidata(), MultiData)
    assert_type(listed[0].get_tags(), list[Tag])
    iterated = version.iter_assets()
    assert_type(iterated, SyncIterator[Asset])
    for asset in version.iter_assets():
        assert_type(asset, Asset)
    assert_type(iterated.next_page(), list[Asset] | None)
    with listed[0].stream() as chunks:
        assert_type(list(chunks), list[bytes])


def mistakes(version: DatasetVersion, other: asyncsdk.Data) -> None:
    version.add_data(other)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    version.list_assets(limit="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    version.lost()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def errors(dataset: Dataset) -> DatasetVersion | None:
    try:
        return dataset.get_version("v")
    except NotFoundError as error:
        assert_type(error.status, int)
        return None
