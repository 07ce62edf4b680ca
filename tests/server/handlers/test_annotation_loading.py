"""The loaded form: that what was sent is what is loaded."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asyncsdk.records import codec
from asyncsdk.records.annotations import LoadedAnnotation
from asyncsdk.wire import routes

LISTS = ("classifications", "rectangles", "polygons", "lines", "points", "keypoints", "masks")


async def replace(api, version, *elements):
    body = {"import_type": "REPLACE", "annotations": list(elements)}
    return await api.call(routes.BULK_ANNOTATIONS, body, version=version)


async def test_loading_takes_ids_of_the_version_in_any_order(api, field, other_world):
    elements = [{"asset_id": asset} for asset in field.assets[:3]]
    made = list(await replace(api, field.version, *elements))
    asked = [*made, made[0].upper(), other_world.annotation, str(uuid4())]
    loaded = await api.call(routes.LOAD_ANNOTATIONS, asked, version=field.version)
    assert [one["id"] for one in loaded] == sorted(made, reverse=True)
    assert await api.call(routes.LOAD_ANNOTATIONS, [], version=field.version) == []
    for body, status in (({}, 400), (["x"], 400), ([None], 400), ([made[0]] * 1001, 413)):
        await api.call(routes.LOAD_ANNOTATIONS, body, version=field.version, expect=status)


pixels = st.integers(0, 2**28)
sizes = st.integers(1, 2**28)
points = st.tuples(pixels, pixels).map(list)
texts = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)
values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts
remarks = {"text": texts, "attributes": st.none() | st.dictionaries(st.text('abé"\\', max_size=3), values)}


def shapes_of(**own: Any) -> Any:
    return st.lists(st.fixed_dictionaries(own | remarks, optional={}), max_size=3)


elements = st.fixed_dictionaries(
    {
        "classifications": shapes_of(),
        "rectangles": shapes_of(x=pixels, y=pixels, w=sizes, h=sizes),
        "polygons": shapes_of(polygon=st.lists(points, min_size=3, max_size=5)),
        "lines": shapes_of(line=st.lists(points, min_size=2, max_size=4)),
        "points": shapes_of(point=points, order=st.integers(0, 99)),
        "keypoints": shapes_of(
            keypoints=st.lists(
                st.tuples(pixels | st.floats(0, 9e6), pixels, st.integers(0, 2)).map(list),
                min_size=1,
                max_size=3,
            )
        ),
        "masks": shapes_of(mask=st.sampled_from(["`1", "0`1", "d04h0", "_11"])),
        "attributes": st.none() | st.dictionaries(st.text("ab", max_size=2), values),
    }
)


@given(element=elements)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_was_sent_is_what_is_loaded(api, field, element):
    label = {"label_id": field.label}
    sent = {
        name: element[name] if name == "attributes" else [shape | label for shape in element[name]]
        for name in element
    }
    answer = await replace(api, field.version, {"asset_id": field.assets[0]} | sent)
    assert list(answer.values()) == [sum(len(element[name]) for name in LISTS)]
    raw = await api.call(routes.LOAD_ANNOTATIONS, list(answer), version=field.version)
    codec.load(raw, list[LoadedAnnotation])
    for name in LISTS:
        shown = [
            {key: value for key, value in shape.items() if key not in {"id", "area", "bbox", "label"}}
            for shape in raw[0][name]
        ]
        assert shown == element[name]
        assert all(shape["label"] == "car" for shape in raw[0][name])
    assert raw[0]["attributes"] == element["attributes"]


async def test_tracks_come_back_as_they_were_sent(api, field):
    frames = [{"x": 1, "y": 2, "w": 3, "h": 4, "frame_index": index} for index in (3, 0)]
    outline = {"polygon": [[0, 0], [1, 0], [1, 1]], "frame_index": 1}
    track = {
        "start_frame_index": 2,
        "rectangle_keyframes": frames,
        "polygon_keyframes": [outline, outline],
        "end_keyframes": [{"frame_index": 8}],
        "text": "hi",
        "attributes": {"a": 1},
    }
    sent = track | {"label_id": field.label, "_last_frame_index": 10}
    answer = await replace(api, field.version, {"asset_id": field.assets[0], "tracks": [sent]})
    assert list(answer.values()) == [1]
    (loaded,) = await api.call(routes.LOAD_ANNOTATIONS, list(answer), version=field.version)
    assert [{k: v for k, v in one.items() if k != "id"} for one in loaded["tracks"]] == [
        track | {"label": "car"}
    ]
    codec.load(loaded, LoadedAnnotation)
