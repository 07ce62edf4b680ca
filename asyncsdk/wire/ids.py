"""Ids: canonical lower-case UUID text everywhere."""

from __future__ import annotations

from uuid import UUID

from asyncsdk.errors import InvalidArgumentError

__all__ = ["canonical_id"]


def canonical_id(value: str | UUID) -> str:
    """Return an id in its canonical form.

    Raises:
        InvalidArgumentError: it is not a UUID.
    """
    if isinstance(value, UUID):
        return str(value)
    try:
        return str(UUID(value))
    except (ValueError, AttributeError, TypeError):
        raise InvalidArgumentError(f"{value!r} is not an id: expected a UUID") from None
