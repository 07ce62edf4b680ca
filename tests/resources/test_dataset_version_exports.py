"""Files of annotations, exported by the platform and built here."""

from __future__ import annotations

import contextlib
import json
import zipfile
from pathlib import Path

import pytest
import yaml
from aiohttp import web
from PIL import Image
from pycocotools.coco import COCO

import asyncsdk
from asyncsdk.enums import AnnotationFileType, InferenceType
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.stems import stem_of
from asyncsdk.records import codec
from asyncsdk.wire import capabilities, routes

NAMES = ["street.png", "street.jpg", "park.jpeg", "sky.tiff", "empty.png", "bare.png"]


async def bulk(version, elements, **more):
    body = {"import_type": "REPLACE", "annotations": elements} | more
    return await version._connection.call(
        routes.BULK_ANNOTATIONS, dict[str, int], body=body, version=version.id
    )


async def furnish(client, org, fill, names=NAMES, kind=InferenceType.OBJECT_DETECTION):
    """A version with labels in groups, and an annotation of every kind of shape on its first assets."""
    version = await (await client.create_dataset("birds")).create_version("v1", type=kind)
    await fill(org, version, names, width=64, height=48)
    car, person, sky = await version.create_labels(["car", 'odd "é" & <b>', "sky"])
    vehicles = await version.create_label_group("vehicles")
    await car.set_group(await version.create_label_group("large", vehicles))
    await person.set_skeleton(vertices=["head", "foot"], edges=[(1, 2)])
    assets = {asset.filename: asset for asset in await version.list_assets()}
    said = {
        "street.png": {
            "rectangles": [{"label_id": car.id, "x": 10, "y": 20, "w": 30, "h": 15, "text": "AB-1"}],
            "polygons": [{"label_id": sky.id, "polygon": [[0, 0], [20, 0], [20, 10]]}],
            "lines": [], "points": [], "classifications": [{"label_id": sky.id}],
            "attributes": {"weather": "fog"},
        },
        "street.jpg": {"keypoints": [{"label_id": person.id, "keypoints": [[1.5, 2, 2], [8, 9, 1]]}]},
        "park.jpeg": {"keypoints": [{"label_id": person.id, "keypoints": [[3, 4, 0], [0, 0, 0]]}]},
        "sky.tiff": {"rectangles": [{"label_id": car.id, "x": 0, "y": 0, "w": 64, "h": 48}]},
        "empty.png": {"rectangles": []},
    }  # fmt: skip
    await bulk(version, [{"asset_id": assets[name].id} | shapes for name, shapes in said.items()])
    return version, assets


@pytest.fixture
async def furnished(any_client, any_org, fill):
    return await furnish(any_client, any_org, fill)


def unzipped(path):
    archive = zipfile.ZipFile(path)
    return {name: archive.read(name) for name in archive.namelist()}


