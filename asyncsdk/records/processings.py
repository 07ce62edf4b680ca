"""Processings, their inputs, and launching them."""

from __future__ import annotations

from typing import Any

import attrs

from asyncsdk.enums import (
    Framework,
    InferenceType,
    ProcessingInputType,
    ProcessingTargetType,
    ProcessingType,
)
from asyncsdk.records.absent import absent

__all__ = [
    "LaunchOnDatalake",
    "LaunchOnVersion",
    "NewProcessing",
    "ProcessingInput",
    "ProcessingInputPatch",
    "ProcessingLaunch",
    "ProcessingPatch",
    "ProcessingRecord",
]


@attrs.frozen
class ProcessingRecord:
    """A program that the platform runs on a dataset version, a datalake or a model version."""

    id: str
    name: str
    docker_image: str
    docker_tag: str
    type: ProcessingType | None = None
    target: ProcessingTargetType | None = None
    description: str | None = absent()
    default_parameters: dict[str, Any] | None = absent()
    default_cpu: int | None = absent()
    default_gpu: int | None = absent()


@attrs.frozen(kw_only=True)
class NewProcessing:
    """Creates a processing; the older generation gives a type, the newer one a target."""

    name: str
    default_cpu: int
    default_gpu: int
    default_parameters: dict[str, Any]
    docker_image: str
    docker_tag: str
    docker_flags: tuple[str, ...] | None = None
    type: ProcessingType | None = None
    target: ProcessingTargetType | None = None
    description: str | None = None


@attrs.frozen(kw_only=True)
class ProcessingPatch:
    """Changes what is given."""

    docker_image: str | None = absent()
    docker_tag: str | None = absent()
    description: str | None = absent()
    default_parameters: dict[str, Any] | None = absent()
    default_cpu: int | None = absent()
    default_gpu: int | None = absent()


@attrs.frozen
class ProcessingInput:
    """Something that a launch has to give, or may give, to the processing."""

    name: str
    """Key of its value among the inputs of a launch."""

    input_type: ProcessingInputType
    required: bool

    inference_type_constraint: InferenceType | None = None
    """The type that the dataset version, the model or the model version must have."""

    framework_constraint: Framework | None = None
    """The framework that the model or the model version must have."""


@attrs.frozen
class ProcessingInputPatch:
    """Replaces everything of an input but its name and its type."""

    required: bool
    inference_type_constraint: InferenceType | None = None
    framework_constraint: Framework | None = None


@attrs.frozen(kw_only=True)
class ProcessingLaunch:
    """Starts a processing; what is `None` is the processing's default."""

    processing_id: str
    parameters: dict[str, Any] | None = None
    cpu: int | None = None
    gpu: int | None = None
    inputs: dict[str, Any] | None = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class LaunchOnVersion(ProcessingLaunch):
    """Starts a processing on a dataset version."""

    asset_ids: tuple[str, ...] | None = None
    """Assets of the version that it is for; `None` stands for all."""


@attrs.frozen(kw_only=True)
class LaunchOnDatalake(ProcessingLaunch):
    """Starts a processing on some data of a datalake."""

    data_ids: tuple[str, ...]
