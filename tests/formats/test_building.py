"""Builders of annotation files: the same assets give the same bytes, and nothing is lost in silence."""

from __future__ import annotations

import io
import json
import os
import zipfile

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.enums import AnnotationExportKey, AnnotationFileType, AnnotationStatus, InferenceType
from asyncsdk.errors import InvalidArgumentError, NotFoundError, TransferError
from asyncsdk.formats import rle
from asyncsdk.formats.annotated import AnnotatedAsset, AssetNames, image_of
from asyncsdk.formats.building import Building, coco_builder, folder_builder
from asyncsdk.formats.categories import CategoryBook, categories_of
from asyncsdk.formats.coco_building import CocoBuilder, CocoFileBuilder
from asyncsdk.formats.coco_joining import load_coco
from asyncsdk.formats.folders import ZipFolder
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Category, RunLengths
from asyncsdk.formats.voc_reading import read_voc
from asyncsdk.formats.yolo_config import YoloTask, read_yolo_config
from asyncsdk.formats.yolo_reading import read_yolo
from asyncsdk.records import codec
from asyncsdk.records.annotations import LoadedAnnotation, TrackShape
from asyncsdk.records.boxes import read_boxed
from asyncsdk.records.labels import LabelGroupRecord, LabelRecord, Skeleton
from asyncsdk.records.new_shapes import EndKeyframe, PolygonKeyframe, RectangleKeyframe
from asyncsdk.records.shapes import (
    ClassificationShape,
    KeypointsShape,
    LineShape,
    MaskShape,
    PointShape,
    PolygonShape,
    RectangleShape,
)

MASK = rle.compressed(RunLengths(48, 64, (100, 10, 48 * 64 - 110))).counts
CATEGORIES = (Category(name="car"), Category(name="person", keypoints=("head", "foot"), skeleton=((1, 2),)))


def said(**shapes):
    own = {"id": "1", "asset_id": "1", "worker_id": "w", "duration": 0.0, "status": AnnotationStatus.PENDING}
    return LoadedAnnotation(**own | shapes)


def asset(name="a.png", *, width=64, height=48, **shapes):
    return AnnotatedAsset(id=name, name=name, annotation=said(**shapes), width=width, height=height)


RECTANGLE = RectangleShape(label="car", x=1, y=2, w=30, h=40, text="AB", attributes={"dirty": True})
EVERYTHING = asset(
    classifications=(ClassificationShape(label="car"),),
    rectangles=(RECTANGLE,),
    polygons=(PolygonShape(label="car", polygon=((0, 0), (8, 0), (8, 6))),),
    lines=(LineShape(label="car", line=((0, 0), (1, 1))),),
    points=(PointShape(label="car", point=(3, 4)),),
    keypoints=(KeypointsShape(label="person", keypoints=((1.5, 2, 2), (3, 4, 1))),),
    masks=(MaskShape(label="car", mask=MASK),),
    attributes={"weather": "fog"},
)


def coco(assets, categories=CATEGORIES, first=None, *, is_video=False):
    """The bytes of a COCO file, and its losses; built in memory it is the same."""
    sink, loss = io.BytesIO(), LossReport()
    building = Building(
        type=AnnotationFileType.COCO,
        inference_type=InferenceType.MULTI,
        book=CategoryBook.of(categories, first),
        loss=loss,
        is_video=is_video,
    )
    builder = coco_builder(building, sink)
    other = CocoFileBuilder(CategoryBook.of(categories, first), LossReport(), is_video=is_video)
    for one in assets:
        builder.add(one)
        other.add(one)
    builder.finish()
    builder.close()
    assert other.file().loss.counts == loss.counts
    return sink.getvalue(), loss, other.file()


boxes = st.lists(
    st.fixed_dictionaries(
        {
            "label": st.sampled_from(["car", "person", "a label that came meanwhile"]),
            **dict.fromkeys("xywh", st.sampled_from([0, 3, -2, 10.5, 1e200, -1e308])),
            "text": st.none() | st.just("AB"),
            "attributes": st.none() | st.just({"dirty": True}),
        }
    ),
    max_size=3,
)


