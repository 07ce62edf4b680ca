"""Projections: further files that belong to a data, and their import from the storage."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from asyncsdk.enums import DataUploadStatus
from asyncsdk.records.absent import absent
from asyncsdk.records.data import DatalakeRecord
from asyncsdk.records.jobs import JobRecord

__all__ = [
    "CloudProjection",
    "NewProjection",
    "ProjectionImport",
    "ProjectionRecord",
    "StartedImport",
]


@attrs.frozen
class ProjectionRecord:
    """One more file of a data, such as a depth map of an image."""

    id: str
    compute_status: DataUploadStatus
    name: str | None = None
    object_name: str | None = None
    filename: str | None = None
    presigned_url: str | None = None
    infos: dict[str, Any] | None = None
    content_type: str | None = absent()
    """Our addition."""

    size_bytes: int | None = absent()
    """Our addition."""

    created_at: datetime | None = absent()


@attrs.frozen
class NewProjection:
    """Creates a projection from an uploaded object."""

    name: str
    object_name: str
    filename: str
    content_type: str
    file_size: int | None = None
    width: int | None = None
    height: int | None = None
    additional_info: dict[str, Any] | None = None


@attrs.frozen
class CloudProjection:
    """An object of the storage that becomes a projection under a name."""

    name: str
    object_name: str


@attrs.frozen
class ProjectionImport:
    """Makes projections of objects that lie in the storage; the keys are the object names of data."""

    datalake_id: str
    projections: dict[str, tuple[CloudProjection, ...]]


@attrs.frozen
class StartedImport:
    """Answer to an import: the work goes on in the job."""

    job: JobRecord
    datalake: DatalakeRecord | None = None
