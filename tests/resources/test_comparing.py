"""Comparing versions: by our platform and by the documented routes, against what was put in."""

from __future__ import annotations

import random
import re
from collections import Counter

import attrs
import pytest

from asyncsdk import (
    AssetDifference,
    InvalidArgumentError,
    LabelDifference,
    LockedError,
    NameDifference,
    NotFoundError,
    NotSupportedError,
    PartialFailure,
    VersionDifference,
)
from asyncsdk.formats.shape_equality import label_differences
from asyncsdk.wire import capabilities

NAMES = [f"{number:02}.png" for number in range(12)]
KINDS = ("rectangles", "polygons", "points", "classifications")


@pytest.fixture
async def dataset(any_client):
    return await any_client.create_dataset("birds")


@attrs.frozen
class Side:
    """A version and what was drawn in it: by file name, one list of (label, shape) per annotation, newest last."""

    version: object
    drawn: dict[str, list[list[tuple[str, str]]]]
    workers: list[object]


def shape(chance):
    """One of a few shapes, so that many are equal; as a request has it, without its label."""
    kind = chance.choice(KINDS)
    own = {
        "rectangles": {"x": chance.randrange(2), "y": 0, "w": 2, "h": 2},
        "polygons": {"polygon": [[0, 0], [chance.randrange(3, 5), 0], [3, 3]]},
        "points": {"point": [chance.randrange(2), 1], "order": 0},
        "classifications": {},
    }[kind]
    names = ["a", "b"] if chance.random() < 0.5 else ["b", "a"]
    said = {"text": chance.choice([None, "x"]), "attributes": chance.choice([None, dict.fromkeys(names, 1)])}
    return kind, own | said


async def fill_side(dataset, org, name, data, workers, labels, annotate, chance):
    """A version of some of the data, where some assets have an annotation of one worker or of both."""
    version = await dataset.create_version(name)
    await version.add_data(chance.sample(list(data), 9), wait=True)
    ids = {label.name: label.id for label in await version.create_labels(labels)}
    drawn = {asset.filename: [] for asset in await version.list_assets()}
    for worker in workers:
        bodies = {}
        for asset in await version.list_assets():
            if chance.random() < 0.3:
                continue
            body, mine = {kind: [] for kind in KINDS}, []
            for _ in range(chance.randrange(5)):
                label, (kind, own) = chance.choice(labels), shape(chance)
                body[kind].append(own | {"label_id": ids[label]})
                said = sorted((name, str(value)) for name, value in own.items() if name != "attributes")
                mine.append((label, str((kind, said, sorted(own["attributes"] or ())))))
            bodies[asset.id] = body
            drawn[asset.filename].append([worker, mine])
        await annotate(version, bodies, worker=worker)
    return Side(version, drawn, workers)


def expected(side, other, *, worker=None, labels_only=False, all_annotations=False):
    """Added and removed file names, and the labels of each changed one."""

    def shapes(annotations):
        chosen = [mine for owner, mine in annotations if worker is None or owner == worker]
        if worker is None and not all_annotations:
            chosen = chosen[-1:]
        return Counter((label, "" if labels_only else key) for mine in chosen for label, key in mine)

    added, removed = other.drawn.keys() - side.drawn.keys(), side.drawn.keys() - other.drawn.keys()
    changed = {}
    for name in sorted(side.drawn.keys() & other.drawn.keys()):
        balance = shapes(other.drawn[name])
        balance.subtract(shapes(side.drawn[name]))
        labels = label_differences(balance)
        if labels:
            changed[name] = labels
    return sorted(added), sorted(removed), changed


def told(report):
    return (
        [one.filename for one in report.added],
        [one.filename for one in report.removed],
        {one.filename: one.labels for one in report.changed},
    )


