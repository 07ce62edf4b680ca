from __future__ import annotations

import io
import json
import tracemalloc
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import FormatError
from asyncsdk.formats import coco_sections
from asyncsdk.formats.coco_reading import read_coco
from asyncsdk.formats.coco_records import (
    BoxRows,
    CategoryEntry,
    FrameLocator,
    ImageEntry,
    ImageRows,
    ObjectEntry,
    VideoEntry,
)
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Category, FileImage, FileObject, RunLengths


def coco(*annotations, **sections):
    """Return a small file with one image and one category."""
    whole = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": list(annotations),
        "categories": [{"id": 1, "name": "car"}],
    }
    return {**whole, **sections}


def annotation(**values):
    return {"id": 5, "image_id": 1, "category_id": 1, **values}


def read(content):
    """Return the entries and the report."""
    loss = LossReport()
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return list(read_coco(io.BytesIO(data), "f.json", loss)), loss


def only(kind, content):
    """Return the one entry of a kind, and the losses as text."""
    entries, loss = read(content)
    [entry] = [entry for entry in entries if type(entry) is kind]
    return entry, [str(one) for one in loss]


def fault(content):
    with pytest.raises(FormatError) as caught:
        read(content)
    return caught.value


def test_sections_come_in_any_order():
    sections = coco(annotation())
    for order in (["annotations", "images", "categories"], ["categories", "annotations", "images"]):
        entries, loss = read({section: sections[section] for section in order})
        kinds = {"annotations": ObjectEntry, "images": ImageEntry, "categories": CategoryEntry}
        assert [type(entry) for entry in entries] == [kinds[section] for section in order]
        assert not loss.counts


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1),
        ("1", 1),
        (1.0, 1),
        (-3, -3),
        ("01", "01"),
        ("6f9619ff-8b86-d011-b42d-00c04fc964ff", "6f9619ff-8b86-d011-b42d-00c04fc964ff"),
        (2**70, str(2**70)),
        (2**70 + 1, str(2**70)),
        (10**400, str(10**400)),
        ("é", "é"),
    ],
)
def test_c4_ids_are_what_joins(value, expected):
    content = coco(
        annotation(id=value, image_id=value, category_id=value),
        images=[{"id": value, "file_name": "a.png"}],
        categories=[{"id": value, "name": "car"}],
    )
    entries, loss = read(content)
    assert not loss.counts
    image, found, category = entries
    assert image.id == category.id == found.id == found.image_id == found.category_id == expected
    assert type(image.id) is type(expected)


def test_ids_of_more_than_64_bits_join_however_their_elements_are_read():
    number, half = 10**25 + 1, "\ud800"  # an element with half a character is read on its own
    content = coco(
        annotation(image_id=number, attributes={"a": half}),
        images=[{"id": number, "file_name": "a.png"}],
    )
    image, found, _ = read(content)[0]
    assert found.image_id == image.id


def test_c4_what_is_null_or_missing_is_not_there():
    keys = ["id", "bbox", "area", "iscrowd", "segmentation", "score", "keypoints", "num_keypoints"]
    null = dict.fromkeys([*keys, "utf8_string", "attributes", "video_id", "frame_attributes"])
    for values in (null, {}):
        entry, losses = only(ObjectEntry, coco({"image_id": 1, "category_id": 1, **values}))
        assert entry == ObjectEntry(1, 1, FileObject(label="", place="annotations[0]"))
        assert losses == []


