"""Rows of data, projections, assets and model files as JSON objects, with their signed download URLs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs
import orjson
from sqlalchemy import ColumnElement

from asyncsdk.server.services.rules import Document
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row
from asyncsdk.server.store.schema import asset, data

__all__ = ["ASSET_COLUMNS", "DATA_COLUMNS", "DataDocuments"]

DATA_COLUMNS: tuple[ColumnElement[Any], ...] = (
    data.c.id,
    data.c.object_name,
    data.c.filename,
    data.c.type,
    data.c.content_type,
    data.c.upload_status,
    data.c.width,
    data.c.height,
    data.c.metadata,
    data.c.custom_metadata,
    data.c.size_bytes,
    data.c.created_at,
    data.c.sha256,
)
"""What the rows of data begin with. They are read by place: a page has a thousand of them."""

ASSET_COLUMNS: tuple[ColumnElement[Any], ...] = (
    *DATA_COLUMNS,
    asset.c.id.label("asset_id"),
    asset.c.created_at.label("asset_created_at"),
)
"""What the rows of assets begin with."""

_WIDTH = len(DATA_COLUMNS)
_OBJECT_NAME, _SHA256 = 1, 12


@attrs.frozen
class DataDocuments:
    """Makes the JSON objects of data, projections, assets and model files.

    Args:
        sign: returns, for a connector, what makes the download URLs of its objects: all of a page with one expiry.
        checksums: data also tell the SHA-256 of their files, in hexadecimal.
    """

    sign: Callable[[str], Callable[[str], str]]
    checksums: bool = False

    def url(self, row: Row, connector: str) -> str:
        """Return a fresh download URL of a row that has an object."""
        return self.sign(connector)(row["object_name"])

    def data(self, row: Any, connector: str) -> Document:
        """Return a data without its tags, from a row that begins with `DATA_COLUMNS`."""
        return self.each_data(connector)(row)

    def asset(self, row: Any, connector: str) -> Document:
        """Return an asset without its tags, from a row that begins with `ASSET_COLUMNS`."""
        return self.each_asset(connector)(row)

    def each_data(self, connector: str) -> Callable[[Any], Document]:
        """Return what makes the data of a page, without their tags."""
        sign, checksums = self.sign(connector), self.checksums

        def document(row: Any) -> Document:
            made = _data(row[:_WIDTH], sign(row[_OBJECT_NAME]))
            if checksums:
                made["sha256"] = row[_SHA256]
            return made

        return document

    def each_asset(self, connector: str) -> Callable[[Any], Document]:
        """Return what makes the assets of a page, without their tags."""
        data_of = self.each_data(connector)
        return lambda row: {
            "id": row[_WIDTH],
            "data": data_of(row),
            "created_at": iso(row[_WIDTH + 1]),
        }

    def projection(self, row: Row, connector: str) -> Document:
        """Return a projection."""
        return {
            "id": row["id"],
            "name": row["name"],
            "object_name": row["object_name"],
            "filename": row["filename"],
            "content_type": row["content_type"],
            "compute_status": row["compute_status"],
            "presigned_url": self.url(row, connector),
            "infos": _json(row["infos"]),
            "size_bytes": row["size_bytes"],
            "created_at": iso(row["created_at"]),
        }

    def model_file(self, row: Row, connector: str) -> Document:
        """Return a file of a model version."""
        return {
            "id": row["id"],
            "name": row["name"],
            "filename": row["filename"],
            "object_name": row["object_name"],
            "large": bool(row["large"]),
            "presigned_url": self.url(row, connector),
            "size_bytes": row["size_bytes"],
            "created_at": iso(row["created_at"]),
        }

    def assignment(self, row: Row, connector: str) -> Document:
        """Return an assignment, from its row with the ids of its asset, step and user and of the data."""
        return self.each_assignment(connector)(row)

    def each_assignment(self, connector: str) -> Callable[[Row], Document]:
        """Return what makes the assignments of a page."""
        sign = self.sign(connector)
        return lambda row: _assignment(row, sign(row["object_name"]))


def _assignment(row: Row, url: str) -> Document:
    return {
        "id": row["id"],
        "asset_id": row["asset_id"],
        "step_id": row["step_id"],
        "assigned_user_id": row["user_id"],
        "status": row["status"],
        "data": {
            "id": row["data_id"],
            "filename": row["filename"],
            "object_name": row["object_name"],
            "presigned_url": url,
        },
        "created_at": iso(row["created_at"]),
        "updated_at": iso(row["updated_at"]),
    }


def _data(row: Sequence[Any], url: str) -> Document:
    (
        data_id,
        object_name,
        filename,
        kind,
        content_type,
        status,
        width,
        height,
        infos,
        custom,
        size,
        made,
        _,
    ) = row
    return {
        "id": data_id,
        "object_name": object_name,
        "filename": filename,
        "type": kind,
        "content_type": content_type,
        "upload_status": status,
        "meta": None if width is None else {"width": width, "height": height},
        "presigned_url": url,
        "metadata": _json(infos),
        "custom_metadata": _json(custom),
        "size_bytes": size,
        "created_at": iso(made),
    }


def _json(text: str | None) -> Any:
    """JSON that is stored as text goes out as it is."""
    return None if text is None else orjson.Fragment(text)
