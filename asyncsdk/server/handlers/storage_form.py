"""The one form that uploads an object: some text parts, then a part named `file`. Pure: bytes in, bytes out.

A general multipart reader costs a millisecond for a small image; this one knows the shape and costs a
fraction of that.
"""

from __future__ import annotations

import re

from asyncsdk.errors import BadRequestError

__all__ = ["UploadForm"]

_BOUNDARY = re.compile(
    r'multipart/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s";,]{1,70}))\s*(?:;|$)', re.IGNORECASE
)
_DISPOSITION = re.compile(
    rb'^content-disposition:\s*form-data\s*;(?:.*;)?\s*name=(?:"([^"]*)"|([^\s";]+))',
    re.IGNORECASE | re.MULTILINE,
)
_FILE = "file"
_MOST_TEXT_BYTES = 20 * 1024  # of everything before the file, as on S3


class UploadForm:
    """Takes a form apart as its bytes arrive.

    Args:
        content_type: the request's `Content-Type`, which has the boundary.

    Attributes:
        fields: the text parts so far, by name in lower case; the last one of a name counts.
        has_file: whether the file has begun, so that all fields are known.
        is_complete: whether the file has ended; what follows is of no interest.

    Raises:
        BadRequestError: the request is not a form.
    """

    def __init__(self, content_type: str) -> None:
        match = _BOUNDARY.match(content_type)
        if match is None:
            raise BadRequestError("the body must be multipart/form-data with a boundary", status=400)
        self.fields: dict[str, str] = {}
        self.has_file: bool = False
        self.is_complete: bool = False
        self._delimiter = b"\r\n--" + (match[1] or match[2]).encode(errors="surrogateescape")
        self._name: str | None = None  # of the text part whose text is awaited
        self._text_bytes = 0
        self._rest = b"\r\n"  # the first delimiter lacks the line break that all others have

    def feed(self, data: bytes) -> bytes:
        """Take in some bytes of the body and return the bytes of the file among them.

        Raises:
            BadRequestError: the form is malformed, or what comes before the file is too long.
        """
        if self.is_complete:
            return b""
        self._rest += data
        while not self.has_file and self._read_text():
            pass
        if self._text_bytes + (0 if self.has_file else len(self._rest)) > _MOST_TEXT_BYTES:
            raise BadRequestError("the form has too much text before its file", status=400)
        return self._read_file() if self.has_file else b""

    def end(self) -> None:
        """Take note that the body is over.

        Raises:
            BadRequestError: there was no file, or only a part of it.
        """
        if not self.has_file:
            raise BadRequestError("the form has no part named 'file'", status=400)
        if not self.is_complete:
            raise BadRequestError("the form breaks off within the file", status=400)

    def _read_text(self) -> bool:
        """Read the next head or text of a part; tell whether it was there."""
        text = self._take(b"\r\n\r\n" if self._name is None else self._delimiter)
        if text is None:
            return False
        if self._name is None:
            self._rest = self._rest[4:]
            name = self._part_name(text)
            self.has_file = name == _FILE
            self._name = name
        else:
            self.fields[self._name.lower()] = _decoded(text)
            self._name = None
        return True

    def _take(self, end: bytes) -> bytes | None:
        """Return what stands before `end` and leave the rest, `end` included; `None` when there is no end."""
        at = self._rest.find(end)
        if at < 0:
            return None
        text, self._rest = self._rest[:at], self._rest[at:]
        self._text_bytes += at
        return text

    def _part_name(self, head: bytes) -> str:
        match = _DISPOSITION.search(head)
        if match is None or not head.startswith(self._delimiter + b"\r\n"):
            raise BadRequestError("a part of the form has no delimiter or no name", status=400)
        return _decoded(match[1] if match[1] is not None else match[2])

    def _read_file(self) -> bytes:
        at = self._rest.find(self._delimiter)
        self.is_complete = at >= 0
        if not self.is_complete:
            # The tail may be the start of a delimiter.
            at = max(0, len(self._rest) - len(self._delimiter) + 1)
        content, self._rest = self._rest[:at], self._rest[at:]
        return content


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise BadRequestError("the form's text is not UTF-8", status=400) from error
