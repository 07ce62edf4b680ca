"""COCO files that are made here, from end to end: the least that the real sample proves, wherever the tests run.

What must be kept and what must be told as lost is worked out from the raw JSON by `coco_oracle`.
"""

from __future__ import annotations

import json

import pytest
from coco_made import FILES, HEIGHT, OBJECTS, WIDTH, plain
from coco_oracle import box_is_told, outcome, round_trip, rounded
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as masks

from asyncsdk.errors import FormatError

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # pycocotools with NumPy 2

TYPES = ["OBJECT_DETECTION", "SEGMENTATION", "CLASSIFICATION", "MASK", "MULTI", "KEYPOINT"]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("name", FILES)
async def test_what_is_exported_is_what_was_imported(version_of, tmp_path, name, kind):
    path = tmp_path / f"{name}.json"
    path.write_text(json.dumps(FILES[name]), "utf-8")
    await round_trip(version_of, path, kind, tmp_path)


def test_these_files_have_every_loss_that_a_fit_may_tell():
    told = {rule for content in FILES.values() for kind in TYPES for rule in outcome(content, kind).losses}
    assert told == {
        *("box-derived", "polygon-from-box", "mask-from-polygons", "mask-from-box", "object-split"),
        *("box-dropped", "polygons-dropped", "mask-dropped", "keypoints-dropped"),
        *("crowd-dropped", "label-dropped"),
    }
    assert not box_is_told(OBJECTS[3])
    assert masks.area(masks.frPyObjects(plain(30, 36), HEIGHT, WIDTH)) == 6 * 25


@pytest.mark.parametrize("kind", TYPES)
async def test_captions_are_refused_by_name_and_rule(version_of, tmp_path, kind):
    content = {
        "images": FILES["objects"]["images"],
        "annotations": [{"id": 1, "image_id": 1, "caption": "A car."}],
    }
    path = tmp_path / "captions.json"
    path.write_text(json.dumps(content))
    version = await version_of(kind, content)
    with pytest.raises(FormatError, match=r"^captions.json: annotations\[0\]: .*captions file"):
        await version.import_annotations_coco_file(path)
    assert (await version.list_labels(), await version.load_annotations()) == ([], {})


@given(st.floats(-1e6, 1e6))
def test_the_oracle_rounds_as_it_says(number):
    assert abs(rounded(number) - number) <= 0.5
    assert rounded(number) == int(rounded(number)) == -rounded(-number)
    assert [rounded(one) for one in (0.5, 1.5, -0.5, 2.4999)] == [1, 2, -1, 2]
