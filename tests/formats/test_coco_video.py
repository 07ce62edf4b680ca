from __future__ import annotations

import io
import json

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncsdk.formats.coco_joining import load_coco
from asyncsdk.formats.coco_parts import category_part
from asyncsdk.formats.coco_video_parts import frame_parts, track_parts, video_label_part, video_part
from asyncsdk.formats.coco_writing import CocoWriter
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Category, FileImage, FileObject, FileTrack, Keyframe

_BOX = (1, 2, 3, 4)
_NUMBERS = st.integers(0, 500) | st.floats(0, 500)
_PARTS = st.lists(
    st.lists(st.tuples(_NUMBERS, _NUMBERS), min_size=3, max_size=4).map(tuple), min_size=1, max_size=2
).map(tuple)


@st.composite
def _tracks(draw):
    frames = draw(st.lists(st.integers(0, 30), min_size=1, max_size=4, unique=True))
    boxes = st.tuples(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS)
    keyframes = tuple(
        Keyframe(frame=frame, box=draw(boxes), parts=draw(st.none() | _PARTS)) for frame in sorted(frames)
    )
    return FileTrack(
        label=draw(st.sampled_from(["car", "bus"])),
        keyframes=keyframes,
        end=max(frames) + draw(st.integers(1, 3)),
        text=draw(
            st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3)
        ),
        attributes=draw(st.none() | st.just({"dirty": True})),
    )


_VIDEOS = st.lists(
    st.builds(
        FileImage,
        name=st.sampled_from(["a.mp4", "b.mp4", "c.mp4"]),
        width=st.none() | st.just(1920),
        attributes=st.none() | st.just({"night": True}),
        tracks=st.lists(_tracks(), max_size=3).map(tuple),
        objects=st.just(()) | st.just((FileObject(label="bus"), FileObject(label="car", text="x"))),
    ),
    max_size=3,
    unique_by=lambda video: video.name,
)


def written(videos):
    """Return a file with the videos, their tracks and labels."""
    sink = io.BytesIO()
    writer = CocoWriter(sink, with_videos=True)
    category_ids = {"car": 0, "bus": 1}
    for name, number in category_ids.items():
        writer.add(category_part(number, Category(name=name)))
    for number, video in enumerate(videos):
        writer.add(video_part(number, video))
    frames = []
    for number, video in enumerate(videos):
        frames.append(frame_parts(sum(map(len, frames)), number, video))
        for frame in frames[-1]:
            writer.add(frame)
    count = 0
    for number, video in enumerate(videos):
        for each in video.objects:
            writer.add(video_label_part(count, category_ids[each.label], each, frames[number][0]))
            count += 1
        for track_id, track in enumerate(video.tracks):
            for part in track_parts(count, track_id, track, category_ids[track.label], frames[number]):
                writer.add(part)
                count += 1
    writer.close()
    return sink.getvalue()


def bare(video):
    """Return a video without the places of the file."""
    return attrs.evolve(
        video,
        place="",
        objects=tuple(attrs.evolve(each, place="") for each in video.objects),
        tracks=tuple(attrs.evolve(track, place="") for track in video.tracks),
    )


def load(annotations, **sections):
    loss = LossReport()
    content = {
        "videos": [{"id": 7, "file_name": "a.mp4"}],
        "images": [{"id": 1, "video_id": 7, "frame_id": 12}],
        "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}],
        "annotations": annotations,
        **sections,
    }
    dataset = load_coco(json.dumps(content).encode(), "v.json", loss)
    return dataset, [str(one) for one in loss]


def located(frame, *, track=3, keyframe=True, era="frame_attributes", **values):
    """Return an annotation on a track."""
    locator = {"track_id": track, "frame_id": frame, "keyframe": keyframe}
    known = {"id": 100 + (frame or 0), "image_id": 1, "video_id": 7, "category_id": 1, "bbox": list(_BOX)}
    return {**known, era: locator, **values}


@given(_VIDEOS)
@settings(max_examples=30)
def test_reads_what_it_wrote(videos):
    loss = LossReport()
    dataset = load_coco(written(videos), "v.json", loss)
    assert [bare(video) for video in dataset.videos] == videos
    assert dataset.images == ()
    assert not loss.counts


