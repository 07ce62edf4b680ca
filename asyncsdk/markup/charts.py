"""Bar charts."""

from __future__ import annotations

from collections.abc import Mapping

from asyncsdk.markup.blocks import note
from asyncsdk.markup.elements import Html, element, joined

__all__ = ["bar_chart", "color_of"]

_MOST_BARS = 30
_CELL = "padding:1px 8px 1px 0;overflow-wrap:anywhere"


def color_of(label: str) -> str:
    """Return the colour of a label: the same one wherever it is drawn.

    Example:
        >>> color_of("cat")
        'hsl(156,85%,48%)'
    """
    number = 0
    for character in label:  # hash() differs from process to process
        number = (number * 31 + ord(character)) % 2**32
    return f"hsl({number * 137 % 360},85%,48%)"


def bar_chart(counts: Mapping[str, int], unit: str) -> Html:
    """Return a bar for each of the thirty largest counts, the largest first; a line tells of the others.

    Args:
        counts: the numbers by name.
        unit: what is counted, in the plural.
    """
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    shown, left = ordered[:_MOST_BARS], ordered[_MOST_BARS:]
    most = max(1, shown[0][1]) if shown else 1
    rows = [_bar(name, count, count / most) for name, count in shown]
    parts = [element("table", element("tbody", *rows), style="border-collapse:collapse")]
    if left:
        parts.append(note(f"and {len(left):,} more, with {sum(count for _, count in left):,} {unit}"))
    if not shown:
        parts = [note(f"no {unit}")]
    return joined(parts)


def _bar(name: str, count: int, share: float) -> Html:
    width = f"{max(1, round(300 * share))}px"
    bar = element("div", style=f"width:{width};height:.8em;border-radius:2px;background:{color_of(name)}")
    cells = [
        element("td", name, style=f"{_CELL};text-align:left"),
        element("td", bar, style=f"{_CELL};text-align:left;vertical-align:middle"),
        element("td", f"{count:,}", style=f"{_CELL};text-align:right"),
    ]
    return element("tr", *cells, style="background:none")  # some pages stripe the rows of tables