def test_c4_images_may_have_a_number_as_date_and_licences_may_be_text():
    image = {"id": 1, "file_name": "a.png", "date_captured": 0, "license": None, "flickr_url": "", "width": 0}
    entries, loss = read(coco(images=[image], licenses=["CC BY"]))
    assert entries[0].image.name == "a.png"
    assert [str(one) for one in loss] == ["f.json: licenses: dropped (extra-key): is not kept (said once)"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"bbox": [1.9, 2, 3, 4.5]}, {"box": (1.9, 2, 3, 4.5)}),
        ({"bbox": []}, {}),
        ({"segmentation": []}, {}),
        ({"segmentation": {}}, {}),
        ({"segmentation": [[0, 0, 9, 0, 9, 9.5]]}, {"parts": (((0, 0), (9, 0), (9, 9.5)),)}),
        ({"segmentation": [0, 0, 9, 0, 9, 9]}, {"parts": (((0, 0), (9, 0), (9, 9)),)}),
        (
            {"segmentation": [[0, 0, 9, 0, 9, 9], [20, 20, 29, 20, 29, 29]]},
            {"parts": (((0, 0), (9, 0), (9, 9)), ((20, 20), (29, 20), (29, 29)))},
        ),
        ({"segmentation": {"size": [2, 3], "counts": "132"}}, {"mask": RunLengths(2, 3, "132")}),
        ({"segmentation": {"size": [2, 3], "counts": [1, 3, 2]}}, {"mask": RunLengths(2, 3, (1, 3, 2))}),
        (
            {"segmentation": {"size": [2.0, 3.0], "counts": [1.0, 3, 2]}},
            {"mask": RunLengths(2, 3, (1, 3, 2))},
        ),
        ({"iscrowd": 1}, {"is_crowd": True}),
        ({"iscrowd": True}, {"is_crowd": True}),
        ({"iscrowd": "1"}, {"is_crowd": True}),
        ({"iscrowd": 0.0}, {}),
        ({"keypoints": [1, 2.5, 2, 0, 0, 0.0], "num_keypoints": 1}, {"keypoints": ((1, 2.5, 2), (0, 0, 0))}),
        ({"keypoints": []}, {}),
        ({"utf8_string": "AB 12"}, {"text": "AB 12"}),
        ({"utf8_string": ""}, {"text": ""}),
        ({"attributes": {"dirty": True, "n": [1, None]}}, {"attributes": {"dirty": True, "n": [1, None]}}),
        ({"attributes": {}}, {"attributes": {}}),
        ({"area": "no number"}, {}),
        ({"score": 0.0}, {}),
        ({"something": None, "other": [], "third": {"a": 0}}, {}),
    ],
)
def test_c7_says_what_an_annotation_says(values, expected):
    entry, losses = only(ObjectEntry, coco(annotation(**values)))
    nothing = {"box": None, "parts": None, "mask": None, "keypoints": None, "text": None, "attributes": None}
    for key, value in {**nothing, "is_crowd": False, **expected}.items():
        assert getattr(entry.object, key) == value
    assert entry.object.place == "annotations[0] (id 5)"
    assert entry.labelled("car").label == "car"
    assert losses == []