def files_of(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


@pytest.mark.seed(
    "export_annotation_file", "annotation_file_type", "target_path", "assets", "status", "use_id"
)
@pytest.mark.seed("build_coco_file_locally", "assets", "status", "use_id")
async def test_the_platform_and_this_side_write_the_same_bytes(furnished, tmp_path):
    version, assets = furnished
    for number, options in enumerate(
        [
            {},
            {"use_id": True},
            {"export_key": "object_name"},
            {"status": "pending"},
            {"status": "accepted"},
            {"assets": [assets["sky.tiff"], assets["street.png"], assets["bare.png"]]},
            {"assets": []},
        ]
    ):
        there = await version.export_annotation_file("coco", tmp_path / f"{number}", **options)
        await version.write_coco_file(tmp_path / f"{number}.json", **options)
        built = (await version.build_coco_file_locally(**options)).write(tmp_path / f"{number}-b.json")
        assert there.read_bytes() == (tmp_path / f"{number}.json").read_bytes() == built.read_bytes()
        for kind, write in (("yolo", version.write_yolo_files), ("pascal_voc", version.write_voc_files)):
            there = await version.export_annotation_file(kind, tmp_path / kind / f"{number}", **options)
            await write(tmp_path / f"{kind}-{number}", **options)
            assert files_of(tmp_path / f"{kind}-{number}") == unzipped(there)
    assert not list(tmp_path.rglob(".*"))


async def test_boxes_alone_give_the_same_bytes_too(any_client, any_org, fill, tmp_path):
    version = await (await any_client.create_dataset("cars")).create_version("v1")
    names = [f"{number:03}.png" for number in range(130)]
    await fill(any_org, version, names, width=64, height=48)
    car, sky = await version.create_labels(["car", "sky"])
    said = [
        {
            "asset_id": asset.id,
            "rectangles": [{"label_id": car.id, "x": number % 9, "y": 2, "w": 3, "h": 4}] * (number % 3),
            "polygons": [{"label_id": sky.id, "polygon": [[0, 0], [20, 0], [20, 10]]}] * (number == 7),
        }
        for number, asset in enumerate(await version.list_assets())
        if number % 10
    ]
    await bulk(version, said)
    there = await version.export_annotation_file("coco", tmp_path)
    await version.write_coco_file(tmp_path / "written.json")
    built = await version.build_coco_file_locally()
    built.write(tmp_path / "built.json")
    assert (
        there.read_bytes()
        == (tmp_path / "written.json").read_bytes()
        == (tmp_path / "built.json").read_bytes()
    )
    assert len(built.images) == len(said)
    assert len(built.annotations) == sum(len(one["rectangles"]) for one in said) + 1


@pytest.mark.seed("build_coco_file_locally", "return")
async def test_a_built_file_has_what_the_version_has(furnished):
    version, assets = furnished
    file = await version.build_coco_file_locally()
    assert [(one.name, one.supercategory) for one in file.categories] == [
        ("car", "vehicles.large"),
        ('odd "é" & <b>', None),
        ("sky", None),
    ]
    assert [one.file_name for one in file.images] == [name for name in assets if name != "bare.png"]
    assert {one.file_name: one.attributes for one in file.images}["street.png"] == {"weather": "fog"}
    assert len(file.loss) == 0
    texts = [one.utf8_string for one in file.annotations if one.utf8_string]
    assert texts == ["AB-1"]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # pycocotools with NumPy 2
async def test_pycocotools_reads_it(furnished, tmp_path, capsys):
    version, _ = furnished
    await version.write_coco_file(tmp_path / "coco.json")
    coco = COCO(tmp_path / "coco.json")
    assert sorted(coco.getCatIds()) == [0, 1, 2]
    assert 0 not in coco.getAnnIds()  # the evaluation takes it for no match
    boxes = [coco.anns[one]["bbox"] for one in coco.getAnnIds(catIds=coco.getCatIds(catNms=["car"]))]
    assert sorted(boxes) == [[0, 0, 64, 48], [10, 20, 30, 15]]
    polygon = next(one for one in coco.anns.values() if one["segmentation"])
    assert coco.annToMask(polygon).sum() > 50
    assert polygon["area"] == 100.0


@pytest.mark.seed("build_coco_file_locally", "enforced_ordered_categories")
async def test_categories_come_in_the_order_that_is_enforced(furnished, tmp_path):
    version, _ = furnished
    file = await version.build_coco_file_locally(enforced_ordered_categories=["sky", "car"])
    assert [one.name for one in file.categories] == ["sky", "car", 'odd "é" & <b>']
    assert [one.id for one in file.categories] == [0, 1, 2]
    names = {one.id: one.name for one in file.categories}
    assert {names[one.category_id] for one in file.annotations if one.bbox == (0, 0, 64, 48)} == {"car"}
    with pytest.raises(asyncsdk.NotFoundError, match="'boat'"):
        await version.build_coco_file_locally(enforced_ordered_categories=["sky", "boat"])
    await version.write_yolo_files(tmp_path / "yolo", enforced_ordered_categories=["sky"])
    assert yaml.safe_load((tmp_path / "yolo" / "data.yaml").read_bytes())["names"][0] == "sky"


async def test_k5_a_repeated_category_is_refused(furnished):
    version, _ = furnished
    with pytest.raises(asyncsdk.InvalidArgumentError, match="twice"):
        await version.build_coco_file_locally(enforced_ordered_categories=["sky", "car", "sky"])


async def test_k3_nothing_annotated_gives_empty_valid_files(any_client, any_org, fill, tmp_path):
    version = await (await any_client.create_dataset("bare")).create_version("v1")
    await fill(any_org, version, ["a.png"])
    file = await version.build_coco_file_locally()
    assert (file.images, file.annotations, file.categories) == ((), (), ())
    path = await version.export_annotation_file(AnnotationFileType.COCO, tmp_path)
    assert json.loads(path.read_bytes())["images"] == []
    await version.write_yolo_files(tmp_path / "yolo")
    assert list(files_of(tmp_path / "yolo")) == ["data.yaml"]
    assert await version.build_pascal_voc_locally(tmp_path / "voc") == tmp_path / "voc"
    assert files_of(tmp_path / "voc") == {}


async def test_k4_keypoints_that_nobody_sees_are_valid_json(furnished, tmp_path):
    version, _ = furnished
    await version.write_coco_file(tmp_path / "coco.json")

    def refuse(constant):
        raise AssertionError(constant)

    file = json.loads((tmp_path / "coco.json").read_text(), parse_constant=refuse)
    hidden = next(one for one in file["annotations"] if one["num_keypoints"] == 0)
    assert hidden["bbox"] == [0, 0, 3, 4]


async def test_k7_a_label_renamed_meanwhile_gets_a_category(client, org, fill, monkeypatch):
    version, _ = await furnish(client, org, fill)
    from asyncsdk.resources import labelling

    read, before = labelling.list_labels, []

    async def before_the_renaming(connection, version_id):
        before.extend([] if before else await read(connection, version_id))
        return before

    monkeypatch.setattr(labelling, "list_labels", before_the_renaming)
    await version.build_coco_file_locally()
    await (await version.get_label("sky")).update(name="heaven")
    file = await version.build_coco_file_locally()
    assert [one.name for one in file.categories] == ["car", 'odd "é" & <b>', "sky", "heaven"]
    assert {one.category_id for one in file.annotations} <= {one.id for one in file.categories}


async def test_k8_names_that_clash_or_have_folders_all_survive(furnished, tmp_path):
    version, _ = furnished
    loss = await version.write_voc_files(tmp_path / "voc")
    names = {"street.png.xml", "street.jpg.xml", "park.xml", "sky.xml", "empty.xml"}
    assert set(files_of(tmp_path / "voc")) == names
    assert loss.counts["file-name"] == 2
    await version.write_voc_files(tmp_path / "names", export_key="OBJECT_NAME")
    assert len(files_of(tmp_path / "names")) == 5
    size = b"<size>\n\t\t<width>64</width>\n\t\t<height>48</height>"
    assert size in (tmp_path / "voc" / "sky.xml").read_bytes()


async def test_yolo_files_lie_as_its_tools_look_for_them(client, org, fill, tmp_path):
    """The rules of https://docs.ultralytics.com/datasets/: data.yaml, and a text file beside each image."""
    names = ["a.png", "b.jpeg", "c.tar.png"]
    version, assets = await furnish(client, org, fill, names=[*names, *NAMES])
    label = await version.get_label("car")
    shapes = [{"label_id": label.id, "x": x, "y": 4, "w": 8, "h": 6} for x in (0, 20, 56)]
    await bulk(version, [{"asset_id": assets[name].id, "rectangles": shapes} for name in names])
    only = [assets[name] for name in names]
    await version.write_yolo_files(tmp_path, assets=only)
    config = yaml.safe_load((tmp_path / "data.yaml").read_text())
    assert {"train", "val", "names", "nc"} <= set(config)
    assert config["nc"] == len(config["names"]) == 3
    folder = (tmp_path / config["train"]).resolve()
    assert folder == tmp_path.resolve()
    for name in names:
        Image.new("RGB", (64, 48)).save(tmp_path / name, "PNG")
        image = str(folder / name)
        head, images, tail = image.rpartition("/images/")
        label_file = Path((f"{head}/labels/{tail}" if images else image).rsplit(".", 1)[0] + ".txt")
        lines = files_of(label_file.parent)[label_file.name].decode().splitlines()
        rows = [[float(part) for part in line.split()] for line in lines]
        assert len(rows) == len({tuple(row) for row in rows}) == 3
        assert all(len(row) == 5 and 0 <= row[0] < 3 for row in rows)
        assert all(0 <= part <= 1 for row in rows for part in row[1:])
        assert [round(row[1] * 64 - row[3] * 32) for row in rows] == [0, 20, 56]


@pytest.mark.parametrize(
    ("kind", "columns", "losses"),
    [
        (InferenceType.SEGMENTATION, {7}, {"no-polygon": 5}),
        (InferenceType.CLASSIFICATION, {1}, None),
        (InferenceType.KEYPOINT, {11}, None),
    ],
)
async def test_yolo_files_hold_what_the_type_is_about(client, org, fill, tmp_path, kind, columns, losses):
    version, _ = await furnish(client, org, fill, kind=kind)
    loss = await version.write_yolo_files(tmp_path)
    files = files_of(tmp_path)
    config = yaml.safe_load(files.pop("data.yaml"))
    assert {len(line.split()) for text in files.values() for line in text.decode().splitlines()} == columns
    assert ("kpt_shape" in config) == (kind is InferenceType.KEYPOINT)
    assert losses is None or loss.counts["no-polygon"] == losses["no-polygon"]


async def test_arguments_are_checked_before_anything_is_sent(client, org, fill, tmp_path):
    version, _ = await furnish(client, org, fill)
    other = await (await client.create_dataset("other")).create_version("v1")
    await fill(org, other, ["x.png"])
    foreign = await other.list_assets()
    for refused in (
        version.export_annotation_file("csv", tmp_path),
        version.export_annotation_file("yolo", tmp_path, export_video=True),
        version.export_annotation_file("coco", tmp_path, status="done"),
        version.export_annotation_file("coco", tmp_path, export_key="name"),
        version.export_annotation_file("coco", tmp_path, assets=foreign),
        version.export_annotation_file("coco", 7),
        version.export_annotation_file("coco", tmp_path, worker="me"),
        version.write_coco_file(tmp_path / "a.json", assets=[foreign[0]]),
        version.write_yolo_files(None),
        version.build_coco_file_locally(status="done"),
        version.build_coco_file_locally(assets=5),
        version.build_coco_file_locally(enforced_ordered_categories=[5]),
    ):
        with pytest.raises(asyncsdk.InvalidArgumentError):
            await refused
    assert list(tmp_path.iterdir()) == []


async def test_a_worker_counts_alone(client, strict_client, org, strict_org, fill, tmp_path):
    version, _ = await furnish(client, org, fill)
    me, *_ = await (await client.get_dataset("birds")).list_workers()
    path = await version.export_annotation_file("coco", tmp_path, worker=me)
    await version.write_coco_file(tmp_path / "mine.json", worker=me)
    assert path.read_bytes() == (tmp_path / "mine.json").read_bytes()
    strict, _ = await furnish(strict_client, strict_org, fill)
    someone, *_ = await (await strict_client.get_dataset("birds")).list_workers()
    assert not strict_client._connection.supports(capabilities.WORKER_FILTERS)
    with pytest.raises(asyncsdk.NotSupportedError):  # it might ignore the worker and export everything
        await strict.export_annotation_file("coco", tmp_path, worker=someone)
    assert len((await strict.build_coco_file_locally(worker=someone)).images) == 5


async def test_the_losses_of_an_export_are_told(client, org, fill, tmp_path):
    version, _ = await furnish(client, org, fill)
    loss = LossReport()
    await version.export_annotation_file("yolo", tmp_path, loss=loss)
    here = await version.write_yolo_files(tmp_path / "here")
    assert loss.counts == here.counts
    assert list(loss) == list(here)
    assert loss.counts["file-name"] == 2


@pytest.fixture
async def through(org, connect, proxy, fill):
    """A furnished version behind a proxy."""
    client = await connect(org, host=proxy.origin)
    version, _ = await furnish(client, org, fill)
    return version


def exports(proxy, object_name):
    """Let the platform call its next exports so."""

    async def act(passing):
        response = await passing.forward()
        answer = json.loads(response.body) | {"object_name": object_name}
        return web.json_response(answer)

    proxy.on("POST", "/annotations/export", act)


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.json",
        "/etc/evil.json",
        "a/../../evil.json",
        "..\\..\\evil.json",
        "..",
        "a//b/./c.json",
        "",
    ],
)
async def test_e1_names_never_leave_the_target_folder(through, proxy, tmp_path, name):
    exports(proxy, name)
    target = tmp_path / "one" / "two"
    path = await through.export_annotation_file("coco", target)
    assert path.resolve().is_relative_to(target.resolve())
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]


