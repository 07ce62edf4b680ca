"""Rows of new data: what they hold, and how they are inserted, tagged and counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs
from sqlalchemy import bindparam, select, update

from asyncsdk.enums import DataType, DataUploadStatus
from asyncsdk.records.data import ImageSize, NewData
from asyncsdk.server.services.rules import check_name, check_pixels, check_text, json_list, json_text
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import data, data_tag, datalake
from asyncsdk.server.store.statements import Prepared, Statement, insertion

__all__ = ["Upload", "check_new_data", "count_data", "insert_data", "metadata_text", "new_row"]

_INSERT = Prepared(insertion(data))
_KEYS = Prepared(select(data.c.id, data.c.seq).where(any_of(data.c.id, bindparam("ids"))))
_TAG = Prepared(insertion(data_tag))
_COUNT = Prepared(
    update(datalake)
    .where(datalake.c.seq == bindparam("key"))
    .values(data_count=datalake.c.data_count + bindparam("more"))
)


@attrs.frozen
class Upload:
    """What the platform itself knows of an uploaded object."""

    size_bytes: int
    sha256: str | None
    measured: ImageSize | None
    """Width and height, where the file could be read."""


def check_new_data(body: NewData) -> None:
    """Make sure that what a new data says of itself can be stored.

    Raises:
        BadRequestError: a name, content type or size is not acceptable.
    """
    check_name(body.filename, "filename")
    check_text(body.content_type, "content_type", most=255, forbidden=("Cc", "Cs"))
    if body.meta is not None:
        for pixels in (body.meta.width, body.meta.height):
            check_pixels(pixels, "meta: width and height")


def new_row(body: NewData, upload: Upload, lake: int, source: int | None) -> dict[str, Any]:
    """Return the row of a new data.

    Args:
        body: what it says of itself.
        upload: what is known of its object.
        lake: the datalake's `seq`.
        source: its source's `seq`.

    Raises:
        BadRequestError: metadata is too large to be stored.
    """
    size = body.meta or upload.measured
    return {
        "id": new_id(),
        "created_at": now_us(),
        "datalake": lake,
        "object_name": body.object_name,
        "filename": body.filename,
        "type": DataType.VIDEO.value if body.content_type.startswith("video/") else body.type.value,
        "content_type": body.content_type,
        "upload_status": (DataUploadStatus.DONE if size else DataUploadStatus.ERROR).value,
        "width": size.width if size else None,
        "height": size.height if size else None,
        "size_bytes": upload.size_bytes,
        "sha256": upload.sha256,
        "metadata": metadata_text(body.metadata, "metadata"),
        "custom_metadata": metadata_text(body.custom_metadata, "custom_metadata"),
        "data_source": source,
    }


def metadata_text(value: dict[str, Any] | None, what: str) -> str | None:
    """Return metadata as the text that is stored.

    Raises:
        BadRequestError: it is too large, or nested too deeply.
    """
    return None if value is None else json_text(value, what)


def insert_data(lake: int, rows: Sequence[dict[str, Any]], tags: Iterable[Iterable[int]]) -> Work[None]:
    """Insert rows of one datalake, in order, with the tags of each (their `seq`), and count them."""
    if not rows:
        return
    yield _INSERT.many(rows)
    pairs = [(row["id"], tag) for row, own in zip(rows, tags, strict=True) for tag in own]
    if pairs:
        keys = {
            row["id"]: row["seq"] for row in (yield _KEYS(ids=json_list(data_id for data_id, _ in pairs)))
        }
        yield _TAG.many([{"tag": tag, "target": keys[data_id]} for data_id, tag in pairs])
    yield count_data(lake, len(rows))


def count_data(lake: int, more: int) -> Statement:
    """Return the statement that counts new data, or data that is gone."""
    return _COUNT(key=lake, more=more)
