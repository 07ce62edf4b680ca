"""Ids: canonical lower-case UUID text everywhere."""

from __future__ import annotations

import re
from uuid import UUID

from asyncsdk.errors import InvalidArgumentError

__all__ = ["canonical_id"]


_CANONICAL = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def canonical_id(value: str | UUID) -> str:
    """Return an id in its canonical form.

    Raises:
        InvalidArgumentError: it is not a UUID.
    """
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str) and _CANONICAL.fullmatch(value):  # requests name thousands
        return str(value)
    try:
        return str(UUID(value))
    except (ValueError, AttributeError, TypeError):
        raise InvalidArgumentError(f"{value!r} is not an id: expected a UUID") from None
