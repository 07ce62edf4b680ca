"""Versions to import into, files to import, and what is there afterwards."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest


@pytest.fixture(autouse=True)
def state(monkeypatch, tmp_path):
    """The folder where clients keep unfinished imports."""
    monkeypatch.setenv("ASYNCSDK_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def make_version(any_client, any_org, fill):
    """A function that makes a version with assets of 640 x 480: `await make_version("mask", "a.png", …)`."""

    async def make(kind, *names, **columns):
        dataset = await any_client.create_dataset(f"birds {uuid4()}")
        version = await dataset.create_version("v1", type=kind)
        if names:
            await fill(any_org, version, names, **{"width": 640, "height": 480} | columns)
        return version

    return make


@pytest.fixture
def version_of(client, org, fill):
    """A function that makes a version with the images of a COCO file: `await version_of("MASK", content)`."""

    async def make(kind, content):
        images = {one["file_name"]: one for one in content["images"]}
        sizes = {side: lambda name, side=side: images[name][side] for side in ("width", "height")}
        version = await (await client.create_dataset(f"birds {uuid4()}")).create_version("v1", type=kind)
        await fill(org, version, list(images), **sizes)
        return version

    return make


@pytest.fixture
def shapes_by_name():
    """A function that gives all that is annotated, by file name and kind of shape, without ids and sizes."""
    kinds = ("classifications", "rectangles", "polygons", "keypoints", "masks", "tracks")
    left_out = {"id", "area", "bbox"}

    def bare(shape):
        return {key: value for key, value in shape.items() if key not in left_out and value is not None}

    async def shapes(version):
        names = {asset.id: asset.filename for asset in await version.list_assets()}
        return {
            names[asset]: {
                kind: [bare(one) for one in found[0][kind]] for kind in kinds if found[0].get(kind)
            }
            for asset, found in (await version.load_annotations()).items()
        }

    return shapes


@pytest.fixture
def box():
    """A rectangle as it is loaded: `box(x, y, w, h, label)`."""
    return lambda x, y, w, h, label="cat", **more: {"label": label, "x": x, "y": y, "w": w, "h": h} | more


@pytest.fixture
def coco(tmp_path):
    """A function that writes a COCO file: image id to name, and annotations as dicts."""

    def write(images, *annotations, categories=("cat", "dog"), name="coco.json", **more):
        listed = [
            {"id": number, "name": one} if isinstance(one, str) else {"id": number} | one
            for number, one in enumerate(categories, start=1)
        ]
        found = [
            {"id": number, "image_id": 1, "category_id": 1} | one
            for number, one in enumerate(annotations, start=1)
        ]
        images = (
            [{"id": number, "file_name": one} for number, one in images.items()]
            if isinstance(images, dict)
            else images
        )
        path = tmp_path / name
        path.write_text(
            json.dumps({"images": images, "annotations": found, "categories": listed} | more), "utf-8"
        )
        return path

    return write
