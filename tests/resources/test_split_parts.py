"""Parts of a sample, whatever the options: nothing lost, nothing doubled, groups whole, stable under growth."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

from hypothesis import given, settings
from hypothesis import strategies as st

from asyncsdk.resources.partitioning import sizes
from asyncsdk.resources.split_options import split_options
from asyncsdk.resources.split_parts import parts_of
from asyncsdk.resources.split_sample import Sample

COUNTS = [(), (("a", 1),), (("a", 2), ("b", 1)), (("b", 3), ("c", 1)), (("c", 1), ("a", 1), ("b", 1))]
ASSETS = st.lists(
    st.tuples(st.sampled_from(COUNTS), st.sampled_from([None, "x", "y", "z"])), min_size=1, max_size=30
)


def sample_of(assets):
    records = [SimpleNamespace(data=SimpleNamespace(id=f"{number}")) for number in range(len(assets))]
    return Sample(records, [counts for counts, _ in assets], [group for _, group in assets])


@st.composite
def options(draw, **fixed):
    ways = draw(st.sampled_from([(False, False), (True, False), (False, True)]))
    chosen = {
        "stratify": ways[0],
        "stable": ways[1],
        "group_by": draw(st.sampled_from([None, "data_source"])),
    }
    ratios = draw(st.lists(st.integers(0, 5), min_size=2, max_size=5).filter(any))
    seed = draw(st.integers() | st.text())
    return split_options(ratios, seed=seed, page_size=None, annotated_only=True, **chosen | fixed)


def without_groups(sample):
    return Sample(sample.records, sample.label_counts, [None] * len(sample.records))


@settings(deadline=None)
@given(ASSETS.map(sample_of), options())
def test_nothing_is_lost_or_doubled_and_groups_stay_whole(sample, chosen):
    if chosen.group_by is None:
        sample = without_groups(sample)
    count = len(sample.records)
    parts = parts_of(sample, chosen)
    assert sorted(place for part in parts for place in part) == list(range(count))
    assert parts == parts_of(sample, chosen)
    assert all(ratio or not part for ratio, part in zip(chosen.ratios, parts, strict=True))
    homes = Counter(group for part in parts for group in {sample.groups[place] for place in part} - {None})
    assert all(number == 1 for number in homes.values())
    if not chosen.stable:
        members = Counter(sample.groups)
        largest = max([1, *(members[group] for group in members if group is not None)])
        for part, target in zip(parts, sizes(chosen.ratios, count), strict=True):
            assert len(part) < target + largest


@settings(deadline=None)
@given(ASSETS.map(sample_of), options(group_by=None, stable=False))
def test_without_groups_sizes_are_those_of_the_boundaries(sample, chosen):
    parts = parts_of(without_groups(sample), chosen)
    assert list(map(len, parts)) == sizes(chosen.ratios, len(sample.records))


@settings(deadline=None)
@given(ASSETS.map(sample_of), options(stratify=False, stable=True), st.data())
def test_stable_parts_stay_when_assets_come_and_go(sample, chosen, data):
    kept = sorted(data.draw(st.sets(st.sampled_from(range(len(sample.records))), min_size=1)))
    some = Sample(
        *(
            [column[place] for place in kept]
            for column in (sample.records, sample.label_counts, sample.groups)
        )
    )
    whole = [set(part) for part in parts_of(sample, chosen)]
    for before, part in zip(whole, parts_of(some, chosen), strict=True):
        assert {kept[place] for place in part} <= before
