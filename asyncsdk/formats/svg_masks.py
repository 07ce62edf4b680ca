"""Masks as SVG paths, as coarse as a thumbnail."""

from __future__ import annotations

from collections import defaultdict

from asyncsdk.formats.objects import RunLengths
from asyncsdk.formats.rle import spans

__all__ = ["mask_path"]

_COLUMNS = 160
"""A mask is drawn in no more columns."""


def mask_path(mask: RunLengths) -> str:
    """Return the data of an SVG path that covers a mask, in pixels of the image.

    Of a wide mask every n-th column is drawn, n columns wide, and gaps of fewer than n pixels are closed.

    Raises:
        RunLengthsError: the run lengths are broken.

    Example:
        >>> mask_path(RunLengths(2, 3, (1, 3, 2)))
        'M0 1h1v1h-1zM1 0h1v2h-1z'
    """
    step = -(-max(mask.width, mask.height) // _COLUMNS)
    columns: dict[int, list[list[int]]] = defaultdict(list)
    for start, end in spans(mask):
        first = -(-(start // mask.height) // step) * step
        for column in range(first, -(-end // mask.height), step):
            top = max(start - column * mask.height, 0)
            bottom = min(end - column * mask.height, mask.height)
            if top < bottom:
                _add(columns[column], top, bottom, step)
    return "".join(
        f"M{column} {top}h{step}v{bottom - top}h-{step}z"
        for column, runs in columns.items()
        for top, bottom in runs
    )


def _add(runs: list[list[int]], top: int, bottom: int, step: int) -> None:
    if runs and top - runs[-1][1] < step:
        runs[-1][1] = bottom
    else:
        runs.append([top, bottom])
