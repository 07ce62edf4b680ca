"""Steps of campaigns, and how the work is shared out."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import attrs
import pytest
from sqlalchemy import delete

from asyncsdk.server.services import campaign_deleting, campaign_sharing
from asyncsdk.server.store.schema import user
from asyncsdk.server.store.statements import statement
from asyncsdk.wire import routes


@pytest.fixture
def field(campaign_field):
    return campaign_field


def shares(people, *weights):
    return [{"user_id": one, "weight": weight} for one, weight in zip(people, weights, strict=True)]


async def test_steps_stand_where_they_are_wanted(field):
    for name, order in (("a", None), ("b", 0), ("c", 1), ("d", 99), ("e", None)):
        made = await field.add_step(name, order=order)
        assert made == await field.api.call(routes.GET_STEP, step=made["id"])
    listed = await field.steps()
    assert [(step["name"], step["order"]) for step in listed] == [
        ("b", 0), ("c", 1), ("a", 2), ("d", 3), ("e", 4),
    ]  # fmt: skip
    await field.api.call(routes.DELETE_STEP, step=listed[1]["id"])
    assert [(step["name"], step["order"]) for step in await field.steps()] == [
        ("b", 0), ("a", 1), ("d", 2), ("e", 3),
    ]  # fmt: skip


async def test_what_a_step_cannot_be(field, people):
    for wrong in (
        {"kind": "QUALITY_CONTROL"},
        {"kind": "DRAWING"},
        {"name": ""},
        {"order": -1},
        {"sample_rate": -0.1},
        {"sample_rate": 1.1},
        {"assignees": [{"weight": 1}]},
        {"assignees": shares([people[0], people[0]], 1, 1)},
        {"assignees": shares(people, 1, 0)},
        {"assignees": shares([str(uuid4())], 1)},
    ):
        await field.add_step(expect=400, **wrong)
    assert await field.steps() == []


async def test_workers_and_users_are_the_same_people(field, people):
    made = await field.add_step(assignees=[{"worker_id": people[0], "weight": 2}])
    assert [(one["user_id"], one["worker_id"], one["weight"]) for one in made["assignees"]] == [
        (people[0], people[0], 2.0)
    ]


async def test_work_is_shared_by_weight_and_always_in_the_same_way(field, people):
    await field.add_step(assignees=shares(people, 1, 2))
    await field.launch()
    users = [one["assigned_user_id"] for one in await field.assignments()]
    assert users == [people[1], people[0], people[1]] * 4


async def test_the_turns_go_on_with_the_next_launch(field, people, rows):
    await field.add_step(assignees=shares(people, 1, 1))
    assets = (await field.api.call(routes.LIST_ASSETS, version=field.version))["items"][::-1]
    for count in (1, 2, 4):
        body = {"asset_ids": [asset["id"] for asset in assets[:count]]}
        started = await field.api.call(routes.LAUNCH_CAMPAIGN, body, campaign=field.campaign)
        await field.api.ended(started["job"]["id"])
    users = [one["assigned_user_id"] for one in await field.assignments()]
    assert users == [people[0], people[1]] * 2


async def test_redistribution_shares_out_what_waits(field, people, monkeypatch):
    in_parts_of(5, monkeypatch)
    step = await field.add_step(assignees=shares(people[:1], 1))
    await field.launch()
    made = await field.assignments()
    await field.move("SUBMIT", [made[0]["id"]])
    await field.move("SKIP", [made[1]["id"]])
    change = {"assignees": shares(people, 1, 1)}
    await field.api.call(routes.UPDATE_STEP, change, step=step["id"])
    assert {one["assigned_user_id"] for one in await field.assignments()} == {people[0]}
    for _ in range(2):
        await field.api.call(routes.REDISTRIBUTE_STEP, step=step["id"])
        users = [one["assigned_user_id"] for one in await field.assignments()]
        assert users == [people[0], people[0], *[people[0], people[1]] * 5]
    await field.api.call(routes.UPDATE_STEP, {"assignees": []}, step=step["id"])
    await field.api.call(routes.REDISTRIBUTE_STEP, step=step["id"])
    assert Counter(one["assigned_user_id"] for one in await field.assignments()) == {people[0]: 2, None: 10}


def in_parts_of(size, monkeypatch):
    """Let what changes many assignments take so many at once."""
    monkeypatch.setattr(campaign_sharing, "_NEXT", campaign_sharing._first(size))
    monkeypatch.setattr(campaign_sharing, "_MOVE_SUBMISSIONS", campaign_sharing._moving_submissions(size))
    monkeypatch.setattr(campaign_deleting, "_DELETE_SOME", campaign_deleting._deleting(size))


@pytest.mark.parametrize("key", [None, "k"])
async def test_what_is_too_much_for_one_transaction_goes_in_parts(field, people, monkeypatch, key):
    in_parts_of(2, monkeypatch)
    drawn, check = await field.add_step("draw"), await field.add_step("check", assignees=shares(people, 1, 1))
    await field.launch()
    made = [one["id"] for one in await field.assignments()]
    await field.move("SKIP", made[:5])
    name = "destination_step_id_for_pending_assignments"
    await field.api.call(routes.DELETE_STEP, {name: check["id"]}, step=drawn["id"], key=key)
    now = await field.assignments()
    assert {one["step_id"] for one in now} == {check["id"]}
    assert [one["assigned_user_id"] for one in now if one["status"] == "TO_DO"] == [*people * 3, people[0]]
    for _ in range(1 if key is None else 2):
        await field.api.call(routes.DELETE_CAMPAIGN, campaign=field.campaign, key=key and "k2")
    await field.api.call(routes.GET_CAMPAIGN, campaign=field.campaign, expect=404)


async def test_a_deleted_step_hands_its_assignments_on(field, people, monkeypatch):
    in_parts_of(5, monkeypatch)
    draw = await field.add_step("draw")
    check = await field.add_step("check", "REVIEW", assignees=shares(people, 1, 1))
    await field.launch()
    made = await field.assignments()
    await field.move("SKIP", [made[0]["id"]])
    name = "destination_step_id_for_pending_assignments"
    delete = {"route": routes.DELETE_STEP, "step": draw["id"]}
    for body, expect in (
        (None, 409),
        ({}, 409),
        ({name: None}, 409),
        ({name: draw["id"]}, 400),
        ({name: str(uuid4())}, 400),
        ({name: "x"}, 400),
    ):
        await field.api.call(body=body, expect=expect, **delete)
    await field.api.call(body={name: check["id"]}, **delete)
    now = await field.assignments()
    assert {one["step_id"] for one in now} == {check["id"]}
    assert [one["status"] for one in now] == ["SKIPPED", *["TO_DO"] * 11]
    assert Counter(one["assigned_user_id"] for one in now) == {None: 1, people[0]: 6, people[1]: 5}
    await field.api.call(routes.DELETE_STEP, step=check["id"], expect=409)
    assert [(step["name"], step["order"]) for step in await field.steps()] == [("check", 0)]


async def test_a_sample_of_the_work_stops_at_a_step(field):
    await field.add_step("draw")
    check = await field.add_step("check", "REVIEW", sample_rate=0.25)
    last = await field.add_step("last", "REVIEW", sample_rate=0)
    await field.launch()
    made = [one["id"] for one in await field.assignments()]
    await field.move("SUBMIT", made)
    now = await field.assignments()
    assert Counter((one["step_id"] == check["id"], one["status"]) for one in now) == {
        (True, "TO_DO"): 3,
        (False, "DONE"): 9,
    }
    sampled = next(one["id"] for one in now if one["status"] == "TO_DO")
    done = next(one["id"] for one in now if one["status"] == "DONE")
    await field.move("SUBMIT", [sampled])
    assert (await field.api.call(routes.GET_ASSIGNMENT, assignment=sampled))["status"] == "DONE"
    # What was sent back is not passed by.
    await field.move("REWORK", [done])
    for step in (check, last):
        await field.move("SUBMIT", [done])
        found = await field.api.call(routes.GET_ASSIGNMENT, assignment=done)
        if step is check:
            assert (found["step_id"], found["status"]) == (check["id"], "TO_DO")
    assert found["status"] == "DONE"


async def test_work_that_was_sent_back_returns_to_who_did_it(field, people, colleague):
    draw = await field.add_step("draw", assignees=shares(people, 1, 1))
    check = await field.add_step("check", "REVIEW", assignees=shares(people[:1], 1))
    await field.launch()
    made = {one["id"]: one["assigned_user_id"] for one in await field.assignments()}
    await field.move("SUBMIT", [*made])
    assert {one["assigned_user_id"] for one in await field.assignments()} == {people[0]}
    answer = await field.move("REWORK", [*made], step_id=check["id"], destination_step_id=draw["id"])
    assert answer["processed_ids"] == [*made]
    assert {one["id"]: one["assigned_user_id"] for one in await field.assignments()} == made
    assert {one["step_id"] for one in await field.assignments()} == {draw["id"]}
    await field.move("SUBMIT", [*made], step_id=check["id"], expect=200)
    assert {one["step_id"] for one in await field.assignments()} == {draw["id"]}


async def test_what_nobody_has_is_the_work_of_who_submits_it(field, people, colleague):
    await field.add_step("draw")
    await field.add_step("check", "REVIEW")
    await field.launch()
    first, second = [one["id"] for one in await field.assignments()][:2]
    theirs = attrs.evolve(field, api=colleague[0])
    await theirs.move("SUBMIT", [first])
    await field.move("SUBMIT", [second])
    await field.move("REWORK", [first, second])
    users = [one["assigned_user_id"] for one in (await field.assignments())[:2]]
    assert users == [people[1], people[0]]


async def test_moves_that_are_refused(field):
    draw = await field.add_step("draw")
    await field.launch()
    made = [one["id"] for one in await field.assignments()]
    for wrong in (
        {"destination_step_id": draw["id"]},
        {"step_id": str(uuid4())},
        {"step_id": "x"},
    ):
        await field.move("SUBMIT", made, expect=400, **wrong)
    await field.move("LOSE", made, expect=400)
    await field.move("SUBMIT", ["x"], expect=400)
    assert (await field.move("SUBMIT", [str(uuid4())]))["processed_ids"] == []
    assert {one["status"] for one in await field.assignments()} == {"TO_DO"}


async def test_what_a_user_had_belongs_to_nobody_when_the_user_is_gone(field, people, platform):
    await field.add_step(assignees=shares(people, 1, 1))
    await field.launch()

    def forget():
        yield statement(delete(user).where(user.c.id == people[1]))

    platform.write(forget())
    assert [one["assigned_user_id"] for one in await field.assignments()] == [people[0], None] * 6
    assert [one["user_id"] for one in (await field.steps())[0]["assignees"]] == [people[0]]
