"""What the seed document says of listing, loading, counting and deleting annotations, and of labels."""

from __future__ import annotations

import math

import pytest

from asyncsdk import (
    AnnotationStats,
    BadRequestError,
    ConflictError,
    Label,
    LockedError,
    NoDataError,
    NotFoundError,
    Worker,
)

COUNT = 5
BOX = {"x": 1, "y": 2, "w": 3, "h": 4}
TRACK = {
    "start_frame_index": 0,
    "rectangle_keyframes": [BOX | {"frame_index": 0}],
    "polygon_keyframes": [],
    "end_keyframes": [],
}


@pytest.fixture
async def dataset(any_client):
    return await any_client.create_dataset("birds")


@pytest.fixture
async def version(dataset, any_org, fill):
    version = await dataset.create_version("v1")
    await fill(any_org, version, [f"{number}.png" for number in range(COUNT)])
    return version


@pytest.fixture
async def assets(version):
    return await version.list_assets(order_by=["filename"])


@pytest.fixture
async def made(assets):
    """Annotations, oldest first, each a second longer than the one before."""
    return [await asset.create_annotation(duration=number) for number, asset in enumerate(assets)]


@pytest.fixture
async def stranger(new_org, connect):
    """A worker of another organization."""
    org = new_org()
    dataset = await (await connect(org)).create_dataset("birds")
    return await dataset.find_worker(org.username)


@pytest.mark.seed("list_annotations", "page_size", "return")
@pytest.mark.parametrize("size", [1, 2, 5, 5000])
async def test_pages_have_the_size_that_was_asked_for(any_org, make_proxy, connect, made, size):
    proxy = await make_proxy(any_org)
    client = await connect(any_org, host=proxy.origin)
    version = await (await client.get_dataset("birds")).get_version("v1")
    proxy.passed.clear()
    assert list(await version.list_annotations(page_size=size)) == made[::-1]
    pages = proxy.of("GET", "/annotations")
    assert len(pages) == math.ceil(COUNT / size)
    assert all(f"limit={min(size, 1000)}&" in f"{page.query}&" for page in pages)


@pytest.mark.seed("list_annotations", "limit", "offset", "NoDataError")
@pytest.mark.parametrize(
    ("limit", "offset"), [(None, 2), (2, None), (2, 1), (99, 0), (2, 4), (1, 99), (0, 0), (0, None)]
)
@pytest.mark.parametrize("size", [None, 2])
async def test_a_part_of_the_list(version, made, limit, offset, size):
    start = offset or 0
    wanted = made[::-1][start : None if limit is None else start + limit]
    if wanted:
        found = await version.list_annotations(limit=limit, offset=offset, page_size=size)
        assert list(found) == wanted
    else:
        with pytest.raises(NoDataError):
            await version.list_annotations(limit=limit, offset=offset, page_size=size)


@pytest.mark.seed("list_annotations", "order_by")
async def test_orders(version, made):
    await made[3].update(status="accepted")
    for terms, places in (
        (["-duration"], [4, 3, 2, 1, 0]),
        (["created_at"], [0, 1, 2, 3, 4]),
        (["status", "-duration"], [3, 4, 2, 1, 0]),
        ("duration", [0, 1, 2, 3, 4]),
        ([], [4, 3, 2, 1, 0]),
    ):
        found = await version.list_annotations(order_by=terms, page_size=2)
        assert [made.index(one) for one in found] == places, terms


@pytest.mark.seed("list_annotations", "worker", "NoDataError")
@pytest.mark.seed("load_annotations", "worker")
@pytest.mark.seed("delete_all_annotations", "workers")
async def test_a_worker_who_drew_nothing_here(version, made, stranger, dataset, any_org, add_worker):
    idle = await add_worker(any_org, dataset)
    for nobody in (idle, stranger):
        with pytest.raises(NoDataError):
            await version.list_annotations(worker=nobody)
        assert await version.load_annotations(worker=nobody) == {}
        await version.delete_all_annotations(workers=[nobody])
    assert list(await version.list_annotations()) == made[::-1]


async def test_a_stranger_cannot_be_given_annotations(version, assets, made, stranger, annotate):
    for refused in (
        lambda: made[0].update(worker=stranger),
        lambda: assets[0].create_annotation(worker=stranger),
        lambda: annotate(version, {assets[0].id: {}}, worker=stranger),
    ):
        with pytest.raises(BadRequestError, match="is no worker of this dataset"):
            await refused()
    assert {one.worker_id for one in await version.list_annotations()} == {made[0].worker_id}


@pytest.mark.seed("delete_all_annotations", "workers")
async def test_deleting_those_of_some_workers(version, assets, made, dataset, any_org, add_worker):
    me, *others = [
        await dataset.find_worker(any_org.username),
        *[await add_worker(any_org, dataset) for _ in "ab"],
    ]
    theirs = [[await asset.create_annotation(worker=one) for asset in assets] for one in others]
    assert await version.delete_all_annotations(workers=[me, others[1]]) is None
    assert set(await version.list_annotations()) == set(theirs[0])
    await version.delete_all_annotations(workers=others[0])
    with pytest.raises(NoDataError):
        await version.list_annotations()
    assert len(await version.list_assets()) == COUNT, "the assets stay"


