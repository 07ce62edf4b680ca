"""Fresh object names: never the user's file name, so that no name can collide or escape."""

from __future__ import annotations

import re

from asyncsdk.enums import ObjectDataType
from asyncsdk.errors import BadRequestError
from asyncsdk.records.storage import NewObjectName
from asyncsdk.server.services.rules import check_name
from asyncsdk.server.store.ids import new_id

__all__ = ["is_for_data", "new_object_name"]

_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}$")
_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_MOST_SEGMENTS = 4


def new_object_name(body: NewObjectName) -> str:
    """Return an object name that was never given before; it keeps the file's extension.

    Raises:
        BadRequestError: `upload_dir` is not a relative path of plain segments.
    """
    check_name(body.filename, "filename")
    found = _EXTENSION.search(body.filename)
    extension = found.group(0).lower() if found else ""
    folder = _folder(body.type)
    if body.type is ObjectDataType.DATA and body.upload_dir:
        folder = f"{folder}/{_clean(body.upload_dir)}"
    return f"{folder}/{new_id()}{extension}"


def is_for_data(object_name: str) -> bool:
    """Tell whether an object may be meant as data, as it has no name that was given for something else."""
    return _OTHER.fullmatch(object_name) is None


def _folder(kind: ObjectDataType) -> str:
    return kind.value.lower().replace("_", "-")


_OTHER = re.compile(
    f"(?:{'|'.join(_folder(kind) for kind in ObjectDataType if kind is not ObjectDataType.DATA)})"
    r"/[0-9a-f-]{36}(?:\.[a-z0-9]{1,10})?"
)


def _clean(upload_dir: str) -> str:
    segments = upload_dir.strip("/").split("/")
    if len(segments) > _MOST_SEGMENTS or not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise BadRequestError(
            "upload_dir: expected up to 4 segments of letters, digits, '.', '_' and '-'", status=400
        )
    return "/".join(segments)
