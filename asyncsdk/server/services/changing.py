"""Whether a dataset version and what is in it may be changed."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from asyncsdk.errors import LockedError
from asyncsdk.server.store.base import Row
from asyncsdk.server.store.schema import dataset_version

__all__ = ["STATE", "check_changeable", "check_unlocked"]

STATE: tuple[ColumnElement[bool], ...] = (dataset_version.c.locked, dataset_version.c.filling)
"""The columns of a look-up whose rows are checked."""


def check_changeable(row: Row, what: str = "the dataset version") -> None:
    """Fail if a version refuses changes.

    Args:
        row: a row with the columns of `STATE`.
        what: which version, for the error.

    Raises:
        LockedError: it is locked, a fork still fills it, or a deletion empties it.
    """
    if row["filling"]:
        raise LockedError(
            f"{what} is being filled by a fork, or deleted; wait until that has ended", status=423
        )
    check_unlocked(row, what)


def check_unlocked(row: Row, what: str = "the dataset version") -> None:
    """Fail if a version is locked.

    Args:
        row: a row with the column `locked`.
        what: which version, for the error.

    Raises:
        LockedError: it is.
    """
    if row["locked"]:
        raise LockedError(f"{what} is locked; unlock it first", status=423)
