"""What type checkers see of the async side. Checked by mypy and pyright, never run."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type
from uuid import UUID

from asyncsdk import (
    Annotation,
    AnnotationStats,
    Asset,
    AttributeConfiguration,
    Client,
    CloudObject,
    CloudProjection,
    COCOAnnotation,
    COCOFile,
    Data,
    Datalake,
    Dataset,
    DatasetVersion,
    Framework,
    ImportResult,
    ItemIterator,
    Job,
    JobRunStatus,
    JobStatus,
    Label,
    LabelGroup,
    LoadedAnnotation,
    LoadedAnnotations,
    LossReport,
    MetadataKey,
    MetadataSchema,
    Model,
    ModelFile,
    ModelVersion,
    MultiAnnotation,
    MultiAsset,
    MultiData,
    NewPoint,
    Point,
    ProgressEvent,
    Projection,
    Rectangle,
    Skeleton,
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


async def labels(version: DatasetVersion) -> None:
    car = await version.create_label("car")
    assert_type(car, Label)
    assert_type(await version.create_labels(["car", "bus"]), list[Label])
    group = await version.create_label_group("vehicles")
    assert_type(await version.get_or_create_label_group("large", group), LabelGroup)
    await car.set_group(group)
    assert_type(await car.get_group(), LabelGroup | None)
    assert_type(await car.get_skeleton(), Skeleton)
    assert_type(await version.get_attributes(), dict[str, AttributeConfiguration])
    await car.set_attributes({"colour": {"input_type": "STRING", "required": False}})


async def annotating(version: DatasetVersion, asset: Asset, car: Label) -> None:
    annotation = await asset.create_annotation(duration=2, status="accepted")
    assert_type(annotation, Annotation)
    assert_type(await annotation.create_rectangle(1, 2.0, 3, 4, car, text="x"), Rectangle)
    assert_type(await annotation.create_multiple_points([([1, 2], car)]), list[Point])
    await annotation.create_multiple_points([([1, 2], car), NewPoint(point=(3, 4), label_id=car.id)])
    await annotation.overwrite(rectangles=[(1, 2, 3, 4, car)], classifications=[car])
    listed = await version.list_annotations(status="pending")
    assert_type(listed, MultiAnnotation)
    assert_type(listed[0], Annotation)
    assert_type(await listed.load(), LoadedAnnotations)
    assert_type(await version.load_annotations(assets=[asset]), LoadedAnnotations)
    assert_type(version.iter_annotations(), ItemIterator[Annotation | LoadedAnnotation])
    async for one in version.iter_annotations(shapes=True):
        if isinstance(one, LoadedAnnotation):
            print(one.rectangles)
    await version.delete_all_annotations(workers=[])
    assert_type(await version.retrieve_stats(), AnnotationStats)


async def importing(version: DatasetVersion) -> None:
    result = await version.import_annotations_coco_file(
        "coco.json", mode="keep", status="accepted", on_loss="raise"
    )
    assert_type(result, ImportResult)
    assert_type(await version.import_annotations_coco_video_file("v.json", use_id=True), ImportResult)
    assert_type(await version.import_annotation_voc_file("a.xml", one_based=True), ImportResult)
    assert_type(
        await version.import_annotations_yolo_files("data.yaml", ["a.txt"], dry_run=True), ImportResult
    )
    print(result["id"] + 1, [loss.reason for loss in result.loss], [one.name for one in result.skipped])


async def models(client: Client) -> None:
    model = await client.create_model("detector")
    assert_type(model, Model)
    assert_type(await client.list_models(limit=3), list[Model])
    version = await model.create_version("v", type="mask", framework=Framework.ONNX, labels={"0": "cat"})
    assert_type(version, ModelVersion)
    assert_type(await model.get_version(0), ModelVersion)
    assert_type(await client.get_model_version_by_id(UUID(version.id)), ModelVersion)
    assert_type(version.framework, Framework)
    file = await version.store("weights", Path("best.onnx"), replace=True)
    assert_type(file, ModelFile)
    assert_type(await version.list_files(), list[ModelFile])
    assert_type(await file.download("models/"), TransferReport)
    assert_type(await file.read(), bytes)
    assert_type(await model.get_tags(), list[Tag])


async def exports(version: DatasetVersion) -> None:
    loss = LossReport()
    path = await version.export_annotation_file("COCO", "out/", assets=await version.list_assets(), loss=loss)
    assert_type(path, Path)
    file = await version.build_coco_file_locally(status="ACCEPTED", use_id=True)
    assert_type(file, COCOFile)
    assert_type(file.annotations, tuple[COCOAnnotation, ...])
    assert_type(file.write("coco.json"), Path)
    assert_type(await version.write_coco_file(Path("coco.json"), export_key="DATA_ID"), LossReport)
    assert_type(await version.write_voc_files("voc/"), LossReport)
    assert_type(await version.write_yolo_files("yolo/", enforced_ordered_categories=["car"]), LossReport)
    assert_type(await version.build_pascal_voc_locally("voc/"), Path)


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
