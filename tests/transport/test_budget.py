from __future__ import annotations

from asyncsdk.config import Retry
from asyncsdk.transport.budget import RetryBudget


def spend_all(budget):
    count = 0
    while budget.spend():
        count += 1
    return count


def test_the_floor_is_there_from_the_start_and_comes_back_within_a_minute(time):
    budget = RetryBudget(Retry(budget=0, budget_floor=20), time.clock)
    assert spend_all(budget) == 20
    time.now += 30
    assert spend_all(budget) == 10
    time.now += 3600
    assert spend_all(budget) == 20


def test_requests_earn_their_share_but_only_recent_ones_count(time):
    budget = RetryBudget(Retry(budget=0.25, budget_floor=0), time.clock)
    assert spend_all(budget) == 0
    for _ in range(8):
        budget.earn()
    assert spend_all(budget) == 2
    for _ in range(100_000):
        budget.earn()
    assert spend_all(budget) == 125
