"""Importing COCO video files.

Names of tests carry the rows of faults that published clients are known for: v1 and v2.
"""

from __future__ import annotations

import json

import pytest

from asyncsdk import SkippedImage
from asyncsdk.errors import FormatError, NotFoundError
from asyncsdk.formats.import_result import SkipReason


@pytest.fixture
def video_file(tmp_path):
    """A function that writes a file of one video: `video_file(annotation, …, videos=…)`."""

    def write(*annotations, name="v.mp4", **more):
        said = {
            "videos": [{"id": 1, "file_name": name}],
            "images": [{"id": 10 + frame, "video_id": 1, "frame_id": frame} for frame in range(12)],
            "categories": [{"id": 1, "name": "car"}],
            "annotations": [
                {"id": number, "image_id": 10, "video_id": 1, "category_id": 1} | one
                for number, one in enumerate(annotations)
            ],
        }
        path = tmp_path / "video.json"
        path.write_text(json.dumps(said | more))
        return path

    return write


def at(frame, *, key="frame_attributes", track=1, keyframe=True, **shape):
    return {"image_id": 10 + frame, key: {"track_id": track, "frame_id": frame, "keyframe": keyframe}} | shape


async def tracks_of(version):
    [found] = (await version.load_annotations()).values()
    return [
        {key: value for key, value in one.items() if key != "id" and value not in (None, [])}
        for one in found[0]["tracks"]
    ]


BOXES = {
    "label": "car",
    "start_frame_index": 2,
    "rectangle_keyframes": [
        {"x": 1, "y": 2, "w": 3, "h": 4, "frame_index": 0}, {"x": 5, "y": 6, "w": 7, "h": 8, "frame_index": 3},
    ],
    "end_keyframes": [{"frame_index": 9}],
}  # fmt: skip


@pytest.mark.parametrize("key", ["attributes", "frame_attributes"])
async def test_v1_files_of_both_generations(make_version, video_file, key):
    version = await make_version("object_detection", "v.mp4", type="VIDEO", content_type="video/mp4")
    file = video_file(
        at(5, key=key, bbox=[5, 6, 7, 8]),
        at(2, key=key, bbox=[1, 2, 3, 4]),
        at(10, key=key, keyframe=False, bbox=[5, 6, 7, 8]),
    )
    result = await version.import_annotations_coco_video_file(file)
    assert (list(result.values()), len(result.loss), result.planned_shapes) == ([1], 0, 1)
    assert await tracks_of(version) == [BOXES]


async def test_v2_polygons_text_and_attributes(make_version, video_file):
    version = await make_version("segmentation", "v.mp4", type="VIDEO")
    polygons = [[1, 1, 9, 1, 9, 9], [20, 1, 29, 1, 29, 9]]
    file = video_file(at(3, segmentation=polygons, utf8_string="hi", attributes={"red": True}))
    await version.import_annotations_coco_video_file(file)
    [track] = await tracks_of(version)
    assert [frame["frame_index"] for frame in track["polygon_keyframes"]] == [0, 0]
    assert (track["text"], track["attributes"], track["start_frame_index"]) == ("hi", {"red": True}, 3)


async def test_v2_a_track_without_keyframes_is_told_and_wipes_nothing(make_version, video_file):
    mask = {"segmentation": {"size": [480, 640], "counts": [5, 3, 307192]}}
    version = await make_version("object_detection", "v.mp4", type="VIDEO")
    await version.import_annotations_coco_video_file(video_file(at(0, bbox=[1, 2, 3, 4])))
    before = await tracks_of(version)
    result = await version.import_annotations_coco_video_file(video_file(at(0, **mask)))
    assert (result, result.skipped) == ({}, (SkippedImage("v.mp4", SkipReason.NO_OBJECTS),))
    assert "empty-track" in result.loss.counts
    await version.set_type("mask")
    result = await version.import_annotations_coco_video_file(video_file(at(0, bbox=[1, 2, 3, 4])))
    assert (result, result.loss.counts) == ({}, {"track-dropped": 1})
    assert await tracks_of(version) == before


async def test_v2_classification(make_version, video_file, shapes_by_name):
    version = await make_version("classification", "v.mp4", type="VIDEO")
    result = await version.import_annotations_coco_video_file(video_file({}, at(0, bbox=[1, 2, 3, 4])))
    assert await shapes_by_name(version) == {"v.mp4": {"classifications": [{"label": "car"}] * 2}}
    assert result.loss.counts == {"track-label": 1}


