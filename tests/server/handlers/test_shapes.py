"""Shapes of one annotation: each kind by itself, and saving all at once."""

from __future__ import annotations

from uuid import uuid4

import pytest

from asyncsdk.wire import routes

KINDS = {
    "rectangle": {"x": 1, "y": 2, "w": 3, "h": 4},
    "polygon": {"polygon": [[0, 0], [9, 0], [9, 9]]},
    "line": {"line": [[0, 0], [4, 4]]},
    "point": {"point": [1, 2], "order": 7},
    "classification": {},
    "mask": {"mask": ":230?"},
}
COMPUTED = {
    "rectangle": {"area": 12.0},
    "polygon": {"area": 40.5},
    "mask": {"area": 4.0, "bbox": [2, 0, 2, 2]},
}

every_kind = pytest.mark.parametrize("kind", KINDS)


async def listed(api, world, kind):
    return (await api("GET", f"/api/annotation/{world.annotation}/{kind}s"))["items"]


@every_kind
async def test_shapes_are_made_read_and_deleted(world, kind, check_store):
    api, own = world.api, KINDS[kind]
    path = f"/api/annotation/{world.annotation}/bulk-{kind}s"
    more = {"label_id": world.label, "text": "t", "attributes": {"dirty": True}}
    body = {f"{kind}s": [own | more, own | {"label_id": world.label.upper(), "text": None}]}
    first, second = (await api("POST", path, json=body, expect=201))[f"{kind}s"]
    label = {"id": world.label, "name": "car", "group_id": world.group}
    assert first == own | COMPUTED.get(kind, {}) | {
        "id": first["id"], "label": label, "text": "t", "attributes": {"dirty": True}
    }  # fmt: skip
    assert second == first | {"id": second["id"], "text": None, "attributes": None}
    assert await api("GET", f"/api/{kind}/{first['id']}") == first
    assert (await listed(api, world, kind))[1:] == [first, second]
    await api("DELETE", f"/api/{kind}/{first['id']}")
    await api("GET", f"/api/{kind}/{first['id']}", expect=404)
    assert (await listed(api, world, kind))[1:] == [second]
    for other in set(KINDS) - {kind}:
        await api("GET", f"/api/{other}/{second['id']}", expect=404)
    check_store()


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("rectangle", {"x": 0}),
        ("rectangle", {"y": 9, "w": 2.0, "h": 1}),
        ("rectangle", {"text": ""}),
        ("rectangle", {"text": "new", "attributes": {"dirty": False}}),
        ("rectangle", {}),
        ("rectangle", {"x": None, "text": None, "point": [3, 3], "polygon": [[0, 0], [1, 1], [0, 1]]}),
        ("polygon", {"polygon": [[0, 0], [2, 0], [2, 2], [0, 2]]}),
        ("line", {"line": [[1, 1], [2, 2], [3, 3]]}),
        ("point", {"point": [9, 9]}),
        ("classification", {"text": "new"}),
    ],
)
async def test_only_what_is_given_changes(world, kind, change):
    path = f"/api/{kind}/{world.shapes[kind]}"
    before = await world.api("GET", path)
    after = await world.api("PATCH", path, json=change)
    own = {name: value for name, value in change.items() if name in before and value is not None}
    areas = {"polygon": 4.0, "rectangle": float(after.get("w", 0) * after.get("h", 0))}
    expected = before | own | ({"area": areas[kind]} if "area" in before else {})
    assert after == expected
    assert await world.api("GET", path) == after


@pytest.mark.parametrize("kind", ["rectangle", "polygon", "line", "point", "classification"])
async def test_a_shape_takes_another_label_of_its_version(world, other_world, kind):
    call, path = world.api.call, f"/api/{kind}/{world.shapes[kind]}"
    bus = await call(routes.CREATE_LABEL, {"name": "bus"}, version=world.version, expect=201)
    before = await world.api("GET", path)
    for foreign in (other_world.label, str(uuid4()), "x"):
        await world.api("PATCH", path, json={"label_id": foreign}, expect=400)
    after = await world.api("PATCH", path, json={"label_id": bus["id"]})
    assert after == before | {"label": {"id": bus["id"], "name": "bus", "group_id": None}}


