"""What all tests share: a platform that runs for the whole session, an organization per test, and images.

Ask for `org` to talk to a platform: it is a fresh organization with a user and a token. `strict_org` is one
on a platform without our additions to the protocol. `new_org()` makes further ones, for tests of what one
organization sees of another.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from uuid import uuid4

import attrs
import hypothesis
import pytest
from PIL import Image
from programs import offer_programs
from sqlalchemy import select

from asyncsdk.flow.loop import run
from asyncsdk.server.serve import ServeOptions, run_platform
from asyncsdk.server.services import organizations
from asyncsdk.server.store.base import Store
from asyncsdk.server.store.schema import datalake, organization
from asyncsdk.server.store.statements import statement

pytest.register_assert_rewrite("coco_oracle")

# How long an example takes says nothing on a machine that is busy, and a run that fails can be had again: the examples
# are the same each time. `pytest --hypothesis-profile=search` draws others, and many more of them.
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True, database=None)
hypothesis.settings.register_profile("search", deadline=None, derandomize=False, max_examples=2_000)
hypothesis.settings.load_profile("steady")

# Tests talk to their own machine: a proxy that the environment names has nothing to say in it.
for _variable in ("http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(_variable, None)
    os.environ.pop(_variable.upper(), None)

_PATIENCE_S = 60


@pytest.fixture
def anyio_backend():
    return "asyncio"


@attrs.frozen(kw_only=True)
class LocalPlatform:
    """A platform that runs on a thread of the test process."""

    url: str
    """Where it listens."""

    token: str
    """Token of its administrator."""

    workspace: Path
    store: Store
    """Its store; may be used from any event loop."""

    loop: asyncio.AbstractEventLoop
    _stop: asyncio.Event

    def write(self, work: Any) -> Any:
        """Run a unit of work in a transaction of its own, without a request."""
        return asyncio.run_coroutine_threadsafe(self.store.write(work), self.loop).result(_PATIENCE_S)

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """Return what a query gives on the database file itself."""
        with contextlib.closing(sqlite3.connect(self.workspace / "database.sqlite")) as connection:
            return connection.execute(sql, params).fetchall()

    def stop(self) -> None:
        """Let it end."""
        self.loop.call_soon_threadsafe(self._stop.set)


@attrs.frozen(kw_only=True)
class Organization:
    """An organization with one user (its administrator, not the platform's), a token, and the first ids."""

    host: str
    token: str
    id: str
    name: str
    connector: str
    datalake: str
    username: str
    platform: LocalPlatform


@contextlib.contextmanager
def running_platform(workspace: Path, **options: Any):
    """Run a platform inside the context; its errors, also of the start, are raised here."""
    started: Future[LocalPlatform] = Future()

    async def main() -> None:
        stop = asyncio.Event()
        async with run_platform(ServeOptions(workspace=workspace, port=0, **options)) as running:
            started.set_result(
                LocalPlatform(
                    url=running.url,
                    token=running.token,
                    workspace=workspace,
                    store=running.store,
                    loop=asyncio.get_running_loop(),
                    stop=stop,
                )
            )
            await stop.wait()

    ended: Future[None] = Future()

    def serve() -> None:
        try:
            run(main())
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            (ended if started.done() else started).set_exception(error)
        else:
            ended.set_result(None)

    thread = threading.Thread(target=serve, name="platform", daemon=True)
    thread.start()
    platform = started.result(_PATIENCE_S)
    try:
        yield platform
    finally:
        platform.stop()
        thread.join(_PATIENCE_S)
        ended.result(0)


def make_organization(platform: LocalPlatform) -> Organization:
    """Make an organization with a user and a token that no other test knows."""
    name, username = f"org-{uuid4()}", f"user-{uuid4()}"

    def work() -> Any:
        made = yield from organizations.add_organization(name)
        yield from organizations.add_user(username)
        yield from organizations.add_member(name, username)
        token = yield from organizations.add_token(username, "test", organization_name=name)
        lake = select(datalake.c.id).join(organization).where(organization.c.id == made["id"])
        rows = yield statement(lake)
        return made, token, rows[0]["id"]

    made, token, lake_id = platform.write(work())
    return Organization(
        host=platform.url,
        token=token,
        id=made["id"],
        name=name,
        connector=made["default_connector_id"],
        datalake=lake_id,
        username=username,
        platform=platform,
    )


@pytest.fixture(scope="session")
def platforms():
    """A context manager that runs further platforms: `with platforms(workspace, **options) as platform`."""
    return running_platform


@pytest.fixture(scope="session")
def platform(tmp_path_factory):
    """The platform of the session; a test that wants to be alone uses an organization of its own."""
    with running_platform(tmp_path_factory.mktemp("platform") / "workspace") as running:
        yield running


@pytest.fixture(scope="session")
def strict_platform(tmp_path_factory):
    """A platform that has the documented protocol only, without our additions."""
    workspace = tmp_path_factory.mktemp("strict") / "workspace"
    with running_platform(workspace, strict_protocol=True) as running:
        yield running


@pytest.fixture(scope="session")
def make_org():
    """A function that makes an organization on a platform: `make_org(platform)`."""
    return make_organization


@pytest.fixture
def new_org(platform):
    """A function that makes one more organization on the platform of the session."""
    return lambda: make_organization(platform)


@pytest.fixture
def org(platform):
    """A fresh organization: `.host`, `.token`, `.id`, `.name`, `.connector`, `.datalake`, `.username`."""
    return make_organization(platform)


@pytest.fixture(scope="session")
def programs(platform, strict_platform):
    """Offers the programs of `programs.py` on the platforms of the session."""
    for each in (platform, strict_platform):
        offer_programs(each.workspace)


@pytest.fixture
def strict_org(strict_platform):
    """A fresh organization on the strict platform."""
    return make_organization(strict_platform)


@pytest.fixture
def images(tmp_path):
    """Paths of six small image files (JPEG and PNG in turn), each with a size and content of its own."""
    folder = tmp_path / "images"
    folder.mkdir()
    paths = []
    for number in range(6):
        path = folder / f"image-{number}.{'png' if number % 2 else 'jpg'}"
        Image.new("RGB", (40 + number, 30 + number), (number * 40, 90, 200)).save(path)
        paths.append(path)
    return paths


@pytest.fixture
def coco_images(request):
    """Paths of the COCO sample's images, which lie beside the project; skips where they are missing."""
    folder = request.config.rootpath.parent / "shared" / "data" / "coco" / "images"
    paths = sorted(folder.glob("*.jpg"))
    if not paths:
        pytest.skip(f"no COCO sample in {folder}")
    return paths


@pytest.fixture(scope="session")
def coco_annotations(request):
    """Folder of the COCO sample's annotation files; skips where it is missing."""
    folder = request.config.rootpath.parent / "shared" / "data" / "coco" / "annotations"
    if not folder.is_dir():
        pytest.skip(f"no COCO sample in {folder}")
    return folder
