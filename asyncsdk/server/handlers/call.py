"""One API call, as the handlers see it."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import attrs
import orjson
from aiohttp import web
from multidict import MultiMapping

from asyncsdk.enums import choose
from asyncsdk.errors import BadRequestError, InvalidArgumentError, NotFoundError
from asyncsdk.records import codec
from asyncsdk.server.blobs.base import Blobs
from asyncsdk.server.processes.registry import Registry
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursors
from asyncsdk.server.services.documents import DataDocuments
from asyncsdk.server.services.idempotency import Once, kept_answer, once
from asyncsdk.server.services.items import ListRequest
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Store, Work
from asyncsdk.wire.ids import canonical_id
from asyncsdk.wire.requests import Route

__all__ = ["Answer", "Call", "Handler", "Platform"]

T = TypeVar("T")

_MOST_ORDER_TERMS = 16


@attrs.frozen(kw_only=True)
class Platform:
    """The parts that handlers work with."""

    store: Store
    blobs: Blobs
    cursors: Cursors
    counts: Counts
    documents: DataDocuments
    wake_jobs: Callable[[], None]
    """Tells the job runner that a job was made."""

    registry: Registry
    """Knows what programs this machine can run."""

    wake_processings: Callable[[], None]
    """Tells the runner of processings that one was launched."""

    wake_cleaner: Callable[[], None]
    """Tells the cleaner that objects wait to be deleted."""

    strict_protocol: bool = False
    """Switch our additions to the protocol off."""


@attrs.frozen
class Answer:
    """An encoded answer."""

    status: int
    body: bytes

    @classmethod
    def of(cls, value: Any, status: int = 200) -> Answer:
        """Return the answer that carries a JSON value; nothing is an empty object, which all can parse."""
        return cls(status, encode(value))


@attrs.define(kw_only=True, eq=False)
class Call:
    """A request by an authenticated user."""

    request: web.Request
    route: Route
    platform: Platform
    scope: Scope
    raw_body: bytes

    def id(self, variable: str) -> str:
        """Return an id from the path.

        Raises:
            NotFoundError: it is not a UUID, so there is no such object.
        """
        try:
            return canonical_id(self.request.match_info[variable])
        except InvalidArgumentError as error:
            raise NotFoundError(f"no such {variable}: {error}", status=404) from error

    def path_text(self, variable: str) -> str:
        """Return a text from the path, decoded."""
        return self.request.match_info[variable]

    def body(self, kind: type[T]) -> T:
        """Return the body as a record.

        Raises:
            BadRequestError: it does not fit; the text names each place and rule.
        """
        try:
            return codec.decode(self.raw_body or b"{}", kind)
        except codec.CodecError as error:
            raise BadRequestError(f"body: {error}", status=400) from error

    @property
    def idempotency_key(self) -> str | None:
        """The client's idempotency key; a strict platform knows none."""
        return None if self.platform.strict_protocol else self.request.headers.get("Idempotency-Key")

    @property
    def query(self) -> MultiMapping[str]:
        """The query parameters."""
        return self.request.query

    def text(self, name: str) -> str | None:
        """Return a query parameter, `None` when it is absent or empty."""
        return self.query.get(name) or None

    def required_text(self, name: str) -> str:
        """Return a query parameter.

        Raises:
            BadRequestError: it is absent or empty.
        """
        return _required(name, self.text(name))

    def required_id(self, name: str) -> str:
        """Return an id from the query.

        Raises:
            BadRequestError: it is absent or not a UUID.
        """
        return _required(name, self.optional_id(name))

    def optional_id(self, name: str) -> str | None:
        """Return an id from the query.

        Raises:
            BadRequestError: it is not a UUID.
        """
        value = self.text(name)
        if value is None:
            return None
        try:
            return canonical_id(value)
        except InvalidArgumentError as error:
            raise BadRequestError(f"{name}: {error}", status=400) from error

    def integer(self, name: str, *, most: int = 2**53) -> int | None:
        """Return a whole number from the query, zero or more.

        Raises:
            BadRequestError: it is something else.
        """
        value = self.text(name)
        if value is None:
            return None
        if not value.isdecimal() or len(value) > 20 or int(value) > most:
            raise BadRequestError(
                f"{name}: expected a whole number from 0 to {most}, got {value!r}", status=400
            )
        return int(value)

    def json_object(self, name: str) -> dict[str, Any] | None:
        """Return a JSON object from the query.

        Raises:
            BadRequestError: it is something else.
        """
        value = self.text(name)
        if value is None:
            return None
        try:
            return codec.load(codec.parse(value), dict[str, Any])
        except codec.CodecError as error:
            raise BadRequestError(f"{name}: {error}", status=400) from error

    def choices(self, name: str, kind: Any) -> list[Any] | None:
        """Return the members of an enumeration that the query names; `None` when it names none.

        Raises:
            BadRequestError: one is unknown.
        """
        values = self.query.getall(name, [])
        try:
            return [choose(kind, value) for value in values] or None
        except InvalidArgumentError as error:
            raise BadRequestError(f"{name}: {error}", status=400) from error

    def list_request(self) -> ListRequest:
        """Return limit, offset and order of a whole list."""
        return ListRequest(
            limit=self.integer("limit"),
            offset=self.integer("offset") or 0,
            order_by=self.order_by(),
        )

    def order_by(self) -> list[str]:
        """Return what a listing is to be ordered by, the most important first.

        Raises:
            BadRequestError: there is more than any listing can be ordered by.
        """
        terms = self.query.getall("order_by", [])
        if len(terms) > _MOST_ORDER_TERMS:
            raise BadRequestError(f"order_by: more than {_MOST_ORDER_TERMS} terms", status=400)
        return terms

    async def read(self, work: Work[T]) -> T:
        """Run a unit of work that changes nothing."""
        return await self.platform.store.read(work)

    async def write(self, work: Work[T], status: int = 200) -> Answer:
        """Run a unit of work in one transaction; with an idempotency key at most once."""
        request = self._once()
        if request is None:
            return Answer.of(await self.platform.store.write(work), status)
        return Answer(*await self.platform.store.write(once(request, work, status, encode)))

    async def write_parts(self, part: Callable[[int], Work[int | None]]) -> int:
        """Write what is too much for one transaction in several, so that others write in between.

        What fails on the way leaves the parts before it written; the request can be sent again.

        Args:
            part: returns a unit of work, which takes what the one before has returned, at first 0; the last
                one returns `None`. None runs when the call's answer was kept.

        Returns:
            What the last part but one has returned, 0 where there was none.
        """
        at, following = 0, 0 if await self.kept_answer() is None else None
        while following is not None:
            at = following
            following = await self.platform.store.write(part(at))
        return at

    async def kept_answer(self) -> Answer | None:
        """Return the answer that was kept under the call's idempotency key, if there is one.

        For handlers that look at more than the database before they write.
        """
        request = self._once()
        kept = None if request is None else await self.platform.store.read(kept_answer(request))
        return None if kept is None else Answer(*kept)

    def _once(self) -> Once | None:
        key = self.idempotency_key
        if key is None or not self.scope.organizations:
            return None
        home = next(iter(self.scope.organizations.values()))
        return Once(home, key, self._fingerprint())

    def _fingerprint(self) -> str:
        parts = (self.request.method, self.request.path_qs, self.raw_body)
        return hashlib.sha256(
            b"\0".join(p if isinstance(p, bytes) else p.encode() for p in parts)
        ).hexdigest()


def _required(name: str, value: str | None) -> str:
    if value is None:
        raise BadRequestError(f"{name}: missing in the query", status=400)
    return value


Handler = Callable[[Call], Awaitable[Answer | Mapping[str, Any] | list[Any] | None]]
"""Answers a call: an encoded answer, or a JSON value that goes out with status 200."""


def encode(value: Any) -> bytes:
    """Return the JSON text of an answer."""
    return orjson.dumps({} if value is None else value)
