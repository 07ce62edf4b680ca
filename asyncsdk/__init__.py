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
        DataType,
        DataUploadStatus,
        InferenceType,
        JobRunStatus,
        JobStatus,
        MetadataType,
        TagTarget,
        Target,
    )
    from asyncsdk.flow.loop import run
    from asyncsdk.flow.progress import ProgressEvent
    from asyncsdk.records.cloud_objects import CloudObject
    from asyncsdk.records.custom_metadata import MetadataKey, MetadataSchema
    from asyncsdk.records.projections import CloudProjection
    from asyncsdk.records.reports import Failure, TransferReport, UploadedFile, UploadReport
    from asyncsdk.resources.asset import Asset, MultiAsset
    from asyncsdk.resources.client import Client
    from asyncsdk.resources.data import Data, MultiData
    from asyncsdk.resources.data_source import DataSource
    from asyncsdk.resources.datalake import Datalake
    from asyncsdk.resources.dataset import Dataset
    from asyncsdk.resources.dataset_version import DatasetVersion
    from asyncsdk.resources.iterating import ItemIterator
    from asyncsdk.resources.job import Job
    from asyncsdk.resources.projection import Projection
    from asyncsdk.resources.tag import Tag
    from asyncsdk.resources.worker import User, Worker

__all__ = [
    "ApiError",
    "Asset",
    "AsyncSDKError",
    "BadRequestError",
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
    "InferenceType",
    "InvalidArgumentError",
    "InvalidQueryError",
    "ItemIterator",
    "Job",
    "JobFailedError",
    "JobRunStatus",
    "JobStatus",
    "Limits",
    "LockedError",
    "LossError",
    "MetadataKey",
    "MetadataSchema",
    "MetadataType",
    "MissingFileError",
    "MultiAsset",
    "MultiData",
    "NoDataError",
    "NotFoundError",
    "NotSupportedError",
    "OutcomeUnknownError",
    "PartialFailure",
    "ProgressEvent",
    "Projection",
    "ProtocolError",
    "RateLimitedError",
    "Retry",
    "ServerError",
    "Settings",
    "Tag",
    "TagTarget",
    "Target",
    "Timeouts",
    "TooLargeError",
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
        "DataType",
        "DataUploadStatus",
        "InferenceType",
        "JobRunStatus",
        "JobStatus",
        "MetadataType",
        "TagTarget",
        "Target",
    ),
    "asyncsdk.flow.loop": ("run",),
    "asyncsdk.flow.progress": ("ProgressEvent",),
    "asyncsdk.records.cloud_objects": ("CloudObject",),
    "asyncsdk.records.custom_metadata": ("MetadataKey", "MetadataSchema"),
    "asyncsdk.records.projections": ("CloudProjection",),
    "asyncsdk.records.reports": ("Failure", "TransferReport", "UploadReport", "UploadedFile"),
    "asyncsdk.resources.asset": ("Asset", "MultiAsset"),
    "asyncsdk.resources.client": ("Client",),
    "asyncsdk.resources.data": ("Data", "MultiData"),
    "asyncsdk.resources.data_source": ("DataSource",),
    "asyncsdk.resources.datalake": ("Datalake",),
    "asyncsdk.resources.dataset": ("Dataset",),
    "asyncsdk.resources.dataset_version": ("DatasetVersion",),
    "asyncsdk.resources.iterating": ("ItemIterator",),
    "asyncsdk.resources.job": ("Job",),
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
