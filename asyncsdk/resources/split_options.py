"""How a dataset version is to be split: the arguments of the split methods, checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.resources.arguments import check_count
from asyncsdk.resources.partitioning import check_ratios, check_seed
from asyncsdk.resources.split_grouping import GroupBy, check_group_by

__all__ = ["SplitOptions", "split_options"]


@attrs.frozen(kw_only=True)
class SplitOptions:
    """How to split.

    Attributes:
        ratios: shares of the whole.
        seed: of the random order, or of the hash.
        page_size: assets per request.
        stratify: keep the distribution of labels.
        group_by: what assets of one part have in common.
        stable: a part depends on the asset alone.
        annotated_only: leave assets without annotation out.
    """

    ratios: list[float]
    seed: Any
    page_size: int | None
    stratify: bool
    group_by: GroupBy | None
    stable: bool
    annotated_only: bool


def split_options(
    ratios: Iterable[float],
    *,
    number: int | None = None,
    seed: Any,
    page_size: int | None,
    stratify: bool,
    group_by: GroupBy | None,
    stable: bool,
    annotated_only: bool,
) -> SplitOptions:
    """Return the options that arguments describe.

    Raises:
        InvalidArgumentError: an argument is wrong, or two do not go together.
    """
    if stable and stratify:
        raise InvalidArgumentError(
            "stable and stratify do not go together: with stable=True an asset's part depends on nothing but "
            "itself, with stratify=True on the labels of all others"
        )
    return SplitOptions(
        ratios=check_ratios(ratios, number=number),
        seed=check_seed(seed),
        page_size=check_count(page_size, "load_asset_page_size", least=1),
        stratify=stratify,
        group_by=check_group_by(group_by),
        stable=stable,
        annotated_only=annotated_only,
    )
