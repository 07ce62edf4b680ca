"""A server that answers from memory, so that a bench measures the client alone.

    python bench/replay.py [--latency-ms 30] [--assets 100000] …

It prints its URL and serves what the published client, asyncsdk and a bare loop need: a listing of assets,
annotations, an import, downloads and uploads. Answers are encoded once and kept; a request costs a table
look-up. HTTP is spoken by hand on an event loop's protocol, as any framework would cost more than the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import signal
from collections.abc import Callable, Iterable
from typing import cast
from urllib.parse import parse_qs, unquote

import orjson
import uvloop

ORGANIZATION, CONNECTOR, LAKE, DATASET, VERSION, LABEL, WORKER, JOB = (
    f"01890000-0000-7000-8000-{number:012x}" for number in range(1, 9)
)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)

MANY = 100_000
"""Assets that differ."""

Answer = bytes | list[bytes]
Handler = Callable[["World", dict[str, str], bytes, "re.Match[str]"], Answer]


def asset_id(number: int) -> str:
    return f"01890000-0000-7000-9000-{number:012x}"


def annotation_id(number: int) -> str:
    return f"01890000-0000-7000-a000-{number:012x}"


def head(status: int, length: int, more: str = "Content-Type: application/json\r\n") -> bytes:
    reason = {200: "OK", 201: "Created", 204: "No Content", 404: "Not Found", 429: "Too Many Requests"}[
        status
    ]
    return f"HTTP/1.1 {status} {reason}\r\nContent-Length: {length}\r\n{more}\r\n".encode()


def answer(value: object, status: int = 200) -> bytes:
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    return head(status, len(body)) + body


TOO_MANY = head(429, 2) + b"{}"


class World:
    """What the server knows; every answer that can be kept is."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.origin = ""
        self.kept: dict[object, bytes] = {}
        self.file = bytes(range(256)) * (options.file_bytes // 256 + 1)
        self.file = self.file[: options.file_bytes]
        self.file_answer = [
            head(200, len(self.file), 'Content-Type: image/jpeg\r\nETag: "constant"\r\n'),
            self.file,
        ]
        self.uploaded = 0
        self.busy = 0
        self.shapes = self._shapes()

    def keep(self, key: object, make: Callable[[], object]) -> bytes:
        if key not in self.kept:
            self.kept[key] = answer(make())
        return self.kept[key]

    def data(self, number: int) -> dict[str, object]:
        identity = asset_id(number).replace("-9000-", "-b000-")
        return {
            "id": identity,
            "object_name": f"{identity}/image-{number:06}.jpg",
            "filename": f"image-{number:06}.jpg",
            "type": "IMAGE",
            "content_type": "image/jpeg",
            "upload_status": "DONE",
            "meta": {"width": 640, "height": 480},
            "presigned_url": f"{self.origin}/file/{number}?X-Amz-Signature={'0123456789abcdef' * 4}",
            "metadata": {
                "acquired_at": "2026-01-31T08:00:00",
                "weather": "cloudy",
                "reference": f"R{number}",
            },
            "custom_metadata": None,
            "datalake_id": LAKE,
            "created_at": "2026-01-31T08:00:00.000000+00:00",
        }

    def asset(self, number: int) -> dict[str, object]:
        tag = {"id": LABEL, "name": "train", "target_type": "ASSET"}
        return {"id": asset_id(number), "data": self.data(number), "tags": [tag]}

    def page(self, start: int, size: int) -> bytes:
        """Return a page; assets of a large listing are those of its first hundred thousand again."""
        total = self.options.assets
        end = min(start + size, total)
        key = ("assets", start % MANY, end - start)
        if key not in self.kept:
            first = start % MANY
            self.kept[key] = orjson.dumps(
                [self.asset(number) for number in range(first, first + end - start)]
            )
        more = f'"{end}"' if end < total else "null"
        return b'{"items":%b,"count":%d,"next_cursor":%b}' % (self.kept[key], total, more.encode())

    def annotation(self, number: int) -> dict[str, object]:
        return {
            "id": annotation_id(number),
            "asset_id": asset_id(number),
            "worker_id": WORKER,
            "duration": 1.5,
            "status": "PENDING",
            "created_at": "2026-01-31T08:00:00.000000+00:00",
            "attributes": None,
            **self.shapes,
        }

    def _shapes(self) -> dict[str, list[object]]:
        shapes: dict[str, list[object]] = {
            name: []
            for name in ("classifications", "rectangles", "polygons", "lines", "points", "keypoints", "masks")
        }
        own = {"id": JOB, "label": "car", "label_id": LABEL, "text": None, "attributes": None}
        if self.options.polygons:
            outline = [[10 + point, 20 + point * point % 97] for point in range(40)]
            shapes["polygons"] = [own | {"polygon": outline, "area": 512.5} for _ in range(5)]
        else:
            shapes["rectangles"] = [own | {"x": 10 * n, "y": 20, "w": 30, "h": 40} for n in range(1, 6)]
        return shapes


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


def annotations(world: World, query: dict[str, str], body: bytes, found: re.Match[str]) -> Answer:
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
        ("XGET", r"/api/dataset/version/[^/]+/annotations", annotations),
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


class Connection(asyncio.Protocol):
    """One client's connection: requests come in, answers go out after the latency."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.buffer = bytearray()
        self.head: tuple[str, str] | None = None
        self.missing = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._take_request():
            pass

    def _take_request(self) -> bool:
        if self.head is None:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            line = self.buffer[: self.buffer.find(b"\r\n")].decode("latin-1")
            length = _LENGTH.search(self.buffer, 0, end + 2)
            self.missing = int(length[1]) if length else 0
            method, target, _ = line.split(" ", 2)
            self.head = method, target
            del self.buffer[: end + 4]
        if len(self.buffer) < self.missing:
            return False
        body = bytes(self.buffer[: self.missing])
        del self.buffer[: self.missing]
        method, target = self.head
        self.head = None
        self._answer(method, target, body)
        return True

    def _answer(self, method: str, target: str, body: bytes) -> None:
        path, _, query = target.partition("?")
        reply: Answer = head(404, 2) + b"{}"
        for wanted, pattern, handler in ROUTES:
            if wanted == method and (found := pattern.fullmatch(unquote(path))):
                reply = handler(self.world, parameters(query), body, found)
                break
        else:
            print(f"no route: {method} {target}", flush=True)
        options = self.world.options
        if options.capacity and self.world.busy >= options.capacity and not path.endswith("/ping"):
            self._send(TOO_MANY)
        elif options.latency_ms:
            self.world.busy += 1
            asyncio.get_running_loop().call_later(options.latency_ms / 1000, self._finish, reply)
        else:
            self._send(reply)

    def _finish(self, reply: Answer) -> None:
        self.world.busy -= 1
        self._send(reply)

    def _send(self, reply: Answer) -> None:
        if not self.transport.is_closing():
            for part in reply if isinstance(reply, list) else [reply]:
                self.transport.write(part)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency-ms", type=float, default=0.0, help="what each answer waits")
    parser.add_argument("--assets", type=int, default=1000, help="how many assets, each with an annotation")
    parser.add_argument("--file-bytes", type=int, default=60_000, help="size of each file")
    parser.add_argument(
        "--polygons", action="store_true", help="annotations of five polygons, not of five boxes"
    )
    parser.add_argument(
        "--cursors", action="store_true", help="let asyncsdk walk by cursor, as the published client does"
    )
    parser.add_argument("--capacity", type=int, default=0, help="requests at once; others get a 429")
    parser.add_argument("--keys", action="store_true", help="honour idempotency keys, as our platform does")
    return parser.parse_args()


async def main() -> None:
    world = World(options())
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(world), "127.0.0.1", 0, backlog=1024)
    world.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    print(world.origin, flush=True)
    await stop.wait()


if __name__ == "__main__":
    uvloop.run(main())
