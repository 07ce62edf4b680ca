"""How assets enter a campaign, by a launch or by themselves, and how it closes by itself."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest

from asyncsdk.wire import routes

OLD = {"User-Agent": "Picsellia-SDK/6.19.2"}


@pytest.fixture
def field(campaign_field):
    return campaign_field


async def assets_of(field, **query):
    page = await field.api.call(routes.LIST_ASSETS, query=query, version=field.version)
    assert page["count"] == len(page["items"])
    return [asset["id"] for asset in page["items"][::-1]]


async def annotate(field, *assets):
    body = {"import_type": "REPLACE", "annotations": [{"asset_id": asset} for asset in assets]}
    await field.api.call(routes.BULK_ANNOTATIONS, body, version=field.version)


async def entered(field):
    """Asset to step and status, for those that are in the campaign."""
    return {one["asset_id"]: (one["step_id"], one["status"]) for one in await field.assignments()}


async def change(field, expect=200, **body):
    return await field.api.call(routes.UPDATE_CAMPAIGN, body, campaign=field.campaign, expect=expect)


async def test_every_asset_enters_once_at_the_first_step(field):
    await field.add_step("check", "REVIEW")
    first = await field.add_step("draw", order=0)
    assets = await assets_of(field)
    await annotate(field, assets[3])
    for _ in range(2):
        await field.launch()
        assert await entered(field) == dict.fromkeys(assets, (first["id"], "TO_DO"))


async def test_both_generations_launch(field):
    draw = await field.add_step()
    assets = await assets_of(field)
    body = {"existing_annotations_step_id": draw["id"], "asset_ids": assets[:2]}
    old = await field.api.call(routes.LAUNCH_CAMPAIGN, body, campaign=field.campaign, headers=OLD)
    assert old["campaign"]["name"] == "c"
    await field.api.ended(old["job"]["id"])
    assert len(await entered(field)) == 2
    check = {"campaign": field.campaign}
    assert await field.api.call(routes.CHECK_SYNC, **check) == {
        "unsynced_item_count": 10,
        "is_sync_available": True,
    }
    new = await field.api.call(routes.SYNC_CAMPAIGN, {}, campaign=field.campaign)
    assert new["job"]["status"] == "PENDING"
    await field.api.ended(new["job"]["id"])
    assert (await field.api.call(routes.GET_JOB_RUN, job=new["job"]["id"]))["status"] == "SUCCEEDED"
    assert (await field.api.call(routes.CHECK_SYNC, **check))["unsynced_item_count"] == 0


async def test_where_assets_enter_is_a_setting(field):
    steps = [(await field.add_step(name))["id"] for name in ("a", "b", "c")]
    assets = await assets_of(field)
    await annotate(field, *assets[:4])
    await change(field, default_entry_step_id=steps[1], annotated_entry_step_id=steps[2])
    await field.launch()
    assert Counter((await entered(field)).values()) == {(steps[1], "TO_DO"): 8, (steps[2], "TO_DO"): 4}


@pytest.mark.parametrize("by", ["setting", "launch"])
async def test_annotated_assets_enter_as_done(field, people, by):
    steps = [(await field.add_step(name))["id"] for name in ("a", "b")]
    assets = await assets_of(field)
    await annotate(field, *assets[:4])
    if by == "setting":
        assert (await change(field, annotated_entry_step_id="DONE"))["annotated_entry_step_id"] == "DONE"
        await field.launch()
    else:
        await change(field, annotated_entry_step_id=steps[1])
        await field.launch(existing_annotations_step_id="DONE")
    assert Counter((await entered(field)).values()) == {(steps[0], "TO_DO"): 8, (steps[1], "DONE"): 4}


async def test_a_launch_overrides_the_setting_once(field):
    steps = [(await field.add_step(name))["id"] for name in ("a", "b")]
    assets = await assets_of(field)
    await annotate(field, assets[0])
    await change(field, annotated_entry_step_id="DONE")
    await field.launch(existing_annotations_step_id=steps[1])
    assert (await entered(field))[assets[0]] == (steps[1], "TO_DO")
    again = await field.api.call(routes.GET_CAMPAIGN, campaign=field.campaign)
    assert again["annotated_entry_step_id"] == "DONE"


async def test_the_step_where_assets_enter_may_be_deleted(field):
    steps = [(await field.add_step(name))["id"] for name in ("a", "b", "c")]
    await change(field, default_entry_step_id=steps[1], annotated_entry_step_id=steps[1])
    await field.api.call(routes.DELETE_STEP, step=steps[1])
    again = await field.api.call(routes.GET_CAMPAIGN, campaign=field.campaign)
    assert (again["default_entry_step_id"], again["annotated_entry_step_id"]) == (None, None)
    await field.launch()
    assert set((await entered(field)).values()) == {(steps[0], "TO_DO")}


@pytest.mark.parametrize(
    "wrong",
    [
        {"existing_annotations_step_id": "later"},
        {"existing_annotations_step_id": str(uuid4())},
        {"asset_ids": ["x"]},
        {"asset_ids": [str(uuid4())]},
        {"worker_ids": [str(uuid4())]},
    ],
)
async def test_launches_that_are_refused(field, wrong):
    await field.add_step()
    for route in (routes.LAUNCH_CAMPAIGN, routes.SYNC_CAMPAIGN):
        await field.api.call(route, wrong, campaign=field.campaign, expect=400)
    assert await entered(field) == {}


async def test_no_named_asset_is_none(field):
    await field.add_step()
    await field.launch(asset_ids=[])
    assert await entered(field) == {}


async def test_whether_a_launch_is_possible(field):
    async def hindrance():
        answer = await field.api.call(routes.CHECK_SYNC, campaign=field.campaign)
        assert answer["is_sync_available"] is ("reason" not in answer)
        return answer.get("reason")

    assert "no step" in await hindrance()
    await field.api.call(routes.SYNC_CAMPAIGN, {}, campaign=field.campaign, expect=409)
    await field.add_step()
    assert await hindrance() is None
    await field.api.call(routes.LOCK_VERSION, version=field.version)
    assert "locked" in await hindrance()
    await field.api.call(routes.UNLOCK_VERSION, version=field.version)
    await field.api.call(routes.CLOSE_CAMPAIGN, campaign=field.campaign)
    assert "closed" in await hindrance()


async def test_new_assets_enter_in_the_transaction_that_makes_them(field, rows, people, check_store):
    await change(field, auto_add_new_assets=True)
    ids = rows.data(3)
    await field.api.add_assets(field.version, ids[:1])
    assert await entered(field) == {}  # there is no step yet; a launch takes them in
    step = await field.add_step(
        assignees=[{"user_id": people[0], "weight": 1}, {"user_id": people[1], "weight": 1}]
    )
    await field.api.add_assets(field.version, ids)  # the first is in the version already
    assets = await assets_of(field)
    assert await entered(field) == dict.fromkeys(assets[-2:], (step["id"], "TO_DO"))
    assert [one["assigned_user_id"] for one in await field.assignments()] == [*people]
    await field.launch()
    assert len(await entered(field)) == 15
    await change(field, auto_add_new_assets=False)
    await field.api.add_assets(field.version, rows.data(1))
    assert len(await entered(field)) == 15
    check_store()


async def test_a_closed_campaign_takes_no_new_assets(field, rows):
    await change(field, auto_add_new_assets=True)
    await field.add_step()
    await field.api.call(routes.CLOSE_CAMPAIGN, campaign=field.campaign)
    job = await field.api.add_assets(field.version, rows.data(2))
    assert (job["status"], await entered(field)) == ("SUCCESS", {})


async def is_closed(field):
    return (await field.api.call(routes.GET_CAMPAIGN, campaign=field.campaign))["is_closed"]


async def test_a_campaign_closes_with_its_last_assignment(field):
    await change(field, auto_close_on_completion=True)
    assert not await is_closed(field)
    await field.add_step()
    await field.launch()
    ids = [one["id"] for one in await field.assignments()]
    await field.move("SUBMIT", ids[2:])
    await field.move("SKIP", ids[1:2])
    await field.move("SUBMIT", ids[:1])
    assert not await is_closed(field)  # what is skipped is not done
    await field.move("SUBMIT", ids[1:2])
    assert await is_closed(field)
    await field.move("REWORK", ids[:1], expect=409)


async def test_a_campaign_that_shall_not_close_stays_open(field):
    await field.add_step()
    await field.launch()
    ids = [one["id"] for one in await field.assignments()]
    await field.move("SUBMIT", ids)
    assert not await is_closed(field)
    await field.move("REWORK", ids[:1])
    await change(field, auto_close_on_completion=True)
    assert not await is_closed(field)
    await field.move("SUBMIT", ids[:1])
    assert await is_closed(field)


async def test_a_setting_closes_what_is_done_already(field):
    await field.add_step()
    await field.launch()
    await field.move("SUBMIT", [one["id"] for one in await field.assignments()])
    assert (await change(field, auto_close_on_completion=True))["is_closed"]


@pytest.mark.parametrize("xget", [False, True])
async def test_assets_by_their_assignment(field, people, xget):
    draw = await field.add_step("draw", assignees=[{"user_id": people[0], "weight": 1}])
    check = await field.add_step("check", "REVIEW")
    assets = await assets_of(field)
    await field.launch(asset_ids=assets[:6])
    ids = [one["id"] for one in await field.assignments()]
    await field.move("SUBMIT", ids[:2])
    await field.move("SKIP", ids[2:3])

    async def chosen(**query):
        query = {f"assignment_{name}": value for name, value in query.items()}
        if not xget:
            return await assets_of(field, **query)
        body = {"ids": assets}
        page = await field.api.call(routes.FILTER_ASSETS, body, query=query, version=field.version)
        return [asset["id"] for asset in page["items"][::-1]]

    assert await chosen(step_id=draw["id"]) == assets[2:6]
    assert await chosen(step_id=check["id"]) == assets[:2]
    assert await chosen(status="SKIPPED") == assets[2:3]
    assert await chosen(status="TO_DO", user_id=people[0]) == assets[3:6]
    assert await chosen(user_id="unassigned") == assets[:2]
    assert await chosen(user_id=people[1]) == await chosen(step_id=str(uuid4())) == []
    for wrong in ({"status": "x"}, {"step_id": "x"}, {"user_id": "me"}):
        query = {f"assignment_{name}": value for name, value in wrong.items()}
        await field.api.call(routes.LIST_ASSETS, query=query, version=field.version, expect=400)


async def test_cursors_belong_to_their_filter(field):
    await field.add_step()
    await field.launch()
    page = {"limit": "5", "status": "TO_DO"}
    first = await field.api.call(routes.LIST_ASSIGNMENTS, query=page, campaign=field.campaign)
    assert (first["count"], len(first["items"])) == (12, 5)
    going_on = page | {"cursor": first["next_cursor"]}
    seen = (await field.api.call(routes.LIST_ASSIGNMENTS, query=going_on, campaign=field.campaign))["items"]
    assert not {one["id"] for one in seen} & {one["id"] for one in first["items"]}
    other = going_on | {"status": "DONE"}
    await field.api.call(routes.LIST_ASSIGNMENTS, query=other, campaign=field.campaign, expect=400)
    same = {"limit": "5", "cursor": first["next_cursor"], "assignment_status": "TO_DO"}
    await field.api.call(routes.LIST_ASSETS, query=same, version=field.version, expect=400)


async def test_order_of_assignments(field):
    await field.add_step()
    await field.launch()
    made = [one["id"] for one in await field.assignments()]
    await field.move("SKIP", made[3:4])
    found = await field.assignments(order_by="-status")
    assert [one["id"] for one in found] == [made[3], *made[:3], *made[4:]]
    query = {"order_by": "step"}
    await field.api.call(routes.LIST_ASSIGNMENTS, query=query, campaign=field.campaign, expect=400)


async def test_the_path_that_begins_twice(field):
    await field.add_step()
    await field.launch()
    one = (await field.assignments())[0]
    for route in (routes.GET_ASSIGNMENT, routes.GET_ASSIGNMENT_TWICE_PREFIXED):
        found = await field.api.call(route, assignment=one["id"])
        assert found["data"].pop("presigned_url").startswith("http")
        assert found == one | {"data": {k: v for k, v in one["data"].items() if k != "presigned_url"}}
