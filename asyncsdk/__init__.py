"""Async-first SDK for versioned computer-vision datasets.

`asyncsdk.sync` has the same names without `await`.
"""

from __future__ import annotations

from asyncsdk._version import __version__
from asyncsdk.config import Limits, Retry, Settings, Timeouts
from asyncsdk.enums import (
    DataType,
    DataUploadStatus,
    InferenceType,
    JobRunStatus,
    JobStatus,
    TagTarget,
    Target,
)
from asyncsdk.errors import *  # noqa: F403 - every error is public
from asyncsdk.errors import __all__ as _errors
from asyncsdk.flow.loop import run
from asyncsdk.flow.progress import ProgressEvent
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
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.worker import User, Worker

__all__ = [  # noqa: PLE0604 - the errors' names are listed where they are defined
    *_errors,
    "Asset",
    "Client",
    "Data",
    "DataSource",
    "DataType",
    "DataUploadStatus",
    "Datalake",
    "Dataset",
    "DatasetVersion",
    "Failure",
    "InferenceType",
    "ItemIterator",
    "Job",
    "JobRunStatus",
    "JobStatus",
    "Limits",
    "MultiAsset",
    "MultiData",
    "ProgressEvent",
    "Retry",
    "Settings",
    "Tag",
    "TagTarget",
    "Target",
    "Timeouts",
    "TransferReport",
    "UploadReport",
    "UploadedFile",
    "User",
    "Worker",
    "__version__",
    "run",
]
