"""Organizations, their users and their tokens."""

from __future__ import annotations

import secrets

import attrs
from sqlalchemy import bindparam, select, update

from asyncsdk.errors import BadRequestError, ConflictError
from asyncsdk.server.services.rules import Document, check_name, one
from asyncsdk.server.services.scope import Scope, hash_token
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import datalake, membership, organization, token, user
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = [
    "MadeToken",
    "add_member",
    "add_organization",
    "add_token",
    "add_user",
    "connector_of",
    "connector_organization",
    "find_organization",
    "get_organization",
    "list_all_users",
    "list_organizations",
    "list_tokens",
    "list_users",
    "make_token",
    "member_document",
    "organization_seq",
    "revoke_token",
]

DEFAULT_DATALAKE = "default"
TOKEN_PREFIX = "asdk_"  # noqa: S105 - a prefix, not a token

_visible = any_of(organization.c.seq, bindparam("visible"))
_GET = Prepared(select(organization).where(organization.c.id == bindparam("id"), _visible))
_FIND = Prepared(select(organization).where(organization.c.name == bindparam("name"), _visible))
_BY_CONNECTOR = Prepared(
    select(organization).where(organization.c.connector_id == bindparam("connector"), _visible)
)
_CONNECTOR = Prepared(select(organization.c.connector_id).where(organization.c.seq == bindparam("key")))
_BY_NAME = Prepared(select(organization).where(organization.c.name == bindparam("name")))
_ALL = Prepared(select(organization).order_by(organization.c.seq))
_INSERT = Prepared(insertion(organization).returning(organization.c.seq))
_INSERT_LAKE = Prepared(insertion(datalake))
_USER = Prepared(select(user).where(user.c.username == bindparam("username")))
_ALL_USERS = Prepared(select(user).order_by(user.c.seq))
_INSERT_USER = Prepared(insertion(user).returning(user.c.seq))
_MEMBERSHIP = Prepared(
    select(membership.c.role).where(
        membership.c.organization == bindparam("organization"), membership.c.user_account == bindparam("user")
    )
)
_INSERT_MEMBERSHIP = Prepared(insertion(membership))
_MEMBERS = Prepared(
    select(user.c.id, user.c.username, membership.c.role, membership.c.organization)
    .join(membership, membership.c.user_account == user.c.seq)
    .join(organization, organization.c.seq == membership.c.organization)
    .where(organization.c.id == bindparam("id"), _visible)
    .order_by(user.c.username)
)
_INSERT_TOKEN = Prepared(insertion(token).returning(token.c.seq))
_TOKENS = Prepared(
    select(
        token.c.id, token.c.name, token.c.created_at, token.c.revoked_at, user.c.username,
        organization.c.name.label("organization"),
    )
    .join(user, user.c.seq == token.c.user_account)
    .outerjoin(organization, organization.c.seq == token.c.organization)
    .order_by(token.c.seq)
)  # fmt: skip
_REVOKE = Prepared(
    update(token)
    .where(token.c.id == bindparam("token_id"), token.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
    .returning(token.c.name)
)


@attrs.frozen
class MadeToken:
    """A new token, and its text, which is stored nowhere."""

    seq: int
    text: str = attrs.field(repr=False)


def _document(row: Row) -> Document:
    return {"id": row["id"], "name": row["name"], "default_connector_id": row["connector_id"]}


def member_document(row: Row) -> Document:
    """Return a member in the forms that both generations read; a user and its worker share an id."""
    return {
        "id": row["id"],
        "username": row["username"],
        "role": row["role"],
        "user_id": row["id"],
        "collaborator": {"id": row["id"], "username": row["username"]},
    }


def organization_seq(scope: Scope, organization_id: str) -> Work[int]:
    """Return the `seq` of an organization that the scope sees."""
    rows = yield _GET(id=organization_id, visible=scope.visible)
    seq: int = one(rows, "organization")["seq"]
    return seq


def get_organization(scope: Scope, organization_id: str) -> Work[Document]:
    """Return an organization."""
    return _document(one((yield _GET(id=organization_id, visible=scope.visible)), "organization"))


def find_organization(scope: Scope, name: str) -> Work[Document]:
    """Return the organization of a name."""
    return _document(one((yield _FIND(name=name, visible=scope.visible)), "organization"))


def connector_organization(scope: Scope, connector: str) -> Work[Row]:
    """Return the organization that a storage connector belongs to."""
    return one((yield _BY_CONNECTOR(connector=connector, visible=scope.visible)), "storage connector")


def connector_of(home: int) -> Work[str]:
    """Return the storage connector of an organization, given by its `seq`."""
    connector: str = one((yield _CONNECTOR(key=home)), "organization")["connector_id"]
    return connector


def list_users(scope: Scope, organization_id: str, username: str | None = None) -> Work[list[Document]]:
    """Return the members of an organization, by user name."""
    yield from organization_seq(scope, organization_id)
    rows = yield _MEMBERS(id=organization_id, visible=scope.visible)
    return [member_document(row) for row in rows if username is None or row["username"] == username]


def add_organization(name: str) -> Work[Document]:
    """Create an organization with its storage connector and its default datalake.

    Raises:
        ConflictError: the name is taken.
    """
    check_name(name, "the organization's name")
    if (yield _BY_NAME(name=name)):
        raise ConflictError(f"there is an organization {name!r} already", status=409)
    now = now_us()
    row = {"id": new_id(), "created_at": now, "name": name, "connector_id": new_id()}
    rows = yield _INSERT(**row)
    yield _INSERT_LAKE(
        id=new_id(),
        created_at=now,
        organization=rows[0]["seq"],
        name=DEFAULT_DATALAKE,
        is_default=True,
        data_count=0,
        allow_extra_custom_metadata=True,
    )
    return _document(row)


def list_all_users() -> Work[list[Document]]:
    """Return every user of the platform, oldest first."""
    return [
        {"id": row["id"], "username": row["username"], "is_admin": bool(row["is_admin"])}
        for row in (yield _ALL_USERS())
    ]


def list_organizations() -> Work[list[Document]]:
    """Return every organization of the platform, oldest first."""
    return [_document(row) for row in (yield _ALL())]


def add_user(username: str, *, is_admin: bool = False) -> Work[Document]:
    """Create a user.

    Args:
        username: the user's name.
        is_admin: let the user make organizations, users and tokens.

    Raises:
        ConflictError: the name is taken.
    """
    check_name(username, "the user's name")
    if (yield _USER(username=username)):
        raise ConflictError(f"there is a user {username!r} already", status=409)
    row = {"id": new_id(), "created_at": now_us(), "username": username, "is_admin": is_admin}
    yield _INSERT_USER(**row)
    return {"id": row["id"], "username": username}


def add_member(organization_name: str, username: str, role: str = "ADMIN") -> Work[None]:
    """Make a user a member of an organization; doing it twice changes nothing."""
    check_name(role, "the role")
    home = one((yield _BY_NAME(name=organization_name)), f"organization {organization_name!r}")["seq"]
    who = one((yield _USER(username=username)), f"user {username!r}")["seq"]
    if not (yield _MEMBERSHIP(organization=home, user=who)):
        yield _INSERT_MEMBERSHIP(organization=home, user_account=who, role=role)


def add_token(
    username: str, name: str, *, organization_name: str | None = None, text: str | None = None
) -> Work[str]:
    """Create a token and return its text, which is stored nowhere.

    Args:
        username: whose token it is.
        name: what it is called in listings.
        organization_name: limit it to one organization.
        text: the token's text; made at random when it is not given.

    Raises:
        BadRequestError: the user is no member of the organization.
        NotFoundError: there is no such user or organization.
    """
    check_name(name, "the token's name")
    who = one((yield _USER(username=username)), f"user {username!r}")["seq"]
    home = None
    if organization_name is not None:
        home = one((yield _BY_NAME(name=organization_name)), f"organization {organization_name!r}")["seq"]
        if not (yield _MEMBERSHIP(organization=home, user=who)):
            raise BadRequestError(f"{username!r} is no member of {organization_name!r}", status=400)
    return (yield from make_token(who, name, home, text)).text


def make_token(who: int, name: str, home: int | None, text: str | None = None) -> Work[MadeToken]:
    """Create a token of a user, limited to one organization where one is given."""
    made = text or TOKEN_PREFIX + secrets.token_urlsafe(32)
    rows = yield _INSERT_TOKEN(
        id=new_id(), created_at=now_us(), user_account=who, organization=home, name=name,
        hash=hash_token(made), revoked_at=None,
    )  # fmt: skip
    return MadeToken(rows[0]["seq"], made)


def list_tokens() -> Work[list[Document]]:
    """Return every token of the platform without its text, oldest first."""
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "username": row["username"],
            "organization": row["organization"],
            "created_at": iso(row["created_at"]),
            "revoked_at": iso(row["revoked_at"]) if row["revoked_at"] else None,
        }
        for row in (yield _TOKENS())
    ]


def revoke_token(token_id: str) -> Work[str]:
    """Revoke a token for good and return its name."""
    rows = yield _REVOKE(token_id=token_id, now=now_us())
    name: str = one(rows, "token that is not revoked already")["name"]
    return name
