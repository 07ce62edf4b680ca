"""The protocol's enumerations: `str` members whose value is exactly what travels."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from asyncsdk.errors import InvalidArgumentError

__all__ = [
    "AnnotationExportKey",
    "AnnotationFileType",
    "AnnotationStatus",
    "AttributeType",
    "DataType",
    "DataUploadStatus",
    "Framework",
    "ImportAnnotationMode",
    "InferenceType",
    "JobRunStatus",
    "JobStatus",
    "MetadataType",
    "ObjectDataType",
    "StorageKind",
    "TagTarget",
    "Target",
    "choose",
]


class DataType(StrEnum):
    """What a file of the datalake is."""

    IMAGE = "IMAGE"
    VIDEO = "VIDEO"


class DataUploadStatus(StrEnum):
    """How far the platform is with a file; its size is known at `DONE`."""

    PENDING = "PENDING"
    COMPUTING = "COMPUTING"
    ERROR = "ERROR"
    DONE = "DONE"


class ObjectDataType(StrEnum):
    """What an object name is wanted for."""

    ARTIFACT = "ARTIFACT"
    DATA = "DATA"
    DATA_PROJECTION = "DATA_PROJECTION"
    LOGGING = "LOGGING"
    LOG_IMAGE = "LOG_IMAGE"
    MODEL_FILE = "MODEL_FILE"
    MODEL_THUMB = "MODEL_THUMB"
    CAMPAIGN_FILE = "CAMPAIGN_FILE"
    REVIEW_CAMPAIGN_FILE = "REVIEW_CAMPAIGN_FILE"
    AGENTS_REPORT = "AGENTS_REPORT"


class TagTarget(StrEnum):
    """The kind of object that a tag can be attached to."""

    DATA = "DATA"
    ASSET = "ASSET"
    MODEL_VERSION = "MODEL_VERSION"
    MODEL = "MODEL"
    DATASET_VERSION = "DATASET_VERSION"
    DATASET = "DATASET"
    DEPLOYMENT = "DEPLOYMENT"
    PREDICTED_ASSET = "PREDICTED_ASSET"


Target = TagTarget
"""Alias under the name that the examples of the published client use."""


class Framework(StrEnum):
    """What a model version was made with."""

    TENSORFLOW = "TENSORFLOW"
    PYTORCH = "PYTORCH"
    ONNX = "ONNX"
    NOT_CONFIGURED = "NOT_CONFIGURED"


class InferenceType(StrEnum):
    """What the annotations of a dataset version, or the answers of a model version, look like."""

    NOT_CONFIGURED = "NOT_CONFIGURED"
    CLASSIFICATION = "CLASSIFICATION"
    OBJECT_DETECTION = "OBJECT_DETECTION"
    SEGMENTATION = "SEGMENTATION"
    POINT = "POINT"
    LINE = "LINE"
    MULTI = "MULTI"
    KEYPOINT = "KEYPOINT"
    MASK = "MASK"


class AttributeType(StrEnum):
    """What the values of an attribute are."""

    STRING = "STRING"
    INTEGER = "INTEGER"
    FLOAT = "FLOAT"
    BOOLEAN = "BOOLEAN"


class AnnotationStatus(StrEnum):
    """Where an annotation stands."""

    PENDING = "PENDING"
    SKIPPED = "SKIPPED"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


class ImportAnnotationMode(StrEnum):
    """What an import does with an annotation that the worker has on an asset already."""

    REPLACE = "REPLACE"
    """Delete it and create the new one."""

    KEEP = "KEEP"
    """Leave it as it is; assets without one get the new one."""

    CONCATENATE = "CONCATENATE"
    """Add the new shapes to it."""


class AnnotationFileType(StrEnum):
    """The formats of annotation files that the platform exports."""

    COCO = "COCO"
    PASCAL_VOC = "PASCAL_VOC"
    YOLO = "YOLO"


class AnnotationExportKey(StrEnum):
    """What an annotation file calls its images."""

    FILENAME = "FILENAME"
    ASSET_ID = "ASSET_ID"
    """Asset id and the extension of the file name."""

    DATA_ID = "DATA_ID"
    """Data id and the extension of the file name."""

    OBJECT_NAME = "OBJECT_NAME"


class JobStatus(StrEnum):
    """Status of a job of the first generation (add data, fork, copy, tag conversion)."""

    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    TERMINATED = "TERMINATED"
    FAILED = "FAILED"


class JobRunStatus(StrEnum):
    """Status of a job of the second generation (processings, campaigns, imports)."""

    PENDING = "PENDING"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    KILLED = "KILLED"


class MetadataType(StrEnum):
    """What the values of a custom-metadata key are."""

    STRING = "STRING"
    INTEGER = "INTEGER"
    FLOAT = "FLOAT"
    DATETIME = "DATETIME"
    BOOLEAN = "BOOLEAN"


class StorageKind(StrEnum):
    """The kinds of object storage that the protocol names (`client_type`, any case)."""

    AWS = "aws"
    MINIO = "minio"
    GOOGLE = "google"
    AZURE = "azure"


E = TypeVar("E", bound=StrEnum)


def choose(kind: type[E], value: E | str) -> E:
    """Return the member of `kind` that `value` names, in any case.

    Args:
        kind: the enumeration.
        value: a member, or a member's name.

    Raises:
        InvalidArgumentError: no member has this name; the text lists the choices.

    Example:
        >>> choose(InferenceType, "object_detection")
        <InferenceType.OBJECT_DETECTION: 'OBJECT_DETECTION'>
    """
    if isinstance(value, kind):
        return value
    for member in kind:
        if isinstance(value, str) and member.value.upper() == value.upper():
            return member
    choices = ", ".join(member.value for member in kind)
    article = "an" if kind.__name__[0] in "AEIOU" else "a"
    raise InvalidArgumentError(f"{value!r} is not {article} {kind.__name__}; choose one of {choices}")