def test_v1_reads_files_of_both_eras_alike():
    expected = FileTrack(
        label="car",
        keyframes=(Keyframe(frame=2, box=_BOX), Keyframe(frame=5, box=_BOX)),
        end=6,
        attributes={"dirty": True},
        place="annotations[0] (id 102)",
    )
    for era in ("frame_attributes", "attributes"):
        annotations = [located(2, era=era), located(5, era=era)]
        for each in annotations:
            each["attributes"] = {**each.get("attributes", {}), "dirty": True}
        dataset, losses = load(annotations)
        assert dataset.videos[0].tracks == (expected,)
        assert losses == []


def test_v1_what_the_elder_locator_says_more_is_told():
    annotation = located(2, era="attributes")
    annotation["attributes"].update(occluded=True, rotation=0.0)
    dataset, losses = load([annotation])
    assert dataset.videos[0].tracks[0].attributes is None
    assert losses == [
        "v.json: annotations[0] (id 102): dropped (extra-key): 'occluded' of a frame is not kept"
    ]


def test_v2_keyframes_are_sorted():
    dataset, losses = load([located(9), located(2), located(5)])
    [track] = dataset.videos[0].tracks
    assert [keyframe.frame for keyframe in track.keyframes] == [2, 5, 9]
    assert (track.end, losses) == (10, [])


def test_v2_tracks_of_masks_only_are_told():
    mask = {"size": [2, 3], "counts": "132"}
    dataset, losses = load([located(2, bbox=[], segmentation=mask), located(3, bbox=[], segmentation=mask)])
    assert dataset.videos[0].tracks == ()
    assert [loss.split(" (")[2].split(")")[0] for loss in losses] == [
        "keyframe-shape",
        "keyframe-shape",
        "empty-track",
    ]


def test_v2_of_a_box_and_a_mask_the_box_stays():
    dataset, [loss] = load([located(2, segmentation={"size": [2, 3], "counts": "132"})])
    assert dataset.videos[0].tracks[0].keyframes == (Keyframe(frame=2, box=_BOX),)
    assert "keyframe-shape" in loss


def test_v2_labels_without_shape_and_track_are_labels_of_the_video():
    dataset, losses = load([{"id": 1, "video_id": 7, "category_id": 2, "bbox": [], "segmentation": []}])
    [label] = dataset.videos[0].objects
    assert (label.label, dataset.videos[0].tracks, losses) == ("bus", (), [])


def test_the_image_says_the_video_and_the_frame_where_the_annotation_does_not():
    dataset, losses = load([located(None, video_id=None)])
    assert dataset.videos[0].tracks[0].keyframes[0].frame == 12
    assert losses == []


