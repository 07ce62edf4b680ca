"""Our addition for comparing two versions of a dataset."""

from __future__ import annotations

from typing import Any

from asyncsdk.errors import BadRequestError
from asyncsdk.server.handlers.call import Call, Handler
from asyncsdk.server.services.comparing import MOST_ASSETS, Comparison, compare_versions
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


def _flag(call: Call, name: str) -> bool:
    value = call.text(name)
    if value not in {None, "True", "False"}:
        raise BadRequestError(f"{name}: expected True or False, got {value!r}", status=400)
    return value == "True"


async def compare(call: Call) -> dict[str, Any]:
    """Compare a part of two versions."""
    wanted = Comparison(
        worker_id=call.optional_id("worker_id"),
        labels_only=_flag(call, "labels_only"),
        all_annotations=_flag(call, "all_annotations"),
    )
    work = compare_versions(
        call.scope,
        call.id("version"),
        call.id("other"),
        wanted,
        limit=min(call.integer("limit") or MOST_ASSETS, MOST_ASSETS),
        cursor=call.text("cursor"),
        cursors=call.platform.cursors,
    )
    return await call.read(work)


HANDLERS: dict[Route, Handler] = {routes.COMPARE_VERSIONS: compare}
