"""The published clients and ours import the same files; both read the same annotations of both.

One difference is allowed, and looked for: they cut the digits of coordinates off, we round. It is at most one
pixel. What else differs for files that theirs take is in `test_sample_of_coco`.
"""

from __future__ import annotations

import asyncio
import json
import math
from itertools import chain
from pathlib import Path
from types import SimpleNamespace

import pytest
from conformance.asking import ask_theirs
from conformance.driver import annotation_files as made
from PIL import Image

import asyncsdk

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(300)]

OLD, NEW = "6.19.2", "6.37.0"
FORMATS = ("COCO", "VOC", "YOLO")
TYPES = ("OBJECT_DETECTION", "SEGMENTATION", "CLASSIFICATION")
NEW_TYPES = ("KEYPOINT", "MASK")
CASES = [*((name, kind) for name in FORMATS for kind in TYPES), *(("COCO", kind) for kind in NEW_TYPES)]
SAMPLE = {"KEYPOINT": "person_keypoints.json"}
HOLDS = {"KEYPOINT": "keypoints", "MASK": "masks"}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Paths of ten images, with their sizes."""
    folder = tmp_path_factory.mktemp("pictures")
    sizes = {folder / f"picture_{number}.png": (60 + number, 50 + number) for number in range(10)}
    for number, (path, size) in enumerate(sizes.items()):
        Image.new("RGB", size, (number, 9, 90)).save(path)
    return sizes


@pytest.fixture(scope="module", params=[OLD, NEW])
def said(request, platform, make_org, pictures, tmp_path_factory):
    """What both clients read after both have imported the same files: `.theirs`, `.ours`, by version.

    Versions are named by the case and by who imported: ("COCO", "SEGMENTATION", "theirs").
    """
    org, folder = make_org(platform), tmp_path_factory.mktemp("files")
    cases = [case for case in CASES if request.param == NEW or case[1] not in NEW_TYPES]
    files = {case: write_files(folder, case, pictures) for case in cases}
    return compare(request.param, org, pictures, files)


def write_files(folder, case, pictures):
    """Return the COCO file that a case is about, and the paths of the files that say so in its format."""
    name, kind = case
    images = [(path.name, *size) for path, size in pictures.items()]
    file = made.coco_file(images, HOLDS.get(kind, "polygons"), seed=CASES.index(case))
    texts = {"file.json": json.dumps(file)}
    if name == "VOC":
        # one without objects is refused by theirs
        texts = {f"{Path(key).stem}.xml": made.voc_file(file, key) for key, *_ in images[:-1]}
    if name == "YOLO":
        config, labels = made.yolo_files(file, kind)
        texts = {"data.yaml": config} | {f"{Path(key).stem}.txt": text for key, text in labels.items()}
    own = folder / "-".join(case)
    own.mkdir()
    for key, text in texts.items():
        (own / key).write_text(text, encoding="utf-8")
    return file, [own / key for key in texts]


def compare(release, org, pictures, files):
    """Let both import the files, each into versions of its own, and read all of them."""

    async def prepare(client):
        data = await (await client.get_datalake()).upload_data([*pictures])
        dataset = await client.create_dataset(f"same {release}")
        versions = {}
        for case, (_, paths) in files.items():
            for who in ("ours", "theirs"):
                version = await dataset.create_version(" ".join((*case, who)), type=case[-1])
                await (await version.add_data(data)).wait(poll_s=0.01)
                versions[*case, who] = version
            versions[*case, "counts"] = await import_files(versions[*case, "ours"], case[0], paths)
        return versions

    async def main():
        async with asyncsdk.Client(org.host, api_token=org.token, organization=org.name) as client:
            versions = await prepare(client)
            counts = {key[:-1]: versions.pop(key) for key in [*versions] if key[-1] == "counts"}
            theirs = ask_theirs(release, "same_annotations.py", org, orders_for(versions, files))
            ours = {
                key: await read(version, counts[key[:-1]] if key[-1] == "ours" else None)
                for key, version in versions.items()
            }
        return SimpleNamespace(
            release=release,
            ours=ours,
            theirs={key: theirs[version.id] for key, version in versions.items()},
            files={case: file for case, (file, _) in files.items()},
        )

    return asyncio.run(main())


async def import_files(version, name, paths):
    if name == "COCO":
        return await version.import_annotations_coco_file(paths[0], progress=False)
    if name == "YOLO":
        return await version.import_annotations_yolo_files(paths[0], paths[1:], progress=False)
    counts = {}
    for path in paths:
        counts |= await version.import_annotation_voc_file(path)
    return counts


def orders_for(versions, files):
    return {
        "versions": [version.id for version in versions.values()],
        "imports": [
            {
                "version": versions[*case, "theirs"].id,
                "format": case[0],
                "paths": [str(path) for path in paths],
            }
            for case, (_, paths) in files.items()
        ],
    }


async def read(version, counts):
    """Read as the driver does, with ours."""
    names = {asset.id: asset.filename for asset in await version.list_assets()}
    found = await version.load_annotations()
    loaded = {names[asset_id]: each for asset_id, (each,) in found.items()}
    stats = await version.retrieve_stats()
    return in_json(
        {
            "shapes": {name: made.shapes_of(each) for name, each in loaded.items()},
            "attributes": {name: each["attributes"] for name, each in loaded.items()},
            "counts": counts and {name: counts[each["id"]] for name, each in loaded.items()},
            "stats": [stats.label_repartition, stats.nb_objects, stats.nb_annotations],
        }
    )


def pixel(number):
    """Round a positive number, halves up."""
    return math.floor(number + 0.5)


def in_json(value):
    return json.loads(json.dumps(value))


def expected(file, case, whole, *, theirs=True, attributes=True):
    """Return the shapes that a file says, by name of the image, as JSON."""
    name, kind = case
    if name == "COCO":
        return in_json(made.expected(file, kind, whole, attributes=attributes))
    if name == "YOLO":
        return in_json(made.yolo_expected(file, kind, whole))
    names = [image["file_name"] for image in file["images"][:-1]]
    return in_json({key: made.voc_expected(file, key, kind, whole, corners=theirs) for key in names})


def case_of(said, case):
    if (*case, "ours") not in said.ours:
        pytest.skip(f"{said.release} has no type {case[1]}")
    return said.files[case]


def numbers_of(shapes):
    """Return all numbers, in the order of the images' names."""
    of_images = chain.from_iterable(found for _, found in sorted(shapes.items()))
    return [*chain.from_iterable(numbers for _, _, numbers, *_ in of_images)]


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_both_read_the_same(said, case):
    case_of(said, case)
    for who in ("ours", "theirs"):
        ours, theirs = said.ours[*case, who], said.theirs[*case, who]
        for what in ("shapes", "attributes", "stats"):
            assert theirs[what] == ours[what]


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_counts_are_the_same(said, case):
    case_of(said, case)
    ours, theirs = said.ours[*case, "ours"], said.theirs[*case, "theirs"]
    assert theirs["stats"] == ours["stats"]
    assert theirs["counts"] == ours["counts"]
    assert ours["counts"] == {name: len(shapes) for name, shapes in ours["shapes"].items()}


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_they_cut_off_and_we_round(said, case):
    file = case_of(said, case)
    ours, theirs = said.ours[*case, "ours"]["shapes"], said.theirs[*case, "theirs"]["shapes"]
    assert theirs == expected(file, case, int, attributes=said.release == NEW)
    assert ours == expected(file, case, pixel, theirs=False)


