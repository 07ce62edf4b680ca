"""The job that turns tags into classifications: in steps, each of which can be the last before a crash."""

from __future__ import annotations

from uuid import uuid4

import pytest

from asyncsdk.server.services import tag_conversion
from asyncsdk.server.services.job_leases import release_jobs
from asyncsdk.server.services.job_source import StoredJobs
from asyncsdk.wire import routes

KINDS = pytest.mark.parametrize("kind", ["ASSET", "DATA"])


async def make(api, data_ids, kind="CLASSIFICATION", name="first"):
    """A version whose assets are made of data, and the assets' ids in the data's order."""
    version = await api.add_version(name, type=kind)
    job = (await api.call(routes.ADD_ASSETS, {"data_ids": data_ids}, version=version))["job"]
    await take_steps(api)
    assert (await api.call(routes.GET_JOB, job=job["id"]))["status"] == "SUCCESS"
    page = await api.call(routes.FILTER_ASSETS, {}, version=version)
    return version, [item["id"] for item in page["items"]][::-1]


async def take_steps(api):
    jobs = StoredJobs(api.org.platform.store)
    while (job := await jobs.claim()) is not None:
        while job is not None:
            job = await jobs.step(job)


async def make_tag(api, version, kind, name, ids):
    route = routes.CREATE_ASSET_TAG if kind == "ASSET" else routes.CREATE_DATA_TAG
    tag = (await api.call(route, {"name": name}, version=version, expect=201))["id"]
    await api.call(routes.ATTACH_TAG, ids, tag=tag)
    return tag


async def start(api, version, kind, tags, expect=200):
    body = {"tag_ids": tags, "tag_type": kind}
    return await api.call(routes.CONVERT_TAGS, body, version=version, expect=expect)


def classified(api, version):
    """What is classified as what, in the order of the classifications: asset id and label."""
    return api.org.platform.rows(
        "SELECT asset.id, label.name FROM shape JOIN annotation ON annotation.seq = shape.annotation"
        " JOIN asset ON asset.seq = annotation.asset JOIN label ON label.seq = shape.label"
        " JOIN dataset_version ON dataset_version.seq = asset.version"
        " WHERE shape.kind = 'CLASSIFICATION' AND dataset_version.id = ? ORDER BY shape.seq",
        version,
    )


async def labels(api, version):
    return [label["name"] for label in (await api.call(routes.LIST_LABELS, version=version))["items"]]


@KINDS
async def test_thousands_of_assets_are_classified_in_batches(alone, many, kind):
    data = many.data(4_500)
    version, assets = await make(alone, data)
    carriers = assets if kind == "ASSET" else data
    cat = await make_tag(alone, version, kind, "cat", carriers[::3])
    dog = await make_tag(alone, version, kind, "dog", carriers[::5])
    await make_tag(alone, version, kind, "other", carriers)
    job = await start(alone, version, kind, [dog, cat])
    assert (job["status"], job["progress"]) == ("RUNNING", 0.0)
    assert await labels(alone, version) == ["dog", "cat"]
    await take_steps(alone)
    job = await alone.call(routes.GET_JOB, job=job["id"])
    assert (job["status"], job["progress"], job["error"]) == ("SUCCESS", 1.0, None)
    expected = []
    for number, asset in enumerate(assets):
        expected += [(asset, name) for name, step in (("dog", 5), ("cat", 3)) if number % step == 0]
    assert classified(alone, version) == expected
    stats = await alone.call(routes.GET_STATS, version=version)
    assert stats["label_repartition"] == {"dog": 900, "cat": 1_500}
    assert stats["nb_annotations"] == len({asset for asset, _ in expected})
    annotations = (await alone.call(routes.LIST_ANNOTATIONS, version=version))["items"]
    assert {one["status"] for one in annotations} == {"PENDING"}


