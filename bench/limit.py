"""The practical limit: bare loops over aiohttp, uvloop and orjson.

They return plain dicts and write files without any care: no validation, no retries, no temporary names, and
garbage is collected as rarely as in asyncsdk. The requests are those of the published client. Run by `rounds.py`:

    python bench/limit.py WORK ORIGIN FOLDER [IN_FLIGHT]
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import uvloop
from measure import measured
from replay_ids import CONNECTOR, LAKE, ORGANIZATION, VERSION

IN_FLIGHT = int(sys.argv[4]) if len(sys.argv) > 4 else 64
HEADERS = {"Authorization": "Bearer token", "Content-Type": "application/json"}
FORM = {"Content-Type": "multipart/form-data; boundary=limit"}
ASSETS = f"/api/dataset/version/{VERSION}/assets"
ANNOTATIONS = f"/api/dataset/version/{VERSION}/annotations"


async def ask(session: aiohttp.ClientSession, method: str, path: str, body: Any = None) -> Any:
    data = None if body is None else orjson.dumps(body)
    async with session.request(method, path, data=data, headers=HEADERS) as response:
        response.raise_for_status()
        return orjson.loads(await response.read())


async def at_once(work: Callable[[Any], Awaitable[Any]], items: Iterable[Any]) -> list[Any]:
    numbered, done = enumerate(items), {}

    async def take() -> None:
        for number, item in numbered:
            done[number] = await work(item)

    await asyncio.gather(*(take() for _ in range(IN_FLIGHT)))
    return [done[number] for number in sorted(done)]


def sliced(items: list[Any], size: int) -> list[list[Any]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


async def list_by_cursor(session: aiohttp.ClientSession, folder: Path) -> int:
    items, cursor = [], ""
    while True:
        page = await ask(session, "GET", f"{ASSETS}?limit=1000{cursor and '&cursor=' + cursor}")
        items += page["items"]
        if not page["next_cursor"]:
            return len(items)
        cursor = page["next_cursor"]


async def list_by_offset(session: aiohttp.ClientSession, folder: Path) -> int:
    first = await ask(session, "GET", f"{ASSETS}?limit=1000&offset=0")
    paths = [f"{ASSETS}?limit=1000&offset={start}" for start in range(1000, first["count"], 1000)]
    pages = await at_once(lambda path: ask(session, "GET", path), paths)
    return len(first["items"]) + sum(len(page["items"]) for page in pages)


async def _loaded(session: aiohttp.ClientSession, size: int) -> list[Any]:
    ids = await ask(session, "GET", f"{ANNOTATIONS}/ids")
    pages = await at_once(lambda chunk: ask(session, "XGET", ANNOTATIONS, chunk), sliced(ids, size))
    return [annotation for page in pages for annotation in page]


async def load_boxes(session: aiohttp.ClientSession, folder: Path) -> int:
    return len(await _loaded(session, 100))


async def load_polygons(session: aiohttp.ClientSession, folder: Path) -> int:
    return len(await _loaded(session, 10))


async def _all_assets(session: aiohttp.ClientSession, names: str, values: list[str]) -> list[Any]:
    pages = await at_once(lambda part: ask(session, "XGET", ASSETS, {names: part}), sliced(values, 1000))
    return [asset for page in pages for asset in page["items"]]


async def _downloads(session: aiohttp.ClientSession, folder: Path, *, large: bool) -> int:
    page = await ask(session, "GET", f"{ASSETS}?limit=1000")
    items = page["items"]
    for start in range(1000, page["count"], 1000):
        items += (await ask(session, "GET", f"{ASSETS}?limit=1000&cursor={start}"))["items"]

    async def fetch(asset: dict[str, Any]) -> int:
        data = asset["data"]
        async with session.get(data["presigned_url"]) as response:
            with (folder / data["filename"]).open("wb") as file:
                if not large:
                    return file.write(await response.read())
                return sum([file.write(chunk) async for chunk in response.content.iter_any()])

    return sum(await at_once(fetch, items))


async def download_small(session: aiohttp.ClientSession, folder: Path) -> int:
    return await _downloads(session, folder, large=False)


async def download_large(session: aiohttp.ClientSession, folder: Path) -> int:
    return await _downloads(session, folder, large=True)


async def upload(session: aiohttp.ClientSession, folder: Path) -> int:
    paths = sorted((folder / "images").iterdir())

    async def send(path: Path) -> Any:
        name = {"filename": path.name, "type": "DATA"}
        place = f"/api/organization/{ORGANIZATION}/connector/{CONNECTOR}/generate_object_name"
        own = await ask(session, "POST", place, name)
        wanted = {"object_name": own["object_name"], "content_type": "image/jpeg"}
        target = await ask(session, "POST", f"/api/object-storage/{CONNECTOR}/generate_presigned_url", wanted)
        fields = target["presigned_url_data"]["fields"] | {"Content-Type": "image/jpeg"}
        head = "".join(
            f'--limit\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
            for field, value in fields.items()
        )
        head += (
            f'--limit\r\nContent-Disposition: form-data; name="file"; filename="{own["object_name"]}"\r\n\r\n'
        )
        form = head.encode() + path.read_bytes() + b"\r\n--limit--\r\n"
        url = target["presigned_url_data"]["url"]
        async with session.post(url, data=form, headers=FORM) as response:
            response.raise_for_status()
        size = {"width": 64, "height": 48}
        data = {
            "type": "IMAGE",
            "filename": path.name,
            "meta": size,
            "tags": [],
            "data_source_id": None,
            **wanted,
        }
        return await ask(session, "POST", f"/api/datalake/{LAKE}/datas", data)

    return len(await at_once(send, paths))


async def build_coco(session: aiohttp.ClientSession, folder: Path) -> int:
    labels = await ask(session, "GET", f"/api/dataset/version/{VERSION}/labels")
    loaded = await _loaded(session, 100)
    assets = await _all_assets(session, "ids", [one["asset_id"] for one in loaded])
    category = {label["name"]: number for number, label in enumerate(labels["items"])}
    numbers = {asset["id"]: number for number, asset in enumerate(assets)}
    images = [
        {"id": numbers[one["id"]], "file_name": one["data"]["filename"], **one["data"]["meta"]}
        for one in assets
    ]
    boxes = [
        {
            "image_id": numbers[one["asset_id"]],
            "category_id": category[box["label"]],
            "bbox": [box["x"], box["y"], box["w"], box["h"]],
            "area": box["w"] * box["h"],
            "iscrowd": 0,
            "segmentation": [],
        }
        for one in loaded
        for box in one["rectangles"]
    ]
    for number, box in enumerate(boxes):
        box["id"] = number
    file = {"images": images, "annotations": boxes, "categories": labels["items"]}
    return len(file["annotations"])


async def import_coco(session: aiohttp.ClientSession, folder: Path) -> int:
    coco = orjson.loads((folder / "coco.json").read_bytes())
    names = [category["name"] for category in coco["categories"]]
    labels = await ask(session, "XGET", f"/api/dataset/version/{VERSION}/bulk-labels", {"names": names})
    label_ids = {
        category["id"]: label["id"] for category, label in zip(coco["categories"], labels, strict=True)
    }
    assets = await _all_assets(session, "filenames", [image["file_name"] for image in coco["images"]])
    ids = {asset["data"]["filename"]: asset["id"] for asset in assets}
    of_image: dict[int, list[Any]] = {image["id"]: [] for image in coco["images"]}
    for one in coco["annotations"]:
        x, y, width, height = map(int, one["bbox"])
        shape = {"x": x, "y": y, "w": width, "h": height, "label_id": label_ids[one["category_id"]]}
        of_image[one["image_id"]].append(shape)
    new = [
        {
            "asset_id": ids[image["file_name"]],
            "rectangles": of_image[image["id"]],
            "polygons": [],
            "classifications": [],
        }
        for image in coco["images"]
    ]

    async def send(chunk: list[Any]) -> Any:
        body = {"import_type": "REPLACE", "annotations": chunk}
        return await ask(session, "POST", f"/api/dataset/version/{VERSION}/bulk-annotations", body)

    return sum(sum(made.values()) for made in await at_once(send, sliced(new, 100)))


async def main(work: str, origin: str, folder: str) -> None:
    gc.set_threshold(50_000, 20, 20)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(origin, connector=connector, auto_decompress=False) as session:
        await ask(session, "GET", "/api/home/ping")
        result: dict[str, float] = {}
        with measured(result):
            result["count"] = await globals()[work](session, Path(folder))


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:4]))
