"""What each argument of an export does to the file, built by the platform and built here."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

import asyncsdk
from asyncsdk import AnnotationFileType, AnnotationStatus
from asyncsdk.errors import InvalidArgumentError


@pytest.fixture
async def version(any_client):
    return await (await any_client.create_dataset("birds")).create_version("v1", type="object_detection")


@pytest.fixture
async def assets(any_org, version, fill, annotate):
    """Assets by name; `a.png` and `b.png` have one box each, accepted on `b.png`, and `c.png` none."""
    await fill(any_org, version, ["a.png", "b.png", "c.png"], width=64, height=48)
    found = {asset.filename: asset for asset in await version.list_assets()}
    label = await version.create_label("cat")
    await annotate(version, {found["a.png"].id: boxes(label, 1)})
    await annotate(version, {found["b.png"].id: boxes(label, 2)}, status="ACCEPTED")
    return found


def boxes(label, x):
    return {"rectangles": [{"label_id": label.id, "x": x, "y": 2, "w": 3, "h": 4}]}


@pytest.fixture(params=["there", "here"])
def coco_of(request, tmp_path):
    """A function that exports COCO, once by the platform and once here, and says the first x by file name."""

    async def export(version, **options):
        if request.param == "there":
            path = await version.export_annotation_file("COCO", tmp_path, **options)
        else:
            path = (await version.build_coco_file_locally(**options)).write(tmp_path / "coco.json")
        said = json.loads(path.read_bytes())
        names = {one["id"]: one["file_name"] for one in said["images"]}
        return {names[one["image_id"]]: one["bbox"][0] for one in said["annotations"]}

    return export


@pytest.mark.seed("export_annotation_file", "annotation_file_type", "target_path", "return")
async def test_the_types_of_files(version, assets, tmp_path):
    for kind, wanted in (
        (AnnotationFileType.COCO, None),
        (AnnotationFileType.YOLO, {"a.txt", "b.txt", "data.yaml"}),
        (AnnotationFileType.PASCAL_VOC, {"a.xml", "b.xml"}),
    ):
        for said in (kind, kind.value, kind.value.lower()):
            path = await version.export_annotation_file(said, tmp_path / kind)
            assert isinstance(path, Path)
            assert path.is_relative_to(tmp_path / kind)
            if wanted is None:
                assert {one["file_name"] for one in json.loads(path.read_bytes())["images"]} == {
                    "a.png", "b.png",
                }  # fmt: skip
            else:
                assert set(zipfile.ZipFile(path).namelist()) == wanted


@pytest.mark.seed("export_annotation_file", "target_path")
async def test_without_a_target_the_file_lies_in_the_current_folder(version, assets, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    path = await version.export_annotation_file("COCO")
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path.resolve()]
    monkeypatch.setenv("HOME", str(tmp_path))
    assert (await version.export_annotation_file("COCO", "~/mine")).is_relative_to(tmp_path / "mine")


@pytest.mark.seed("export_annotation_file", "assets")
@pytest.mark.seed("build_coco_file_locally", "assets")
async def test_only_some_assets(version, assets, coco_of):
    assert await coco_of(version) == {"a.png": 1, "b.png": 2}
    assert await coco_of(version, assets=[assets["b.png"], assets["c.png"]]) == {"b.png": 2}
    assert await coco_of(version, assets=await version.list_assets(filenames=["a.png"])) == {"a.png": 1}
    assert await coco_of(version, assets=[]) == {}
    assert await coco_of(version, assets=assets["a.png"]) == {"a.png": 1}
    assert await coco_of(version, assets=iter(assets.values())) == {"a.png": 1, "b.png": 2}


@pytest.mark.seed("export_annotation_file", "status")
@pytest.mark.seed("build_coco_file_locally", "status")
async def test_only_a_status(version, assets, coco_of):
    for status, wanted in (
        (AnnotationStatus.ACCEPTED, {"b.png": 2}), ("accepted", {"b.png": 2}), ("PENDING", {"a.png": 1}),
        (AnnotationStatus.REFUSED, {}), (None, {"a.png": 1, "b.png": 2}),
    ):  # fmt: skip
        assert await coco_of(version, status=status) == wanted


@pytest.mark.seed("export_annotation_file", "worker")
@pytest.mark.seed("build_coco_file_locally", "worker")
async def test_only_a_worker_or_else_the_last_created_annotation(
    client, org, fill, annotate, add_worker, coco_of
):
    dataset = await client.create_dataset("crowd")
    version = await dataset.create_version("v1", type="object_detection")
    await fill(org, version, ["a.png", "b.png"], width=64, height=48)
    a, b = (await version.list_assets(order_by=["filename"])).ids
    label = await version.create_label("cat")
    me, other, idle = await dataset.find_worker(org.username), *[await add_worker(org, dataset) for _ in "ab"]
    await annotate(version, {b: boxes(label, 3)}, worker=other)
    await annotate(version, {a: boxes(label, 1), b: boxes(label, 2)}, worker=me)
    await annotate(version, {a: boxes(label, 4)}, worker=other)
    assert await coco_of(version) == {"a.png": 4, "b.png": 2}
    assert await coco_of(version, worker=me) == {"a.png": 1, "b.png": 2}
    assert await coco_of(version, worker=other) == {"a.png": 4, "b.png": 3}
    assert await coco_of(version, worker=idle) == {}


@pytest.mark.seed("export_annotation_file", "use_id")
@pytest.mark.seed("build_coco_file_locally", "use_id")
@pytest.mark.seed("download", "use_id")
async def test_ids_are_the_names_of_files_downloaded_by_id(
    any_client, version, annotate, images, coco_of, tmp_path
):
    lake = await any_client.get_datalake()
    await version.add_data(await lake.upload_data(images), wait=True)
    label = await version.create_label("cat")
    await annotate(version, dict.fromkeys((await version.list_assets()).ids, boxes(label, 1)))
    report = await version.download(tmp_path / "images", use_id=True)
    assert set(await coco_of(version, use_id=True)) == {path.name for path in report.downloaded}
    assert set(await coco_of(version)) == {path.name for path in images}


async def test_what_is_no_path_to_write_to(client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    version = await (await client.create_dataset("birds")).create_version("v1")
    os.mkfifo(tmp_path / "pipe")
    for path in ("", "/", "pipe", "a\0b", "\ud800"):
        with pytest.raises(InvalidArgumentError, match=r"^path: "):
            await version.write_coco_file(path)
    for path in ("a\0b", "\ud800"):
        for write in (version.write_voc_files, version.write_yolo_files):
            with pytest.raises(InvalidArgumentError, match=r"^target_path: "):
                await write(path)
        with pytest.raises(InvalidArgumentError, match=r"^target_path: "):
            await version.export_annotation_file("COCO", path)
    assert list(tmp_path.iterdir()) == [tmp_path / "pipe"]
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.seed("build_coco_file_locally", "return")
async def test_a_built_file_can_be_written(version, assets, tmp_path):
    file = await version.build_coco_file_locally()
    assert isinstance(file, asyncsdk.COCOFile)
    assert json.loads(file.write(tmp_path / "coco.json").read_bytes())["categories"][0]["name"] == "cat"
