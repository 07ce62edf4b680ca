"""What the arguments mean that all imports share: COCO, COCO video, Pascal VOC and YOLO."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from asyncsdk import AnnotationStatus, FileNotFoundException, ImportAnnotationMode, SkippedImage
from asyncsdk.errors import NotFoundError
from asyncsdk.formats.import_result import SkipReason

_BOX = [1, 2, 3, 4]


class Coco:
    """Files of one format, with some boxes on one image each."""

    suffix = ".png"
    type = "IMAGE"

    def __init__(self, folder):
        self.folder = folder

    def write(self, images):
        """Write a file and return the arguments that name it: `write({"a.png": 2})`."""
        return [self.put("coco.json", json.dumps(self.content(images)))]

    def content(self, images):
        named = list(enumerate(images.items(), start=1))
        return {
            "images": [{"id": number, "file_name": name} for number, (name, _) in named],
            "categories": [{"id": 1, "name": "cat"}],
            "annotations": [
                {"id": 100 * number + one, "image_id": number, "category_id": 1, "bbox": _BOX}
                for number, (_, count) in named
                for one in range(count)
            ],
        }

    def put(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def start(self, version):
        return version.import_annotations_coco_file


class Video(Coco):
    suffix = ".mp4"
    type = "VIDEO"

    def content(self, images):
        said = super().content(images)
        videos, tracks = said["images"], said["annotations"]
        for one in tracks:
            where = {"track_id": one["id"], "frame_id": 0, "keyframe": True}
            one |= {"video_id": one["image_id"], "frame_attributes": where}
        frames = [{"id": one["id"], "video_id": one["id"], "frame_id": 0} for one in videos]
        return said | {"videos": videos, "images": frames}

    def start(self, version):
        return version.import_annotations_coco_video_file


class Voc(Coco):
    def write(self, images):
        [(name, count)] = images.items()
        box = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>4</xmax><ymax>6</ymax></bndbox>"
        objects = f"<object><name>cat</name>{box}</object>" * count
        return [self.put("voc.xml", f"<annotation><filename>{name}</filename>{objects}</annotation>")]

    def start(self, version):
        return version.import_annotation_voc_file


class Yolo(Coco):
    def write(self, images):
        line = f"0 {2.5 / 640} {4 / 480} {3 / 640} {4 / 480}\n"
        files = [self.put(f"{Path(name).stem}.txt", line * count) for name, count in images.items()]
        return [self.put("data.yaml", "nc: 1\nnames: [cat]\n"), files]

    def start(self, version):
        return version.import_annotations_yolo_files


FORMATS = [pytest.param(one, id=one.__name__.lower()) for one in (Coco, Video, Voc, Yolo)]


@pytest.fixture(params=FORMATS)
def files(request, tmp_path):
    return request.param(tmp_path)


@pytest.fixture
async def birds(make_version, files):
    """A version with assets `a` and `b`, of the kind that the format is about."""
    return await make_version("object_detection", f"a{files.suffix}", f"b{files.suffix}", type=files.type)


@pytest.fixture
def bring_in(files, birds):
    """A function that imports boxes by stem of the image: `await bring_in({"a": 2}, mode="KEEP")`."""

    async def bring(counts, **options):
        arguments = files.write({f"{stem}{files.suffix}": count for stem, count in counts.items()})
        return await files.start(birds)(*arguments, **options)

    return bring


@pytest.fixture
def counts(birds):
    """A function that says how many boxes, or tracks, each annotation has."""

    async def count():
        found = await birds.load_annotations()
        return {
            one["id"]: len(one["rectangles"]) + len(one.get("tracks", ()))
            for some in found.values()
            for one in some
        }

    return count


@pytest.mark.seed("import_annotations_coco_file", "file_path", "return")
@pytest.mark.seed("import_annotations_coco_video_file", "file_path", "return")
@pytest.mark.seed("import_annotation_voc_file", "file_path", "return")
@pytest.mark.seed("import_annotations_yolo_files", "configuration_yaml_path", "file_paths", "return")
async def test_shapes_by_annotation_id(files, birds, bring_in, counts):
    result = await bring_in({"a": 2})
    [(annotation, number)] = result.items()
    assert isinstance(result, dict)
    assert (str(UUID(annotation)), number) == (annotation, 2)
    assert await counts() == result
    texts = [one if isinstance(one, list) else str(one) for one in files.write({f"b{files.suffix}": 1})]
    more = await files.start(birds)(*texts)
    assert await counts() == result | more


@pytest.mark.seed("import_annotations_coco_file", "mode")
@pytest.mark.seed("import_annotations_coco_video_file", "mode")
@pytest.mark.seed("import_annotation_voc_file", "mode")
@pytest.mark.seed("import_annotations_yolo_files", "mode")
async def test_modes(bring_in, counts):
    [first] = await bring_in({"a": 1})
    for keep in ("KEEP", "skip", ImportAnnotationMode.KEEP):
        kept = await bring_in({"a": 5}, mode=keep)
        assert (kept.kept, await counts()) == ([first], {first: 1})
    for wanted, mode in ((3, "concatenate"), (5, ImportAnnotationMode.CONCATENATE)):
        assert await bring_in({"a": 2}, mode=mode) == {first: 2}
        assert await counts() == {first: wanted}
    [second] = await bring_in({"a": 4})
    assert second != first
    assert await counts() == {second: 4}
    assert await bring_in({"a": 3}, mode="Replace") == await counts()


@pytest.mark.seed("import_annotations_coco_file", "worker")
@pytest.mark.seed("import_annotations_coco_video_file", "worker")
@pytest.mark.seed("import_annotation_voc_file", "worker")
@pytest.mark.seed("import_annotations_yolo_files", "worker")
async def test_workers(any_client, any_org, add_worker, birds, bring_in, counts):
    dataset = await any_client.get_dataset(birds.name)
    me, other = await dataset.find_worker(any_org.username), await add_worker(any_org, dataset)
    mine, theirs = await bring_in({"a": 1}), await bring_in({"a": 2}, worker=other)
    whose = {one.id: one.worker_id for one in await birds.list_annotations()}
    assert whose == dict.fromkeys(mine, me.id) | dict.fromkeys(theirs, other.id)
    replaced = await bring_in({"a": 3}, worker=other)
    assert await counts() == mine | replaced
    assert not set(replaced) & set(theirs)


@pytest.mark.seed("import_annotations_coco_file", "status")
@pytest.mark.seed("import_annotations_coco_video_file", "status")
@pytest.mark.seed("import_annotation_voc_file", "status")
@pytest.mark.seed("import_annotations_yolo_files", "status")
async def test_statuses(birds, bring_in):
    for status, wanted in (
        (None, "PENDING"),
        ("accepted", "ACCEPTED"),
        (AnnotationStatus.REFUSED, "REFUSED"),
    ):
        await bring_in({"a": 1}, status=status)
        assert [one.status for one in await birds.list_annotations()] == [wanted]


@pytest.mark.seed("import_annotations_coco_file", "force_create_label")
@pytest.mark.seed("import_annotations_coco_video_file", "force_create_label")
@pytest.mark.seed("import_annotation_voc_file", "force_create_label")
@pytest.mark.seed("import_annotations_yolo_files", "force_create_label")
async def test_labels_that_are_missing(birds, bring_in, counts):
    with pytest.raises(NotFoundError, match="'cat'"):
        await bring_in({"a": 1}, force_create_label=False)
    assert (await birds.list_labels(), await counts()) == ([], {})
    first = await bring_in({"a": 1})
    assert [label.name for label in await birds.list_labels()] == ["cat"]
    more = await bring_in({"b": 1}, force_create_label=False)
    assert await counts() == first | more


@pytest.mark.seed("import_annotations_coco_file", "fail_on_asset_not_found")
@pytest.mark.seed("import_annotations_coco_video_file", "fail_on_asset_not_found")
@pytest.mark.seed("import_annotations_yolo_files", "fail_on_asset_not_found")
@pytest.mark.parametrize("files", [one for one in FORMATS if one.id != "voc"], indirect=True)
async def test_assets_that_are_missing(files, birds, bring_in, counts):
    with pytest.raises(NotFoundError, match=r"'x\."):
        await bring_in({"a": 1, "x": 1})
    assert (await birds.list_labels(), await counts()) == ([], {})
    result = await bring_in({"a": 1, "x": 1}, fail_on_asset_not_found=False)
    assert (list(result.values()), await counts()) == ([1], result)
    name = "x.txt" if isinstance(files, Yolo) else f"x{files.suffix}"
    assert result.skipped == (SkippedImage(name, SkipReason.NO_ASSET),)


@pytest.mark.seed("import_annotations_coco_file", "use_id")
@pytest.mark.seed("import_annotations_coco_video_file", "use_id")
async def test_files_that_name_ids(files, birds, bring_in):
    [asset] = await birds.list_assets(filenames=[f"b{files.suffix}"])
    with pytest.raises(NotFoundError, match=asset.id):
        await bring_in({asset.id: 1})
    with pytest.raises(NotFoundError):
        await bring_in({"b": 1}, use_id=True)
    [annotation] = await bring_in({asset.id: 1}, use_id=True)
    assert [one.id for one in await asset.list_annotations()] == [annotation]


@pytest.mark.seed("import_annotations_coco_file", "FileNotFoundException")
@pytest.mark.seed("import_annotations_coco_video_file", "FileNotFoundException")
@pytest.mark.seed("import_annotation_voc_file", "FileNotFoundException")
@pytest.mark.seed("import_annotations_yolo_files", "FileNotFoundException")
async def test_files_that_are_missing(files, birds, tmp_path):
    good, missing = files.write({f"a{files.suffix}": 1}), tmp_path / "missing"
    for place in range(len(good)):
        arguments = [*good]
        arguments[place] = [missing] if isinstance(good[place], list) else missing
        for error in (FileNotFoundException, FileNotFoundError):
            with pytest.raises(error, match="missing"):
                await files.start(birds)(*arguments)