@given(st.lists(boxes, max_size=4), st.booleans())
def test_annotations_of_boxes_in_their_short_form_give_the_same_file(drawn, is_video):
    own = {"id": "1", "asset_id": "1", "duration": 0.0, "status": "PENDING", "attributes": {"weather": "fog"}}
    data = json.dumps([own | {"rectangles": some} for some in drawn]).encode()
    short, long = read_boxed(data), codec.decode(data, list[LoadedAnnotation])
    assert short is not None
    files = [
        coco([attrs.evolve(asset(), annotation=one) for one in read], is_video=is_video)
        for read in (short, long)
    ]
    assert files[0][0] == files[1][0]
    assert list(files[0][1]) == list(files[1][1])
    assert files[0][2] == files[1][2]


def folder(assets, kind, inference_type=InferenceType.OBJECT_DETECTION, stems=None):
    """The members of a zip archive, and the losses."""
    sink, loss = io.BytesIO(), LossReport()
    with ZipFolder(sink) as archive:
        building = Building(
            type=kind,
            inference_type=inference_type,
            book=CategoryBook.of(CATEGORIES),
            loss=loss,
            stems={one.id: one.name.rpartition(".")[0] for one in assets} if stems is None else stems,
        )
        builder = folder_builder(building, archive)
        for one in assets:
            builder.add(one)
        builder.finish()
        builder.close()
    found = zipfile.ZipFile(sink)
    assert {entry.date_time for entry in found.infolist()} <= {(1980, 1, 1, 0, 0, 0)}
    return {name: found.read(name).decode() for name in found.namelist()}, loss


def test_k1_a_coco_file_holds_all_but_lines_and_points():
    content, loss, _ = coco([EVERYTHING])
    file = json.loads(content)
    assert file["images"][0]["attributes"] == {"weather": "fog"}
    found = file["annotations"]
    assert [one["bbox"] for one in found[:4]] == [[], [1, 2, 30, 40], [0, 0, 8, 6], [1.5, 2, 1.5, 2]]
    assert (found[1]["utf8_string"], found[1]["attributes"]) == ("AB", {"dirty": True})
    assert found[3]["keypoints"] == [1.5, 2, 2, 3, 4, 1]
    assert found[4]["segmentation"]["counts"] == MASK
    assert loss.counts == {"line-dropped": 1, "point-dropped": 1}
    assert [one.place for one in loss] == ["a.png, shape 4", "a.png, shape 5"]


def test_ids_are_counted_and_annotation_ids_begin_at_one():
    content, _, _ = coco([asset("b.png", rectangles=(RECTANGLE,) * 2), asset("a.png"), EVERYTHING])
    file = json.loads(content)
    assert [(one["id"], one["file_name"]) for one in file["images"]] == [
        (0, "b.png"),
        (1, "a.png"),
        (2, "a.png"),
    ]
    assert [one["id"] for one in file["annotations"]] == list(range(1, 8))
    assert [one["image_id"] for one in file["annotations"]] == [0, 0, 2, 2, 2, 2, 2]


def test_what_is_read_back_is_what_was_said():
    content, _, file = coco([EVERYTHING])
    loss = LossReport()
    [image] = load_coco(io.BytesIO(content), "coco.json", loss).images
    objects = image_of(EVERYTHING, "coco.json", LossReport()).objects
    assert [(one.label, one.text, one.attributes) for one in image.objects] == [
        (one.label, one.text, one.attributes) for one in objects
    ]
    assert len(loss) == 0
    assert len(file.annotations) == 5


def test_a_file_in_memory_writes_the_same_bytes(tmp_path):
    content, _, file = coco([EVERYTHING, asset("ü.png")])
    assert file.write(tmp_path / "coco.json").read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["coco.json"]
    with pytest.raises(TransferError, match="cannot be written"):
        file.write(tmp_path / "missing" / "coco.json")