@pytest.mark.parametrize(
    ("values", "place", "rule"),
    [
        ({"bbox": [1, 2, 3]}, "bbox", "must be 4 numbers"),
        ({"bbox": [1, 2, 3, "4"]}, "bbox", "no number"),
        ({"bbox": [1, 2, 3, True]}, "bbox", "no number"),
        ({"bbox": [1, 2, 3, 10**30]}, "bbox", "too large"),
        ({"bbox": "1 2 3 4"}, "bbox", "must be 4 numbers"),
        ({"segmentation": [[0, 0, 9, 0, 9]]}, "segmentation[0]", "fewer than 3"),
        ({"segmentation": [[0, 0, 9, 0, 9, 9, 9]]}, "segmentation[0]", "pairs"),
        ({"segmentation": [[0, 0, 9, 0, 9, None]]}, "segmentation[0]", "no number"),
        ({"segmentation": ["a"]}, "segmentation", "no number"),
        ({"segmentation": [[]]}, "segmentation[0]", "fewer than 3"),
        ({"segmentation": "a.png"}, "segmentation", "list of polygons"),
        ({"segmentation": {"counts": "132"}}, "segmentation", "'size'"),
        ({"segmentation": {"size": [2, 3]}}, "segmentation", "'counts'"),
        ({"segmentation": {"size": [2, 3], "counts": [1, -3]}}, "segmentation", "0 or more"),
        ({"segmentation": {"size": [2, 3], "counts": ["a"]}}, "segmentation", "'counts'"),
        ({"keypoints": [1, 2]}, "keypoints", "visibility for each"),
        ({"keypoints": [1, 2, 3]}, "keypoints", "visibility other"),
        ({"keypoints": [1, 2, 0.5]}, "keypoints", "visibility other"),
        ({"iscrowd": 2}, "iscrowd", "0 or 1"),
        ({"iscrowd": "yes"}, "iscrowd", "0 or 1"),
        ({"score": 0.25}, "score", "0.25"),
        ({"utf8_string": ["a"]}, "utf8_string", "must be a text"),
        ({"utf8_string": "\ud800"}, "utf8_string", "half a character"),
        ({"attributes": [1]}, "attributes", "must be an object"),
        ({"attributes": {"a": 2**64}}, "attributes", "too large"),
        ({"attributes": {"\ud800": 1}}, "attributes", "half a character"),
        ({"utf8_string": 12}, "utf8_string", "becomes text"),
    ],
)
def test_c7_reports_what_cannot_be_kept(values, place, rule):
    entry, [loss] = only(ObjectEntry, coco(annotation(**values)))
    assert loss.startswith(f"f.json: annotations[0].{place} (id 5): ")
    assert rule in loss
    assert (entry.object.box, entry.object.parts, entry.object.mask) == (None, None, None)


@pytest.mark.parametrize(
    ("values", "is_unreadable"),
    [
        ({"bbox": [1, 2, 3]}, True),
        ({"bbox": [], "segmentation": [[1, 2, 3, 4]]}, True),
        ({"segmentation": {"size": [2, 3], "counts": [-1]}}, True),
        ({"keypoints": [1, None, 2]}, True),
        ({"bbox": [1, 2, 3], "segmentation": [[0, 0, 9, 0, 9, 9]]}, False),
        ({"bbox": [0, 0, 0, 0]}, False),
        ({"bbox": [], "segmentation": [[]], "keypoints": None}, False),
    ],
)
def test_what_has_a_shape_that_cannot_be_read_is_marked(values, is_unreadable):
    entry, _ = only(ObjectEntry, coco(annotation(**values)))
    assert entry.object.is_unreadable is is_unreadable


def test_numbers_beyond_floats_are_no_coordinates():
    raw = json.dumps(coco(annotation(bbox=[1, 2, 3, 777]))).replace("777", "1e999")
    entry, [loss] = only(ObjectEntry, raw.encode())
    assert entry.object.box is None
    assert "too large" in loss


def test_of_several_polygons_the_sound_ones_stay():
    entry, [loss] = only(ObjectEntry, coco(annotation(segmentation=[[0, 0, 9, 0, 9, 9], [1, 2]])))
    assert entry.object.parts == (((0, 0), (9, 0), (9, 9)),)
    assert "annotations[0].segmentation[1] (id 5)" in loss


def test_attributes_nested_without_end_are_dropped():
    inner = {}
    for _ in range(100):
        inner = {"a": inner}
    entry, [loss] = only(ObjectEntry, coco(annotation(attributes=inner)))
    assert entry.object.attributes is None
    assert "nested" in loss


def test_c7_keys_that_nothing_holds_are_told_once():
    content = coco(
        annotation(id=5, color="red"),
        annotation(id=6, color="blue", weight=2),
        info={"year": 2017},
        images=[{"id": 1, "file_name": "a.png", "license": 3}, {"id": 2, "file_name": "b.png", "license": 4}],
        licenses=[{"id": 3, "name": "x"}, {"id": 4, "name": "y"}],
    )
    _, loss = read(content)
    assert loss.counts == {"extra-key": 5}
    assert [one.place for one in loss] == [
        "images[0].license",
        "annotations[0].color (id 5)",
        "annotations[1].weight (id 6)",
        "info",
        "licenses",
    ]


