"""Reading the seed document: a web page as text, with headings that stand alone on a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seed.signatures import Method

_HEADINGS = {"Description", "Examples", "Arguments", "Raises", "Returns"}
_SIGNATURE = re.compile(r"^(?P<name>[a-z_]+)\((?P<parameters>[^`]*?)\)$", re.MULTILINE)
_ERROR = re.compile(r"\b[A-Z]\w*(?:Error|Exception)\b")


def read_methods(text: str) -> list[Method]:
    """Return the methods of the document, in its order.

    A signature counts when the line before it is its heading, so that examples do not count. A part of the
    document is Markdown: stars, hashes and code fences are no words.
    """
    text = re.sub(r"^```.*$|^---$|^#+ |\*\*", "", text, flags=re.MULTILINE)
    found = [one for one in _SIGNATURE.finditer(text) if _line_before(text, one.start()) == one["name"]]
    ends = [one.start() for one in found[1:]] + [len(text)]
    return [_method(one.group(), text[one.end() : end]) for one, end in zip(found, ends, strict=True)]


def _line_before(text: str, at: int) -> str:
    lines = text[:at].split()
    return lines[-1] if lines else ""


def _method(signature: str, body: str) -> Method:
    sections: dict[str, str] = {}
    for heading, line in _lines(body):
        sections[heading] = f"{sections.get(heading, '')}{line}\n"
    errors = tuple(dict.fromkeys(_ERROR.findall(sections.get("Raises", ""))))
    return Method(signature, sections.get("Returns"), errors)


def _lines(body: str) -> Iterator[tuple[str, str]]:
    heading = ""
    for line in body.splitlines():
        if line.strip() in _HEADINGS:
            heading = line.strip()
        else:
            yield heading, line
