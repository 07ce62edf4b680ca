"""What the replay server knows: assets, annotations and files, encoded once and kept."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import orjson
from replay_ids import JOB, LABEL, LAKE, WORKER, annotation_id, asset_id

MANY = 100_000
"""Assets that differ."""


def head(status: int, length: int, more: str = "Content-Type: application/json\r\n") -> bytes:
    reason = {200: "OK", 201: "Created", 204: "No Content", 404: "Not Found", 429: "Too Many Requests"}[
        status
    ]
    return f"HTTP/1.1 {status} {reason}\r\nContent-Length: {length}\r\n{more}\r\n".encode()


def answer(value: object, status: int = 200) -> bytes:
    body = value if isinstance(value, bytes) else orjson.dumps(value)
    return head(status, len(body)) + body


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
            shapes["rectangles"] = [
                own | {"x": 10 * n, "y": 20, "w": 30, "h": 40} for n in range(1, self.options.boxes + 1)
            ]
        return shapes
