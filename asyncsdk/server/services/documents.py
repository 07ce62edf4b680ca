"""Rows of data, projections, assets and model files as JSON objects, with their signed download URLs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import orjson

from asyncsdk.server.services.rules import Document
from asyncsdk.server.services.times import moment
from asyncsdk.server.store.base import Row

__all__ = ["DataDocuments"]


@attrs.frozen
class DataDocuments:
    """Makes the JSON objects of data, projections, assets and model files.

    Args:
        sign: returns the download URL for a connector and an object name.
    """

    sign: Callable[[str, str], str]

    def url(self, row: Row, connector: str) -> str:
        """Return a fresh download URL of a row of data or projections."""
        return self.sign(connector, row["object_name"])

    def data(self, row: Row, connector: str) -> Document:
        """Return a data without its tags."""
        return {
            "id": row["id"],
            "object_name": row["object_name"],
            "filename": row["filename"],
            "type": row["type"],
            "content_type": row["content_type"],
            "upload_status": row["upload_status"],
            "meta": None if row["width"] is None else {"width": row["width"], "height": row["height"]},
            "presigned_url": self.sign(connector, row["object_name"]),
            "metadata": _json(row["metadata"]),
            "custom_metadata": _json(row["custom_metadata"]),
            "size_bytes": row["size_bytes"],
            "created_at": moment(row["created_at"]),
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
            "presigned_url": self.sign(connector, row["object_name"]),
            "infos": _json(row["infos"]),
            "size_bytes": row["size_bytes"],
            "created_at": moment(row["created_at"]),
        }

    def model_file(self, row: Row, connector: str) -> Document:
        """Return a file of a model version."""
        return {
            "id": row["id"],
            "name": row["name"],
            "filename": row["filename"],
            "object_name": row["object_name"],
            "large": bool(row["large"]),
            "presigned_url": self.sign(connector, row["object_name"]),
            "size_bytes": row["size_bytes"],
            "created_at": moment(row["created_at"]),
        }

    def asset(self, row: Row, connector: str) -> Document:
        """Return an asset without its tags, from a row of data with `asset_id` and `asset_created_at`."""
        return {
            "id": row["asset_id"],
            "data": self.data(row, connector),
            "created_at": moment(row["asset_created_at"]),
        }


def _json(text: str | None) -> Any:
    """JSON that is stored as text goes out as it is."""
    return None if text is None else orjson.Fragment(text)
