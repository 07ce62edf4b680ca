"""Forks of dataset versions, and copies of assets between them."""

from __future__ import annotations

import asyncio

from asyncsdk.errors import BadRequestError
from asyncsdk.records.forks import AssetCopy, NewFork
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.services import forking
from asyncsdk.server.services.rules import check_ids
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def fork_version(call: Call) -> Answer:
    """Start the job that fills a new version."""
    body = await asyncio.to_thread(call.body, NewFork)  # it may have a million ids
    kept = await call.kept_answer()
    if kept is not None:
        return kept
    parent = check_ids([body.parent_id], "parent_id")[0]
    positions = await call.read(forking.chosen_positions(call.scope, parent, body.asset_ids))
    answer = await call.write(forking.fork_version(call.scope, call.id("dataset"), body, positions), 201)
    call.platform.wake_jobs()
    return answer


async def copy_assets(call: Call) -> Answer:
    """Start the job that copies assets into another version.

    Raises:
        BadRequestError: the platform is strict, and no assets are named.
    """
    body = await asyncio.to_thread(call.body, AssetCopy)
    if body.asset_ids is None and call.platform.strict_protocol:
        raise BadRequestError("asset_ids: required field missing", status=400)
    kept = await call.kept_answer()
    if kept is not None:
        return kept
    positions = await call.read(forking.chosen_positions(call.scope, call.id("version"), body.asset_ids))
    answer = await call.write(forking.start_copy(call.scope, call.id("version"), body, positions))
    call.platform.wake_jobs()
    return answer


HANDLERS: dict[Route, Handler] = {
    routes.FORK_VERSION: fork_version,
    routes.COPY_ASSETS: copy_assets,
}
