"""YAML as nodes that know their lines. Nothing is constructed, so that `no` stays the text `no`."""

from __future__ import annotations

import re

import yaml

from asyncsdk.errors import FormatError

__all__ = ["line_of", "read_nodes", "text_of"]

_LARGEST_BYTES = 1 << 20
_DEEPEST = 16
_MOST_ALIASES = 100
_TAG = re.compile(r"!?|tag:yaml\.org,2002:(str|int|float|bool|null|seq|map)")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})


def read_nodes(content: bytes, file: str) -> yaml.Node:
    """Parse one YAML document and return its root.

    Raises:
        FormatError: it is no YAML, is empty, or uses what no configuration needs: tags of programming
            languages, values nested by the dozen, hundreds of aliases.
    """
    if len(content) > _LARGEST_BYTES:
        raise FormatError(file, "", f"at most {_LARGEST_BYTES} bytes are allowed")
    try:
        _check_events(content, file)
        root = yaml.compose(content, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        place = f"line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise FormatError(file, place, f"no valid YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two are of numbers in escapes
        raise FormatError(file, "", f"no valid YAML: {str(error).splitlines()[0]}") from error
    if root is None:
        raise FormatError(file, "", "is empty")
    return root


def line_of(node: yaml.Node) -> str:
    """Return where a node begins, for messages."""
    return f"line {node.start_mark.line + 1}"


def text_of(node: yaml.Node) -> str | None:
    """Return the text of a scalar as it is written; `None` for a null and for lists and mappings."""
    if not isinstance(node, yaml.ScalarNode) or (node.style is None and node.value in _NULL):
        return None
    return str(node.value)


def _check_events(content: bytes, file: str) -> None:
    depth = aliases = 0
    for event in yaml.parse(content, Loader=yaml.BaseLoader):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        line = f"line {event.start_mark.line + 1}" if event.start_mark else ""
        if depth > _DEEPEST:
            raise FormatError(file, line, f"at most {_DEEPEST} values within each other are allowed")
        if aliases > _MOST_ALIASES:
            raise FormatError(file, line, f"at most {_MOST_ALIASES} aliases are allowed")
        if not _TAG.fullmatch(getattr(event, "tag", None) or ""):
            raise FormatError(file, line, "tags are not allowed in a configuration")
