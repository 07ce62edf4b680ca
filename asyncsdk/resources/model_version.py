"""Versions of models."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs

from asyncsdk.enums import Framework, InferenceType, TagTarget
from asyncsdk.records.models import ModelFileRecord, ModelVersionRecord
from asyncsdk.records.paging import Items
from asyncsdk.resources import model_storing
from asyncsdk.resources.model_fields import version_fields
from asyncsdk.resources.model_file import ModelFile
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.taggable import Taggable
from asyncsdk.wire import routes

__all__ = ["ModelVersion"]


@attrs.define(eq=False, repr=False)
class ModelVersion(Resource[ModelVersionRecord], Taggable):
    """A version of a model: what it says of itself, its files and its tags."""

    _tag_target: ClassVar[TagTarget] = TagTarget.MODEL_VERSION

    @property
    def ids(self) -> list[str]:
        """The id, in a list of one."""
        return [self.id]

    @property
    def name(self) -> str:
        """Its name, unique in its model."""
        return self._record.name

    @property
    def version(self) -> int:
        """Its number: 0 for the first version of a model, growing."""
        return self._record.version

    @property
    def origin_id(self) -> str:
        """Id of the model."""
        return self._record.origin.id

    @property
    def origin_name(self) -> str:
        """Name of the model."""
        return self._record.origin.name

    @property
    def type(self) -> InferenceType:
        """What its answers look like."""
        return self._record.type

    @property
    def framework(self) -> Framework:
        """What it was made with."""
        return self._record.framework

    @property
    def labels(self) -> dict[str, Any] | None:
        """What its answers mean."""
        return self._record.labels

    @property
    def base_parameters(self) -> dict[str, Any] | None:
        """Parameters to begin a training with, where the platform tells."""
        return self._record.parameters

    @property
    def description(self) -> str | None:
        """What it is, where the platform tells."""
        return self._record.description

    @property
    def thumb_object_name(self) -> str | None:
        """Object name of its thumbnail; `None` when it has none."""
        return self._record.thumbnail_object_name

    async def refresh(self) -> None:
        """Read the version anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(
            routes.GET_MODEL_VERSION, ModelVersionRecord, model_version=self.id
        )

    async def update(
        self,
        name: str | None = None,
        *,
        type: InferenceType | str | None = None,  # noqa: A002 - the protocol's word
        framework: Framework | str | None = None,
        description: str | None = None,
        labels: Mapping[str, Any] | None = None,
        base_parameters: Mapping[str, Any] | None = None,
        docker_image_name: str | None = None,
        docker_tag: str | None = None,
        docker_flags: Sequence[str] | None = None,
        docker_env_variables: Mapping[str, Any] | None = None,
        notebook_link: str | None = None,
        thumb_object_name: str | None = None,
    ) -> None:
        """Change what is given.

        Args:
            name: new name.
            type: what its answers look like: a member or its name in any case.
            framework: what it was made with: a member or its name in any case.
            description: what it is.
            labels: what its answers mean, such as `{"0": "cat"}`.
            base_parameters: parameters to begin a training with.
            docker_image_name: image that runs it.
            docker_tag: tag of the image.
            docker_flags: flags to run the image with.
            docker_env_variables: environment variables to run the image with.
            notebook_link: address of a notebook.
            thumb_object_name: object name of an uploaded image.

        Raises:
            ConflictError: another version of the model has this name.
            BadRequestError: the thumbnail was not uploaded.
            InvalidArgumentError: type or framework is unknown, or something cannot travel as JSON.

        Example:
            >>> async def describe(model) -> None:
            ...     version = await model.get_version(0)
            ...     await version.update(labels={"0": "cat", "1": "dog"})
        """
        body = version_fields(
            name=name,
            type=type,
            framework=framework,
            description=description,
            labels=labels,
            base_parameters=base_parameters,
            docker_image_name=docker_image_name,
            docker_tag=docker_tag,
            docker_flags=docker_flags,
            docker_env_variables=docker_env_variables,
            notebook_link=notebook_link,
            thumb_object_name=thumb_object_name,
        )
        self._record = await self._connection.call(
            routes.UPDATE_MODEL_VERSION, ModelVersionRecord, body=body, model_version=self.id
        )

    async def update_thumbnail(self, path: str | os.PathLike[str]) -> None:
        """Upload an image as the thumbnail of the version, in place of the one it has.

        Args:
            path: the file, at most 5 MiB.

        Raises:
            MissingFileError: there is no such file.
            InvalidArgumentError: the file is too large.
        """
        object_name = await model_storing.upload_thumbnail(self._connection, self.id, path)
        await self.update(thumb_object_name=object_name)

    async def delete(self) -> None:
        """Delete the version with its files; its number is not given again.

        Danger: this cannot be undone.
        """
        await self._connection.act(routes.DELETE_MODEL_VERSION, model_version=self.id)

    async def get_tags(self) -> list[Tag]:
        """Return the version's tags."""
        await self.refresh()
        return [Tag(self._connection, record) for record in self._record.tags or ()]

    async def store(
        self, name: str, path: str | os.PathLike[str], do_zip: bool = False, replace: bool = False
    ) -> ModelFile:
        """Upload a file and keep it with this version.

        Args:
            name: its name, unique among the files of this version.
            path: the file; a folder with `do_zip`.
            do_zip: upload a ZIP archive of it, called `<file or folder>.zip`.
            replace: replace the file of this name. On a platform without the capability `file-replacement`
                the old one is deleted just before the new one, which is uploaded by then, takes its place.

        Returns:
            The file, as it is kept.

        Raises:
            MissingFileError: there is no such file.
            ConflictError: the version has a file of this name, and `replace` is not given.
            InvalidArgumentError: the path is a folder, and `do_zip` is not given; or it cannot be read.

        Example:
            >>> async def keep(version) -> None:
            ...     await version.store("weights", "best.onnx")
            ...     await version.store("logs", "runs/train", do_zip=True, replace=True)
        """
        record = await model_storing.store_file(
            self._connection, self.id, name, path, do_zip=do_zip, replace=replace
        )
        return ModelFile(self._connection, record)

    async def list_files(self) -> list[ModelFile]:
        """List the files of this version, newest first."""
        found = await self._connection.call(
            routes.LIST_MODEL_FILES, Items[ModelFileRecord], model_version=self.id
        )
        return [ModelFile(self._connection, record) for record in found.items]

    async def get_file(self, name: str) -> ModelFile:
        """Return a file of this version by its name.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.

        Example:
            >>> async def fetch(version) -> None:
            ...     await (await version.get_file("weights")).download("models/")
        """
        return ModelFile(self._connection, await model_storing.find_file(self._connection, self.id, name))

    def _label(self) -> str:
        return f"{self.origin_name}/{self.version}"
