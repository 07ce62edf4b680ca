"""Exchanges with one host over kept connections: a small request goes out in one write."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Mapping
from functools import partial

import aiohttp
from aiohttp.http import HttpProcessingError, RawResponseMessage
from yarl import URL

from asyncsdk.transport.answer import Answer
from asyncsdk.transport.deadlines import Deadlines
from asyncsdk.wire.requests import Response

__all__ = ["Lane"]

_KEEP_S = 15.0
"""How long an idle connection is kept, in seconds."""

_SURELY_SENT_BYTES = 4096
"""So much is taken by every socket at once."""


class Lane:
    """The way to one host, with everything made once that is the same for all its requests.

    Connections, TLS and the parser of answers are aiohttp's. What it does for bodies that stream and for redirects
    costs twice as much as the exchange of a few bytes, so that requests of known bytes are written here.

    Args:
        client: whose connections are used.
        origin: scheme, name and port of the host.
        headers: go with every request.
        tls: how the host is trusted.
        timeout: for opening connections.
        decompress: undo the content encoding of answers.
        read_bytes: how much of an answer may be read ahead.
    """

    def __init__(
        self,
        client: aiohttp.ClientSession,
        origin: URL,
        *,
        headers: Mapping[str, str],
        tls: ssl.SSLContext | bool,
        timeout: aiohttp.ClientTimeout,
        decompress: bool,
        read_bytes: int,
    ) -> None:
        assert client.connector is not None
        self._connector = client.connector
        self._client, self._origin, self._tls = client, origin, tls
        self._loop = asyncio.get_running_loop()
        self._timeout = timeout
        self._decompress = decompress
        self._read_bytes = read_bytes
        self._idle: deque[tuple[aiohttp.connector.Connection, float]] = deque()
        self._sweeping: asyncio.TimerHandle | None = None
        self._deadlines = Deadlines(self._loop)
        self.set_headers(headers)

    def set_headers(self, headers: Mapping[str, str]) -> None:
        """Set what goes with the requests that follow."""
        self._pattern = aiohttp.ClientRequest(
            "GET",
            self._origin,
            headers=headers,
            skip_auto_headers=["Content-Type"],
            loop=self._loop,
            session=self._client,
            ssl=self._tls,
        )
        self._names = frozenset(name.lower() for name in self._pattern.headers)
        self._lines = _lines(self._pattern.headers)

    def close(self) -> None:
        """Close the connections that are kept."""
        self._deadlines.close()
        if self._sweeping is not None:
            self._sweeping.cancel()
        while self._idle:
            self._idle.pop()[0].close()

    async def exchange(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout_s: float,
        max_bytes: int,
        route: str,
    ) -> Response:
        """Send a request and return its answer.

        Args:
            method: any method but HEAD; XGET too.
            target: path and query; they go out byte for byte.
            headers: for this request; they go before those of all.
            body: all of it.
            timeout_s: for all of it.
            max_bytes: of the answer's body.
            route: what is asked for, for texts.

        Raises:
            aiohttp.ClientError: or another of `failures.NETWORK_ERRORS`.
            ProtocolError: the answer's body is larger than `max_bytes`.
        """
        with self._deadlines.within(timeout_s):
            answer = await self.open(method, target, headers=headers, body=body)
            try:
                content = await answer.read(max_bytes, route)
            finally:
                answer.close()
        return Response(answer.status, answer.headers, content)

    async def open(
        self,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        silence_s: float | None = None,
    ) -> Answer:
        """Send a request and return its answer, which has to be closed.

        Args:
            method: any method but HEAD; XGET too.
            target: path and query; they go out byte for byte.
            headers: for this request; they go before those of all.
            body: all of it.
            silence_s: for each wait without a single byte, once the request is sent.

        Raises:
            aiohttp.ClientError: or another of `failures.NETWORK_ERRORS`.
        """
        connection = self._kept() or await self._connect()
        try:
            size = self._send(
                connection, self._head(method, target, headers, body) + (body or b""), silence_s
            )
            message, content = await self._receive(connection)
        except BaseException:
            connection.close()
            raise
        # A host that refuses may do so before it has read all, and TLS does not tell what is left to send.
        all_sent = message.code < 300 or size <= _SURELY_SENT_BYTES
        return Answer(message.code, message.headers, content, partial(self._end, connection, all_sent))

    def _kept(self) -> aiohttp.connector.Connection | None:
        oldest = self._loop.time() - _KEEP_S
        while self._idle:
            connection, since = self._idle.pop()  # the host is least likely to close it just now
            if since > oldest and _can_go_on(connection):
                return connection
            connection.close()
        return None

    def _end(self, connection: aiohttp.connector.Connection, all_sent: bool, all_read: bool) -> None:  # noqa: FBT001
        if not (all_sent and all_read and _can_go_on(connection)):
            connection.close()
            return
        self._idle.append((connection, self._loop.time()))
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(_KEEP_S, self._sweep)

    def _sweep(self) -> None:
        """Close what was idle for too long."""
        oldest = self._loop.time() - _KEEP_S
        while self._idle and self._idle[0][1] <= oldest:
            self._idle.popleft()[0].close()
        again = self._loop.call_later(_KEEP_S, self._sweep) if self._idle else None
        self._sweeping = again

    def _head(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
        lines, own = self._lines, {name.lower() for name in headers}
        if own:
            if not own.isdisjoint(self._names):
                lines = _lines({n: v for n, v in self._pattern.headers.items() if n.lower() not in own})
            lines += _lines(headers)
        if (
            body is not None or method not in aiohttp.ClientRequest.GET_METHODS
        ) and "content-length" not in own:
            lines += f"Content-Length: {len(body or b'')}\r\n"
        return f"{_checked(f'{method} {target}')} HTTP/1.1\r\n{lines}\r\n".encode()

    async def _connect(self) -> aiohttp.connector.Connection:
        try:
            return await self._connector.connect(self._pattern, traces=[], timeout=self._timeout)
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError from error

    def _send(self, connection: aiohttp.connector.Connection, packet: bytes, silence_s: float | None) -> int:
        """Send a request and return its size; no frame holds it while its answer is waited for, as it has the token."""
        protocol, transport = connection.protocol, connection.transport
        if protocol is None or transport is None or transport.is_closing():
            raise aiohttp.ClientConnectionResetError("the connection is closing")
        protocol.set_response_params(  # a parser that has seen nothing: stray bytes are no part of the answer
            read_until_eof=True,
            auto_decompress=self._decompress,
            read_timeout=silence_s,
            read_bufsize=self._read_bytes,
        )
        transport.write(packet)
        protocol.start_timeout()
        return len(packet)

    async def _receive(
        self, connection: aiohttp.connector.Connection
    ) -> tuple[RawResponseMessage, aiohttp.StreamReader]:
        assert connection.protocol is not None
        try:
            while True:
                message, content = await connection.protocol.read()
                if message.code >= 200 or message.code == 101:
                    return message, content
        except HttpProcessingError as error:
            raise aiohttp.ClientResponseError(
                self._pattern.request_info, (), status=error.code, message=error.message
            ) from error


def _can_go_on(connection: aiohttp.connector.Connection) -> bool:
    """Tell whether a connection is open, with nothing left to send or to read."""
    protocol, transport = connection.protocol, connection.transport
    if protocol is None or transport is None or transport.is_closing() or protocol.should_close:
        return False
    return transport.get_write_buffer_size() == 0  # the host may have answered before it had read all


def _lines(headers: Mapping[str, str]) -> str:
    return "".join([f"{_checked(name)}: {_checked(value)}\r\n" for name, value in headers.items()])


def _checked(text: str) -> str:
    if "\r" in text or "\n" in text or "\0" in text:
        raise ValueError("a line of a request has a line break or a null in it")
    return text
