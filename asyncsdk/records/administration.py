"""Our additions for administrators: organizations, users and tokens."""

from __future__ import annotations

import attrs

__all__ = ["NewMember", "NewOrganization", "NewToken", "NewUser"]


@attrs.frozen
class NewOrganization:
    """Creates an organization."""

    name: str


@attrs.frozen
class NewUser:
    """Creates a user."""

    username: str
    is_admin: bool = False


@attrs.frozen
class NewMember:
    """Makes a user a member of an organization, both by name."""

    organization: str
    username: str
    role: str = "ADMIN"


@attrs.frozen
class NewToken:
    """Creates a token for a user, limited to one organization where that is given."""

    username: str
    name: str
    organization: str | None = None