@KINDS
async def test_running_it_twice_adds_no_doubles(alone, many, kind):
    data = many.data(3)
    version, assets = await make(alone, data)
    carriers = assets if kind == "ASSET" else data
    tags = [await make_tag(alone, version, kind, name, carriers[:2]) for name in ("a", "b")]
    await start(alone, version, kind, tags)
    await take_steps(alone)
    first = classified(alone, version)
    assert len(first) == 4
    await start(alone, version, kind, tags)
    await start(alone, version, kind, [*tags, tags[0]])
    await take_steps(alone)
    assert classified(alone, version) == first
    await alone.call(routes.ATTACH_TAG, carriers[2:], tag=tags[1])
    await start(alone, version, kind, tags)
    await take_steps(alone)
    assert classified(alone, version) == [*first, (assets[2], "b")]


async def test_the_job_goes_on_where_a_crash_left_it(alone, many, monkeypatch):
    monkeypatch.setattr(tag_conversion, "_BATCH", 2)
    version, assets = await make(alone, many.data(7))
    tag = await make_tag(alone, version, "ASSET", "cat", assets)
    job_id = (await start(alone, version, "ASSET", [tag]))["id"]
    seen = []
    while (job := await StoredJobs(alone.org.platform.store).claim()) is not None:
        await StoredJobs(alone.org.platform.store).step(job)
        seen.append(len(classified(alone, version)))
        alone.org.platform.write(release_jobs())  # the process dies after each step
    assert seen == [2, 4, 6, 7]
    assert classified(alone, version) == [(asset, "cat") for asset in assets]
    assert (await alone.call(routes.GET_JOB, job=job_id))["status"] == "SUCCESS"


async def test_gaps_and_assets_that_come_later_are_walked(alone, many, monkeypatch):
    monkeypatch.setattr(tag_conversion, "_BATCH", 2)
    data = many.data(6)
    version, assets = await make(alone, data[:5])
    tag = await make_tag(alone, version, "ASSET", "cat", assets)
    await start(alone, version, "ASSET", [tag])
    await alone.call(routes.DELETE_MANY_ASSETS, {"ids": assets[1:4]}, version=version)
    await alone.call(routes.ADD_ASSETS, {"data_ids": data[5:], "asset_tag_ids": [tag]}, version=version)
    jobs = StoredJobs(alone.org.platform.store)
    converting, adding = await jobs.claim(), await jobs.claim()
    converting = await jobs.step(converting)
    assert await jobs.step(adding) is None
    while converting is not None:
        converting = await jobs.step(converting)
    assert [asset for asset, _ in classified(alone, version)][:2] == [assets[0], assets[4]]
    assert len(classified(alone, version)) == 3


async def test_it_adds_to_the_annotation_of_the_user_who_asked(alone, many):
    version, assets = await make(alone, many.data(2))
    label = (await alone.call(routes.CREATE_LABEL, {"name": "cat"}, version=version, expect=201))["id"]
    known = await alone.call(routes.CREATE_ANNOTATION, {"duration": 2.5}, asset=assets[0], expect=201)
    await alone.call(routes.UPDATE_ANNOTATION, {"status": "ACCEPTED"}, annotation=known["id"])
    box = {"rectangles": [{"x": 1, "y": 1, "w": 2, "h": 2, "label_id": label}]}
    await alone.call(routes.CREATE_RECTANGLES, box, annotation=known["id"], expect=201)
    tag = await make_tag(alone, version, "ASSET", "cat", assets)
    await start(alone, version, "ASSET", [tag])
    await take_steps(alone)
    assert await labels(alone, version) == ["cat"]
    loaded = await alone.call(routes.LOAD_ANNOTATIONS, [known["id"]], version=version)
    assert (loaded[0]["status"], loaded[0]["duration"]) == ("ACCEPTED", 2.5)
    assert [len(loaded[0][kind]) for kind in ("rectangles", "classifications")] == [1, 1]
    both = (await alone.call(routes.LIST_ANNOTATIONS, version=version))["items"]
    assert [(one["asset_id"], one["status"]) for one in both] == [
        (assets[1], "PENDING"),
        (assets[0], "ACCEPTED"),
    ]
    assert {one["worker_id"] for one in both} == {known["worker_id"]}


