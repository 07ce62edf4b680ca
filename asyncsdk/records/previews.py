"""Pictures and tables that notebooks show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from asyncsdk.markup.blocks import table

__all__ = ["Preview"]


@attrs.frozen
class Preview:
    """Self-contained HTML: no script, nothing that is loaded from elsewhere, every text escaped.

    A notebook shows it; elsewhere write `html` to a file and open that.

    Example:
        >>> Preview("<p>2 cats</p>")
        <Preview of 13 characters of HTML; a notebook shows it>
    """

    html: str = attrs.field(repr=False)
    """The HTML, without `<html>` and `<body>` around it."""

    @classmethod
    def of_table(cls, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Preview:
        """Return a table; what is in it is shown as text.

        Args:
            head: names of the columns.
            rows: the rows; all are shown.

        Example:
            >>> "<td" in Preview.of_table(["label", "assets"], [["cat", 3]]).html
            True
        """
        return cls(table(head, rows, most=None))

    def __repr__(self) -> str:
        return f"<Preview of {len(self.html)} characters of HTML; a notebook shows it>"

    def _repr_html_(self) -> str:
        return self.html
