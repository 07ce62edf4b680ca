"""The jobs of forks and copies: in steps, each of which can be the last before a crash or a change."""

from __future__ import annotations

import shutil
from typing import Any
from uuid import uuid4

import attrs
import pytest
from version_content import content_of, fill_version

from asyncsdk.server.services import copying_step, fork_steps, job_source, organizations, version_emptying
from asyncsdk.server.services.copying_plan import Budget, plan_batch
from asyncsdk.server.services.job_leases import release_jobs
from asyncsdk.wire import routes

ALL = {"with_tags": True, "with_annotations": True}


@pytest.fixture
def one_by_one(monkeypatch):
    """Let each step take one asset."""

    def plan(version, **options):
        return plan_batch(version, **options | {"budget": Budget(rows=1, assets=1)})

    monkeypatch.setattr(copying_step, "plan_batch", plan)
    monkeypatch.setattr(version_emptying, "plan_batch", plan)


@pytest.fixture
def worker(alone):
    def work():
        user = yield from organizations.add_user(f"user-{uuid4()}")
        yield from organizations.add_member("local", user["username"])
        return user["id"]

    return alone.org.platform.write(work())


@pytest.fixture
async def source(alone, many, new_jobs, worker):
    """A version with six assets and some of everything."""
    version = await alone.add_version()
    await alone.call(routes.ADD_ASSETS, {"data_ids": many.data(6)}, version=version)
    await finish(new_jobs())
    await fill_version(alone, version, worker)
    return version


async def finish(jobs, job=None) -> None:
    """Take all steps of a job, or of the next one that waits."""
    job = job or await jobs.claim()
    while job is not None:
        job = await jobs.step(job)


async def start_fork(api, version, name="second", *, expect=201, **fields: Any):
    dataset = (await api.call(routes.GET_VERSION, version=version))["origin_id"]
    body = {"parent_id": version, "version": name, **fields}
    started = await api.call(routes.FORK_VERSION, body, dataset=dataset, expect=expect)
    return (started["dataset_version"]["id"], started["job"]["id"]) if expect == 201 else started


async def start_copy(api, version, destination, **fields: Any):
    body = {"destination_id": destination, **fields}
    return (await api.call(routes.COPY_ASSETS, body, version=version))["job"]["id"]


async def ended(api, job_id):
    job = await api.call(routes.GET_JOB, job=job_id)
    return job["status"], job["error"]


def left_of(api, version) -> int:
    """How many rows of the database say something about a version."""
    found = api.org.platform.rows("SELECT seq FROM dataset_version WHERE id = ?", version)
    counted = [len(found)]
    for table in ("asset", "annotation", "label", "label_group", "tag"):
        counted += api.org.platform.rows(
            f"SELECT count(*) FROM {table} WHERE version NOT IN (SELECT seq FROM dataset_version)"
        )[0]
    assert api.org.platform.rows("PRAGMA foreign_key_check") == []
    return sum(counted)


async def test_a_fork_that_is_killed_after_each_step_is_complete_in_the_end(
    alone, source, new_jobs, one_by_one
):
    made, job_id = await start_fork(alone, source, **ALL)
    seen = []
    for _ in range(6):
        # The process dies after the step. The next one frees what was leased and goes on.
        jobs = new_jobs()
        await jobs.step(await jobs.claim())
        alone.org.platform.write(release_jobs())
        seen.append(len((await content_of(alone, made))["assets"]))
    assert seen == [1, 2, 3, 4, 5, 6]
    await finish(new_jobs())
    assert await ended(alone, job_id) == ("SUCCESS", None)
    assert await content_of(alone, made) == await content_of(alone, source)
    assert await new_jobs().claim() is None


async def test_a_started_platform_goes_on_with_a_fork(
    platforms, tmp_path, alone, source, new_jobs, one_by_one
):
    made, job_id = await start_fork(alone, source, **ALL)
    jobs = new_jobs()
    await jobs.step(await jobs.step(await jobs.claim()))
    copy = tmp_path / "copy"
    shutil.copytree(alone.org.platform.workspace, copy)  # as the disk of a killed process
    with platforms(copy) as platform:
        again = attrs.evolve(alone, org=attrs.evolve(alone.org, host=platform.url, token=platform.token))
        assert (await again.ended(job_id))["status"] == "SUCCESS"
        assert await content_of(again, made) == await content_of(again, source)


