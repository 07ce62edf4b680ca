"""Importing label files of YOLO.

Names of tests carry the rows of faults that published clients are known for: y1 to y7.
"""

from __future__ import annotations

import os

import pytest

from asyncsdk import SkippedImage
from asyncsdk.errors import (
    ConflictError,
    FormatError,
    InvalidArgumentError,
    MissingFileError,
    NotFoundError,
    TransferError,
)
from asyncsdk.formats.import_result import SkipReason


@pytest.fixture
def yaml(tmp_path):
    path = tmp_path / "data.yaml"
    path.write_text("nc: 2\nnames: [cat, dog]\n")
    return path


@pytest.fixture
def label_file(tmp_path):
    """A function that writes a label file: `label_file("a.txt", "0 0.5 0.5 0.1 0.1")`."""

    def write(name, *lines):
        path = tmp_path / "labels" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    return write


async def test_boxes(make_version, yaml, label_file, shapes_by_name, box):
    version = await make_version("object_detection", "a.png", "b.png", "c.png")
    files = [
        label_file("a.txt", "0 0.5 0.5 0.1 0.1", "1 0.05 0.05 0.1 0.1"),
        label_file("b.txt", "1 0.5 0.5 1 1"),
    ]
    result = await version.import_annotations_yolo_files(yaml, files, status="accepted")
    assert (sorted(result.values()), len(result.loss)) == ([1, 2], 0)
    assert await shapes_by_name(version) == {
        "a.png": {"rectangles": [box(288, 216, 64, 48), box(0, 0, 64, 48, "dog")]},
        "b.png": {"rectangles": [box(0, 0, 640, 480, "dog")]},
    }
    assert {one.status.value for one in await version.list_annotations()} == {"ACCEPTED"}
    assert [label.name for label in await version.list_labels()] == ["cat", "dog"]


@pytest.mark.parametrize(
    ("kind", "line", "wanted"),
    [
        ("segmentation", "0 0 0 0.5 0 0.5 0.5", {"polygons": [{"label": "cat", "polygon": [[0, 0], [320, 0], [320, 240]]}]}),
        ("classification", "1", {"classifications": [{"label": "dog"}]}),
        ("multi", "0 0.5 0.5 0.1 0.1", {"rectangles": [{"label": "cat", "x": 288, "y": 216, "w": 64, "h": 48}]}),
    ],
)  # fmt: skip
async def test_the_type_says_what_lines_hold(
    make_version, yaml, label_file, kind, line, wanted, shapes_by_name
):
    version = await make_version(kind, "a.png")
    await version.import_annotations_yolo_files(yaml, [label_file("a.txt", line)])
    assert await shapes_by_name(version) == {"a.png": wanted}


async def test_poses(make_version, yaml, label_file, shapes_by_name):
    version = await make_version("keypoint", "a.png")
    yaml.write_text("names: [cat]\nkpt_shape: [2, 3]\nkpt_names:\n  0: [nose, tail]\n")
    file = label_file("a.txt", "0 0.5 0.5 0.1 0.1 0.5 0.5 2 0 0 0")
    await version.import_annotations_yolo_files(yaml, [file])
    assert await shapes_by_name(version) == {
        "a.png": {"keypoints": [{"label": "cat", "keypoints": [[320, 240, 2], [0, 0, 0]]}]}
    }
    [skeleton] = (await version.get_skeletons()).values()
    assert skeleton.vertices == ("nose", "tail")


async def test_no_files(make_version, yaml, tmp_path):
    version = await make_version("object_detection", "a.png")
    assert await version.import_annotations_yolo_files(yaml, []) == {}
    with pytest.raises(MissingFileError):
        await version.import_annotations_yolo_files(yaml, [tmp_path / "missing.txt"])
    with pytest.raises(MissingFileError, match="configuration_yaml_path"):
        await version.import_annotations_yolo_files(tmp_path / "missing.yaml", [])
    with pytest.raises(InvalidArgumentError, match="file_paths"):
        await version.import_annotations_yolo_files(yaml, [5])


async def test_folders(make_version, yaml, label_file, shapes_by_name):
    version = await make_version("object_detection", "a.png", "b.png")
    folder = label_file("train/a.txt", "0 0.5 0.5 0.1 0.1").parents[1]
    label_file("val/b.txt", "0 0.5 0.5 0.1 0.1")
    label_file("classes.txt", "cat", "dog")
    await version.import_annotations_yolo_files(yaml, folder)
    assert set(await shapes_by_name(version)) == {"a.png", "b.png"}


async def test_a_list_of_classes_is_told_from_the_labels_of_an_image(
    make_version, yaml, label_file, shapes_by_name, box
):
    version = await make_version("object_detection", "a.png", "classes.png")
    folder = label_file("a.TXT", "0 0.5 0.5 0.1 0.1").parent
    label_file("classes.txt", "1 0.5 0.5 0.1 0.1")
    await version.import_annotations_yolo_files(yaml, folder)
    assert await shapes_by_name(version) == {
        "a.png": {"rectangles": [box(288, 216, 64, 48)]},
        "classes.png": {"rectangles": [box(288, 216, 64, 48, "dog")]},
    }
    label_file("more/classes.txt", "cat", "dog")
    with pytest.raises(ConflictError, match=r"both named for the image 'classes'"):
        await version.import_annotations_yolo_files(yaml, folder)
    other = await make_version("object_detection", "a.png")
    await other.import_annotations_yolo_files(yaml, folder)
    assert set(await shapes_by_name(other)) == {"a.png"}
    with pytest.raises(NotFoundError, match=r"'classes\.txt'"):
        await other.import_annotations_yolo_files(yaml, [folder / "classes.txt"])


