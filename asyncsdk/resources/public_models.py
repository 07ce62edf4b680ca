"""Models that everybody may see, through the routes of either generation of platforms."""

from __future__ import annotations

from collections.abc import Sequence

from asyncsdk.errors import NotFoundError
from asyncsdk.records.models import ModelRecord
from asyncsdk.records.paging import Items
from asyncsdk.resources.connection import Connection
from asyncsdk.wire import routes

__all__ = ["find_public_model", "list_public_models"]


async def find_public_model(connection: Connection, name: str) -> ModelRecord:
    """Find a public model by its name."""
    query = {"name": name}
    try:
        return await connection.call(routes.FIND_PUBLIC_MODEL, ModelRecord, query=query)
    except NotFoundError:  # or a platform of the older generation, which has no such route
        return await connection.call(routes.FIND_PUBLIC_MODEL_OLD, ModelRecord, query=query)


async def list_public_models(
    connection: Connection,
    *,
    limit: int | None,
    offset: int | None,
    order_by: Sequence[str] | None,
    name: str | None,
) -> list[ModelRecord]:
    """List the public models."""
    query = {"limit": limit, "offset": offset, "order_by": list(order_by or ()), "name": name}
    try:
        found = await connection.call(routes.LIST_PUBLIC_MODELS, Items[ModelRecord], query=query)
    except NotFoundError:  # a platform of the older generation has no such route
        found = await connection.call(routes.LIST_PUBLIC_MODELS_OLD, Items[ModelRecord], query=query)
    return found.items
