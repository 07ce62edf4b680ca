"""Ping, organizations, users and workers."""

from __future__ import annotations

from typing import Any

from asyncsdk._version import __version__
from asyncsdk.errors import NotFoundError
from asyncsdk.records.users import NewAccess
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.services import organizations, workers
from asyncsdk.server.services.rules import check_ids
from asyncsdk.wire import capabilities, routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]

_PROTOCOL_VERSION = "6.19.2"
"""The lowest generation served: a higher one makes the older client warn."""


async def ping(call: Call) -> dict[str, Any]:
    """Tell the user, the default organization and what the platform can do."""
    answer: dict[str, Any] = {
        "sdk_version": _PROTOCOL_VERSION,
        "username": call.scope.username,
        "default_organization": next(iter(call.scope.organizations), None),
    }
    if not call.platform.strict_protocol:
        answer["asyncsdk"] = {"capabilities": list(capabilities.ALL), "version": __version__}
    return answer


async def find_organization(call: Call) -> dict[str, Any]:
    """Find an organization by its name."""
    name = call.required_text("name")
    return await call.read(organizations.find_organization(call.scope, name))


async def get_organization(call: Call) -> dict[str, Any]:
    """Read an organization."""
    return await call.read(organizations.get_organization(call.scope, call.id("org")))


async def list_organization_users(call: Call) -> dict[str, Any]:
    """List the members of an organization."""
    username = call.text("username")
    return {"users": await call.read(organizations.list_users(call.scope, call.id("org"), username))}


async def list_dataset_users(call: Call) -> dict[str, Any]:
    """List the users of a dataset: the members of its organization."""
    return {"users": await call.read(workers.list_workers(call.scope, call.id("dataset")))}


async def add_dataset_user(call: Call) -> Answer:
    """Let a member work on a dataset; every member may already."""
    user_id = check_ids([call.body(NewAccess).user_id], "user_id")[0]
    found = await call.read(workers.list_workers(call.scope, call.id("dataset")))
    if all(user["id"] != user_id for user in found):
        raise NotFoundError("no such user in the dataset's organization", status=404)
    return Answer(200, b"{}")


async def list_workers(call: Call) -> dict[str, Any]:
    """List the workers of a dataset."""
    found = await call.read(workers.list_workers(call.scope, call.id("dataset")))
    return {"items": found, "count": len(found)}


async def find_worker(call: Call) -> dict[str, Any]:
    """Find a worker of a dataset by the user's name."""
    username = call.required_text("username")
    found = await call.read(workers.list_workers(call.scope, call.id("dataset")))
    for worker in found:
        if worker["username"] == username:
            return worker
    raise NotFoundError(f"no worker {username!r} in this dataset", status=404)


async def get_worker(call: Call) -> dict[str, Any]:
    """Read a worker."""
    return await call.read(workers.get_worker(call.scope, call.id("worker")))


HANDLERS: dict[Route, Handler] = {
    routes.PING: ping,
    routes.FIND_ORGANIZATION: find_organization,
    routes.GET_ORGANIZATION: get_organization,
    routes.LIST_ORGANIZATION_USERS: list_organization_users,
    routes.LIST_DATASET_USERS: list_dataset_users,
    routes.ADD_DATASET_USER: add_dataset_user,
    routes.LIST_WORKERS: list_workers,
    routes.FIND_WORKER: find_worker,
    routes.GET_WORKER: get_worker,
}
