"""Optional fields that do not travel while they hold their default."""

from __future__ import annotations

from typing import Any

import attrs

__all__ = ["absent"]


def absent(default: Any = None) -> Any:
    """Return an attrs field that is left out of the JSON while it holds its default.

    Args:
        default: the default value; must be immutable.
    """
    return attrs.field(default=default, metadata={"absent": True})
