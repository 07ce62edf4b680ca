"""The examples of the seed document, in its order, on a platform that this script starts itself.

    python docs/examples/seed_document.py [--coco DIR] [--folder DIR]

One function for each method of `DatasetVersion`, named after it: first the document's example with `await` before
each call, then what to look at. Each prints a line. `--coco` is a folder with `images/*.jpg` and
`annotations/instances.json`; without it, and without the sample beside the project, small files are made.
`--folder` keeps all files; without it they go at the end.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from seed_sample import Sample, find_sample, make_video, make_video_coco

import asyncsdk
from asyncsdk import AnnotationFileType, Client, DatasetVersion, InferenceType, MultiData, Target


@dataclass
class Desk:
    """What the examples share."""

    client: Client
    sample: Sample
    folder: Path
    data: MultiData
    """The sample's images, in the datalake."""

    version: DatasetVersion = field(init=False)
    """The version `foo_dataset/first`, from `add_data` on."""


async def add_tags(desk: Desk) -> str:
    client, data = desk.client, desk.data
    tag_bicycle = await client.create_tag("bicycle", Target.DATA)
    tag_car = await client.create_tag("car", Target.DATA)
    tag_truck = await client.create_tag("truck", Target.DATA)
    await data.add_tags(tag_bicycle)
    await data.add_tags([tag_car, tag_truck])
    tags = await data[0].get_tags()
    return f"{len(data)} data carry {', '.join(sorted(tag.name for tag in tags))}"


async def get_tags(desk: Desk) -> str:
    dataset = await desk.client.create_dataset("tagged_dataset")
    foo_dataset_version = await dataset.create_version("first")
    await foo_dataset_version.add_tags(
        await desk.client.create_tag("training-dataset", Target.DATASET_VERSION)
    )
    tags = await foo_dataset_version.get_tags()
    assert tags[0].name == "training-dataset"
    return f"the version carries {tags[0].name}"


async def add_data(desk: Desk) -> str:
    foo_dataset = await desk.client.create_dataset("foo_dataset")
    foo_dataset_version_1 = await foo_dataset.create_version("first")
    some_data = await (await desk.client.get_datalake()).list_data(limit=1000)
    job = await foo_dataset_version_1.add_data(some_data, tags=["new"])
    await job.wait()
    desk.version = foo_dataset_version_1
    return f"the job has {job.status} with {len(some_data)} data"


async def fork(desk: Desk) -> str:
    foo_dataset_version = await (await desk.client.get_dataset("foo_dataset")).get_version("first")
    assets = await foo_dataset_version.list_assets(limit=100)
    bar_dataset_version = await foo_dataset_version.fork(version="second", assets=assets)
    return f"{bar_dataset_version.name}/{bar_dataset_version.version} has {len(await bar_dataset_version.list_assets())} assets"


async def find_asset(desk: Desk) -> str:
    my_asset = await desk.version.find_asset(filename=desk.sample.names[0])
    return f"{my_asset.filename} is {my_asset.width} x {my_asset.height}"


async def find_all_assets(desk: Desk) -> str:
    my_assets = await desk.version.find_all_assets(filenames=desk.sample.names[:2])
    assert {asset.filename for asset in my_assets} == set(desk.sample.names[:2])
    return f"{len(my_assets)} assets by two names"


async def list_assets(desk: Desk) -> str:
    assets = await desk.version.list_assets()
    new = await desk.version.list_assets(tags="new", order_by=["filename"], limit=3)
    return f"{len(assets)} assets, the first new ones are {', '.join(asset.filename for asset in new)}"


async def delete(desk: Desk) -> str:
    dataset = await desk.client.get_dataset("foo_dataset")
    foo_dataset_version = await dataset.create_version("short-lived")
    before = len(await dataset.list_versions())
    await foo_dataset_version.delete()
    return f"{before} versions became {len(await dataset.list_versions())}"


async def set_type(desk: Desk) -> str:
    dataset_version = await (await desk.client.get_dataset("foo_dataset")).create_version("typed")
    await dataset_version.set_type("object_detection")
    await dataset_version.set_type(InferenceType.SEGMENTATION)
    await desk.version.set_type("object_detection")  # what the files below are about
    return f"{dataset_version.type} after OBJECT_DETECTION"


async def update(desk: Desk) -> str:
    await desk.version.update(description="My favourite dataset")
    return f"{desk.version.name}/{desk.version.version} has a description, and is still {desk.version.type}"


async def download(desk: Desk) -> str:
    report = await desk.version.download(desk.folder / "dataset_pics")
    return str(report)


async def list_labels(desk: Desk) -> str:
    await desk.version.create_label("today")
    labels = await desk.version.get_labels()
    assert labels[0].name == "today"
    assert labels == await desk.version.list_labels()
    return f"{len(labels)} label, {labels[0].name}"


