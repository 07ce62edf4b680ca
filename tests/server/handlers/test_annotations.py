"""Annotations: creating, finding, listing and changing them, their statistics, extended assets."""

from __future__ import annotations

from uuid import uuid4

from asyncsdk.records import codec
from asyncsdk.records.annotations import AnnotationRecord, ExtendedAsset
from asyncsdk.records.paging import Page
from asyncsdk.wire import routes

OLD = {"User-Agent": "Picsellia-SDK/6.19.2"}


async def create(api, asset, **body):
    return await api.call(routes.CREATE_ANNOTATION, {"duration": 0, **body}, asset=asset, expect=201)


async def test_an_annotation_starts_pending_and_without_shapes(world, api, field):
    made = codec.load(await create(api, field.assets[0], duration=2.5), AnnotationRecord)
    assert (made.status, made.duration, made.asset_id) == ("PENDING", 2.5, field.assets[0])
    assert made.worker_id == world.worker
    assert codec.load(await api.call(routes.GET_ANNOTATION, annotation=made.id), AnnotationRecord) == made
    loaded = await api.call(routes.LOAD_ANNOTATIONS, [made.id], version=field.version)
    lists = ("classifications", "rectangles", "polygons", "lines", "points", "keypoints", "masks")
    assert {name: loaded[0][name] for name in lists} == {name: [] for name in lists}
    assert "tracks" not in loaded[0]


async def test_a_worker_has_one_annotation_per_asset(api, field, colleague, check_store):
    other, worker = colleague
    mine = await create(api, field.assets[0])
    await api.call(routes.CREATE_ANNOTATION, {"duration": 1}, asset=field.assets[0], expect=409)
    theirs = await create(api, field.assets[0], worker_id=worker)
    assert (theirs["worker_id"], mine["worker_id"]) == (worker, mine["worker_id"])
    await other.call(routes.CREATE_ANNOTATION, {"duration": 1}, asset=field.assets[0], expect=409)
    body = {"worker_id": worker}
    await api.call(routes.UPDATE_ANNOTATION, body, annotation=mine["id"], expect=409)
    elsewhere = await create(api, field.assets[1])
    moved = await api.call(routes.UPDATE_ANNOTATION, body, annotation=elsewhere["id"])
    assert moved == elsewhere | {"worker_id": worker}
    assert await api.call(routes.GET_ANNOTATION, annotation=elsewhere["id"]) == moved
    listed = (await api.call(routes.LIST_ASSET_ANNOTATIONS, asset=field.assets[0]))["items"]
    assert [one["id"] for one in listed] == [theirs["id"], mine["id"]]  # newest first
    check_store()


async def test_workers_are_members_of_the_organization(api, field, other_world):
    mine = await create(api, field.assets[0])
    for worker in (other_world.worker, str(uuid4()), "x", field.assets[0]):
        body = {"duration": 1, "worker_id": worker}
        await api.call(routes.CREATE_ANNOTATION, body, asset=field.assets[1], expect=400)
        await api.call(routes.UPDATE_ANNOTATION, body, annotation=mine["id"], expect=400)
        bulk = {"import_type": "KEEP", "annotations": [], "worker_id": worker}
        await api.call(routes.BULK_ANNOTATIONS, bulk, version=field.version, expect=400)
    assert await api.call(routes.GET_ANNOTATION, annotation=mine["id"]) == mine


async def test_finding_takes_the_newest_or_that_of_a_worker(api, field, colleague):
    _, worker = colleague
    asset = field.assets[0]
    await api.call(routes.FIND_ASSET_ANNOTATION, asset=asset, expect=404)
    theirs = await create(api, asset, worker_id=worker)
    await api.call(routes.FIND_ASSET_ANNOTATION, asset=asset, headers=OLD, expect=404)
    assert (await api.call(routes.FIND_ASSET_ANNOTATION, asset=asset))["id"] == theirs["id"]
    mine = await create(api, asset)
    for query, headers, found in (
        ({}, {}, mine),
        ({}, OLD, mine),
        ({"worker_id": worker}, {}, theirs),
        ({"worker_id": worker}, OLD, theirs),
        ({"worker_id": mine["worker_id"]}, {}, mine),
    ):
        answer = await api.call(routes.FIND_ASSET_ANNOTATION, query=query, headers=headers, asset=asset)
        assert answer["id"] == found["id"]
    await api.call(routes.FIND_ASSET_ANNOTATION, query={"worker_id": str(uuid4())}, asset=asset, expect=404)
    await api.call(routes.FIND_ASSET_ANNOTATION, query={"worker_id": "x"}, asset=asset, expect=400)


