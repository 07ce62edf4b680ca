"""Jobs of both generations, as clients see and move them."""

from __future__ import annotations

import pytest

from asyncsdk.wire import routes

MOVES = {"RUNNING": routes.START_JOB_RUN, "SUCCEEDED": routes.SUCCEED_JOB_RUN, "FAILED": routes.FAIL_JOB_RUN}


async def test_both_job_apis_read_every_job_each_in_its_own_words(world):
    call = world.api.call
    assert (await call(routes.GET_JOB, job=world.job))["status"] == "SUCCESS"
    assert (await call(routes.GET_JOB_RUN, job=world.job))["status"] == "SUCCEEDED"
    assert (await call(routes.GET_JOB_RUN, job=world.job_run))["status"] == "PENDING"
    assert (await call(routes.GET_JOB, job=world.job_run))["status"] == "RUNNING"
    assert (await call(routes.FIND_JOB_RUN, query={"id": world.job}))["status"] == "SUCCEEDED"
    for route in MOVES.values():
        await call(route, job=world.job, expect=409)
    assert (await call(routes.FIND_JOB_RUN, query={"id": world.job_run}))["id"] == world.job_run
    await call(routes.FIND_JOB_RUN, expect=400)
    await call(routes.FIND_JOB_RUN, query={"id": "x"}, expect=400)


@pytest.mark.parametrize("final", ["SUCCEEDED", "FAILED"])
async def test_a_job_that_runs_elsewhere_is_moved_until_it_has_ended(world, final):
    async def move(status, expect=200):
        return await world.api.call(MOVES[status], job=world.job_run, expect=expect)

    for status in ("RUNNING", "RUNNING", final, final):
        assert (await move(status))["status"] == status
        assert (await world.api.call(routes.GET_JOB_RUN, job=world.job_run))["status"] == status
    for status in MOVES.keys() - {final}:
        await move(status, expect=409)
    assert (await world.api.call(routes.GET_JOB_RUN, job=world.job_run))["status"] == final


async def test_a_job_of_others_is_not_moved(world, other_world):
    for route in MOVES.values():
        await world.api.call(route, job=other_world.job_run, expect=404)
    assert (await other_world.api.call(routes.GET_JOB_RUN, job=other_world.job_run))["status"] == "PENDING"


async def test_lines_are_logged_in_order(world, platform):
    sent = ["first", "second\n\0", ["a", 1], {"a": None}, None, "", 5]
    for number, line in enumerate(sent):
        body = {"line_nb": number, "log": line, "final": False, "part": "p", "special": False}
        await world.api.call(routes.LOG_JOB_RUN, body, job=world.job_run)
    await world.api.call(routes.LOG_JOB_RUN, {}, job=world.job_run)
    await world.api.call(routes.LOG_JOB_RUN, [], job=world.job_run, expect=400)
    kept = platform.rows(
        "SELECT line FROM job_log JOIN job ON job.seq = job WHERE job.id = ? ORDER BY job_log.seq",
        world.job_run,
    )
    assert [line for (line,) in kept] == ["first", "second\n\0", '["a",1]', '{"a":null}', "null", "", "5", ""]


# The saved log


def saved_log(platform, job_id):
    return platform.rows("SELECT log_object_name FROM job WHERE id = ?", job_id)[0][0]


async def test_a_log_is_saved_and_replaced(world, platform):
    api = world.api
    first, second = await api.upload(b"one", "log.txt"), await api.upload(b"two", "log.txt")
    for name in (first, first, second):
        body = {"logging_object_name": name}
        assert await api.call(routes.SAVE_JOB_RUN_LOG, body, job=world.job_run) == body
        assert saved_log(platform, world.job_run) == name
    assert not await api.is_there(first)
    assert await api.is_there(second)


async def test_a_log_must_be_uploaded_by_the_organization(world, other_world, platform):
    for name in ("logging/none.txt", "", "../x", "/x", "\0", other_world.object_name, 5, None):
        body = {"logging_object_name": name}
        await world.api.call(routes.SAVE_JOB_RUN_LOG, body, job=world.job_run, expect=400)
    await world.api.call(routes.SAVE_JOB_RUN_LOG, {}, job=world.job_run, expect=400)
    body = {"logging_object_name": await world.api.upload(b"x")}
    await world.api.call(routes.SAVE_JOB_RUN_LOG, body, job=other_world.job_run, expect=404)
    assert saved_log(platform, world.job_run) is None


@pytest.mark.parametrize("whole_dataset", [False, True])
async def test_a_saved_log_goes_with_its_job(world, whole_dataset, check_store):
    """Jobs of a version go with it."""
    api = world.api
    name, shared = await api.upload(b"x", "log.txt"), await api.upload(b"y", "log.txt")
    jobs = [world.job]
    jobs += [(await api.add_assets(world.version, [world.spare_data]))["id"]]
    for job, log in zip(jobs, (name, shared), strict=True):
        await api.call(routes.SAVE_JOB_RUN_LOG, {"logging_object_name": log}, job=job)
    await api.call(routes.SAVE_JOB_RUN_LOG, {"logging_object_name": shared}, job=world.job_run)
    if whole_dataset:
        await api.call(routes.DELETE_DATASET, dataset=world.dataset)
    else:
        await api.call(routes.DELETE_VERSION, version=world.version)
    await api.call(routes.GET_JOB, job=world.job, expect=404)
    assert not await api.is_there(name)
    assert await api.is_there(shared)
    check_store()


async def test_a_log_that_is_a_file_of_something_else_stays(world):
    api = world.api
    body = {"logging_object_name": world.object_name}
    await api.call(routes.SAVE_JOB_RUN_LOG, body, job=world.job_run)
    await api.call(routes.DELETE_DATA, data=world.data, expect=204)
    assert await api.is_there(world.object_name)
    other = await api.upload(b"x")
    await api.call(routes.SAVE_JOB_RUN_LOG, {"logging_object_name": other}, job=world.job_run)
    assert not await api.is_there(world.object_name)
