"""Our listing of assets with the label counts of their newest annotation."""

from __future__ import annotations

from uuid import uuid4

from asyncsdk.records import codec
from asyncsdk.records.paging import Page
from asyncsdk.records.splits import CountedAsset
from asyncsdk.wire import routes


async def page_of(api, version, **query):
    answer = await api.call(routes.LIST_COUNTED_ASSETS, query=query, version=version)
    return codec.load(answer, Page[CountedAsset])


def names(listed):
    return {one["id"]: one["data"]["filename"] for one in listed}


async def annotate(api, field, **more):
    body = {"import_type": "REPLACE", **more}
    return await api.call(routes.BULK_ANNOTATIONS, body, version=field.version)


async def test_labels_are_counted_over_all_kinds_in_counting_order(api, field):
    a, b, c = [
        (await api.call(routes.CREATE_LABEL, {"name": name}, version=field.version, expect=201))["id"]
        for name in "abc"
    ]
    element = {
        "asset_id": field.assets[0],
        "classifications": [{"label_id": c}, {"label_id": b}],
        "rectangles": [{"x": 0, "y": 0, "w": 1, "h": 1, "label_id": label} for label in (b, c, b)],
        "tracks": [{"label_id": label, "start_frame_index": 0} for label in (a, c)],
    }
    await annotate(api, field, annotations=[element, {"asset_id": field.assets[1]}])
    found = await page_of(api, field.version)
    assert (found.count, [one.asset.id for one in found.items]) == (5, field.assets[::-1])
    counts = [one.label_counts for one in found.items]
    assert counts == [None, None, None, (), ((b, 3), (c, 3), (a, 1))]


async def test_the_newest_annotation_counts(api, field, colleague):
    _, worker = colleague
    element = {"asset_id": field.assets[0], "classifications": [{"label_id": field.label}] * 2}
    await annotate(api, field, annotations=[element])
    await annotate(api, field, annotations=[element | {"classifications": []}], worker_id=worker)
    assert (await page_of(api, field.version)).items[-1].label_counts == ()


async def test_it_lists_as_the_listing_of_assets_does(api, field):
    await annotate(api, field, annotations=[{"asset_id": one} for one in field.assets[1:4]])
    listed = (await api.call(routes.LIST_ASSETS, version=field.version))["items"]
    first = await page_of(api, field.version, limit=2)
    assert first.count == 5
    assert [one.asset.id for one in first.items] == [one["id"] for one in listed[:2]]
    sharded = [await page_of(api, field.version, limit=2, cursor=shard) for shard in first.shards]
    walked = [one for part in (first, *sharded) for one in part.items]
    assert [one.asset.id for one in walked] == [one["id"] for one in listed]
    for one, same in zip(walked, listed, strict=True):
        assert one.asset.data.filename == same["data"]["filename"]
        assert one.asset.data.presigned_url
    rest = await page_of(api, field.version, limit=2, offset=4)
    assert [one.asset.id for one in rest.items] == [listed[4]["id"]]
    annotated = await page_of(api, field.version, q="annotations.id != None")
    assert (annotated.count, [one.asset.id for one in annotated.items]) == (3, field.assets[3:0:-1])
    ordered = await page_of(api, field.version, order_by="filename")
    assert [one.asset.id for one in ordered.items] == sorted(field.assets, key=names(listed).get)
    for query in ({"q": "annotations.id !="}, {"cursor": "x"}, {"order_by": "label"}, {"limit": "x"}):
        await api.call(routes.LIST_COUNTED_ASSETS, query=query, version=field.version, expect=400)


async def test_data_sources_are_told(world):
    (item,) = (await page_of(world.api, world.version)).items
    data = await world.api.call(routes.GET_DATA, data=item.asset.data.id)
    source = item.asset.data.data_source
    assert {"id": source.id, "name": source.name} == data["data_source"]


async def test_versions_of_others_are_not_found(api, other_world, other_api, field):
    for version in (other_world.version, str(uuid4()), "x"):
        await api.call(routes.LIST_COUNTED_ASSETS, version=version, expect=404)
    await other_api.call(routes.LIST_COUNTED_ASSETS, version=field.version, expect=404)
    answer = await api.send(
        "GET", routes.LIST_COUNTED_ASSETS.path(version=field.version), headers={"Authorization": None}
    )
    assert answer.status == 401
