"""Exports for other people's readers, and the report of what these made of them (`--readers-report FILE`)."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import platform as machine
import shutil
import subprocess
import zipfile
from pathlib import Path
from uuid import uuid4

import attrs
import coco_made
import pytest
from coco_oracle import outcome, read
from PIL import Image

import asyncsdk

HEAD = """\
# Readers

What other people's readers make of our exports: images and a COCO file are imported into a version, exported by
the platform as COCO, Pascal VOC and YOLO, and read; what must come out is worked out from the file that was
imported. `made` are files that the tests write, `sample` is a sample of COCO 2017, where it lies beside the
project. Made by `nox -s readers`.

{facts}

The platform writes Pascal VOC coordinates as edges counted from 0. supervision takes them for pixels counted from 1,
as in the files of the VOC challenges, so its boxes begin one pixel further left and up; the tests know that. Nothing
of ultralytics is installed: its documented rules for `data.yaml` and label files are checked independently.

| reader | source and type of the version | result |
| --- | --- | --- |
"""
PACKAGES = ("supervision", "torch", "torchvision", "pycocotools", "numpy", "pillow")


def pytest_addoption(parser):
    parser.addoption("--readers-report", type=Path, help="file to write the outcome to")


def pytest_terminal_summary(terminalreporter, config):
    path = config.getoption("--readers-report", None)
    if path is None:
        return
    lines, counts = [], {}
    for result in ("passed", "failed", "error", "skipped"):
        for one in terminalreporter.stats.get(result, ()):
            name, _, parameters = one.location[2].partition("[")
            lines.append(f"| {name.removeprefix('test_')} | {parameters.rstrip(']')} | {result} |")
            counts[result] = counts.get(result, 0) + 1
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(facts=_facts(counts)) + "\n".join([*sorted(lines), ""]))


def _facts(counts):
    commit = _git("rev-parse", "--short", "HEAD")
    changed = " with changes" if _git("status", "--porcelain", "--", "asyncsdk") else ""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    results = ", ".join(f"{count} {result}" for result, count in counts.items())
    return (
        f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC, commit {commit}{changed}, Python "
        f"{machine.python_version()}, {machine.system()}; {versions}: {results}."
    )


def _git(*arguments):
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() or ("unknown" if done.returncode else "")


@attrs.frozen
class Source:
    """A COCO file and its images."""

    path: Path
    images: list[Path]


@attrs.frozen
class Exported:
    """What was exported, beside a folder of the images."""

    content: dict
    """Of the file that was imported."""

    shapes: dict
    """Image name to what must be there: kinds of shapes and the annotations that they are made of."""

    images: Path
    coco: Path
    voc: Path
    yolo: Path

    def size(self, name):
        return next(
            (one["width"], one["height"]) for one in self.content["images"] if one["file_name"] == name
        )

    def label(self, annotation):
        return next(
            one["name"] for one in self.content["categories"] if one["id"] == annotation["category_id"]
        )


@pytest.fixture(params=["made", "sample"])
def source(request, tmp_path):
    """A function that gives a COCO file with its images: `source("objects")` or `source("poses")`."""
    if request.param == "sample":
        images = request.getfixturevalue("coco_images")
        folder = request.getfixturevalue("coco_annotations")
        names = {"objects": "instances.json", "poses": "person_keypoints.json"}
        return lambda name: Source(folder / names[name], images)

    def make(name):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(coco_made.FILES[name]), "utf-8")
        paths = []
        for number, image in enumerate(coco_made.FILES[name]["images"]):
            paths.append(tmp_path / image["file_name"])
            Image.new("RGB", (image["width"], image["height"]), (60 * number, 90, 200)).save(paths[-1])
        return Source(path, paths)

    return make


@pytest.fixture
async def export(org, source, tmp_path):
    """A function that imports a file into a version of a type and exports it in every format."""

    async def make(kind):
        given = source("poses" if kind == "KEYPOINT" else "objects")
        async with asyncsdk.Client(org.host, org.token, organization=org.name) as client:
            lake = await client.get_datalake()
            data = await lake.upload_data(given.images, progress=False)
            version = await (await client.create_dataset(f"readers {uuid4()}")).create_version(
                "v1", type=kind
            )
            await (await version.add_data(data)).wait(poll_s=0.01)
            await version.import_annotations_coco_file(given.path, progress=False)
            files = {
                name: await version.export_annotation_file(name, tmp_path / "exports")
                for name in ("COCO", "PASCAL_VOC", "YOLO")
            }
        content = read(given.path)
        exported = Exported(
            content,
            outcome(content, kind).shapes,
            tmp_path / "images",
            files["COCO"],
            tmp_path / "voc",
            tmp_path / "yolo",
        )
        for name, folder in (("PASCAL_VOC", exported.voc), ("YOLO", exported.yolo)):
            with zipfile.ZipFile(files[name]) as archive:
                archive.extractall(folder)
        exported.images.mkdir()
        for image in given.images:
            if image.name in exported.shapes:
                shutil.copy(image, exported.images)
        return exported

    return make