async def test_only_what_is_given_changes(api, field):
    made = await create(api, field.assets[0], duration=3)
    path = {"annotation": made["id"]}
    assert await api.call(routes.UPDATE_ANNOTATION, {}, **path) == made
    assert (await api.call(routes.UPDATE_ANNOTATION, {"duration": 0}, **path))["duration"] == 0
    changed = await api.call(routes.UPDATE_ANNOTATION, {"status": "REFUSED", "attributes": {"a": 1}}, **path)
    assert changed == made | {"duration": 0, "status": "REFUSED", "attributes": {"a": 1}}
    for body in (
        {"duration": -1}, {"duration": 1e300}, {"duration": "1"}, {"duration": True},
        {"status": "accepted"}, {"status": "DONE"}, {"attributes": []},
    ):  # fmt: skip
        await api.call(routes.UPDATE_ANNOTATION, body, expect=400, **path)
    assert await api.call(routes.GET_ANNOTATION, **path) == changed


async def test_lists_are_filtered_by_status_worker_and_asset(api, field, colleague):
    _, worker = colleague
    made = []
    for index, status in enumerate(("PENDING", "ACCEPTED", "ACCEPTED", "REFUSED")):
        own = {"worker_id": worker} if index % 2 else {}
        one = await create(api, field.assets[index], duration=index, **own)
        await api.call(routes.UPDATE_ANNOTATION, {"status": status}, annotation=one["id"])
        made.append(one["id"])

    async def listed(**query) -> list[int]:
        page = codec.load(
            await api.call(routes.LIST_ANNOTATIONS, query=query, version=field.version),
            Page[AnnotationRecord],
        )
        assert all(one.asset_id in field.assets for one in page.items)
        ids = await api.call(routes.LIST_ANNOTATION_IDS, query=query, version=field.version)
        found = [made.index(one.id) for one in page.items]
        assert page.count == len(found)
        assert "order_by" in query or [made.index(one) for one in ids] == found
        return found

    assert await listed() == [3, 2, 1, 0]
    assert await listed(status="ACCEPTED") == [2, 1]
    assert await listed(worker_id=worker) == [3, 1]
    assert await listed(worker_id=worker, status="ACCEPTED") == [1]
    assert await listed(worker_id=str(uuid4())) == []
    assert await listed(order_by="duration") == [0, 1, 2, 3]
    assert await listed(order_by="-status") == [3, 0, 2, 1]
    await api.call(routes.LIST_ANNOTATIONS, query={"order_by": "asset"}, version=field.version, expect=400)

    async def ids_of(*assets, **query) -> list[int]:
        asked = [("asset_ids", asset) for asset in assets] + list(query.items())
        found = await api.call(routes.LIST_ANNOTATION_IDS, query=asked, version=field.version)
        return [made.index(one) for one in found]

    assert await ids_of(*field.assets[1:3]) == [2, 1]
    assert await ids_of(field.assets[1], status="ACCEPTED", worker_id=worker) == [1]
    assert await ids_of(field.assets[4], str(uuid4())) == []
    assert await ids_of("__all__") == [3, 2, 1, 0]
    for odd in ("x", ""):
        query = {"asset_ids": odd}
        await api.call(routes.LIST_ANNOTATION_IDS, query=query, version=field.version, expect=400)


async def test_lists_are_cut_into_pages(api, field):
    made = [(await create(api, asset))["id"] for asset in field.assets][::-1]
    for route, id_of in ((routes.LIST_ANNOTATIONS, lambda one: one["id"]), (routes.LIST_ANNOTATION_IDS, str)):

        async def page(route=route, **query):
            return await api.call(route, query=query, version=field.version)

        first = await page(limit=2)
        assert ([id_of(one) for one in first["items"]], first["count"]) == (made[:2], 5)
        assert [id_of(one) for one in (await page(limit=2, offset=3))["items"]] == made[3:]
        walked, cursor = first["items"], first["next_cursor"]
        while cursor:
            following = await page(limit=2, cursor=cursor)
            walked, cursor = walked + following["items"], following["next_cursor"]
        assert [id_of(one) for one in walked] == made
        sharded = [await page(limit=2, cursor=shard) for shard in first["shards"]]
        assert [id_of(one) for part in [first, *sharded] for one in part["items"]] == made
        await api.call(route, query={"cursor": "x"}, version=field.version, expect=400)
    none = await api.call(routes.LIST_ANNOTATIONS, query={"limit": 0}, version=field.version)
    assert (none["items"], none["count"]) == ([], 5)


