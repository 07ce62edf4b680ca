"""The COCO sample from end to end: imported into every type of version, exported, and compared with its source.

What must be kept and what must be told as lost is worked out from the raw JSON by `coco_oracle`.
"""

from __future__ import annotations

import pytest
from coco_oracle import outcome, read, round_trip

from asyncsdk.errors import FormatError, LossError
from asyncsdk.formats.import_result import SkipReason

pytestmark = [
    pytest.mark.coco,
    pytest.mark.filterwarnings(
        "ignore:__array__ implementation:DeprecationWarning"
    ),  # pycocotools with NumPy 2
]

TYPES = ["OBJECT_DETECTION", "SEGMENTATION", "CLASSIFICATION", "MASK", "MULTI", "KEYPOINT"]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", ["instances", "person_keypoints"])
async def test_what_is_exported_is_what_was_imported(coco_annotations, version_of, tmp_path, name, kind):
    await round_trip(version_of, coco_annotations / f"{name}.json", kind, tmp_path)


def test_the_sample_has_what_these_tests_are_about(coco_annotations):
    instances, poses = (read(coco_annotations / f"{name}.json") for name in ("instances", "person_keypoints"))
    assert len(outcome(instances, "SEGMENTATION").losses["mask-dropped"]) == 5
    assert sum(len(one["segmentation"]) > 1 for one in instances["annotations"] if not one["iscrowd"]) == 21
    assert sum(any(one["keypoints"]) for one in poses["annotations"]) == 27
    assert {one["supercategory"] for one in instances["categories"]} > {"person", "vehicle", "animal"}


async def test_a_version_whose_type_holds_nothing_of_a_file_stays_as_it_was(coco_annotations, version_of):
    path = coco_annotations / "instances.json"
    version = await version_of("KEYPOINT", read(path))
    result = await version.import_annotations_coco_file(path)
    assert result == {}
    assert {one.reason for one in result.skipped} == {SkipReason.NOTHING_LEFT}
    assert await version.load_annotations() == {}


async def test_a_loss_can_be_refused_before_anything_is_written(coco_annotations, version_of):
    path = coco_annotations / "instances.json"
    version = await version_of("SEGMENTATION", read(path))
    with pytest.raises(LossError, match="mask-dropped: 5") as caught:
        await version.import_annotations_coco_file(path, on_loss="raise")
    assert caught.value.loss.counts["mask-dropped"] == 5
    assert (await version.list_labels(), await version.load_annotations()) == ([], {})


@pytest.mark.parametrize("kind", TYPES)
async def test_captions_are_refused_by_name_and_rule(coco_annotations, version_of, kind):
    path = coco_annotations / "captions.json"
    version = await version_of(kind, read(path))
    with pytest.raises(FormatError) as caught:
        await version.import_annotations_coco_file(path)
    assert (caught.value.file, caught.value.place) == ("captions.json", "annotations[0]")
    assert "captions file" in caught.value.rule
    assert str(caught.value).startswith("captions.json: annotations[0]: ")
    assert (await version.list_labels(), await version.load_annotations()) == ([], {})