@pytest.mark.parametrize(
    ("annotation", "rule"),
    [
        ({"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}, "no-track"),
        ({"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3]}, "no-track"),
        ({**located(None), "image_id": 99}, "no-frame"),
        ({**located(1), "video_id": 8}, "unknown-video"),
        ({**located(1), "category_id": 8}, "unknown-category"),
        ({**located(1), "bbox": [], "keypoints": [1, 2, 2]}, "keyframe-shape"),
        ({**located(1), "bbox": []}, "keyframe-shape"),
    ],
)
def test_what_is_on_no_track_is_told(annotation, rule):
    dataset, losses = load([annotation])
    assert dataset.videos[0].tracks == dataset.videos[0].objects == ()
    assert any(f"({rule})" in one for one in losses)


def test_the_first_object_of_a_track_names_it_and_others_are_told():
    annotations = [
        located(2, utf8_string="a", attributes={"x": 1}),
        located(3, category_id=2, utf8_string="b", attributes={"x": 2}),
        located(4),
    ]
    dataset, [loss] = load(annotations)
    [track] = dataset.videos[0].tracks
    assert (track.label, track.text, track.attributes) == ("car", "a", {"x": 1})
    assert "annotations[1] (id 103): changed (track-differs): it has another label, text, attributes" in loss


def test_frames_between_keyframes_are_told_once_and_lengthen_the_track():
    moved = {"keyframe": False, "bbox": [9, 9, 9, 9]}
    dataset, [loss] = load(
        [located(2), located(3, **moved), located(4, **moved), located(5), located(8, **moved)]
    )
    [track] = dataset.videos[0].tracks
    assert [keyframe.frame for keyframe in track.keyframes] == [2, 5]
    assert track.end == 9
    assert "annotations[0] (id 102): changed (interpolated): 3 frames" in loss


def test_without_any_keyframe_all_frames_are():
    dataset, [loss] = load([located(2, keyframe=False), located(3, keyframe=False)])
    assert [keyframe.frame for keyframe in dataset.videos[0].tracks[0].keyframes] == [2, 3]
    assert "no-keyframe" in loss


def test_polygons_of_one_frame_are_parts_of_one_object():
    left, right = [0, 0, 9, 0, 9, 9], [20, 0, 29, 0, 29, 9]
    dataset, losses = load([located(2, segmentation=[left]), located(2, segmentation=[right], id=5)])
    [keyframe] = dataset.videos[0].tracks[0].keyframes
    assert keyframe.parts == (((0, 0), (9, 0), (9, 9)), ((20, 0), (29, 0), (29, 9)))
    assert (keyframe.box, losses) == (None, [])
    _, [loss] = load([located(2), located(2, id=5)])
    assert "annotations[1] (id 5): dropped (frame-twice)" in loss


def test_tracks_of_several_videos_do_not_mix():
    videos = [{"id": 7, "file_name": "a.mp4"}, {"id": 8, "file_name": "b.mp4"}]
    dataset, losses = load(
        [located(2), located(3, video_id=8), located(4, track="3"), located(5, track=4)], videos=videos
    )
    frames = [
        [[keyframe.frame for keyframe in t.keyframes] for t in video.tracks] for video in dataset.videos
    ]
    assert (frames, losses) == ([[[2, 4], [5]], [[3]]], [])


def test_a_file_may_hold_images_and_videos():
    images = [{"id": 1, "video_id": 7, "frame_id": 0}, {"id": 2, "file_name": "a.png"}]
    still = {"id": 1, "image_id": 2, "category_id": 1, "bbox": [1, 2, 3, 4]}
    dataset, losses = load([located(2), still], images=images)
    assert [image.name for image in dataset.images] == ["a.png"]
    assert dataset.images[0].objects[0].label == "car"
    assert (len(dataset.videos[0].tracks), losses) == (1, [])


def test_c8_videos_with_one_name_are_one_asset():
    videos = [
        {"id": 7, "file_name": "a.mp4"},
        {"id": 8, "file_name": "a.mp4"},
        {"id": 8, "file_name": "a.mp4"},
    ]
    dataset, losses = load([located(2), located(3, video_id=8, track=4)], videos=videos)
    assert [len(video.tracks) for video in dataset.videos] == [2]
    assert ["name-twice" in loss or "video-twice" in loss for loss in losses] == [True, True]


def test_writes_a_locator_that_both_eras_take_for_one():
    track = FileTrack(label="car", keyframes=(Keyframe(frame=2, box=_BOX),), end=5)
    content = json.loads(written([FileImage(name="a.mp4", tracks=(track,))]))
    assert content["videos"] == [
        {"id": 0, "file_name": "a.mp4", "width": None, "height": None, "attributes": None}
    ]
    assert [(image["id"], image["video_id"], image["frame_id"]) for image in content["images"]] == [
        (0, 0, 2),
        (1, 0, 4),
    ]
    first, last = content["annotations"]
    locator = {"track_id": 0, "frame_id": 2, "keyframe": True, "occluded": False, "rotation": 0.0}
    assert first["frame_attributes"] == locator
    assert last["frame_attributes"] == {**locator, "frame_id": 4, "keyframe": False}
    assert [each["image_id"] for each in content["annotations"]] == [0, 1]


def test_tracks_of_joined_videos_keep_their_numbers_apart():
    videos = [{"id": 7, "file_name": "a.mp4"}, {"id": 8, "file_name": "a.mp4"}]
    dataset, _ = load([located(2), located(3, video_id=8)], videos=videos)
    assert len(dataset.videos[0].tracks) == 2
