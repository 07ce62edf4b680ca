"""Presigned transfers: bytes to and from an object storage."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from asyncsdk.config import Settings
from asyncsdk.enums import StorageKind
from asyncsdk.errors import NotSupportedError, ProtocolError
from asyncsdk.records.storage import PresignedUpload
from asyncsdk.transport.bodies import Upload, form_upload
from asyncsdk.transport.download import Download
from asyncsdk.transport.http import USER_AGENT
from asyncsdk.transport.limiter import HostLimiters
from asyncsdk.transport.presigned import PresignedRequests, host_of, route_of
from asyncsdk.transport.retrying import Retrier
from asyncsdk.transport.timing import Timing
from asyncsdk.wire.requests import Response

__all__ = ["SMALL_BYTES", "StorageTransport"]

T = TypeVar("T")

SMALL_BYTES = 1024 * 1024
"""Objects up to this size are best read whole and written in one hop."""


class StorageTransport:
    """Moves bytes to and from presigned URLs, over a session of its own that knows no token.

    URLs go out byte for byte, bodies are not decompressed. Uploads repeat what failed; downloads are
    composed with `retrier.run`, whose docstring shows how.

    Args:
        settings: deadlines, retries and limits.
        user_agent: how the client names itself.
        timing: time and chance.
        retrier: shares its retry budget with other parts of the client.

    Attributes:
        retrier: repeats tries; `Retrier.run` has the example of a download.
        limiters: the requests in flight, by host.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        user_agent: str = USER_AGENT,
        timing: Timing | None = None,
        retrier: Retrier | None = None,
    ) -> None:
        self._settings = settings or Settings()
        retry = self._settings.retry
        self.retrier: Retrier = retrier or Retrier(retry, timing)
        self.limiters: HostLimiters = HostLimiters(
            ceiling=self._settings.limits.transfer_concurrency,
            pause_cap_s=retry.cap_s,
            timing=timing,
        )
        self._requests = PresignedRequests(self._settings.timeouts, user_agent)

    async def upload(
        self, target: PresignedUpload, content: Upload, *, object_name: str, content_type: str
    ) -> None:
        """Send a whole object in one request, in the way that its kind of storage takes.

        Raises:
            NotSupportedError: the kind of storage is unknown; nothing was sent.
            ExpiredUrlError: the presigned URL has expired.
            ApiError: the storage refuses the object.
            TransportError: it could not be sent in time.
        """
        url, fields = target.presigned_url_data.url, target.presigned_url_data.fields
        match target.client_type.lower():
            case StorageKind.AWS | StorageKind.MINIO | StorageKind.GOOGLE:
                form_type, form = form_upload(
                    content, fields=fields, object_name=object_name, content_type=content_type
                )
                await self._send("POST", url, form, {"Content-Type": form_type})
            case StorageKind.AZURE:
                headers = {name: str(value) for name, value in fields.items()}
                headers |= {"Content-Type": content_type, "x-ms-blob-type": "BlockBlob"}
                await self._send("PUT", url, content, headers)
            case _:
                raise NotSupportedError(f"storage of type {target.client_type!r} is not known")

    async def put_part(self, url: str, content: Upload) -> str:
        """Send one part of a multipart upload and return its `ETag`, quotes included.

        Raises:
            ProtocolError: the storage gives no ETag.
            ExpiredUrlError: the presigned URL has expired.
            ApiError: the storage refuses the part.
            TransportError: it could not be sent in time.
        """
        response = await self._send("PUT", url, content, {})
        etag = response.headers.get("ETag")
        if not etag:
            raise ProtocolError(f"{route_of('PUT', url)}: the storage gives no ETag for the part")
        return etag

    async def put_slice(self, url: str, content: Upload, *, start: int, total: int) -> None:
        """Send one slice of a resumable upload; sent twice, the storage ignores what it has.

        Args:
            url: the upload's URL.
            content: the slice.
            start: position of its first byte.
            total: size of the whole object.

        Raises:
            ExpiredUrlError: the URL has expired.
            ApiError: the storage refuses the slice.
            TransportError: it could not be sent in time.
        """
        last = start + content.size_bytes - 1
        place = f"bytes {start}-{last}/{total}" if content.size_bytes else f"bytes */{total}"
        await self._send("PUT", url, content, {"Content-Range": place})

    @asynccontextmanager
    async def open_download(
        self, url: str, *, start: int = 0, validator: str | None = None
    ) -> AsyncIterator[Download]:
        """Open a download as one try; leaving it before its end drops the connection.

        Args:
            url: the presigned URL.
            start: first byte that is wanted.
            validator: the object's strong ETag at an earlier try; if the object is another one by now,
                or the storage cannot go on, the download starts at 0, as its `start` tells.

        Raises:
            AttemptError: it failed, here or while it is read; `retrier.run` repeats it or raises what it
                means: `ExpiredUrlError`, another `ApiError`, or a `TransportError`.
        """
        async with self.limiters.of(host_of(url)).slot() as slot:
            answer = await self._requests.get(url, slot, start=start, validator=validator)
            try:
                yield Download(answer, route_of("GET", url), self._settings.timeouts)
            finally:
                answer.close()

    async def _send(self, method: str, url: str, content: Upload, headers: Mapping[str, str]) -> Response:
        async def attempt(_: float) -> Response:
            async with self.limiters.of(host_of(url)).slot() as slot:
                return await self._requests.send(method, url, content, headers, slot)

        return await self._run(attempt, route_of(method, url))

    async def _run(self, attempt: Callable[[float], Awaitable[T]], route: str) -> T:
        timeout_s = self._settings.timeouts.transfer_s
        return await self.retrier.run(attempt, route=route, timeout_s=timeout_s)

    async def aclose(self) -> None:
        """Close all connections; transfers after that fail."""
        await self._requests.aclose()