@pytest.mark.parametrize("path", ["", "/", ".", "a\0b", "\ud800", 5, None])
def test_a_file_in_memory_is_not_written_to_what_is_no_path_of_a_file(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidArgumentError, match=r"^path: "):
        coco([])[2].write(path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_takes_the_place_of_no_device(tmp_path):
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link):
        with pytest.raises(InvalidArgumentError, match="is a device or a pipe"):
            coco([])[2].write(path)
    assert pipe.is_fifo()
    assert link.is_symlink()


def test_an_empty_file_is_valid():
    content, loss, _ = coco([], ())
    file = json.loads(content)
    assert {key: file[key] for key in ("licenses", "categories", "images", "annotations")} == {
        "licenses": [], "categories": [], "images": [], "annotations": []
    }  # fmt: skip
    assert "videos" not in file
    assert len(loss) == 0


def test_a_large_file_is_kept_on_disk_on_the_way():
    assets = [asset(f"{number:04}.png", rectangles=(RECTANGLE,) * 20) for number in range(500)]
    content, _, file = coco(assets)
    assert len(content) > 1_500_000
    assert len(json.loads(content)["annotations"]) == len(file.annotations) == 10_000


def test_k6_boxes_around_polygons_beyond_the_edge():
    outside = PolygonShape(label="car", polygon=((-5, -5), (-3, -5), (-3, -3)))
    content, _, _ = coco([asset(polygons=(outside,))])
    [found] = json.loads(content)["annotations"]
    assert (found["bbox"], found["area"]) == ([-5, -5, 2, 2], 2.0)


def test_k2_the_area_of_a_polygon_is_computed():
    content, _, _ = coco(
        [asset(polygons=(PolygonShape(label="car", polygon=((0, 0), (4, 0), (4, 2)), area=None),))]
    )
    assert json.loads(content)["annotations"][0]["area"] == 4.0


def test_what_cannot_be_written_is_told():
    odd = RectangleShape(label="car", x=float("nan"), y=0, w=1, h=1)
    content, loss, _ = coco([asset(rectangles=(odd, RECTANGLE))])
    assert [one["id"] for one in json.loads(content)["annotations"]] == [1]
    assert loss.counts == {"unwritable": 1}


def test_categories_are_labels_with_the_path_of_their_groups():
    groups = [
        LabelGroupRecord("2", "large", "1"),
        LabelGroupRecord("1", "vehicles"),
        LabelGroupRecord("3", "x", "3"),
    ]
    labels = [LabelRecord("a", "truck", "2"), LabelRecord("b", "sky"), LabelRecord("c", "y", "3"),
              LabelRecord("d", "z", "gone")]  # fmt: skip
    made = categories_of(labels, groups, {"b": Skeleton(("head", "foot"), ((1, 2),))})
    assert [(one.name, one.supercategory) for one in made] == [
        ("truck", "vehicles.large"), ("sky", None), ("y", "x"), ("z", None)
    ]  # fmt: skip
    assert (made[1].keypoints, made[1].skeleton) == (("head", "foot"), ((1, 2),))


def test_k5_enforced_categories_come_first_and_must_be_known_and_single():
    book = CategoryBook.of([Category(name=name) for name in "abc"], ["c", "a"])
    assert [book.number(name) for name in "cab"] == [0, 1, 2]
    with pytest.raises(InvalidArgumentError, match="'c' is there twice"):
        CategoryBook.of((*CATEGORIES[:1], Category(name="c")), ["c", "c"])
    with pytest.raises(NotFoundError, match="'boat'"):
        CategoryBook.of(CATEGORIES, ["boat"])


def test_k7_a_label_that_came_meanwhile_gets_a_category():
    new = attrs.evolve(RECTANGLE, label="boat")
    content, _, _ = coco([asset(rectangles=(new,))])
    file = json.loads(content)
    assert [one["name"] for one in file["categories"]] == ["car", "person", "boat"]
    assert file["annotations"][0]["category_id"] == 2
    files, _ = folder([asset(rectangles=(new,))], AnnotationFileType.YOLO)
    assert files["a.txt"].startswith("2 ")
    assert read_yolo_config(files["data.yaml"].encode(), "data.yaml", LossReport()).names[2] == "boat"


