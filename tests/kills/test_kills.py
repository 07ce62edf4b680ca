"""Whatever was acknowledged is there after `kill -9`, once."""

from __future__ import annotations

import contextlib
import hashlib
import random
import sqlite3
from collections import Counter

import anyio
import pytest
from child_platform import ChildPlatform
from kills.killing import Progress, killed
from PIL import Image

import asyncsdk
from asyncsdk.flow.bounded import map_bounded

pytestmark = [pytest.mark.kills, pytest.mark.timeout(300)]

SMALL_FILES, VERSIONS = 2100, 12
PATIENCE_S = 60
PAUSE_S = 0.2
"""Between two tries of the work, when the client has given up."""


@pytest.fixture
def files(tmp_path, seed):
    """Many small images and one that goes in parts, by name."""
    chance = random.Random(seed)
    folder = tmp_path / "files"
    folder.mkdir()
    sizes = {f"{number:04d}.png": (chance.randrange(1, 40), 20) for number in range(SMALL_FILES)}
    sizes["large.png"] = (3000, 3000)
    for name, (width, height) in sizes.items():
        pixels = chance.randbytes(width * height * 3)
        Image.frombytes("RGB", (width, height), pixels).save(folder / name, compress_level=0)
    return {path.name: path for path in sorted(folder.iterdir())}


@pytest.fixture
def platform(tmp_path):
    with ChildPlatform(tmp_path / "workspace") as running:
        yield running


async def test_kill(seed, files, platform, report, tmp_path):
    chance = random.Random(seed)
    async with asyncsdk.Client(platform.url, platform.token) as client:
        lake = await client.get_datalake()
        uploads = Uploads(files)
        progress = Progress(len(files), chance)
        async with killed(platform, progress):
            await uploads.run(lake, progress)
        report["killed while uploading"] = progress
        report["files tried again"] = uploads.tried_again

        dataset = await client.create_dataset("kept")
        versions = [await dataset.create_version(str(number)) for number in range(VERSIONS)]
        data = await lake.list_data()
        progress = Progress(VERSIONS, chance)
        async with killed(platform, progress):
            jobs, tried_again = await add_everywhere(versions, data, progress)
        report["killed while adding data"] = progress
        report["calls tried again"] = tried_again

        for job in jobs:
            await job.wait(timeout_s=PATIENCE_S)
        data = await lake.list_data()
        uploads.check(data)
        await check_content(data, files, tmp_path / "out")
        for version in versions:
            await check_version(client, version, data)
    platform.stop()
    check_workspace(platform.workspace, {digest(path) for path in files.values()})
    report["kills"] = 2
    report["result"] = "passed"


class Uploads:
    """Uploads files until each one is acknowledged, and keeps account."""

    def __init__(self, files):
        self._files = files
        self._calls = Counter()
        self._acknowledged = {}

    @property
    def tried_again(self):
        return self._calls.total() - len(self._files)

    async def run(self, lake, progress):
        while waiting := self._files.keys() - self._acknowledged.keys():
            self._calls.update(waiting)
            paths = [self._files[name] for name in sorted(waiting)]
            # The client gives up quickly on a platform that is away: what it has not done is tried again.
            with contextlib.suppress(asyncsdk.TransportError, asyncsdk.OutcomeUnknownError):
                done = await lake.upload_data(
                    paths, tags=["kept"], on_error="collect", progress=lambda event: progress.advance()
                )
                self._acknowledged |= {each.path.name: each.data_id for each in done.report.uploaded}
            await anyio.sleep(PAUSE_S)

    def check(self, data):
        """Every acknowledged upload is there, and no call has made two of one file."""
        assert set(self._acknowledged.values()) <= set(data.ids)
        assert len(set(data.ids)) == len(data)
        assert len({each.object_name for each in data}) == len(data)
        rows = Counter(each.filename for each in data)
        assert rows.keys() == self._files.keys()
        assert all(rows[name] <= self._calls[name] for name in rows), rows - self._calls


async def add_everywhere(versions, data, progress):
    """Add all data to each version, at once, until each call is acknowledged; return the jobs."""
    tried_again = 0

    async def add(version):
        nonlocal tried_again
        while True:
            try:
                job = await version.add_data(data, tags=["night"])
            except (asyncsdk.TransportError, asyncsdk.OutcomeUnknownError, asyncsdk.ConflictError):
                tried_again += 1
                await anyio.sleep(PAUSE_S)
            else:
                progress.advance()
                return job

    return await map_bounded(add, versions, limit=4), tried_again


async def check_content(data, files, folder):
    """Each data, acknowledged or not, reads as the file that it was made of."""
    await data.download(folder, use_id=True, progress=False)
    wanted = {name: digest(path) for name, path in files.items()}
    for each in data:
        assert digest(folder / f"{each.id}.png") == wanted[each.filename], each


async def check_version(client, version, data):
    """A version has an asset of each data, once, with its tag, and its counter says so."""
    assets = await version.list_assets()
    assert sorted(asset.data_id for asset in assets) == sorted(data.ids)
    assert [tag.name for tag in await version.list_asset_tags()] == ["night"]
    for query in (None, 'tags.name = "night"'):
        page = await client.request(
            "GET", f"/api/dataset/version/{version.id}/assets", query={"limit": 1, "q": query}
        )
        assert page["count"] == len(data)


def check_workspace(workspace, digests):
    """The database is sound, its counters are right, and every object is one of the files."""
    with contextlib.closing(sqlite3.connect(workspace / "database.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        counted = "SELECT count(*) FROM asset WHERE asset.version = dataset_version.seq"
        wrong = f"SELECT version, asset_count FROM dataset_version WHERE asset_count != ({counted})"
        assert database.execute(wrong).fetchall() == []
    objects = [path for path in (workspace / "blobs" / "objects").rglob("*") if path.is_file()]
    assert {digest(path) for path in objects} == digests
    assert not list((workspace / "blobs" / "incoming").iterdir())


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