async def test_a_change_keeps_instance_and_order(world):
    api, made = world.api, []
    for kind, own in (("polygon", {"instance": 4}), ("point", {"order": 3})):
        path = f"/api/annotation/{world.annotation}/bulk-{kind}s"
        body = {f"{kind}s": [KINDS[kind] | own | {"label_id": world.label}]}
        made.append((await api("POST", path, json=body, expect=201))[f"{kind}s"][0])
    polygon = await api("PATCH", f"/api/polygon/{made[0]['id']}", json={"polygon": [[0, 0], [2, 0], [2, 2]]})
    point = await api("PATCH", f"/api/point/{made[1]['id']}", json={"point": [0, 0]})
    assert (polygon["instance"], polygon["area"], point["order"]) == (4, 2.0, 3)


@pytest.mark.parametrize(
    ("kind", "own", "place"),
    [
        ("rectangle", {"x": 1.5}, "rectangles[1].x: must be a whole number of pixels, not 1.5"),
        ("rectangle", {"y": -1}, "rectangles[1].y: must be 0 to"),
        ("rectangle", {"w": -1}, "rectangles[1].w: must be 0 to"),
        ("rectangle", {"h": -4}, "rectangles[1].h: must be 0 to"),
        ("rectangle", {"x": 1e300}, "rectangles[1].x: must be 0 to"),
        ("rectangle", {"x": 2**62}, "rectangles[1].x: must be 0 to"),
        ("rectangle", {"x": None}, "rectangles[1].x"),
        ("polygon", {"polygon": []}, "polygons[1].polygon: must have 3 to 100000 points, not 0"),
        ("polygon", {"polygon": [[0, 0], [1, 1]]}, "polygons[1].polygon: must have 3"),
        ("polygon", {"polygon": [[0, 0], [1, 1], [2, 0.5]]}, "polygons[1].polygon[2]: must be a whole"),
        ("polygon", {"polygon": [[0, 0], [1, 1], [-2, 0]]}, "polygons[1].polygon[2]: must be 0 to"),
        ("polygon", {"polygon": [[0, 0], [1, 1], [2]]}, "polygons[1].polygon[2]"),
        ("polygon", {"polygon": [[0, 0]] * 100_001}, "polygons[1].polygon: must have 3 to 100000 points"),
        ("polygon", {"instance": -1}, "polygons[1].instance: must be 0 to"),
        ("line", {"line": [[0, 0]]}, "lines[1].line: must have 2"),
        ("line", {"line": [[0, 0], [1, 1.5]]}, "lines[1].line[1]: must be a whole"),
        ("point", {"point": [1, -1]}, "points[1].point[0]: must be 0 to"),
        ("point", {"point": [1, 1, 1]}, "points[1].point"),
        ("point", {"order": -1}, "points[1].order: must be 0 to"),
        ("mask", {"mask": ""}, "masks[1].mask: the counts leave out 35 of 35 pixels"),
        ("mask", {"mask": "é"}, "masks[1].mask: character 0"),
        ("mask", {"mask": "0" * 1000}, "masks[1].mask"),
        ("classification", {"text": "\0"}, "classifications[1].text"),
        ("classification", {"text": 5}, "classifications[1].text"),
        ("classification", {"attributes": []}, "classifications[1].attributes"),
        ("classification", {"attributes": {"a": "x" * 300_000}}, "classifications[1].attributes: larger"),
        ("classification", {"attributes": {"dirty": "x"}}, "classifications[1].attributes: 'dirty': "),
        ("classification", {"label_id": "x"}, "classifications[1].label_id: 'x' is not an id"),
        ("classification", {"label_id": str(uuid4())}, "classifications[1].label_id: "),
        ("classification", {"label_id": None}, "classifications[1].label_id"),
    ],
)
async def test_a_fault_names_its_place_and_nothing_is_made(world, kind, own, place):
    good = KINDS[kind] | {"label_id": world.label}
    before = await listed(world.api, world, kind)
    path = f"/api/annotation/{world.annotation}/bulk-{kind}s"
    answer = await world.api("POST", path, json={f"{kind}s": [good, good | own]}, expect=400)
    assert place.replace("'", '"') in answer["message"].replace("'", '"')
    assert await listed(world.api, world, kind) == before


@every_kind
async def test_at_least_one_shape_must_be_given(world, kind):
    path = f"/api/annotation/{world.annotation}/bulk-{kind}s"
    for body in ({}, {f"{kind}s": []}, {f"{kind}s": None}, {"shapes": [KINDS[kind]]}):
        await world.api("POST", path, json=body, expect=400)


