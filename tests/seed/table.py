"""The page `docs/seed.md`: every method of the seed document, what proves it, and what we add.

`nox -s seed_table` writes it; `test_table.py` fails when it is not what would be written.
"""

from __future__ import annotations

import enum
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seed.notes import NOTES
from seed.proofs import TESTS, Proof, read_proofs
from seed.signatures import METHODS, Method

import asyncsdk

PAGE = TESTS.parent / "docs" / "seed.md"

_HEAD = f"""\
# The methods of the seed document

`DatasetVersion` keeps the {len(METHODS)} methods of the seed document: their names, parameters, defaults and documented
behaviour. What we add comes as keyword-only arguments and as new methods. The same holds for `asyncsdk.sync`, without
`await`. [examples/seed_document.py](examples/seed_document.py) runs the document's own examples.

This page is written by `nox -s seed_table` from the tests that carry the mark `seed` and from the signatures; a test
fails when it is out of date, and when anything of the document has no test that proves it. A default of `…` means that
the argument has to be given.
"""


def table() -> str:
    """Return the page as it has to be."""
    proofs = read_proofs()
    sections = [
        "\n".join(_section(method, [one for one in proofs if one.method == method.name]))
        for method in METHODS
    ]
    return "\n".join([_HEAD, *sections])


def default_text(default: Any) -> str:
    """Return a default as the seed document writes it."""
    return f"{type(default).__name__}.{default.name}" if isinstance(default, enum.Enum) else repr(default)


def added_parameters(name: str) -> dict[str, str | None]:
    """Return default by name of the keyword-only arguments that our method has, which the document has not."""
    return {
        one.name: None if one.default is one.empty else default_text(one.default)
        for one in inspect.signature(getattr(asyncsdk.DatasetVersion, name)).parameters.values()
        if one.kind is one.KEYWORD_ONLY
    }


def _section(method: Method, proofs: list[Proof]) -> Iterator[str]:
    yield f"## {method.name}\n"
    yield "| what | default | proven by |"
    yield "| --- | --- | --- |"
    if not method.wanted:
        yield f"| the method | | {_links(proofs)} |"
    for what, default in method.parameters.items():
        yield f"| `{what}` | `{default or '…'}` | {_links(proofs, what)} |"
    if method.returns:
        yield f"| returns {method.returns} | | {_links(proofs, 'return')} |"
    for error in method.errors:
        yield f"| raises `{error}` | | {_links(proofs, error)} |"
    yield ""
    yield f"Added: {_added(method.name)}\n"


def _links(proofs: list[Proof], what: str | None = None) -> str:
    return "<br>".join(dict.fromkeys(one.link for one in proofs if what is None or what in one.proven))


def _added(name: str) -> str:
    arguments = [
        f"`{one}`" if default is None else f"`{one}={default}`"
        for one, default in added_parameters(name).items()
    ]
    parts = [f"{', '.join(arguments)}."] if arguments else []
    parts += [NOTES[name]] if name in NOTES else []
    return " ".join(parts) or "nothing."


def main() -> None:
    """Write the page."""
    PAGE.write_text(table(), "utf-8")
    print(f"wrote {PAGE.relative_to(Path.cwd()) if PAGE.is_relative_to(Path.cwd()) else PAGE}")


if __name__ == "__main__":
    main()
