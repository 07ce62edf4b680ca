"""What splits of a dataset version are made from, and what they tell of labels."""

from __future__ import annotations

from typing import TypedDict

import attrs

from asyncsdk.records.datasets import AssetRecord

__all__ = ["COUNTING_ORDER", "CountedAsset", "LabelCount", "LabelRepartition"]

COUNTING_ORDER = (
    "rectangles",
    "classifications",
    "points",
    "polygons",
    "lines",
    "keypoints",
    "masks",
    "tracks",
)
"""Kinds of shapes in the order in which their labels are counted, and so first met."""

LabelCount = tuple[str, int]
"""Id of a label, and how often something carries it."""


class LabelRepartition(TypedDict):
    """How often each label is used; a plain dict, ready for a bar chart."""

    x: list[str]
    """Names of labels that are used."""

    y: list[int]
    """How many shapes and tracks carry the label at the same place of `x`."""


@attrs.frozen(kw_only=True)
class CountedAsset:
    """An asset with the labels of its newest annotation, counted by the platform."""

    asset: AssetRecord
    label_counts: tuple[LabelCount, ...] | None
    """In counting order; `None` where the asset has no annotation."""