def keyframe(frame, **more):
    return RectangleKeyframe(x=1, y=1, w=2, h=2, frame_index=frame, **more)


TRACK = TrackShape(
    label="car",
    start_frame_index=10,
    rectangle_keyframes=(keyframe(5), keyframe(0)),
    polygon_keyframes=(
        PolygonKeyframe(polygon=((0, 0), (3, 0), (3, 3)), frame_index=2),
        PolygonKeyframe(polygon=((5, 5), (8, 5), (8, 8)), frame_index=2),
    ),
    end_keyframes=(EndKeyframe(frame_index=8),),
)


def test_videos_have_tracks():
    film = asset("v.mp4", tracks=(TRACK,), classifications=(ClassificationShape(label="person"),))
    content, loss, _ = coco([film, attrs.evolve(film, id="2", name="w.mp4")], is_video=True)
    file = json.loads(content)
    assert [one["id"] for one in file["videos"]] == [0, 1]
    assert [one["frame_id"] for one in file["images"]] == [0, 10, 12, 15, 17] * 2
    assert [one["id"] for one in file["images"]] == list(range(10))
    assert [one["id"] for one in file["annotations"]] == list(range(1, 11))
    assert len(loss) == 0
    read = load_coco(io.BytesIO(content), "coco.json", loss)
    assert [len(video.tracks) for video in read.videos] == [1, 1]
    [track] = read.videos[0].tracks
    assert [(one.frame, len(one.parts or ())) for one in track.keyframes] == [(10, 0), (12, 2), (15, 0)]
    assert track.end == 18


def test_the_elder_form_for_videos_has_the_frame_among_the_attributes():
    track = attrs.evolve(TRACK, attributes={"dirty": True})
    film = asset("v.mp4", tracks=(track,), classifications=(ClassificationShape(label="person"),))
    sink, loss = io.BytesIO(), LossReport()
    builder = CocoBuilder(sink, CategoryBook.of(CATEGORIES), loss, is_video=True, is_elder=True)
    builder.add(film)
    builder.finish()
    builder.close()
    label, first, *_ = json.loads(sink.getvalue())["annotations"]
    assert label["attributes"] is None
    located = {"track_id": 0, "frame_id": 10, "keyframe": True, "occluded": False, "rotation": 0.0}
    assert (first["attributes"], first["frame_attributes"]) == ({"dirty": True} | located, None)
    read = load_coco(io.BytesIO(sink.getvalue()), "coco.json", loss).videos[0]
    younger = load_coco(io.BytesIO(coco([film], is_video=True)[0]), "coco.json", loss).videos[0]
    assert read.tracks == younger.tracks
    assert len(loss) == 0


def test_what_the_form_for_videos_does_not_hold_is_told():
    twice = attrs.evolve(TRACK, end_keyframes=(EndKeyframe(frame_index=3), EndKeyframe(frame_index=9)))
    bare = TrackShape(label="car", start_frame_index=0)
    film = asset("v.mp4", tracks=(twice, bare), rectangles=(RECTANGLE,))
    _, loss, _ = coco([film], is_video=True)
    assert loss.counts == {"no-track": 1, "track-ends": 1, "empty-track": 1}
    _, loss, _ = coco([film])
    assert loss.counts == {"tracks": 1}


def test_voc_files_are_read_back():
    files, loss = folder([EVERYTHING, asset("b.png")], AnnotationFileType.PASCAL_VOC)
    assert list(files) == ["a.xml", "b.xml"]
    image = read_voc(files["a.xml"].encode(), "a.xml", LossReport())
    assert (image.name, image.width, image.height) == ("a.png", 64, 48)
    assert len(image.objects) == 5
    assert {"line-dropped", "point-dropped", "mask", "keypoints", "text", "attributes"} == set(loss.counts)
    assert read_voc(files["b.xml"].encode(), "b.xml", LossReport()).objects == ()