async def test_a_version_refuses_changes_until_it_is_complete(alone, source, new_jobs, one_by_one, worker):
    made, _ = await start_fork(alone, source, **ALL)
    jobs = new_jobs()
    job = await jobs.step(await jobs.claim())
    on = {"version": made}
    asset = (await alone.call(routes.FILTER_ASSETS, {}, **on))["items"][0]["id"]
    label = (await alone.call(routes.LIST_LABELS, **on))["items"][0]["id"]
    group = (await alone.call(routes.LIST_LABEL_GROUPS, **on))["items"][0]["id"]
    tag = (await alone.call(routes.LIST_ASSET_TAGS, **on))["items"][0]["id"]
    annotation = (await alone.call(routes.LIST_ANNOTATION_IDS, **on))[0]
    data = (await alone.call(routes.GET_ASSET, asset=asset))["data"]["id"]
    box = {"x": 1, "y": 1, "w": 1, "h": 1, "label_id": label}
    bulk = {"import_type": "REPLACE", "annotations": [{"asset_id": asset}]}
    await alone.call(routes.UNLOCK_VERSION, **on)
    changes = [
        (routes.UPDATE_VERSION, {"description": "x"}, on),
        (routes.ADD_ASSETS, {"data_ids": [data]}, on),
        (routes.DELETE_MANY_ASSETS, {"ids": [asset]}, on),
        (routes.DELETE_ASSET, None, {"asset": asset}),
        (routes.CREATE_ASSET_TAG, {"name": "x"}, on),
        (routes.UPDATE_TAG, {"name": "x"}, {"tag": tag}),
        (routes.ATTACH_TAG, [asset], {"tag": tag}),
        (routes.DELETE_TAG, None, {"tag": tag}),
        (routes.CREATE_LABEL, {"name": "x"}, on),
        (routes.FIND_OR_CREATE_LABELS, {"names": ["x"]}, on),
        (routes.UPDATE_LABEL, {"name": "x"}, {"label": label}),
        (routes.DELETE_LABEL, None, {"label": label}),
        (routes.SET_SKELETON, {"vertices": ["a"], "edges": []}, {"label": label}),
        (routes.SET_LABEL_ATTRIBUTES, {"attributes": {}}, {"label": label}),
        (routes.CREATE_LABEL_GROUP, {"name": "x"}, on),
        (routes.UPDATE_LABEL_GROUP, {"name": "x"}, {"group": group}),
        (routes.DELETE_LABEL_GROUP, None, {"group": group}),
        (routes.SET_VERSION_ATTRIBUTES, {"attributes": {}}, on),
        (routes.CREATE_ANNOTATION, {"worker_id": worker}, {"asset": asset}),
        (routes.UPDATE_ANNOTATION, {"duration": 1}, {"annotation": annotation}),
        (routes.DELETE_ANNOTATION, None, {"annotation": annotation}),
        (routes.DELETE_MANY_ANNOTATIONS, {"asset_ids": ["__all__"]}, on),
        (routes.BULK_ANNOTATIONS, bulk, on),
        (routes.CREATE_RECTANGLES, {"rectangles": [box]}, {"annotation": annotation}),
        (routes.COPY_ASSETS, {"destination_id": source}, on),
    ]
    for route, body, variables in changes:
        said = await alone.call(route, body, **variables, expect=423)
        assert "fill" in said["message"], route
    assert "parent_id" in (await start_fork(alone, made, "third", expect=423))["message"]
    await alone.call(routes.COPY_ASSETS, {"destination_id": made}, version=source, expect=423)
    await finish(jobs, job)
    assert await content_of(alone, made) == await content_of(alone, source)
    await alone.call(routes.UPDATE_VERSION, {"description": "x"}, **on)


async def test_a_version_that_is_locked_while_it_is_filled_is_complete_and_locked(alone, source, new_jobs):
    made, _ = await start_fork(alone, source, **ALL)
    await alone.call(routes.LOCK_VERSION, version=made)
    await finish(new_jobs())
    assert await content_of(alone, made) == await content_of(alone, source)
    said = await alone.call(routes.UPDATE_VERSION, {"description": "x"}, version=made, expect=423)
    assert "unlock it first" in said["message"]


