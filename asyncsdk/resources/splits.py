"""Splitting a dataset version into parts, and counting the labels of each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping

import attrs

from asyncsdk.records.splits import LabelRepartition
from asyncsdk.resources.asset import MultiAsset
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.label import Label
from asyncsdk.resources.labelling import list_labels
from asyncsdk.resources.split_options import SplitOptions
from asyncsdk.resources.split_parts import parts_of
from asyncsdk.resources.split_sample import Sample, read_sample

__all__ = ["Split", "repartition", "split_version"]


@attrs.frozen
class Split:
    """A version in parts.

    Attributes:
        parts: the assets of each part.
        counts: label name to the number of its uses, for each part.
        labels: all labels of the version.
    """

    parts: list[MultiAsset]
    counts: list[dict[str, int]]
    labels: list[Label]


async def split_version(connection: Connection, version_id: str, options: SplitOptions) -> Split:
    """Read the assets of a version and split them.

    Raises:
        NoDataError: there is nothing to split.
        NotSupportedError: assets are grouped by data source, and the platform does not tell it.
    """
    sample = await read_sample(connection, version_id, options)
    # after the assets: a label that is missing here was deleted meanwhile, and its shapes with it
    labels = await list_labels(connection, version_id)
    names = {label.id: label.name for label in labels}
    parts, counts = await asyncio.to_thread(_split, sample, options, names)
    return Split(
        [MultiAsset(connection, [sample.records[place] for place in part], version_id) for part in parts],
        counts,
        [Label(connection, record, version_id) for record in labels],
    )


def repartition(counts: Mapping[str, int]) -> LabelRepartition:
    """Return counts as names and numbers side by side."""
    return {"x": list(counts), "y": list(counts.values())}


def _split(
    sample: Sample, options: SplitOptions, names: Mapping[str, str]
) -> tuple[list[list[int]], list[dict[str, int]]]:
    parts = parts_of(sample, options)
    return parts, [_count(sample, part, names) for part in parts]


def _count(sample: Sample, part: Iterable[int], names: Mapping[str, str]) -> dict[str, int]:
    """Count by label name, in the order of first appearance."""
    found: Counter[str] = Counter()
    for place in part:
        for label_id, count in sample.label_counts[place]:
            found[label_id] += count
    return {names[label_id]: count for label_id, count in found.items() if label_id in names}
