"""The literals of the `q` language: what a string, a number, a path means."""

from __future__ import annotations

import math
import re

from asyncsdk.wire.query.syntax import fault_at

__all__ = ["read_number", "read_path", "read_string"]

_ESCAPES = {'"': '"', "'": "'", "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_SEGMENT = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^.]+""", re.DOTALL)
_INTEGER_DIGITS = 19
_INTEGERS = range(-(2**63), 2**63)


def read_string(literal: str, position: int) -> str:
    r"""Return the text of a quoted literal.

    Args:
        literal: the literal with its quotes, such as `"a\tb"`.
        position: offset of its opening quote in the query.

    Raises:
        InvalidQueryError: an escape is unknown, or gives no character.
    """
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    text = _ESCAPE.sub(lambda escape: _unescaped(escape, position + 1), inner)
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        raise fault_at(position, "the string has one half of a surrogate pair without the other") from None


def _unescaped(escape: re.Match[str], start: int) -> str:
    digits, char = escape.groups()
    if digits:
        if digits == "0000":
            raise fault_at(start + escape.start(), "a string cannot hold the character NUL")
        return chr(int(digits, 16))
    if char == "u":
        raise fault_at(start + escape.start(), "\\u takes four hexadecimal digits, as in \\u00e9")
    if char not in _ESCAPES:
        raise fault_at(
            start + escape.start(),
            f"unknown escape \\{char}; known are \\\" \\' \\\\ \\n \\r \\t \\u00e9 (a backslash is \\\\)",
        )
    return _ESCAPES[char]


def read_number(literal: str, position: int) -> int | float:
    """Return the value of a number.

    Raises:
        InvalidQueryError: it does not fit 64 bits.
    """
    if literal.lstrip("+-").isdigit():
        digits = literal.lstrip("+-").lstrip("0")
        if len(digits) <= _INTEGER_DIGITS and int(literal) in _INTEGERS:
            return int(literal)
    elif math.isfinite(float(literal)):
        return float(literal)
    raise fault_at(position, "the number does not fit 64 bits")


def read_path(literal: str, position: int) -> tuple[str, ...]:
    """Return the segments of a dotted path, such as `metadata."my key"`.

    Raises:
        InvalidQueryError: a quoted segment is not a good string.
    """
    return tuple(
        read_string(segment[0], position + segment.start()) if segment[0][0] in "\"'" else segment[0]
        for segment in _SEGMENT.finditer(literal)
    )
