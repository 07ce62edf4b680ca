"""Elements of HTML and SVG. What is not marked as HTML is text, and is escaped."""

from __future__ import annotations

import html
from collections.abc import Iterable

__all__ = ["Html", "element", "joined"]

_LONGEST_TEXT = 500
"""Characters of one piece of text that are shown."""


class Html(str):
    """Text that is HTML already.

    What is made of it by plain text operations is text again, and is escaped when it is put somewhere.
    """

    __slots__ = ()


def element(tag: str, *children: str, **attributes: object) -> Html:
    """Return an element.

    Args:
        tag: its name.
        children: what is in it; `Html` goes in as it is, anything else as text.
        attributes: their names, with `_` for `-`; `None` leaves one out.

    Example:
        >>> element("b", "1 < 2", element("i", "so"), title='"', data_x=None)
        '<b title="&quot;">1 &lt; 2<i>so</i></b>'
    """
    given = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    texts = [f' {name}="{_escaped(str(value))}"' for name, value in given.items() if value is not None]
    return Html(f"<{tag}{''.join(texts)}>{joined(children)}</{tag}>")


def joined(parts: Iterable[str]) -> Html:
    """Return parts one after the other.

    Example:
        >>> joined(["a & b", element("i", "c")])
        'a &amp; b<i>c</i>'
    """
    return Html("".join(part if isinstance(part, Html) else _escaped(_cut(part)) for part in parts))


def _escaped(text: str) -> str:
    """Escape a text; what no encoding can carry, such as bytes in a local file's name, becomes `?`."""
    return html.escape(text.encode("utf-8", "replace").decode())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"
