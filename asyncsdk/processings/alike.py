"""Groups of images that look alike, found without comparing every two."""

from __future__ import annotations

from collections.abc import Iterator

from asyncsdk.processings.looks import BITS, Look, distance

__all__ = ["MOST_THRESHOLD", "LookIndex"]

MOST_THRESHOLD = 31


class LookIndex:
    """Finds the group of images that an image looks like.

    Only the first image of each group is kept, so that groups do not grow by chains of small steps,
    and the outcome follows from the order alone. A hash is cut into one band more than bits may differ: two
    near ones have at least one band in common (the pigeonhole principle), and only those are compared.

    Args:
        threshold: most bits of 128 by which two images may differ, 0 to 31.

    Example:
        >>> index = LookIndex(2)
        >>> [index.place(Look(bits, (9, 9, 9), 1)) for bits in (0b0000, 0b1111, 0b0011)]
        [0, 1, 0]
    """

    def __init__(self, threshold: int) -> None:
        self._threshold = threshold
        self._kept: list[Look] = []
        self._bands: dict[tuple[int, int], list[int]] = {}

    def place(self, look: Look) -> int:
        """Add the next image, and return the number of its group: a new one when it looks like no other."""
        keys = list(self._keys(look.hash))
        candidates = {known for key in keys for known in self._bands.get(key, ())}
        near = min(((distance(look, self._kept[known]), known) for known in candidates), default=(BITS, -1))
        if near[0] <= self._threshold:
            return near[1]
        number = len(self._kept)
        self._kept.append(look)
        for key in keys:
            self._bands.setdefault(key, []).append(number)
        return number

    def _keys(self, bits: int) -> Iterator[tuple[int, int]]:
        bands = self._threshold + 1
        for band in range(bands):
            start, end = BITS * band // bands, BITS * (band + 1) // bands
            yield band, bits >> start & ((1 << (end - start)) - 1)
