"""Arguments in the forms that callers like, brought to one form."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records import codec
from asyncsdk.wire.ids import canonical_id

if TYPE_CHECKING:
    from asyncsdk.resources.tag import Tag

__all__ = [
    "as_ids",
    "as_json_object",
    "as_list",
    "as_names",
    "as_path",
    "as_tag_names",
    "as_target",
    "as_text",
    "check_count",
    "check_seconds",
]


def as_list(value: Any) -> list[Any]:
    """Return one thing or several as a list; a text is one thing."""
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return list(value)
    return [value]


def as_ids(values: Iterable[str | UUID] | None) -> tuple[str, ...] | None:
    """Return ids in canonical form, each once; `None` stays `None`.

    Raises:
        InvalidArgumentError: one is not a UUID.
    """
    if values is None:
        return None
    return tuple(dict.fromkeys(canonical_id(value) for value in as_list(values)))


def as_names(values: Iterable[str] | None, what: str) -> tuple[str, ...] | None:
    """Return names, each once; `None` stays `None`.

    Raises:
        InvalidArgumentError: one is not a text.
    """
    if values is None:
        return None
    names = as_list(values)
    for name in names:
        if not isinstance(name, str):
            raise InvalidArgumentError(f"{what}: {name!r} is not a text")
    return tuple(dict.fromkeys(names))


def as_text(value: str | None, what: str) -> str | None:
    """Return a text; `None` stays `None`.

    Raises:
        InvalidArgumentError: it is something else.
    """
    if value is not None and not isinstance(value, str):
        raise InvalidArgumentError(f"{what}: {value!r} is not a text")
    return value


def as_path(value: str | os.PathLike[str], what: str) -> Path:
    """Return a path, with `~` expanded.

    Raises:
        InvalidArgumentError: it is none.
    """
    try:
        return Path(value).expanduser()
    except (TypeError, RuntimeError) as error:
        raise InvalidArgumentError(f"{what}: {value!r} is not a path: {error}") from error


def as_target(value: str | os.PathLike[str], what: str) -> Path:
    """Return the path of something that is to be written, with `~` expanded.

    Raises:
        InvalidArgumentError: it is none, or no system takes it.
    """
    path = as_path(value, what)
    try:
        is_name = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        is_name = False
    if not is_name:
        raise InvalidArgumentError(f"{what}: {value!r} holds characters that no path has")
    return path


def as_json_object(value: Mapping[str, Any] | None, what: str) -> dict[str, Any] | None:
    """Return a mapping that can travel as JSON; `None` stays `None`.

    Raises:
        InvalidArgumentError: it is no mapping, or something in it is no JSON.
    """
    if value is None:
        return None
    try:
        known = dict(value)
        text = codec.encode(known)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(f"{what}: {value!r} is no JSON object: {error}") from error
    if b"null" in text and not _is_finite(known):  # else there is no need to look
        raise InvalidArgumentError(
            f"{what}: {value!r} is no JSON object: NaN and infinity are no numbers of JSON"
        )
    return known


def _is_finite(value: Any) -> bool:
    """Tell whether all numbers of a value are finite; others would travel as `null`."""
    match value:
        case float():
            return math.isfinite(value)
        case Mapping():
            return all(_is_finite(item) for item in value.values())
        case list() | tuple():
            return all(_is_finite(item) for item in value)
        case _:
            return True


def as_tag_names(tags: Tag | str | Sequence[Tag | str] | None) -> list[str] | None:
    """Return the names of tags; `None` stays `None`.

    Raises:
        InvalidArgumentError: something is neither a tag nor a name.
    """
    if tags is None:
        return None
    names: list[str] = []
    for tag in as_list(tags):
        name = tag if isinstance(tag, str) else getattr(tag, "name", None)
        if not isinstance(name, str):
            raise InvalidArgumentError(f"{tag!r} is neither a tag nor the name of one")
        names.append(name)
    return list(dict.fromkeys(names))


def check_count(value: int | None, what: str, *, least: int = 0) -> int | None:
    """Return a count that is `None` or at least `least`.

    Raises:
        InvalidArgumentError: it is less, or not an integer.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidArgumentError(f"{what} must be an integer of at least {least}, got {value!r}")
    return value


def check_seconds(value: float | None, what: str) -> float | None:
    """Return a duration that is `None` or a finite number of seconds, none below zero.

    Raises:
        InvalidArgumentError: it is something else.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise InvalidArgumentError(f"{what} must be a number of seconds, 0 or more, got {value!r}")
    return float(value)
