"""Runs a platform on a workspace: opens its parts, listens, and closes them in order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import hashlib
import os
import secrets
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import attrs
from aiohttp import web

from asyncsdk.config import check_host, check_token, idle_seconds
from asyncsdk.enums import StorageKind
from asyncsdk.errors import ConfigurationError, FormatError
from asyncsdk.flow.loop import run
from asyncsdk.server.app import make_app, use_python_request_parser
from asyncsdk.server.attachments import Attachments
from asyncsdk.server.blobs.local import LocalBlobs
from asyncsdk.server.blobs.signing import Signer
from asyncsdk.server.cleaner import Cleaner
from asyncsdk.server.handlers.call import Platform
from asyncsdk.server.handlers.storage_urls import add_storage_routes
from asyncsdk.server.jobs.runner import JobRunner
from asyncsdk.server.middleware import Gate
from asyncsdk.server.open_files import allow_many_files
from asyncsdk.server.processes.folder import remove_runs
from asyncsdk.server.processes.registry import Registry
from asyncsdk.server.services.built_in_processings import ensure_built_in
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursors
from asyncsdk.server.services.documents import DataDocuments
from asyncsdk.server.services.first_user import ensure_first_user
from asyncsdk.server.services.job_leases import release_jobs
from asyncsdk.server.services.job_source import StoredJobs
from asyncsdk.server.services.processing_runs import forget_tokens
from asyncsdk.server.services.processing_source import ProcessingJobs
from asyncsdk.server.store.base import Store, Work
from asyncsdk.server.store.open import open_sqlite
from asyncsdk.server.workspace import Workspace
from asyncsdk.wire import routes

__all__ = ["RunningPlatform", "ServeOptions", "run_platform", "serve", "serve_embedded"]

_LONGEST_LINE = 256 * 1024
"""Longest path and query in bytes: a query of the published clients may name many tags."""

_COLLECT_AFTER = 20_000
"""Objects made and not yet gone before the garbage collector looks at the newest ones."""

_FINISH_S = 5.0
"""How long requests under way may go on when the platform stops."""


@attrs.frozen(kw_only=True)
class ServeOptions:
    """How a platform runs."""

    workspace: Path
    """Folder of its database, objects and keys; made when it is missing."""

    host: str = "127.0.0.1"
    """Address to listen on."""

    port: int = 8000
    """Port to listen on; 0 picks a free one."""

    token: str | None = attrs.field(default=None, repr=False)
    """API token of the first user; made and kept in the workspace when it is not given."""

    public_url: str | None = None
    """Origin under which clients reach the platform, when it is not the one it listens on."""

    strict_protocol: bool = False
    """Switch our additions to the protocol off."""

    full_durability: bool = False
    """Wait for the disk at each commit and upload, so that a loss of power loses nothing."""

    storage_kind: StorageKind = StorageKind.MINIO
    """Which kind of object storage to speak as."""

    processings: Path | None = None
    """The administrator's file of programs; `None` looks for `processings.toml` in the workspace."""

    embedded_idle_s: float | None = None
    """Stop when no client has held on for this time, in seconds; `None` runs until told to stop."""


@attrs.frozen
class RunningPlatform:
    """A platform that listens."""

    url: str
    token: str = attrs.field(repr=False)
    store: Store
    attachments: Attachments


async def serve(options: ServeOptions, ready: Callable[[RunningPlatform], None]) -> None:
    """Run a platform until SIGINT or SIGTERM, or until its last client leaves when it is embedded.

    Args:
        options: how to run.
        ready: called once, when the platform listens.

    Raises:
        ConfigurationError: the workspace is in use, of a newer version or not usable, the address is taken, or
            no request can carry the token.
    """
    allow_many_files()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with run_platform(options) as platform:
        ready(platform)
        _settle_garbage_collector()
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(stop.wait())]
        if options.embedded_idle_s is not None:
            alone = platform.attachments.until_alone(options.embedded_idle_s)
            waits.append(asyncio.create_task(alone))
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


