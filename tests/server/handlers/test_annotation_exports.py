"""Files of annotations: what is in them, where they lie, and for how long."""

from __future__ import annotations

import io
import json
import zipfile
from uuid import uuid4

import pytest
import yaml

from asyncsdk.server.services.annotation_exporting import ASSETS_PER_BATCH
from asyncsdk.wire import routes


async def annotate(api, version, elements, **more):
    body = {"import_type": "REPLACE", "annotations": elements} | more
    return await api.call(routes.BULK_ANNOTATIONS, body, version=version)


OLD = {"User-Agent": "Picsellia-SDK/6.19.2"}


def box(label, **more):
    return {"rectangles": [{"label_id": label, "x": 1, "y": 2, "w": 3, "h": 4}]} | more


@pytest.fixture
def export(api, session):
    """A function that exports, and gives the object's name and its bytes."""

    async def export(version, kind="COCO", headers=None, **body):
        sent = {"type": kind, "export_video": False} | body
        answer = await api.call(routes.EXPORT_ANNOTATIONS, sent, version=version, headers=headers)
        async with session.get(answer["presigned_url"]) as response:
            assert response.status == 200
            assert int(response.headers["Content-Length"]) > 0
            return answer["object_name"], await response.read()

    return export


def members(content):
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return {name: archive.read(name).decode() for name in archive.namelist()}


async def test_an_empty_version_gives_valid_files_with_nothing_in_them(field, export):
    name, content = await export(field.version)
    file = json.loads(content)
    assert (file["images"], file["annotations"]) == ([], [])
    assert [one["name"] for one in file["categories"]] == ["car"]
    assert name.endswith(f"/annotations/{field.version}_annotations.json")
    _, content = await export(field.version, "YOLO")
    assert yaml.safe_load(members(content)["data.yaml"])["names"] == ["car"]
    name, content = await export(field.version, "PASCAL_VOC")
    assert members(content) == {}
    assert name.endswith(f"/annotations/{field.version}_annotations.zip")


async def test_e6_two_exports_never_share_an_object(field, export):
    names = {(await export(field.version))[0] for _ in range(3)}
    assert len(names) == 3


async def test_assets_come_in_listing_order_and_the_order_asked_for(api, field, export):
    await annotate(api, field.version, [box(field.label, asset_id=one) for one in field.assets[1:4]])
    listed = (await api.call(routes.LIST_ASSETS, version=field.version))["items"]
    wanted = [one["data"]["filename"] for one in listed if one["id"] in field.assets[1:4]]
    _, content = await export(field.version)
    file = json.loads(content)
    assert [one["file_name"] for one in file["images"]] == wanted
    assert [one["id"] for one in file["images"]] == [0, 1, 2]
    assert [(one["id"], one["image_id"]) for one in file["annotations"]] == [(1, 0), (2, 1), (3, 2)]
    assert [file["images"][0][key] for key in ("width", "height")] == [8, 6]
    asked = [field.assets[3], field.assets[1], field.assets[0], str(uuid4()), field.assets[3]]
    _, content = await export(field.version, asset_ids=asked)
    assert [one["file_name"] for one in json.loads(content)["images"]] == [wanted[0], wanted[2]]
    _, content = await export(field.version, asset_ids=[])
    assert json.loads(content)["images"] == []
    assert (await export(field.version))[1] == (await export(field.version))[1]