async def test_missing_assets(make_version, yaml, label_file, shapes_by_name):
    version = await make_version("object_detection", "a.png", "10.png", "1.v2.png")
    files = [label_file(name, "0 0.5 0.5 0.1 0.1") for name in ("a.txt", "1.txt")]
    with pytest.raises(NotFoundError, match=r"'1\.txt'"):
        await version.import_annotations_yolo_files(yaml, files)
    result = await version.import_annotations_yolo_files(yaml, files, fail_on_asset_not_found=False)
    assert result.skipped == (SkippedImage("1.txt", SkipReason.NO_ASSET),)
    assert set(await shapes_by_name(version)) == {"a.png"}


async def test_an_asset_of_unknown_size(make_version, yaml, label_file):
    version = await make_version("object_detection", "a.png", width=None, height=None)
    with pytest.raises(FormatError, match=r"size of the asset 'a\.png' is not known"):
        await version.import_annotations_yolo_files(yaml, [label_file("a.txt", "0 0.5 0.5 0.1 0.1")])


async def test_y1_extensions_of_any_length(make_version, yaml, label_file, shapes_by_name):
    names = ["photo.jpeg", "scan.tiff", "web.webp", "street.v2.png", "bare"]
    version = await make_version("object_detection", *names)
    files = [
        label_file(f"{stem}.txt", "0 0.5 0.5 0.1 0.1")
        for stem in ("photo", "scan", "web", "street.v2", "bare")
    ]
    await version.import_annotations_yolo_files(yaml, files)
    assert set(await shapes_by_name(version)) == set(names)


async def test_y2_lines_of_the_wild(make_version, yaml, label_file, shapes_by_name, box):
    version = await make_version("object_detection", "a.png")
    lines = ["", "0\t0.5\t0.5\t0.1\t0.1", "1.0 0.5 0.5 1.0000001 1 0.93", "  ", ""]
    result = await version.import_annotations_yolo_files(yaml, [label_file("a.txt", *lines)])
    assert await shapes_by_name(version) == {
        "a.png": {"rectangles": [box(288, 216, 64, 48), box(0, 0, 640, 480, "dog")]}
    }
    assert set(result.loss.counts) == {"confidence", "outside"}
    with pytest.raises(FormatError, match=r"a\.txt: line 2"):
        await version.import_annotations_yolo_files(yaml, [label_file("a.txt", "0 0.5 0.5 1 1", "0 x 0 0 0")])


async def test_y3_negative_classes_are_refused(make_version, yaml, label_file):
    version = await make_version("object_detection", "a.png")
    with pytest.raises(FormatError, match="-1"):
        await version.import_annotations_yolo_files(yaml, [label_file("a.txt", "-1 0.5 0.5 0.1 0.1")])
    assert await version.list_labels() == []


async def test_y4_names_as_a_mapping(make_version, yaml, label_file, shapes_by_name):
    version = await make_version("object_detection", "a.png")
    yaml.write_text("names:\n  0: cat\n  1: no\n")
    await version.import_annotations_yolo_files(yaml, [label_file("a.txt", "1 0.5 0.5 0.1 0.1")])
    assert (await shapes_by_name(version))["a.png"]["rectangles"][0]["label"] == "no"
    yaml.write_text("names: [")
    with pytest.raises(FormatError, match=r"data\.yaml"):
        await version.import_annotations_yolo_files(yaml, [])


async def test_y5_one_request_for_labels_and_no_file_wins_over_another(
    any_org, make_proxy, connect, make_version, yaml, label_file
):
    version = await make_version("object_detection", "a.png", "c.png", "c.jpg")
    proxy = await make_proxy(any_org)
    through = await (await connect(any_org, host=proxy.origin)).get_dataset_version_by_id(version.id)
    await through.import_annotations_yolo_files(yaml, [label_file("a.txt", "0 0.5 0.5 0.1 0.1")])
    assert (proxy.count("XGET", "bulk-labels"), proxy.count("GET", "labels/find")) == (1, 0)
    clash = [label_file(f"{folder}/a.txt", "0 0.5 0.5 0.1 0.1") for folder in ("one", "two")]
    with pytest.raises(ConflictError, match=r"one/a\.txt and .*two/a\.txt"):
        await version.import_annotations_yolo_files(yaml, clash)
    with pytest.raises(ConflictError, match=r"several assets.*'c\.txt'"):
        await version.import_annotations_yolo_files(yaml, [label_file("c.txt", "0 0.5 0.5 0.1 0.1")])


