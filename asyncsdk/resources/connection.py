"""The thread that ties every resource object to its platform: requests in, records out."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Awaitable, Callable, Iterator
from itertools import count
from typing import Any, Protocol, TypeVar

import anyio

from asyncsdk.config import Settings
from asyncsdk.errors import (
    ConfigurationError,
    InvalidArgumentError,
    NotFoundError,
    NotSupportedError,
    ProtocolError,
    UnauthorizedError,
)
from asyncsdk.records.connection import OrganizationRecord, PingRecord
from asyncsdk.transport.base import decode_response
from asyncsdk.transport.http import HttpTransport
from asyncsdk.transport.retrying import Retrier
from asyncsdk.transport.storage import StorageTransport
from asyncsdk.wire import capabilities, routes
from asyncsdk.wire.ids import canonical_id
from asyncsdk.wire.requests import Query, Repeat, Request, Response, Route

__all__ = ["Connection", "Endpoint"]

T = TypeVar("T")


class Endpoint(Protocol):
    """Where a platform is, and how to let go of it."""

    @property
    def host(self) -> str:
        """Origin of the platform."""
        ...

    @property
    def token(self) -> str:
        """API token."""
        ...

    def release(self) -> None:
        """Tell the platform that this client has left."""
        ...


class Connection:
    """A lazily opened connection to one organization of a platform.

    Args:
        reach: finds or starts the platform.
        organization: name or id; `None` takes the user's default.
        settings: deadlines, retries, limits.
    """

    def __init__(
        self,
        reach: Callable[[], Awaitable[Endpoint]],
        *,
        organization: str | None = None,
        settings: Settings,
    ) -> None:
        self.settings = settings
        self._reach = reach
        self._wanted = organization
        self._opening = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = os.getpid()
        self._endpoint: Endpoint | None = None
        self._transport: HttpTransport | None = None
        self._storage: StorageTransport | None = None
        self._closed = False
        self._organization: OrganizationRecord | None = None
        self._keys = _new_keys()
        self.username: str = ""
        self.capabilities: frozenset[str] = frozenset()

    @property
    def host(self) -> str:
        """Origin of the platform; empty before the connection is open."""
        return self._endpoint.host if self._endpoint else ""

    @property
    def organization(self) -> OrganizationRecord:
        """The organization.

        Raises:
            ConfigurationError: the connection is not open yet.
        """
        if self._organization is None:
            raise ConfigurationError("not connected yet: use 'async with client' or 'await client.connect()'")
        return self._organization

    @property
    def connector(self) -> str:
        """The organization's default storage connector.

        Raises:
            ConfigurationError: the organization has none.
        """
        connector = self.organization.default_connector_id
        if connector is None:
            raise ConfigurationError(f"organization {self.organization.name!r} has no storage connector")
        return connector

    def supports(self, capability: str) -> bool:
        """Tell whether the platform has one of our additions."""
        return capability in self.capabilities

    def require(self, capability: str, what: str) -> None:
        """Make sure that the platform has an addition.

        Raises:
            NotSupportedError: it does not; nothing was sent.
        """
        if not self.supports(capability):
            raise NotSupportedError(f"{what} needs the capability {capability!r}, which {self.host} lacks")

    async def open(self) -> None:
        """Connect, once; later calls return at once.

        Raises:
            ConfigurationError: the client is closed, or belongs to another event loop.
            UnauthorizedError: the token is wrong.
            NotFoundError: there is no such organization for this user.
            ConnectionFailedError: the host cannot be reached.
            ProtocolError: something else answers there.
        """
        self._claim(asyncio.get_running_loop())
        if self._organization is not None:
            return
        async with self._opening:
            if self._organization is None:
                await self._connect()

    async def close(self) -> None:
        """Let go of the platform; doing it twice is doing it once."""
        self._closed = True
        if self._pid == os.getpid():  # a forked child has only copies of the parent's sockets
            await self._let_go()

    async def call(
        self, route: Route, kind: type[T], *, body: Any = None, query: Query | None = None, **variables: str
    ) -> T:
        """Send a request and return its answer as a record.

        Creations carry a fresh idempotency key where the platform honours it.
        """
        response = await self.fetch(route, body=body, query=query, **variables)
        return decode_response(response, kind, str(route))

    async def fetch(
        self, route: Route, *, body: Any = None, query: Query | None = None, **variables: str
    ) -> Response:
        """Send a request and return its answer as it is; else like `call`."""
        await self.open()
        return await self._api.send(self._request(route, body, query, variables))

    async def act(
        self, route: Route, *, body: Any = None, query: Query | None = None, **variables: str
    ) -> None:
        """Send a request whose answer says nothing more than that it is done."""
        await self.open()
        await self._api.send(self._request(route, body, query, variables))

    async def send(self, request: Request) -> Response:
        """Send a request as it is and return the answer."""
        await self.open()
        return await self._api.send(request)

    async def storage(self) -> StorageTransport:
        """Return what moves files."""
        await self.open()
        assert self._storage is not None
        return self._storage

    @property
    def _api(self) -> HttpTransport:
        assert self._transport is not None
        return self._transport

    def _request(self, route: Route, body: Any, query: Query | None, variables: dict[str, str]) -> Request:
        try:
            request = route.request(body=body, query=query, key=self._new_key(route), **variables)
            if request.query:
                "".join(value for _, value in request.query).encode()
        except (TypeError, UnicodeEncodeError) as error:
            raise InvalidArgumentError(f"{route}: an argument cannot travel as JSON: {error}") from error
        return request

    def _new_key(self, route: Route) -> str | None:
        if route.repeat is Repeat.CREATION and self.supports(capabilities.IDEMPOTENCY):
            return next(self._keys)
        return None

    def _claim(self, loop: asyncio.AbstractEventLoop) -> None:
        """Make sure that the client is open and belongs to this loop; until it is connected it may move."""
        self._check_open()
        if self._loop is loop:
            return
        if self._organization is not None or self._opening.locked():
            if self._pid != os.getpid():
                raise ConfigurationError(
                    "the client was connected before os.fork(): make a new Client in the child process, "
                    "or start processes with multiprocessing's 'spawn' method"
                )
            raise ConfigurationError(
                "the client belongs to another event loop: make one client per loop, or use asyncsdk.sync"
            )
        self._loop, self._opening, self._pid = loop, asyncio.Lock(), os.getpid()
        self._keys = _new_keys()  # children of one fork must not have the same

    def _check_open(self) -> None:
        if self._closed:
            raise ConfigurationError("the client is closed; make a new one")

    async def _connect(self) -> None:
        self._check_open()
        anyio.get_cancelled_exc_class()  # anyio loads its backend now, and not in the midst of the first work
        self._endpoint = endpoint = await self._reach()
        retrier = Retrier(self.settings.retry)  # one retry budget for the whole client
        transport = HttpTransport(endpoint.host, endpoint.token, self.settings, retrier=retrier)
        self._transport = transport
        self._storage = StorageTransport(self.settings, retrier=retrier)
        try:
            self._check_open()
            ping = await _ping(transport)
            organization = await _find_organization(transport, self._wanted, ping)
            self._check_open()
        except BaseException:
            await self._let_go()
            self._endpoint = None
            raise
        self.username = ping.username
        self.capabilities = frozenset(ping.asyncsdk.capabilities if ping.asyncsdk else ())
        transport.idempotency = self.supports(capabilities.IDEMPOTENCY)
        if organization.default_connector_id is not None:
            transport.organization = organization.id
        self._organization = organization

    async def _let_go(self) -> None:
        parts = self._transport, self._storage
        self._transport = self._storage = None
        for part in parts:
            if part is not None:
                await part.aclose()
        if self._endpoint is not None:
            self._endpoint.release()


def _new_keys() -> Iterator[str]:
    """Return idempotency keys that nobody else has; no random bytes are asked for again."""
    prefix = uuid.uuid4().hex
    return (f"{prefix}-{number}" for number in count())


async def _ping(transport: HttpTransport) -> PingRecord:
    try:
        response = await transport.send(routes.PING.request())
        return decode_response(response, PingRecord, str(routes.PING))
    except (ProtocolError, NotFoundError) as error:
        raise ProtocolError(f"{transport.origin} does not speak the platform's protocol: {error}") from error
    except UnauthorizedError as error:
        error.message = f"{transport.origin} refuses the API token: {error.message}"
        raise


async def _find_organization(
    transport: HttpTransport, wanted: str | None, ping: PingRecord
) -> OrganizationRecord:
    chosen = wanted or ping.default_organization
    if chosen is None:
        raise NotFoundError(f"user {ping.username!r} belongs to no organization", status=404)
    try:
        return await _read_organization(transport, chosen)
    except NotFoundError as error:
        raise NotFoundError(
            f"no organization {chosen!r} for user {ping.username!r}", status=error.status, route=error.route
        ) from error


async def _read_organization(transport: HttpTransport, wanted: str) -> OrganizationRecord:
    try:
        organization = canonical_id(wanted)
    except InvalidArgumentError:
        request = routes.FIND_ORGANIZATION.request(query={"name": wanted})
        found = decode_response(await transport.send(request), OrganizationRecord, request.route)
        organization = found.id
    request = routes.GET_ORGANIZATION.request(org=organization)
    return decode_response(await transport.send(request), OrganizationRecord, request.route)
