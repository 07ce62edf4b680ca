"""Clients of the platforms, a proxy that keeps and breaks what passes, and rows without files.

Tests of `any_client` run on our platform and on the strict one. What the two do differently has tests of its
own for each: a strict platform knows no idempotency keys (a lost answer is looked up, or the outcome is
unknown), offers no shards (offsets run in parallel), and takes one list at a time (the others are applied
here).
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import socket
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from uuid import uuid4

import aiohttp
import attrs
import pytest
from aiohttp import web
from multidict import CIMultiDict
from PIL import Image
from sqlalchemy import select, update
from yarl import URL

import asyncsdk
from asyncsdk.config import Limits, Retry, Settings
from asyncsdk.records.connection import OrganizationRecord
from asyncsdk.resources.connection import Connection
from asyncsdk.server.services import organizations
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import data, datalake
from asyncsdk.server.store.statements import Prepared, insertion, statement
from asyncsdk.transport.memory import MemoryTransport, answer
from asyncsdk.wire import capabilities, routes

QUICK = Retry(base_s=0.001, cap_s=0.01)
PATIENCE_S = 20


@pytest.fixture
def settings():
    """A function that makes settings whose retries wait next to nothing: `settings(page_size=2)`."""
    return lambda retry=QUICK, **limits: Settings(retry=retry, limits=Limits(**limits))


@pytest.fixture
async def connect(settings):
    """A function that connects a client to an organization; it is closed after the test."""
    async with contextlib.AsyncExitStack() as stack:

        async def connect(org, *, host=None, **changes):
            chosen = {"api_token": org.token, "organization": org.name, "settings": settings()} | changes
            return await stack.enter_async_context(asyncsdk.Client(host or org.host, **chosen))

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
        data = asyncsdk.MultiData(version._connection, records, org.datalake)
        await (await version.add_data(data)).wait(poll_s=0.002)
        return data

    return fill


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


@attrs.frozen
class Passed:
    """A request that passed the proxy."""

    method: str
    path: str
    query: str
    headers: CIMultiDict
    body: bytes

    @property
    def line(self):
        return f"{self.method} {self.path}"


@attrs.define
class Rule:
    method: str
    part: str
    act: Callable[..., Awaitable[web.StreamResponse]]
    left: int

    def fits(self, passed):
        return self.left > 0 and passed.method == self.method and self.part in passed.path


@attrs.define(eq=False)
class Passing:
    """A request on its way: `await forward()` gives the platform's answer."""

    request: web.Request
    passed: Passed
    proxy: Proxy

    async def forward(self):
        return await self.proxy.forward(self.passed)

    def drop(self):
        """Close the connection without a word."""
        self.request.transport.abort()
        return web.Response()

    async def send_part(self, response, length):
        """Send the head of an answer and only so much of its body."""
        started = web.StreamResponse(status=response.status, headers=response.headers)
        started.content_length = len(response.body)
        await started.prepare(self.request)
        await started.write(response.body[:length])
        return started


class Proxy:
    """Stands between a client and a platform, its storage included; keeps what passes, breaks what it is told to.

    `proxy.on("GET", "/storage/", act, times=1)` lets `act(passing)` answer what fits, the last rule first.
    """

    def __init__(self, target):
        self.target, self.origin = target, ""
        self.passed = []
        self._rules = []

    def on(self, method, part, act, times=1_000_000):
        self._rules.insert(0, Rule(method, part, act, times))

    def answers(self, method, part, times=1_000_000, *, status=200, headers=None, body=b"{}"):
        async def act(_):
            return web.Response(status=status, headers=headers, body=body)

        self.on(method, part, act, times)

    def loses_answer(self, method, part, times=1):
        """Let a request do its work, and close the connection in place of an answer."""

        async def act(passing):
            await passing.forward()
            return passing.drop()

        self.on(method, part, act, times)

    def swallows(self, method, part, times=1):
        """Close the connection in place of passing a request on."""

        async def act(passing):
            return passing.drop()

        self.on(method, part, act, times)

    def count(self, method, part=""):
        return len(self.of(method, part))

    def of(self, method, part=""):
        return [passed for passed in self.passed if passed.method == method and part in passed.path]

    async def forward(self, passed):
        headers = passed.headers.copy()
        headers.popall("Host", None)
        target = URL(f"{self.target}{passed.path}{passed.query and '?'}{passed.query}", encoded=True)
        body = io.BytesIO(passed.body) if passed.body else None
        async with self._session.request(
            passed.method, target, headers=headers, data=body, allow_redirects=False
        ) as answered:
            content = await answered.read()
            kept = answered.headers.copy()
            if answered.content_type == "application/json":
                content = content.replace(self.target.encode(), self.origin.encode())
            for name in ("Content-Length", "Transfer-Encoding", "Date", "Server"):
                kept.popall(name, None)
            return web.Response(status=answered.status, headers=kept, body=content)

    async def _serve(self, request):
        path, _, query = request.raw_path.partition("?")
        passed = Passed(request.method, path, query, request.headers.copy(), await request.read())
        self.passed.append(passed)
        rule = next((rule for rule in self._rules if rule.fits(passed)), None)
        if rule is None:
            return await self.forward(passed)
        rule.left -= 1
        return await rule.act(Passing(request, passed, self))

    async def start(self):
        app = web.Application(client_max_size=2**30)
        app.router.add_route("*", "/{tail:.*}", self._serve)
        self._session = aiohttp.ClientSession(auto_decompress=False)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.origin = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self):
        await self._runner.cleanup()
        await self._session.close()


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
    """An origin at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return f"http://127.0.0.1:{port}"


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


@pytest.fixture(autouse=True)
def state(monkeypatch, tmp_path):
    """The folder where clients keep unfinished imports."""
    monkeypatch.setenv("ASYNCSDK_STATE", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def make_version(any_client, any_org, fill):
    """A function that makes a version with assets of 640 x 480: `await make_version("mask", "a.png", …)`."""

    async def make(kind, *names, **columns):
        dataset = await any_client.create_dataset(f"birds {uuid4()}")
        version = await dataset.create_version("v1", type=kind)
        if names:
            await fill(any_org, version, names, **{"width": 640, "height": 480} | columns)
        return version

    return make


@pytest.fixture
def version_of(client, org, fill):
    """A function that makes a version with the images of a COCO file: `await version_of("MASK", content)`."""

    async def make(kind, content):
        images = {one["file_name"]: one for one in content["images"]}
        sizes = {side: lambda name, side=side: images[name][side] for side in ("width", "height")}
        version = await (await client.create_dataset(f"birds {uuid4()}")).create_version("v1", type=kind)
        await fill(org, version, list(images), **sizes)
        return version

    return make


@pytest.fixture
def shapes_by_name():
    """A function that gives all that is annotated, by file name and kind of shape, without ids and sizes."""
    kinds = ("classifications", "rectangles", "polygons", "keypoints", "masks", "tracks")
    left_out = {"id", "area", "bbox"}

    def bare(shape):
        return {key: value for key, value in shape.items() if key not in left_out and value is not None}

    async def shapes(version):
        names = {asset.id: asset.filename for asset in await version.list_assets()}
        return {
            names[asset]: {
                kind: [bare(one) for one in found[0][kind]] for kind in kinds if found[0].get(kind)
            }
            for asset, found in (await version.load_annotations()).items()
        }

    return shapes


@pytest.fixture
def box():
    """A rectangle as it is loaded: `box(x, y, w, h, label)`."""
    return lambda x, y, w, h, label="cat", **more: {"label": label, "x": x, "y": y, "w": w, "h": h} | more
