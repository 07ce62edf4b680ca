"""Attributes of labels and versions over the protocol."""

from __future__ import annotations

import pytest

from asyncsdk.wire import routes


async def add_label(api, version, name):
    return await api.call(routes.CREATE_LABEL, {"name": name}, version=version, expect=201)


@pytest.mark.parametrize("of", ["label", "version"])
async def test_attributes_are_set_replaced_and_cleared(api, of):
    version = await api.add_version()
    made = await add_label(api, version, "car")

    async def call(route, body=None, **options):
        return await api.call(route, body, version=version, **options)

    get, put = {
        "label": (routes.GET_LABEL_ATTRIBUTES, routes.SET_LABEL_ATTRIBUTES),
        "version": (routes.GET_VERSION_ATTRIBUTES, routes.SET_VERSION_ATTRIBUTES),
    }[of]
    assert await call(get, label=made["id"]) == {"attributes": None}
    colour = {"input_type": "STRING", "required": True, "choices": ["red", "green"], "allow_multiple": True}
    score = {"input_type": "FLOAT", "required": False, "min": 0, "max": 1, "display_name": None}
    await call(put, {"attributes": {"colour": colour, "score": score}}, label=made["id"])
    kept = {"input_type": "FLOAT", "required": False, "archived": False, "min": 0.0, "max": 1.0}
    found = (await call(get, label=made["id"]))["attributes"]
    assert found == {"colour": colour | {"archived": False}, "score": kept}
    broken = {"attributes": {"colour": colour, "size": {"input_type": "INTEGER", "min": 3, "max": 3}}}
    answer = await call(put, broken, label=made["id"], expect=400)
    assert "attribute 'size': min: must be less than max" in answer["message"]
    assert (await call(get, label=made["id"]))["attributes"] == found
    await call(put, {"attributes": {}}, label=made["id"])
    assert await call(get, label=made["id"]) == {"attributes": {}}
    await call(put, {"attributes": None}, label=made["id"])
    assert await call(get, label=made["id"]) == {"attributes": None}
    for odd in (
        {},
        {"attributes": []},
        {"attributes": "x"},
        {"attributes": {"a": None}},
        {"attributes": {"": {}}},
    ):
        await call(put, odd, label=made["id"], expect=400)


async def test_attributes_of_a_version_and_its_labels_are_apart(api):
    version, other = await api.add_version("first"), await api.add_version("second")
    first, second = await add_label(api, version, "first"), await add_label(api, version, "second")
    one = {"attributes": {"dirty": {"input_type": "BOOLEAN", "required": False, "archived": False}}}
    await api.call(routes.SET_LABEL_ATTRIBUTES, one, label=first["id"])
    assert await api.call(routes.GET_LABEL_ATTRIBUTES, label=first["id"]) == one
    for route, options in (
        (routes.GET_LABEL_ATTRIBUTES, {"label": second["id"]}),
        (routes.GET_VERSION_ATTRIBUTES, {"version": version}),
        (routes.GET_VERSION_ATTRIBUTES, {"version": other}),
    ):
        assert await api.call(route, **options) == {"attributes": None}
