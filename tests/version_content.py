"""A dataset version with some of everything, and everything that a version says, in names instead of ids."""

from __future__ import annotations

from typing import Any

from asyncsdk.wire import routes

__all__ = ["content_of", "fill_version"]

_ON_ALL = {"text": "so", "attributes": {"dirty": True}}
SHAPES: dict[str, list[dict[str, Any]]] = {
    "rectangles": [{"x": 1, "y": 2, "w": 3, "h": 2}, {"x": 2, "y": 2, "w": 1, "h": 2}],
    "polygons": [{"polygon": [[0, 0], [4, 0], [4, 3]], "instance": 1}],
    "lines": [{"line": [[0, 0], [6, 4]]}],
    "points": [{"point": [5, 4], "order": 3}],
    "classifications": [{}],
    "keypoints": [{"keypoints": [[0, 0.5, 2], [1, 1, 0]]}],
    "masks": [{"mask": "d04h0"}],
}
"""Shapes of each kind."""

TRACK: dict[str, Any] = {
    "start_frame_index": 2,
    "rectangle_keyframes": [{"x": 1, "y": 2, "w": 3, "h": 4, "frame_index": 0}],
    "polygon_keyframes": [],
    "end_keyframes": [{"frame_index": 8}],
}


async def fill_version(api: Any, version: str, worker: str) -> None:
    """Give its assets tags, labels in groups, and annotations of two workers with shapes of every kind."""
    on = {"version": version}
    assets = [item["id"] for item in (await api.call(routes.LIST_ASSETS, **on))["items"]][::-1]
    for name, tagged in {"night": assets[::2], "rain": assets[::3], "unused": []}.items():
        tag = await api.call(routes.CREATE_ASSET_TAG, {"name": name}, **on, expect=201)
        await api.call(routes.ATTACH_TAG, tagged, tag=tag["id"])
    labels = await _add_labels(api, version)
    rules = {"attributes": {"weather": {"input_type": "STRING"}}}
    await api.call(routes.SET_VERSION_ATTRIBUTES, rules, **on)
    elements = []
    for number, asset in enumerate(assets[:-1]):
        label = labels[number % len(labels)]
        shapes = {
            kind: [{**own, **_ON_ALL, "label_id": label} for own in owns] for kind, owns in SHAPES.items()
        }
        tracks = [{**TRACK, **_ON_ALL, "label_id": label}] if number % 2 else []
        more = {"attributes": {"weather": f"w{number}"}, "tracks": tracks}
        elements.append({"asset_id": asset, **shapes, **more})
    await _bulk(api, version, elements, status="ACCEPTED")
    await _bulk(api, version, elements[1::2], status="PENDING", worker_id=worker)
    await api.call(routes.CREATE_ANNOTATION, {"duration": 7.5}, asset=assets[-1], expect=201)


async def _bulk(api: Any, version: str, elements: list[Any], **fields: Any) -> None:
    body = {"import_type": "REPLACE", "annotations": elements, **fields}
    await api.call(routes.BULK_ANNOTATIONS, body, version=version)


async def _add_labels(api: Any, version: str) -> list[str]:
    """Labels at the top, in a group and in a group inside of it; a parent that is younger than its child."""
    on = {"version": version, "expect": 201}
    inner = (await api.call(routes.CREATE_LABEL_GROUP, {"name": "large"}, **on))["id"]
    outer = (await api.call(routes.CREATE_LABEL_GROUP, {"name": "vehicles"}, **on))["id"]
    await api.call(routes.UPDATE_LABEL_GROUP, {"parent_id": outer}, group=inner)
    await api.call(routes.CREATE_LABEL_GROUP, {"name": "large"}, **on)
    labels = [
        (await api.call(routes.CREATE_LABEL, {"name": name}, **on))["id"] for name in ("car", "bus", "cat")
    ]
    for label, group in zip(labels, (outer, inner), strict=False):
        await api.call(routes.UPDATE_LABEL, {"group_id": group}, label=label)
    for label in labels:
        await api.call(routes.SET_SKELETON, {"vertices": ["front", "rear"], "edges": [[1, 2]]}, label=label)
        dirty = {"attributes": {"dirty": {"input_type": "BOOLEAN"}}}
        await api.call(routes.SET_LABEL_ATTRIBUTES, dirty, label=label)
    return labels


async def content_of(api: Any, version: str) -> dict[str, Any]:
    """Return all that a version says; two versions of one content give the same."""
    on = {"version": version}
    page = await api.call(routes.FILTER_ASSETS, {}, **on)
    assets = {item["id"]: item["data"]["id"] for item in page["items"]}
    assert page["count"] == len(assets)
    tags = {}
    for asset, data in assets.items():
        tags[data] = [tag["name"] for tag in (await api.call(routes.GET_ASSET, asset=asset))["tags"]]
    annotations: dict[str, list[Any]] = {}
    ids = await api.call(routes.LIST_ANNOTATION_IDS, **on)
    for one in await api.call(routes.LOAD_ANNOTATIONS, ids, **on):
        annotations.setdefault(assets[one["asset_id"]], []).append(_without_ids(one))
    return {
        "assets": [*assets.values()],
        "tags": tags,
        "labels": await _labels_of(api, version),
        "attributes": await api.call(routes.GET_VERSION_ATTRIBUTES, **on),
        "annotations": annotations,
        "stats": await api.call(routes.GET_STATS, **on),
    }


async def _labels_of(api: Any, version: str) -> dict[str, Any]:
    groups = (await api.call(routes.LIST_LABEL_GROUPS, version=version))["items"]
    names = {None: None} | {group["id"]: group["name"] for group in groups}
    labels: dict[str, Any] = {"": [(group["name"], names[group["parent_id"]]) for group in groups]}
    for label in (await api.call(routes.LIST_LABELS, version=version))["items"]:
        attributes = await api.call(routes.GET_LABEL_ATTRIBUTES, label=label["id"])
        skeleton = await api.call(routes.GET_SKELETON, label=label["id"])
        labels[label["name"]] = names[label["group_id"]], skeleton, attributes
    return labels


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        left = ("id", "asset_id", "created_at")
        return {name: _without_ids(inner) for name, inner in value.items() if name not in left}
    return [_without_ids(inner) for inner in value] if isinstance(value, list) else value
