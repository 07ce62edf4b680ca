"""Sharing work in proportion to weights: whose turn it is, always the same for the same weights."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from fractions import Fraction

import attrs

__all__ = ["LARGEST_WEIGHT", "LEAST_WEIGHT", "Turns", "cycle_of"]

LEAST_WEIGHT, LARGEST_WEIGHT = 1e-6, 1e6
_LONGEST_CYCLE = 10_000
_FINEST = 1000


@attrs.define
class Turns:
    """Gives assignments of one step to its assignees, one after the other.

    Attributes:
        step: `seq` of the step.
        users: `seq` of the users in one cycle of turns; empty where nobody is assigned.
        dealt: assignments that were given so far.
    """

    step: int
    users: Sequence[int]
    dealt: int

    def take(self) -> int | None:
        """Return whose turn it is, `None` for nobody; the next call is the next turn."""
        if not self.users:
            return None
        user = self.users[self.dealt % len(self.users)]
        self.dealt += 1
        return user


def cycle_of(weights: Sequence[float]) -> list[int]:
    """Return one cycle of turns, by index of the weight: each has as many as its weight says.

    After every turn the shares are as near to the weights as Webster's method of apportionment brings them:
    the next turn is that of the least `(turns so far + 1/2) / weight`, on a tie that of the first.

    Args:
        weights: numbers from `LEAST_WEIGHT` to `LARGEST_WEIGHT`.

    Example:
        >>> cycle_of([1.0, 2.0])
        [1, 0, 1]
        >>> cycle_of([0.5, 0.5])
        [0, 1]
    """
    shares = _whole(weights)
    queue = [(0.5 / share, index, 0) for index, share in enumerate(shares)]
    heapq.heapify(queue)
    cycle = []
    for _ in range(sum(shares)):
        _, index, turns = queue[0]
        cycle.append(index)
        heapq.heapreplace(queue, ((turns + 1.5) / shares[index], index, turns + 1))
    return cycle


def _whole(weights: Sequence[float]) -> list[int]:
    """Return whole numbers in the proportion of the weights: exactly, or as near as a cycle can be long."""
    if not weights:
        return []
    least = min(weights)
    ratios = [Fraction(weight / least).limit_denominator(_FINEST) for weight in weights]
    factor = math.lcm(*(ratio.denominator for ratio in ratios))
    shares = [int(ratio * factor) for ratio in ratios]
    if sum(shares) <= _LONGEST_CYCLE:
        return shares
    whole = sum(weights)
    return [max(1, round(weight / whole * _LONGEST_CYCLE)) for weight in weights]