async def test_e2_a_good_file_survives_a_failing_download(through, proxy, tmp_path):
    exports(proxy, "x/annotations.json")
    path = await through.export_annotation_file("coco", tmp_path)
    good = path.read_bytes()

    async def cut(passing):
        response = await passing.forward()
        await passing.send_part(response, len(response.body) // 2)
        return passing.drop()

    proxy.on("GET", "/storage/", cut)
    with pytest.raises(asyncsdk.AsyncSDKError):
        await through.export_annotation_file("coco", tmp_path)
    assert path.read_bytes() == good


async def test_e3_an_answer_needs_no_length(through, proxy, tmp_path):
    async def chunked(passing):
        response = await passing.forward()
        started = web.StreamResponse()
        started.enable_chunked_encoding()
        await started.prepare(passing.request)
        await started.write(response.body)
        await started.write_eof()
        return started

    proxy.on("GET", "/storage/", chunked)
    path = await through.export_annotation_file("coco", tmp_path)
    assert len(json.loads(path.read_bytes())["images"]) == 5


async def test_e4_an_expired_url_is_renewed_without_a_second_export(through, proxy, tmp_path):
    proxy.answers("GET", "/storage/", 1, status=403, body=b"<Error>expired</Error>")
    path = await through.export_annotation_file("coco", tmp_path)
    assert len(json.loads(path.read_bytes())["images"]) == 5
    assert proxy.count("POST", "/annotations/export") == 1
    assert proxy.count("POST", "/retrieve_presigned_url") == 1


@pytest.mark.seed("export_annotation_file", "force_replace")
async def test_e5_an_old_file_is_never_taken_for_the_new_one(through, proxy, tmp_path):
    exports(proxy, "x/annotations.json")
    path = await through.export_annotation_file("coco", tmp_path)
    assert await through.export_annotation_file("coco", tmp_path, force_replace=False) == path
    path.write_bytes(b"{}")
    with pytest.raises(asyncsdk.TransferError, match="another file is there"):
        await through.export_annotation_file("coco", tmp_path, force_replace=False)
    assert path.read_bytes() == b"{}"
    await through.export_annotation_file("coco", tmp_path)
    assert len(json.loads(path.read_bytes())["images"]) == 5
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]


