"""Which names objects may have, so that each of them is a harmless path on a file system and in a URL."""

from __future__ import annotations

import re

from asyncsdk.errors import BadRequestError

__all__ = ["check_connector", "check_content_type", "check_key", "check_prefix"]

_KEY_BYTES = 512
_SEGMENT_BYTES = 200
_CONNECTOR = re.compile(r"[A-Za-z0-9_-]{1,64}")
# What no path, header, log line or terminal should carry: control characters, lone surrogates, line and
# paragraph separators, overrides of the writing direction, and the other platform's path separator.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\\\\]")
_CONTENT_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:[ \t]*;[\x20-\x7e\t]*)?", re.ASCII)
_CONTENT_TYPE_LENGTH = 255


def check_key(key: str) -> str:
    """Return a key that is fit to name an object: `/` between segments, none of them empty, `.` or `..`.

    Raises:
        BadRequestError: it is not.
    """
    _check_text(key)
    for segment in key.split("/"):
        if segment in {"", ".", ".."}:
            raise _refused(f"a segment must not be {segment!r}")
        _check_length(segment)
    return key


def check_prefix(prefix: str) -> str:
    """Return a text that keys can start with; the empty one is the start of all.

    Raises:
        BadRequestError: no key can start like that.
    """
    _check_text(prefix)
    *folders, start = prefix.split("/")
    if start == "..":
        raise _refused("a segment must not be '..'")
    _check_length(start)
    if folders:
        check_key("/".join(folders))
    return prefix


def _check_text(text: str) -> None:
    unsafe = _UNSAFE.search(text)
    if unsafe:
        raise _refused(f"character {unsafe[0]!r} at {unsafe.start()} is not allowed")
    if len(text.encode()) > _KEY_BYTES:
        raise _refused(f"it is longer than {_KEY_BYTES} bytes")


def _check_length(segment: str) -> None:
    if len(segment.encode()) > _SEGMENT_BYTES:
        raise _refused(f"a segment is longer than {_SEGMENT_BYTES} bytes")


def check_connector(connector: str) -> str:
    """Return a connector's id that is fit to name a folder.

    Raises:
        BadRequestError: it is not.
    """
    if not _CONNECTOR.fullmatch(connector):
        raise BadRequestError("the connector is not an id", status=400)
    return connector


def check_content_type(content_type: str) -> str:
    """Return a media type that is fit to be sent as a header.

    Raises:
        BadRequestError: it is not.
    """
    if len(content_type) > _CONTENT_TYPE_LENGTH or not _CONTENT_TYPE.fullmatch(content_type):
        raise BadRequestError("the content type is not of the form type/subtype", status=400)
    return content_type


def _refused(reason: str) -> BadRequestError:
    return BadRequestError(f"not an object name: {reason}", status=400)
