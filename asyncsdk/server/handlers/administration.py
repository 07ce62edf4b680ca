"""Our additions for administrators: organizations, users and tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asyncsdk.errors import ForbiddenError
from asyncsdk.records.administration import NewMember, NewOrganization, NewToken, NewUser
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.services import organizations
from asyncsdk.server.services.rules import Document
from asyncsdk.server.store.base import Work
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


def _require_admin(call: Call) -> None:
    if not call.scope.is_admin:
        raise ForbiddenError("only an administrator of the platform may do this", status=403)


def _lister(work: Callable[[], Work[list[Document]]]) -> Handler:
    async def handler(call: Call) -> dict[str, Any]:
        _require_admin(call)
        items = await call.read(work())
        return {"items": items, "count": len(items)}

    return handler


async def add_organization(call: Call) -> Answer:
    """Create an organization."""
    _require_admin(call)
    return await call.write(organizations.add_organization(call.body(NewOrganization).name), 201)


async def add_user(call: Call) -> Answer:
    """Create a user."""
    _require_admin(call)
    body = call.body(NewUser)
    return await call.write(organizations.add_user(body.username, is_admin=body.is_admin), 201)


async def add_member(call: Call) -> Answer:
    """Make a user a member of an organization."""
    _require_admin(call)
    body = call.body(NewMember)
    return await call.write(organizations.add_member(body.organization, body.username, body.role))


async def add_token(call: Call) -> Answer:
    """Create a token; its text is in this answer and nowhere else, so it is not kept under a key."""
    _require_admin(call)
    body = call.body(NewToken)
    work = organizations.add_token(body.username, body.name, organization_name=body.organization)
    text = await call.platform.store.write(work)
    return Answer.of({"token": text}, 201)


async def revoke_token(call: Call) -> Answer:
    """Revoke a token."""
    _require_admin(call)
    return await call.write(_revoke(call.id("token")))


def _revoke(token_id: str) -> Work[Document]:
    return {"name": (yield from organizations.revoke_token(token_id))}


HANDLERS: dict[Route, Handler] = {
    routes.ADMIN_ADD_ORGANIZATION: add_organization,
    routes.ADMIN_LIST_ORGANIZATIONS: _lister(organizations.list_organizations),
    routes.ADMIN_ADD_USER: add_user,
    routes.ADMIN_LIST_USERS: _lister(organizations.list_all_users),
    routes.ADMIN_ADD_MEMBER: add_member,
    routes.ADMIN_ADD_TOKEN: add_token,
    routes.ADMIN_LIST_TOKENS: _lister(organizations.list_tokens),
    routes.ADMIN_REVOKE_TOKEN: revoke_token,
}