async def test_e6_other_filters_give_other_paths(through, proxy, tmp_path):
    exports(proxy, "x/annotations.zip")
    some = await through.list_assets(limit=2)
    requests = [
        {"annotation_file_type": "coco"},
        {"annotation_file_type": "yolo"},
        {"annotation_file_type": "pascal_voc"},
        {"annotation_file_type": "coco", "use_id": True},
        {"annotation_file_type": "coco", "status": "PENDING"},
        {"annotation_file_type": "coco", "assets": some},
        {"annotation_file_type": "coco", "assets": some[:1]},
        {"annotation_file_type": "coco", "assets": []},
        {"annotation_file_type": "coco", "export_video": True},
    ]
    paths = [await through.export_annotation_file(target_path=tmp_path, **request) for request in requests]
    assert len(set(paths)) == len(requests)
    again = [await through.export_annotation_file(target_path=tmp_path, **request) for request in requests]
    assert again == paths


async def test_a_file_that_is_there_stays_until_the_new_one_is_whole(through, proxy, tmp_path):
    path = tmp_path / "coco.json"
    path.write_bytes(b"mine")
    proxy.answers("XGET", "/annotations", status=500)
    with pytest.raises(asyncsdk.AsyncSDKError):
        await through.write_coco_file(path)
    assert files_of(tmp_path) == {"coco.json": b"mine"}
    with contextlib.suppress(asyncsdk.AsyncSDKError):
        await through.write_voc_files(tmp_path / "voc")
    assert files_of(tmp_path / "voc") == {}


