"""What notebooks show: cards, tables and galleries. Colours are those of the page, dark ones too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from asyncsdk.markup.elements import Html, element, joined

__all__ = ["card", "gallery", "note", "table"]

_MOST_ROWS = 20

_CELL = "padding:2px 10px 2px 0;text-align:left;vertical-align:top;overflow-wrap:anywhere"
_HEAD = f"{_CELL};font-weight:600;white-space:nowrap"
_FAINT = "opacity:.7"


def card(kind: str, title: str, facts: Mapping[str, object], *more: str) -> Html:
    """Return a card: what it is, its name, facts about it, and what follows.

    Args:
        kind: what it is, such as `Asset`.
        title: its name.
        facts: what is known of it; `None` and empty values are left out.
        more: what comes below.

    Example:
        >>> card("Tag", "<new>", {"id": 7})[-96:]
        '<span style="opacity:.7">Tag</span> <b>&lt;new&gt;</b></div><div style="opacity:.7">id: 7</div></div>'
    """
    known = [f"{name}: {value}" for name, value in facts.items() if value not in (None, "")]
    head = element("div", element("span", kind, style=_FAINT), " ", element("b", title))
    below = [note(" · ".join(known))] if known else []
    return _block(head, *below, *more)


def note(*parts: str) -> Html:
    """Return a line in a faint colour."""
    return element("div", *parts, style=_FAINT)


def table(
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    most: int | None = _MOST_ROWS,
    total: int = 0,
    title: str = "",
) -> Html:
    """Return a table of the first rows, which says how many more there are.

    Args:
        head: names of the columns.
        rows: the rows; no more are taken than are shown.
        most: how many are shown; `None` shows all.
        total: rows in all.
        title: what stands above.

    Example:
        >>> "and 2 more" in table(["file"], [["a.png"]], total=3)
        True
    """
    shown = [[cell if isinstance(cell, Html) else str(cell) for cell in row] for row in islice(rows, most)]
    body = [element("tr", *(element("td", cell, style=_CELL) for cell in row)) for row in shown]
    names = element("tr", *(element("th", name, style=_HEAD) for name in head))
    parts = [element("b", title)] if title else []
    parts.append(
        element("table", element("thead", names), element("tbody", *body), style="border-collapse:collapse")
    )
    left = total - len(shown)
    return _block(*parts, *([note(f"and {left:,} more")] if left > 0 else []))


def gallery(figures: Iterable[Html], remark: str = "") -> Html:
    """Return pictures side by side, and a line below."""
    style = "display:flex;flex-wrap:wrap;gap:10px;align-items:flex-start;margin:6px 0"
    return joined([element("div", *figures, style=style), *([note(remark)] if remark else [])])


def _block(*parts: str) -> Html:
    return element("div", *parts, style="margin:4px 0;max-width:70em")
