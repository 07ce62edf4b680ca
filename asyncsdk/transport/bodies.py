"""Bodies of uploads: what is sent, in pieces, as often as it takes."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from itertools import count
from typing import Any

import attrs

__all__ = ["Upload", "form_upload"]

_PIECE_BYTES = 256 * 1024
_SMALL_BYTES = 256 * 1024
"""A form of this size is sent in one packet, or a few."""

_BOUNDARY = secrets.token_hex(16)
"""Parts forms, with a number behind it; nobody can have put it into a file."""

_numbers = count()


@attrs.frozen(eq=False)
class Upload:
    """Bytes to send: known in length, and readable again for each try.

    Example:
        A file, read in pieces; `read_chunks` is that of `asyncsdk.flow`::

            Upload(size, partial(read_chunks, path))
    """

    size_bytes: int
    """How many bytes there are."""

    pieces: Callable[[], AsyncIterator[bytes]]
    """Starts reading them from the beginning."""

    small: bytes | None = None
    """All of them, where they are few and in memory."""

    @classmethod
    def of(cls, data: bytes) -> Upload:
        """Return an upload of bytes that are in memory."""

        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(data), _PIECE_BYTES):
                yield data[start : start + _PIECE_BYTES]

        return cls(len(data), pieces, data if len(data) <= _SMALL_BYTES else None)


def form_upload(
    content: Upload, *, fields: Mapping[str, Any], object_name: str, content_type: str
) -> tuple[str, Upload]:
    """Return content type and body of a form that uploads an object (protocol, section 3.2).

    The fields come in their order, then `Content-Type`, which replaces a field of that name, then the
    bytes as `file`, named like the whole object, without a content type of their own.

    Args:
        content: the object's bytes.
        fields: the presigned form fields.
        object_name: the whole object name.
        content_type: the object's content type.
    """
    boundary = f"{_BOUNDARY}{next(_numbers):x}"
    texts = {name: value for name, value in fields.items() if name != "Content-Type"}
    texts["Content-Type"] = content_type
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_escape(name)}"\r\n\r\n{value}\r\n'
        for name, value in texts.items()
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
        f'filename="{_escape(object_name)}"\r\n\r\n'
    )
    form_type = f"multipart/form-data; boundary={boundary}"
    before, after = head.encode(), f"\r\n--{boundary}--\r\n".encode()
    if content.small is not None:
        return form_type, Upload.of(before + content.small + after)

    async def pieces() -> AsyncIterator[bytes]:
        first = before
        async for piece in content.pieces():
            yield first + piece
            first = b""
        yield first + after

    size = len(before) + content.size_bytes + len(after)
    return form_type, Upload(size, pieces)


def _escape(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
