"""Dataset versions: comparing two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.records.differences import AssetDifference, VersionDifference
from asyncsdk.resources.comparing import compare_versions, read_differences
from asyncsdk.resources.iterating import ItemIterator
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.version_pair import pair_of
from asyncsdk.resources.worker import Worker

if TYPE_CHECKING:
    from asyncsdk.resources.dataset_version import DatasetVersion

__all__ = ["DatasetVersionComparing"]


@attrs.define(eq=False, repr=False)
class DatasetVersionComparing(Resource[DatasetVersionRecord]):
    """How a dataset version differs from others of its dataset."""

    async def diff(
        self,
        other: DatasetVersion,
        *,
        worker: Worker | None = None,
        labels_only: bool = False,
        all_annotations: bool = False,
    ) -> VersionDifference:
        """Compare this version with another one of its dataset: what the other one has more is added.

        Assets are the same when they are made from the same data. Where both versions have one, the shapes and
        tracks of its newest annotations are compared, by the names of their labels: two are equal when kind,
        geometry, text and attributes are. Ids, areas, worker, status and duration count for nothing, and an
        annotation without shapes is like none.

        Args:
            other: another version of the same dataset.
            worker: compare only what this worker drew.
            labels_only: compare how many shapes each label has on an asset, whatever they look like.
            all_annotations: compare what all workers drew on an asset, taken together, in place of its newest
                annotation.

        Returns:
            The report: assets that were added, removed or are annotated differently, and the names of labels
            and asset tags that only one of the versions has. It holds the differences only.

        Raises:
            InvalidArgumentError: the other one is no version of this dataset; nothing was sent.
            NotSupportedError: the platform ignores `worker`.
            PartialFailure: annotations could not be loaded, on a platform that does not compare by itself.

        Example:
            >>> async def show(dataset) -> None:
            ...     first, second = await dataset.get_version("v1"), await dataset.get_version("v2")
            ...     print(await first.diff(second))
        """
        pair = pair_of(self, other, worker=worker, labels_only=labels_only, all_annotations=all_annotations)
        return await compare_versions(self._connection, pair)

    def iter_diff(
        self,
        other: DatasetVersion,
        *,
        worker: Worker | None = None,
        labels_only: bool = False,
        all_annotations: bool = False,
    ) -> ItemIterator[AssetDifference]:
        """Iterate over the assets that differ, in bounded memory, in no particular order; see `diff`.

        Args:
            other: another version of the same dataset.
            worker: compare only what this worker drew.
            labels_only: compare how many shapes each label has on an asset, whatever they look like.
            all_annotations: compare what all workers drew on an asset, taken together, in place of its newest
                annotation.

        Raises:
            InvalidArgumentError: the other one is no version of this dataset; nothing was sent.
            NotSupportedError: the platform ignores `worker`.
            PartialFailure: annotations could not be loaded, on a platform that does not compare by itself.

        Example:
            >>> async def count_new(first, second) -> int:
            ...     return sum([one.is_added async for one in first.iter_diff(second)])
        """
        pair = pair_of(self, other, worker=worker, labels_only=labels_only, all_annotations=all_annotations)
        return ItemIterator(read_differences(self._connection, pair), lambda record: record)