async def create_label(desk: Desk) -> str:
    label = await desk.version.create_label("tomorrow")
    return f"{label.name} was created"


async def get_label(desk: Desk) -> str:
    label = await desk.version.get_label("today")
    return f"{label.name} was found"


async def get_or_create_label(desk: Desk) -> str:
    label = await desk.version.get_or_create_label("new_label")
    assert await desk.version.get_or_create_label("new_label") == label
    return f"{label.name} was created, then found"


async def list_annotations(desk: Desk) -> str:
    await desk.version.import_annotations_coco_file(desk.sample.coco)  # so that there are some
    annotations = await desk.version.list_annotations()
    return f"{len(annotations)} annotations"


async def load_annotations(desk: Desk) -> str:
    dict_annotations = await desk.version.load_annotations()
    boxes = [box for found in dict_annotations.values() for box in found[0]["rectangles"]]
    return f"{len(boxes)} boxes on {len(dict_annotations)} assets, the first one around a {boxes[0]['label']}"


async def export_annotation_file(desk: Desk) -> str:
    path = await desk.version.export_annotation_file(AnnotationFileType.COCO, desk.folder / "exports")
    return f"{path.name} of {path.stat().st_size:,} bytes"


async def build_coco_file_locally(desk: Desk) -> str:
    coco_file = await desk.version.build_coco_file_locally()
    path = coco_file.write(desk.folder / "coco.json")
    return f"{path.name}: {len(coco_file.images)} images, {len(coco_file.annotations)} annotations"


async def import_annotations_yolo_files(desk: Desk) -> str:
    files = desk.folder / "yolo"
    await desk.version.write_yolo_files(files)
    label_file = next(path for path in sorted(files.glob("*.txt")) if path.stat().st_size)
    result = await desk.version.import_annotations_yolo_files(
        configuration_yaml_path=files / "data.yaml", file_paths=[label_file]
    )
    return f"{label_file.name}: {result}"


async def import_annotation_voc_file(desk: Desk) -> str:
    files = desk.folder / "voc"
    await desk.version.write_voc_files(files)
    voc = min(files.glob("*.xml"))
    result = await desk.version.import_annotation_voc_file(file_path=voc)
    return f"{voc.name}: {result}"


async def import_annotations_coco_file(desk: Desk) -> str:
    result = await desk.version.import_annotations_coco_file(file_path=desk.sample.coco)
    return f"{desk.sample.coco.name}: {len(result)} annotations, {sum(result.values())} shapes"


async def import_annotations_coco_video_file(desk: Desk) -> str:
    video = await (await desk.client.get_datalake()).upload_data(make_video(desk.folder / "film.mp4"))
    films = await (await desk.client.create_dataset("films")).create_version("first", type="object_detection")
    await films.add_data(video, wait=True)
    file = make_video_coco(desk.folder / "coco_vid.json", "film.mp4")
    result = await films.import_annotations_coco_video_file(file_path=file)
    return f"{file.name}: {len(result)} annotation, {sum(result.values())} track"


async def delete_all_annotations(desk: Desk) -> str:
    before = (await desk.version.retrieve_stats()).nb_annotations
    await desk.version.delete_all_annotations()
    return f"{before} annotations became {(await desk.version.retrieve_stats()).nb_annotations}"


async def synchronize(desk: Desk) -> str:
    target = desk.folder / "dataset_pics"
    (target / desk.sample.names[0]).unlink()
    missing = await desk.version.synchronize(target, do_download=True)
    assert (target / desk.sample.names[0]).is_file()
    return f"{len(missing)} file was missing and is there again"


async def retrieve_stats(desk: Desk) -> str:
    imported = await desk.version.import_annotations_coco_file(desk.sample.coco)
    stats = await desk.version.retrieve_stats()
    assert stats.nb_objects == sum(imported.values())
    assert stats.nb_annotations == len(imported)
    most = max(stats.label_repartition, key=stats.label_repartition.__getitem__)
    return f"{stats.nb_objects} objects in {stats.nb_annotations} annotations, most of them {most}"


async def get_or_create_asset_tag(desk: Desk) -> str:
    tag = await desk.version.get_or_create_asset_tag("new_tag")
    return f"{tag.name} is there"


async def create_asset_tag(desk: Desk) -> str:
    tag_dog = await desk.version.create_asset_tag("dog")
    return f"{tag_dog.name} was created"


async def get_asset_tag(desk: Desk) -> str:
    tag_dog = await desk.version.get_asset_tag("dog")
    return f"{tag_dog.name} was found"


