"""Models and their versions: named, numbered, changed, found, and deleted with everything that is theirs."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import attrs
import pytest

from asyncsdk.server.services import organizations
from asyncsdk.wire import routes


@pytest.fixture
async def model(api):
    return (await api.call(routes.CREATE_MODEL, {"name": "detector"}, expect=201))["id"]


async def add_version(api, model, *, expect=201, **fields):
    return await api.call(routes.CREATE_MODEL_VERSION, fields, model=model, expect=expect)


# Models


async def test_a_model_suits_both_generations(api):
    made = await api.call(routes.CREATE_MODEL, {"name": "detector", "description": "d"}, expect=201)
    expected = {
        "id": made["id"],
        "name": "detector",
        "description": "d",
        "private": True,
        "type": "NOT_CONFIGURED",
        "framework": "NOT_CONFIGURED",
        "created_at": made["created_at"],
    }
    assert made == expected
    assert await api.call(routes.GET_MODEL, model=made["id"]) == expected | {"tags": []}
    for query in ({"name": "detector"}, {"id": made["id"]}, {"id": made["id"], "name": "detector"}):
        assert await api.call(routes.FIND_MODEL, query=query) == expected
    none = await api.call(routes.CREATE_MODEL, {"name": "x", "description": None}, expect=201)
    assert none["description"] == ""


async def test_a_model_is_found_by_what_fits_only(api, model):
    for query in ({"name": "x"}, {"id": str(uuid4())}, {"id": model, "name": "x"}, {"name": "Detector"}):
        await api.call(routes.FIND_MODEL, query=query, expect=404)
    for query in ({}, {"id": "x"}, {"name": ""}):
        await api.call(routes.FIND_MODEL, query=query, expect=400)


async def test_a_model_of_another_of_my_organizations_is_not_found_here(api, other_api):
    """A token may see several organizations; each answers for its own models only."""
    model = (await other_api.call(routes.CREATE_MODEL, {"name": "theirs"}, expect=201))["id"]
    both = await see_both(api, other_api)
    assert (await both.call(routes.GET_MODEL, model=model))["id"] == model
    await both.call(routes.FIND_MODEL, query={"id": model}, expect=404)
    version = (await add_version(both, model))["id"]
    await both.call(routes.FIND_MODEL_VERSION_BY_ID, query={"id": version}, expect=404)
    found = await both.call(routes.FIND_MODEL_VERSION_BY_ID, query={"id": version}, org=other_api.org.id)
    assert found["id"] == version
    tag = await both.call(routes.CREATE_TAG, {"name": "n", "target_type": "MODEL"}, expect=201)
    assert (await both.call(routes.ATTACH_TAG, [model], tag=tag["id"]))["count"] == 0


async def see_both(api, other_api):
    """Requests of a member of two organizations, for the first one."""

    def work():
        yield from organizations.add_member(other_api.org.name, api.org.username)
        return (yield from organizations.add_token(api.org.username, "both"))

    return attrs.evolve(api, org=attrs.evolve(api.org, token=api.org.platform.write(work())))


async def test_names_of_models_are_there_once(api, other_api):
    send = (
        api.send("POST", routes.CREATE_MODEL.path(org=api.org.id), data=b'{"name": "a"}') for _ in "12345"
    )
    assert sorted(answer.status for answer in await asyncio.gather(*send)) == [201, 409, 409, 409, 409]
    await other_api.call(routes.CREATE_MODEL, {"name": "a"}, expect=201)
    other = (await api.call(routes.CREATE_MODEL, {"name": "b"}, expect=201))["id"]
    assert "'a'" in (await api.call(routes.UPDATE_MODEL, {"name": "a"}, model=other, expect=409))["message"]
    same = await api.call(routes.UPDATE_MODEL, {"name": "b", "description": "new"}, model=other)
    assert (same["name"], same["description"]) == ("b", "new")
    assert (await api.call(routes.UPDATE_MODEL, {"name": "c"}, model=other))["description"] == "new"
    listed = await api.call(routes.LIST_MODELS)
    assert ([one["name"] for one in listed["items"]], listed["count"]) == (["c", "a"], 2)


async def test_models_are_listed_as_asked_for(api):
    for name in ("b", "a", "c"):
        await api.call(routes.CREATE_MODEL, {"name": name}, expect=201)
    for query, expected in (
        ({}, "cab"),
        ({"order_by": "name"}, "abc"),
        ({"order_by": "-name", "limit": 2}, "cb"),
        ({"order_by": "created_at", "offset": 1}, "ac"),
        ({"limit": 0}, ""),
    ):
        items = (await api.call(routes.LIST_MODELS, query=query))["items"]
        assert "".join(one["name"] for one in items) == expected
    await api.call(routes.LIST_MODELS, query={"order_by": "seq"}, expect=400)


async def test_nothing_is_public(api, model):
    for listing, find in (
        (routes.LIST_PUBLIC_MODELS, routes.FIND_PUBLIC_MODEL),
        (routes.LIST_PUBLIC_MODELS_OLD, routes.FIND_PUBLIC_MODEL_OLD),
    ):
        query = {"limit": 5, "offset": 0, "order_by": "-name", "name": "detector"}
        assert await api.call(listing, query=query) == {"items": [], "count": 0}
        await api.call(listing, query={"limit": "x"}, expect=400)
        assert "private" in (await api.call(find, query={"name": "detector"}, expect=404))["message"]
        await api.call(find, expect=400)


# Versions

FULL = {
    "name": "best", "type": "SEGMENTATION", "framework": "PYTORCH", "description": "d\nd",
    "docker_image": "registry/image", "docker_tag": "1.0", "docker_flags": ["--gpus", "all", "--gpus"],
    "docker_env_variables": {"A": "1", "B": None}, "notebook_link": "https://example.org/n",
    "labels": {"0": "cat", "ünï": {"deep": [1, 2.5, None, True]}}, "parameters": {"epochs": 3},
}  # fmt: skip


async def test_what_a_version_says_comes_back(api, model):
    made = await add_version(api, model, **FULL)
    origin = await api.call(routes.GET_MODEL, model=model)
    origin.pop("tags")
    own = {"id", "origin", "version", "created_at", "thumbnail_object_name"}
    assert (made["origin"], made["version"], made["thumbnail_object_name"]) == (origin, 0, None)
    assert {name: value for name, value in made.items() if name not in own} == FULL
    read = await api.call(routes.GET_MODEL_VERSION, model_version=made["id"])
    assert read == made | {"tags": []}
    found = await api.call(routes.FIND_MODEL_VERSION_BY_ID, query={"id": made["id"]})
    assert found == made == (await api.call(routes.LIST_MODEL_VERSIONS, model=model))["items"][0]


async def test_a_version_that_says_nothing(api, model):
    made = await add_version(api, model)
    nothing = dict.fromkeys(FULL) | {
        "name": "0", "type": "NOT_CONFIGURED", "framework": "NOT_CONFIGURED", "description": "",
    }  # fmt: skip
    assert {name: made[name] for name in FULL} == nothing
    same = await add_version(api, model, **dict.fromkeys(FULL))
    assert {name: same[name] for name in FULL} == nothing | {"name": "1"}


async def test_a_change_leaves_the_rest(api, model):
    version = (await add_version(api, model, **FULL))["id"]
    expected = dict(FULL)
    new = {
        "name": "better", "type": "MASK", "framework": "ONNX", "description": "", "docker_image": "",
        "docker_tag": "2", "docker_flags": [], "docker_env_variables": {}, "notebook_link": "x",
        "labels": {"1": "dog"}, "parameters": {},
    }  # fmt: skip
    for name, value in new.items():
        expected[name] = value
        changed = await api.call(routes.UPDATE_MODEL_VERSION, {name: value}, model_version=version)
        read = await api.call(routes.GET_MODEL_VERSION, model_version=version)
        assert {name: read[name] for name in FULL} == expected
        assert read == changed | {"tags": []}
    await api.call(routes.UPDATE_MODEL_VERSION, dict.fromkeys(new), model_version=version)
    assert await api.call(routes.GET_MODEL_VERSION, model_version=version) == read


async def test_numbers_grow_and_are_never_given_twice(api, model):
    made = [await add_version(api, model) for _ in range(3)]
    assert [one["version"] for one in made] == [0, 1, 2]
    for gone in (made[2], made[0]):
        await api.call(routes.DELETE_MODEL_VERSION, model_version=gone["id"])
    after = await add_version(api, model)
    assert (after["version"], after["name"]) == (3, "3")
    listed = (await api.call(routes.LIST_MODEL_VERSIONS, model=model))["items"]
    assert [one["version"] for one in listed] == [3, 1]
    other = (await api.call(routes.CREATE_MODEL, {"name": "other"}, expect=201))["id"]
    assert (await add_version(api, other))["version"] == 0


async def test_versions_made_at_once_get_numbers_of_their_own(api, model):
    made = await asyncio.gather(*(add_version(api, model) for _ in range(8)))
    assert sorted(one["version"] for one in made) == list(range(8))


async def test_a_refused_version_takes_no_number(api, model):
    await add_version(api, model, name="a")
    await add_version(api, model, name="a", expect=409)
    await add_version(api, model, name=" ", expect=400)
    assert (await add_version(api, model, name="b"))["version"] == 1


async def test_a_key_makes_one_version(api, model):
    made = [
        await api.call(routes.CREATE_MODEL_VERSION, {}, model=model, key="k", expect=201) for _ in range(3)
    ]
    assert made == [made[0]] * 3
    assert (await api.call(routes.LIST_MODEL_VERSIONS, model=model))["count"] == 1


async def test_names_of_versions_are_there_once(api, model):
    made = await add_version(api, model, name="a")
    answer = await add_version(api, model, name="a", expect=409)
    assert "'a'" in answer["message"]
    second = (await add_version(api, model, name="b"))["id"]
    await api.call(routes.UPDATE_MODEL_VERSION, {"name": "a"}, model_version=second, expect=409)
    assert (await api.call(routes.UPDATE_MODEL_VERSION, {"name": "b"}, model_version=second))["name"] == "b"
    other = (await api.call(routes.CREATE_MODEL, {"name": "other"}, expect=201))["id"]
    await add_version(api, other, name="a")
    found = await api.call(routes.FIND_MODEL_VERSION, query={"name": "a"}, model=model)
    assert found["id"] == made["id"]


async def test_an_own_name_that_is_a_number_stands_in_nobodys_way(api, model):
    await add_version(api, model, name="1")
    second = await add_version(api, model)
    assert second["version"] == 1
    assert second["name"].startswith("1-")
    assert (await add_version(api, model))["name"] == "2"


async def test_versions_are_found_by_number_and_name(api, model):
    made = [await add_version(api, model, name=name) for name in ("first", "1")]
    for query, expected in (
        ({"version": 0}, 0),
        ({"version": 1}, 1),
        ({"name": "first"}, 0),
        ({"name": "1"}, 1),
        ({"version": 0, "name": "first"}, 0),
    ):
        found = await api.call(routes.FIND_MODEL_VERSION, query=query, model=model)
        assert found["id"] == made[expected]["id"]
    for query in ({"version": 2}, {"name": "0"}, {"version": 1, "name": "first"}, {"version": 2**53}):
        await api.call(routes.FIND_MODEL_VERSION, query=query, model=model, expect=404)
    for query in ({}, {"version": "x"}, {"version": -1}, {"version": 1.5}, {"name": ""}):
        await api.call(routes.FIND_MODEL_VERSION, query=query, model=model, expect=400)


async def test_versions_are_listed_as_asked_for(api, model):
    for name, kind, framework in (
        ("b", "MASK", "ONNX"),
        ("a", "LINE", "TENSORFLOW"),
        ("c", "POINT", "PYTORCH"),
    ):
        await add_version(api, model, name=name, type=kind, framework=framework)
    for order, expected in (
        (None, "cab"), ("version", "bac"), ("-version", "cab"), ("name", "abc"), ("type", "abc"),
        ("-framework", "acb"), ("created_at", "bac"),
    ):  # fmt: skip
        query = {"order_by": order} if order else {}
        items = (await api.call(routes.LIST_MODEL_VERSIONS, model=model, query=query))["items"]
        assert "".join(one["name"] for one in items) == expected
    await api.call(routes.LIST_MODEL_VERSIONS, model=model, query={"order_by": "labels"}, expect=400)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""}, {"name": "x" * 256}, {"name": "a\nb"}, {"type": "BOXES"}, {"type": "mask"},
        {"framework": "KERAS"}, {"docker_flags": "x"}, {"docker_flags": [1]}, {"docker_env_variables": []},
        {"labels": ["cat"]}, {"labels": "cat"}, {"parameters": 5}, {"labels": {"0": "x" * 300_000}},
        {"docker_image": "a\0"}, {"docker_tag": "x" * 5_000}, {"notebook_link": "a\nb"}, {"description": "\0"},
        {"thumbnail_object_name": "model-thumb/none.png"}, {"thumbnail_object_name": "../x"},
        {"thumbnail_object_name": ""},
    ],
)  # fmt: skip
async def test_odd_fields_are_refused(api, model, fields):
    version = (await add_version(api, model))["id"]
    await add_version(api, model, **fields, expect=400)
    await api.call(routes.UPDATE_MODEL_VERSION, fields, model_version=version, expect=400)
    listed = await api.call(routes.LIST_MODEL_VERSIONS, model=model)
    assert [one["id"] for one in listed["items"]] == [version]


async def test_there_is_no_context(api, model):
    version = (await add_version(api, model))["id"]
    for route in (routes.GET_MODEL_VERSION_CONTEXT, routes.GET_PUBLIC_MODEL_VERSION_CONTEXT):
        answer = await api.call(route, model_version=version, expect=404)
        assert "no context" in answer["message"]
        answer = await api.call(route, model_version=str(uuid4()), expect=404)
        assert answer["message"] == "no such model version"


# Thumbnails


async def test_a_thumbnail_is_kept_until_it_is_replaced(api, model, image):
    first, second = [await api.upload(image(4, 3), "t.png", kind="MODEL_THUMB") for _ in range(2)]
    assert first.startswith("model-thumb/")
    made = await add_version(api, model, thumbnail_object_name=first)
    assert made["thumbnail_object_name"] == first
    for name in (first, None):
        body = {"thumbnail_object_name": name, "description": "same"}
        changed = await api.call(routes.UPDATE_MODEL_VERSION, body, model_version=made["id"])
        assert changed["thumbnail_object_name"] == first
    assert await api.is_there(first)
    await api.call(routes.UPDATE_MODEL_VERSION, {"thumbnail_object_name": second}, model_version=made["id"])
    assert not await api.is_there(first)
    assert await api.is_there(second)
    await add_version(api, model, thumbnail_object_name=first, expect=400)
    await api.call(routes.DELETE_MODEL_VERSION, model_version=made["id"])
    assert not await api.is_there(second)


async def test_a_thumbnail_that_another_version_has_stays(api, model, image):
    name = await api.upload(image(4, 3), kind="MODEL_THUMB")
    made = [await add_version(api, model, thumbnail_object_name=name) for _ in range(2)]
    await api.call(routes.DELETE_MODEL_VERSION, model_version=made[0]["id"])
    assert await api.is_there(name)
    await api.call(routes.DELETE_MODEL_VERSION, model_version=made[1]["id"])
    assert not await api.is_there(name)


async def test_thumbnails_of_others_are_not_there(api, model, other_api, image):
    theirs = await other_api.upload(image(4, 3), kind="MODEL_THUMB")
    await add_version(api, model, thumbnail_object_name=theirs, expect=400)


# Deleting


async def test_a_deleted_model_takes_everything_along(api, model, image, check_store):
    versions = [(await add_version(api, model))["id"] for _ in range(2)]
    files = [await api.add_model_file(version, name) for version in versions for name in ("a", "b")]
    thumbnail = await api.upload(image(4, 3), kind="MODEL_THUMB")
    await api.call(
        routes.UPDATE_MODEL_VERSION, {"thumbnail_object_name": thumbnail}, model_version=versions[0]
    )
    for target, thing in (("MODEL", model), ("MODEL_VERSION", versions[0])):
        tag = await api.call(routes.CREATE_TAG, {"name": "n", "target_type": target}, expect=201)
        assert (await api.call(routes.ATTACH_TAG, [thing], tag=tag["id"]))["count"] == 1
    kept = await api.add_model_file(await api.add_model_version("other"))
    await api.call(routes.DELETE_MODEL, model=model)
    await api.call(routes.GET_MODEL, model=model, expect=404)
    for version in versions:
        await api.call(routes.GET_MODEL_VERSION, model_version=version, expect=404)
    for file in files:
        await api.call(routes.GET_MODEL_FILE, model_file=file["id"], expect=404)
        assert not await api.is_there(file["object_name"])
    assert not await api.is_there(thumbnail)
    assert await api.is_there(kept["object_name"])
    left = "SELECT count(*) FROM {}_tag JOIN tag ON tag.seq = tag WHERE organization = ?"
    home = api.org.platform.rows("SELECT seq FROM organization WHERE id = ?", api.org.id)[0][0]
    for target in ("model", "model_version"):
        assert api.org.platform.rows(left.format(target), home) == [(0,)]
    check_store()
    again = (await api.call(routes.CREATE_MODEL, {"name": "detector"}, expect=201))["id"]
    assert (await add_version(api, again))["version"] == 0


# What the older published client must not see


async def test_new_types_are_hidden_from_the_old_client_and_nothing_else(api, model):
    old = {"User-Agent": "Picsellia-SDK/6.19.2"}
    lookalike = {"type": "MASK", "inner": {"type": "KEYPOINT"}}
    body = {"labels": lookalike, "parameters": lookalike, "description": '"type":"MASK"', "type": "KEYPOINT"}
    seen = [await api.call(routes.CREATE_MODEL_VERSION, body, model=model, headers=old, expect=201)]
    version = seen[0]["id"]
    for route, options in (
        (routes.GET_MODEL_VERSION, {}),
        (routes.UPDATE_MODEL_VERSION, {"body": {"type": "MASK"}}),
        (routes.FIND_MODEL_VERSION, {"query": {"version": 0}}),
        (routes.FIND_MODEL_VERSION_BY_ID, {"query": {"id": version}}),
        (routes.LIST_MODEL_VERSIONS, {}),
    ):
        found = await api.call(route, model=model, model_version=version, headers=old, **options)
        seen.append(found.get("items", [found])[0])
    assert {one["type"] for one in seen} == {"NOT_CONFIGURED"}
    real = await api.call(routes.GET_MODEL_VERSION, model_version=version)
    assert real["type"] == "MASK"
    for one in seen:
        assert {name: one[name] for name in body if name != "type"} == {
            n: body[n] for n in body if n != "type"
        }
    known = await add_version(api, model, type="LINE")
    read = await api.call(routes.GET_MODEL_VERSION, model_version=known["id"], headers=old)
    assert read["type"] == "LINE"
