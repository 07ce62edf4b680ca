"""One HTTP session the way this package wants it."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Mapping
from functools import lru_cache
from typing import Any

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from asyncsdk.errors import ConnectionFailedError
from asyncsdk.transport.answer import Answer
from asyncsdk.transport.lane import Lane
from asyncsdk.transport.route_planner import RoutePlanner
from asyncsdk.wire.requests import Response

__all__ = ["HttpSession"]

_LARGE_BODY_BYTES = 512 * 1024

_PLAIN_ORIGIN = re.compile(r"https?://[^/?#@]+")

Body = bytes | AsyncIterator[bytes]


class HttpSession:
    """An aiohttp session with an own TLS context, the environment's proxies, no cookies, no netrc.

    It follows no redirect and repeats nothing, not even what aiohttp repeats by itself: both are for its
    callers to decide. It opens with the first request and belongs to that request's event loop.

    Args:
        headers: go with every request.
        connect_s: time to open a connection, in seconds.
        decompress: undo the content encoding of answers.
        read_bytes: how much of an answer may be read ahead.
    """

    def __init__(
        self,
        *,
        headers: Mapping[str, str],
        connect_s: float,
        decompress: bool = True,
        read_bytes: int = 2**16,
    ) -> None:
        self._headers: CIMultiDict[str] = CIMultiDict(headers)
        self._connect_s = connect_s
        self._decompress = decompress
        self._read_bytes = read_bytes
        self._client: aiohttp.ClientSession | None = None
        self._closed = False
        self._planner = RoutePlanner()
        self._lanes: dict[str, Lane | None] = {}

    def set_header(self, name: str, value: str | None) -> None:
        """Set or remove a header of the requests that follow."""
        self._headers.pop(name, None)
        if value is not None:
            self._headers[name] = value
        for lane in self._lanes.values():
            if lane is not None:
                lane.set_headers(self._headers)

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout_s: float,
        max_bytes: int,
        route: str,
    ) -> Response:
        """Send a request and return the answer, read whole.

        Args:
            method: any method but HEAD; XGET too.
            url: goes out byte for byte.
            headers: for this request.
            body: all of it.
            timeout_s: for all of it.
            max_bytes: of the answer's body.
            route: what is asked for, for texts.

        Raises:
            aiohttp.ClientError: or another of `failures.NETWORK_ERRORS`.
            ConnectionFailedError: the session is closed.
            ProtocolError: the answer's body is larger than `max_bytes`.
        """
        origin, target = _parted(url)
        lane = self._lanes[origin] if origin in self._lanes else await self._new_lane(origin)
        if lane is None or (body is not None and len(body) > _LARGE_BODY_BYTES):
            async with await self._request(method, url, headers, body, timeout_s=timeout_s) as answer:
                content = await answer.read(max_bytes, route)
            return Response(answer.status, answer.headers, content)
        return await lane.exchange(
            method,
            target,
            headers=headers,
            body=body,
            timeout_s=timeout_s,
            max_bytes=max_bytes,
            route=route,
        )

    async def _new_lane(self, origin: str) -> Lane | None:
        """Return the lane to a host; `None` for one behind a proxy, and for addresses with more than host and port."""
        url = URL(origin, encoded=True)
        route = await self._planner.route_to(url)
        client, lane = self._open_client(), None
        if origin in self._lanes:  # made meanwhile
            return self._lanes[origin]
        if route.proxy is None and _PLAIN_ORIGIN.fullmatch(origin):
            lane = Lane(
                client,
                url,
                headers=self._headers,
                tls=route.tls,
                timeout=_timeout(None, self._connect_s, None),
                decompress=self._decompress,
                read_bytes=self._read_bytes,
            )
        self._lanes[origin] = lane
        return lane

    async def open(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: AsyncIterator[bytes] | None = None,
        silence_s: float | None = None,
    ) -> Answer:
        """Send a request and return the answer with its headers read, its body not; it has to be closed.

        Args:
            method: any method but HEAD; XGET too.
            url: goes out byte for byte.
            headers: for this request; with a body its `Content-Length` is among them.
            body: what is sent.
            silence_s: for each wait without a single byte, once the request is sent.

        Raises:
            aiohttp.ClientError: or another of `failures.NETWORK_ERRORS`.
            ConnectionFailedError: the session is closed.
        """
        origin, target = _parted(url)
        lane = self._lanes[origin] if origin in self._lanes else await self._new_lane(origin)
        if lane is None or body is not None:
            return await self._request(method, url, headers, body, silence_s=silence_s)
        return await lane.open(method, target, headers=headers, silence_s=silence_s)

    async def _request(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: Body | None,
        *,
        timeout_s: float | None = None,
        silence_s: float | None = None,
    ) -> Answer:
        """Send a request in the way that suits every host and body."""
        url = URL(address, encoded=True)
        route = await self._planner.route_to(url)
        response = await self._open_client().request(
            method,
            url,
            headers=self._merge(headers, route.headers),
            data=_payload(body),
            allow_redirects=False,
            proxy=route.proxy,
            proxy_headers=route.proxy_headers,
            ssl=route.tls,
            timeout=_timeout(timeout_s, self._connect_s, silence_s),
        )
        return Answer(response.status, response.headers, response.content, lambda _: response.close())

    def _open_client(self) -> aiohttp.ClientSession:
        if self._closed:
            raise ConnectionFailedError("the client is closed; make a new one")
        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=60),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=self._decompress,
                requote_redirect_url=False,
                read_bufsize=self._read_bytes,
                skip_auto_headers=["Content-Type"],  # a presigned URL may sign that there is none
                trust_env=False,  # True would also read netrc
            )
            # there is no public switch for aiohttp's own silent repetition; a test holds this
            self._client._retry_connection = False  # noqa: SLF001
        return self._client

    def _merge(self, *extra: Mapping[str, str] | None) -> CIMultiDict[str]:
        """The headers of one request; as defaults of the session they would go to a proxy as well."""
        if not any(extra):
            return self._headers
        merged = self._headers.copy()
        for headers in extra:
            merged.update(headers or {})
        return merged

    async def aclose(self) -> None:
        """Close all connections."""
        self._closed = True
        while self._lanes:
            _, lane = self._lanes.popitem()
            if lane is not None:
                lane.close()
        if self._client is not None:
            await self._client.close()


@lru_cache(64)
def _timeout(total_s: float | None, connect_s: float, silence_s: float | None) -> aiohttp.ClientTimeout:
    # `connect` would set a timer for each request, also for those on connections that are there
    return aiohttp.ClientTimeout(total=total_s, sock_connect=connect_s, sock_read=silence_s)


def _parted(url: str) -> tuple[str, str]:
    """Return the origin of a URL, and its path and query as they go out."""
    end = url.find("/", url.find("://") + 3)
    return (url, "/") if end < 0 else (url[:end], url[end:].partition("#")[0])


def _payload(body: Body | None) -> Any:
    """Large bytes go out in pieces, so that they do not hold up the event loop."""
    return io.BytesIO(body) if isinstance(body, bytes) and len(body) > _LARGE_BODY_BYTES else body
