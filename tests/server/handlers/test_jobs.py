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
