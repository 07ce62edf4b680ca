"""Cutting a sequence into parts by ratios: pure functions of numbers, ratios and a seed.

Two ways: `shuffled` and `boundaries` give the split of the published client, the same for a seed on every
version of Python; `stable_parts` looks at nothing but each key, so that a key's part stays what it is while
other keys come and go.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import Any

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.resources.arguments import as_list

__all__ = [
    "boundaries",
    "check_ratios",
    "check_seed",
    "check_share",
    "cut",
    "generator_of",
    "running_sums",
    "shuffled",
    "sizes",
    "stable_parts",
]

_POINTS = 2**64
"""Hash values that a key can have."""

_LEAST_RATIOS = 2


def check_share(value: Any, what: str) -> float:
    """Return a share of the whole.

    Raises:
        InvalidArgumentError: it is no number of 0 to 1.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InvalidArgumentError(f"{what} must be a number from 0 to 1, got {value!r}")
    return float(value)


def check_ratios(values: Iterable[float], *, number: int | None = None) -> list[float]:
    """Return ratios, each divided by their sum.

    Args:
        values: the ratios; 0 makes an empty part.
        number: how many there must be; at least two without it.

    Raises:
        InvalidArgumentError: there are too few, one is no number, negative or infinite, or all are 0.
    """
    given = as_list(values)
    if number is not None and len(given) != number:
        raise InvalidArgumentError(f"ratios: expected {number}, got {len(given)}")
    if len(given) < _LEAST_RATIOS:
        raise InvalidArgumentError(f"ratios: expected at least {_LEAST_RATIOS}, got {len(given)}")
    ratios = [_check_ratio(value) for value in given]
    whole = list(running_sums(ratios))[-1]
    if not 0 < whole < math.inf:
        raise InvalidArgumentError(f"ratios: their sum must be a finite number above 0, got {given!r}")
    return [ratio / whole for ratio in ratios]


def _check_ratio(value: Any) -> float:
    try:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= float(value) < math.inf:
            return float(value)
    except OverflowError:  # an integer beyond every float
        pass
    raise InvalidArgumentError(f"ratios: {value!r} is not a finite number of 0 or more")


def running_sums(values: Iterable[float]) -> Iterator[float]:
    """Give the sum of the first value, of the first two, and so on.

    Sums are compensated (A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
    Summen", ZAMM 54, 1974), bit for bit as the built-in `sum` does it from Python 3.12 on.
    """
    total, lost = 0.0, 0.0
    for value in values:
        larger = total + value
        lost += (total - larger) + value if abs(total) >= abs(value) else (value - larger) + total
        total = larger
        yield total + lost if math.isfinite(lost) else total


def boundaries(ratios: Sequence[float], count: int) -> list[int]:
    """Return where each part ends: the whole number below its cumulative share.

    The last part that has a ratio goes to the end, so that rounding leaves nothing out.

    Args:
        ratios: shares of the whole, as from `check_ratios`.
        count: how many there are to be cut.
    """
    last = max(place for place, ratio in enumerate(ratios) if ratio > 0)
    ends = [min(int(share * count), count) for share in running_sums(ratios)]
    return ends[:last] + [count] * (len(ends) - last)


def sizes(ratios: Sequence[float], count: int) -> list[int]:
    """Return how many of `count` each part gets."""
    return [end - start for start, end in pairwise([0, *boundaries(ratios, count)])]


def cut(order: list[int], ratios: Sequence[float]) -> list[list[int]]:
    """Cut a list at the boundaries of the ratios."""
    return [order[start:end] for start, end in pairwise([0, *boundaries(ratios, len(order))])]


def check_seed(seed: Any) -> Any:
    """Return a seed that gives the same numbers each time.

    Raises:
        InvalidArgumentError: it does not.
    """
    if seed is not None and not isinstance(seed, int | float | str | bytes | bytearray):
        raise InvalidArgumentError(
            f"random_seed: {seed!r} is none of int, float, str, bytes, bytearray and None"
        )
    if isinstance(seed, float) and math.isnan(seed):
        raise InvalidArgumentError("random_seed: not-a-number gives other numbers each time")
    if isinstance(seed, str):
        try:
            seed.encode()
        except UnicodeEncodeError as error:
            raise InvalidArgumentError(f"random_seed: {error}") from error
    return seed


def generator_of(seed: Any) -> random.Random:
    """Return a generator of its own for a checked seed; Python's global one is not touched."""
    return random.Random(seed)  # noqa: S311 - no secrets


def shuffled(count: int, generator: random.Random) -> list[int]:
    """Return the numbers from 0 in the generator's order."""
    order = list(range(count))
    generator.shuffle(order)
    return order


def stable_parts(keys: Iterable[str], ratios: Sequence[float], seed: Any) -> list[int]:
    """Return the part of each key, which depends on the key, the ratios and the seed alone.

    SHA-256 of seed and key is a point on a line, which the cumulative ratios cut into parts. With other
    ratios only those keys change their part whose points a boundary passes.

    Args:
        keys: the keys.
        ratios: shares of the whole, as from `check_ratios`.
        seed: a checked seed; `None` counts as one too.
    """
    start = sha256(_seed_bytes(seed)).digest()
    ends = boundaries(ratios, _POINTS)

    def part_of(key: str) -> int:
        point = sha256(start + key.encode("utf-8", "surrogatepass")).digest()[:8]
        return bisect_right(ends, int.from_bytes(point, "big"))

    return [part_of(key) for key in keys]


def _seed_bytes(seed: Any) -> bytes:
    """Return bytes that are others for other seeds."""
    match seed:
        case None:
            return b""
        case int():
            return b"int:" + hex(seed).encode()
        case float():
            return b"float:" + float.hex(seed).encode()
        case str():
            return b"str:" + seed.encode()
        case _:
            return b"bytes:" + bytes(seed)
