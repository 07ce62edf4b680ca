"""Labels, label groups and skeletons over the protocol."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import select

from asyncsdk.records.labels import MOST_GROUP_LEVELS
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import annotation, label, shape, track
from asyncsdk.server.store.statements import Prepared, insertion, statement
from asyncsdk.wire import routes

OLD = {"User-Agent": "Picsellia-SDK/6.19.2"}
NAMES = ["night", 'x" or "', "a,b", "ünï/cödé", "100%", "' or 1=1 --", "back\\slash", " inner space "]


@pytest.fixture
async def version(api):
    return await api.add_version()


@pytest.fixture
def call(api, version):
    """Calls a route of the version."""

    async def send(route, body=None, **options):
        return await api.call(route, body, **{"version": version} | options)

    return send


async def add_label(call, name="car", **options):
    return await call(routes.CREATE_LABEL, {"name": name}, expect=201, **options)


async def add_group(call, name, parent=None, *, expect=201, **options):
    body = {"name": name} | ({} if parent is None else {"parent_id": parent["id"]})
    return await call(routes.CREATE_LABEL_GROUP, body, expect=expect, **options)


async def listed(call, route=routes.LIST_LABELS):
    return (await call(route))["items"]


async def test_the_life_of_a_label(call):
    made = await add_label(call)
    assert made == {"id": made["id"], "name": "car", "group_id": None}
    await call(routes.CREATE_LABEL, {"name": "car"}, expect=409)
    other = await add_label(call, "Car")
    assert await call(routes.LIST_LABELS) == {"items": [made, other], "count": 2}
    assert await call(routes.FIND_LABEL, query={"name": "car"}) == made
    await call(routes.FIND_LABEL, query={"name": "CAR"}, expect=404)
    await call(routes.FIND_LABEL, expect=400)
    assert await call(routes.GET_LABEL, label=made["id"]) == made
    answer = await call(routes.UPDATE_LABEL, {"name": "Car"}, label=made["id"], expect=409)
    assert answer["message"] == "there is a label 'Car' already"
    await call(routes.UPDATE_LABEL, {"name": " "}, label=made["id"], expect=400)
    assert await call(routes.UPDATE_LABEL, {}, label=made["id"]) == made
    assert await call(routes.UPDATE_LABEL, {"name": "car"}, label=made["id"]) == made
    renamed = await call(routes.UPDATE_LABEL, {"name": "bus"}, label=made["id"])
    assert renamed == made | {"name": "bus"}
    assert await listed(call) == [renamed, other]
    await call(routes.DELETE_LABEL, label=made["id"])
    await call(routes.GET_LABEL, label=made["id"], expect=404)
    assert await listed(call) == [other]


@pytest.mark.parametrize("name", NAMES)
async def test_any_name_is_only_a_name(call, name):
    made = await add_label(call, name)
    assert made["name"] == name
    assert await call(routes.FIND_LABEL, query={"name": name}) == made
    assert await call(routes.FIND_OR_CREATE_LABELS, {"names": [name]}) == [made]


@pytest.mark.parametrize("name", ["", " ", "\0", "a\nb", "x" * 256])
async def test_a_name_must_be_fit_to_be_stored(call, name):
    await call(routes.CREATE_LABEL, {"name": name}, expect=400)
    answer = await call(routes.FIND_OR_CREATE_LABELS, {"names": ["fine", name]}, expect=400)
    assert "names[1]" in answer["message"]
    await call(routes.CREATE_LABEL_GROUP, {"name": name}, expect=400)
    assert await listed(call) == await listed(call, routes.LIST_LABEL_GROUPS) == []


async def test_a_name_is_unique_in_its_version_only(api):
    first, second = await api.add_version("first"), await api.add_version("second")
    made = [
        await api.call(routes.CREATE_LABEL, {"name": "car"}, version=one, expect=201)
        for one in (first, second)
    ]
    for version, one in zip((first, second), made, strict=True):
        assert (await api.call(routes.LIST_LABELS, version=version))["items"] == [one]


async def test_everything_is_listed_whatever_is_asked_for(call):
    names = [f"label {number}" for number in range(1_500)]
    made = await call(routes.FIND_OR_CREATE_LABELS, {"names": names})
    assert [one["name"] for one in made] == names
    found = await call(routes.LIST_LABELS, query={"limit": "10", "offset": "5", "order_by": "-name"})
    assert (found["items"], found["count"]) == (made, 1_500)


async def test_bulk_labels_gives_one_label_for_every_name(call):
    assert await call(routes.FIND_OR_CREATE_LABELS, {"names": []}) == []
    known = await add_label(call, "b")
    found = await call(routes.FIND_OR_CREATE_LABELS, {"names": ["c", "b", "a", "c"]})
    assert [one["name"] for one in found] == ["c", "b", "a", "c"]
    assert found[1] == known
    assert found[0] == found[3]
    assert await listed(call) == [known, found[0], found[2]]
    group = await add_group(call, "letters")
    await call(routes.UPDATE_LABEL, {"group_id": group["id"]}, label=known["id"])
    again = await call(routes.FIND_OR_CREATE_LABELS, {"names": ["b"]})
    assert again == [known | {"group_id": group["id"]}]
    assert len(await listed(call)) == 3


@pytest.mark.parametrize(
    "body", [{}, [], {"names": "ab"}, {"names": [1]}, {"names": None}, "x", {"names": [[]]}]
)
async def test_bulk_labels_wants_names(call, body):
    await call(routes.FIND_OR_CREATE_LABELS, body, expect=400)


async def test_bulk_labels_has_an_upper_bound(call):
    await call(routes.FIND_OR_CREATE_LABELS, {"names": ["x"] * 10_001}, expect=400)
    assert await listed(call) == []


async def test_bulk_labels_at_once_make_each_label_once(call):
    names = [f"label {number}" for number in range(30)]
    wanted = [names[start:] + names[:start] for start in range(0, 30, 3)]
    answers = await asyncio.gather(
        *(call(routes.FIND_OR_CREATE_LABELS, {"names": chosen}) for chosen in wanted)
    )
    ids = [{one["name"]: one["id"] for one in answer} for answer in answers]
    assert all(one == ids[0] for one in ids)
    assert sorted(one["name"] for one in await listed(call)) == sorted(names)


async def test_the_older_client_gets_the_same_labels(call):
    made = await add_label(call, headers=OLD)
    assert await call(routes.GET_LABEL, label=made["id"], headers=OLD) == made
    assert await call(routes.FIND_OR_CREATE_LABELS, {"names": ["car"]}, headers=OLD) == [made]
    assert (await call(routes.LIST_LABELS, headers=OLD))["items"] == [made]


async def test_a_label_is_in_one_group(call):
    made = await add_label(call)
    first, second = await add_group(call, "first"), await add_group(call, "second")
    for group in (first, second):
        changed = await call(routes.UPDATE_LABEL, {"group_id": group["id"].upper()}, label=made["id"])
        assert changed["group_id"] == group["id"]
    assert await call(routes.UPDATE_LABEL, {"name": "bus"}, label=made["id"]) == changed | {"name": "bus"}
    assert await listed(call) == [changed | {"name": "bus"}]
    assert (await call(routes.UPDATE_LABEL, {"group_id": ""}, label=made["id"]))["group_id"] == second["id"]
    assert (await call(routes.UPDATE_LABEL, {"group_id": None}, label=made["id"]))["group_id"] is None


async def test_a_group_of_another_version_is_refused(api, other_world, call):
    made = await add_label(call)
    mine = await add_group(call, "mine")
    elsewhere = await add_group(call, "theirs", version=await api.add_version("other"))
    for odd in (elsewhere["id"], other_world.group, made["id"], str(uuid4()), "x"):
        body = {"name": "bus", "group_id": odd}
        answer = await call(routes.UPDATE_LABEL, body, label=made["id"], expect=400)
        assert "group_id" in answer["message"]
        for route, options in (
            (routes.CREATE_LABEL_GROUP, {}),
            (routes.UPDATE_LABEL_GROUP, {"group": mine["id"]}),
        ):
            body = {"name": "new", "parent_id": odd}
            answer = await call(route, body, expect=400, **options)
            assert "parent_id" in answer["message"]
    assert await listed(call) == [made]
    assert await listed(call, routes.LIST_LABEL_GROUPS) == [mine]


async def test_deleting_a_label_deletes_its_shapes_and_keeps_the_annotations(world, check_store):
    platform, body = world.api.org.platform, {"name": "bus"}
    kept = (await world.api.call(routes.CREATE_LABEL, body, version=world.version, expect=201))["id"]
    platform.write(draw(world.annotation, [world.label, kept]))

    def carried(table):
        both = (
            f"{table} JOIN label ON label.seq = {table}.label JOIN annotation a ON a.seq = {table}.annotation"
        )
        found = platform.rows(f"SELECT label.id FROM {both} WHERE a.id = ?", world.annotation)
        return {label_id for (label_id,) in found}

    assert carried("shape") == carried("track") == {world.label, kept}
    await world.api.call(routes.DELETE_LABEL, label=world.label)
    assert carried("shape") == carried("track") == {kept}
    await world.api.call(routes.DELETE_LABEL, label=kept)
    assert carried("shape") == carried("track") == set()
    await world.api.call(routes.GET_ANNOTATION, annotation=world.annotation)
    check_store()


def draw(annotation_id, labels):
    """A shape and a track for each label, past the API."""
    found = yield statement(select(annotation.c.seq).where(annotation.c.id == annotation_id))
    plain = {"created_at": now_us(), "attributes": None, "annotation": found[0]["seq"]}
    for label_id in labels:
        carried = (yield statement(select(label.c.seq).where(label.c.id == label_id)))[0]["seq"]
        both = plain | {"label": carried, "geometry": "{}", "text": None}
        for table, own in ((shape, {"kind": "CLASSIFICATION", "area": None}), (track, {})):
            yield Prepared(insertion(table))(**both | own, id=new_id())


async def test_the_life_of_a_group(call):
    root = await add_group(call, "root")
    assert root == {"id": root["id"], "name": "root", "parent_id": None}
    leaf = await add_group(call, "leaf", root)
    assert leaf == {"id": leaf["id"], "name": "leaf", "parent_id": root["id"]}
    assert await call(routes.LIST_LABEL_GROUPS) == {"items": [root, leaf], "count": 2}
    assert await call(routes.GET_LABEL_GROUP, group=leaf["id"]) == leaf
    assert await call(routes.UPDATE_LABEL_GROUP, {}, group=leaf["id"]) == leaf
    renamed = await call(routes.UPDATE_LABEL_GROUP, {"name": "twig"}, group=leaf["id"])
    assert renamed == leaf | {"name": "twig"}
    await call(routes.UPDATE_LABEL_GROUP, {"name": " "}, group=leaf["id"], expect=400)
    top = await call(routes.UPDATE_LABEL_GROUP, {"parent_id": None}, group=leaf["id"])
    assert top == renamed | {"parent_id": None}
    assert await call(routes.UPDATE_LABEL_GROUP, {"parent_id": root["id"]}, group=leaf["id"]) == renamed
    assert await listed(call, routes.LIST_LABEL_GROUPS) == [root, renamed]


async def test_c14_a_name_is_unique_in_the_group_around_it(call):
    a, b = await add_group(call, "a"), await add_group(call, "b")
    first, second = await add_group(call, "x", a), await add_group(call, "x", b)
    top = await add_group(call, "x")
    assert len({first["id"], second["id"], top["id"]}) == 3
    for parent in (a, b, None):
        await add_group(call, "x", parent, expect=409)
    await call(routes.UPDATE_LABEL_GROUP, {"parent_id": b["id"]}, group=first["id"], expect=409)
    await call(routes.UPDATE_LABEL_GROUP, {"parent_id": None}, group=first["id"], expect=409)
    body = {"parent_id": b["id"], "name": "y"}
    assert (await call(routes.UPDATE_LABEL_GROUP, body, group=first["id"]))["parent_id"] == b["id"]
    await call(routes.UPDATE_LABEL_GROUP, {"name": "x"}, group=first["id"], expect=409)


async def test_a_group_cannot_be_inside_of_itself(call):
    root = await add_group(call, "root")
    middle = await add_group(call, "middle", root)
    leaf = await add_group(call, "leaf", middle)
    for inside in (root, middle, leaf):
        answer = await call(
            routes.UPDATE_LABEL_GROUP, {"parent_id": inside["id"]}, group=root["id"], expect=400
        )
        assert "inside of itself" in answer["message"]
    assert await listed(call, routes.LIST_LABEL_GROUPS) == [root, middle, leaf]
    await call(routes.UPDATE_LABEL_GROUP, {"parent_id": root["id"]}, group=leaf["id"])


async def test_groups_are_nested_to_a_depth_that_can_be_deleted(call):
    chain = [await add_group(call, "0")]
    for level in range(1, MOST_GROUP_LEVELS):
        chain.append(await add_group(call, str(level), chain[-1]))
    await add_group(call, "one more", chain[-1], expect=400)
    pair = [await add_group(call, "pair")]
    pair.append(await add_group(call, "inner", pair[0]))
    too_deep = {"parent_id": chain[-2]["id"]}
    await call(routes.UPDATE_LABEL_GROUP, too_deep, group=pair[0]["id"], expect=400)
    await call(routes.UPDATE_LABEL_GROUP, {"parent_id": chain[-3]["id"]}, group=pair[0]["id"])
    await call(routes.DELETE_LABEL_GROUP, group=chain[0]["id"])
    assert await listed(call, routes.LIST_LABEL_GROUPS) == []


async def test_deleting_a_group_takes_its_groups_along_and_leaves_the_labels(call, check_store):
    root, other = await add_group(call, "root"), await add_group(call, "other")
    leaf = await add_group(call, "leaf", root)
    made = [await add_label(call, name) for name in ("a", "b", "c")]
    for one, group in zip(made, (root, leaf, other), strict=True):
        await call(routes.UPDATE_LABEL, {"group_id": group["id"]}, label=one["id"])
    await call(routes.DELETE_LABEL_GROUP, group=root["id"])
    assert await listed(call, routes.LIST_LABEL_GROUPS) == [other]
    await call(routes.GET_LABEL_GROUP, group=leaf["id"], expect=404)
    assert [one["group_id"] for one in await listed(call)] == [None, None, other["id"]]
    check_store()


async def test_a_skeleton_is_set_replaced_and_listed(call):
    made = [await add_label(call, name) for name in ("person", "car", "dog")]
    assert await call(routes.LIST_SKELETONS) == {"items": {}}
    answer = await call(routes.GET_SKELETON, label=made[0]["id"], expect=404)
    assert "'person' has no skeleton" in answer["message"]
    first = {"vertices": ["nose", "left eye", "right eye"], "edges": [[1, 2], [3, 1]]}
    for one, skeleton in ((made[2], first), (made[0], {"vertices": ["head"], "edges": []}), (made[0], first)):
        await call(routes.SET_SKELETON, skeleton, label=one["id"])
        assert await call(routes.GET_SKELETON, label=one["id"]) == skeleton
    assert await call(routes.LIST_SKELETONS) == {"items": {made[0]["id"]: first, made[2]["id"]: first}}
    await call(routes.DELETE_LABEL, label=made[2]["id"])
    assert await call(routes.LIST_SKELETONS) == {"items": {made[0]["id"]: first}}


@pytest.mark.parametrize(
    ("vertices", "edges", "said"),
    [
        ([], [], "vertices: give at least one"),
        (["a", ""], [], "vertices[1] must not be empty"),
        (["a", "b", "a"], [], "vertices[2]: 'a' is vertices[0] already"),
        (["a", 1], [], "vertices[1]"),
        (["a", "b"], [[1, 2], [0, 1]], "edges[1]: vertices are counted from 1 to 2, got [0, 1]"),
        (["a", "b"], [[1, 3]], "edges[0]: vertices are counted from 1 to 2, got [1, 3]"),
        (["a", "b"], [[2, 2]], "edges[0]: joins vertex 2 with itself"),
        (["a", "b"], [[1]], "expected an array of 2, got list [1] at edges[0]"),
        (["a", "b"], [[1, 2, 1]], "at edges[0]"),
        (["a", "b"], [["1", 2]], "at edges[0]"),
        (["a", "b"], [[1.5, 2]], "at edges[0]"),
        (["a", "b"], [{"1": 2}], "at edges[0]"),
        ("ab", [], "at vertices"),
        (None, [], "at vertices"),
    ],
)
async def test_a_skeleton_that_breaks_a_rule(call, vertices, edges, said):
    made = await add_label(call)
    body = {"vertices": vertices, "edges": edges}
    answer = await call(routes.SET_SKELETON, body, label=made["id"], expect=400)
    assert said in answer["message"]
    assert await call(routes.LIST_SKELETONS) == {"items": {}}


async def test_a_locked_version_refuses_every_change_of_its_labels(world):
    api, of_group = world.api, {"group": world.group}
    of_version, of_label = {"version": world.version}, {"label": world.label}
    changes = [
        (routes.CREATE_LABEL, {"name": "bus"}, of_version),
        (routes.FIND_OR_CREATE_LABELS, {"names": ["car", "bus"]}, of_version),
        (routes.UPDATE_LABEL, {"name": "bus"}, of_label),
        (routes.DELETE_LABEL, None, of_label),
        (routes.SET_SKELETON, {"vertices": ["a"], "edges": []}, of_label),
        (routes.SET_LABEL_ATTRIBUTES, {"attributes": None}, of_label),
        (routes.SET_VERSION_ATTRIBUTES, {"attributes": {}}, of_version),
        (routes.CREATE_LABEL_GROUP, {"name": "other"}, of_version),
        (routes.UPDATE_LABEL_GROUP, {"name": "other"}, of_group),
        (routes.DELETE_LABEL_GROUP, None, of_group),
    ]
    seen = [
        (routes.LIST_LABELS, of_version), (routes.LIST_SKELETONS, of_version), (routes.LIST_LABEL_GROUPS, of_version),
        (routes.GET_LABEL_ATTRIBUTES, of_label), (routes.GET_VERSION_ATTRIBUTES, of_version),
    ]  # fmt: skip
    before = [await api.call(route, **variables) for route, variables in seen]
    await api.call(routes.LOCK_VERSION, **of_version)
    for route, body, variables in changes:
        await api.call(route, body, expect=423, **variables)
    assert len(await api.call(routes.FIND_OR_CREATE_LABELS, {"names": ["car"]}, **of_version)) == 1
    assert [await api.call(route, **variables) for route, variables in seen] == before
    await api.call(routes.UNLOCK_VERSION, **of_version)
    await api.call(routes.UPDATE_LABEL, {"name": "bus"}, **of_label)


async def test_a_creation_with_a_key_happens_once(call):
    made = [await add_label(call, key="k") for _ in range(2)]
    assert made[0] == made[1]
    groups = [await add_group(call, "g", key="l") for _ in range(2)]
    assert groups[0] == groups[1]
    assert await listed(call) == made[:1]
