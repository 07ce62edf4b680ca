"""The job that adds data to a version: in steps, each of which can be the last before a crash."""

from __future__ import annotations

import shutil

import attrs

from asyncsdk.server.services import asset_adding, job_source
from asyncsdk.server.services.job_leases import release_jobs
from asyncsdk.server.services.job_source import StoredJobs
from asyncsdk.server.services.jobs import NewJob, add_job
from asyncsdk.server.store.ids import now_us
from asyncsdk.wire import routes


async def start(api, data_ids, tags=(), name="first"):
    version = await api.add_version(name)
    create = routes.CREATE_ASSET_TAG
    made = [(await api.call(create, {"name": tag}, version=version, expect=201))["id"] for tag in tags]
    body = {"data_ids": data_ids, "asset_tag_ids": made}
    job = (await api.call(routes.ADD_ASSETS, body, version=version))["job"]["id"]
    return version, job


async def listed(api, version) -> list[str]:
    page = await api.call(routes.FILTER_ASSETS, {}, version=version)
    assert page["count"] == len(page["items"])
    return [item["data"]["id"] for item in page["items"]]


async def finish(jobs, job) -> None:
    while job is not None:
        job = await jobs.step(job)


async def test_thousands_of_data_are_added_in_their_order(api, rows, check_store):
    ids = rows.data(5_000)
    wanted = ids[::2] + ids[1::2]
    version = await api.add_version()
    tag = (await api.call(routes.CREATE_ASSET_TAG, {"name": "t"}, version=version, expect=201))["id"]
    job = await api.add_assets(version, wanted, [tag])
    assert (job["status"], job["progress"]) == ("SUCCESS", 1.0)
    assert await listed(api, version) == wanted[::-1]
    assert (await api.call(routes.LIST_ASSETS, query={"q": 'tags.name = "t"'}, version=version))[
        "count"
    ] == 5_000
    assert (await api.add_assets(version, ids))["status"] == "SUCCESS"
    assert await listed(api, version) == wanted[::-1]
    check_store()


async def test_the_job_goes_on_where_a_crash_left_it(alone, many):
    ids = many.data(5_000)
    version, job_id = await start(alone, ids, ["t"])
    store = alone.org.platform.store
    job = await StoredJobs(store).claim()
    assert job["id"] == job_id
    assert await StoredJobs(store).step(job) is not None
    assert len(await listed(alone, version)) == 2_000
    seen = await alone.call(routes.GET_JOB, job=job_id)
    assert (seen["status"], seen["progress"]) == ("RUNNING", 0.4)
    # The process dies here. The next one on this workspace frees what was leased and goes on.
    alone.org.platform.write(release_jobs())
    jobs = StoredJobs(store)
    again = await jobs.claim()
    assert (again["id"], again["attempt"]) == (job_id, 1)
    await finish(jobs, again)
    assert await listed(alone, version) == ids[::-1]
    assert (await alone.call(routes.LIST_ASSETS, query={"q": 'tags.name = "t"'}, version=version))[
        "count"
    ] == 5_000
    assert (await alone.call(routes.GET_JOB, job=job_id))["status"] == "SUCCESS"
    assert await jobs.claim() is None


async def test_a_lost_lease_is_claimed_again_and_its_loser_does_no_harm(alone, many, monkeypatch):
    ids = many.data(4_001)
    version, job_id = await start(alone, ids)
    slow, quick = StoredJobs(alone.org.platform.store), StoredJobs(alone.org.platform.store)
    stalled = await slow.step(await slow.claim())
    assert await quick.claim() is None
    later = now_us() + job_source.LEASE_US + 1_000_000
    monkeypatch.setattr("asyncsdk.server.services.job_leases.now_us", lambda: later)
    taken = await quick.claim()
    assert taken["id"] == job_id
    assert await slow.step(stalled) is None  # it was claimed by another meanwhile
    assert len(await listed(alone, version)) == 2_000
    await finish(quick, taken)
    assert await slow.step(stalled) is None
    assert await listed(alone, version) == ids[::-1]
    assert (await alone.call(routes.GET_JOB, job=job_id))["status"] == "SUCCESS"


async def test_a_step_that_fails_ends_the_job_with_its_error(alone, many, monkeypatch, caplog):
    version, job_id = await start(alone, many.data(3))
    jobs = StoredJobs(alone.org.platform.store)

    def broken(job):
        yield asset_adding._GROW(key=1, length=5, more=5)
        raise ValueError("out of paper")

    monkeypatch.setattr(job_source, "STEPS", {asset_adding.ADD_ASSETS: broken})
    assert await jobs.step(await jobs.claim()) is None
    seen = await alone.call(routes.GET_JOB, job=job_id)
    assert (seen["status"], seen["error"]) == ("FAILED", "ValueError: out of paper")
    assert "out of paper" in caplog.text
    assert await listed(alone, version) == []
    assert alone.org.platform.rows("SELECT asset_count, next_position FROM dataset_version") == [(0, 1)]
    assert await jobs.claim() is None


async def test_a_version_that_was_locked_since_gets_no_more(alone, many):
    ids = many.data(2_500)
    version, job_id = await start(alone, ids)
    jobs = StoredJobs(alone.org.platform.store)
    job = await jobs.step(await jobs.claim())
    await alone.call(routes.LOCK_VERSION, version=version)
    assert await jobs.step(job) is None
    assert len(await listed(alone, version)) == 2_000
    seen = await alone.call(routes.GET_JOB, job=job_id)
    assert (seen["status"], seen["error"]) == (
        "FAILED",
        "version 'first' was locked before all data was added",
    )