async def test_what_was_deleted_since_is_left_out(alone, many):
    version, assets = await make(alone, many.data(3))
    tags = [await make_tag(alone, version, "ASSET", name, assets) for name in ("kept", "no tag", "no label")]
    await start(alone, version, "ASSET", tags)
    await alone.call(routes.DELETE_TAG, tag=tags[1])
    # The number of a deleted tag goes to the next one that is made.
    await make_tag(alone, version, "ASSET", "new", assets)
    found = await alone.call(routes.FIND_LABEL, query={"name": "no label"}, version=version)
    await alone.call(routes.DELETE_LABEL, label=found["id"])
    await alone.call(routes.DELETE_ASSET, asset=assets[1])
    await take_steps(alone)
    assert classified(alone, version) == [(assets[0], "kept"), (assets[2], "kept")]


async def test_nothing_left_to_convert_is_a_success(alone, many):
    version, assets = await make(alone, many.data(2))
    tag = await make_tag(alone, version, "ASSET", "cat", assets)
    empty = await start(alone, version, "ASSET", [])
    deleted = await start(alone, version, "ASSET", [tag])
    await alone.call(routes.DELETE_TAG, tag=tag)
    await take_steps(alone)
    for job in (empty, deleted):
        assert (await alone.call(routes.GET_JOB, job=job["id"]))["status"] == "SUCCESS"
    assert (await alone.call(routes.GET_STATS, version=version))["nb_annotations"] == 0
    bare = await alone.add_version("bare", type="CLASSIFICATION")
    job = await start(alone, bare, "DATA", [])
    await take_steps(alone)
    assert (await alone.call(routes.GET_JOB, job=job["id"]))["status"] == "SUCCESS"


CHANGES = {
    "locked": (routes.LOCK_VERSION, None, "version 'first' was locked before all tags were converted"),
    "retyped": (routes.UPDATE_VERSION, {"type": "POINT"}, "the version is of type POINT"),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_version_that_was_locked_or_retyped_since_gets_no_more(alone, many, monkeypatch, change):
    monkeypatch.setattr(tag_conversion, "_BATCH", 2)
    route, body, error = CHANGES[change]
    version, assets = await make(alone, many.data(5))
    tag = await make_tag(alone, version, "ASSET", "cat", assets)
    job_id = (await start(alone, version, "ASSET", [tag]))["id"]
    jobs = StoredJobs(alone.org.platform.store)
    job = await jobs.step(await jobs.claim())
    await alone.call(route, body, version=version)
    assert await jobs.step(job) is None
    assert len(classified(alone, version)) == 2
    seen = await alone.call(routes.GET_JOB, job=job_id)
    assert seen["status"] == "FAILED"
    assert seen["error"].startswith(error)


async def test_what_cannot_be_converted_is_refused_with_nothing_changed(alone, many, api):
    version, assets = await make(alone, many.data(2))
    own = await make_tag(alone, version, "ASSET", "own", assets)
    data_tag = await make_tag(alone, version, "DATA", "data", [])
    other, _ = await make(alone, many.data(1), name="second")
    foreign = await make_tag(alone, other, "ASSET", "foreign", [])
    beyond = (await api.call(routes.CREATE_DATA_TAG, {"name": "beyond"}, expect=201))["id"]
    for kind, tags in (
        ("DATASET", [own]), ("ASSET", [own, data_tag]), ("DATA", [own]), ("ASSET", [foreign]),
        ("DATA", [beyond]), ("ASSET", [str(uuid4())]), ("ASSET", ["x"]), ("CAR", [own]),
    ):  # fmt: skip
        await start(alone, version, kind, tags, expect=400)
    wrong, _ = await make(alone, many.data(1), kind="OBJECT_DETECTION", name="boxes")
    await start(alone, wrong, "ASSET", [], expect=400)
    await start(alone, str(uuid4()), "ASSET", [], expect=404)
    await alone.call(routes.LOCK_VERSION, version=version)
    await start(alone, version, "ASSET", [own], expect=423)
    assert await labels(alone, version) == []
    assert await StoredJobs(alone.org.platform.store).claim() is None