async def test_saving_replaces_all_shapes(world, check_store):
    api, label = world.api, {"label_id": world.label}
    body = {"duration": 3, "lines": [KINDS["line"] | label], "points": [{"point": [0, 0]} | label] * 2}
    saved = await api.call(routes.SAVE_ANNOTATION, body, annotation=world.annotation)
    assert (saved["id"], saved["duration"]) == (world.annotation, 3)
    counts = {kind: len(await listed(api, world, kind)) for kind in KINDS}
    assert counts == dict.fromkeys(KINDS, 0) | {"line": 1, "point": 2}
    assert [point["order"] for point in await listed(api, world, "point")] == [0, 1]
    bad = {"duration": 9, "lines": [{"line": [[0, 0]]} | label]}
    await api.call(routes.SAVE_ANNOTATION, bad, annotation=world.annotation, expect=400)
    bad = {"duration": 9, "lines": [KINDS["line"] | {"label_id": str(uuid4())}]}
    await api.call(routes.SAVE_ANNOTATION, bad, annotation=world.annotation, expect=400)
    assert len(await listed(api, world, "line")) == 1
    assert (await api.call(routes.GET_ANNOTATION, annotation=world.annotation))["duration"] == 3
    await api.call(routes.SAVE_ANNOTATION, {"duration": 0.0}, annotation=world.annotation)
    assert [await listed(api, world, kind) for kind in KINDS] == [[]] * 6
    check_store()


async def test_l15_text_and_attributes_are_taken_from_the_start_but_by_a_strict_platform(world, strict_world):
    for one, text, attributes, instance in ((world, "t", {"a": 1}, 5), (strict_world, None, None, None)):
        rich = {"label_id": one.label, "text": "t", "attributes": {"a": 1}, "instance": 5}
        body = {"polygons": [KINDS["polygon"] | rich]}
        await one.api.call(routes.SAVE_ANNOTATION, body, annotation=one.annotation)
        saved = (await listed(one.api, one, "polygon"))[0]
        made = await one.api.call(routes.CREATE_POLYGONS, body, annotation=one.annotation, expect=201)
        for shape in (saved, made["polygons"][0]):
            assert (shape["text"], shape["attributes"], shape.get("instance")) == (text, attributes, instance)


async def test_attributes_that_were_there_before_their_rules_do_not_hinder(world):
    path = f"/api/rectangle/{world.shapes['rectangle']}"
    await world.api("PATCH", path, json={"attributes": {"size": "old"}})
    rules = {"attributes": {"size": {"input_type": "INTEGER", "required": False}}}
    await world.api.call(routes.SET_LABEL_ATTRIBUTES, rules, label=world.label)
    assert (await world.api("PATCH", path, json={"x": 3}))["attributes"] == {"size": "old"}
    await world.api("PATCH", path, json={"attributes": {"size": "new"}}, expect=400)
    assert (await world.api("PATCH", path, json={"attributes": {"size": 4}}))["attributes"] == {"size": 4}


async def test_a_mask_must_fit_the_size_of_its_image(api, rows):
    sizes = {"width": lambda number: (7, 8, None)[number], "height": lambda number: (5, 6, None)[number]}
    version = await api.add_version()
    await api.add_assets(version, rows.data(3, **sizes))
    label = (await api.call(routes.CREATE_LABEL, {"name": "a"}, version=version, expect=201))["id"]
    body = {"masks": [{"mask": ":230?", "label_id": label}]}  # of 7 x 5 pixels
    messages = []
    for asset in (await api.call(routes.LIST_ASSETS, version=version))["items"][::-1]:
        made = await api.call(routes.CREATE_ANNOTATION, {"duration": 0}, asset=asset["id"], expect=201)
        status = 400 if messages else 201
        answer = await api.call(routes.CREATE_MASKS, body, annotation=made["id"], expect=status)
        messages.append(answer.get("message"))
    assert messages == [
        None,
        "masks[0].mask: the counts leave out 13 of 48 pixels",
        "masks[0].mask: the size of the image is not known",
    ]


async def test_a_creation_with_a_key_happens_once(world):
    body = {"lines": [KINDS["line"] | {"label_id": world.label}]}
    made = [
        await world.api.call(routes.CREATE_LINES, body, annotation=world.annotation, key="k", expect=201)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert len(await listed(world.api, world, "line")) == 2