@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_coordinates_differ_by_a_pixel_at_most(said, case):
    case_of(said, case)
    if case[1] == "MASK":
        assert said.ours[*case, "ours"]["shapes"] == said.theirs[*case, "theirs"]["shapes"]
        return
    ours = numbers_of(said.ours[*case, "ours"]["shapes"])
    theirs = numbers_of(said.theirs[*case, "theirs"]["shapes"])
    differences = {one - other for one, other in zip(ours, theirs, strict=True)}
    allowed = {"OBJECT_DETECTION": {-1, 0, 1}, "SEGMENTATION": {0, 1}}.get(case[1], {0})
    assert differences <= allowed
    assert (1 in differences) is (1 in allowed)


@pytest.mark.coco
@pytest.mark.parametrize("release", [OLD, NEW])
def test_sample_of_coco(release, platform, make_org, coco_images, coco_annotations):
    kinds = [*TYPES, *(["KEYPOINT"] if release == NEW else [])]
    paths = {kind: coco_annotations / SAMPLE.get(kind, "instances.json") for kind in kinds}
    files = {("COCO", kind): (json.loads(path.read_text("utf-8")), [path]) for kind, path in paths.items()}
    said = compare(release, make_org(platform), coco_images, files)
    for case, file in said.files.items():
        for who in ("ours", "theirs"):
            ours, theirs = said.ours[*case, who], said.theirs[*case, who]
            assert theirs["shapes"] == ours["shapes"]
            assert theirs["stats"] == ours["stats"]
        ours, theirs = said.ours[*case, "ours"]["shapes"], said.theirs[*case, "theirs"]["shapes"]
        assert theirs == expected(file, case, int)
        sizes = {image["file_name"]: (image["width"], image["height"]) for image in file["images"]}
        rounded = expected(file, case, pixel)
        assert ours == {
            name: [tidy(shape, sizes[name]) for shape in shapes] for name, shapes in rounded.items()
        }


def tidy(shape, size):
    """Return a shape as ours imports it: boxes end with the image, polygons do not repeat their first point."""
    kind, label, numbers, *details = shape
    if kind == "rectangles":
        x, y, w, h = numbers
        numbers = [x, y, min(w, size[0] - x), min(h, size[1] - y)]
    while kind == "polygons" and numbers[-2:] == numbers[:2]:
        numbers = numbers[:-2]
    return [kind, label, numbers, *details]
