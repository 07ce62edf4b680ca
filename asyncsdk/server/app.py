"""The web application: every route of the protocol over the platform's parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine
from typing import Any

from aiohttp import web, web_protocol
from aiohttp.http_parser import HttpRequestParserPy

from asyncsdk.errors import ConflictError
from asyncsdk.server.handlers import (
    administration,
    annotation_exports,
    assets,
    cloud_objects,
    connection,
    custom_metadata,
    data,
    data_sources,
    datasets,
    jobs,
    labels,
    model_files,
    model_versions,
    models,
    projections,
    shapes,
    storage,
    tags,
)
from asyncsdk.server.handlers import annotations as annotation_handlers
from asyncsdk.server.handlers.call import Answer, Call, Handler, Platform
from asyncsdk.server.handlers.generations import for_old_client, is_old_client
from asyncsdk.server.middleware import STILL_AT_WORK, Gate, errors_as_envelopes
from asyncsdk.wire.requests import Route

__all__ = ["ADDED_HANDLERS", "HANDLERS", "make_app", "use_python_request_parser"]

MOST_BODY_BYTES = 64 * 1024 * 1024

HANDLERS: dict[Route, Handler] = {
    **connection.HANDLERS,
    **storage.HANDLERS,
    **custom_metadata.HANDLERS,
    **data.HANDLERS,
    **cloud_objects.HANDLERS,
    **projections.HANDLERS,
    **data_sources.HANDLERS,
    **datasets.HANDLERS,
    **assets.HANDLERS,
    **labels.HANDLERS,
    **annotation_handlers.HANDLERS,
    **annotation_exports.HANDLERS,
    **shapes.HANDLERS,
    **tags.HANDLERS,
    **models.HANDLERS,
    **model_versions.HANDLERS,
    **model_files.HANDLERS,
    **jobs.HANDLERS,
}
"""The protocol."""

ADDED_HANDLERS: dict[Route, Handler] = administration.HANDLERS
"""Our additions, which a strict platform lacks."""


def use_python_request_parser() -> None:
    """Let this process's servers read requests with aiohttp's Python parser.

    The compiled one refuses the method XGET before any handler sees it. Clients are not touched.
    """
    web_protocol.HttpRequestParser = HttpRequestParserPy  # type: ignore[attr-defined]


def make_app(platform: Platform, gate: Gate) -> web.Application:
    """Return the application of a platform, without its storage routes."""
    app = web.Application(middlewares=[errors_as_envelopes], client_max_size=MOST_BODY_BYTES)
    busy_keys: set[tuple[str, str]] = set()
    served = HANDLERS if platform.strict_protocol else HANDLERS | ADDED_HANDLERS
    for route, handler in served.items():
        app.router.add_route(
            route.method, _pattern(route), _dispatch(route, handler, platform, gate, busy_keys)
        )
    return app


def _pattern(route: Route) -> str:
    """A variable is whatever stands between two slashes; aiohttp's own idea of one leaves braces out."""
    return re.sub(r"{(\w+)}", r"{\1:[^/]+}", route.template)


def _dispatch(
    route: Route, handler: Handler, platform: Platform, gate: Gate, busy_keys: set[tuple[str, str]]
) -> Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        scope = await gate.scope(request)
        call = Call(
            request=request, route=route, platform=platform, scope=scope, raw_body=await request.read()
        )
        key = call.idempotency_key
        if key is None:
            return _response(request, route, await handler(call))
        busy = (scope.visible, key)
        if busy in busy_keys:
            raise ConflictError(STILL_AT_WORK, status=409)
        busy_keys.add(busy)
        try:
            return _response(request, route, await handler(call))
        finally:
            busy_keys.discard(busy)

    return serve


def _response(request: web.Request, route: Route, value: Any) -> web.Response:
    answer = value if isinstance(value, Answer) else Answer.of(value)
    body = answer.body
    if is_old_client(request.headers.get("User-Agent")):
        body = for_old_client(route, body)
    if answer.status == 204:
        return web.Response(status=204)
    return web.Response(status=answer.status, body=body, content_type="application/json")
