"""Importing Pascal VOC files.

Names of tests carry the rows of faults that published clients are known for: x1 to x7.
"""

from __future__ import annotations

import pytest

from asyncsdk import SkippedImage
from asyncsdk.errors import ConflictError, FormatError, LossError, NotFoundError
from asyncsdk.formats.import_result import SkipReason


@pytest.fixture
def voc(tmp_path):
    """A function that writes a VOC file: the name of the image, and what is inside of each object."""

    def write(filename, *objects, more=""):
        inner = "".join(f"<object>{one}</object>" for one in objects)
        path = tmp_path / "voc.xml"
        path.write_text(f"<annotation><filename>{filename}</filename>{more}{inner}</annotation>")
        return path

    return write


def bndbox(xmin, ymin, xmax, ymax, name="cat"):
    return f"<name>{name}</name><bndbox><xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax><ymax>{ymax}</ymax></bndbox>"


POLYGON = "<name>cat</name><polygon><x1>1</x1><y1>1</y1><x2>9</x2><y2>1</y2><x3>9</x3><y3>9</y3></polygon>"


async def test_boxes(make_version, voc, shapes_by_name, box):
    version = await make_version("object_detection", "a.png", "b.png")
    result = await version.import_annotation_voc_file(
        voc("a.png", bndbox(1, 2, 4, 6), bndbox(5, 5, 6, 6, "dog"))
    )
    assert list(result.values()) == [2]
    assert await shapes_by_name(version) == {
        "a.png": {"rectangles": [box(1, 2, 3, 4), box(5, 5, 1, 1, "dog")]}
    }
    assert [label.name for label in await version.list_labels()] == ["cat", "dog"]
    [more] = await version.import_annotation_voc_file(voc("a.png", bndbox(1, 1, 2, 2)), mode="concatenate")
    assert more in result


async def test_a_missing_asset_or_label(make_version, voc):
    version = await make_version("object_detection", "a.png", "b.png", "b.png")
    with pytest.raises(NotFoundError, match=r"'x\.png'"):
        await version.import_annotation_voc_file(voc("x.png", bndbox(1, 1, 2, 2)))
    with pytest.raises(ConflictError, match=r"'folder/b\.png'"):
        await version.import_annotation_voc_file(voc("folder/b.png", bndbox(1, 1, 2, 2)))
    with pytest.raises(LossError):
        await version.import_annotation_voc_file(voc("a.png", bndbox(1, 1, 900, 2)), on_loss="raise")
    assert (await version.import_annotation_voc_file(voc("a.png", bndbox(1, 1, 2, 2)), dry_run=True)) == {}
    assert await version.list_labels() == []


async def test_c11_a_name_with_folders(make_version, voc, shapes_by_name):
    version = await make_version("object_detection", "a.png")
    await version.import_annotation_voc_file(voc("VOC2007/a.png", bndbox(1, 1, 2, 2)))
    assert set(await shapes_by_name(version)) == {"a.png"}


async def test_x1_objects_without_the_wanted_shape_and_files_without_objects(
    make_version, voc, shapes_by_name, box
):
    version = await make_version("object_detection", "a.png")
    result = await version.import_annotation_voc_file(voc("a.png", "<name>cat</name>", POLYGON))
    assert await shapes_by_name(version) == {"a.png": {"rectangles": [box(1, 1, 8, 8)]}}
    assert result.loss.counts == {"label-dropped": 1, "box-derived": 1}
    left = await version.import_annotation_voc_file(voc("a.png", "<name>cat</name>"))
    assert left.skipped == (SkippedImage("a.png", SkipReason.NOTHING_LEFT),)
    empty = await version.import_annotation_voc_file(voc("a.png"))
    assert list(empty.values()) == [0]
    assert await shapes_by_name(version) == {"a.png": {}}


async def test_x1_a_box_becomes_a_polygon(make_version, voc, shapes_by_name):
    version = await make_version("segmentation", "a.png")
    await version.import_annotation_voc_file(voc("a.png", bndbox(1, 1, 3, 3)))
    assert (await shapes_by_name(version))["a.png"] == {
        "polygons": [{"label": "cat", "polygon": [[1, 1], [3, 1], [3, 3], [1, 3]]}]
    }


async def test_x2_what_tools_write(make_version, voc, shapes_by_name, box):
    version = await make_version("object_detection", "a.png")
    more = "<size><width>640</width><height>480</height></size><source><image>flickr</image></source>"
    odd = bndbox(1, 1, 3, 3) + "<truncated>Unspecified</truncated><difficult>0</difficult>"
    await version.import_annotation_voc_file(voc("a.png", odd, more=more))
    assert await shapes_by_name(version) == {"a.png": {"rectangles": [box(1, 1, 2, 2)]}}


async def test_x3_inverted_boxes_fractions_and_counting_from_one(make_version, voc, shapes_by_name, box):
    version = await make_version("object_detection", "a.png")
    result = await version.import_annotation_voc_file(voc("a.png", bndbox(9.6, 9, 1.6, 4)))
    assert await shapes_by_name(version) == {"a.png": {"rectangles": [box(2, 4, 8, 5)]}}
    assert result.loss.counts == {"box-inverted": 1}
    await version.import_annotation_voc_file(voc("a.png", bndbox(1, 1, 640, 480)), one_based=True)
    assert await shapes_by_name(version) == {"a.png": {"rectangles": [box(0, 0, 640, 480)]}}


async def test_x4_missing_labels_are_named(make_version, voc):
    version = await make_version("object_detection", "a.png")
    await version.create_label("cat")
    objects = bndbox(1, 1, 2, 2), bndbox(1, 1, 2, 2, "emu")
    with pytest.raises(NotFoundError, match=r"1 labels are not there.*'emu'"):
        await version.import_annotation_voc_file(voc("a.png", *objects), force_create_label=False)


async def test_x5_a_type_without_anything_of_the_file_wipes_nothing(make_version, voc, shapes_by_name):
    version = await make_version("object_detection", "a.png")
    await version.import_annotation_voc_file(voc("a.png", bndbox(1, 1, 3, 3)))
    before = await shapes_by_name(version)
    await version.set_type("keypoint")
    result = await version.import_annotation_voc_file(voc("a.png", bndbox(1, 1, 3, 3)))
    assert (result, list(result.loss.counts)) == ({}, ["box-dropped"])
    assert await shapes_by_name(version) == before


async def test_x6_entities_are_refused(make_version, voc):
    version = await make_version("object_detection", "a.png")
    path = voc("a.png", bndbox(1, 1, 3, 3, "&a;"))
    path.write_text(f'<!DOCTYPE annotation [<!ENTITY a "bomb">]>{path.read_text()}')
    with pytest.raises(FormatError):
        await version.import_annotation_voc_file(path)


async def test_x7_files_that_name_ids(make_version, voc, shapes_by_name):
    version = await make_version("object_detection", "a.png", "b.png")
    a, b = sorted(await version.list_assets(), key=lambda asset: asset.filename)
    await version.import_annotation_voc_file(voc(f"{a.id}.png", bndbox(1, 1, 3, 3)), use_id=True)
    await version.import_annotation_voc_file(voc(b.object_name, bndbox(1, 1, 3, 3)), export_key="object_name")
    assert set(await shapes_by_name(version)) == {"a.png", "b.png"}
