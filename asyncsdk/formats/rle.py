"""Run lengths of masks as COCO keeps them: text and numbers, area, box and union, without any bitmap.

Pixels are counted column by column, each from top to bottom: so many off, so many on, so many off...
A mask that starts with a pixel that is on starts with 0. As text, each number from the fourth on is
written as its difference to the one two places before, in groups of five bits, the lowest first; a
character is 48 plus the group, plus 32 where more groups follow; the highest bit of the last group
gives the sign. So does the COCO API, see `rleToString` and `rleFrString` in
https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asyncsdk.formats.objects import RunLengths

__all__ = ["RunLengthsError", "area", "bounding_box", "check_size", "compressed", "plain", "spans", "union"]

_MOST_PIXELS = 2**32 - 1  # the COCO API counts in 32 bits
_MOST_GROUPS = 7  # of five bits: enough for any difference of two such counts
_FIRST_CHARACTER = 48
_MORE = 32
_SIGN = 16


class RunLengthsError(ValueError):
    """Run lengths that break the rules of the format; the text says which."""


def plain(mask: RunLengths) -> RunLengths:
    """Return the mask with its counts as numbers, checked.

    Runs without pixels, other than the first, are joined with their neighbours, so that a mask has
    one form only.

    Raises:
        RunLengthsError: a size out of range, characters that are none of the format's, negative
            counts, or counts that do not add up to height times width.

    Example:
        >>> plain(RunLengths(2, 3, "132")).counts
        (1, 3, 2)
    """
    return RunLengths(mask.height, mask.width, _counts(mask))


def compressed(mask: RunLengths) -> RunLengths:
    """Return the mask with its counts as text, checked.

    Raises:
        RunLengthsError: as `plain` does.

    Example:
        >>> compressed(RunLengths(2, 3, (1, 3, 2))).counts
        '132'
    """
    counts = _counts(mask)
    text = "".join(
        _encoded(count - counts[index - 2] if index > 2 else count) for index, count in enumerate(counts)
    )
    return RunLengths(mask.height, mask.width, text)


def area(mask: RunLengths) -> int:
    """Return how many pixels are on.

    Raises:
        RunLengthsError: as `plain` does.
    """
    return sum(_counts(mask)[1::2])


def bounding_box(mask: RunLengths) -> tuple[int, int, int, int]:
    """Return the smallest box around the pixels that are on: x, y, width, height, all 0 where none is.

    Raises:
        RunLengthsError: as `plain` does.
    """
    columns: list[int] = []
    rows: list[int] = []
    for start, end in spans(mask):
        first, last = divmod(start, mask.height), divmod(end - 1, mask.height)
        columns += first[0], last[0]
        rows += (first[1], last[1]) if first[0] == last[0] else (0, mask.height - 1)
    if not columns:
        return 0, 0, 0, 0
    left, top = min(columns), min(rows)
    return left, top, max(columns) - left + 1, max(rows) - top + 1


def union(masks: Iterable[RunLengths]) -> RunLengths:
    """Return a mask of the pixels that are on in any of the masks.

    Args:
        masks: at least one, all of one size.

    Raises:
        RunLengthsError: as `plain` does, no mask, or masks of several sizes.
    """
    every = list(masks)
    sizes = {(mask.height, mask.width) for mask in every}
    if len(sizes) != 1:
        raise RunLengthsError("a union wants masks of one size")
    height, width = sizes.pop()
    counts: list[int] = []
    done = 0
    for start, end in sorted(span for mask in every for span in spans(mask)):
        if counts and start <= done:
            counts[-1] += max(0, end - done)
        else:
            counts += start - done, end - start
        done = max(done, end)
    if done < height * width:
        counts.append(height * width - done)
    return RunLengths(height, width, tuple(counts))


def check_size(height: int, width: int) -> int:
    """Return the number of pixels of a mask of this size.

    Raises:
        RunLengthsError: there are none, or more than the format can count.
    """
    if height < 1 or width < 1 or height * width > _MOST_PIXELS:
        raise RunLengthsError(f"size {height} x {width} is not between 1 and {_MOST_PIXELS} pixels")
    return height * width


def _counts(mask: RunLengths) -> tuple[int, ...]:
    """Return the checked counts of a mask as numbers."""
    numbers = _decoded(mask.counts) if isinstance(mask.counts, str) else mask.counts
    return _joined(numbers, check_size(mask.height, mask.width))


def _joined(numbers: Iterable[int], pixels: int) -> tuple[int, ...]:
    """Return checked counts in which runs that no pixel parts are one."""
    counts: list[int] = []
    left = pixels
    for index, number in enumerate(numbers):
        if not 0 <= number <= left:
            raise RunLengthsError(f"count {index} is {number}, but {left} pixels are left")
        left -= number
        if len(counts) % 2 != index % 2:
            counts[-1] += number
        elif number or not counts:
            counts.append(number)
    if left:
        raise RunLengthsError(f"the counts leave out {left} of {pixels} pixels")
    return tuple(counts)


def spans(mask: RunLengths) -> Iterator[tuple[int, int]]:
    """Yield first pixel and end of each run that is on, counted column by column."""
    position = 0
    for index, count in enumerate(_counts(mask)):
        if index % 2:
            yield position, position + count
        position += count


def _decoded(text: str) -> Iterator[int]:
    """Yield the numbers of compressed counts."""
    before = (0, 0)  # the number one place and the number two places back
    for index, difference in enumerate(_differences(text)):
        number = difference + (before[1] if index > 2 else 0)
        yield number
        before = (number, before[0])


def _differences(text: str) -> Iterator[int]:
    """Yield the numbers as they are written."""
    number = groups = 0
    for position, character in enumerate(text):
        code = ord(character) - _FIRST_CHARACTER
        if not 0 <= code < 2 * _MORE:
            raise RunLengthsError(
                f"character {position} of the counts is {character!r}, which is none of the format"
            )
        number |= (code % _MORE) << 5 * groups
        groups += 1
        if groups > _MOST_GROUPS:
            raise RunLengthsError(f"the number that ends at character {position} of the counts is too large")
        if code < _MORE:
            yield number - (1 << 5 * groups) if code & _SIGN else number
            number = groups = 0
    if groups:
        raise RunLengthsError("the counts end within a number")


def _encoded(number: int) -> str:
    """Return one number as text."""
    text = ""
    while True:
        group, number = number % _MORE, number >> 5
        if number == (-1 if group & _SIGN else 0):
            return text + chr(_FIRST_CHARACTER + group)
        text += chr(_FIRST_CHARACTER + _MORE + group)