async def test_a_strict_platform_gives_all_ids_at_once(strict_world):
    query = {"limit": 1, "cursor": "x"}
    ids = await strict_world.api.call(routes.LIST_ANNOTATION_IDS, query=query, version=strict_world.version)
    assert ids == [strict_world.annotation]


async def test_statistics_count_shapes_and_tracks_by_label(world):
    call = world.api.call
    bus = (await call(routes.CREATE_LABEL, {"name": "bus"}, version=world.version, expect=201))["id"]
    stats = await call(routes.GET_STATS, version=world.version)
    assert stats == {"label_repartition": {"car": 6}, "nb_objects": 6, "nb_annotations": 1}
    track = {"label_id": bus, "start_frame_index": 0}
    element = {"asset_id": world.asset, "tracks": [track], "classifications": [{"label_id": bus}]}
    body = {"import_type": "CONCATENATE", "annotations": [element]}
    await call(routes.BULK_ANNOTATIONS, body, version=world.version)
    stats = await call(routes.GET_STATS, version=world.version)
    assert stats == {"label_repartition": {"car": 6, "bus": 2}, "nb_objects": 8, "nb_annotations": 1}
    await call(routes.DELETE_ANNOTATION, annotation=world.annotation)
    empty = {"label_repartition": {}, "nb_objects": 0, "nb_annotations": 0}
    assert await call(routes.GET_STATS, version=world.version) == empty


async def test_extended_assets_have_their_annotations_newest_first(api, field, colleague):
    _, worker = colleague
    first = await create(api, field.assets[1])
    second = await create(api, field.assets[1], worker_id=worker)
    body = {"rectangles": [{"x": 0, "y": 0, "w": 1, "h": 1, "label_id": field.label}] * 3}
    await api.call(routes.SAVE_ANNOTATION, body, annotation=first["id"])
    answer = await api.call(routes.LIST_EXTENDED_ASSETS, query={"limit": 4}, version=field.version)
    page = codec.load(answer, Page[ExtendedAsset])
    assert (page.count, [one.id for one in page.items]) == (5, field.assets[:0:-1])
    assert [len(one.annotations) for one in page.items] == [0, 0, 0, 2]
    assert [one.id for one in page.items[3].annotations] == [second["id"], first["id"]]
    assert [use.label_id for use in page.items[3].annotations[1].rectangles] == [field.label] * 3
    shown = answer["items"][3]["annotations"][0]
    for name in ("classifications", "rectangles", "polygons", "lines", "points", "keypoints", "masks"):
        assert shown[name] == []
    rest = await api.call(routes.LIST_EXTENDED_ASSETS, query={"limit": 4, "offset": 4}, version=field.version)
    assert [one["id"] for one in rest["items"]] == field.assets[:1]
    listed = await api.call(routes.LIST_ASSETS, query={"limit": 4}, version=field.version)
    assert [one["data"]["id"] for one in listed["items"]] == [one.data.id for one in page.items]


async def test_extended_assets_tell_labels_in_the_order_of_their_first_use(api, field):
    first, second = [
        (await api.call(routes.CREATE_LABEL, {"name": name}, version=field.version, expect=201))["id"]
        for name in ("first", "second")
    ]
    boxes = [{"x": 0, "y": 0, "w": 1, "h": 1, "label_id": label} for label in (second, first, second)]
    tracks = [{"label_id": label, "start_frame_index": 0} for label in (second, first)]
    element = {"asset_id": field.assets[0], "rectangles": boxes, "tracks": tracks}
    body = {"import_type": "REPLACE", "annotations": [element, {"asset_id": field.assets[1]}]}
    await api.call(routes.BULK_ANNOTATIONS, body, version=field.version)
    answer = await api.call(routes.LIST_EXTENDED_ASSETS, version=field.version)
    *_, (empty,), (shown,) = [one["annotations"] for one in answer["items"]]
    assert [use["label_id"] for use in shown["rectangles"]] == [second, second, first]
    assert [use["label_id"] for use in shown["tracks"]] == [second, first]
    assert "tracks" not in empty
    page = codec.load(answer, Page[ExtendedAsset])
    assert [use.label_id for use in page.items[-1].annotations[0].tracks] == [second, first]


async def test_a_creation_with_a_key_happens_once(api, field):
    for _ in range(2):
        made = [
            await api.call(
                routes.CREATE_ANNOTATION, {"duration": 1}, asset=field.assets[0], key="k", expect=201
            )
        ]
    assert await api.call(routes.LIST_ANNOTATION_IDS, version=field.version) == [made[0]["id"]]
