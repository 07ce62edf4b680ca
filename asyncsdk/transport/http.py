"""The API over HTTP."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import aiohttp
import attrs
from yarl import URL

from asyncsdk._version import __version__
from asyncsdk.config import MAX_ANSWER_BYTES, Settings
from asyncsdk.errors import DeadlineError, ProtocolError
from asyncsdk.transport.failures import NETWORK_ERRORS, AttemptError, broken, refused
from asyncsdk.transport.limiter import AdaptiveLimiter, Slot
from asyncsdk.transport.redirects import MAX_HOPS, redirected
from asyncsdk.transport.retrying import Retrier
from asyncsdk.transport.session import HttpSession
from asyncsdk.transport.timing import Timing
from asyncsdk.transport.turns import LARGE_BYTES, LoopTurns
from asyncsdk.wire.requests import Repeat, Request, Response
from asyncsdk.wire.retry import Outcome
from asyncsdk.wire.statuses import is_success

__all__ = ["USER_AGENT", "HttpTransport"]

USER_AGENT = f"asyncsdk/{__version__}"
ORGANIZATION_HEADER = "X-Picsellia-Organization"
IDEMPOTENCY_HEADER = "Idempotency-Key"

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CONNECTION_LOST = (
    aiohttp.ServerDisconnectedError,
    aiohttp.ClientOSError,
    aiohttp.ClientConnectionResetError,
)


class HttpTransport:
    """Carries requests to a platform over one aiohttp session.

    Failed tries are repeated by the settings' policy, as far as that is safe. The number of requests in
    flight adapts to the platform. It opens with the first request and belongs to that request's event
    loop.

    Args:
        origin: scheme, name and port of the platform, as `config.check_host` returns it.
        token: API token; it goes to this origin only, and into no text.
        settings: deadlines, retries and limits.
        organization: id of the organization that requests are for.
        idempotency: whether the platform honours idempotency keys; without it none is sent.
        user_agent: how the client names itself.
        timing: time and chance.
        retrier: shares its retry budget with other parts of the client.
    """

    def __init__(
        self,
        origin: str,
        token: str,
        settings: Settings | None = None,
        *,
        organization: str | None = None,
        idempotency: bool = False,
        user_agent: str = USER_AGENT,
        timing: Timing | None = None,
        retrier: Retrier | None = None,
    ) -> None:
        self.origin = origin
        self.idempotency = idempotency
        self._settings = settings or Settings()
        timeouts, retry = self._settings.timeouts, self._settings.retry
        self.retrier: Retrier = retrier or Retrier(retry, timing)
        self.limiter: AdaptiveLimiter = AdaptiveLimiter(
            ceiling=self._settings.limits.api_concurrency,
            pause_cap_s=retry.cap_s,
            timing=timing,
        )
        self._session = HttpSession(
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "User-Agent": user_agent,
            },
            connect_s=timeouts.connect_s,
        )
        self._organization: str | None = None
        self._turns = LoopTurns()
        self.organization = organization

    def __repr__(self) -> str:
        return f"HttpTransport({self.origin!r})"

    @property
    def organization(self) -> str | None:
        """Id of the organization that requests are for."""
        return self._organization

    @organization.setter
    def organization(self, value: str | None) -> None:
        self._organization = value
        self._session.set_header(ORGANIZATION_HEADER, value)

    async def send(self, request: Request, *, timeout_s: float | None = None) -> Response:
        """Return the answer to a request, which is a successful one.

        Args:
            request: what to send.
            timeout_s: deadline for all tries together, in seconds; `None` takes `timeouts.call_s`.

        Raises:
            ApiError: the platform answered with an error, and went on if that was worth repeating.
            OutcomeUnknownError: a creation without an idempotency key may or may not have happened.
            ConnectionFailedError: the platform cannot be reached.
            DeadlineError: there was no answer in time.
            ProtocolError: the answer is not HTTP, is too large, or redirects elsewhere.
        """
        keyed = self.idempotency and request.idempotency_key is not None
        call = _Call(request, {IDEMPOTENCY_HEADER: request.idempotency_key or ""} if keyed else {})
        response = await self.retrier.run(
            lambda left_s: self._attempt(call, left_s),
            route=request.route,
            timeout_s=self._settings.timeouts.call_s if timeout_s is None else timeout_s,
            repeat=request.repeat,
            keyed=keyed,
        )
        if len(response.body) >= LARGE_BYTES:
            await self._turns.take()
        return response

    async def _attempt(self, call: _Call, left_s: float) -> Response:
        try_s = left_s if call.request.slow else self._settings.timeouts.request_s
        async with self.limiter.slot(timeout_s=left_s) as slot:
            try:
                response = await self._exchange(call, min(try_s, left_s))
            except AttemptError as failure:
                call.lost |= failure.outcome is Outcome.UNKNOWN
                if isinstance(failure.error, DeadlineError):
                    slot.overloaded()
                raise
            return _judge(call, response, slot)

    async def _exchange(self, call: _Call, timeout_s: float) -> Response:
        url = self._url(call.request)
        for _ in range(MAX_HOPS):
            response = await self._ask(call, url, timeout_s)
            if response.status not in _REDIRECTS or "Location" not in response.headers:
                return response
            url = self._follow(call.request, url, response.headers["Location"])
        raise ProtocolError(f"{call.request.route}: more than {MAX_HOPS} redirects")

    async def _ask(self, call: _Call, url: str, timeout_s: float) -> Response:
        request = call.request
        while True:
            try:
                return await self._session.ask(
                    request.method,
                    url,
                    headers=call.headers,
                    body=request.body,
                    timeout_s=timeout_s,
                    max_bytes=MAX_ANSWER_BYTES,
                    route=request.route,
                )
            except NETWORK_ERRORS as error:
                failure = broken(error, request.route)
                idle = isinstance(error, _CONNECTION_LOST) and failure.outcome is Outcome.UNKNOWN
            if not (idle and request.repeat is Repeat.SAFE and not call.reconnected):
                raise failure
            # most likely a kept connection that the server closed while it was idle
            call.reconnected = call.lost = True

    def _url(self, request: Request) -> str:
        query = f"?{urlencode(request.query, quote_via=quote)}" if request.query else ""
        return f"{self.origin}{request.path}{query}"

    def _follow(self, request: Request, address: str, location: str) -> str:
        """Return where a redirect leads, if that is this platform and the request is a plain read."""
        url, target = URL(address, encoded=True), redirected(address, location, request.route)
        place = f"{target.scheme}://{target.host_port_subcomponent}"
        if place == f"{url.scheme}://{url.host_port_subcomponent}" and request.method == "GET":
            return str(target)
        raise ProtocolError(
            f"{request.route}: the host {self.origin} redirects to {place}; "
            "the token is not sent there: give the platform's own address as host"
        )

    async def aclose(self) -> None:
        """Close all connections; requests after that fail."""
        await self._session.aclose()


@attrs.define(eq=False)
class _Call:
    """A request and what its tries have shown."""

    request: Request
    headers: dict[str, str]
    lost: bool = False
    """A try may have done its work although no answer came."""

    reconnected: bool = False


def _judge(call: _Call, response: Response, slot: Slot) -> Response:
    if is_success(response.status):
        slot.answered()
        return response
    if response.status == 404 and call.lost and call.request.method == "DELETE":
        return attrs.evolve(response, status=204, body=b"")  # an earlier try has deleted it
    failure = refused(response, call.request.route)
    call.lost |= failure.outcome is Outcome.UNKNOWN
    if response.status in (429, 503):
        slot.overloaded(failure.retry_after_s)
    else:
        slot.answered()
    raise failure