async def test_y6_boxes_do_not_drift(make_version, yaml, label_file, shapes_by_name, box):
    version = await make_version("object_detection", "a.png")
    boxes = [(n, 2 * n, 3 * n + 1, n + 7) for n in range(1, 90, 4)]
    lines = [
        f"0 {(x + w / 2) / 640:.6f} {(y + h / 2) / 480:.6f} {w / 640:.6f} {h / 480:.6f}"
        for x, y, w, h in boxes
    ]
    await version.import_annotations_yolo_files(yaml, [label_file("a.txt", *lines)])
    assert (await shapes_by_name(version))["a.png"]["rectangles"] == [box(*one) for one in boxes]


async def test_y7_an_empty_file_clears(make_version, yaml, label_file, shapes_by_name):
    version = await make_version("object_detection", "a.png", "b.png")
    await version.import_annotations_yolo_files(yaml, [label_file("a.txt", "0 0.5 0.5 0.1 0.1")])
    empty = [label_file("a.txt"), label_file("b.txt", " ")]
    result = await version.import_annotations_yolo_files(yaml, empty)
    assert list(result.values()) == [0, 0]
    assert await shapes_by_name(version) == {"a.png": {}, "b.png": {}}


async def test_x7_files_named_by_id(make_version, yaml, label_file, shapes_by_name):
    version = await make_version("object_detection", "a.png")
    [asset] = await version.list_assets()
    file = label_file(f"{asset.id}.txt", "0 0.5 0.5 0.1 0.1")
    await version.import_annotations_yolo_files(yaml, [file], use_id=True)
    by_data = label_file(f"{asset.data_id}.txt", "0 0.5 0.5 0.1 0.1")
    await version.import_annotations_yolo_files(yaml, [by_data], export_key="data_id")
    assert set(await shapes_by_name(version)) == {"a.png"}
    with pytest.raises(InvalidArgumentError, match="export_key"):
        await version.import_annotations_yolo_files(yaml, [file], export_key="object_name")


async def test_two_files_of_one_asset_are_refused_before_anything_is_written(make_version, yaml, label_file):
    version = await make_version("object_detection", "a.png")
    [asset] = await version.list_assets()
    for first, second, use_id in (
        (f"{asset.id}.txt", f"{asset.id}.v2.txt", True),
        ("a.txt", "a.png.txt", False),
    ):
        files = [label_file(name, "0 0.5 0.5 0.1 0.1") for name in (first, second)]
        with pytest.raises(ConflictError, match=rf"{second} are both named for the image 'a\.png'"):
            await version.import_annotations_yolo_files(yaml, files, use_id=use_id)
    assert await version.list_labels() == []


async def test_what_was_written_of_names_with_one_stem_reads_back(
    make_version, yaml, label_file, tmp_path, shapes_by_name, box
):
    first, second = [await make_version("object_detection", "a.png", "a.jpg", "c.gif") for _ in range(2)]
    files = [
        label_file(f"{name}.txt", f"{number} 0.5 0.5 0.1 0.1")
        for number, name in enumerate(["a.png", "a.jpg", "c"])
    ]
    yaml.write_text("names: [cat, dog, bird]")
    await first.import_annotations_yolo_files(yaml, files)
    written = tmp_path / "written"
    await first.write_yolo_files(written)
    await second.import_annotations_yolo_files(written / "data.yaml", written)
    labels = {"a.png": "cat", "a.jpg": "dog", "c.gif": "bird"}
    assert await shapes_by_name(second) == {
        name: {"rectangles": [box(288, 216, 64, 48, label)]} for name, label in labels.items()
    }


async def test_a_stem_comes_before_a_whole_name(make_version, yaml, label_file, shapes_by_name):
    version = await make_version("object_detection", "a.png", "a.png.gif")
    await version.import_annotations_yolo_files(yaml, [label_file("a.png.txt", "0 0.5 0.5 0.1 0.1")])
    assert set(await shapes_by_name(version)) == {"a.png.gif"}


async def test_names_that_no_label_can_have(make_version, yaml):
    version = await make_version("object_detection", "a.png")
    yaml.write_text('names: ["a\\tb"]\n')
    with pytest.raises(FormatError, match="control characters"):
        await version.import_annotations_yolo_files(yaml, [])


async def test_a_configuration_without_classes(make_version, yaml, label_file):
    version = await make_version("object_detection", "a.png")
    yaml.write_text("names: []\n")
    with pytest.raises(FormatError, match="'0' is no class: the configuration has none"):
        await version.import_annotations_yolo_files(yaml, [label_file("a.txt", "0 0.5 0.5 0.1 0.1")])


async def test_folders_that_cannot_be_read(make_version, yaml, label_file, monkeypatch, tmp_path):
    version = await make_version("object_detection", "a.png")
    label_file("shut/a.txt", "0 0.5 0.5 0.1 0.1")
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(TransferError, match="shut: cannot be read: Permission denied"):
        await version.import_annotations_yolo_files(yaml, [tmp_path / "labels"])
    with pytest.raises(TransferError, match="cannot be read: File name too long"):
        await version.import_annotations_yolo_files(yaml, [tmp_path / ("a" * 300)])
