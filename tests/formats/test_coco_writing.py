from __future__ import annotations

import io
import json
import math

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as reference_masks
from pycocotools.coco import COCO

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.formats import rle
from asyncsdk.formats.canvas import Canvas
from asyncsdk.formats.coco_joining import load_coco
from asyncsdk.formats.coco_parts import annotation_part, category_part, image_part
from asyncsdk.formats.coco_reading import read_coco
from asyncsdk.formats.coco_records import CategoryEntry, ImageEntry, ObjectEntry
from asyncsdk.formats.coco_video_parts import video_part
from asyncsdk.formats.coco_writing import CocoWriter, write_coco
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Category, FileImage, FileObject, RunLengths
from asyncsdk.formats.unfitting import objects_of
from asyncsdk.records.coco import COCOContent, COCORle
from asyncsdk.records.shapes import LineShape, PointShape, PolygonShape

_NAMES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(str.strip)
_NUMBERS = st.integers(-1000, 1000) | st.floats(-1e6, 1e6)
_POINTS = st.tuples(_NUMBERS, _NUMBERS)
_BOXES = st.tuples(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS)
_PARTS = st.lists(st.lists(_POINTS, min_size=3, max_size=5).map(tuple), min_size=1, max_size=3).map(tuple)
_KEYPOINTS = st.lists(st.tuples(_NUMBERS, _NUMBERS, st.sampled_from([0, 1, 2])), min_size=1, max_size=4).map(
    tuple
)
_MASKS = st.sampled_from([RunLengths(2, 3, (1, 3, 2)), RunLengths(2, 3, "132"), RunLengths(1, 1, (0, 1))])
_ATTRIBUTES = st.none() | st.dictionaries(
    st.text(), st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _NUMBERS | st.text(), max_size=3
)
_OBJECTS = st.builds(
    FileObject,
    label=st.just(""),
    box=st.none() | _BOXES,
    parts=st.none() | _PARTS,
    keypoints=st.none() | _KEYPOINTS,
    text=st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    attributes=_ATTRIBUTES,
    is_crowd=st.booleans(),
) | st.builds(FileObject, label=st.just(""), mask=_MASKS, is_crowd=st.booleans())
_CATEGORIES = st.lists(
    st.builds(
        Category,
        name=_NAMES,
        supercategory=st.none() | _NAMES,
        keypoints=st.none() | st.lists(_NAMES, min_size=1).map(tuple),
        skeleton=st.none() | st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=1).map(tuple),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda category: category.name,
)
_SIZES = st.none() | st.integers(1, 9999)
_IMAGES = st.lists(
    st.builds(FileImage, name=_NAMES, width=_SIZES, height=_SIZES, attributes=_ATTRIBUTES), max_size=3
)


def written(*parts, **options):
    """Return the bytes of a file with these parts."""
    sink = io.BytesIO()
    writer = CocoWriter(sink, **options)
    for part in parts:
        writer.add(part)
    writer.close()
    return sink.getvalue()


def one_annotation(found):
    """Return the annotation of a file with one object, as JSON."""
    parts = [
        category_part(0, Category(name="car")),
        image_part(0, FileImage(name="a.png", width=100, height=80)),
        annotation_part(0, 0, 0, found),
    ]
    return json.loads(written(*parts))["annotations"][0]


def without_place(entry):
    match entry:
        case ImageEntry():
            return attrs.evolve(entry, image=attrs.evolve(entry.image, place=""))
        case ObjectEntry():
            return attrs.evolve(entry, object=attrs.evolve(entry.object, place=""))
    return entry


@given(_CATEGORIES, _IMAGES, st.lists(_OBJECTS, max_size=4))
def test_reads_what_it_wrote(categories, images, objects):
    parts = [annotation_part(number, number % 7, 0, found) for number, found in enumerate(objects)]
    data = written(
        *(category_part(number, category) for number, category in enumerate(categories)),
        *(image_part(number, image) for number, image in enumerate(images)),
        *parts,
    )
    loss = LossReport()
    entries = [without_place(entry) for entry in read_coco(io.BytesIO(data), "f.json", loss)]
    assert entries == [
        *(CategoryEntry(number, category) for number, category in enumerate(categories)),
        *(ImageEntry(number, image) for number, image in enumerate(images)),
        *(
            ObjectEntry(number % 7, 0, attrs.evolve(found, box=part.bbox or None), number)
            for number, (found, part) in enumerate(zip(objects, parts, strict=True))
        ),
    ]
    assert not loss.counts
    if parts:
        again = [
            annotation_part(e.id, e.image_id, 0, e.object) for e in entries if isinstance(e, ObjectEntry)
        ]
        assert again == parts


