"""Builds `q` texts in which a name is only a name and a caller's query keeps its meaning."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["all_of", "equals", "one_of", "quote"]

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(text: str) -> str:
    r"""Return a string literal of the language.

    Example:
        >>> print(quote('x" or "'))
        "x\" or \""
    """
    inner = "".join(
        _ESCAPES.get(char) or (f"\\u{ord(char):04x}" if ord(char) < 0x20 else char) for char in text
    )
    return f'"{inner}"'


def equals(path: str, value: str) -> str:
    """Return `path = "value"`."""
    return f"{path} = {quote(value)}"


def one_of(path: str, values: Iterable[str]) -> str:
    """Return `path in ("a","b")`."""
    return f"{path} in ({','.join(map(quote, values))})"


def all_of(*parts: str | None) -> str | None:
    """Join the parts that are there with `and`, each in parentheses when there are several.

    Example:
        >>> all_of('filename = "a" or filename = "b"', 'tags.name in ("x")')
        '(filename = "a" or filename = "b") and (tags.name in ("x"))'
        >>> all_of(None, "width > 5")
        'width > 5'
        >>> all_of(None) is None
        True
    """
    given = [part for part in parts if part and part.strip()]
    if not given:
        return None
    if len(given) == 1:
        return given[0]
    return " and ".join(f"({part})" for part in given)
