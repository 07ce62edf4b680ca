"""What goes with what is deleted, deleting many annotations, and what a lock holds."""

from __future__ import annotations

import pytest

from asyncsdk.wire import routes


async def create(api, asset, **body):
    return await api.call(routes.CREATE_ANNOTATION, {"duration": 0, **body}, asset=asset, expect=201)


async def test_annotations_of_a_locked_version_do_not_change(world):
    call, label = world.api.call, world.label
    await call(routes.LOCK_VERSION, version=world.version)
    before = await call(routes.LOAD_ANNOTATIONS, [world.annotation], version=world.version)
    element = {"asset_id": world.asset}
    own = {"annotation": world.annotation, "asset": world.asset, "version": world.version} | world.shapes
    for route, body in (
        (routes.CREATE_ANNOTATION, {"duration": 1}),
        (routes.UPDATE_ANNOTATION, {"duration": 1}),
        (routes.DELETE_ANNOTATION, None),
        (routes.SAVE_ANNOTATION, {"duration": 1}),
        (routes.DELETE_MANY_ANNOTATIONS, {"asset_ids": ["__all__"]}),
        (routes.BULK_ANNOTATIONS, {"import_type": "REPLACE", "annotations": [element]}),
        (routes.CREATE_CLASSIFICATIONS, {"classifications": [{"label_id": label}]}),
        (routes.UPDATE_RECTANGLE, {"x": 0}),
        (routes.DELETE_MASK, None),
    ):
        await call(route, body, expect=423, **own)
    assert await call(routes.LOAD_ANNOTATIONS, [world.annotation], version=world.version) == before
    await call(routes.GET_STATS, version=world.version)


@pytest.mark.parametrize("victim", ["annotation", "asset", "data", "version", "label", "many"])
async def test_what_belongs_to_what_is_deleted_goes_with_it(world, victim, check_store):
    routes_of = {
        "annotation": (routes.DELETE_ANNOTATION, None, 200),
        "asset": (routes.DELETE_ASSET, None, 200),
        "data": (routes.DELETE_DATA, None, 204),
        "version": (routes.DELETE_VERSION, None, 200),
        "label": (routes.DELETE_LABEL, None, 200),
        "many": (routes.DELETE_MANY_ANNOTATIONS, {"asset_ids": [world.asset]}, 200),
    }
    route, body, status = routes_of[victim]
    await world.api.call(route, body, expect=status, **world.variables)
    remains = 200 if victim == "label" else 404
    await world.api.call(routes.GET_ANNOTATION, annotation=world.annotation, expect=remains)
    for kind, shape in world.shapes.items():
        await world.api("GET", f"/api/{kind}/{shape}", expect=404)
    sql = "SELECT count(*) FROM shape WHERE id IN (SELECT value FROM json_each(?))"
    listed = "[" + ",".join(f'"{shape}"' for shape in world.shapes.values()) + "]"
    assert world.api.org.platform.rows(sql, listed) == [(0,)]
    check_store()


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ({"asset_ids": ["__all__"]}, []),
        ({"asset_ids": []}, [0, 1, 2, 3]),
        ({"asset_ids": ["__all__"], "worker_ids": []}, [0, 1, 2, 3]),
        ({"asset_ids": ["__all__"], "annotation_ids": []}, [0, 1, 2, 3]),
        ({"asset_ids": ["__all__"], "worker_ids": ["worker"]}, [0, 2]),
        ({"asset_ids": ["__all__"], "worker_ids": ["__all__"]}, []),
        ({"asset_ids": ["asset"]}, [0, 1]),
        ({"asset_ids": ["asset", "00000000-0000-4000-8000-000000000000"]}, [0, 1]),
        ({"asset_ids": ["asset"], "worker_ids": ["worker"]}, [0, 1, 2]),
        ({"asset_ids": ["__all__"], "annotation_ids": ["annotation"]}, [0, 1, 3]),
        ({"asset_ids": ["asset"], "annotation_ids": ["annotation"], "worker_ids": ["worker"]}, [0, 1, 2, 3]),
    ],
)
async def test_l14_deleting_many_needs_all_that_is_given(api, field, colleague, world, body, left):
    _, worker = colleague
    made = []
    for index in range(4):
        own = {"worker_id": worker} if index % 2 else {}
        made.append((await create(api, field.assets[index // 2], **own))["id"])
    named = {"worker": worker, "asset": field.assets[1], "annotation": made[2]}
    sent = {name: [named.get(value, value) for value in values] for name, values in body.items()}
    answer = await api.call(routes.DELETE_MANY_ANNOTATIONS, sent, version=field.version)
    assert answer == {"count": 4 - len(left)}
    ids = await api.call(routes.LIST_ANNOTATION_IDS, version=field.version)
    assert [made.index(one) for one in ids] == left[::-1]
    await api.call(routes.GET_ANNOTATION, annotation=world.annotation)


async def test_deleting_many_is_never_a_guess(world):
    for body in (None, {}, [], {"annotation_ids": []}, {"asset_ids": None}, {"asset_ids": "__all__"}):
        await world.api.call(routes.DELETE_MANY_ANNOTATIONS, body, version=world.version, expect=400)
    await world.api.call(routes.GET_ANNOTATION, annotation=world.annotation)
