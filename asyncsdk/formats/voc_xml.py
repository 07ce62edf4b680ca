"""XML as a small tree that knows its lines; document types, entities and deep nesting are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import attrs
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from asyncsdk.errors import FormatError

__all__ = ["Node", "read_tree"]

_DEEPEST = 32
_MOST_ELEMENTS = 1_000_000
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_DECODED_HERE = frozenset({"gb2312", "gbk", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr"})
"""Encodings that labelling tools write and that expat does not know."""


@attrs.define
class Node:
    """An element."""

    tag: str
    line: int
    has_attributes: bool = False
    children: list[Node] = attrs.field(factory=list)
    _texts: list[str] = attrs.field(factory=list)

    @property
    def text(self) -> str:
        """Its text without the white space around it."""
        return "".join(self._texts).strip()

    def all(self, tag: str) -> list[Node]:
        """Return the children of this name."""
        return [child for child in self.children if child.tag == tag]

    def find(self, tag: str) -> Node | None:
        """Return the first child of this name."""
        return next((child for child in self.children if child.tag == tag), None)

    def walk(self) -> Iterator[Node]:
        """Give the element and all elements in it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def add_text(self, text: str) -> None:
        """Take in a piece of text."""
        self._texts.append(text)


def read_tree(content: bytes, file: str) -> Node:
    """Parse XML and return its root.

    Raises:
        FormatError: it is no well-formed XML, or it uses what annotations have no use for:
            a document type, entities, elements nested by the dozen.
    """
    target = _Target(file)
    parser: Any = DefusedXMLParser(target=target, forbid_dtd=True)
    target.expat = parser.parser
    try:
        parser.feed(_decoded(content))
        root: Node = parser.close()
    except DefusedXmlException as error:
        line = f"line {target.line}"
        raise FormatError(file, line, "document types and entities are not allowed in annotations") from error
    except ParseError as error:
        line, reason = f"line {error.position[0]}", str(error).partition(":")[0]
        raise FormatError(file, line, f"no well-formed XML: {reason}") from error
    except (ValueError, LookupError) as error:
        raise FormatError(file, "line 1", f"no well-formed XML: {error}") from error
    return root


def _decoded(content: bytes) -> bytes | str:
    declared = _DECLARED.match(content)
    encoding = declared[1].decode("ascii").lower() if declared else ""
    return content.decode(encoding) if encoding in _DECODED_HERE else content


@attrs.define
class _Target:
    """What the parser tells its events to."""

    file: str
    expat: Any = None
    _open: list[Node] = attrs.field(factory=list)
    _root: Node | None = None
    _elements: int = 0

    @property
    def line(self) -> int:
        return int(self.expat.CurrentLineNumber)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if len(self._open) >= _DEEPEST or self._elements > _MOST_ELEMENTS:
            rule = f"at most {_DEEPEST} elements within each other and {_MOST_ELEMENTS} in all are allowed"
            raise FormatError(self.file, f"line {self.line}", rule)
        node = Node(tag, self.line, has_attributes=bool(attributes))
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)

    def end(self, tag: str) -> None:  # noqa: ARG002 - the parser gives it
        self._open.pop()

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].add_text(text)

    def close(self) -> Node | None:
        return self._root
