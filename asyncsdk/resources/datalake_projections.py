"""Datalakes: projections of objects that lie in the storage already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from asyncsdk.records.data import DatalakeRecord
from asyncsdk.records.projections import CloudProjection
from asyncsdk.resources.job import Job
from asyncsdk.resources.projection_import import import_projections
from asyncsdk.resources.resource import Resource

__all__ = ["DatalakeProjections"]


@attrs.define(eq=False, repr=False)
class DatalakeProjections(Resource[DatalakeRecord]):
    """The projections of a datalake's data."""

    async def import_projections(
        self,
        projections: Mapping[str, Sequence[CloudProjection | Mapping[str, str]]],
        *,
        wait: bool = False,
    ) -> Job:
        """Make projections of objects that lie in the datalake's storage already.

        Projections that are there already are skipped. More than 500 data go in several requests, and the
        job stands for all of them.

        Args:
            projections: for the object name of each data, its projections: `CloudProjection`s, or dicts with
                `name` and `object_name`.
            wait: return only when the job has succeeded.

        Returns:
            The job; `await job.wait()` waits for it. It fails when an object or a data is missing, and names
            which; all the others are projections then.

        Raises:
            InvalidArgumentError: there is no data, or something is no projection.
            JobFailedError: with `wait`, the job failed.

        Example:
            >>> async def add_depth(datalake) -> None:
            ...     depth = {"name": "depth", "object_name": "depth/1.png"}
            ...     job = await datalake.import_projections({"photos/1.png": [depth]})
            ...     await job.wait()
        """
        return await import_projections(self._connection, self.id, projections, wait=wait)
