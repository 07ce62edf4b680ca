"""Single tries at presigned URLs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from asyncsdk.config import Timeouts
from asyncsdk.errors import ProtocolError
from asyncsdk.transport.answer import Answer
from asyncsdk.transport.bodies import Upload
from asyncsdk.transport.download import content_range, strong_etag
from asyncsdk.transport.failures import NETWORK_ERRORS, broken, refused_by_storage
from asyncsdk.transport.limiter import Slot
from asyncsdk.transport.redirects import MAX_HOPS, redirected
from asyncsdk.transport.session import HttpSession
from asyncsdk.transport.stall import SendWatch
from asyncsdk.wire.requests import Response

__all__ = ["PresignedRequests", "host_of", "route_of"]

_MAX_ANSWER_BYTES = 64 * 1024
_READ_BYTES = 128 * 1024


class PresignedRequests:
    """Sends single requests to presigned URLs, byte for byte, over a session that knows no token.

    Args:
        timeouts: deadlines.
        user_agent: how the client names itself.
    """

    def __init__(self, timeouts: Timeouts, user_agent: str) -> None:
        self._timeouts = timeouts
        self._session = HttpSession(
            headers={"User-Agent": user_agent, "Accept-Encoding": "identity"},
            connect_s=timeouts.connect_s,
            decompress=False,
            read_bytes=_READ_BYTES,
        )

    async def get(self, url: str, slot: Slot, *, start: int, validator: str | None) -> Answer:
        """Open an object, from `start` if it still has `validator`, else from its beginning.

        Raises:
            AttemptError: it failed.
            ProtocolError: it redirects in circles.
        """
        wanted = {"Range": f"bytes={start}-", "If-Range": validator} if start and validator else {}
        answer = await self._open(url, wanted)
        if wanted and not _serves(answer, start, validator):
            answer.close()
            wanted = {}
            answer = await self._open(url, wanted)
        if answer.status == 200 or (answer.status == 206 and wanted):
            slot.answered()
            return answer
        raise _refusal(await self._read(answer, route_of("GET", url)), slot, route_of("GET", url))

    async def _open(self, url: str, headers: Mapping[str, str]) -> Answer:
        target, route = url, route_of("GET", url)
        for _ in range(MAX_HOPS):
            answer = await self._ask(target, headers, route)
            if not _redirects(answer):
                return answer
            answer.close()
            target = str(redirected(target, answer.headers["Location"], route))
        raise ProtocolError(f"{route}: more than {MAX_HOPS} redirects")

    async def _ask(self, target: str, headers: Mapping[str, str], route: str) -> Answer:
        try:
            return await self._session.open("GET", target, headers=headers, silence_s=self._timeouts.stall_s)
        except NETWORK_ERRORS as error:
            failure = broken(error, route)
        raise failure

    async def send(
        self, method: str, url: str, content: Upload, headers: Mapping[str, str], slot: Slot
    ) -> Response:
        """Send bytes and return the answer.

        Raises:
            AttemptError: it failed.
            ProtocolError: it redirects in circles.
            Exception: what reading the bytes raised.
        """
        target, route = url, route_of(method, url)
        for _ in range(MAX_HOPS):
            response = await self._send(method, target, content, headers, route)
            location = response.headers.get("Location")
            if response.status in (307, 308) and location:
                target = str(redirected(target, location, route))
                continue
            # 303 follows a form's success_action_redirect, 308 is "go on" of a resumable upload
            if response.status < 300 or response.status in (303, 308):
                slot.answered(measured=False)
                return response
            raise _refusal(response, slot, route)
        raise ProtocolError(f"{route}: more than {MAX_HOPS} redirects")

    async def _send(
        self, method: str, url: str, content: Upload, headers: Mapping[str, str], route: str
    ) -> Response:
        if content.small is not None:
            return await self._send_small(method, url, content.small, headers, route)
        watch = SendWatch(self._timeouts)
        pieces = watch.watch(content.pieces())
        headers = {**headers, "Content-Length": str(content.size_bytes)}
        try:
            async with watch.timeout:
                answer = await self._session.open(method, url, headers=headers, body=pieces)
                return await self._read(answer, route)
        except NETWORK_ERRORS as error:
            failure = broken(error, route)
        finally:
            with suppress(RuntimeError):  # whoever reads them has just been cancelled, and closes them
                await pieces.aclose()
        raise watch.source_error or failure

    async def _send_small(
        self, method: str, url: str, content: bytes, headers: Mapping[str, str], route: str
    ) -> Response:
        """Send few bytes: one deadline is enough to see that they do not move."""
        timeout_s = self._timeouts.connect_s + self._timeouts.stall_s + self._timeouts.request_s
        try:
            return await self._session.ask(
                method,
                url,
                headers=headers,
                body=content,
                timeout_s=timeout_s,
                max_bytes=_MAX_ANSWER_BYTES,
                route=route,
            )
        except NETWORK_ERRORS as error:
            failure = broken(error, route)
        raise failure

    async def _read(self, answer: Answer, route: str) -> Response:
        try:
            async with answer, asyncio.timeout(self._timeouts.request_s):
                body = await answer.read(_MAX_ANSWER_BYTES, route)
            return Response(answer.status, answer.headers, body)
        except NETWORK_ERRORS as error:
            failure = broken(error, route)
        raise failure

    async def aclose(self) -> None:
        """Close all connections."""
        await self._session.aclose()


def _redirects(answer: Answer) -> bool:
    return 300 <= answer.status < 400 and "Location" in answer.headers


def _serves(answer: Answer, start: int, validator: str | None) -> bool:
    """Tell whether an answer to a ranged request can be used."""
    if answer.status == 416:
        return False
    if answer.status != 206:
        return True
    part = content_range(answer)
    return (
        part is not None
        and part.start == start
        and part.size is not None
        and strong_etag(answer) == validator
    )


def _refusal(response: Response, slot: Slot, route: str) -> Exception:
    failure = refused_by_storage(response, route)
    if response.status in (429, 503):
        slot.overloaded(failure.retry_after_s)
    return failure


def route_of(method: str, url: str) -> str:
    """Return method and address for texts, without the query that signs it."""
    return f"{method} {url.partition('?')[0]}"


def host_of(url: str) -> str:
    """Return scheme, name and port of a URL, as text that is the same for one host."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0].rpartition("@")[2]
    return f"{scheme}://{host}"
