"""Dataset versions: forking them, and copying assets from one into another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

import attrs

from asyncsdk.enums import InferenceType
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.records.forks import AssetCopy
from asyncsdk.resources import forking
from asyncsdk.resources.asset import Asset, MultiAsset
from asyncsdk.resources.job import Job
from asyncsdk.resources.resource import Resource

if TYPE_CHECKING:
    from asyncsdk.resources.dataset_version import DatasetVersion

__all__ = ["DatasetVersionForks"]


@attrs.define(eq=False, repr=False)
class DatasetVersionForks(Resource[DatasetVersionRecord]):
    """The other versions that a dataset version is made into."""

    async def fork(
        self,
        version: str,
        description: str | None = None,
        assets: Asset | Sequence[Asset] | MultiAsset | None = None,
        type: InferenceType | str = InferenceType.NOT_CONFIGURED,  # noqa: A002 - the protocol's word
        with_tags: bool = False,
        with_labels: bool = False,
        with_annotations: bool = False,
        *,
        timeout_s: float | None = None,
    ) -> Self:
        """Fork this version into a new version of the same dataset, and wait until that is complete.

        The assets keep their order. Tags and labels belong to one version, so the copies are new objects with
        the old names; labels keep their group, skeleton and attributes. An asset that is deleted from this
        version meanwhile may be left out, one that is added meanwhile is not taken. Until it is complete the
        new version refuses changes.

        Args:
            version: name of the new version.
            description: what it is; "Forked from version '<name of this one>'" where it is not given.
            assets: the assets to take, of this version; `None` takes all, an empty list takes none.
            type: what its annotations will look like: a member or its name in any case.
            with_tags: each asset keeps its tags.
            with_labels: all labels are taken.
            with_annotations: each asset keeps its annotations with all that is drawn; all labels are taken.
            timeout_s: longest wait, in seconds; `None` waits for an hour.

        Returns:
            The new version, complete.

        Raises:
            InvalidArgumentError: an asset is of another version, the name is empty or the type is unknown.
            ConflictError: the dataset has a version of this name.
            LockedError: another fork still fills this version.
            JobFailedError: the fork failed; the text is the job's own error, and the new version is gone.
            DeadlineError: it was not complete in time; the platform goes on with it.

        Example:
            >>> async def first_hundred(client) -> None:
            ...     dataset = await client.get_dataset("my_dataset")
            ...     foo_version = await dataset.get_version("first")
            ...     assets = await foo_version.list_assets(limit=100)
            ...     bar_version = await foo_version.fork(version="second", assets=assets)
        """
        body = forking.new_fork(
            self._record,
            version,
            description,
            assets,
            type,
            with_tags=with_tags,
            with_labels=with_labels,
            with_annotations=with_annotations,
        )
        record = await forking.fork(self._connection, self._record.origin_id, body, timeout_s)
        return self._other(record)

    async def start_fork(
        self,
        version: str,
        description: str | None = None,
        assets: Asset | Sequence[Asset] | MultiAsset | None = None,
        type: InferenceType | str = InferenceType.NOT_CONFIGURED,  # noqa: A002 - the protocol's word
        with_tags: bool = False,
        with_labels: bool = False,
        with_annotations: bool = False,
    ) -> tuple[Self, Job]:
        """Start a fork without waiting for it; the parameters are those of `fork`.

        Returns:
            The new version, which can be read, and the job that fills it. A version whose job fails disappears.

        Raises:
            InvalidArgumentError: an asset is of another version, the name is empty or the type is unknown.
            ConflictError: the dataset has a version of this name.
            LockedError: another fork still fills this version.

        Example:
            >>> async def fork(version) -> None:
            ...     fork, job = await version.start_fork("second", with_annotations=True)
            ...     await job.wait()
        """
        body = forking.new_fork(
            self._record,
            version,
            description,
            assets,
            type,
            with_tags=with_tags,
            with_labels=with_labels,
            with_annotations=with_annotations,
        )
        record, job = await forking.start_fork(self._connection, self._record.origin_id, body)
        return self._other(record), job

    async def copy_assets_to(
        self,
        destination: DatasetVersion,
        assets: Asset | Sequence[Asset] | MultiAsset | None = None,
        *,
        with_tags: bool = False,
        with_annotations: bool = False,
        wait: bool = False,
    ) -> Job:
        """Copy assets into another version of the same dataset.

        An asset whose data is in the destination already is passed over, with its tags and annotations. Tags
        and labels are found there by name; missing ones are made. If a copy fails, what was copied stays.

        Args:
            destination: the version that gets them.
            assets: the assets, of this version; `None` takes all, an empty list takes none.
            with_tags: each copy gets the asset's tags.
            with_annotations: each copy gets the asset's annotations with all that is drawn.
            wait: return only when the job has succeeded.

        Returns:
            The job; `await job.wait()` waits for it.

        Raises:
            InvalidArgumentError: an asset is of another version, or the destination is this version or belongs
                to another dataset.
            ConflictError: with annotations, a label has another skeleton there.
            LockedError: the destination is locked, or a fork still fills one of the two.
            JobFailedError: with `wait`, the job failed.

        Example:
            >>> async def add_night(version, other) -> None:
            ...     night = await version.list_assets(tags=["night"])
            ...     await version.copy_assets_to(other, night, with_annotations=True, wait=True)
        """
        forking.check_destination(self.id, self._record.origin_id, destination)
        body = AssetCopy(
            destination_id=destination.id,
            asset_ids=forking.asset_ids(self.id, assets),
            with_tags=with_tags,
            with_annotations=with_annotations,
        )
        return await forking.copy_assets(self._connection, self.id, body, wait=wait)

    def _other(self, record: DatasetVersionRecord) -> Self:
        return type(self)(self._connection, record)
