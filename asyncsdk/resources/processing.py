"""Processings: programs that the platform runs on its objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from asyncsdk.enums import (
    Framework,
    InferenceType,
    ProcessingInputType,
    ProcessingTargetType,
    ProcessingType,
)
from asyncsdk.records.processings import ProcessingInput, ProcessingPatch, ProcessingRecord
from asyncsdk.resources import processing_inputs
from asyncsdk.resources.arguments import as_json_object, check_count
from asyncsdk.resources.resource import Resource
from asyncsdk.wire import routes
from asyncsdk.wire.processing_targets import target_of

__all__ = ["Processing"]


@attrs.define(eq=False, repr=False)
class Processing(Resource[ProcessingRecord]):
    """A program that the platform runs on a dataset version, a datalake or a model version."""

    @property
    def name(self) -> str:
        """The processing's name."""
        return self._record.name

    @property
    def type(self) -> ProcessingType | None:
        """What it does, where the platform tells it."""
        return self._record.type

    @property
    def target(self) -> ProcessingTargetType | None:
        """What it is launched on, where the platform tells it, or its type does."""
        if self._record.target is None and self._record.type is not None:
            return target_of(self._record.type)
        return self._record.target

    @property
    def docker(self) -> str:
        """Image and tag of the program, such as `acme/blur:2`."""
        return f"{self._record.docker_image}:{self._record.docker_tag}"

    @property
    def description(self) -> str | None:
        """What it is, where the platform tells it."""
        return self._record.description

    @property
    def default_parameters(self) -> dict[str, Any] | None:
        """Its parameters where a launch gives no others, where the platform tells them."""
        return self._record.default_parameters

    @property
    def default_cpu(self) -> int | None:
        """Processors where a launch asks for no others, where the platform tells them."""
        return self._record.default_cpu

    @property
    def default_gpu(self) -> int | None:
        """GPUs where a launch asks for no others, where the platform tells them."""
        return self._record.default_gpu

    async def refresh(self) -> None:
        """Read the processing anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(
            routes.GET_PROCESSING, ProcessingRecord, processing=self.id
        )

    async def update(
        self,
        docker_image: str | None = None,
        docker_tag: str | None = None,
        description: str | None = None,
        default_parameters: Mapping[str, Any] | None = None,
        default_cpu: int | None = None,
        default_gpu: int | None = None,
    ) -> None:
        """Change image, description or defaults; what is not given stays.

        Jobs that were launched before keep what they were launched with.

        Args:
            docker_image: image of the program.
            docker_tag: tag of the image.
            description: what it is.
            default_parameters: parameters where a launch gives no others.
            default_cpu: processors where a launch asks for no others.
            default_gpu: GPUs where a launch asks for no others.

        Raises:
            ForbiddenError: it is a public processing.
            InvalidArgumentError: a number is negative, or the parameters are no JSON object.

        Example:
            >>> async def renew(processing) -> None:
            ...     await processing.update(docker_image="acme/blur", docker_tag="3")
        """
        body = ProcessingPatch(
            docker_image=docker_image,
            docker_tag=docker_tag,
            description=description,
            default_parameters=as_json_object(default_parameters, "default_parameters"),
            default_cpu=check_count(default_cpu, "default_cpu"),
            default_gpu=check_count(default_gpu, "default_gpu"),
        )
        self._record = await self._connection.call(
            routes.UPDATE_PROCESSING, ProcessingRecord, body=body, processing=self.id
        )

    async def delete(self) -> None:
        """Delete the processing; its jobs stay, and those that wait or run go on.

        Danger: this cannot be undone.

        Raises:
            ForbiddenError: it is a public processing.
        """
        await self._connection.act(routes.DELETE_PROCESSING, processing=self.id)

    async def list_processing_inputs(self) -> list[ProcessingInput]:
        """List the inputs that a launch has to give, or may give."""
        return await processing_inputs.list_inputs(self._connection, self.id)

    async def add_processing_input(
        self,
        name: str,
        input_type: ProcessingInputType | str,
        required: bool,
        inference_type_constraint: InferenceType | str | None = None,
        framework_constraint: Framework | str | None = None,
    ) -> ProcessingInput:
        """Declare an input, which each launch is then checked against.

        Args:
            name: key of its value among the inputs of a launch, unique in the processing.
            input_type: what its value is: a text, a number, or the id of an object.
            required: whether each launch has to give it.
            inference_type_constraint: type that the dataset version, model or model version must have.
            framework_constraint: framework that the model or model version must have.

        Raises:
            BadRequestError: a constraint does not go with the type.
            ConflictError: there is an input of this name.
            ForbiddenError: it is a public processing.
            InvalidArgumentError: a type or framework is unknown.

        Example:
            >>> async def declare(processing) -> None:
            ...     await processing.add_processing_input("reference", "DATASET_VERSION", required=True)
        """
        return await processing_inputs.add_input(
            self._connection,
            self.id,
            name,
            input_type,
            required=required,
            inference_type=inference_type_constraint,
            framework=framework_constraint,
        )

    async def update_processing_input(
        self,
        name: str,
        required: bool,
        inference_type_constraint: InferenceType | str | None = None,
        framework_constraint: Framework | str | None = None,
    ) -> ProcessingInput:
        """Replace everything of an input but its name and its type.

        Args:
            name: its name.
            required: whether each launch has to give it.
            inference_type_constraint: type that the object must have; `None` for any.
            framework_constraint: framework that the object must have; `None` for any.

        Raises:
            BadRequestError: a constraint does not go with the type.
            NotFoundError: there is no input of this name.
            ForbiddenError: it is a public processing.
            InvalidArgumentError: a type or framework is unknown.
        """
        return await processing_inputs.update_input(
            self._connection,
            self.id,
            name,
            required=required,
            inference_type=inference_type_constraint,
            framework=framework_constraint,
        )

    async def delete_processing_input(self, name: str) -> None:
        """Take an input away.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is no input of this name.
            ForbiddenError: it is a public processing.
        """
        await self._connection.act(routes.DELETE_PROCESSING_INPUT, processing=self.id, input_name=name)

    def _label(self) -> str:
        return self.name
