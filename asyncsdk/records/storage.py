"""Object names, presigned requests and multipart uploads."""

from __future__ import annotations

from typing import Any

import attrs

from asyncsdk.enums import ObjectDataType
from asyncsdk.records.absent import absent

__all__ = [
    "CompletedUpload",
    "MultipartUpload",
    "NewObjectName",
    "NewPartUrl",
    "NewUpload",
    "ObjectName",
    "ObjectRef",
    "PartUrl",
    "PresignedRequest",
    "PresignedUpload",
    "PresignedUrl",
    "UploadedPart",
]


@attrs.frozen
class NewObjectName:
    """Asks for a fresh object name."""

    filename: str
    type: ObjectDataType
    context: dict[str, Any] | None = absent()
    upload_dir: str | None = absent()


@attrs.frozen
class ObjectName:
    """A fresh object name."""

    object_name: str


@attrs.frozen
class NewUpload:
    """Asks for a presigned upload, single or multipart."""

    object_name: str
    content_type: str


@attrs.frozen
class PresignedRequest:
    """Where to send the bytes, and with which form fields or headers."""

    url: str
    fields: dict[str, Any]


@attrs.frozen
class PresignedUpload:
    """A presigned upload; `client_type` says what kind of request the storage takes."""

    client_type: str
    presigned_url_data: PresignedRequest


@attrs.frozen
class MultipartUpload:
    """A started multipart upload: `upload_id` for S3 parts, `url` for a resumable one."""

    client_type: str | None = absent()
    upload_id: str | None = absent()
    url: str | None = absent()


@attrs.frozen
class NewPartUrl:
    """Asks for the URL of one part; parts are numbered from 1."""

    object_name: str
    upload_id: str
    part_no: int


@attrs.frozen
class PartUrl:
    """The URL of one part."""

    url: str


@attrs.frozen
class UploadedPart:
    """A part that has arrived, with the `ETag` header of its answer, quotes included."""

    ETag: str
    PartNumber: int


@attrs.frozen
class CompletedUpload:
    """Joins the parts to one object."""

    object_name: str
    upload_id: str
    parts: list[UploadedPart]


@attrs.frozen
class ObjectRef:
    """Names an object."""

    object_name: str


@attrs.frozen
class PresignedUrl:
    """A download URL."""

    presigned_url: str
