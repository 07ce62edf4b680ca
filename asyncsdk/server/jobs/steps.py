"""What a step of a job gives back."""

from __future__ import annotations

from typing import Any

import attrs

__all__ = ["Step"]


@attrs.frozen(kw_only=True)
class Step:
    """How far a job is after a step; kept in the transaction of the step itself."""

    checkpoint: Any
    """JSON value from which the next step goes on, also after a crash."""

    progress: float
    """Share that is done, 0 to 1."""

    done: bool

    error: str | None = None
    """Why the job ends as failed, although what this step did is kept; with `done` only."""