def test_writes_the_full_compact_form():
    data = written(
        category_part(0, Category(name="truck", supercategory="vehicle")),
        image_part(0, FileImage(name="a.png", width=640, height=480, attributes={"fog": True})),
        annotation_part(0, 0, 0, FileObject(label="truck", box=(10, 20, 64, 48), text="é")),
    )
    assert data.decode() == (
        '{"info":{"year":null,"version":null,"description":null,"contributor":null,"url":null,"date_created":null},'
        '"licenses":[],'
        '"categories":[{"id":0,"name":"truck","keypoints":null,"skeleton":null,"supercategory":"vehicle"}],'
        '"images":[{"id":0,"file_name":"a.png","width":640,"height":480,"license":null,"flickr_url":null,'
        '"coco_url":null,"date_captured":null,"attributes":{"fog":true}}],'
        '"annotations":[{"id":0,"image_id":0,"category_id":0,"bbox":[10,20,64,48],"segmentation":[],'
        '"keypoints":null,"num_keypoints":null,"score":0.0,"iscrowd":0,"area":3072.0,"utf8_string":"é",'
        '"attributes":null}]}'
    )


def test_k3_a_file_without_anything_is_whole():
    content = json.loads(written())
    assert content["categories"] == content["images"] == content["annotations"] == content["licenses"] == []
    assert "videos" not in content


def test_k2_areas_are_computed():
    assert one_annotation(FileObject(label="car", box=(1, 2, 3, 4.5)))["area"] == 13.5
    parts = (((0, 0), (10, 0), (10, 5)), ((20, 20), (20, 24), (24, 24), (24, 20)))
    assert one_annotation(FileObject(label="car", parts=parts))["area"] == 25 + 16
    assert one_annotation(FileObject(label="car", mask=RunLengths(2, 3, (1, 3, 2))))["area"] == 3
    assert one_annotation(FileObject(label="car"))["area"] == 0


def test_k6_boxes_around_polygons_at_negative_coordinates():
    found = FileObject(label="car", parts=(((-5, -5), (-3, -5), (-3, -3)),))
    assert one_annotation(found)["bbox"] == [-5, -5, 2, 2]


def test_k4_keypoints_without_a_visible_one_have_a_box():
    hidden = one_annotation(FileObject(label="car", keypoints=((4, 5, 0), (8, 7, 0))))
    assert (hidden["bbox"], hidden["num_keypoints"], hidden["keypoints"]) == (
        [4, 5, 4, 2],
        0,
        [4, 5, 0, 8, 7, 0],
    )
    seen = one_annotation(FileObject(label="car", keypoints=((0, 0, 0), (8, 7, 1), (10, 9, 2))))
    assert (seen["bbox"], seen["num_keypoints"], seen["area"]) == ([8, 7, 2, 2], 2, 4)


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("shape", ["box", "parts", "keypoints"])
def test_k4_nothing_that_is_not_json_is_written(number, shape):
    values = {
        "box": (0, number, 1, 1),
        "parts": (((0, number), (1, 1), (2, 0)),),
        "keypoints": ((0, number, 2),),
    }
    with pytest.raises(InvalidArgumentError, match=r"annotation 3: .* not finite"):
        annotation_part(3, 0, 0, FileObject(label="car", **{shape: values[shape]}))


def test_a_mask_that_is_none_is_refused():
    with pytest.raises(InvalidArgumentError, match="annotation 3: "):
        annotation_part(3, 0, 0, FileObject(label="car", mask=RunLengths(2, 3, (1, 3))))


def test_c6_parts_of_an_object_stay_together():
    left = PolygonShape(label="car", polygon=((0, 0), (9, 0), (9, 9)), instance=1)
    right = PolygonShape(label="car", polygon=((20, 0), (29, 0), (29, 9)), instance=1)
    canvas = Canvas(file="f.json", loss=LossReport(), width=100, height=80)
    [found] = objects_of([left, right], canvas)
    assert one_annotation(found)["segmentation"] == [[0, 0, 9, 0, 9, 9], [20, 0, 29, 0, 29, 9]]


def test_k1_lines_and_points_are_told():
    canvas = Canvas(file="f.json", loss=LossReport(), width=100, height=80)
    shapes = [LineShape(label="car", line=((0, 0), (9, 9))), PointShape(label="car", point=(3, 4))]
    assert objects_of(shapes, canvas) == ()
    assert len(canvas.loss) == 2


def test_k5_repeated_categories_are_refused():
    for second in (category_part(1, Category(name="car")), category_part(0, Category(name="bus"))):
        with pytest.raises(InvalidArgumentError, match="there already"):
            written(category_part(0, Category(name="car")), second)


def test_k7_an_annotation_must_have_a_category_that_is_there():
    with pytest.raises(InvalidArgumentError, match="no category has the id 4"):
        written(category_part(0, Category(name="car")), annotation_part(0, 0, 4, FileObject(label="car")))


