"""The schema of custom metadata, and what it does to data."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asyncsdk.wire import routes

TEXT = {"input_type": "STRING", "required": False}
STORED_TEXT = TEXT | {"archived": False}
CAMERA = {"input_type": "STRING", "required": True, "choices": ["front", "rear"]}


async def schema(api):
    return await api.call(routes.GET_CUSTOM_METADATA_SCHEMA)


async def set_key(api, key, configuration, *, expect=200):
    return await api.call(routes.SET_CUSTOM_METADATA_KEY, configuration, metadata_key=key, expect=expect)


async def delete_key(api, key, *, expect=200):
    return await api.call(routes.DELETE_CUSTOM_METADATA_KEY, metadata_key=key, expect=expect)


async def write(api, data, values, *, expect=200):
    body = {"custom_metadata": values}
    return await api.call(routes.UPDATE_CUSTOM_METADATA, body, data=data, expect=expect)


async def test_keys_are_set_replaced_and_deleted(api, other_api):
    fresh = {"custom_metadata_schema": None, "allow_extra_custom_metadata": True, "keys": {}}
    assert await schema(api) == fresh
    assert await set_key(api, "note", TEXT) == STORED_TEXT
    assert await set_key(api, "camera", CAMERA) == CAMERA | {"archived": False}
    kept = {"camera": CAMERA | {"archived": False}, "note": STORED_TEXT}
    assert await schema(api) == fresh | {"custom_metadata_schema": kept}
    changed = {"input_type": "FLOAT", "required": True, "min": 0, "max": 1.5, "archived": False}
    assert await set_key(api, "note", changed) == changed
    assert (await schema(api))["custom_metadata_schema"] == kept | {"note": changed}
    assert await delete_key(api, "camera") == {}
    await delete_key(api, "camera", expect=404)
    await delete_key(other_api, "note", expect=404)
    assert await schema(other_api) == fresh
    await delete_key(api, "note")
    assert await schema(api) == fresh


async def test_settings_are_kept(api, other_api):
    body = {"allow_extra_custom_metadata": False}
    assert await api.call(routes.UPDATE_CUSTOM_METADATA_SETTINGS, body) == await schema(api)
    assert (await schema(api))["allow_extra_custom_metadata"] is False
    assert (await schema(other_api))["allow_extra_custom_metadata"] is True
    for wrong in ({}, {"allow_extra_custom_metadata": None}, {"allow_extra_custom_metadata": 1}):
        await api.call(routes.UPDATE_CUSTOM_METADATA_SETTINGS, wrong, expect=400)
    assert (await schema(api))["allow_extra_custom_metadata"] is False


async def test_the_schema_of_another_organization_does_not_exist(api, other_api):
    lake = {"datalake": other_api.org.datalake}
    await api.call(routes.GET_CUSTOM_METADATA_SCHEMA, expect=404, **lake)
    body = {"allow_extra_custom_metadata": False}
    await api.call(routes.UPDATE_CUSTOM_METADATA_SETTINGS, body, expect=404, **lake)
    await api.call(routes.SET_CUSTOM_METADATA_KEY, TEXT, metadata_key="k", expect=404, **lake)
    assert (await schema(other_api))["custom_metadata_schema"] is None


@pytest.mark.parametrize(
    "key",
    [
        "a/b", "/", "//", "%", "%2F", "%252F", "a%2fb", "%25", "{", "{}", "{metadata_key}", " ", "a b", "+", "../x",
        "a?b#c", "é🐦", "a\nb\x7f", "x" * 255, "🐦" * 255, "&=;:@,'\"\\", "keys", "%ff",
    ],
)  # fmt: skip
async def test_a_key_is_any_text(api, key):
    assert await set_key(api, key, TEXT) == STORED_TEXT
    assert await set_key(api, key, TEXT) == STORED_TEXT
    assert (await schema(api))["custom_metadata_schema"] == {key: STORED_TEXT}
    await delete_key(api, f"{key}.", expect=404)
    await delete_key(api, key)
    assert (await schema(api))["custom_metadata_schema"] is None


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=255)
WITH_ODD = st.text(st.sampled_from("%25F/{}.~ +é"), min_size=1, max_size=12)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given((TEXTS | WITH_ODD).filter(lambda text: text not in {".", ".."}))
async def test_any_text_at_all_is_a_key(api, key):
    await set_key(api, key, TEXT)
    assert (await schema(api))["custom_metadata_schema"] == {key: STORED_TEXT}
    await delete_key(api, key)


@pytest.mark.parametrize("key", [".", ".."])
async def test_dots_are_a_key_where_nobody_on_the_way_resolves_them(api, raw, key):
    path = routes.SET_CUSTOM_METADATA_KEY.path(datalake=api.org.datalake, metadata_key=key)
    status, _ = await raw(f"POST {path}".encode(), body=orjson.dumps(TEXT))
    assert status == 200
    assert (await schema(api))["custom_metadata_schema"] == {key: STORED_TEXT}
    assert (await raw(f"DELETE {path}".encode()))[0] == 200


@pytest.mark.parametrize("key", ["x" * 256, "a\0b"])
async def test_a_key_must_be_fit_to_be_stored(api, key):
    await set_key(api, key, TEXT, expect=400)
    await delete_key(api, key, expect=404)


async def test_a_broken_rule_is_told_and_changes_nothing(api):
    await set_key(api, "camera", CAMERA)
    before = await schema(api)
    answer = await set_key(api, "camera", CAMERA | {"choices": ["front"]}, expect=400)
    assert answer["message"].startswith("key 'camera': choices: 2 to 64")
    answer = await set_key(api, "camera", CAMERA | {"unit": "m"}, expect=400)
    assert answer["message"] == "key 'camera': 'unit': STRING has no such field"
    await set_key(
        api,
        "camera",
        {"input_type": "STRING", "choices": ["x" * 5_000, *("y" * 60_000 + str(n) for n in range(5))]},
        expect=400,
    )
    assert await schema(api) == before


async def test_new_data_must_fit(api):
    await set_key(api, "camera", CAMERA)
    answer = await api.add_data("a.png", expect=400)
    assert answer["message"] == "custom_metadata: 'camera': required"
    await api.add_data("a.png", custom_metadata={"camera": "side"}, expect=400)
    made = await api.add_data("a.png", custom_metadata={"camera": "rear", "extra": 1})
    assert made["custom_metadata"] == {"camera": "rear", "extra": 1}
    await api.call(routes.UPDATE_CUSTOM_METADATA_SETTINGS, {"allow_extra_custom_metadata": False})
    await api.add_data("b.png", custom_metadata={"camera": "rear", "extra": 1}, expect=400)
    assert (await api.call(routes.LIST_DATA))["count"] == 1


async def test_changed_custom_metadata_must_fit(api):
    data = (await api.add_data("a.png", custom_metadata={"camera": 7, "lens": "wide"}))["id"]
    await set_key(api, "camera", CAMERA)
    read = await api.call(routes.GET_DATA, data=data)
    assert read["custom_metadata"] == {"camera": 7, "lens": "wide"}, "what is there is not touched"
    await api.call(routes.UPDATE_DATA, {"metadata": {"reference": "R"}}, data=data)
    for values in (None, {}, {"camera": 7, "lens": "wide"}):
        await write(api, data, values, expect=400)
    assert (await api.call(routes.GET_DATA, data=data))["custom_metadata"] == {"camera": 7, "lens": "wide"}
    assert await write(api, data, {"camera": "front"}) == {"custom_metadata": {"camera": "front"}}
    await delete_key(api, "camera")
    assert await write(api, data, {"camera": 8}) == {"custom_metadata": {"camera": 8}}


async def test_the_value_of_an_archived_key_can_be_written_back(api):
    data = (await api.add_data("a.png", custom_metadata={"lens": "wide"}))["id"]
    bare = (await api.add_data("b.png"))["id"]
    await set_key(api, "lens", TEXT | {"archived": True})
    await write(api, data, {"lens": "wide", "more": 1})
    await write(api, data, {"lens": "long"}, expect=400)
    await write(api, bare, {"lens": "wide"}, expect=400)
    await write(api, data, None)
    await write(api, data, {"lens": "wide"}, expect=400)


async def test_the_schema_of_one_organization_says_nothing_to_another(api, other_api):
    await set_key(api, "camera", CAMERA)
    await api.call(routes.UPDATE_CUSTOM_METADATA_SETTINGS, {"allow_extra_custom_metadata": False})
    await other_api.add_data("a.png", custom_metadata={"camera": 7})
