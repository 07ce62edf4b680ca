"""People: users of the organization and workers of a dataset."""

from __future__ import annotations

import attrs

from asyncsdk.records.users import UserRecord
from asyncsdk.resources.resource import Resource

__all__ = ["User", "Worker"]


@attrs.define(eq=False, repr=False)
class User(Resource[UserRecord]):
    """A member of the organization."""

    @property
    def username(self) -> str:
        """The user's name."""
        return self._record.username

    def _label(self) -> str:
        return self.username


@attrs.define(eq=False, repr=False)
class Worker(Resource[UserRecord]):
    """A user who annotates a dataset; a user and its worker share an id."""

    @property
    def username(self) -> str:
        """The user's name."""
        return self._record.username

    def _label(self) -> str:
        return self.username
