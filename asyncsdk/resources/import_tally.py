"""What the platform has answered to an import so far."""

from __future__ import annotations

from collections.abc import Mapping

from asyncsdk.formats.import_result import ImportResult
from asyncsdk.records import codec
from asyncsdk.records.compressed import CompressedItems

__all__ = ["ImportTally"]

_MOST_COUNTED = 20_000
"""Annotations that the result holds while more is sent: a hundred and fifty bytes each."""


class ImportTally:
    """Takes answers in, and puts them into the result in the end; of very many, all but the first wait compressed.

    Args:
        result: takes the answers.
    """

    def __init__(self, result: ImportResult) -> None:
        self._result = result
        self._waiting = CompressedItems()

    def take(self, answer: Mapping[str, int]) -> None:
        """Take in an answer."""
        if len(self._result) + len(answer) <= _MOST_COUNTED and not self._waiting:
            self._result.take(answer)
        else:
            self._waiting.append(codec.encode(answer))

    def finish(self) -> ImportResult:
        """Return the result, with all answers in it, in the order in which they came."""
        for answer in self._waiting:
            self._result.take(codec.decode(answer, dict[str, int]))
        self._waiting = CompressedItems()
        return self._result
