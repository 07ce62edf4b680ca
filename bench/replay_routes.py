"""What the replay server answers to which request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import parse_qs

import orjson
from replay_ids import CONNECTOR, DATASET, LABEL, LAKE, ORGANIZATION, VERSION, annotation_id
from replay_world import World, answer, head

Answer = bytes | list[bytes]
Handler = Callable[[World, dict[str, str], bytes, "re.Match[str]"], Answer]


def ping(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    ours = ["idempotency"] * world.options.keys + ["shards"] * world.options.cursors
    added = {"asyncsdk": {"capabilities": ours, "version": "replay"}} if ours else {}
    return answer({"sdk_version": "0.0.0", "default_organization": ORGANIZATION, "username": "ada"} | added)


def organization(world: World, *_: object) -> Answer:
    return answer({"id": ORGANIZATION, "name": "local", "default_connector_id": CONNECTOR})


def version(world: World, *_: object) -> Answer:
    kind = "SEGMENTATION" if world.options.polygons else "OBJECT_DETECTION"
    own = {"origin_id": DATASET, "origin_name": "street", "version": "first", "type": kind}
    return answer({"id": VERSION, "annotation_campaign_id": None, "tags": [], **own})


def datalake(world: World, *_: object) -> Answer:
    return answer({"id": LAKE, "name": "default", "connector_id": CONNECTOR})


def assets(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    start = int(query.get("cursor") or query.get("offset") or 0)
    size = int(query.get("limit", "1000"))
    return answer(world.page(start, size))


def some_assets(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    asked = orjson.loads(body)
    names = asked.get("filenames") or asked.get("ids")
    key = ("some", names[0], names[-1], len(names))

    def make() -> dict[str, object]:
        numbers = [
            int(
                re.split(r"[-.]", name)[1] if "image-" in name else name[-12:], 10 if "image-" in name else 16
            )
            for name in names
        ]
        return {"items": [world.asset(number) for number in numbers], "count": len(numbers)}

    return world.keep(key, make)


def annotation_ids(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    wanted = query.get("asset_ids")

    def make() -> list[str]:
        numbers: Iterable[int] = range(world.options.assets)
        if wanted is not None:
            numbers = (int(one[-12:], 16) for one in wanted.split(","))
        return [annotation_id(number) for number in numbers]

    return world.keep(("ids", wanted), make)


def loaded_annotations(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    key = ("annotations", body[:40], len(body))
    return world.keep(key, lambda: [world.annotation(int(one[-12:], 16)) for one in orjson.loads(body)])


def annotation_page(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    start, size = int(query.get("cursor") or query.get("offset") or 0), int(query.get("limit", "1000"))

    def make() -> dict[str, object]:
        end = min(start + size, world.options.assets)
        items = [world.annotation(number) for number in range(start, end)]
        bare = [{name: value for name, value in one.items() if name not in world.shapes} for one in items]
        return {"items": bare, "count": world.options.assets, "next_cursor": None}

    return world.keep(("annotation page", start, size), make)


def labels(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    return answer({"items": [{"id": LABEL, "name": "car"}]})


def bulk_labels(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    return answer([{"id": LABEL, "name": name} for name in orjson.loads(body)["names"]])


def bulk_annotations(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    key = ("bulk", body[:300], len(body))

    def make() -> dict[str, int]:
        asked = orjson.loads(body)["annotations"]
        return {annotation_id(int(one["asset_id"][-12:], 16)): len(one["rectangles"]) for one in asked}

    return world.keep(key, make)


def nothing(world: World, *_: object) -> Answer:
    return answer({"items": []})


def file(world: World, *_: object) -> Answer:
    return world.file_answer


def object_name(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    world.uploaded += 1
    return answer({"object_name": f"{world.uploaded}/{orjson.loads(body)['filename']}"})


def presigned(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    fields = {"key": orjson.loads(body)["object_name"], "policy": "p" * 400, "x-amz-signature": "s" * 64}
    url = f"{world.origin}/storage"
    return answer({"client_type": "minio", "presigned_url_data": {"url": url, "fields": fields}})


def storage(world: World, *_: object) -> Answer:
    return head(204, 0, "")


def new_data(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
    asked = orjson.loads(body)
    world.uploaded += 1
    own = {"filename": asked["filename"], "object_name": asked["object_name"], "tags": []}
    return answer(world.data(world.uploaded) | own, 201)


def parameters(query: str) -> dict[str, str]:
    """Return the parameters of a query; the values of one that is repeated are parted by commas."""
    return {name: ",".join(values) for name, values in parse_qs(query).items()} if query else {}


ROUTES: list[tuple[str, re.Pattern[str], Handler]] = [
    (method, re.compile(pattern), handler)
    for method, pattern, handler in (
        ("GET", r"/api/dataset/version/[^/]+/assets", assets),
        ("XGET", r"/api/dataset/version/[^/]+/assets", some_assets),
        ("XGET", r"/api/dataset/version/[^/]+/annotations", loaded_annotations),
        ("GET", r"/api/dataset/version/[^/]+/annotations/ids", annotation_ids),
        ("GET", r"/api/dataset/version/[^/]+/annotations", annotation_page),
        ("GET", r"/api/dataset/version/[^/]+/labels/skeleton", lambda *_: answer({"items": {}})),
        ("GET", r"/file/\d+", file),
        ("POST", r"/api/organization/[^/]+/connector/[^/]+/generate_object_name", object_name),
        ("POST", r"/api/object-storage/[^/]+/generate_presigned_url", presigned),
        ("POST", r"/storage", storage),
        ("POST", r"/api/datalake/[^/]+/datas", new_data),
        ("POST", r"/api/dataset/version/[^/]+/bulk-annotations", bulk_annotations),
        ("XGET", r"/api/dataset/version/[^/]+/bulk-labels", bulk_labels),
        ("GET", r"/api/dataset/version/[^/]+/labels", labels),
        ("GET", r"/api/dataset/version/[^/]+/labelgroups", nothing),
        ("GET", r"/api/dataset/version/[^/]+/attributes", lambda *_: answer({"attributes": None})),
        ("GET", r"/api/home/ping", ping),
        ("GET", r"/api/organization/[^/]+", organization),
        ("GET", r"/api/organization/[^/]+/datasetversions/find", version),
        ("GET", r"/api/dataset/version/[^/]+", version),
        ("GET", r"/api/organization/[^/]+/datalake", datalake),
    )
]
