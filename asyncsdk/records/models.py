"""Models, their versions and files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs

from asyncsdk.enums import Framework, InferenceType
from asyncsdk.records.absent import absent
from asyncsdk.records.tags import TagRecord

__all__ = [
    "ModelFileRecord",
    "ModelPatch",
    "ModelRecord",
    "ModelVersionFields",
    "ModelVersionRecord",
    "NewModel",
    "NewModelFile",
]


@attrs.frozen
class ModelRecord:
    """A model: a name over its versions."""

    id: str
    name: str
    private: bool
    description: str | None = absent()
    created_at: datetime | None = absent()
    tags: tuple[TagRecord, ...] | None = absent()


@attrs.frozen
class NewModel:
    """Creates a model."""

    name: str
    description: str | None = None


@attrs.frozen
class ModelPatch:
    """Changes what is given."""

    name: str | None = absent()
    description: str | None = absent()


@attrs.frozen
class ModelVersionRecord:
    """A version of a model: what it says of itself, its files and tags."""

    id: str
    origin: ModelRecord
    name: str
    version: int
    type: InferenceType
    framework: Framework
    labels: dict[str, Any] | None = None
    parameters: dict[str, Any] | None = absent()
    description: str | None = absent()
    docker_image: str | None = absent()
    docker_tag: str | None = absent()
    docker_flags: tuple[str, ...] | None = absent()
    docker_env_variables: dict[str, Any] | None = absent()
    notebook_link: str | None = absent()
    thumbnail_object_name: str | None = absent()
    created_at: datetime | None = absent()
    tags: tuple[TagRecord, ...] | None = absent()


@attrs.frozen(kw_only=True)
class ModelVersionFields:
    """What creates a version or changes one: only what is given counts."""

    name: str | None = absent()
    type: InferenceType | None = absent()
    framework: Framework | None = absent()
    description: str | None = absent()
    docker_image: str | None = absent()
    docker_tag: str | None = absent()
    docker_flags: tuple[str, ...] | None = absent()
    docker_env_variables: dict[str, Any] | None = absent()
    notebook_link: str | None = absent()
    thumbnail_object_name: str | None = absent()
    labels: dict[str, Any] | None = absent()
    parameters: dict[str, Any] | None = absent()


@attrs.frozen
class ModelFileRecord:
    """A file of a model version."""

    id: str
    name: str
    object_name: str
    filename: str
    large: bool
    presigned_url: str | None = None
    size_bytes: int | None = absent()
    created_at: datetime | None = absent()


@attrs.frozen
class NewModelFile:
    """Creates a file from an uploaded object."""

    name: str
    filename: str
    object_name: str
    large: bool

    replace: bool | None = absent()
    """Our addition: let the file of this name make way for it."""
