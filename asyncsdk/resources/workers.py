"""Reading users and workers, through the routes of either generation."""

from __future__ import annotations

from asyncsdk.errors import NotFoundError
from asyncsdk.records.users import UserRecord, Users
from asyncsdk.resources.connection import Connection
from asyncsdk.wire import routes

__all__ = ["find_worker", "list_users", "list_workers"]


async def list_users(connection: Connection, username: str | None) -> list[UserRecord]:
    """Return the members of the organization."""
    await connection.open()
    found = await connection.call(
        routes.LIST_ORGANIZATION_USERS,
        Users,
        query={"username": username},
        org=connection.organization.id,
    )
    return found.users


async def list_workers(connection: Connection, dataset_id: str) -> list[UserRecord]:
    """Return the workers of a dataset."""
    found = await connection.call(routes.LIST_DATASET_USERS, Users, dataset=dataset_id)
    return found.users


async def find_worker(connection: Connection, dataset_id: str, username: str) -> UserRecord:
    """Return the worker of a name.

    Raises:
        NotFoundError: the dataset has none of this name.
    """
    for user in await list_workers(connection, dataset_id):
        if user.username == username:
            return user
    raise NotFoundError(f"no worker {username!r} in this dataset", status=404)
