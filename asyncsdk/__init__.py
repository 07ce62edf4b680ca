"""Async-first SDK for versioned computer-vision datasets.

`asyncsdk.sync` has the same names without `await`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from asyncsdk._version import __version__
from asyncsdk.errors import (
    ApiError,
    AsyncSDKError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    ConnectionFailedError,
    DeadlineError,
    FileNotFoundException,
    ForbiddenError,
    FormatError,
    InvalidArgumentError,
    InvalidQueryError,
    JobFailedError,
    LockedError,
    LossError,
    MissingFileError,
    NoDataError,
    NotFoundError,
    NotSupportedError,
    OutcomeUnknownError,
    PartialFailure,
    ProtocolError,
    RateLimitedError,
    ServerError,
    TooLargeError,
    TransferError,
    TransportError,
    UnauthorizedError,
)

if TYPE_CHECKING:
    from asyncsdk.config import Limits, Retry, Settings, Timeouts
    from asyncsdk.enums import (
        AnnotationExportKey,
        AnnotationFileType,
        AnnotationStatus,
        AttributeType,
        DataType,
        DataUploadStatus,
        Framework,
        ImportAnnotationMode,
        InferenceType,
        JobRunStatus,
        JobStatus,
        MetadataType,
        TagTarget,
        Target,
    )
    from asyncsdk.flow.loop import run
    from asyncsdk.flow.progress import ProgressEvent
    from asyncsdk.formats.coco_file import COCOFile
    from asyncsdk.formats.import_result import ImportResult, SkippedImage, SkipReason
    from asyncsdk.formats.loss import Loss, LossKind, LossReport
    from asyncsdk.records.annotations import AnnotationStats, LoadedAnnotation, TrackShape
    from asyncsdk.records.attributes import AttributeConfiguration
    from asyncsdk.records.cloud_objects import CloudObject
    from asyncsdk.records.coco import COCOAnnotation, COCOCategory, COCOImage, COCOVideo
    from asyncsdk.records.custom_metadata import MetadataKey, MetadataSchema
    from asyncsdk.records.labels import Skeleton
    from asyncsdk.records.loading import LoadedAnnotations
    from asyncsdk.records.new_shapes import (
        NewClassification,
        NewLine,
        NewMask,
        NewPoint,
        NewPolygon,
        NewRectangle,
    )
    from asyncsdk.records.projections import CloudProjection
    from asyncsdk.records.reports import Failure, TransferReport, UploadedFile, UploadReport
    from asyncsdk.records.shapes import (
        ClassificationShape,
        KeypointsShape,
        LineShape,
        MaskShape,
        PointShape,
        PolygonShape,
        RectangleShape,
    )
    from asyncsdk.resources.annotation import Annotation, MultiAnnotation
    from asyncsdk.resources.asset import Asset, MultiAsset
    from asyncsdk.resources.client import Client
    from asyncsdk.resources.data import Data, MultiData
    from asyncsdk.resources.data_source import DataSource
    from asyncsdk.resources.datalake import Datalake
    from asyncsdk.resources.dataset import Dataset
    from asyncsdk.resources.dataset_version import DatasetVersion
    from asyncsdk.resources.iterating import ItemIterator
    from asyncsdk.resources.job import Job
    from asyncsdk.resources.label import Label
    from asyncsdk.resources.label_group import LabelGroup
    from asyncsdk.resources.model import Model
    from asyncsdk.resources.model_file import ModelFile
    from asyncsdk.resources.model_version import ModelVersion
    from asyncsdk.resources.projection import Projection
    from asyncsdk.resources.shapes import Classification, Line, Mask, Point, Polygon, Rectangle
    from asyncsdk.resources.tag import Tag
    from asyncsdk.resources.worker import User, Worker

__all__ = [
    "Annotation",
    "AnnotationExportKey",
    "AnnotationFileType",
    "AnnotationStats",
    "AnnotationStatus",
    "ApiError",
    "Asset",
    "AsyncSDKError",
    "AttributeConfiguration",
    "AttributeType",
    "BadRequestError",
    "COCOAnnotation",
    "COCOCategory",
    "COCOFile",
    "COCOImage",
    "COCOVideo",
    "Classification",
    "ClassificationShape",
    "Client",
    "CloudObject",
    "CloudProjection",
    "ConfigurationError",
    "ConflictError",
    "ConnectionFailedError",
    "Data",
    "DataSource",
    "DataType",
    "DataUploadStatus",
    "Datalake",
    "Dataset",
    "DatasetVersion",
    "DeadlineError",
    "Failure",
    "FileNotFoundException",
    "ForbiddenError",
    "FormatError",
    "Framework",
    "ImportAnnotationMode",
    "ImportResult",
    "InferenceType",
    "InvalidArgumentError",
    "InvalidQueryError",
    "ItemIterator",
    "Job",
    "JobFailedError",
    "JobRunStatus",
    "JobStatus",
    "KeypointsShape",
    "Label",
    "LabelGroup",
    "Limits",
    "Line",
    "LineShape",
    "LoadedAnnotation",
    "LoadedAnnotations",
    "LockedError",
    "Loss",
    "LossError",
    "LossKind",
    "LossReport",
    "Mask",
    "MaskShape",
    "MetadataKey",
    "MetadataSchema",
    "MetadataType",
    "MissingFileError",
    "Model",
    "ModelFile",
    "ModelVersion",
    "MultiAnnotation",
    "MultiAsset",
    "MultiData",
    "NewClassification",
    "NewLine",
    "NewMask",
    "NewPoint",
    "NewPolygon",
    "NewRectangle",
    "NoDataError",
    "NotFoundError",
    "NotSupportedError",
    "OutcomeUnknownError",
    "PartialFailure",
    "Point",
    "PointShape",
    "Polygon",
    "PolygonShape",
    "ProgressEvent",
    "Projection",
    "ProtocolError",
    "RateLimitedError",
    "Rectangle",
    "RectangleShape",
    "Retry",
    "ServerError",
    "Settings",
    "Skeleton",
    "SkipReason",
    "SkippedImage",
    "Tag",
    "TagTarget",
    "Target",
    "Timeouts",
    "TooLargeError",
    "TrackShape",
    "TransferError",
    "TransferReport",
    "TransportError",
    "UnauthorizedError",
    "UploadReport",
    "UploadedFile",
    "User",
    "Worker",
    "__version__",
    "run",
]

_HOMES = {
    "asyncsdk.config": ("Limits", "Retry", "Settings", "Timeouts"),
    "asyncsdk.enums": (
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
        "TagTarget",
        "Target",
    ),
    "asyncsdk.flow.loop": ("run",),
    "asyncsdk.flow.progress": ("ProgressEvent",),
    "asyncsdk.formats.coco_file": ("COCOFile",),
    "asyncsdk.formats.import_result": ("ImportResult", "SkipReason", "SkippedImage"),
    "asyncsdk.formats.loss": ("Loss", "LossKind", "LossReport"),
    "asyncsdk.records.annotations": ("AnnotationStats", "LoadedAnnotation", "TrackShape"),
    "asyncsdk.records.attributes": ("AttributeConfiguration",),
    "asyncsdk.records.coco": ("COCOAnnotation", "COCOCategory", "COCOImage", "COCOVideo"),
    "asyncsdk.records.labels": ("Skeleton",),
    "asyncsdk.records.loading": ("LoadedAnnotations",),
    "asyncsdk.records.new_shapes": (
        "NewClassification",
        "NewLine",
        "NewMask",
        "NewPoint",
        "NewPolygon",
        "NewRectangle",
    ),
    "asyncsdk.records.cloud_objects": ("CloudObject",),
    "asyncsdk.records.custom_metadata": ("MetadataKey", "MetadataSchema"),
    "asyncsdk.records.projections": ("CloudProjection",),
    "asyncsdk.records.reports": ("Failure", "TransferReport", "UploadReport", "UploadedFile"),
    "asyncsdk.records.shapes": (
        "ClassificationShape",
        "KeypointsShape",
        "LineShape",
        "MaskShape",
        "PointShape",
        "PolygonShape",
        "RectangleShape",
    ),
    "asyncsdk.resources.annotation": ("Annotation", "MultiAnnotation"),
    "asyncsdk.resources.asset": ("Asset", "MultiAsset"),
    "asyncsdk.resources.client": ("Client",),
    "asyncsdk.resources.data": ("Data", "MultiData"),
    "asyncsdk.resources.data_source": ("DataSource",),
    "asyncsdk.resources.datalake": ("Datalake",),
    "asyncsdk.resources.dataset": ("Dataset",),
    "asyncsdk.resources.dataset_version": ("DatasetVersion",),
    "asyncsdk.resources.iterating": ("ItemIterator",),
    "asyncsdk.resources.job": ("Job",),
    "asyncsdk.resources.label": ("Label",),
    "asyncsdk.resources.label_group": ("LabelGroup",),
    "asyncsdk.resources.shapes": ("Classification", "Line", "Mask", "Point", "Polygon", "Rectangle"),
    "asyncsdk.resources.model": ("Model",),
    "asyncsdk.resources.model_file": ("ModelFile",),
    "asyncsdk.resources.model_version": ("ModelVersion",),
    "asyncsdk.resources.projection": ("Projection",),
    "asyncsdk.resources.tag": ("Tag",),
    "asyncsdk.resources.worker": ("User", "Worker"),
}
"""Where each name lives; a module is imported when a name of it is first used (PEP 562).

The platform is a part of this package and starts without the client that way.
"""

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
