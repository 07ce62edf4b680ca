"""The client's doors to models."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from asyncsdk.records.models import ModelRecord, ModelVersionRecord, NewModel
from asyncsdk.records.paging import Items
from asyncsdk.resources import public_models
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.model import Model
from asyncsdk.resources.model_version import ModelVersion
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["ClientModels"]


class ClientModels:
    """Creating, finding and listing the models of an organization."""

    _connection: Connection

    async def create_model(self, name: str, description: str = "") -> Model:
        """Create a model.

        Args:
            name: its name, unique in the organization.
            description: what it is.

        Raises:
            ConflictError: there is a model of this name.

        Example:
            >>> async def make(client) -> None:
            ...     model = await client.create_model("detector", "Finds birds")
        """
        await self._connection.open()
        record = await self._connection.call(
            routes.CREATE_MODEL,
            ModelRecord,
            body=NewModel(name, description),
            org=self._connection.organization.id,
        )
        return Model(self._connection, record)

    async def get_model(self, name: str) -> Model:
        """Return a model by its name.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return await self._find_model(name=name)

    async def get_model_by_id(self, id: str | UUID) -> Model:  # noqa: A002 - the protocol's word
        """Return a model by its id.

        Args:
            id: its id.

        Raises:
            NotFoundError: there is none of this id.
        """
        return await self._find_model(id=canonical_id(id))

    async def list_models(
        self, limit: int | None = None, offset: int | None = None, order_by: Sequence[str] | None = None
    ) -> list[Model]:
        """List the organization's models, newest first where no order is asked for.

        Args:
            limit: models in all.
            offset: models to skip.
            order_by: "name" or "created_at", with "-" in front to descend.
        """
        query = {"limit": limit, "offset": offset, "order_by": list(order_by or ())}
        await self._connection.open()
        found = await self._connection.call(
            routes.LIST_MODELS, Items[ModelRecord], query=query, org=self._connection.organization.id
        )
        return [Model(self._connection, record) for record in found.items]

    async def get_model_version_by_id(self, id: str | UUID) -> ModelVersion:  # noqa: A002
        """Return a version of a model by its id.

        Args:
            id: its id.

        Raises:
            NotFoundError: there is none of this id.
        """
        await self._connection.open()
        record = await self._connection.call(
            routes.FIND_MODEL_VERSION_BY_ID,
            ModelVersionRecord,
            query={"id": canonical_id(id)},
            org=self._connection.organization.id,
        )
        return ModelVersion(self._connection, record)

    async def get_public_model(self, name: str) -> Model:
        """Return a model that everybody may see; a platform of ours has none.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return Model(self._connection, await public_models.find_public_model(self._connection, name))

    async def list_public_models(
        self,
        limit: int | None = None,
        offset: int | None = None,
        order_by: Sequence[str] | None = None,
        name: str | None = None,
    ) -> list[Model]:
        """List the models that everybody may see; a platform of ours has none.

        Args:
            limit: models in all.
            offset: models to skip.
            order_by: "name" or "created_at", with "-" in front to descend.
            name: only models with this text in their name.
        """
        found = await public_models.list_public_models(
            self._connection, limit=limit, offset=offset, order_by=order_by, name=name
        )
        return [Model(self._connection, record) for record in found]

    async def _find_model(self, **query: str) -> Model:
        await self._connection.open()
        record = await self._connection.call(
            routes.FIND_MODEL, ModelRecord, query=query, org=self._connection.organization.id
        )
        return Model(self._connection, record)