def test_a_file_that_says_nothing_more_loses_nothing():
    _, loss = read(coco(annotation(), info={"year": None, "version": None}, licenses=[], videos=None))
    assert len(loss) == 0


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": "car"}, Category(name="car")),
        ({"name": "a/b.c é"}, Category(name="a/b.c é")),
        (
            {"name": "car", "supercategory": "vehicle.road"},
            Category(name="car", supercategory="vehicle.road"),
        ),
        ({"name": "car", "supercategory": ""}, Category(name="car")),
        (
            {"name": "car", "keypoints": ["l", "r"], "skeleton": [[1, 2]]},
            Category(name="car", keypoints=("l", "r"), skeleton=((1, 2),)),
        ),
        ({"name": "car", "keypoints": "tip"}, Category(name="car", keypoints=("tip",))),
        ({"name": "car", "keypoints": [], "skeleton": []}, Category(name="car")),
    ],
)
def test_reads_categories(values, expected):
    entry, losses = only(CategoryEntry, coco(categories=[{"id": 1, **values}]))
    assert entry.category == expected
    assert losses == []


@pytest.mark.parametrize(
    ("values", "expected", "rule"),
    [
        ({"name": 3}, Category(name="3"), "becomes text"),
        ({"name": "car\r\n"}, Category(name="car"), "line ends"),
        ({"name": "car", "supercategory": 3}, Category(name="car"), "must be a text"),
        ({"name": "car", "keypoints": 3}, Category(name="car"), "list of names"),
        ({"name": "car", "keypoints": [3]}, Category(name="car"), "must be a text"),
        ({"name": "car", "skeleton": [[1]]}, Category(name="car"), "pairs"),
        ({"name": "car", "isthing": 1}, Category(name="car"), "is not kept"),
    ],
)
def test_repairs_of_categories_are_told(values, expected, rule):
    entry, [loss] = only(CategoryEntry, coco(categories=[{"id": 1, **values}]))
    assert entry.category == expected
    assert rule in loss


def test_the_same_category_twice_is_told_and_another_with_its_id_refused():
    entry, [loss] = only(
        CategoryEntry, coco(categories=[{"id": 1, "name": "car"}, {"id": "1", "name": "car"}])
    )
    assert entry.category.name == "car"
    assert loss.startswith("f.json: categories[1]: changed (category-twice)")
    error = fault(coco(categories=[{"id": 1, "name": "car"}, {"id": 1, "name": "bus"}]))
    assert error.place == "categories[1]"
    assert "'car'" in error.rule


