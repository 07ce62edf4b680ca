"""Clients of the platforms, a proxy that keeps and breaks what passes, and rows without files.

Tests of `any_client` run on our platform and on the strict one. What the two do differently has tests of its
own for each: a strict platform knows no idempotency keys (a lost answer is looked up, or the outcome is
unknown), offers no shards (offsets run in parallel), and takes one list at a time (the others are applied
here).

Tests whose client comes from `connect` run on both sides, dressed by `sync_side`. Left out are those with the mark
`async_only`, which says why, those that count the tasks of their event loop, and those that build an inner part of
the async side by hand (`scripted`, and clients and connections that a test makes itself), of which the sync side has
none.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from types import SimpleNamespace
from uuid import uuid4

import pytest
from fault_proxy import Proxy
from PIL import Image
from sqlalchemy import select, update
from sync_side import Shown, bare, show

import asyncsdk
from asyncsdk.config import Limits, Retry, Settings
from asyncsdk.records.connection import OrganizationRecord
from asyncsdk.resources.connection import Connection
from asyncsdk.server.services import organizations
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import data, datalake
from asyncsdk.server.store.statements import Prepared, insertion, statement
from asyncsdk.sync import Client, MultiData
from asyncsdk.transport.memory import MemoryTransport, answer
from asyncsdk.wire import capabilities, routes

QUICK = Retry(base_s=0.001, cap_s=0.01)
PATIENCE_S = 60


@pytest.fixture
def settings():
    """A function that makes settings whose retries wait next to nothing: `settings(page_size=2)`."""
    return lambda retry=QUICK, **limits: Settings(retry=retry, limits=Limits(**limits))


@pytest.fixture(params=["async", "sync"])
def side(request):
    """The side that a test's clients are of; `async_only` names the tests that run on one side."""
    return request.param


