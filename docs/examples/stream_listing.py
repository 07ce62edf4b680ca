"""An aiohttp service that streams the assets of a dataset version, a JSON object a line.

python stream_listing.py ./workspace        # then: curl 'localhost:8080/birds/v1?q=width>600'
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator

from aiohttp import web

import asyncsdk

CLIENT = web.AppKey("client", asyncsdk.Client)


def make_app(workspace: str) -> web.Application:
    """Return the service: one client for all requests, closed with the application."""

    async def connected(app: web.Application) -> AsyncIterator[None]:
        app[CLIENT] = asyncsdk.Client.embedded(workspace)
        await app[CLIENT].connect()
        yield
        await app[CLIENT].close()

    app = web.Application(middlewares=[tell_errors])
    app.cleanup_ctx.append(connected)
    app.router.add_get("/{dataset}/{version}", stream_assets)
    return app


async def stream_assets(request: web.Request) -> web.StreamResponse:
    """Send the assets while their pages arrive; memory holds a few pages, however many there are."""
    dataset = await request.app[CLIENT].get_dataset(request.match_info["dataset"])
    version = await dataset.get_version(request.match_info["version"])
    async with version.iter_assets(q=request.query.get("q")) as assets:
        page = await assets.next_page()  # a wrong query is told before the answer has begun
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)
        while page is not None:
            await response.write("".join(map(line, page)).encode())  # waits for a slow reader
            page = await assets.next_page()
    await response.write_eof()
    return response


def line(asset: asyncsdk.Asset) -> str:
    """Return the line of an asset."""
    return json.dumps({"id": asset.id, "filename": asset.filename, "width": asset.width}) + "\n"


@web.middleware
async def tell_errors(request: web.Request, handler: web.Handler) -> web.StreamResponse:
    """Turn the errors that a caller can do something about into answers."""
    try:
        return await handler(request)
    except asyncsdk.NotFoundError as error:
        raise web.HTTPNotFound(text=str(error)) from error
    except asyncsdk.InvalidQueryError as error:
        raise web.HTTPBadRequest(text=str(error)) from error
    except asyncsdk.TransportError as error:
        raise web.HTTPBadGateway(text=str(error)) from error


if __name__ == "__main__":
    web.run_app(make_app(sys.argv[1]), host="127.0.0.1", port=8080)
