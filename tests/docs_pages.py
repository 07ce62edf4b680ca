"""The pages of the documentation, and the blocks of code in them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = {
    str(path.relative_to(ROOT)): path
    for path in (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))
    if "_build" not in path.parts
}
_FENCE = re.compile(r"^```(\w+)(?:[ ]+(.*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@attrs.frozen
class Block:
    """A block of code."""

    place: str
    """The page and the line of its first line."""

    language: str
    remark: str
    """What stands behind the language: `compiled: <why it cannot be run>`."""

    text: str

    @property
    def tree(self) -> ast.Module:
        """Its syntax; `await` is allowed at the top, as in a notebook."""
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        return compile(self.text, self.place, "exec", flags)


def blocks_of(page: str, *languages: str) -> list[Block]:
    """Return the blocks of a page in some languages."""
    text = PAGES[page].read_text(encoding="utf-8")
    return [
        Block(f"{page}:{text[: found.start()].count(chr(10)) + 2}", found[1], found[2] or "", found[3])
        for found in _FENCE.finditer(text)
        if found[1] in languages
    ]