def pytest_collection_modifyitems(config, items):
    """Leave the sync side out where a test says why, and where it counts the tasks of its own event loop."""

    def is_left_out(item):
        on_sync = getattr(item, "callspec", None) and item.callspec.params.get("side") == "sync"
        return on_sync and ("other_tasks" in item.fixturenames or item.get_closest_marker("async_only"))

    left_out = [item for item in items if is_left_out(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture
async def connect(settings, side):
    """A function that connects a client to an organization; it is closed after the test."""
    async with contextlib.AsyncExitStack() as stack:

        async def connect(org, *, host=None, **changes):
            chosen = {"api_token": org.token, "organization": org.name, "settings": settings()} | changes
            host = host or org.host
            client = show(Client(host, **chosen)) if side == "sync" else asyncsdk.Client(host, **chosen)
            return await stack.enter_async_context(client)

        yield connect


@pytest.fixture
async def client(org, connect):
    """A client of a fresh organization on our platform."""
    return await connect(org)


@pytest.fixture
async def strict_client(strict_org, connect):
    """A client of a fresh organization on a platform without our additions."""
    return await connect(strict_org)


@pytest.fixture(params=["ours", "strict"])
def any_org(request):
    """A fresh organization, once on our platform and once on the strict one."""
    return request.getfixturevalue("org" if request.param == "ours" else "strict_org")


@pytest.fixture
async def any_client(any_org, connect):
    """A client, once of our platform and once of the strict one."""
    return await connect(any_org)


@pytest.fixture
async def lake(client):
    return await client.get_datalake()


@pytest.fixture
async def version(client):
    """An empty version `birds/v1`."""
    return await (await client.create_dataset("birds")).create_version("v1")


@pytest.fixture
def add_rows():
    """A function that makes rows of data without files: `add_rows(org, ["a.png", …], width=7)` gives ids."""
    return insert_rows


def insert_rows(org, names, **columns):
    def row(name, lake):
        return {
            "id": new_id(), "created_at": now_us(), "datalake": lake, "object_name": f"data/{uuid4()}",
            "filename": name, "type": "IMAGE", "content_type": "image/png", "upload_status": "DONE",
            "width": 8, "height": 6, "size_bytes": 100, "sha256": None, "metadata": None,
            "custom_metadata": None, "data_source": None,
        } | {key: value(name) if callable(value) else value for key, value in columns.items()}  # fmt: skip

    def work():
        lake = (yield statement(select(datalake.c.seq).where(datalake.c.id == org.datalake)))[0]["seq"]
        rows = [row(name, lake) for name in names]
        yield Prepared(insertion(data)).many(rows)
        more = datalake.c.data_count + len(rows)
        yield statement(update(datalake).where(datalake.c.seq == lake).values(data_count=more))
        return [row["id"] for row in rows]

    return org.platform.write(work())


@pytest.fixture
def fill():
    """A function that fills a version with named assets that have no files: `await fill(org, version, names)`."""

    async def fill(org, version, names, **columns):
        records = [SimpleNamespace(id=one) for one in insert_rows(org, names, **columns)]
        data = multi_data(version, records, org.datalake)
        await (await version.add_data(data)).wait(poll_s=0.002)
        return data

    return fill


def multi_data(version, records, datalake):
    """Data as records, of the side that the version is of."""
    data = asyncsdk.MultiData(bare(version._connection), records, datalake)
    return show(MultiData(data)) if type(version) is Shown else data


@pytest.fixture
def annotate():
    """A function that annotates assets in bulk: `await annotate(version, {asset id: {"rectangles": [...]}})`.

    It returns annotation id to number of shapes, in the order of the assets.
    """

    async def annotate(version, shapes_by_asset, *, mode="REPLACE", worker=None, status=None):
        body = {
            "import_type": mode,
            "annotations": [{"asset_id": asset, **shapes} for asset, shapes in shapes_by_asset.items()],
        }
        more = {"worker_id": worker and worker.id, "status": status}
        body |= {name: value for name, value in more.items() if value is not None}
        connection = version._connection
        return await connection.call(routes.BULK_ANNOTATIONS, dict[str, int], body=body, version=version.id)

    return annotate


@pytest.fixture
def add_worker():
    """A function that adds a user to an organization: `worker = await add_worker(org, dataset)`."""

    async def add(org, dataset):
        username = f"user-{uuid4()}"

        def work():
            yield from organizations.add_user(username)
            yield from organizations.add_member(org.name, username)

        org.platform.write(work())
        return await dataset.find_worker(username)

    return add


@pytest.fixture
def make_image(tmp_path):
    """A function that makes an image file: `make_image("a.png", width=9)`; zeros fill it up to `size` bytes."""

    def make(name, *, width=8, height=6, size=None, fill=b"", **options):
        path = tmp_path / "made" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (width, height), (width % 256, height % 256, 7)).save(path, **options)
        with path.open("ab") as file:
            file.write(fill)
            if size is not None:
                file.truncate(size)
        return path

    return make


@pytest.fixture
async def make_proxy():
    async with contextlib.AsyncExitStack() as stack:

        async def make(org):
            proxy = Proxy(org.host)
            await proxy.start()
            stack.push_async_callback(proxy.stop)
            return proxy

        yield make


@pytest.fixture
async def proxy(org, make_proxy):
    """A proxy before our platform; `proxied` is a client that goes through it."""
    return await make_proxy(org)


@pytest.fixture
async def proxied(org, proxy, connect):
    return await connect(org, host=proxy.origin)


@pytest.fixture
async def strict_proxy(strict_org, make_proxy):
    """A proxy before the strict platform; `strict_proxied` is a client that goes through it."""
    return await make_proxy(strict_org)


@pytest.fixture
async def strict_proxied(strict_org, strict_proxy, connect):
    return await connect(strict_org, host=strict_proxy.origin)


@pytest.fixture
async def fake_host():
    """A function that starts a host which gives every request the same bytes; it returns the origin."""
    servers = []

    async def start(content):
        async def serve(reader, writer):
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(content)
                await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield start
    for server in servers:
        server.close()
    await asyncio.sleep(0)


@pytest.fixture
def dead_host():
    """An origin at which nothing listens; the port is held so that nobody else is given it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture
def scripted(settings):
    """A function that makes a client whose platform is a script: `client, transport = scripted(play)`."""

    def make(play, *, strict=False, **limits):
        transport = MemoryTransport(play)
        client = asyncsdk.Client("http://127.0.0.1:9", "token", settings=settings(**limits))
        connection: Connection = client._connection
        connection._transport = transport
        connection._loop = asyncio.get_running_loop()
        connection._organization = OrganizationRecord(str(uuid4()), "script", str(uuid4()))
        connection.capabilities = frozenset() if strict else frozenset(capabilities.ALL)
        return client, transport

    return make


@pytest.fixture
def says():
    """A scripted answer: `says({"id": …}, status=200)`."""
    return answer


@pytest.fixture
def other_tasks():
    """A function that lists the tasks that run beside the test, its runner and its proxies."""
    before = asyncio.all_tasks

    def running():
        return [
            task
            for task in before()
            if task is not asyncio.current_task()
            and not any(mark in repr(task.get_coro()) for mark in ("TestRunner", "RequestHandler"))
        ]

    return running


@pytest.fixture
async def eventually():
    """A function that waits until something holds: `await eventually(lambda: proxy.passed)`."""

    async def wait(holds):
        async with asyncio.timeout(PATIENCE_S):
            while not holds():  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0.001)

    return wait
