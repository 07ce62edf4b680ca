"""Datalakes: launching processings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from asyncsdk.enums import ProcessingTargetType
from asyncsdk.records.data import DatalakeRecord
from asyncsdk.resources.data import Data, MultiData
from asyncsdk.resources.job import Job
from asyncsdk.resources.processing import Processing
from asyncsdk.resources.processing_launch import launch_on_datalake, options_of
from asyncsdk.resources.resource import Resource

__all__ = ["DatalakeProcessings"]


@attrs.define(eq=False, repr=False)
class DatalakeProcessings(Resource[DatalakeRecord]):
    """The processings that run on a datalake's data."""

    async def launch_processing(
        self,
        processing: Processing,
        data: Data | Sequence[Data] | MultiData,
        parameters: Mapping[str, Any] | None = None,
        cpu: int | None = None,
        gpu: int | None = None,
        *,
        inputs: Mapping[str, Any] | None = None,
        wait: bool = False,
    ) -> Job:
        """Launch a processing on data of this datalake.

        If it cannot be launched on a datalake, this raises before anything is launched. What is not given is
        taken from the defaults of the processing.

        Args:
            processing: the processing.
            data: the data that it is for.
            parameters: parameters; on our platform those that are not named keep their defaults.
            cpu: processors.
            gpu: GPUs.
            inputs: values of the processing's inputs, by name.
            wait: return only when the job has succeeded.

        Returns:
            The job; `await job.wait()` waits for it and raises with its own error.

        Raises:
            BadRequestError: a data is not of this datalake, the inputs are not met, no program is registered
                for the processing's image, or the platform has too few processors; nothing was launched.
            InvalidArgumentError: the processing is for other targets, or an argument is out of its range;
                nothing was sent.
            NotFoundError: the processing was deleted.
            JobFailedError: with `wait`, the job failed.
        """
        target = ProcessingTargetType.DATALAKE
        options = options_of(processing, target, parameters, cpu, gpu, inputs)
        return await launch_on_datalake(self._connection, self.id, data, options, wait=wait)
