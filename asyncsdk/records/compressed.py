"""Bodies of very many records, compressed in blocks."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from asyncsdk.records.packed_sequence import PackedSequence

__all__ = ["CompressedItems"]

_PER_BLOCK = 64
_LEVEL = 1  # the others take more time than they save room
_BLOCKS_SEEN = 4


class CompressedItems(PackedSequence[bytes]):
    r"""JSON texts without line breaks; what they share with their neighbours takes no room.

    Blocks that were unpacked last are kept so, since neighbours are asked for one after the other.

    Example:
        >>> items = CompressedItems()
        >>> items.append(b'{"id": "1"}')
        >>> items[0]
        b'{"id": "1"}'
    """

    __slots__ = ("_blocks", "_last", "_order", "_seen")

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._last: list[bytes] = []
        self._order: Sequence[int] | None = None
        self._seen: dict[int, list[bytes]] = {}

    def append(self, item: bytes) -> None:
        """Put a text behind the others; not after `arrange`."""
        self._last.append(item)
        if len(self._last) == _PER_BLOCK:
            self._blocks.append(zlib.compress(b"\n".join(self._last), _LEVEL))
            self._last = []

    def arrange(self, order: Sequence[int]) -> None:
        """Put the items into another order.

        Args:
            order: for each place, where the item was when it was appended.
        """
        self._order = order

    def __len__(self) -> int:
        return len(self._blocks) * _PER_BLOCK + len(self._last)

    def _at(self, index: int) -> bytes:
        block, place = divmod(index if self._order is None else self._order[index], _PER_BLOCK)
        return (self._last if block == len(self._blocks) else self._unpacked(block))[place]

    def _unpacked(self, block: int) -> list[bytes]:
        items = self._seen.get(block)
        if items is None:
            items = zlib.decompress(self._blocks[block]).split(b"\n")
            if len(self._seen) >= _BLOCKS_SEEN:
                self._seen.clear()
            self._seen[block] = items
        return items
