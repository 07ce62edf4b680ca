"""Files with the instructions of campaigns."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from asyncsdk.server.services.rules import json_list
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import campaign
from asyncsdk.server.store.statements import Prepared

__all__ = ["instruction_files"]

_FILES = Prepared(
    select(campaign.c.instructions_object_name).where(
        any_of(campaign.c.version, bindparam("versions")), campaign.c.instructions_object_name.is_not(None)
    )
)


def instruction_files(versions: Sequence[int]) -> Work[list[str]]:
    """Return the objects that keep the instructions of the campaigns of dataset versions."""
    rows = yield _FILES(versions=json_list(versions))
    return [row["instructions_object_name"] for row in rows]
