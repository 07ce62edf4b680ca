"""What type checkers see of the sync side. Checked by mypy and pyright, never run."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type
from uuid import UUID

import asyncsdk
from asyncsdk.sync import (
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
    NotFoundError,
    Point,
    ProgressEvent,
    Projection,
    Rectangle,
    Skeleton,
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


def labels(version: DatasetVersion) -> None:
    car = version.create_label("car")
    assert_type(car, Label)
    assert_type(version.create_labels(["car", "bus"]), list[Label])
    group = version.create_label_group("vehicles")
    assert_type(version.get_or_create_label_group("large", group), LabelGroup)
    car.set_group(group)
    assert_type(car.get_group(), LabelGroup | None)
    assert_type(car.get_skeleton(), Skeleton)
    assert_type(version.get_attributes(), dict[str, AttributeConfiguration])
    car.set_attributes({"colour": {"input_type": "STRING", "required": False}})


def annotating(version: DatasetVersion, asset: Asset, car: Label) -> None:
    annotation = asset.create_annotation(duration=2, status="accepted")
    assert_type(annotation, Annotation)
    assert_type(annotation.create_rectangle(1, 2.0, 3, 4, car, text="x"), Rectangle)
    assert_type(annotation.create_multiple_points([([1, 2], car)]), list[Point])
    annotation.create_multiple_points([([1, 2], car), NewPoint(point=(3, 4), label_id=car.id)])
    annotation.overwrite(rectangles=[(1, 2, 3, 4, car)], classifications=[car])
    listed = version.list_annotations(status="pending")
    assert_type(listed, MultiAnnotation)
    assert_type(listed[0], Annotation)
    assert_type(listed.load(), LoadedAnnotations)
    assert_type(version.load_annotations(assets=[asset]), LoadedAnnotations)
    assert_type(version.iter_annotations(), SyncIterator[Annotation | LoadedAnnotation])
    for one in version.iter_annotations(shapes=True):
        if isinstance(one, LoadedAnnotation):
            print(one.rectangles)
    version.delete_all_annotations(workers=[])
    assert_type(version.retrieve_stats(), AnnotationStats)


def importing(version: DatasetVersion) -> None:
    result = version.import_annotations_coco_file(
        "coco.json", mode="keep", status="accepted", on_loss="raise"
    )
    assert_type(result, ImportResult)
    assert_type(version.import_annotations_coco_video_file("v.json", use_id=True), ImportResult)
    assert_type(version.import_annotation_voc_file("a.xml", one_based=True), ImportResult)
    assert_type(version.import_annotations_yolo_files("data.yaml", ["a.txt"], dry_run=True), ImportResult)
    print(result["id"] + 1, [loss.reason for loss in result.loss], [one.name for one in result.skipped])


def models(client: Client) -> None:
    model = client.create_model("detector")
    assert_type(model, Model)
    assert_type(client.list_models(limit=3), list[Model])
    version = model.create_version("v", type="mask", framework=Framework.ONNX, labels={"0": "cat"})
    assert_type(version, ModelVersion)
    assert_type(model.get_version(0), ModelVersion)
    assert_type(client.get_model_version_by_id(UUID(version.id)), ModelVersion)
    assert_type(version.framework, Framework)
    file = version.store("weights", Path("best.onnx"), replace=True)
    assert_type(file, ModelFile)
    assert_type(version.list_files(), list[ModelFile])
    assert_type(file.download("models/"), TransferReport)
    assert_type(file.read(), bytes)
    assert_type(model.get_tags(), list[Tag])


def exports(version: DatasetVersion) -> None:
    loss = LossReport()
    path = version.export_annotation_file("COCO", "out/", assets=version.list_assets(), loss=loss)
    assert_type(path, Path)
    file = version.build_coco_file_locally(status="ACCEPTED", use_id=True)
    assert_type(file, COCOFile)
    assert_type(file.annotations, tuple[COCOAnnotation, ...])
    assert_type(file.write("coco.json"), Path)
    assert_type(version.write_coco_file(Path("coco.json"), export_key="DATA_ID"), LossReport)
    assert_type(version.write_voc_files("voc/"), LossReport)
    assert_type(version.write_yolo_files("yolo/", enforced_ordered_categories=["car"]), LossReport)
    assert_type(version.build_pascal_voc_locally("voc/"), Path)


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
