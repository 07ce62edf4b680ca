"""People: users of a resource, and workers."""

from __future__ import annotations

import attrs

from asyncsdk.records.absent import absent

__all__ = ["Collaborator", "NewAccess", "UserRecord", "Users", "WorkerRecord"]


@attrs.frozen
class UserRecord:
    """A user; a user and its worker share an id."""

    id: str
    username: str
    role: str | None = absent()


@attrs.frozen
class Users:
    """The users who may reach a resource."""

    users: list[UserRecord]


@attrs.frozen
class NewAccess:
    """Lets a user reach a resource."""

    user_id: str
    role: str | None = absent()


@attrs.frozen
class Collaborator:
    """The person behind a worker."""

    id: str
    username: str


@attrs.frozen
class WorkerRecord:
    """A worker of a dataset, in the form that both generations of clients read."""

    id: str
    collaborator: Collaborator
    user_id: str | None = None
    username: str | None = None
