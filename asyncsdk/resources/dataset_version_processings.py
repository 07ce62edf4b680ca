"""Dataset versions: launching processings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from asyncsdk.enums import ProcessingTargetType
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.resources.asset import Asset, MultiAsset
from asyncsdk.resources.job import Job
from asyncsdk.resources.processing import Processing
from asyncsdk.resources.processing_launch import launch_on_version, options_of
from asyncsdk.resources.resource import Resource

__all__ = ["DatasetVersionProcessings"]


@attrs.define(eq=False, repr=False)
class DatasetVersionProcessings(Resource[DatasetVersionRecord]):
    """The processings that run on a dataset version."""

    async def launch_processing(
        self,
        processing: Processing,
        parameters: Mapping[str, Any] | None = None,
        cpu: int | None = None,
        gpu: int | None = None,
        *,
        assets: Asset | Sequence[Asset] | MultiAsset | None = None,
        inputs: Mapping[str, Any] | None = None,
        wait: bool = False,
    ) -> Job:
        """Launch a processing on this dataset version.

        If it cannot be launched on a dataset version, this raises before anything is launched. What is not
        given is taken from the defaults of the processing.

        Args:
            processing: the processing.
            parameters: parameters; on our platform those that are not named keep their defaults.
            cpu: processors.
            gpu: GPUs.
            assets: only these assets; `None` stands for the whole version.
            inputs: values of the processing's inputs, by name.
            wait: return only when the job has succeeded.

        Returns:
            The job; `await job.wait()` waits for it and raises with its own error.

        Raises:
            BadRequestError: the inputs are not met, no program is registered for the processing's image, or
                the platform has too few processors; nothing was launched.
            InvalidArgumentError: the processing is for other targets, or an argument is out of its range;
                nothing was sent.
            NotFoundError: the processing was deleted.
            JobFailedError: with `wait`, the job failed.

        Example:
            >>> async def check(client, version) -> None:
            ...     processing = await client.get_public_processing("duplicate-tagging")
            ...     job = await version.launch_processing(processing, {"threshold": 2})
            ...     await job.wait()
            ...     print(job.result)
        """
        target = ProcessingTargetType.DATASET_VERSION
        options = options_of(processing, target, parameters, cpu, gpu, inputs)
        return await launch_on_version(self._connection, self.id, assets, options, wait=wait)
