"""Who asks, and what they may see."""

from __future__ import annotations

import hashlib

import attrs
import orjson
from sqlalchemy import bindparam, select

from asyncsdk.errors import ForbiddenError, UnauthorizedError
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.schema import membership, organization, token, user
from asyncsdk.server.store.statements import Prepared

__all__ = ["Scope", "authenticate", "hash_token"]


@attrs.frozen
class Scope:
    """A user and the organizations that the request may touch; all others do not exist for it."""

    user: int
    user_id: str
    username: str
    organizations: dict[str, int]
    """Organization id to its `seq`; the first one is the default."""

    is_admin: bool = False
    """Whether the user may make organizations, users and tokens; not with a token of one organization."""

    visible: str = attrs.field(init=False)
    """The organizations' `seq` as a JSON array: the parameter of every look-up."""

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "visible", orjson.dumps(list(self.organizations.values())).decode())

    def narrowed(self, organization_id: str) -> Scope:
        """Return the scope of one organization.

        Raises:
            ForbiddenError: the user is no member of it, or it does not exist.
        """
        seq = self.organizations.get(organization_id)
        if seq is None:
            raise ForbiddenError("you are not a member of this organization", status=403)
        return attrs.evolve(self, organizations={organization_id: seq})


def hash_token(text: str) -> str:
    """Return what is stored of a token; any header text will do."""
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


_FIND = Prepared(
    select(
        user.c.seq,
        user.c.id,
        user.c.username,
        user.c.is_admin,
        organization.c.seq.label("organization"),
        organization.c.id.label("organization_id"),
        token.c.organization.label("limited_to"),
    )
    .select_from(token)
    .join(user, user.c.seq == token.c.user_account)
    .outerjoin(membership, membership.c.user_account == user.c.seq)
    .outerjoin(
        organization,
        (organization.c.seq == membership.c.organization)
        & ((token.c.organization.is_(None)) | (token.c.organization == organization.c.seq)),
    )
    .where(token.c.hash == bindparam("hash"), token.c.revoked_at.is_(None))
    .order_by(organization.c.seq)
)


def authenticate(token_hash: str) -> Work[Scope]:
    """Return the scope of a token.

    Raises:
        UnauthorizedError: no such token, or it is revoked.
    """
    rows = yield _FIND(hash=token_hash)
    if not rows:
        raise UnauthorizedError("the token is wrong or revoked", status=401)
    first = rows[0]
    return Scope(
        user=first["seq"],
        user_id=first["id"],
        username=first["username"],
        organizations={row["organization_id"]: row["organization"] for row in rows if row["organization_id"]},
        is_admin=bool(first["is_admin"]) and first["limited_to"] is None,
    )
