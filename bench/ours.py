"""asyncsdk at the work of the benches, as a user would call it. Run by `rounds.py`:

python bench/ours.py WORK ORIGIN FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from measure import measured
from replay_ids import VERSION

import asyncsdk
from asyncsdk import Client, DatasetVersion


async def list_by_cursor(client: Client, version: DatasetVersion, folder: Path) -> int:
    return len(await version.list_assets())


list_by_offset = list_by_cursor


async def iterate(client: Client, version: DatasetVersion, folder: Path) -> int:
    count = 0
    async for _ in version.iter_assets():
        count += 1
    return count


async def load_boxes(client: Client, version: DatasetVersion, folder: Path) -> int:
    return sum(len(found) for found in (await version.load_annotations()).values())


async def load_polygons(client: Client, version: DatasetVersion, folder: Path) -> int:
    return sum(len(found) for found in (await version.load_annotations(chunk_size=10)).values())


async def download_small(client: Client, version: DatasetVersion, folder: Path) -> int:
    return (await version.download(folder / "out", progress=False)).bytes


download_large = download_small


async def upload(client: Client, version: DatasetVersion, folder: Path) -> int:
    datalake = await client.get_datalake()
    return len(await datalake.upload_data(folder / "images", progress=False))


async def build_coco(client: Client, version: DatasetVersion, folder: Path) -> int:
    return len((await version.build_coco_file_locally()).annotations)


async def write_coco(client: Client, version: DatasetVersion, folder: Path) -> int:
    await version.write_coco_file(folder / "out" / "coco.json")
    return (folder / "out" / "coco.json").stat().st_size


async def import_coco(client: Client, version: DatasetVersion, folder: Path) -> int:
    return sum((await version.import_annotations_coco_file(folder / "coco.json")).values())


async def main(work: str, origin: str, folder: str) -> None:
    async with Client(origin, "token") as client:
        version = await client.get_dataset_version_by_id(VERSION)
        result: dict[str, float] = {}
        with measured(result):
            result["count"] = await globals()[work](client, version, Path(folder))


if __name__ == "__main__":
    asyncsdk.run(main(*sys.argv[1:4]))