async def convert_tags_to_classification(desk: Desk) -> str:
    dataset = await desk.client.get_dataset("foo_dataset")
    pets = await dataset.create_version("pets", type="classification")
    await pets.add_data(desk.data[:3], tags=["dog"], wait=True)
    tag_dog = await pets.get_asset_tag("dog")
    job = await pets.convert_tags_to_classification(Target.ASSET, [tag_dog])
    await job.wait()
    return f"{(await pets.retrieve_stats()).label_repartition}"


async def list_asset_tags(desk: Desk) -> str:
    tag_dog = await desk.version.get_asset_tag("dog")
    tags = await desk.version.list_asset_tags()
    assert tag_dog in tags
    return ", ".join(sorted(tag.name for tag in tags))


async def train_test_split(desk: Desk) -> str:
    train_assets, eval_assets, count_train, count_eval, labels = await desk.version.train_test_split()
    objects = [sum(count["y"]) for count in (count_train, count_eval)]
    return f"{len(train_assets)} + {len(eval_assets)} assets with {objects} objects of {len(labels)} labels"


async def train_test_val_split(desk: Desk) -> str:
    (
        train_assets, test_assets, val_assets, count_train, count_test, count_val, labels,
    ) = await desk.version.train_test_val_split(random_seed=42)  # fmt: skip
    counts = [sum(count["y"]) for count in (count_train, count_test, count_val)]
    parts = [len(train_assets), len(test_assets), len(val_assets)]
    return f"{parts} assets with {counts} objects of {len(labels)} labels"


async def split_into_multi_assets(desk: Desk) -> str:
    split_assets, counts, _ = await desk.version.split_into_multi_assets([0.2, 0.5, 0.3])
    train_assets, test_assets, val_assets = split_assets
    assert len(counts) == len(split_assets)
    return f"{len(train_assets)} + {len(test_assets)} + {len(val_assets)} assets"


async def create_campaign(desk: Desk) -> str:
    campaign = await desk.version.create_campaign(name="my-campaign")
    return f"{campaign.name}"


async def get_campaign(desk: Desk) -> str:
    campaign = await desk.version.get_campaign()
    return f"{campaign.name}"


async def launch_processing(desk: Desk) -> str:
    copy = desk.folder / "copy.jpg"
    copy.write_bytes(desk.sample.images[0].read_bytes())
    data = await (await desk.client.get_datalake()).upload_data(copy)
    await desk.version.add_data(data, wait=True)
    processing = await desk.client.create_processing(
        name="find-copies",
        target="DATASET_VERSION",
        type="AUTO_TAGGING",
        default_cpu=1,
        default_gpu=0,
        default_parameters={},
        docker_image="asyncsdk/duplicate-tagging",
        docker_tag="1",
    )
    job = await desk.version.launch_processing(processing, parameters={"tag": "copy"}, cpu=1, gpu=0)
    await job.wait()
    copies = await desk.version.list_assets(tags="copy")
    assert [asset.filename for asset in copies] == [copy.name]
    return f"the job has {job.status}: {copies[0].filename} looks like another image"


EXAMPLES = (
    add_tags, get_tags, add_data, fork, find_asset, find_all_assets, list_assets, delete, set_type, update, download,
    list_labels, create_label, get_label, get_or_create_label, list_annotations, load_annotations,
    export_annotation_file, build_coco_file_locally, import_annotations_yolo_files, import_annotation_voc_file,
    import_annotations_coco_file, import_annotations_coco_video_file, delete_all_annotations, synchronize,
    retrieve_stats, get_or_create_asset_tag, create_asset_tag, get_asset_tag, convert_tags_to_classification,
    list_asset_tags, train_test_split, train_test_val_split, split_into_multi_assets, create_campaign, get_campaign,
    launch_processing,
)  # fmt: skip
"""The examples, in the document's order."""


async def main(coco: Path | None, folder: Path) -> None:
    """Run all examples."""
    sample = find_sample(coco, folder / "sample")
    async with Client.embedded(folder / "workspace") as client:
        datalake = await client.get_datalake()
        data = await datalake.upload_data(sample.images)
        desk = Desk(client, sample, folder, data)
        for example in EXAMPLES:
            print(f"{example.__name__:36}{await example(desk)}", flush=True)


def parse_arguments() -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(description="Run the examples of the seed document.")
    parser.add_argument("--coco", type=Path, help="folder of a COCO sample; some files are made without it")
    parser.add_argument("--folder", type=Path, help="where all files are kept; must not be there yet")
    return parser.parse_args()


if __name__ == "__main__":
    arguments = parse_arguments()
    if arguments.folder is None:
        with tempfile.TemporaryDirectory(prefix="seed-document-", ignore_cleanup_errors=True) as made:
            asyncsdk.run(main(arguments.coco, Path(made)))
    else:
        arguments.folder.mkdir(parents=True)
        asyncsdk.run(main(arguments.coco, arguments.folder))
