"""Sending what an import has gathered: chunks in parallel, each of them counted once whatever happens.

`REPLACE` and `KEEP` may be sent again as they are. `CONCATENATE` may not, so its chunks are written into a
journal: another import of the same file, after one that was broken off, leaves out what was done. A chunk of
which nobody knows whether it was done is sent again under its idempotency key, where the platform has them.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

import anyio
import attrs

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
from asyncsdk.resources.import_bodies import Bodies, ChunkBody
from asyncsdk.resources.import_options import ImportOptions
from asyncsdk.resources.import_staging import Staged, Staging
from asyncsdk.transport.base import decode_response
from asyncsdk.wire import capabilities, routes
from asyncsdk.wire.requests import Repeat, Request

__all__ = ["ASSETS_PER_CHUNK", "Sending"]

ASSETS_PER_CHUNK = 100
"""What the protocol takes."""

_AT_ONCE = 64
"""Chunks in flight where the caller does not say; the limiter may allow fewer."""

_BYTES_AT_ONCE = 2 * 1024 * 1024
"""Of chunks in flight: beyond that none is begun."""


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
    _bodies: Bodies = attrs.field(init=False)
    _turn: anyio.Lock = attrs.field(factory=anyio.Lock, init=False)
    _ready: deque[ChunkBody] = attrs.field(factory=deque, init=False)
    _in_flight: int = attrs.field(default=0, init=False)
    """Bytes of the chunks that are being sent."""

    _landed: anyio.Event = attrs.field(factory=anyio.Event, init=False)
    _failure: Exception | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._bodies = Bodies(
            options=self.options,
            label_ids=self.label_ids,
            salt=self.journal.salt if self.journal else uuid.uuid4().hex,
            hashed=self.journal is not None,
        )

    async def run(self) -> None:
        """Send everything. After an error nothing more is begun, but what was begun is finished.

        Raises:
            PartialFailure: an error came when other chunks were done; the report is the result so far.
            OutcomeUnknownError: nobody knows whether a chunk was added.
            AsyncSDKError: the error of the first chunk, where nothing was done.
        """
        workers = self.options.max_workers or _AT_ONCE
        chunks = self.staging.chunks(ASSETS_PER_CHUNK)

        async def work(_: int) -> None:
            while await self._send_next(chunks):
                pass

        await map_bounded(work, range(workers), limit=workers)
        if self._failure is not None:
            self._give_up(self._failure)

    async def _send_next(self, chunks: Iterator[Sequence[Staged]]) -> bool:
        """Send a chunk, which nobody holds afterwards; tell whether there was one."""
        made = await self._next(chunks)
        if made is None:
            return False
        try:
            await self._send(made)
        except AsyncSDKError as error:
            self._failure = self._failure or error
        self._in_flight -= len(made.body)
        self._landed.set()
        return True

    async def _next(self, chunks: Iterator[Sequence[Staged]]) -> ChunkBody | None:
        """Return what is sent next, as soon as there is room for it; `None` at the end, or after an error."""
        async with self._turn:
            while self._in_flight > _BYTES_AT_ONCE:
                self._landed = anyio.Event()
                await self._landed.wait()
            if not self._ready and self._failure is None:
                self._ready.extend(await in_file_thread(self._bodies.make_some, chunks))
            if not self._ready or self._failure is not None:
                return None
            made = self._ready.popleft()
            self._in_flight += len(made.body)
            return made

    async def _send(self, made: ChunkBody) -> None:
        images, digest = made.images, made.digest
        if self.journal is not None and digest in self.journal.done:
            await self._take_done(made, self.journal.done[digest])
            return
        try:
            answer = await self._post(made)
        except TooLargeError:
            if len(images) == 1:
                raise
            half = len(images) // 2
            await self._send_part(made, range(half))
            await self._send_part(made, range(half, len(images)))
        else:
            self.result.take(answer)
            self.reporter.advance(len(images))

    async def _send_part(self, made: ChunkBody, places: Iterable[int]) -> None:
        await self._send(await in_file_thread(self._bodies.make_part, made, places))

    async def _post(self, made: ChunkBody) -> dict[str, int]:
        connection, journal, digest = self.options.connection, self.journal, made.digest
        if journal is not None:
            await in_file_thread(journal.begin, digest, made.images[0][1])
        try:
            response = await connection.send(self._request(made.body, digest))
            answer = decode_response(response, dict[str, int], str(routes.BULK_ANNOTATIONS))
        except (OutcomeUnknownError, ProtocolError) as error:
            if journal is None:
                raise
            raise self._unknown(made, str(error)) from error
        except AsyncSDKError as error:
            if (
                journal is not None
            ):  # had it perhaps been done, the error would be that the outcome is unknown
                await in_file_thread(journal.drop, digest)
            if isinstance(error, ApiError):
                _name(error, made)
            raise
        if journal is not None:
            await in_file_thread(journal.end, digest, answer)
        return answer

    async def _take_done(self, made: ChunkBody, answer: Mapping[str, int]) -> None:
        """Count what an unfinished import has done, but for what was deleted since: that is sent again."""
        there = {one: count for one, count in answer.items() if one in self.asset_of}
        assets = {self.asset_of[one] for one in there}
        gone = [place for place, (asset_id, _) in enumerate(made.images) if asset_id not in assets]
        self.result.take(there)
        self.reporter.advance(len(made.images) - len(gone))
        if gone:
            await self._send_part(made, gone)

    def _request(self, body: bytes, digest: str) -> Request:
        """Return the request; its key tells this chunk of this import from any other."""
        options = self.options
        keyed = options.connection.supports(capabilities.IDEMPOTENCY)
        adds = options.mode is ImportAnnotationMode.CONCATENATE
        key = hashlib.sha256(f"{options.version_id} {self._bodies.salt} {digest}".encode()).hexdigest()
        return attrs.evolve(
            routes.BULK_ANNOTATIONS.request(version=options.version_id),
            body=body,
            repeat=Repeat.CREATION if adds else Repeat.SAFE,
            idempotency_key=key if keyed else None,
        )

    def _unknown(self, made: ChunkBody, why: str) -> OutcomeUnknownError:
        names = f"{len(made.images)} images from {made.images[0][1]!r} to {made.images[-1][1]!r}"
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


def _name(error: ApiError, made: ChunkBody) -> None:
    """Say whose annotations an error is about: the platform numbers them."""
    listed = error.message.partition("annotations[")[2].partition("]")[0]
    if listed.isdecimal() and int(listed) < len(made.images):
        error.message += f" (annotations[{listed}] is {made.images[int(listed)][1]!r})"
