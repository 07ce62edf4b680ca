"""What jobs that copy assets keep: what is to be done, and how far it is."""

from __future__ import annotations

from typing import Any

import attrs
import orjson

from asyncsdk.records import codec
from asyncsdk.server.services.copying_plan import Budget
from asyncsdk.server.store.base import Row

__all__ = ["COPY_ASSETS", "FORK", "CopyState", "CopyTask"]

FORK = "fork"
COPY_ASSETS = "copy-assets"


@attrs.frozen(kw_only=True)
class CopyTask:
    """Which assets go where.

    Versions are kept by id: the `seq` of a deleted one goes to the next one that is made.

    Attributes:
        source: id of the version that the assets are in.
        target: id of the version that gets copies.
        shift: what is added to an asset's position.
        first: the first position that counts; what the target has before its place was there already.
        last: the last position that counts; what is added to the source later is left out.
        positions: growing positions of the chosen assets, `None` takes all. Not checked: there may be many.
        with_tags: tags too.
        with_annotations: annotations too, and the labels that they need.
    """

    source: str
    target: str
    shift: int
    first: int
    last: int
    positions: Any = None
    with_tags: bool
    with_annotations: bool

    @classmethod
    def of(cls, job: Row) -> CopyTask:
        """Return the task of a job."""
        return codec.load(orjson.loads(job["payload"]), cls)


@attrs.frozen(kw_only=True)
class CopyState:
    """How far it is.

    Attributes:
        after: position in the source up to which everything is copied.
        budget: how much the next step takes.
        failed: why the job will end as failed, once what it did is taken back.
    """

    after: int = 0
    budget: Budget = Budget()
    failed: str | None = None

    @classmethod
    def of(cls, job: Row) -> CopyState:
        """Return the state of a job."""
        return codec.load(orjson.loads(job["checkpoint"] or b"{}"), cls)
