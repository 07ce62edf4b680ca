"""Models: names over versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import attrs

from asyncsdk.enums import Framework, InferenceType, TagTarget
from asyncsdk.records.models import ModelPatch, ModelRecord, ModelVersionRecord
from asyncsdk.records.paging import Items
from asyncsdk.resources.model_fields import version_fields, version_key
from asyncsdk.resources.model_version import ModelVersion
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.tag import Tag
from asyncsdk.resources.taggable import Taggable
from asyncsdk.wire import routes

__all__ = ["Model"]


@attrs.define(eq=False, repr=False)
class Model(Resource[ModelRecord], Taggable):
    """A model: a name over its versions."""

    _tag_target: ClassVar[TagTarget] = TagTarget.MODEL

    @property
    def ids(self) -> list[str]:
        """The id, in a list of one."""
        return [self.id]

    @property
    def name(self) -> str:
        """The model's name, unique in the organization."""
        return self._record.name

    @property
    def description(self) -> str | None:
        """What it is, where the platform tells."""
        return self._record.description

    @property
    def private(self) -> bool:
        """Whether only its organization sees it."""
        return self._record.private

    async def refresh(self) -> None:
        """Read the model anew.

        Raises:
            NotFoundError: it was deleted.
        """
        self._record = await self._connection.call(routes.GET_MODEL, ModelRecord, model=self.id)

    async def update(self, name: str | None = None, description: str | None = None) -> None:
        """Change what is given.

        Args:
            name: new name.
            description: new description.

        Raises:
            ConflictError: another model has this name.

        Example:
            >>> async def describe(client) -> None:
            ...     model = await client.get_model("detector")
            ...     await model.update(description="Finds birds")
        """
        self._record = await self._connection.call(
            routes.UPDATE_MODEL, ModelRecord, body=ModelPatch(name, description), model=self.id
        )

    async def delete(self) -> None:
        """Delete the model with its versions and their files.

        Danger: this cannot be undone.
        """
        await self._connection.act(routes.DELETE_MODEL, model=self.id)

    async def get_tags(self) -> list[Tag]:
        """Return the model's tags."""
        await self.refresh()
        return [Tag(self._connection, record) for record in self._record.tags or ()]

    async def create_version(
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
    ) -> ModelVersion:
        """Create a version. The platform numbers it: from 0, and no number is given twice.

        Args:
            name: its name, unique in this model; without one its number is its name.
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
            ConflictError: there is a version of this name.
            BadRequestError: the thumbnail was not uploaded.
            InvalidArgumentError: type or framework is unknown, or something cannot travel as JSON.

        Example:
            >>> async def make(client) -> None:
            ...     model = await client.create_model("detector")
            ...     version = await model.create_version("first", type="object_detection", framework="onnx")
            ...     print(version.version)
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
        record = await self._connection.call(
            routes.CREATE_MODEL_VERSION, ModelVersionRecord, body=body, model=self.id
        )
        return ModelVersion(self._connection, record)

    async def get_version(self, version: int | str) -> ModelVersion:
        """Return a version by its number or its name.

        Args:
            version: a number, or the text of a name.

        Raises:
            NotFoundError: there is none.
            InvalidArgumentError: it is neither a name nor a number from 0.

        Example:
            >>> async def first(model) -> None:
            ...     same = await model.get_version(0) == await model.get_version("first")
        """
        record = await self._connection.call(
            routes.FIND_MODEL_VERSION, ModelVersionRecord, query=version_key(version), model=self.id
        )
        return ModelVersion(self._connection, record)

    async def list_versions(
        self, limit: int | None = None, offset: int | None = None, order_by: Sequence[str] | None = None
    ) -> list[ModelVersion]:
        """List the versions, newest first where no order is asked for.

        Args:
            limit: versions in all.
            offset: versions to skip.
            order_by: "version", "name", "type", "framework" or "created_at", with "-" in front to descend.
        """
        found = await self._connection.call(
            routes.LIST_MODEL_VERSIONS,
            Items[ModelVersionRecord],
            query={"limit": limit, "offset": offset, "order_by": list(order_by or ())},
            model=self.id,
        )
        return [ModelVersion(self._connection, record) for record in found.items]

    def _label(self) -> str:
        return self.name