async def test_a_target_that_is_no_folder(version, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"mine")
    for write in (version.write_voc_files, version.write_yolo_files):
        with pytest.raises(asyncsdk.TransferError, match=r"file: cannot be written"):
            await write(file)
    with pytest.raises(asyncsdk.TransferError, match=r"cannot be written: Not a directory"):
        await version.export_annotation_file("COCO", file)
    assert file.read_bytes() == b"mine"


async def test_a_coco_file_says_little_of_itself_and_wants_a_path(furnished):
    version, _ = furnished
    file = await version.build_coco_file_locally()
    counts = (
        f"{len(file.categories)} categories, {len(file.images)} images, {len(file.annotations)} annotations"
    )
    assert repr(file) == f"<COCOFile of {counts}; {len(file.loss)} lost or changed>"
    with pytest.raises(asyncsdk.InvalidArgumentError, match="None is not a path"):
        file.write(None)


@pytest.mark.seed("export_annotation_file", "export_video")
async def test_videos_are_the_same_from_both_sides(client, org, fill, tmp_path):
    version = await (await client.create_dataset("films")).create_version("v1")
    await fill(org, version, ["v.mp4", "i.png"], type=lambda name: "VIDEO" if name == "v.mp4" else "IMAGE")
    label = await version.create_label("car")
    frames = [{"x": 1, "y": 1, "w": 2, "h": 2, "frame_index": at} for at in (0, 3)]
    polygons = [{"polygon": [[0, 0], [3, 0], [3, 3]], "frame_index": 1}] * 2
    track = {"label_id": label.id, "start_frame_index": 2, "rectangle_keyframes": frames}
    track |= {"polygon_keyframes": polygons, "end_keyframes": [{"frame_index": 4}]}
    await bulk(version, [{"asset_id": asset.id, "tracks": [track]} for asset in await version.list_assets()])
    path = await version.export_annotation_file("coco", tmp_path, export_video=True)
    loss = await version.write_coco_file(tmp_path / "here.json", export_video=True)
    assert path.read_bytes() == (tmp_path / "here.json").read_bytes()
    assert len(loss) == 0
    file = await version.build_coco_file_locally(export_video=True)
    assert [one.file_name for one in file.videos] == ["v.mp4"]
    assert [len(one.segmentation) for one in file.annotations] == [0, 2, 0]
    plain = await version.build_coco_file_locally()
    assert plain.loss.counts == {"tracks": 2}


