"""Model versions: launching processings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from asyncsdk.enums import ProcessingTargetType
from asyncsdk.records.models import ModelVersionRecord
from asyncsdk.resources.job import Job
from asyncsdk.resources.processing import Processing
from asyncsdk.resources.processing_launch import launch_on_model_version, options_of
from asyncsdk.resources.resource import Resource

__all__ = ["ModelVersionProcessings"]


@attrs.define(eq=False, repr=False)
class ModelVersionProcessings(Resource[ModelVersionRecord]):
    """The processings that run on a model version."""

    async def launch_processing(
        self,
        processing: Processing,
        parameters: Mapping[str, Any] | None = None,
        cpu: int | None = None,
        gpu: int | None = None,
        *,
        inputs: Mapping[str, Any] | None = None,
        wait: bool = False,
    ) -> Job:
        """Launch a processing on this model version.

        If it cannot be launched on a model version, this raises before anything is launched. What is not
        given is taken from the defaults of the processing. Deleting the model version ends the job too.

        Args:
            processing: the processing.
            parameters: parameters; on our platform those that are not named keep their defaults.
            cpu: processors.
            gpu: GPUs.
            inputs: values of the processing's inputs, by name.
            wait: return only when the job has succeeded.

        Returns:
            The job; `await job.wait()` waits for it and raises with its own error.

        Raises:
            BadRequestError: the inputs are not met, no program is registered for the processing's image, or
                the platform has too few processors; nothing was launched.
            InvalidArgumentError: the processing is for other targets, or an argument is out of its range;
                nothing was sent.
            NotFoundError: the processing or the model version was deleted.
            JobFailedError: with `wait`, the job failed.

        Example:
            >>> async def convert(client, version) -> None:
            ...     processing = await client.get_processing("to-onnx")
            ...     await version.launch_processing(processing, {"opset": 17}, wait=True)
            ...     print(await version.list_files())
        """
        options = options_of(processing, ProcessingTargetType.MODEL_VERSION, parameters, cpu, gpu, inputs)
        return await launch_on_model_version(self._connection, self.id, options, wait=wait)
