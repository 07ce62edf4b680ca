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
        AssignmentStatus,
        AttributeType,
        CampaignStepType,
        DataType,
        DataUploadStatus,
        Framework,
        ImportAnnotationMode,
        InferenceType,
        JobRunStatus,
        JobStatus,
        MetadataType,
        ProcessingInputType,
        ProcessingTargetType,
        ProcessingType,
        TagTarget,
        Target,
    )
    from asyncsdk.flow.loop import run
    from asyncsdk.flow.reporter import ProgressEvent
    from asyncsdk.formats.coco_file import COCOFile
    from asyncsdk.formats.import_result import ImportResult, SkippedImage, SkipReason
    from asyncsdk.formats.loss import Loss, LossKind, LossReport
    from asyncsdk.records.annotations import AnnotationStats, LoadedAnnotation, TrackShape
    from asyncsdk.records.attributes import AttributeConfiguration
    from asyncsdk.records.campaigns import Assignee, IssueCount
    from asyncsdk.records.cloud_objects import CloudObject
    from asyncsdk.records.coco import COCOAnnotation, COCOCategory, COCOImage, COCOVideo
    from asyncsdk.records.custom_metadata import MetadataKey, MetadataSchema
    from asyncsdk.records.differences import (
        AssetDifference,
        LabelDifference,
        NameDifference,
        VersionDifference,
    )
    from asyncsdk.records.folders import FolderDifference, FolderReport
    from asyncsdk.records.jobs import JobLine
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
    from asyncsdk.records.previews import Preview
    from asyncsdk.records.processings import ProcessingInput
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
    from asyncsdk.records.splits import LabelRepartition
    from asyncsdk.resources.annotation import Annotation, MultiAnnotation
    from asyncsdk.resources.annotation_campaign import AnnotationCampaign
    from asyncsdk.resources.asset import Asset, MultiAsset
    from asyncsdk.resources.assignment import Assignment
    from asyncsdk.resources.campaign_step import CampaignStep
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
    from asyncsdk.resources.missing_assets import MissingAssets
    from asyncsdk.resources.model import Model
    from asyncsdk.resources.model_file import ModelFile
    from asyncsdk.resources.model_version import ModelVersion
    from asyncsdk.resources.processing import Processing
    from asyncsdk.resources.projection import Projection
    from asyncsdk.resources.shapes import Classification, Line, Mask, Point, Polygon, Rectangle
    from asyncsdk.resources.tag import Tag
    from asyncsdk.resources.worker import User, Worker

__all__ = [
    "Annotation",
    "AnnotationCampaign",
    "AnnotationExportKey",
    "AnnotationFileType",
    "AnnotationStats",
    "AnnotationStatus",
    "ApiError",
    "Asset",
    "AssetDifference",
    "Assignee",
    "Assignment",
    "AssignmentStatus",
    "AsyncSDKError",
    "AttributeConfiguration",
    "AttributeType",
    "BadRequestError",
    "COCOAnnotation",
    "COCOCategory",
    "COCOFile",
    "COCOImage",
    "COCOVideo",
    "CampaignStep",
    "CampaignStepType",
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
    "FolderDifference",
    "FolderReport",
    "ForbiddenError",
    "FormatError",
    "Framework",
    "ImportAnnotationMode",
    "ImportResult",
    "InferenceType",
    "InvalidArgumentError",
    "InvalidQueryError",
    "IssueCount",
    "ItemIterator",
    "Job",
    "JobFailedError",
    "JobLine",
    "JobRunStatus",
    "JobStatus",
    "KeypointsShape",
    "Label",
    "LabelDifference",
    "LabelGroup",
    "LabelRepartition",
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
    "MissingAssets",
    "MissingFileError",
    "Model",
    "ModelFile",
    "ModelVersion",
    "MultiAnnotation",
    "MultiAsset",
    "MultiData",
    "NameDifference",
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
    "Preview",
    "Processing",
    "ProcessingInput",
    "ProcessingInputType",
    "ProcessingTargetType",
    "ProcessingType",
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
    "VersionDifference",
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
        "AssignmentStatus",
        "AttributeType",
        "CampaignStepType",
        "DataType",
        "DataUploadStatus",
        "Framework",
        "ImportAnnotationMode",
        "InferenceType",
        "JobRunStatus",
        "JobStatus",
        "MetadataType",
        "ProcessingInputType",
        "ProcessingTargetType",
        "ProcessingType",
        "TagTarget",
        "Target",
    ),
    "asyncsdk.flow.loop": ("run",),
    "asyncsdk.flow.reporter": ("ProgressEvent",),
    "asyncsdk.formats.coco_file": ("COCOFile",),
    "asyncsdk.formats.import_result": ("ImportResult", "SkipReason", "SkippedImage"),
    "asyncsdk.formats.loss": ("Loss", "LossKind", "LossReport"),
    "asyncsdk.records.annotations": ("AnnotationStats", "LoadedAnnotation", "TrackShape"),
    "asyncsdk.records.attributes": ("AttributeConfiguration",),
    "asyncsdk.records.campaigns": ("Assignee", "IssueCount"),
    "asyncsdk.records.coco": ("COCOAnnotation", "COCOCategory", "COCOImage", "COCOVideo"),
    "asyncsdk.records.folders": ("FolderDifference", "FolderReport"),
    "asyncsdk.records.differences": (
        "AssetDifference",
        "LabelDifference",
        "NameDifference",
        "VersionDifference",
    ),
    "asyncsdk.records.jobs": ("JobLine",),
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
    "asyncsdk.records.processings": ("ProcessingInput",),
    "asyncsdk.records.projections": ("CloudProjection",),
    "asyncsdk.records.previews": ("Preview",),
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
    "asyncsdk.records.splits": ("LabelRepartition",),
    "asyncsdk.resources.annotation": ("Annotation", "MultiAnnotation"),
    "asyncsdk.resources.annotation_campaign": ("AnnotationCampaign",),
    "asyncsdk.resources.asset": ("Asset", "MultiAsset"),
    "asyncsdk.resources.assignment": ("Assignment",),
    "asyncsdk.resources.campaign_step": ("CampaignStep",),
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
    "asyncsdk.resources.missing_assets": ("MissingAssets",),
    "asyncsdk.resources.shapes": ("Classification", "Line", "Mask", "Point", "Polygon", "Rectangle"),
    "asyncsdk.resources.model": ("Model",),
    "asyncsdk.resources.model_file": ("ModelFile",),
    "asyncsdk.resources.model_version": ("ModelVersion",),
    "asyncsdk.resources.processing": ("Processing",),
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
