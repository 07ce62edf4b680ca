"""Which asset of a sample goes to which part: the options decide how it is cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from asyncsdk.resources.partitioning import cut, generator_of, shuffled, sizes, stable_parts
from asyncsdk.resources.split_options import SplitOptions
from asyncsdk.resources.split_sample import Sample
from asyncsdk.resources.stratifying import Unit, allot

__all__ = ["parts_of"]


def parts_of(sample: Sample, options: SplitOptions) -> list[list[int]]:
    """Return the places of the assets in each part.

    A stable split keeps the platform's order in the parts, every other one the seed's.
    """
    count, ratios = len(sample.records), options.ratios
    if options.stable:
        parts = stable_parts(_keys(sample), ratios, options.seed)
        return _gathered(range(count), parts, len(ratios))
    generator = generator_of(options.seed)
    order = shuffled(count, generator)
    if not options.stratify and options.group_by is None:
        return cut(order, ratios)
    members = _members(sample, order)
    units = [_unit(sample, places, stratify=options.stratify) for places in members]
    parts = [-1] * count
    for places, part in zip(members, allot(units, sizes(ratios, count), generator), strict=True):
        for place in places:
            parts[place] = part
    return _gathered(order, parts, len(ratios))


def _keys(sample: Sample) -> Iterable[str]:
    """Name what a stable part depends on: the group, or else the data, which is the same in all versions."""
    for record, group in zip(sample.records, sample.groups, strict=True):
        yield f"data {record.data.id}" if group is None else f"group {group}"


def _members(sample: Sample, order: Iterable[int]) -> list[list[int]]:
    """Return the places of each group; an asset without a group is one of its own."""
    groups: dict[str | int, list[int]] = {}
    for place in order:
        group = sample.groups[place]
        groups.setdefault(place if group is None else group, []).append(place)
    return list(groups.values())


def _unit(sample: Sample, places: Sequence[int], *, stratify: bool) -> Unit:
    if not stratify:
        return Unit(len(places), {})
    labels = chain.from_iterable(sample.label_counts[place] for place in places)
    return Unit(len(places), Counter(label_id for label_id, _ in labels))


def _gathered(order: Iterable[int], parts: Sequence[int], number: int) -> list[list[int]]:
    gathered: list[list[int]] = [[] for _ in range(number)]
    for place in order:
        gathered[parts[place]].append(place)
    return gathered
