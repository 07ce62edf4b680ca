"""A fresh platform has one organization and one administrator, so that its token works at once."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from asyncsdk.server.services.organizations import (
    add_member,
    add_organization,
    add_token,
    add_user,
    list_organizations,
)
from asyncsdk.server.services.scope import hash_token
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.schema import token
from asyncsdk.server.store.statements import Prepared

__all__ = ["FIRST_ORGANIZATION", "FIRST_USER", "ensure_first_user"]

FIRST_ORGANIZATION = "local"
FIRST_USER = "admin"

_KNOWN = Prepared(select(token.c.seq).where(token.c.hash == bindparam("hash")))


def ensure_first_user(text: str) -> Work[None]:
    """Make the first organization and user where there is none, and let a token belong to that user.

    A token that was revoked stays revoked.
    """
    if not (yield from list_organizations()):
        yield from add_organization(FIRST_ORGANIZATION)
        yield from add_user(FIRST_USER, is_admin=True)
        yield from add_member(FIRST_ORGANIZATION, FIRST_USER)
    if not (yield _KNOWN(hash=hash_token(text))):
        yield from add_token(FIRST_USER, "first", text=text)
