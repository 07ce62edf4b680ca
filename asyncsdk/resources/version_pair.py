"""Two versions that are to be compared, and how."""

from __future__ import annotations

from typing import Any

import attrs

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.worker_filters import worker_id_of

__all__ = ["VersionPair", "pair_of"]


@attrs.frozen(kw_only=True)
class VersionPair:
    """Two versions of one dataset, and what of them is compared.

    Attributes:
        version_id: the version that is compared.
        other_id: the version that it is compared with.
        title: dataset and name of the first.
        other_title: dataset and name of the second.
        worker_id: only what this worker drew.
        labels_only: compare how many shapes each label has, whatever they look like.
        all_annotations: compare what all workers drew, and not the newest annotation only.
    """

    version_id: str
    other_id: str
    title: str
    other_title: str
    worker_id: str | None = None
    labels_only: bool = False
    all_annotations: bool = False

    @property
    def query(self) -> dict[str, Any]:
        """What is compared, as it travels."""
        return {
            "worker_id": self.worker_id,
            "labels_only": self.labels_only,
            "all_annotations": self.all_annotations,
        }

    @property
    def is_newest_only(self) -> bool:
        """Whether only the newest annotation of an asset counts."""
        return self.worker_id is None and not self.all_annotations


def pair_of(
    version: Resource[DatasetVersionRecord],
    other: Any,
    *,
    worker: Any,
    labels_only: bool,
    all_annotations: bool,
) -> VersionPair:
    """Return the pair that arguments describe.

    Raises:
        InvalidArgumentError: the other one is no version of the same dataset, or the worker is none.
    """
    if not isinstance(other, type(version)):
        raise InvalidArgumentError(f"{other!r} is not a DatasetVersion")
    this_record, other_record = version._record, other._record  # noqa: SLF001 - of the same family
    if this_record.origin_id != other_record.origin_id:
        raise InvalidArgumentError(
            f"{other!r} is of another dataset than {version!r}: compare versions of one"
        )
    return VersionPair(
        version_id=version.id,
        other_id=other.id,
        title=f"{this_record.origin_name}/{this_record.version}",
        other_title=f"{other_record.origin_name}/{other_record.version}",
        worker_id=worker_id_of(worker),
        labels_only=labels_only,
        all_annotations=all_annotations,
    )