@pytest.mark.parametrize(
    ("content", "place", "rule"),
    [
        (b"", "byte 0", "empty"),
        ([{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}], "byte 0", "results"),
        ({}, "", "no 'annotations'"),
        ({"images": [], "annotations": None}, "", "no 'annotations'"),
        ({"annotations": [], "categories": []}, "", "no 'images'"),
        ({"images": [], "annotations": [annotation()], "categories": []}, "", "no 'categories'"),
        ({"images": {}, "annotations": []}, "images", "must be a list"),
        ({"images": [], "annotations": "a"}, "annotations", "must be a list"),
        ({"images": [1]}, "images[0]", "must be an object"),
        (coco(images=[{"id": 1}]), "images[0].file_name", "missing"),
        (coco(images=[{"id": 1, "file_name": 3}]), "images[0].file_name", "must be a text"),
        (coco(images=[{"id": 1, "file_name": " "}]), "images[0].file_name", "must be a text"),
        (coco(images=[{"id": 1, "file_name": "a\n.png"}]), "images[0].file_name", "control"),
        (coco(images=[{"id": 1, "file_name": "a\ud800.png"}]), "images[0].file_name", "half"),
        (coco(images=[{"file_name": "a.png"}]), "images[0].id", "missing"),
        (coco(images=[{"id": 1.5, "file_name": "a.png"}]), "images[0].id", "whole number"),
        (coco(images=[{"id": True, "file_name": "a.png"}]), "images[0].id", "whole number"),
        (coco(images=[{"id": "x" * 300, "file_name": "a.png"}]), "images[0].id", "255"),
        (coco(categories=[{"id": 1}]), "categories[0].name", "missing"),
        (coco(categories=[{"id": 1, "name": {}}]), "categories[0].name", "must be a text"),
        (coco(categories=[{"id": 1, "name": ""}]), "categories[0].name", "must be a text"),
        (coco(categories=[{"id": 1, "name": "a\x07b"}]), "categories[0].name", "control"),
        (coco({"id": 5, "category_id": 1}), "annotations[0].image_id (id 5)", "missing"),
        (coco({"id": 5, "image_id": 1}), "annotations[0].category_id (id 5)", "missing"),
        (coco(annotation(category_id=[1])), "annotations[0].category_id (id 5)", "whole number"),
        (coco({"id": 5, "image_id": 1, "caption": "A cat."}), "annotations[0]", "captions file"),
        (coco({"image_id": 1, "file_name": "a.png", "segments_info": []}), "annotations[0]", "panoptic"),
    ],
)
def test_refuses_what_is_useless_and_says_where(content, place, rule):
    error = fault(content)
    assert error.place == place
    assert rule in error.rule
    assert str(error).startswith("f.json: ")


def test_captions_are_refused_before_anything_is_missed():
    content = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": [{"id": 9, "image_id": 1, "caption": "A"}],
    }
    assert "captions file" in fault(content).rule


def test_c11_names_with_folders_stay_and_can_be_had_without():
    entry, losses = only(ImageEntry, coco(images=[{"id": 1, "file_name": r"train\day/a.png"}]))
    assert entry.image.name == r"train\day/a.png"
    assert entry.image.base_name == "a.png"
    assert losses == []


def test_reads_size_and_attributes_of_images():
    image = {"id": 1, "file_name": "a.png", "width": "640", "height": 480.0, "attributes": {"fog": True}}
    entry, losses = only(ImageEntry, coco(images=[image]))
    assert (entry.image.width, entry.image.height, entry.image.attributes) == (640, 480, {"fog": True})
    assert (entry.image.place, losses) == ("images[0]", [])
    _, losses = only(ImageEntry, coco(images=[{**image, "width": -1, "height": "high"}]))
    assert [loss.split(": ")[1] for loss in losses] == ["images[0].width", "images[0].height"]


def test_reads_videos_frames_and_locators():
    content = coco(
        annotation(
            image_id=None, video_id=7, frame_attributes={"track_id": 3, "frame_id": 2, "keyframe": True}
        ),
        images=[{"id": 1, "video_id": 7, "frame_id": 0, "file_name": None}],
        videos=[{"id": 7, "file_name": "a.mp4", "attributes": {"night": True}}],
    )
    (frame, found, _, video), loss = read(content)
    assert (frame.video_id, frame.frame, frame.image.name) == (7, 0, "")
    assert (found.video_id, found.image_id, found.locator) == (7, None, FrameLocator(3, 2, is_keyframe=True))
    assert type(video) is VideoEntry
    assert (video.id, video.video.name, video.video.attributes) == (7, "a.mp4", {"night": True})
    assert not loss.counts


def test_c13_reads_utf_8_with_and_without_mark():
    for mark in ("", "\ufeff"):
        data = (
            mark + json.dumps(coco(categories=[{"id": 1, "name": "véhicule 車"}]), ensure_ascii=False)
        ).encode()
        entry, _ = only(CategoryEntry, data)
        assert entry.category.name == "véhicule 車"


