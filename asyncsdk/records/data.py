"""Datalakes, their data and the sources of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from asyncsdk.enums import DataType, DataUploadStatus
from asyncsdk.records.absent import absent
from asyncsdk.records.tags import TagRecord

__all__ = [
    "CustomMetadata",
    "CustomMetadataPatch",
    "DataFilter",
    "DataOutline",
    "DataPatch",
    "DataRecord",
    "DataSourceRecord",
    "DatalakeRecord",
    "Ids",
    "ImageSize",
    "NewData",
    "NewDataSource",
]


@attrs.frozen
class DatalakeRecord:
    """A datalake: the files of an organization, behind one storage connector."""

    id: str
    name: str
    connector_id: str | None = None


@attrs.frozen
class DataSourceRecord:
    """Where data comes from."""

    id: str
    name: str


@attrs.frozen
class NewDataSource:
    """Creates or renames a data source."""

    name: str


@attrs.frozen
class ImageSize:
    """Width and height in pixels, as displayed (EXIF orientation applied)."""

    width: int
    height: int


@attrs.frozen
class DataRecord:
    """One file of a datalake."""

    id: str
    object_name: str
    filename: str
    type: DataType
    content_type: str
    upload_status: DataUploadStatus
    meta: ImageSize | None = None
    presigned_url: str | None = None
    metadata: dict[str, Any] | None = None
    custom_metadata: dict[str, Any] | None = None
    datalake_id: str | None = absent()
    size_bytes: int | None = absent()
    sha256: str | None = absent()
    created_at: datetime | None = absent()
    tags: tuple[TagRecord, ...] | None = absent()
    data_source: DataSourceRecord | None = absent()


@attrs.frozen
class DataOutline:
    """What files of annotations tell of a data."""

    id: str
    object_name: str
    filename: str
    type: DataType
    meta: ImageSize | None = None


@attrs.frozen
class NewData:
    """Creates a data from an uploaded object."""

    type: DataType
    filename: str
    object_name: str
    content_type: str
    tags: tuple[str, ...] = ()
    data_source_id: str | None = None
    meta: ImageSize | None = absent()
    metadata: dict[str, Any] | None = absent()
    custom_metadata: dict[str, Any] | None = absent()


@attrs.frozen
class DataPatch:
    """Replaces the metadata; null clears it."""

    metadata: dict[str, Any] | None


@attrs.frozen
class CustomMetadataPatch:
    """Replaces the custom metadata; null clears it."""

    custom_metadata: dict[str, Any] | None


@attrs.frozen
class CustomMetadata:
    """The custom metadata after a change."""

    custom_metadata: dict[str, Any] | None


@attrs.frozen
class DataFilter:
    """Body of a filtered data listing; the lists intersect."""

    q: str | None = absent()
    ids: tuple[str, ...] | None = absent()
    filenames: tuple[str, ...] | None = absent()
    object_names: tuple[str, ...] | None = absent()
    upload_statuses: tuple[DataUploadStatus, ...] | None = absent()
    types: tuple[DataType, ...] | None = absent()


@attrs.frozen
class Ids:
    """Names objects of one kind."""

    ids: tuple[str, ...]