def _settle_garbage_collector() -> None:
    """Spare what was made at the start the collector's walks, and have it walk less often.

    A page makes thousands of objects, none of them in a cycle.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 10, 10)


def serve_embedded(workspace: Path) -> None:
    """Run the platform that clients start for themselves, until the last of them has left.

    Raises:
        ConfigurationError: the workspace is in use, of a newer version or not usable.
    """
    options = ServeOptions(workspace=workspace, port=0, embedded_idle_s=idle_seconds())
    run(serve(options, ready=lambda _: None))


@contextlib.asynccontextmanager
async def run_platform(options: ServeOptions) -> AsyncIterator[RunningPlatform]:
    """Run a platform inside the context."""
    workspace = Workspace(options.workspace.expanduser().absolute())
    given = check_token(options.token) if options.token else None
    workspace.create()
    async with contextlib.AsyncExitStack() as stack:
        stack.enter_context(workspace.lock())
        workspace.withdraw()  # what a killed platform has announced
        store = open_sqlite(workspace.database, full_durability=options.full_durability)
        stack.push_async_callback(store.close)
        token = given or workspace.token(f"asdk_{secrets.token_urlsafe(32)}")
        await store.write(_begin(token))
        blobs = _open_blobs(workspace, options)
        stack.push_async_callback(blobs.close)
        runner, cleaner = JobRunner(StoredJobs(store, blobs)), Cleaner(store, blobs)
        registry, processings = _open_processings(workspace, options, store, lambda: url)
        platform = Platform(
            store=store,
            blobs=blobs,
            cursors=Cursors(_derived(workspace.key(), b"cursors")),
            counts=Counts(),
            documents=DataDocuments(blobs.sign_downloads),
            wake_jobs=runner.wake,
            registry=registry,
            wake_processings=processings.wake,
            wake_cleaner=cleaner.wake,
            strict_protocol=options.strict_protocol,
        )
        gate = Gate(store)
        app = make_app(platform, gate)
        add_storage_routes(app, blobs)
        attachments = Attachments()
        app.on_shutdown.append(attachments.release)
        if not options.strict_protocol:
            app.router.add_route("GET", routes.ATTACH.template, attachments.handler(gate))
        url = await _listen(stack, app, options)
        blobs.urls.public_url = check_host(options.public_url) if options.public_url else url
        for worker in (runner, processings, cleaner):
            worker.start()
            stack.push_async_callback(worker.stop)
        workspace.announce(url, token)
        stack.callback(workspace.withdraw)
        yield RunningPlatform(url, token, store, attachments)


def _begin(token: str) -> Work[None]:
    """What a platform that is alone on its database does before it listens."""
    yield from ensure_first_user(token)
    yield from release_jobs()
    yield from forget_tokens()
    yield from ensure_built_in()


def _open_processings(
    workspace: Workspace, options: ServeOptions, store: Store, origin: Callable[[], str]
) -> tuple[Registry, JobRunner]:
    registry = Registry(options.processings or workspace.processings)
    try:
        slots = registry.read().slots
    except FormatError as error:
        raise ConfigurationError(f"the file of processings is refused: {error}") from error
    remove_runs(workspace.runs)
    runs = ProcessingJobs(
        store=store, registry=registry, runs=workspace.runs, origin=origin, environ=os.environ
    )
    return registry, JobRunner(runs, workers=slots)


def _open_blobs(workspace: Workspace, options: ServeOptions) -> LocalBlobs:
    signer = Signer(_derived(workspace.key(), b"urls"))
    try:
        return LocalBlobs(
            workspace.blobs,
            signer,
            options.public_url or "",
            kind=options.storage_kind,
            fsync=options.full_durability,
        )
    except OSError as error:
        raise ConfigurationError(f"{workspace.blobs}: {error.strerror}") from error


async def _listen(stack: contextlib.AsyncExitStack, app: web.Application, options: ServeOptions) -> str:
    use_python_request_parser()
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        shutdown_timeout=_FINISH_S,
        max_line_size=_LONGEST_LINE,
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, options.host, options.port, backlog=1024)
    try:
        await site.start()
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {options.host}:{options.port}: {error.strerror or error}"
        ) from error
    port = runner.addresses[0][1]
    name = "127.0.0.1" if options.host in ("0.0.0.0", "") else options.host  # noqa: S104 - compared, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _derived(key: bytes, purpose: bytes) -> bytes:
    """One kept key, a key of its own for each use."""
    return hashlib.blake2b(purpose, key=key, digest_size=32).digest()