@pytest.mark.parametrize(
    ("inference_type", "task", "lines"),
    [
        (InferenceType.OBJECT_DETECTION, YoloTask.DETECT, 4),
        (InferenceType.SEGMENTATION, YoloTask.SEGMENT, 1),
        (InferenceType.KEYPOINT, YoloTask.POSE, 1),
        (InferenceType.CLASSIFICATION, YoloTask.CLASSIFY, 5),
        (InferenceType.MULTI, YoloTask.DETECT, 4),
    ],
)
def test_yolo_files_are_read_back(inference_type, task, lines):
    files, loss = folder([EVERYTHING], AnnotationFileType.YOLO, inference_type)
    config = read_yolo_config(files["data.yaml"].encode(), "data.yaml", LossReport())
    assert config.names == ("car", "person")
    assert (config.keypoint_shape == (2, 3)) == (task is YoloTask.POSE)
    found = read_yolo(files["a.txt"].encode(), "a.txt", config, task, 64, 48, LossReport())
    assert len(found) == len(files["a.txt"].splitlines()) == lines
    assert loss.counts["line-dropped"] == loss.counts["point-dropped"] == 1


def test_an_image_of_unknown_size_gets_no_yolo_file():
    blank = asset(width=None, rectangles=(RECTANGLE,))
    files, loss = folder([blank], AnnotationFileType.YOLO)
    assert list(files) == ["data.yaml"]
    assert loss.counts == {"size-unknown": 1}
    files, _ = folder([blank], AnnotationFileType.YOLO, InferenceType.CLASSIFICATION)
    assert files["a.txt"] == "0\n"
    files, _ = folder([asset()], AnnotationFileType.YOLO)
    assert files["a.txt"] == ""


@pytest.mark.parametrize("kind", [AnnotationFileType.YOLO, AnnotationFileType.PASCAL_VOC])
def test_k8_files_named_otherwise_and_assets_that_came_meanwhile_are_told(kind):
    files, loss = folder([asset("a.png"), asset("b.png")], kind, stems={"a.png": "a.png"})
    assert [name for name in files if name != "data.yaml"] in (["a.png.txt"], ["a.png.xml"])
    assert loss.counts == {"file-name": 1, "added-meanwhile": 1}


def test_k8_control_characters_give_xml_that_is_read_back():
    odd = attrs.evolve(RECTANGLE, label="a\x01b")
    files, loss = folder([asset(rectangles=(odd,))], AnnotationFileType.PASCAL_VOC)
    [found] = read_voc(files["a.xml"].encode(), "a.xml", LossReport()).objects
    assert found.label == "a\ufffdb"
    assert loss.counts["text-unfit"] == 1


def test_the_same_files_give_the_same_archive():
    def archive():
        sink = io.BytesIO()
        with ZipFolder(sink) as zipped:
            zipped.add("a.txt", b"x" * 1000)
        return sink.getvalue()

    assert archive() == archive()


def test_an_asset_goes_by_four_names():
    names = AssetNames(id="1", data_id="2", filename="x/a.tar.gz", object_name="data/7")
    assert {key: names.by(key) for key in AnnotationExportKey} == {
        "ASSET_ID": "1.gz",
        "DATA_ID": "2.gz",
        "FILENAME": "x/a.tar.gz",
        "OBJECT_NAME": "data/7",
    }
    bare = attrs.evolve(names, filename="a")
    assert bare.by(AnnotationExportKey.ASSET_ID) == "1"


_BOXES = st.builds(
    RectangleShape,
    label=st.sampled_from(["car", "person", "new", 'é"<&']),
    x=st.integers(0, 60), y=st.integers(0, 40), w=st.integers(1, 60), h=st.integers(1, 40),
    text=st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)  # fmt: skip


@given(st.lists(st.lists(_BOXES, max_size=4), max_size=4))
def test_every_box_comes_back(boxes):
    assets = [asset(f"{number}.png", rectangles=tuple(some)) for number, some in enumerate(boxes)]
    content, loss, _ = coco(assets)
    read = load_coco(io.BytesIO(content), "coco.json", LossReport())
    assert [[(one.label, one.box, one.text) for one in image.objects] for image in read.images] == [
        [(one.label, (one.x, one.y, one.w, one.h), one.text) for one in some] for some in boxes
    ]
    assert len(loss) == 0
