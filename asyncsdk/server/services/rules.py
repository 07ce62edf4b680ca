"""Checks that several services share: names, ids, one row or none."""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable
from typing import Any

import orjson

from asyncsdk.errors import BadRequestError, InvalidArgumentError, NotFoundError
from asyncsdk.server.store.base import Row, Rows
from asyncsdk.wire.ids import canonical_id

__all__ = [
    "NAME_LENGTH",
    "Document",
    "check_ids",
    "check_known",
    "check_name",
    "check_pixels",
    "check_text",
    "json_list",
    "json_text",
    "one",
]

Document = dict[str, Any]
"""A JSON object of the protocol, ready to be encoded."""

NAME_LENGTH = 255
_MOST_PIXELS = 2**31 - 1


def check_name(value: str, what: str) -> str:
    """Return a name that is fit to be stored: not blank, no control characters, at most 255 long.

    Raises:
        BadRequestError: it is not.
    """
    if not value.strip():
        raise BadRequestError(f"{what} must not be empty", status=400)
    if len(value) > NAME_LENGTH:
        raise BadRequestError(f"{what} is longer than {NAME_LENGTH} characters", status=400)
    return check_text(value, what, forbidden=("Cc", "Cs"))


def check_text(value: str, what: str, *, forbidden: tuple[str, ...] = ("Cs",), most: int = 65_536) -> str:
    """Return a text that can be stored and sent back.

    Raises:
        BadRequestError: it is too long, or has NUL, a lone surrogate or a forbidden kind of character.
    """
    if len(value) > most:
        raise BadRequestError(f"{what} is longer than {most} characters", status=400)
    for position, char in enumerate(value):
        odd = char < " " or char > "~"
        if char == "\0" or (odd and unicodedata.category(char) in forbidden):
            raise BadRequestError(f"{what}: character {char!r} at {position} is not allowed", status=400)
    return value


def check_pixels(value: int, what: str) -> int:
    """Return a width or height that can be stored.

    Raises:
        BadRequestError: it is less than 1, or too large.
    """
    if not 1 <= value <= _MOST_PIXELS:
        raise BadRequestError(f"{what} must be 1 to {_MOST_PIXELS} pixels", status=400)
    return value


def check_ids(values: Iterable[str], what: str) -> list[str]:
    """Return ids in their canonical form, each once, in order.

    Raises:
        BadRequestError: one is not a UUID.
    """
    try:
        return list(dict.fromkeys(canonical_id(value) for value in values))
    except InvalidArgumentError as error:
        raise BadRequestError(f"{what}: {error}", status=400) from error


def check_known(wanted: Iterable[str], known: Container[str], what: str, problem: str) -> None:
    """Make sure that all ids that a request names are known.

    Raises:
        BadRequestError: some are not; the text is `what`, their number and the problem.
    """
    missing = [one_id for one_id in wanted if one_id not in known]
    if missing:
        raise BadRequestError(f"{what}: {len(missing)} {problem}", status=400, detail=missing[:20])


def json_list(values: Iterable[Any]) -> str:
    """Return values as one JSON array parameter, for `any_of`."""
    return orjson.dumps(list(values)).decode()


def json_text(value: Any, what: str, *, most_bytes: int = 262_144) -> str:
    """Return a JSON value as the text that is stored.

    Raises:
        BadRequestError: it is too long or nested too deeply.
    """
    try:
        encoded = orjson.dumps(value)
    except orjson.JSONEncodeError as error:
        raise BadRequestError(f"{what}: cannot be stored: {error}", status=400) from error
    if len(encoded) > most_bytes:
        raise BadRequestError(f"{what}: larger than {most_bytes} bytes", status=400)
    return encoded.decode()


def one(rows: Rows, what: str) -> Row:
    """Return the only row.

    Raises:
        NotFoundError: there is none.
    """
    if not rows:
        raise NotFoundError(f"no such {what}", status=404)
    row: Row = rows[0]
    return row
