"""COCO files as JSON, read once and piece by piece: the top level is walked, its elements are decoded in slices.

A slice is the part of the window that seems to end with an element: decoded as an array, it proves whether it does,
as no cut within an element leaves an array. What is no such slice is decoded by the standard library's scanner, one
element at a time; it knows the byte at which a file goes wrong. The sections are taken in any order in a single pass.
(A pull parser such as ijson does one section a pass, or gives Python an event for every number.)
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final, NoReturn

import attrs
import msgspec
import orjson

from asyncsdk.errors import FormatError
from asyncsdk.formats.coco_rows import RowReader, Rows
from asyncsdk.records.collection import rare_collection

__all__ = ["json_sections"]

_WINDOW: Final = 1 << 18
"""Bytes that are read at once."""

_SLICE: Final = 1 << 16
"""Characters that are decoded at once."""

_LARGEST: Final = 1 << 28
"""Characters of the largest element: more would be a broken file, and must not fill the memory."""

_LONGEST_TOKEN: Final = 16
"""An error this near to the end of the window may be one of the window, not of the file."""

_MOST_CUTS: Final = 32
"""Places that are looked at for the end of a slice."""

_MOST_FAILURES: Final = 3
"""Slices of one section that are no rows, until no more rows are expected."""

_SPACE = re.compile(r"[ \t\n\r]*")
_BETWEEN = re.compile(r"\}[ \t\n\r]*,[ \t\n\r]*\Z")
_LAST = re.compile(r"\}(?=[ \t\n\r]*\])")


def json_sections(
    stream: BinaryIO, file: str, readers: Mapping[str, RowReader] | None = None
) -> Iterator[tuple[str, int | None, Any]]:
    """Give what a JSON object holds, in its order: key, index, value.

    An array is given element by element, each with its index; an empty array and every other value is given
    whole, with the index `None`. Elements that a reader takes come as `Rows`, with the index of the first.

    Args:
        stream: the file, opened in binary; read once from where it stands.
        file: its name, for messages.
        readers: of arrays, by key.

    Raises:
        FormatError: it is not JSON in UTF-8, or not an object; the place names the element and the byte.
    """
    text = _Window(stream, file)
    if text.peek() == "[":
        text.fail("holds a list; a COCO file is an object (lists are results of a model, without images)")
    if text.peek() == "":
        text.fail("is empty")
    text.expect("{")
    keys: set[str] = set()
    more = text.peek() != "}"
    while more:
        key = _key(text, keys)
        if text.peek() == "[":
            yield from _elements(text, _SliceReader((readers or {}).get(key)), key)
        else:
            yield key, None, text.value()
        more = text.follows(",", "}")
    text.place = ""
    if not keys:
        text.expect("}")
    if text.peek():
        text.fail("goes on after its end")


def _key(text: _Window, keys: set[str]) -> str:
    text.place = ""
    if text.peek() != '"':
        text.expect('"')
    key = str(text.value())
    if key in keys:
        text.fail(f"has {key!r} twice")
    keys.add(key)
    text.expect(":")
    text.place = key
    return key


def _elements(text: _Window, slices: _SliceReader, key: str) -> Iterator[tuple[str, int | None, Any]]:
    text.expect("[")
    if text.peek() == "]":
        text.expect("]")
        yield key, None, []
        return
    index, more = 0, True
    while more:
        text.place = f"{key}[{index}]"
        some = text.slice(slices)
        if isinstance(some, Rows):
            yield key, index, some
        else:
            yield from ((key, number, value) for number, value in enumerate(some, index))
        index += len(some.rows) if isinstance(some, Rows) else len(some)
        text.place = f"{key}[{index - 1}]"
        more = text.follows(",", "]")


@attrs.define
class _SliceReader:
    """Decodes slices of one array."""

    rows: RowReader | None
    failures: int = 0

    def read(self, elements: str) -> Rows[Any] | list[Any] | None:
        """Return the elements; `None` where the slice ends within one, or has what only the scanner explains."""
        array = f"[{elements}]"
        with rare_collection():
            if self.rows is not None and self.failures < _MOST_FAILURES:
                try:
                    return Rows(self.rows.decode(array))
                except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
                    pass
            try:
                found: list[Any] = orjson.loads(array)
            except orjson.JSONDecodeError:
                return None
        self.failures += 1
        return found


class _Window:
    """The part of the text that is in memory, and the point that was reached."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        self.place = ""
        self._stream = stream
        self._file = file
        self._utf8 = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._at = 0
        self._bytes_before = 0
        self._bytes_read = 0
        self._chars_before = 0
        self._singly_until = 0
        self._ended = False
        self._scan = json.JSONDecoder(parse_constant=_refuse_constant).raw_decode
        while not self._text and self._read_more():
            pass
        if self._text.startswith("\ufeff"):
            self._at = 1

    def fail(self, rule: str, at: int | None = None) -> NoReturn:
        """Raise a `FormatError` that names the element and the byte."""
        at = self._at if at is None else at
        byte = self._bytes_before + len(self._text[:at].encode())
        place = f"{self.place} (byte {byte})" if self.place else f"byte {byte}"
        raise FormatError(self._file, place, rule)

    def peek(self) -> str:
        """Return the next character that is no space, without taking it; nothing at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            assert match is not None
            self._at = match.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_more():
                return ""

    def expect(self, char: str) -> None:
        """Take a character; anything else breaks the format."""
        found = self.peek()
        if found != char:
            self.fail("is cut off" if not found else f"is not JSON: {char!r} is missing")
        self._at += 1

    def follows(self, char: str, end: str) -> bool:
        """Take one of two characters; return whether it was the first."""
        found = self.peek()
        if found != char:
            self.expect(end)
            return False
        self._at += 1
        return True

    def slice(self, slices: _SliceReader) -> Rows[Any] | list[Any]:
        """Take elements of an array: many at once where that can be done, else one."""
        if self.peek() == "{" and self._chars_before + self._at >= self._singly_until:
            if len(self._text) - self._at < _SLICE:
                self._read_more()
            for end in self._cuts():
                found = slices.read(self._text[self._at : end])
                if found is not None:
                    self._at = end
                    return found
            self._singly_until = self._chars_before + self._at + _SLICE
        return [self.value()]

    def _cuts(self) -> Iterator[int]:
        """Give the places where a slice may end: with the array, or between two elements."""
        most = min(self._at + _SLICE, len(self._text))
        last = _LAST.search(self._text, self._at, most)
        if last is not None:
            yield last.end()
        cut = most
        for _ in range(_MOST_CUTS):
            cut = self._text.rfind("{", self._at + 1, cut)
            if cut < 0:
                return
            between = _BETWEEN.search(self._text, max(self._at, cut - _LONGEST_TOKEN), cut)
            if between is not None:
                yield between.start() + 1
                return

    def value(self) -> Any:
        """Take one whole value."""
        self.peek()
        while True:
            start = self._at
            try:
                value, end = self._scan(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._is_short_of_text(error):
                    self.fail(f"is not JSON: {error.msg}", error.pos)
                inside = error.pos - self._at
                if not self._read_more():
                    self._fail_at_end(error.msg, inside)
            except RecursionError:
                self.fail("is nested too deep")
            except ValueError as error:  # of the constant, or of a whole number with thousands of digits
                self.fail(f"is not JSON that can be read: {error}")
            else:
                if not self._may_go_on(value, end) or not self._read_more():
                    self._at += end - start
                    return value

    def _may_go_on(self, value: Any, end: int) -> bool:
        """Tell whether the window may end within a number: behind `1`, `1.` or `1.5e+`."""
        return type(value) in {int, float} and end >= len(self._text) - 2

    def _fail_at_end(self, message: str, inside: int) -> NoReturn:
        at = self._at + inside
        if message.startswith("Unterminated") or at >= len(self._text.rstrip()):
            self.fail("is cut off")
        self.fail(f"is not JSON: {message}", at)

    def _is_short_of_text(self, error: json.JSONDecodeError) -> bool:
        return error.pos >= len(self._text) - _LONGEST_TOKEN or error.msg.startswith("Unterminated")

    def _read_more(self) -> bool:
        """Let go of what was taken and read on; return whether there was more."""
        left = self._text[self._at :]
        if len(left) > _LARGEST:
            self.fail("is too large for one element")
        data = b"" if self._ended else self._stream.read(max(_WINDOW, len(left)))
        if not data and self._ended:
            return False
        self._ended = not data
        try:
            new = self._utf8.decode(data, final=not data)
        except UnicodeDecodeError as error:
            byte = self._bytes_read + len(data) - len(error.object) + error.start
            raise FormatError(self._file, f"byte {byte}", "is not text in UTF-8") from error
        self._bytes_read += len(data)
        self._bytes_before += len(self._text[: self._at].encode())
        self._chars_before += self._at
        self._text, self._at = left + new, 0
        return bool(data)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