async def test_deleting_a_version_ends_the_fork_that_fills_it(alone, source, new_jobs, one_by_one):
    made, job_id = await start_fork(alone, source, **ALL)
    jobs = new_jobs()
    job = await jobs.step(await jobs.claim())
    await alone.call(routes.DELETE_VERSION, version=made)
    # Its number goes to the next version, which must not get the rest.
    dataset = (await alone.call(routes.GET_VERSION, version=source))["origin_id"]
    body = {"version": "second"}
    other = (await alone.call(routes.CREATE_VERSION, body, dataset=dataset, expect=201))["id"]
    assert await jobs.step(job) is None
    assert await ended(alone, job_id) == ("FAILED", "the new version was deleted")
    assert (await content_of(alone, other))["assets"] == []
    assert left_of(alone, made) == 0


async def test_a_fork_whose_source_is_deleted_is_taken_back(alone, source, new_jobs, one_by_one):
    made, job_id = await start_fork(alone, source, **ALL)
    jobs = new_jobs()
    job = await jobs.step(await jobs.step(await jobs.claim()))
    await alone.call(routes.DELETE_VERSION, version=source)
    job = await jobs.step(job)
    assert await ended(alone, job_id) == ("RUNNING", None)
    assert len((await content_of(alone, made))["assets"]) == 2
    assert job is not None
    # Killed while it takes back what it did.
    await jobs.step(job)
    alone.org.platform.write(release_jobs())
    await finish(new_jobs())
    assert await ended(alone, job_id) == ("FAILED", "the version whose assets are copied was deleted")
    assert left_of(alone, made) == 0
    await alone.call(routes.GET_VERSION, version=made, expect=404)


async def test_a_step_that_breaks_takes_the_fork_back_with_its_error(
    alone, source, new_jobs, one_by_one, monkeypatch, caplog
):
    made, job_id = await start_fork(alone, source, **ALL)
    jobs = new_jobs()
    job = await jobs.step(await jobs.claim())

    def broken(*_):
        raise ValueError("out of paper")
        yield

    monkeypatch.setattr(fork_steps, "copy_batch", broken)
    await finish(jobs, job)
    assert await ended(alone, job_id) == ("FAILED", "ValueError: out of paper")
    assert "out of paper" in caplog.text
    assert left_of(alone, made) == 0
    assert await new_jobs().claim() is None


async def test_a_fork_that_cannot_be_taken_back_says_so_and_can_be_deleted(
    alone, source, new_jobs, monkeypatch, caplog
):
    made, job_id = await start_fork(alone, source, **ALL)

    def broken(*_):
        raise ValueError("jammed")
        yield

    monkeypatch.setattr(fork_steps, "copy_batch", broken)
    monkeypatch.setattr(fork_steps, "remove_version", broken)
    await finish(new_jobs())
    assert await ended(alone, job_id) == ("FAILED", "ValueError: jammed")
    assert "jammed" in caplog.text
    await alone.call(routes.DELETE_VERSION, version=made)
    assert left_of(alone, made) == 0


async def test_a_fork_on_which_workers_die_is_taken_back(alone, source, new_jobs):
    made, job_id = await start_fork(alone, source, **ALL)
    for _ in range(job_source.MOST_ATTEMPTS):
        assert (await new_jobs().claim())["id"] == job_id
        alone.org.platform.write(release_jobs())
    await finish(new_jobs())
    status, error = await ended(alone, job_id)
    assert (status, error[:8]) == ("FAILED", "given up")
    assert left_of(alone, made) == 0


async def test_the_loser_of_a_lease_does_no_harm(alone, source, new_jobs, one_by_one):
    made, job_id = await start_fork(alone, source, **ALL)
    slow, quick = new_jobs(), new_jobs()
    stalled = await slow.step(await slow.claim())
    alone.org.platform.write(release_jobs())
    taken = await quick.claim()
    assert await slow.step(stalled) is None
    await finish(quick, taken)
    assert await slow.step(stalled) is None
    assert await ended(alone, job_id) == ("SUCCESS", None)
    assert await content_of(alone, made) == await content_of(alone, source)