async def test_workers_of_a_dataset(any_client, any_org, dataset, add_worker):
    added = await add_worker(any_org, dataset)
    workers = await dataset.list_workers()
    assert all(isinstance(one, Worker) for one in workers)
    assert [one.username for one in workers] == sorted([any_org.username, added.username])
    assert added in workers
    for one in workers:
        assert await dataset.find_worker(one.username) == one
    assert {one.id for one in workers} == {user.id for user in await any_client.list_users()}
    for odd in ("nobody", "", added.username.upper(), "a&b=c#d", " "):
        with pytest.raises(NotFoundError):
            await dataset.find_worker(odd)
    await dataset.delete()
    with pytest.raises(NotFoundError):
        await dataset.list_workers()


@pytest.mark.seed("retrieve_stats", "return")
async def test_the_numbers_of_the_seed_document(version, assets, annotate):
    """25 objects in 5 annotations."""
    car, bus = await version.create_labels(["car", "bus"])
    body = {"rectangles": [BOX | {"label_id": car.id}] * 3, "classifications": [{"label_id": bus.id}] * 2}
    await annotate(version, dict.fromkeys(assets.ids, body))
    stats = await version.retrieve_stats()
    assert isinstance(stats, AnnotationStats)
    assert stats.nb_objects == 25
    assert stats.nb_annotations == 5
    assert stats.label_repartition == {"car": 15, "bus": 10}


@pytest.mark.seed("retrieve_stats", "return")
async def test_statistics_count_every_annotation_and_every_kind(
    version, assets, annotate, dataset, any_org, add_worker
):
    car, bus, _ = await version.create_labels(["car", "bus", "unused"])
    polygon, keypoints = {"polygon": [[0, 0], [4, 0], [4, 3]]}, {"keypoints": [[1, 1, 2]]}
    everything = {
        "rectangles": [BOX | {"label_id": car.id}],
        "polygons": [polygon | {"label_id": car.id}],
        "lines": [{"line": [[0, 0], [2, 2]], "label_id": car.id}],
        "points": [{"point": [1, 1], "label_id": car.id}],
        "classifications": [{"label_id": bus.id}],
        "keypoints": [keypoints | {"label_id": bus.id}],
        "tracks": [TRACK | {"label_id": bus.id}],
    }
    await annotate(version, {assets[0].id: everything})
    await annotate(version, {assets[0].id: everything}, worker=await add_worker(any_org, dataset))
    await annotate(version, {assets[1].id: {}})
    wanted = AnnotationStats(label_repartition={"car": 8, "bus": 6}, nb_objects=14, nb_annotations=3)
    assert await version.retrieve_stats() == wanted
    await car.update(name="van")
    assert (await version.retrieve_stats()).label_repartition == {"van": 8, "bus": 6}
    await bus.delete()
    assert await version.retrieve_stats() == AnnotationStats(
        label_repartition={"van": 8}, nb_objects=8, nb_annotations=3
    )
    await assets[0].delete()
    assert await version.retrieve_stats() == AnnotationStats(
        label_repartition={}, nb_objects=0, nb_annotations=1
    )


@pytest.mark.seed("list_labels", "return")
@pytest.mark.seed("create_label", "name", "return")
@pytest.mark.seed("get_label", "name", "return")
@pytest.mark.seed("get_or_create_label", "name", "return")
@pytest.mark.parametrize("name", ["today", 'a"b', "ünï/cödé", "a b?c=d&e#f", "x" * 255, " x ", "100%"])
async def test_any_name_is_only_a_name(version, name):
    label = await version.create_label(name)
    assert isinstance(label, Label)
    assert label.name == name
    labels = await version.list_labels()
    assert isinstance(labels, list)
    assert labels[0].name == name
    assert labels == await version.get_labels() == [label]
    assert await version.get_label(name) == await version.get_or_create_label(name) == label


@pytest.mark.seed("create_label", "name")
@pytest.mark.seed("get_label", "name")
@pytest.mark.seed("get_or_create_label", "name")
async def test_names_that_are_taken_unknown_or_none(version, dataset):
    await version.create_label("Car")
    other = await dataset.create_version("v2")
    with pytest.raises(ConflictError):
        await version.create_label("Car")
    for unknown in ("car", "Ca", "Car ", "%"):
        with pytest.raises(NotFoundError):
            await version.get_label(unknown)
    with pytest.raises(NotFoundError):
        await other.get_label("Car")
    for odd in ("", " ", "a\nb", "x" * 256):
        with pytest.raises(BadRequestError):
            await version.create_label(odd)
    assert (await version.get_or_create_label("car")).name == "car"
    assert [label.name for label in await version.list_labels()] == ["Car", "car"]


@pytest.mark.seed("get_or_create_label", "return")
async def test_a_locked_version_finds_labels_and_makes_none(version):
    label = await version.create_label("car")
    await version.lock()
    assert await version.get_or_create_label("car") == await version.get_label("car") == label
    for refused in (version.create_label, version.get_or_create_label):
        with pytest.raises(LockedError):
            await refused("bus")
    assert await version.list_labels() == [label]