@pytest.mark.parametrize("seed", range(3))
async def test_every_way_of_comparing_finds_what_was_put_in(
    org, connect, settings, fill, annotate, add_worker, seed
):
    client = await connect(org, settings=settings(page_size=4))
    chance = random.Random(seed)
    dataset = await client.create_dataset("birds")
    data = await fill(org, await dataset.create_version("all"), NAMES)
    workers = [await dataset.find_worker(org.username), await add_worker(org, dataset)]
    common = (data, workers)
    one = await fill_side(dataset, org, "v1", *common, ["car", "bus"], annotate, chance)
    other = await fill_side(dataset, org, "v2", *common, ["tram", "bus", "car"], annotate, chance)
    ways = ({}, {"worker": workers[0]}, {"labels_only": True}, {"all_annotations": True})
    for way in (*ways, {"labels_only": True, "all_annotations": True}):
        report = await one.version.diff(other.version, **way)
        assert told(report) == expected(one, other, **way), way
        walk = [each async for each in one.version.iter_diff(other.version, **way)]
        assert len(walk) == len(report.added + report.removed + report.changed)
        assert {*walk} == {*report.added, *report.removed, *report.changed}
        client._connection.capabilities -= {capabilities.VERSION_DIFF}
        assert await one.version.diff(other.version, **way) == report, way
        client._connection.capabilities |= {capabilities.VERSION_DIFF}
    assert (await one.version.diff(one.version)).is_empty
    back = await other.version.diff(one.version)
    assert (back.added, back.removed) == tuple(
        tuple(turned(each) for each in found) for found in (report.removed, report.added)
    )


def turned(one):
    return attrs.evolve(one, asset_id=one.other_asset_id, other_asset_id=one.asset_id)


async def test_a_report_by_either_route(any_org, dataset, fill, annotate):
    first, second = await dataset.create_version("v1"), await dataset.create_version("v2")
    data = await fill(any_org, first, ["a.png", "b.png", "c.png"])
    (await fill(any_org, second, ["d.png"]))
    await second.add_data([data[0], data[1]], wait=True)
    car, (other_car, tram) = await first.create_label("car"), await second.create_labels(["car", "tram"])
    await first.create_asset_tag("night")
    box = {"x": 0, "y": 0, "w": 2, "h": 2}
    mine = {asset.filename: asset for asset in await first.list_assets()}
    theirs = {asset.filename: asset for asset in await second.list_assets()}
    await annotate(first, {mine[name].id: {"rectangles": [box | {"label_id": car.id}]} for name in mine})
    moved = {"rectangles": [box | {"x": 1, "label_id": other_car.id}, box | {"label_id": tram.id}]}
    same = {"rectangles": [box | {"label_id": other_car.id}]}
    await annotate(second, {theirs["a.png"].id: moved, theirs["b.png"].id: same})
    report = await first.diff(second)
    assert report == VersionDifference(
        this="birds/v1",
        other="birds/v2",
        added=(one_of(theirs["d.png"], other_asset_id=theirs["d.png"].id),),
        removed=(one_of(mine["c.png"], asset_id=mine["c.png"].id),),
        changed=(
            one_of(
                mine["a.png"],
                asset_id=mine["a.png"].id,
                other_asset_id=theirs["a.png"].id,
                labels=(LabelDifference(label="car", changed=1), LabelDifference(label="tram", added=1)),
            ),
        ),
        labels=NameDifference(added=("tram",)),
        asset_tags=NameDifference(removed=("night",)),
    )
    assert str(report).startswith("birds/v1 -> birds/v2: assets 1 added, 1 removed, 1 changed\n")


def one_of(asset, **more):
    return AssetDifference(data_id=asset.data_id, filename=asset.filename, **more)


async def test_annotations_without_shapes_and_order_make_no_difference(any_org, dataset, fill, annotate):
    first, second = await dataset.create_version("v1"), await dataset.create_version("v2")
    data = await fill(any_org, first, ["a.png", "b.png"])
    await second.add_data(data, wait=True)
    boxes = [{"x": x, "y": 0, "w": 2, "h": 2} for x in range(3)]
    for version, order in ((first, boxes), (second, boxes[::-1])):
        car = await version.create_label("car")
        asset = await version.find_asset(filename="a.png")
        await annotate(version, {asset.id: {"rectangles": [box | {"label_id": car.id} for box in order]}})
    await annotate(second, {(await second.find_asset(filename="b.png")).id: {}}, status="ACCEPTED")
    assert (await first.diff(second)).is_empty
    assert [one async for one in first.iter_diff(second)] == []