async def test_v2_no_videos(make_version, video_file):
    version = await make_version("object_detection", "v.mp4", type="VIDEO")
    result = await version.import_annotations_coco_video_file(video_file(videos=None))
    assert (result, result.skipped) == ({}, ())
    with pytest.raises(FormatError):
        await version.import_annotations_coco_video_file(video_file(annotations=5))


async def test_keyframes_outside_of_the_image(make_version, video_file):
    version = await make_version("object_detection", "v.mp4", type="VIDEO")
    file = video_file(
        at(0, bbox=[900, 2, 3, 4]), at(2, bbox=[1, 2, 3, 4]), at(0, track=2, bbox=[900, 2, 3, 4])
    )
    result = await version.import_annotations_coco_video_file(file)
    [track] = await tracks_of(version)
    assert (track["start_frame_index"], len(track["rectangle_keyframes"])) == (2, 1)
    assert result.loss.counts == {"box-outside": 2, "empty-track": 1}


async def test_videos_without_an_asset(make_version, video_file):
    version = await make_version("object_detection", "v.mp4", type="VIDEO")
    file = video_file(at(0, bbox=[1, 2, 3, 4]), name="x.mp4")
    with pytest.raises(NotFoundError, match=r"'x\.mp4'"):
        await version.import_annotations_coco_video_file(file)
    result = await version.import_annotations_coco_video_file(file, fail_on_asset_not_found=False)
    assert result.skipped == (SkippedImage("x.mp4", SkipReason.NO_ASSET),)
    assert await version.list_labels() == []


async def test_videos_in_folders_and_by_id(make_version, video_file):
    version = await make_version("object_detection", "v.mp4", "w.mp4", type="VIDEO")
    assert (
        len(
            await version.import_annotations_coco_video_file(
                video_file(at(0, bbox=[1, 2, 3, 4]), name="day/v.mp4")
            )
        )
        == 1
    )
    [asset] = await version.list_assets(filenames=["w.mp4"])
    file = video_file(at(0, bbox=[1, 2, 3, 4]), name=f"{asset.id}.avi")
    assert len(await version.import_annotations_coco_video_file(file, use_id=True)) == 1
    assert len(await version.list_annotations()) == 2


async def test_two_videos_of_one_asset_and_images_beside_videos(make_version, video_file):
    version = await make_version("object_detection", "v.mp4", type="VIDEO")
    [asset] = await version.list_assets()
    videos = [{"id": 1, "file_name": f"{asset.id}.mp4"}, {"id": 2, "file_name": f"{asset.id}.avi"}]
    images = [{"id": 10, "video_id": 1, "frame_id": 0}, {"id": 99, "file_name": "a.png"}]
    file = video_file(
        at(0, bbox=[1, 2, 3, 4]), at(0, bbox=[1, 2, 3, 4], video_id=2), videos=videos, images=images
    )
    result = await version.import_annotations_coco_video_file(file, use_id=True)
    assert (list(result.values()), result.loss.counts) == ([1], {"images": 1, "video-twice": 1})


async def test_an_asset_that_is_no_video_gets_no_tracks(make_version, video_file):
    version = await make_version("object_detection", "v.mp4", type="IMAGE")
    file = video_file(at(0, bbox=[1, 2, 3, 4]))
    with pytest.raises(NotFoundError, match=r"is no video.*'v\.mp4'"):
        await version.import_annotations_coco_video_file(file)
    result = await version.import_annotations_coco_video_file(file, fail_on_asset_not_found=False)
    assert (result, result.skipped) == ({}, (SkippedImage("v.mp4", SkipReason.NO_VIDEO),))
    assert await version.load_annotations() == {}


async def test_a_frame_beyond_what_a_platform_takes(make_version, video_file):
    version = await make_version("object_detection", "v.mp4", type="VIDEO")
    last = at(2**28 - 1, bbox=[1, 2, 3, 4]) | {"image_id": 10}
    beyond = at(2**28, bbox=[1, 2, 3, 4]) | {"image_id": None}
    result = await version.import_annotations_coco_video_file(
        video_file(at(0, bbox=[1, 2, 3, 4]), last, beyond)
    )
    assert result.loss.counts == {"frame_id": 1, "no-frame": 1}
    [track] = await tracks_of(version)
    assert track["end_keyframes"] == [{"frame_index": 2**28}]
