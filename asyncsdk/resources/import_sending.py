"""Sending what an import has gathered: chunks in parallel, each of them counted once whatever happens.

`REPLACE` and `KEEP` may be sent again as they are. `CONCATENATE` may not, so its chunks are written into a
journal: another import of the same file, after one that was broken off, leaves out what was done. A chunk of
which nobody knows whether it was done is sent again under its idempotency key, where the platform has them.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

import anyio
import attrs
import orjson

from asyncsdk.enums import ImportAnnotationMode
from asyncsdk.errors import (
    ApiError,
    AsyncSDKError,
    OutcomeUnknownError,
    PartialFailure,
    ProtocolError,
    TooLargeError,
)
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.flow.journal import Journal
from asyncsdk.flow.progress import Reporter
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.formats.import_result import ImportResult
from asyncsdk.resources.import_elements import Filler
from asyncsdk.resources.import_options import ImportOptions
from asyncsdk.resources.import_staging import Staged, Staging
from asyncsdk.transport.base import decode_response
from asyncsdk.wire import capabilities, routes
from asyncsdk.wire.requests import Repeat, Request

__all__ = ["ASSETS_PER_CHUNK", "Sending"]

ASSETS_PER_CHUNK = 100
"""What the protocol takes."""

_AT_ONCE = 16
"""Chunks in flight where the caller does not say; the limiter may allow fewer."""

_INSTANCES = 2**27
"""Numbers of objects begin below this where they are added to others; the platform takes twice as many."""


@attrs.define(kw_only=True)
class Sending:
    """Sends the chunks of one import.

    Attributes:
        options: how to import.
        staging: what to send.
        label_ids: ids of labels by number.
        result: takes the answers.
        reporter: is told of assets that are done.
        journal: of a `CONCATENATE`.
        asset_of: where there was an unfinished import: the asset of each annotation that is there.
    """

    options: ImportOptions
    staging: Staging
    label_ids: Mapping[int, str]
    result: ImportResult
    reporter: Reporter
    journal: Journal | None = None
    asset_of: Mapping[str, str] = attrs.field(factory=dict)
    _salt: str = attrs.field(init=False)
    _filler: Filler = attrs.field(init=False)
    _numbers: Iterator[int] = attrs.field(factory=count, init=False)
    _failure: Exception | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._salt = self.journal.salt if self.journal else uuid.uuid4().hex
        first_instance = 0
        if self.options.mode is ImportAnnotationMode.CONCATENATE:
            first_instance = int(hashlib.sha256(self._salt.encode()).hexdigest(), 16) % _INSTANCES
        self._filler = Filler(self.label_ids, first_instance)

    async def run(self) -> None:
        """Send everything. After an error nothing more is begun, but what was begun is finished.

        Raises:
            PartialFailure: an error came when other chunks were done; the report is the result so far.
            OutcomeUnknownError: nobody knows whether a chunk was added.
            AsyncSDKError: the error of the first chunk, where nothing was done.
        """
        workers = self.options.max_workers or _AT_ONCE
        chunks, turn = self.staging.chunks(ASSETS_PER_CHUNK), anyio.Lock()

        async def work(_: int) -> None:
            while self._failure is None:
                async with turn:
                    made = await in_file_thread(self._next, chunks)
                if made is None:
                    return
                try:
                    await self._send_made(*made)
                except AsyncSDKError as error:
                    self._failure = self._failure or error

        await map_bounded(work, range(workers), limit=workers)
        if self._failure is not None:
            self._give_up(self._failure)

    def _next(self, chunks: Iterator[list[Staged]]) -> tuple[list[Staged], bytes, str] | None:
        chunk = next(chunks, None)
        return None if chunk is None else (chunk, *self._body(chunk))

    async def _send(self, chunk: Sequence[Staged]) -> None:
        await self._send_made(chunk, *await in_file_thread(self._body, chunk))

    async def _send_made(self, chunk: Sequence[Staged], body: bytes, digest: str) -> None:
        if self.journal is not None and digest in self.journal.done:
            await self._take_done(chunk, self.journal.done[digest])
            return
        request = self._request(body, digest)
        try:
            answer = await self._post(request, digest, chunk)
        except TooLargeError:
            if len(chunk) == 1:
                raise
            half = len(chunk) // 2
            await self._send(chunk[:half])
            await self._send(chunk[half:])
        else:
            self.result.take(answer)
            self.reporter.advance(len(chunk))

    async def _post(self, request: Request, digest: str, chunk: Sequence[Staged]) -> dict[str, int]:
        connection, journal = self.options.connection, self.journal
        if journal is not None:
            await in_file_thread(journal.begin, digest, chunk[0][1])
        try:
            response = await connection.send(request)
            answer = decode_response(response, dict[str, int], str(routes.BULK_ANNOTATIONS))
        except (OutcomeUnknownError, ProtocolError) as error:
            if journal is None:
                raise
            raise self._unknown(chunk, str(error)) from error
        except AsyncSDKError as error:
            if (
                journal is not None
            ):  # had it perhaps been done, the error would be that the outcome is unknown
                await in_file_thread(journal.drop, digest)
            if isinstance(error, ApiError):
                _name(error, chunk)
            raise
        if journal is not None:
            await in_file_thread(journal.end, digest, answer)
        return answer

    async def _take_done(self, chunk: Sequence[Staged], answer: Mapping[str, int]) -> None:
        """Count what an unfinished import has done, but for what was deleted since: that is sent again."""
        there = {one: count for one, count in answer.items() if one in self.asset_of}
        assets = {self.asset_of[one] for one in there}
        gone = [staged for staged in chunk if staged[0] not in assets]
        self.result.take(there)
        self.reporter.advance(len(chunk) - len(gone))
        if gone:
            await self._send(gone)

    def _body(self, chunk: Sequence[Staged]) -> tuple[bytes, str]:
        """Return the body of a request, and what tells it from the others: its hash, or its number."""
        options = self.options
        annotations = self._filler.fill_in((asset_id, payload) for asset_id, _, payload in chunk)
        body: dict[str, object] = {"import_type": options.mode.value}
        body["annotations"] = orjson.Fragment(b"[%b]" % annotations)
        if options.worker_id is not None:
            body["worker_id"] = options.worker_id
        if options.status is not None:
            body["status"] = options.status.value
        encoded = orjson.dumps(body)
        if self.journal is None:  # nothing of this import is looked up again: its number will do
            return encoded, str(next(self._numbers))
        return encoded, hashlib.sha256(encoded).hexdigest()

    def _request(self, body: bytes, digest: str) -> Request:
        """Return the request; its key tells this chunk of this import from any other."""
        options = self.options
        keyed = options.connection.supports(capabilities.IDEMPOTENCY)
        adds = options.mode is ImportAnnotationMode.CONCATENATE
        key = hashlib.sha256(f"{options.version_id} {self._salt} {digest}".encode()).hexdigest()
        return attrs.evolve(
            routes.BULK_ANNOTATIONS.request(version=options.version_id),
            body=body,
            repeat=Repeat.CREATION if adds else Repeat.SAFE,
            idempotency_key=key if keyed else None,
        )

    def _unknown(self, chunk: Sequence[Staged], why: str) -> OutcomeUnknownError:
        names = f"{len(chunk)} images from {chunk[0][1]!r} to {chunk[-1][1]!r}"
        keyed = self.options.connection.supports(capabilities.IDEMPOTENCY)
        todo = (
            "import the same file again: it goes on without doubling"
            if keyed
            else f"see whether their shapes are there; to begin anew, delete {self.journal.path}"
            if self.journal
            else "look at them"
        )
        text = f"nobody knows whether the annotations of {names} were added: {why}; {todo}"
        return OutcomeUnknownError(text, route=str(routes.BULK_ANNOTATIONS), report=self.result)

    def _give_up(self, error: Exception) -> None:
        if isinstance(error, OutcomeUnknownError) or not self.result:
            raise error
        raise PartialFailure(
            f"{len(self.result)} of {self.staging.assets} annotations are imported, then: {error}; "
            "import the same file again: it goes on without doubling",
            self.result,
        ) from error


def _name(error: ApiError, chunk: Sequence[Staged]) -> None:
    """Say whose annotations an error is about: the platform numbers them."""
    listed = error.message.partition("annotations[")[2].partition("]")[0]
    if listed.isdecimal() and int(listed) < len(chunk):
        error.message += f" (annotations[{listed}] is {chunk[int(listed)][1]!r})"
