"""Datasets, their versions and the assets in them."""

from __future__ import annotations

from datetime import datetime

import attrs

from asyncsdk.enums import DataType, DataUploadStatus, InferenceType
from asyncsdk.records.absent import absent
from asyncsdk.records.data import DataOutline, DataRecord
from asyncsdk.records.jobs import JobRecord
from asyncsdk.records.tags import TagRecord

__all__ = [
    "AddedAssets",
    "AssetFilter",
    "AssetOutline",
    "AssetRecord",
    "DatasetPatch",
    "DatasetRecord",
    "DatasetVersionPatch",
    "DatasetVersionRecord",
    "NewAssets",
    "NewDataset",
    "NewDatasetVersion",
]


@attrs.frozen
class DatasetRecord:
    """A dataset: a name over its versions."""

    id: str
    name: str
    description: str | None = absent()
    created_at: datetime | None = absent()
    tags: tuple[TagRecord, ...] | None = absent()


@attrs.frozen
class NewDataset:
    """Creates a dataset."""

    name: str
    description: str = ""


@attrs.frozen
class DatasetPatch:
    """Changes what is given."""

    name: str | None = absent()
    description: str | None = absent()


@attrs.frozen
class DatasetVersionRecord:
    """A version of a dataset: its assets, labels, tags and annotations."""

    id: str
    origin_id: str
    origin_name: str
    version: str
    type: InferenceType
    annotation_campaign_id: str | None = None
    description: str | None = absent()
    locked: bool | None = absent()
    created_at: datetime | None = absent()
    tags: tuple[TagRecord, ...] | None = absent()


@attrs.frozen
class NewDatasetVersion:
    """Creates a version."""

    version: str
    description: str = ""
    type: InferenceType = InferenceType.NOT_CONFIGURED


@attrs.frozen
class DatasetVersionPatch:
    """Changes what is given."""

    version: str | None = absent()
    description: str | None = absent()
    type: InferenceType | None = absent()


@attrs.frozen
class AssetRecord:
    """A data inside a dataset version."""

    id: str
    data: DataRecord
    created_at: datetime | None = absent()
    tags: tuple[TagRecord, ...] | None = absent()


@attrs.frozen
class AssetOutline:
    """An asset, of which no more is read than files of annotations tell: in a fraction of the time of all."""

    id: str
    data: DataOutline


@attrs.frozen
class NewAssets:
    """Adds data to a version; each new asset gets the tags."""

    data_ids: tuple[str, ...]
    asset_tag_ids: tuple[str, ...] = ()


@attrs.frozen
class AddedAssets:
    """Answer to adding data: the work goes on in the job."""

    job: JobRecord
    dataset_version: DatasetVersionRecord | None = None


@attrs.frozen
class AssetFilter:
    """Body of a filtered asset listing; the lists intersect."""

    q: str | None = absent()
    ids: tuple[str, ...] | None = absent()
    data_ids: tuple[str, ...] | None = absent()
    filenames: tuple[str, ...] | None = absent()
    object_names: tuple[str, ...] | None = absent()
    filename_startswith: tuple[str, ...] | None = absent()
    upload_statuses: tuple[DataUploadStatus, ...] | None = absent()
    types: tuple[DataType, ...] | None = absent()
