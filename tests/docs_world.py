"""What the examples of a page talk about: a version with annotated assets, people, a campaign, a context.

An example may use each name below without a word; it is made when it is first used on a page.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from uuid import uuid4

import orjson
from PIL import Image

import asyncsdk
from asyncsdk.enums import ProcessingTargetType
from asyncsdk.processings import Context
from asyncsdk.server.services import organizations

TYPES = {"docs/folders.md": "classification"}
"""Pages whose version is not of type `object_detection`."""

BARE = ("docs/quickstart.md",)
"""Pages that annotate by themselves."""

IMAGES = 6


def make_files(folder: Path) -> None:
    """Make the local files that examples name."""
    photos = folder / "photos"
    photos.mkdir()
    (folder / "birds" / "v1").mkdir(parents=True)
    for number in range(IMAGES):
        size = (40 + number, 30 + number)
        Image.new("RGB", size, (number * 40, 90, 200)).save(photos / f"image-{number}.png")
    (photos / "notes.txt").write_text("no image")
    boxes = [{"id": 1, "image_id": 0, "category_id": 0, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0}]
    images = [{"id": 0, "file_name": "image-0.png", "width": 40, "height": 30}]
    coco = {"categories": [{"id": 0, "name": "bird"}], "images": images, "annotations": boxes}
    (folder / "instances.json").write_bytes(orjson.dumps(coco))


class World:
    """Makes what examples name, each once; the current folder has the files of `make_files`."""

    def __init__(self, page, platform, client):
        self._page = page
        self._platform = platform
        self._known = {"client": client, "asyncsdk": asyncsdk, "folder": "photos/"}

    def has(self, name):
        return name in self._known or (not name.startswith("_") and name in vars(World) and name != "get")

    async def get(self, name):
        if name not in self._known:
            self._known[name] = await getattr(self, name)()
        return self._known[name]

    async def datalake(self):
        return await (await self.get("client")).get_datalake()

    async def connector(self):
        return (await self.get("datalake")).connector_id

    async def data(self):
        return await (await self.get("datalake")).upload_data("photos/", progress=False)

    async def dataset(self):
        return await (await self.get("client")).create_dataset(f"dataset {uuid4()}")

    async def version(self):
        """A version with a box (or a classification) on each asset."""
        version = await self._new_version("v1")
        await version.add_data(await self.get("data"), tags=["night", "dog", "cat"], wait=True)
        if self._page in BARE:
            return version
        label = await version.create_label("car")
        for asset in await version.list_assets():
            annotation = await asset.create_annotation()
            if version.type == "CLASSIFICATION":
                await annotation.create_classification(label)
            else:
                await annotation.create_rectangle(1, 2, 8, 9, label)
        return version

    async def versions(self):
        return [await self.get("version")]

    async def first(self):
        return await self.get("version")

    async def second(self):
        version = await self._new_version("v2")
        await version.add_data(await self.get("data"), wait=True)
        return version

    async def ada(self):
        return await self._new_worker("ada")

    async def bob(self):
        return await self._new_worker("bob")

    async def eve(self):
        return await self._new_worker("eve")

    async def me(self):
        client = await self.get("client")
        return (await client.list_users(client.username))[0]

    async def campaign(self):
        return await (await self.get("version")).get_campaign()

    async def context(self):
        client, version = await self.get("client"), await self.get("version")
        return Context(
            job_id=str(uuid4()), organization_id=client.id, host=self._platform.url,
            api_token=self._platform.token, target_type=ProcessingTargetType.DATASET_VERSION,
            target_id=version.id, ids=None, parameters={"tag": "seen"}, inputs={}, cpu=0, gpu=0,
        )  # fmt: skip

    async def _new_version(self, name):
        kind = TYPES.get(self._page, "object_detection")
        return await (await self.get("dataset")).create_version(name, type=kind)

    async def _new_worker(self, name):
        def work():
            yield from organizations.add_user(name)
            yield from organizations.add_member("local", name)

        with contextlib.suppress(asyncsdk.ConflictError):
            self._platform.write(work())
        return await (await self.get("dataset")).find_worker(name)