async def test_a_source_that_changes_meanwhile(alone, source, many, new_jobs, one_by_one):
    made, _ = await start_fork(alone, source, **ALL)
    jobs = new_jobs()
    job = await jobs.step(await jobs.claim())
    on = {"version": source}
    before = await content_of(alone, source)
    items = (await alone.call(routes.FILTER_ASSETS, {}, **on))["items"][::-1]
    # One that is copied already and one that is not are deleted, others are added, a label is new.
    for item in (items[0], items[2]):
        await alone.call(routes.DELETE_ASSET, asset=item["id"])
    label = (await alone.call(routes.CREATE_LABEL, {"name": "new"}, **on, expect=201))["id"]
    group = (await alone.call(routes.CREATE_LABEL_GROUP, {"name": "fresh"}, **on, expect=201))["id"]
    await alone.call(routes.UPDATE_LABEL, {"group_id": group}, label=label)
    await alone.call(routes.SET_SKELETON, {"vertices": ["a"], "edges": []}, label=label)
    box = {"asset_id": items[4]["id"], "rectangles": [{"x": 1, "y": 1, "w": 1, "h": 1, "label_id": label}]}
    await alone.call(routes.BULK_ANNOTATIONS, {"import_type": "CONCATENATE", "annotations": [box]}, **on)
    await alone.call(routes.ADD_ASSETS, {"data_ids": many.data(2)}, **on)
    await finish(new_jobs())
    await finish(jobs, job)
    after, found = await content_of(alone, source), await content_of(alone, made)
    data = [item["data"]["id"] for item in items]
    assert found["assets"] == [data[place] for place in (5, 4, 3, 1, 0)]
    assert found["annotations"] == {
        one: (after["annotations"] | {data[0]: before["annotations"][data[0]]})[one]
        for one in found["assets"]
    }
    assert found["labels"]["new"] == after["labels"]["new"]
    assert ("fresh", None) in found["labels"][""]


async def test_a_copy_that_is_killed_after_each_step_is_complete_in_the_end(
    alone, source, many, new_jobs, one_by_one
):
    made, _ = await start_fork(alone, source, asset_ids=[], with_labels=True)
    await finish(new_jobs())
    wanted = await content_of(alone, source)
    items = (await alone.call(routes.FILTER_ASSETS, {}, version=source))["items"]
    copying = await start_copy(alone, source, made, asset_ids=[item["id"] for item in items[:4]], **ALL)
    seen = []
    for _ in range(4):
        jobs = new_jobs()
        await jobs.step(await jobs.claim())
        alone.org.platform.write(release_jobs())
        seen.append((await alone.call(routes.GET_JOB, job=copying))["progress"])
    assert seen == [0.25, 0.5, 0.75, 1.0]
    assert await ended(alone, copying) == ("SUCCESS", None)
    found = await content_of(alone, made)
    assert found["assets"] == wanted["assets"][:4]
    assert found["annotations"] == {data: wanted["annotations"][data] for data in found["assets"]}


async def test_a_copy_stops_when_its_destination_is_locked(alone, source, new_jobs, one_by_one):
    made, _ = await start_fork(alone, source, asset_ids=[])
    await finish(new_jobs())
    copying = await start_copy(alone, source, made)
    jobs = new_jobs()
    job = await jobs.step(await jobs.claim())
    await alone.call(routes.LOCK_VERSION, version=made)
    assert await jobs.step(job) is None
    status, error = await ended(alone, copying)
    assert (status, error) == (
        "FAILED",
        "the destination, version 'second', is locked; unlock it first",
    )
    assert len((await content_of(alone, made))["assets"]) == 1


async def test_a_copy_whose_source_is_deleted_keeps_what_it_did(alone, source, new_jobs, one_by_one):
    made, _ = await start_fork(alone, source, asset_ids=[])
    await finish(new_jobs())
    copying = await start_copy(alone, source, made)
    jobs = new_jobs()
    job = await jobs.step(await jobs.claim())
    await alone.call(routes.DELETE_VERSION, version=source)
    assert await jobs.step(job) is None
    assert await ended(alone, copying) == ("FAILED", "the version whose assets are copied was deleted")
    assert len((await content_of(alone, made))["assets"]) == 1


async def test_two_copies_at_once_bring_each_asset_once(alone, source, new_jobs, one_by_one):
    made, _ = await start_fork(alone, source, asset_ids=[], with_labels=True)
    await finish(new_jobs())
    for _ in range(2):
        await start_copy(alone, source, made, **ALL)
    first, second = new_jobs(), new_jobs()
    jobs = [(first, await first.claim()), (second, await second.claim())]
    while any(job for _, job in jobs):
        jobs = [(worker, job and await worker.step(job)) for worker, job in jobs]
    wanted, found = await content_of(alone, source), await content_of(alone, made)
    assert sorted(found.pop("assets")) == sorted(wanted.pop("assets"))
    assert found == wanted