async def test_shapes_in_thousands_come_in_parts(client, org, connect, settings, fill, annotate, monkeypatch):
    """A page ends before its shapes are too many, but never inside an asset."""
    monkeypatch.setattr("asyncsdk.server.services.comparing.MOST_SHAPES", 5)
    dataset = await client.create_dataset("birds")
    first, second = await dataset.create_version("v1"), await dataset.create_version("v2")
    await second.add_data(await fill(org, first, NAMES), wait=True)
    for version, count in ((first, 1), (second, 4)):
        label = (await version.create_label("car")).id
        boxes = [{"x": x, "y": 0, "w": 1, "h": 1, "label_id": label} for x in range(count)]
        await annotate(version, {one.id: {"rectangles": boxes} for one in await version.list_assets()})
    report = await first.diff(second)
    assert [one.filename for one in report.changed] == NAMES
    assert {one.labels for one in report.changed} == {(LabelDifference(label="car", added=3),)}


async def test_what_is_no_version_of_the_dataset_is_refused_before_any_request(proxied, proxy):
    dataset = await proxied.create_dataset("birds")
    version = await dataset.create_version("v1")
    foreign = await (await proxied.create_dataset("fish")).create_version("v1")
    proxy.passed.clear()
    for wrong, match in (
        (foreign, "of another dataset"),
        (dataset, "is not a DatasetVersion"),
        (None, "is not a DatasetVersion"),
        (version.id, "is not a DatasetVersion"),
    ):
        with pytest.raises(InvalidArgumentError, match=match):
            await version.diff(wrong)
        with pytest.raises(InvalidArgumentError, match=match):
            version.iter_diff(wrong)
    with pytest.raises(InvalidArgumentError, match="is not a Worker"):
        await version.diff(version, worker="me")
    assert proxy.passed == []


async def test_a_version_that_is_gone(any_client, dataset):
    first, second = await dataset.create_version("v1"), await dataset.create_version("v2")
    await second.delete()
    for one, other in ((first, second), (second, first)):
        with pytest.raises(NotFoundError):
            await one.diff(other)
        with pytest.raises(NotFoundError):
            [each async for each in one.iter_diff(other)]


async def test_locked_versions_are_compared(dataset):
    first, second = await dataset.create_version("v1"), await dataset.create_version("v2")
    await second.create_label("car")
    await second.lock()
    with pytest.raises(LockedError):
        await second.create_label("bus")
    assert (await first.diff(second)).labels == NameDifference(added=("car",))
    await second.unlock()


@pytest.fixture
async def pair_by_documented_routes(strict_org, strict_proxied, strict_proxy, fill, annotate):
    """Two annotated versions of a platform that does not compare, seen through a proxy."""
    dataset = await strict_proxied.create_dataset("birds")
    versions = [await dataset.create_version(name) for name in ("v1", "v2")]
    data = await fill(strict_org, versions[0], NAMES)
    await versions[1].add_data(data, wait=True)
    for version in versions:
        label = await version.create_label("car")
        body = {"classifications": [{"label_id": label.id}]}
        await annotate(version, {asset.id: body for asset in await version.list_assets()})
    strict_proxy.passed.clear()
    return versions


async def test_a_platform_that_ignores_workers_is_found_out(
    pair_by_documented_routes, strict_proxy, strict_proxied, add_worker, strict_org
):
    first, second = pair_by_documented_routes
    ada = await add_worker(strict_org, await strict_proxied.get_dataset("birds"))

    async def ignore(passing):
        query = re.sub("worker_id=[^&]*&?", "", passing.passed.query)
        return await strict_proxy.forward(attrs.evolve(passing.passed, query=query))

    assert (await first.diff(second, worker=ada)).is_empty
    strict_proxy.on("GET", "/annotations/ids", ignore)
    with pytest.raises(NotSupportedError, match="ignores workers"):
        await first.diff(second, worker=ada)


async def test_annotations_that_cannot_be_loaded_are_never_a_difference(
    pair_by_documented_routes, strict_proxy
):
    first, second = pair_by_documented_routes
    strict_proxy.answers("XGET", "/annotations", times=1, status=403, body=b'{"message": "no"}')
    with pytest.raises(PartialFailure, match="could not be loaded"):
        await first.diff(second)
    assert (await first.diff(second)).is_empty


async def test_a_walk_that_is_left_stops_its_work(pair_by_documented_routes, other_tasks):
    first, second = pair_by_documented_routes
    await second.create_label("bus")
    await (await second.list_assets()).delete()
    running = set(other_tasks())
    async with first.iter_diff(second) as walk:
        assert (await anext(walk)).is_removed
    assert set(other_tasks()) <= running
