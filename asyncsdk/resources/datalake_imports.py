"""Datalakes: data of objects that lie in the storage already, and changing many data at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import attrs

from asyncsdk.records.cloud_objects import CloudObject
from asyncsdk.records.data import DatalakeRecord
from asyncsdk.resources import cloud_objects as objects_of_storage
from asyncsdk.resources.data_source import DataSource
from asyncsdk.resources.job import Job
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.tag import Tag

__all__ = ["DatalakeImports"]


@attrs.define(eq=False, repr=False)
class DatalakeImports(Resource[DatalakeRecord]):
    """What is made of a storage's objects without uploading them."""

    async def import_bucket_objects(
        self,
        prefixes: Sequence[str],
        tags: Sequence[str | Tag] | None = None,
        source: str | DataSource | None = None,
        *,
        wait: bool = False,
    ) -> Job:
        """Make data of the images and videos that lie in the datalake's storage already.

        Objects that are data already are left as they are, files that are neither images nor videos are
        passed over, and what images say of themselves in EXIF becomes metadata.

        Args:
            prefixes: starts of object names, such as `["photos/2024/"]`, or whole ones. `[""]` stands for
                everything, an empty list for nothing.
            tags: data tags of each new data, by name or object; missing ones are created.
            source: data source of each new data, by name or object; a missing one is created.
            wait: return only when the job has succeeded.

        Returns:
            The job; `await job.wait()` waits for it. It fails when something cannot be imported, and names
            what; all the rest is data then.

        Raises:
            BadRequestError: a prefix leaves the storage.
            JobFailedError: with `wait`, the job failed.

        Example:
            >>> async def take_in(datalake) -> None:
            ...     job = await datalake.import_bucket_objects(["photos/2024/"], tags=["archive"])
            ...     await job.wait()
        """
        return await objects_of_storage.import_bucket_objects(
            self._connection, self.id, prefixes, tags, source, wait=wait
        )

    async def import_cloud_objects(
        self, cloud_objects: Mapping[str, CloudObject | Mapping[str, Any]], *, wait: bool = False
    ) -> Job:
        """Make data of some objects that lie in the datalake's storage already, each with its own metadata.

        Objects that are data already are left as they are. More than 500 go in several requests, and the
        job stands for all of them.

        Args:
            cloud_objects: for each object name a `CloudObject`, or a dict with some of its fields.
            wait: return only when the job has succeeded.

        Returns:
            The job; `await job.wait()` waits for it. It fails when an object is missing or cannot be read,
            and names which; all the others are data then.

        Raises:
            BadRequestError: a name leaves the storage, or the datalake does not take the metadata.
            InvalidArgumentError: there is no object, or something is no `CloudObject`; nothing was sent.
            JobFailedError: with `wait`, the job failed.

        Example:
            >>> from asyncsdk import CloudObject
            >>> async def take_in(datalake) -> None:
            ...     first = CloudObject(metadata={"reference": "R1"}, tags=["night"], data_source="gate")
            ...     job = await datalake.import_cloud_objects({"photos/1.png": first, "photos/2.png": {}})
            ...     await job.wait()
        """
        return await objects_of_storage.import_cloud_objects(
            self._connection, self.id, cloud_objects, wait=wait
        )

    async def update_multiple_data(
        self,
        objects: Mapping[str, CloudObject | Mapping[str, Any]]
        | Mapping[UUID, CloudObject | Mapping[str, Any]],
    ) -> None:
        """Replace metadata, custom metadata, tags and source of many data at once.

        What is not given is taken away: the data has exactly this afterwards. A hundred data change together
        or not at all; more go in several requests, and when one is refused others may have happened. Doing it
        again is harmless.

        Args:
            objects: for each id of a data a `CloudObject`, or a dict with some of its fields.

        Raises:
            BadRequestError: a data is not of this datalake, or the datalake does not take the metadata.
            InvalidArgumentError: there is no data, or something is no `CloudObject`; nothing was sent.

        Example:
            >>> from asyncsdk import CloudObject
            >>> async def describe(datalake, data) -> None:
            ...     foggy = CloudObject(metadata={"weather": "fog"}, tags=["fog", "night"])
            ...     await datalake.update_multiple_data({one.id: foggy for one in data})
        """
        await objects_of_storage.update_multiple_data(self._connection, self.id, objects)