def many_boxes(count):
    """Give a file with many boxes, chunk by chunk."""
    yield b'{"images": [{"id": 0, "file_name": "a.png"}], "categories": [{"id": 0, "name": "car"}], "annotations": ['
    for number in range(count):
        yield (b"," if number else b"") + json.dumps(
            {
                "id": number,
                "image_id": 0,
                "category_id": 0,
                "bbox": [number, 1.5, 20, 30.25],
                "segmentation": [],
            }
        ).encode()
    yield b"]}"


def test_c12_large_files_take_little_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(coco_sections, "_WINDOW", 1 << 14)
    monkeypatch.setattr(coco_sections, "_SLICE", 1 << 12)
    path = tmp_path / "large.json"
    with path.open("wb") as stream:
        stream.writelines(many_boxes(10_000))
    with path.open("rb") as stream:
        tracemalloc.start()
        try:
            count = sum(type(entry) is ObjectEntry for entry in read_coco(stream, "large.json", LossReport()))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert count == 10_000
    assert peak < path.stat().st_size / 4


_ODD = st.fixed_dictionaries(
    {},
    optional={
        "id": st.none() | st.integers(-3, 3) | st.just("7") | st.just(2**70),
        "segmentation": st.sampled_from([None, [], [[1, 1, 5, 1, 5, 5]], {"size": [9, 9], "counts": "X"}]),
        "iscrowd": st.sampled_from([None, 0, 1, False]),
        "score": st.sampled_from([None, 0, 0.0, 0.5]),
        "area": st.sampled_from([None, 12, 1.5, "much"]),
        "attributes": st.sampled_from([None, {}, [], {"a": [{"b": 1}, {"c": "}, {"}]}]),
        "utf8_string": st.sampled_from([None, "", "text"]),
        "keypoints": st.sampled_from([None, []]),
        "occluded": st.sampled_from([None, True]),
    },
)
_NUMBER = st.integers(-5, 50) | st.floats(-5, 50, allow_nan=False) | st.just(2**60)


@given(
    boxes=st.lists(
        st.tuples(st.integers(0, 4), st.lists(_NUMBER, min_size=4, max_size=4), _ODD), max_size=12
    ),
    names=st.lists(st.sampled_from(["a.png", "b/c.png", "\t.png", "{}, {", "é"]), min_size=1, max_size=6),
    indent=st.sampled_from([None, 1]),
    piece=st.sampled_from([40, 400, 1 << 16]),
)
def test_rows_say_what_entries_say(boxes, names, indent, piece):
    content = {
        "images": [
            {"id": number, "file_name": name, "width": 40, "height": 0} for number, name in enumerate(names)
        ],
        "annotations": [
            {"image_id": image, "category_id": 1, "bbox": box} | odd for image, box, odd in boxes
        ],
        "categories": [{"id": 1, "name": "cat"}],
    }
    data = json.dumps(content, indent=indent).encode()
    found = {}
    for in_rows in (False, True):
        loss, entries = LossReport(), []
        with mock.patch.object(coco_sections, "_SLICE", piece):
            try:
                for entry in read_coco(io.BytesIO(data), "f.json", loss, in_rows=in_rows):
                    entries += as_entries(entry)
            except FormatError as error:
                entries.append(str(error))
        found[in_rows] = entries, list(loss)
    assert found[True] == found[False]


def as_entries(entry):
    """Give the entries that rows stand for."""
    if isinstance(entry, BoxRows):
        for at, row in enumerate(entry.rows, entry.first):
            place = f"annotations[{at}]" + ("" if row.id is None else f" (id {row.id!r})")
            box = FileObject(label="", box=row.bbox, place=place)
            yield ObjectEntry(row.image_id, row.category_id, box, row.id)
    elif isinstance(entry, ImageRows):
        for at, row in enumerate(entry.rows, entry.first):
            image = FileImage(
                name=row.file_name,
                width=row.width or None,
                height=row.height or None,
                place=f"images[{at}]",
            )
            yield ImageEntry(row.id, image)
    else:
        yield entry
