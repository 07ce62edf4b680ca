"""Forks of dataset versions, and copies of assets between versions of one dataset."""

from __future__ import annotations

import attrs

from asyncsdk.enums import InferenceType
from asyncsdk.records.absent import absent
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.records.jobs import JobRecord

__all__ = ["AssetCopy", "NewFork", "StartedCopy", "StartedFork"]


@attrs.frozen(kw_only=True)
class NewFork:
    """Makes a version out of another one of the dataset."""

    parent_id: str
    version: str
    description: str = ""
    type: InferenceType = InferenceType.NOT_CONFIGURED
    with_tags: bool = False
    with_labels: bool = False
    with_annotations: bool = False
    """Labels too."""

    asset_ids: tuple[str, ...] | None = absent()
    """Absent takes all assets, an empty list takes none."""


@attrs.frozen
class StartedFork:
    """Answer to a fork: the new version, which the job fills."""

    dataset_version: DatasetVersionRecord
    job: JobRecord


@attrs.frozen(kw_only=True)
class AssetCopy:
    """Copies assets into another version of the dataset."""

    destination_id: str
    asset_ids: tuple[str, ...] | None = absent()
    """Our addition: absent takes all assets."""

    with_tags: bool = False
    with_annotations: bool = False


@attrs.frozen
class StartedCopy:
    """Answer to a copy: the work goes on in the job."""

    job: JobRecord