async def test_only_the_newest_annotation_of_an_asset_counts(api, field, export, colleague):
    other, worker = colleague
    one, two = field.assets[:2]
    await annotate(api, field.version, [box(field.label, asset_id=one)], status="ACCEPTED")
    await annotate(api, field.version, [box(field.label, asset_id=two)], status="ACCEPTED")
    empty = {"asset_id": one, "rectangles": []}
    await annotate(other, field.version, [empty], status="REFUSED")

    async def found(**body):
        file = json.loads((await export(field.version, **body))[1])
        return [
            sum(each["image_id"] == image["id"] for each in file["annotations"]) for image in file["images"]
        ]

    assert await found() == [1, 0]  # the newest one of the first asset is empty
    assert await found(status="ACCEPTED") == [1, 1]
    assert await found(status="REFUSED") == [0]
    assert await found(worker_id=worker) == [0]
    assert await found(worker_id=worker, status="ACCEPTED") == []
    assert await found(worker_id=str(uuid4())) == []
    assert await found(status="PENDING") == []


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({}, "FILENAME"),
        ({"use_id": True}, "ASSET_ID"),
        ({"use_id": True, "export_key": "FILENAME"}, "FILENAME"),
        ({"export_key": "ASSET_ID"}, "ASSET_ID"),
        ({"export_key": "DATA_ID", "use_id": False}, "DATA_ID"),
        ({"export_key": "OBJECT_NAME"}, "OBJECT_NAME"),
    ],
)
async def test_assets_are_called_by_the_key(api, field, export, body, key):
    await annotate(api, field.version, [box(field.label, asset_id=field.assets[0])])
    item = await api.call(routes.GET_ASSET, asset=field.assets[0])
    wanted = {
        "FILENAME": item["data"]["filename"],
        "ASSET_ID": f"{item['id']}.png",
        "DATA_ID": f"{item['data']['id']}.png",
        "OBJECT_NAME": item["data"]["object_name"],
    }[key]
    _, content = await export(field.version, **body)
    assert json.loads(content)["images"][0]["file_name"] == wanted
    _, content = await export(field.version, "PASCAL_VOC", **body)
    [(name, text)] = members(content).items()
    assert f"<filename>{wanted}</filename>" in text
    assert name == wanted.rpartition("/")[2].removesuffix(".png") + ".xml"
    _, content = await export(field.version, "YOLO", **body)
    assert name.replace(".xml", ".txt") in members(content)


async def test_k8_stems_that_clash_all_survive_and_are_told(api, rows, field, session):
    names = ["a.png", "a.jpg", "A.jpeg", "x/b.png", "y/b.png", "con.png", "c|.png"]
    version = await api.add_version("clash")
    await api.add_assets(version, rows.data(len(names), filename=lambda number: names[number]))
    label = (await api.call(routes.CREATE_LABEL, {"name": "car"}, version=version, expect=201))["id"]
    assets = [one["id"] for one in (await api.call(routes.LIST_ASSETS, version=version))["items"]]
    await annotate(api, version, [box(label, asset_id=one) for one in assets])
    for kind, extension in (("PASCAL_VOC", "xml"), ("YOLO", "txt")):
        body = {"type": kind, "export_video": False}
        answer = await api.call(routes.EXPORT_ANNOTATIONS, body, version=version)
        async with session.get(answer["presigned_url"]) as response:
            found = members(await response.read())
        stems = ["a.png", "a.jpg", "A.jpeg", "x_b.png", "y_b.png", "_con", "c_"]
        assert sorted(set(found) - {"data.yaml"}) == sorted(f"{stem}.{extension}" for stem in stems)
        assert answer["loss_counts"] == {"file-name": 7}
        assert len(answer["losses"]) == 7


async def test_what_a_format_cannot_hold_is_told(world, strict_world):
    body = {"type": "YOLO", "export_video": False}
    answer = await world.api.call(routes.EXPORT_ANNOTATIONS, body, version=world.version)
    assert {"line-dropped", "point-dropped", "size-unknown"} & set(answer["loss_counts"])
    assert all(one["reason"] for one in answer["losses"])
    answer = await strict_world.api.call(routes.EXPORT_ANNOTATIONS, body, version=strict_world.version)
    assert set(answer) == {"object_name", "presigned_url"}


async def test_k1_groups_and_skeletons_are_in_a_coco_file(world, session):
    body = {"type": "COCO", "export_video": False}
    answer = await world.api.call(routes.EXPORT_ANNOTATIONS, body, version=world.version)
    async with session.get(answer["presigned_url"]) as response:
        file = await response.json()
    assert file["categories"] == [
        {
            "id": 0,
            "name": "car",
            "keypoints": ["front", "rear"],
            "skeleton": [[1, 2]],
            "supercategory": "vehicles",
        }
    ]
    kinds = [(bool(one["bbox"]), type(one["segmentation"]).__name__) for one in file["annotations"]]
    assert kinds == [(False, "list"), (True, "list"), (True, "list"), (True, "dict")]  # with the mask
    assert set(answer["loss_counts"]) == {"line-dropped", "point-dropped"}


