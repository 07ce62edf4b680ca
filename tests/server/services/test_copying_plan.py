"""How much a step copies: whole assets, within a budget that follows the time they take."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.server.services import copying_plan
from asyncsdk.server.services.copying_plan import LAST, Budget, Plan, plan_batch

weights = st.lists(st.integers(1, 50), max_size=30)


def planned(rows, budget, *, chosen=None, after=0, last=LAST):
    """Run the plan on assets at positions 1, 2, … that stand for so many rows each."""
    work = plan_batch(
        1, after=after, last=last, budget=budget, chosen=chosen, with_tags=False, with_annotations=True
    )
    params = next(work).params
    at = dict(enumerate(rows, 1))
    if chosen is None:
        found = [place for place in at if params["after"] < place <= params["last"]][: params["most"]]
    else:
        found = [place for place in json.loads(params["positions"]) if place in at]
    try:
        work.send([{"position": place, "rows": at[place]} for place in found])
    except StopIteration as stop:
        return stop.value


@given(weights, st.integers(1, 120), st.integers(1, 12), st.booleans(), st.data())
def test_steps_take_every_asset_once_in_order_and_keep_to_the_budget(rows, most, assets, is_chosen, data):
    budget = Budget(rows=most, assets=assets)
    every = range(1, len(rows) + 1)
    chosen = sorted(data.draw(st.sets(st.sampled_from([*every, 100, 101])))) if is_chosen else None
    taken, after, plan = [], 0, None
    while plan is None or not plan.done:
        plan = planned(rows, budget, chosen=chosen, after=after)
        assert plan.rows == sum(rows[place - 1] for place in plan.positions)
        assert plan.rows <= most or len(plan.positions) == 1
        assert len(plan.positions) <= assets
        assert plan.done or plan.upto > after
        taken += plan.positions
        after = plan.upto
    assert taken == [place for place in every if chosen is None or place in chosen]


def test_positions_after_the_last_one_do_not_count():
    plan = planned([1] * 9, Budget(), last=4)
    assert (plan.positions, plan.upto, plan.done) == ([1, 2, 3, 4], 4, True)


def plan_of(rows, assets):
    return Plan(positions=range(assets), upto=assets, rows=rows, done=False)


def test_a_slow_step_makes_the_next_one_smaller_at_once_a_quick_one_larger_by_and_by():
    aim = copying_plan.AIM_S
    assert Budget(rows=8000).after(plan_of(8000, 100), 4 * aim) == Budget(rows=2000, assets=200)
    assert Budget(rows=8000).after(plan_of(8000, 100), aim / 4).rows == 10_000
    assert Budget(rows=8000).after(plan_of(10, 3), aim / 50) == Budget(rows=8000, assets=10)


def test_a_budget_stays_between_its_bounds():
    slow = fast = Budget()
    for _ in range(50):
        slow = slow.after(plan_of(slow.rows, 1), 1000)
        fast = fast.after(plan_of(fast.rows, fast.assets), 0)
    assert (slow.rows, slow.assets) == (copying_plan.LEAST_ROWS, 10)
    assert fast.rows == copying_plan.MOST_ROWS
