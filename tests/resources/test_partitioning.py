"""Cutting by ratios: the published vectors, and what holds for all ratios, sizes and seeds."""

from __future__ import annotations

import math
import random
import sys
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.resources.partitioning import (
    boundaries,
    check_ratios,
    check_seed,
    check_share,
    cut,
    generator_of,
    running_sums,
    shuffled,
    sizes,
    stable_parts,
)

RATIOS = st.lists(st.floats(0, 1e6) | st.integers(0, 100), min_size=2, max_size=8).filter(any)
SEEDS = st.none() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()


@pytest.mark.parametrize(
    ("ratios", "seed", "parts"),
    [
        ([0.8, 1.0 - 0.8], 42, [[7, 3, 2, 8, 5, 6, 9, 4], [0, 1]]),
        ([0.64, 0.16, 0.20], 42, [[7, 3, 2, 8, 5, 6], [9, 4], [0, 1]]),
        ([1, 1, 2], "abc", [[4, 3], [0, 9, 1], [2, 6, 5, 7, 8]]),
    ],
)
def test_published_vectors(ratios, seed, parts):
    assert cut(shuffled(10, generator_of(seed)), check_ratios(ratios)) == parts


def test_boundaries_are_cut_off_not_rounded():
    assert sizes(check_ratios([0.57, 0.43]), 100) == [56, 44]


@pytest.mark.parametrize("ratios", [[70, 20, 10], [1] * 6, [1] * 7, [1] * 10])
@pytest.mark.parametrize("count", [*range(25), 1000])
def test_s2_no_sum_of_floats_loses_an_item(ratios, count):
    found = sizes(check_ratios(ratios), count)
    assert sum(found) == count
    if len(ratios) == 3 and count == 10:
        assert found == [7, 2, 1]  # 7, 2, 0 with the plain sum of Python 3.11


@settings(deadline=None)
@given(RATIOS, st.integers(0, 1000), SEEDS)
def test_nothing_is_lost_and_sizes_are_those_of_the_shares(ratios, count, seed):
    shares = check_ratios(ratios)
    parts = cut(shuffled(count, generator_of(seed)), shares)
    assert sorted(place for part in parts for place in part) == list(range(count))
    whole = sum(map(Fraction, ratios))
    for part, ratio in zip(parts, ratios, strict=True):
        assert abs(len(part) - Fraction(ratio) * count / whole) <= 1
        assert ratio or not part


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=30))
def test_running_sums_are_those_of_newer_pythons(values):
    found = list(running_sums(values))
    for end, got in enumerate(found, 1):
        if sys.version_info >= (3, 12):
            assert got == sum(values[:end])
        elif all(map(math.isfinite, found[:end])):
            # twice the working precision: the error is that of one rounding and a bit of the sum of sizes
            exact = math.fsum(values[:end])
            size = math.fsum(abs(value) / 2**20 for value in values[:end])
            assert abs(got - exact) <= abs(exact) * 2**-52 + size * 2**20 * len(values) ** 2 * 2**-104


@pytest.mark.parametrize(
    "values", [[0.1] * 10, [1e16, 1.0, -1e16], [0.7, 0.2, 0.1], [1.0, 1e100, 1.0, -1e100]]
)
def test_running_sums_are_exact_where_the_plain_sum_is_not(values):
    assert list(running_sums(values))[-1] == math.fsum(values)


@pytest.mark.parametrize(
    "wrong",
    [
        [], [1], 0.5, [0, 0], [1, -1], [1, math.nan], [1, math.inf], [1e308, 1e308], ["1", 2], "12", [True, 1],
        [None, 1], [1, 10**400], [1, 1j],
    ],
)  # fmt: skip
def test_ratios_that_are_none_are_refused(wrong):
    with pytest.raises(InvalidArgumentError, match="ratios: "):
        check_ratios(wrong)


def test_a_number_of_ratios_may_be_asked_for():
    with pytest.raises(InvalidArgumentError, match="expected 3, got 2"):
        check_ratios([1, 1], number=3)
    assert check_ratios([1, 1, 2], number=3) == [0.25, 0.25, 0.5]


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan, "0.5", None, True])
def test_shares_lie_between_nothing_and_all(wrong):
    with pytest.raises(InvalidArgumentError, match="prop must be"):
        check_share(wrong, "prop")


@pytest.mark.parametrize("wrong", [(1, 2), [1], object(), math.nan, 1j, "\ud800"])
def test_seeds_that_repeat_nothing_are_refused(wrong):
    with pytest.raises(InvalidArgumentError, match="random_seed: "):
        check_seed(wrong)


@pytest.mark.parametrize("seed", [0, -3, 2**5000, 1.5, math.inf, "", "é", b"x", bytearray(b"x"), True])
def test_a_seed_gives_the_same_each_time(seed):
    assert check_seed(seed) is seed
    orders = {tuple(shuffled(20, generator_of(seed))) for _ in range(2)}
    expected = list(range(20))
    random.Random(seed).shuffle(expected)
    assert orders == {tuple(expected)}
    keys = [f"{number}" for number in range(20)]
    assert stable_parts(keys, [0.5, 0.5], seed) == stable_parts(keys, [0.5, 0.5], seed)


@settings(deadline=None)
@given(RATIOS, st.lists(st.text(), unique=True, min_size=1, max_size=30), st.data(), SEEDS)
def test_stable_parts_stay_under_growth(ratios, keys, data, seed):
    shares = check_ratios(ratios)
    parts = dict(zip(keys, stable_parts(keys, shares, seed), strict=True))
    some = data.draw(st.lists(st.sampled_from(keys), unique=True))
    assert stable_parts(some, shares, seed) == [parts[key] for key in some]
    assert all(shares[part] > 0 for part in parts.values())


@settings(deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), SEEDS)
def test_stable_parts_move_only_over_a_boundary(less, more, seed):
    less, more = sorted((less, more))
    keys = [f"{number}" for number in range(100)]
    before, after = (stable_parts(keys, check_ratios([n, 10 - n]), seed) for n in (less, more))
    assert all(new <= old for old, new in zip(before, after, strict=True))


def test_stable_parts_have_their_shares_and_differ_by_seed():
    keys = [f"{number}" for number in range(10_000)]
    found = [stable_parts(keys, check_ratios([0.64, 0.16, 0.2]), seed) for seed in (None, 1, 1.0, "1", b"1")]
    for parts in found:
        # five standard deviations; the hash is fixed, so this holds or it does not
        assert abs(parts.count(0) - 6400) < 240
        assert abs(parts.count(1) - 1600) < 185
    assert len({tuple(parts) for parts in found}) == len(found)


def test_stable_parts_are_the_same_for_ever():
    keys = [f"data {number}" for number in range(16)]
    assert stable_parts(keys, [0.5, 0.25, 0.25], 42) == [1, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0]


def test_no_boundary_lies_beyond_the_end():
    shares = check_ratios([1 / 3] * 3 + [0])
    assert boundaries(shares, 2**64)[2:] == [2**64, 2**64]