def test_parts_out_of_order_are_refused():
    with pytest.raises(InvalidArgumentError, match="categories must be added before images"):
        written(image_part(0, FileImage(name="a.png")), category_part(0, Category(name="car")))


def test_videos_are_refused_in_a_file_begun_without():
    with pytest.raises(InvalidArgumentError, match="begun without videos"):
        written(video_part(0, FileImage(name="a.mp4")))


def test_a_part_that_cannot_be_written_leaves_no_trace():
    sink = io.BytesIO()
    writer = CocoWriter(sink)
    with pytest.raises(InvalidArgumentError, match="lone surrogate"):
        writer.add(image_part(0, FileImage(name="a\ud800.png")))
    writer.close()
    assert sink.getvalue() == written()


@pytest.mark.parametrize("value", [np.float32(1.5), object(), {(1, 2): 3}])
def test_what_json_does_not_hold_is_refused(value):
    image = attrs.evolve(image_part(7, FileImage(name="a.png")), attributes={"a": value})
    with pytest.raises(InvalidArgumentError, match="COCOImage 7 cannot be written as JSON"):
        written(image)


def test_nesting_without_end_is_refused():
    endless = {}
    endless["a"] = endless
    with pytest.raises(InvalidArgumentError, match="COCOImage 7 cannot be written as JSON"):
        written(attrs.evolve(image_part(7, FileImage(name="a.png")), attributes=endless))


def test_a_whole_record_is_written_as_its_parts_are():
    content = COCOContent(
        categories=(category_part(0, Category(name="car")),),
        images=(image_part(0, FileImage(name="a.png")),),
        annotations=(annotation_part(0, 0, 0, FileObject(label="car", box=(1, 2, 3, 4))),),
    )
    sink = io.BytesIO()
    write_coco(sink, content)
    assert sink.getvalue() == written(*content.categories, *content.images, *content.annotations)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_pycocotools_reads_what_we_write(tmp_path, capsys):
    objects = [
        FileObject(label="car", box=(1, 2, 3, 4)),
        FileObject(label="car", parts=(((0, 0), (10, 0), (10, 5)), ((20, 20), (20, 24), (24, 24)))),
        FileObject(label="car", mask=RunLengths(80, 100, (100, 50, 7850))),
        FileObject(label="car", mask=rle.compressed(RunLengths(80, 100, (100, 50, 7850))), is_crowd=True),
        FileObject(label="car", keypoints=((4, 5, 2), (0, 0, 0))),
        FileObject(label="car", text="a label of the whole image"),
    ]
    path = tmp_path / "f.json"
    path.write_bytes(
        written(
            category_part(0, Category(name="car", keypoints=("l", "r"), skeleton=((1, 2),))),
            image_part(0, FileImage(name="a.png", width=100, height=80)),
            *(annotation_part(number, 0, 0, found) for number, found in enumerate(objects)),
        )
    )
    theirs = COCO(str(path))
    annotations = theirs.loadAnns(theirs.getAnnIds())
    assert [annotation["id"] for annotation in annotations] == list(range(6))
    assert theirs.getCatIds(["car"]) == [0]
    assert theirs.getAnnIds(iscrowd=True) == [3]
    assert theirs.getAnnIds(areaRng=[11, 13]) == [0]
    assert int(theirs.annToMask(annotations[1]).sum()) > 0
    for number in (2, 3):
        assert int(theirs.annToMask(annotations[number]).sum()) == annotations[number]["area"] == 50
        encoded = theirs.annToRLE(annotations[number])
        assert list(reference_masks.toBbox(encoded)) == annotations[number]["bbox"]


def test_masks_keep_the_form_they_have():
    part = annotation_part(0, 0, 0, FileObject(label="car", mask=RunLengths(2, 3, "132")))
    assert part.segmentation == COCORle(size=(2, 3), counts="132")
    assert one_annotation(FileObject(label="car", mask=RunLengths(2, 3, (1, 3, 2))))["segmentation"] == {
        "size": [2, 3],
        "counts": [1, 3, 2],
    }


def test_a_file_read_and_written_again_stays_the_same():
    data = written(
        category_part(0, Category(name="car", supercategory="a.b")),
        image_part(0, FileImage(name="a.png", width=100, height=80)),
        annotation_part(0, 0, 0, FileObject(label="car", parts=(((0.1, 0.2), (9.7, 0), (9, 9.3)),))),
    )
    dataset = load_coco(data, "f.json", LossReport())
    again = written(
        *(category_part(number, category) for number, category in enumerate(dataset.categories)),
        *(image_part(number, image) for number, image in enumerate(dataset.images)),
        *(annotation_part(number, 0, 0, found) for number, found in enumerate(dataset.images[0].objects)),
    )
    assert again == data