async def test_what_was_deleted_since_is_left_out(alone, many):
    ids = many.data(3)
    version, _ = await start(alone, ids, ["gone", "kept"])
    tags = (await alone.call(routes.LIST_ASSET_TAGS, version=version))["items"]
    await alone.call(routes.DELETE_TAG, tag=tags[1]["id"])
    # The number of the deleted tag goes to the next one that is made.
    await alone.call(routes.CREATE_ASSET_TAG, {"name": "new"}, version=version, expect=201)
    await alone.call(routes.DELETE_DATA, data=ids[1], expect=204)
    jobs = StoredJobs(alone.org.platform.store)
    await finish(jobs, await jobs.claim())
    page = await alone.call(routes.FILTER_ASSETS, {}, version=version)
    assert [item["data"]["id"] for item in page["items"]] == [ids[2], ids[0]]
    for item in page["items"]:
        assert [tag["name"] for tag in (await alone.call(routes.GET_ASSET, asset=item["id"]))["tags"]] == [
            "kept"
        ]


async def test_a_deleted_version_takes_its_job_along(alone, many):
    version, _ = await start(alone, many.data(2_500))
    jobs = StoredJobs(alone.org.platform.store)
    job = await jobs.step(await jobs.claim())
    await alone.call(routes.DELETE_VERSION, version=version)
    # Its number goes to the next version, which must not get the rest of the data.
    other = await alone.add_version("second")
    assert await jobs.step(job) is None
    assert await listed(alone, other) == []
    assert await jobs.claim() is None


async def test_a_job_on_which_workers_die_is_given_up(alone, many):
    version, job_id = await start(alone, many.data(2))
    for attempt in range(1, job_source.MOST_ATTEMPTS + 1):
        job = await StoredJobs(alone.org.platform.store).claim()
        assert job["attempt"] == attempt
        alone.org.platform.write(release_jobs())
    other, other_job = await start(alone, many.data(1), name="second")
    assert (await StoredJobs(alone.org.platform.store).claim())["id"] == other_job
    seen = await alone.call(routes.GET_JOB, job=job_id)
    assert seen["status"] == "FAILED"
    assert seen["error"].startswith("given up")
    assert await listed(alone, version) == []
    assert await listed(alone, other) == []


async def test_a_job_that_gets_on_may_be_interrupted_any_number_of_times(alone, many, monkeypatch):
    monkeypatch.setattr(asset_adding, "_BATCH", 1)
    ids = many.data(2 * job_source.MOST_ATTEMPTS)
    version, job_id = await start(alone, ids)
    for _ in ids:
        jobs = StoredJobs(alone.org.platform.store)
        await jobs.step(await jobs.claim())
        alone.org.platform.write(release_jobs())
    assert (await alone.call(routes.GET_JOB, job=job_id))["status"] == "SUCCESS"
    assert await listed(alone, version) == ids[::-1]


def elsewhere():
    return (yield from add_job(NewJob(organization=1, generation=2, kind="elsewhere", payload={})))


async def test_jobs_are_claimed_oldest_first_and_only_of_known_kinds(alone, many):
    ids = many.data(1)
    alone.org.platform.write(elsewhere())
    made = [(await start(alone, ids, name=name))[1] for name in ("first", "second", "third")]
    jobs = StoredJobs(alone.org.platform.store)
    assert [(await jobs.claim())["id"] for _ in made] == made
    assert await jobs.claim() is None


async def test_jobs_take_turns_so_that_a_short_one_does_not_wait_for_a_long_one(alone, many, monkeypatch):
    monkeypatch.setattr(asset_adding, "_BATCH", 1)
    ids = many.data(4)
    alone.org.platform.write(elsewhere())  # what waits for others makes nobody give way
    version, long = await start(alone, ids, name="long")
    jobs = StoredJobs(alone.org.platform.store)
    job = await jobs.step(await jobs.claim())
    assert job["id"] == long
    _, short = await start(alone, ids[:1], name="short")
    assert await jobs.step(job) is None
    assert len(await listed(alone, version)) == 2
    seen = []
    while (job := await jobs.claim()) is not None:
        while job is not None:
            seen.append(job["id"])
            job = await jobs.step(job)
    assert seen == [short, long, long]
    assert [(await alone.call(routes.GET_JOB, job=one))["status"] for one in (long, short)] == ["SUCCESS"] * 2
    assert await listed(alone, version) == ids[::-1]


async def test_a_started_platform_goes_on_with_what_is_left(platforms, tmp_path, alone, many):
    ids = many.data(3)
    version, job_id = await start(alone, ids)
    jobs = StoredJobs(alone.org.platform.store)
    await jobs.claim()
    copy = tmp_path / "copy"
    shutil.copytree(alone.org.platform.workspace, copy)  # as the disk of a killed process
    with platforms(copy) as platform:
        again = attrs.evolve(alone, org=attrs.evolve(alone.org, host=platform.url, token=platform.token))
        assert (await again.ended(job_id))["status"] == "SUCCESS"
        assert await listed(again, version) == ids[::-1]
