"""Stratified and grouped parts: exact sizes, groups that stay together, labels spread by their shares."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncsdk.resources.partitioning import check_ratios, cut, generator_of, shuffled, sizes
from asyncsdk.resources.stratifying import Unit, allot

RATIOS = st.lists(st.integers(0, 20), min_size=2, max_size=5).filter(any)
LABELS = st.sets(st.sampled_from("abcdefg"), max_size=4)


def of_assets(labels):
    return [Unit(1, dict.fromkeys(one, 1)) for one in labels]


def in_parts(units, parts, number):
    """Return how often each label is in each part."""
    found = [Counter() for _ in range(number)]
    for unit, part in zip(units, parts, strict=True):
        found[part].update(unit.labels)
    return found


def distances(found, shares):
    """Return how far each label's count in each part is from its share."""
    whole = sum(found, Counter())
    return [
        abs(count[label] - share * whole[label])
        for label in whole
        for count, share in zip(found, shares, strict=True)
    ]


def worst(found, shares):
    return max(distances(found, shares))


def squares(found, shares):
    return sum(distance**2 for distance in distances(found, shares))


@settings(deadline=None)
@given(RATIOS, st.lists(LABELS, max_size=60), st.integers())
def test_sizes_are_exact(ratios, labels, seed):
    targets = sizes(check_ratios(ratios), len(labels))
    parts = allot(of_assets(labels), targets, generator_of(seed))
    assert [parts.count(part) for part in range(len(targets))] == targets
    assert parts == allot(of_assets(labels), targets, generator_of(seed))


@settings(deadline=None)
@given(RATIOS, st.lists(st.sampled_from("abcde"), min_size=1, max_size=80), st.integers())
def test_single_labels_are_spread_by_their_shares(ratios, labels, seed):
    """Each label rounds by less than one; what rounding leaves over falls to the labels after it."""
    units, shares = of_assets(map(set, labels)), check_ratios(ratios)
    targets = sizes(shares, len(units))
    parts = allot(units, targets, generator_of(seed))
    exact = [target / len(units) for target in targets]
    assert worst(in_parts(units, parts, len(targets)), exact) < len(set(labels))


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(2, 5), st.integers())
def test_what_can_be_balanced_exactly_is(first, second, number, seed):
    """Multiples of the number of parts: every part gets the same."""
    units = of_assets([{"a"}] * first * number + [{"b"}] * second * number)
    targets = [first + second] * number
    found = in_parts(units, allot(units, targets, generator_of(seed)), number)
    assert found == [Counter(a=first, b=second)] * number


@pytest.mark.parametrize("seed", range(5))
def test_many_labels_are_spread_far_better_than_by_chance(seed):
    generator = random.Random(seed)
    names = [f"{number:02}" for number in range(40)]
    weights = [1 / (1 + rank) for rank in range(40)]
    labels = [set(generator.choices(names, weights, k=generator.randint(0, 5))) for _ in range(2000)]
    units, shares = of_assets(labels), check_ratios([0.64, 0.16, 0.2])
    targets = sizes(shares, len(units))
    ours = in_parts(units, allot(units, targets, generator_of(seed)), 3)
    chance = [0] * len(units)
    for part, places in enumerate(cut(shuffled(len(units), generator_of(seed)), shares)):
        for place in places:
            chance[place] = part
    theirs = in_parts(units, chance, 3)
    assert squares(ours, shares) < squares(theirs, shares) / 20
    assert worst(ours, shares) < worst(theirs, shares) / 2


@settings(max_examples=60, deadline=None)
@given(
    RATIOS,
    st.lists(
        st.builds(
            lambda size, labels: Unit(size, {label: min(size, n) for label, n in labels.items()}),
            st.integers(1, 9),
            st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9)),
        ),
        max_size=40,
    ),
    st.integers(),
)
def test_groups_exceed_a_part_by_less_than_one_of_them(ratios, units, seed):
    count = sum(unit.size for unit in units)
    targets = sizes(check_ratios(ratios), count)
    parts = allot(units, targets, generator_of(seed))
    got = Counter(dict.fromkeys(range(len(targets)), 0))
    for unit, part in zip(units, parts, strict=True):
        got[part] += unit.size
    largest = max((unit.size for unit in units), default=1)
    for part, target in enumerate(targets):
        assert got[part] < target + largest
        assert target or not got[part]


def test_equal_parts_are_chosen_between_by_the_generator():
    one = of_assets([{"a"}, set(), set()])
    firsts = {allot(one, [1, 1, 1], generator_of(seed))[0] for seed in range(40)}
    assert firsts == {0, 1, 2}
