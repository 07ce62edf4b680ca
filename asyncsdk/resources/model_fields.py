"""What a caller says of a model version, checked and brought to one form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asyncsdk.enums import Framework, InferenceType, choose
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.models import ModelVersionFields
from asyncsdk.resources.arguments import as_json_object, as_list, check_count

__all__ = ["version_fields", "version_key"]


def version_fields(
    *,
    name: str | None,
    type: InferenceType | str | None,  # noqa: A002 - the protocol's word
    framework: Framework | str | None,
    description: str | None,
    labels: Mapping[str, Any] | None,
    base_parameters: Mapping[str, Any] | None,
    docker_image_name: str | None,
    docker_tag: str | None,
    docker_flags: Sequence[str] | None,
    docker_env_variables: Mapping[str, Any] | None,
    notebook_link: str | None,
    thumb_object_name: str | None,
) -> ModelVersionFields:
    """Return what is given as it travels.

    Raises:
        InvalidArgumentError: a member is unknown, or something cannot travel as JSON.
    """
    return ModelVersionFields(
        name=name,
        type=None if type is None else choose(InferenceType, type),
        framework=None if framework is None else choose(Framework, framework),
        description=description,
        labels=as_json_object(labels, "labels"),
        parameters=as_json_object(base_parameters, "base_parameters"),
        docker_image=docker_image_name,
        docker_tag=docker_tag,
        docker_flags=_flags(docker_flags),
        docker_env_variables=as_json_object(docker_env_variables, "docker_env_variables"),
        notebook_link=notebook_link,
        thumbnail_object_name=thumb_object_name,
    )


def version_key(version: int | str) -> dict[str, Any]:
    """Return the query that finds a version by its number or its name.

    Raises:
        InvalidArgumentError: it is neither.
    """
    if isinstance(version, str) and version:
        return {"name": version}
    if not isinstance(version, int):
        raise InvalidArgumentError(f"version: {version!r} is neither a number nor a name")
    return {"version": check_count(version, "version")}


def _flags(given: Sequence[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    flags = tuple(as_list(given))
    for flag in flags:
        if not isinstance(flag, str):
            raise InvalidArgumentError(f"docker_flags: {flag!r} is not a text")
    return flags
