"""A COCO file comes out the same in memory and in the temporary database, box by box and the long way round."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.enums import InferenceType
from asyncsdk.errors import FormatError
from asyncsdk.formats import coco_sections
from asyncsdk.formats.loss import LossReport
from asyncsdk.records.data import ImageSize
from asyncsdk.resources import coco_memory, coco_staging, import_staging
from asyncsdk.resources.coco_boxes import BoxFitting
from asyncsdk.resources.coco_database import CocoDatabase
from asyncsdk.resources.coco_import import _fit
from asyncsdk.resources.coco_memory import CocoMemory
from asyncsdk.resources.coco_staging import CocoStaging
from asyncsdk.resources.import_fitting import Fitting
from asyncsdk.resources.import_staging import Staging

_NAMES = st.sampled_from(["a.png", "b.png", "x/a.png", "y/a.png", "y/b.png", "c.png", "d.png"])
_IDS = st.integers(1, 6)
_SIDES = st.integers(-2, 60) | st.floats(-2, 60, allow_nan=False)
_BOX = st.tuples(_SIDES, _SIDES, _SIDES, _SIDES) | st.tuples(*[st.integers(1, 20)] * 4)
_SIZES = st.fixed_dictionaries({}, optional={"width": st.sampled_from([0, 40, 64]), "height": st.just(48)})
_ATTRIBUTES = st.fixed_dictionaries({}, optional={"attributes": st.sampled_from([{}, {"a": 1}, {"a": 1.0}])})
_IMAGE = st.builds(
    lambda number, name, size, attributes: {"id": number, "file_name": name} | size | attributes,
    _IDS,
    _NAMES,
    _SIZES,
    st.just({}) | _ATTRIBUTES,
)
_FRAME = st.builds(lambda number: {"id": number, "video_id": 1}, st.integers(7, 9))
_SAID = st.one_of(
    st.builds(lambda box: {"bbox": list(box)}, _BOX),
    st.builds(lambda box: {"bbox": list(box), "segmentation": []}, _BOX),
    st.just({"segmentation": [[1, 1, 20, 1, 20, 20]]}),
    st.just({"bbox": [1, 1, 5, 5], "utf8_string": "x", "attributes": {"k": 1}}),
    st.just({}),
)
_OBJECT = st.builds(
    lambda image, category, number, said: {"image_id": image, "category_id": category} | number | said,
    st.integers(1, 9),
    st.sampled_from([1, 1, 1, 2, 3]),
    st.just({}) | st.builds(lambda number: {"id": number}, st.integers(1, 99)),
    _SAID,
)
_FILE = st.fixed_dictionaries(
    {
        "images": st.lists(_IMAGE | _FRAME, min_size=1, max_size=8, unique_by=lambda one: one["id"])
        | st.lists(_IMAGE, min_size=1, max_size=4),
        "annotations": st.lists(_OBJECT, min_size=1, max_size=25),
        "categories": st.just([{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]),
    }
)
_ASSETS = st.dictionaries(
    st.sampled_from(["a.png", "b.png", "x/a.png", "y/a.png", "c.png"]),
    st.none() | st.tuples(st.integers(1, 3), st.sampled_from([None, ImageSize(40, 48), ImageSize(0, 0)])),
)


def _look_up(store, assets, after, *, by_base):
    """Look two names up; return the number of the last image, `None` when there are no names."""
    some = store.unmatched(after, 2, by_base=by_base)
    answers = [(number, assets[name]) for number, name in some if name in assets]
    store.set_assets(_found(number, answer) for number, answer in answers)
    return some[-1][0] if some else None


def _found(number, answer):
    if answer is None:
        return number, None, 0, 0
    asset, size = answer
    return number, f"id-{asset}", size.width if size else 0, size.height if size else 0


def _imported(folder, content, assets, kind, bounds, *, box_by_box=True, ahead=False):
    """Return all that an import would send and say."""
    loss, staging = LossReport(), Staging(Path(folder) / f"{len(list(Path(folder).iterdir()))}.sqlite")
    coco = CocoStaging(staging, "coco.json", loss)
    options = SimpleNamespace(connection=SimpleNamespace(supports=lambda _: True))
    fitting = Fitting(options, kind, staging, SimpleNamespace(vertices={}), loss)
    after = 0
    limits = dict(zip(("_MOST_IMAGES", "_MOST_OBJECTS", "_MOST_BYTES"), bounds, strict=True))
    with (
        mock.patch.multiple(coco_memory, **limits),
        mock.patch.object(coco_sections, "_SLICE", 256),
        mock.patch.object(coco_staging, "_LARGE_BYTES", 200 if bounds[0] == 0 else 99_999),
        mock.patch.multiple(import_staging, _HELD_BYTES=bounds[2], _BATCH_BYTES=bounds[2]),
        mock.patch.object(BoxFitting, "add", BoxFitting.add if box_by_box else lambda *_: False),
    ):
        try:
            for _ in coco.read(io.BytesIO(json.dumps(content).encode())):
                if ahead and coco.store.images >= after + 2:
                    after = _look_up(coco.store, assets, after, by_base=False) or coco.store.images
        except FormatError as error:
            staging.close()
            return str(error)
        for by_base in (False, True):
            while (last := _look_up(coco.store, assets, after, by_base=by_base)) is not None:
                after = last
            if not by_base:
                coco.store.mark_folders()
                after = 0
        coco.join()
        list(_fit(coco, fitting, clear_empty=len(assets) % 2 == 0))
        said = list(map(str, loss)), loss.counts, fitting.skipped
        facts = staging.digest(), staging.labels, list(staging.with_attributes())
        sent = [[(asset, name, json.loads(said)) for asset, name, said in part] for part in staging.chunks(3)]
    staging.close()
    return sent, said, facts, coco.categories.categories


@given(
    content=_FILE,
    assets=_ASSETS,
    kind=st.sampled_from([InferenceType.OBJECT_DETECTION, InferenceType.MULTI, InferenceType.SEGMENTATION]),
    bounds=st.tuples(st.integers(0, 5), st.integers(0, 20), st.integers(0, 60)),
)
def test_memory_and_database_give_the_same(tmp_path_factory, content, assets, kind, bounds):
    folder = tmp_path_factory.mktemp("staging")
    in_memory = _imported(folder, content, assets, kind, (99, 99, 99_999))
    assert list(folder.iterdir()) == []
    assert _imported(folder, content, assets, kind, bounds) == in_memory
    assert _imported(folder, content, assets, kind, bounds, box_by_box=False) == in_memory
    assert _imported(folder, content, assets, kind, (99, 99, 99_999), box_by_box=False) == in_memory
    assert _imported(folder, content, assets, kind, bounds, ahead=True) == in_memory
    assert _imported(folder, content, assets, kind, (99, 99, 99_999), ahead=True) == in_memory


@pytest.mark.parametrize(
    ("bound", "kind"),
    [
        ("_MOST_IMAGES", CocoDatabase),
        ("_MOST_OBJECTS", CocoDatabase),
        ("_MOST_BYTES", CocoDatabase),
        ("_LARGE_BYTES", CocoDatabase),
        ("", CocoMemory),
    ],
)
def test_what_is_too_large_goes_into_the_database(tmp_path, monkeypatch, bound, kind):
    if bound:
        monkeypatch.setattr(coco_staging if bound == "_LARGE_BYTES" else coco_memory, bound, 1)
    boxes = [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}] * 3
    images = [{"id": number, "file_name": f"{number}.png"} for number in range(3)]
    content = {"annotations": boxes, "images": images, "categories": [{"id": 1, "name": "cat"}]}
    staging = Staging(tmp_path / "staging.sqlite")
    coco = CocoStaging(staging, "coco.json", LossReport())
    list(coco.read(io.BytesIO(json.dumps(content).encode())))
    assert type(coco.store) is kind
    staging.close()