async def test_videos_have_a_form_of_their_own(api, rows, export):
    version = await api.add_version("films")
    made = rows.data(
        2, type=lambda number: ("VIDEO", "IMAGE")[number], filename=lambda n: ("v.mp4", "i.png")[n]
    )
    await api.add_assets(version, made)
    label = (await api.call(routes.CREATE_LABEL, {"name": "car"}, version=version, expect=201))["id"]
    items = (await api.call(routes.LIST_ASSETS, version=version))["items"]
    ids = {one["data"]["filename"]: one["id"] for one in items}
    frames = [{"x": 1, "y": 1, "w": 2, "h": 2, "frame_index": at} for at in (0, 3)]
    track = {
        "label_id": label,
        "start_frame_index": 2,
        "rectangle_keyframes": frames,
        "polygon_keyframes": [],
    }
    track |= {"end_keyframes": [{"frame_index": 8}]}
    film = {"asset_id": ids["v.mp4"], "tracks": [track], "classifications": [{"label_id": label}]}
    await annotate(api, version, [film, box(label, asset_id=ids["i.png"])])
    file = json.loads((await export(version, export_video=True))[1])
    assert [one["file_name"] for one in file["videos"]] == ["v.mp4"]
    assert [one["frame_id"] for one in file["images"]] == [0, 2, 5, 9]
    located = [one["frame_attributes"] for one in file["annotations"]]
    assert [one and (one["frame_id"], one["keyframe"]) for one in located] == [
        None, (2, True), (5, True), (9, False)
    ]  # fmt: skip
    elder = json.loads((await export(version, export_video=True, headers=OLD))[1])
    assert [one["attributes"] for one in elder["annotations"]] == located
    assert {one["frame_attributes"] for one in elder["annotations"]} == {None}
    plain = json.loads((await export(version))[1])
    assert [one["file_name"] for one in plain["images"]] == ["i.png", "v.mp4"]
    for kind in ("YOLO", "PASCAL_VOC"):
        body = {"type": kind, "export_video": True}
        await api.call(routes.EXPORT_ANNOTATIONS, body, version=version, expect=400)


async def test_more_assets_than_a_batch_come_through_once_and_in_order(api, rows, export):
    version = await api.add_version("many")
    count = 3 * ASSETS_PER_BATCH + 7
    await api.add_assets(version, rows.data(count))
    label = (await api.call(routes.CREATE_LABEL, {"name": "car"}, version=version, expect=201))["id"]
    assets = [one["id"] for one in (await api.call(routes.LIST_ASSETS, version=version))["items"]]
    await annotate(api, version, [box(label, asset_id=one) for one in assets])
    file = json.loads((await export(version))[1])
    names = [one["file_name"] for one in file["images"]]
    assert names == sorted(names, reverse=True)
    assert len(names) == count
    again = json.loads((await export(version, asset_ids=assets[::-1]))[1])
    assert [one["file_name"] for one in again["images"]] == names[::-1]


async def test_files_are_deleted_after_a_day(api, field, export, platform):
    name, _ = await export(field.version)
    [(due, made)] = platform.rows(
        "SELECT due_at, CAST(strftime('%s', 'now') AS INTEGER) FROM garbage WHERE object_name = ?", name
    )
    assert 0.9 * 24 * 3600 < due / 1e6 - made <= 24 * 3600 + 1
    again = await api.call(routes.PRESIGN_DOWNLOAD, {"object_name": name})
    assert again["presigned_url"].startswith("http")


@pytest.mark.parametrize(
    "body",
    [{}, {"type": "coco"}, {"type": "CSV"}, {"type": "COCO", "export_key": "NAME"},
     {"type": "COCO", "status": "accepted"}, {"type": "COCO", "asset_ids": ["x"]},
     {"type": "COCO", "worker_id": "x"}, {"type": "COCO", "asset_ids": "x"}],
)  # fmt: skip
async def test_bad_requests_are_refused(api, field, body):
    await api.call(routes.EXPORT_ANNOTATIONS, body, version=field.version, expect=400)