def test_a_request_says_it_to_both_generations():
    from asyncsdk.resources.annotation_export import export_request

    options = {"assets": None, "worker": None, "status": None, "export_video": False}
    plain = export_request("v", "coco", use_id=False, export_key=None, **options)
    assert codec.dump(plain) == {
        "type": "COCO", "export_video": False, "use_id": False, "export_key": "FILENAME"
    }  # fmt: skip
    by_id = export_request("v", "yolo", use_id=True, export_key=None, **options)
    assert codec.dump(by_id)["use_id"] is True
    assert codec.dump(by_id)["export_key"] == "ASSET_ID"


async def test_x7_files_with_ids_say_ids(furnished, tmp_path):
    version, assets = furnished
    await version.write_voc_files(tmp_path / "voc", use_id=True)
    await version.write_yolo_files(tmp_path / "yolo", use_id=True)
    ids = {asset.id for name, asset in assets.items() if name != "bare.png"}
    assert {stem_of(name) for name in files_of(tmp_path / "voc")} == ids
    assert {stem_of(name) for name in files_of(tmp_path / "yolo")} == ids | {"data"}


@pytest.mark.coco
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (InferenceType.OBJECT_DETECTION, "instances"),
        (InferenceType.SEGMENTATION, "instances"),
        (InferenceType.KEYPOINT, "person_keypoints"),
    ],
)
async def test_what_was_imported_and_exported_is_imported_the_same(
    client, org, fill, coco_annotations, tmp_path, kind, name
):
    source = coco_annotations / f"{name}.json"
    images = {one["file_name"]: one for one in json.loads(source.read_bytes())["images"]}
    dataset = await client.create_dataset("real")
    versions = []
    for number, path in enumerate((source, tmp_path / "coco.json")):
        version = await dataset.create_version(f"v{number}", type=kind)
        sizes = {side: lambda file, side=side: images[file][side] for side in ("width", "height")}
        await fill(org, version, list(images), **sizes)
        result = await version.import_annotations_coco_file(path, progress=False)
        assert sum(result.values()) > 50
        versions.append(version)
        await version.write_coco_file(tmp_path / "coco.json")
    assert len(result.loss) == 0
    first, second = [await version.build_coco_file_locally() for version in versions]
    assert first == second
