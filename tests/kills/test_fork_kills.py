"""A fork is complete after `kill -9`, with nothing missing and nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3

import anyio
import pytest
from child_platform import ChildPlatform

import asyncsdk
from asyncsdk.server.services.first_user import ensure_first_user
from asyncsdk.server.store.ids import now_us
from asyncsdk.server.store.open import open_sqlite
from asyncsdk.server.store.sqlite import connect
from asyncsdk.server.workspace import Workspace

pytestmark = [pytest.mark.kills, pytest.mark.timeout(300)]

ASSETS, SHAPES, KILLS = 30_000, 3, 3
LONGEST_DELAY_S = 0.6
PATIENCE_S = 120


@pytest.fixture
async def platform(tmp_path):
    """A platform with a version of many annotated assets that have no files."""
    workspace = Workspace(tmp_path / "workspace")
    workspace.create()
    store = open_sqlite(workspace.database)
    await store.write(ensure_first_user("token"))
    await store.close()
    with contextlib.closing(connect(workspace.database)) as connection:
        fill(connection)
    with ChildPlatform(workspace.folder, "--token=token") as running:
        yield running


def fill(connection):
    """Make the rows."""
    new = f"asyncsdk_new_id(), {now_us()}"
    connection.executescript(f"""
        INSERT INTO dataset (id, created_at, organization, name, description)
            SELECT {new}, seq, 'd', '' FROM organization;
        INSERT INTO dataset_version
            (id, created_at, dataset, version, description, type, locked, next_position, asset_count)
            SELECT {new}, seq, 'v1', '', 'MULTI', 0, {ASSETS + 1}, {ASSETS} FROM dataset;
        INSERT INTO label (id, created_at, version, name) SELECT {new}, seq, 'car' FROM dataset_version;
        WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {ASSETS})
            INSERT INTO data (id, created_at, datalake, object_name, filename, type, content_type,
                upload_status, width, height, size_bytes)
            SELECT {new}, 1, 'data/' || n, n || '.png', 'IMAGE', 'image/png', 'DONE', 8, 6, 1 FROM number;
        INSERT INTO asset (id, created_at, version, data, position) SELECT {new}, 1, seq, seq FROM data;
        INSERT INTO tag (id, created_at, organization, version, target_type, scope, name)
            SELECT {new}, seq, 1, 'ASSET', 'version/1', 'third' FROM organization;
        INSERT INTO asset_tag SELECT 1, seq FROM asset WHERE seq % 3 = 0;
        INSERT INTO annotation (id, created_at, version, asset, user_account, status, duration)
            SELECT {new}, 1, asset.seq, user_account.seq, 'PENDING', asset.seq FROM asset, user_account;
        INSERT INTO shape (id, created_at, annotation, label, kind, geometry)
            SELECT {new}, seq, 1, 'POINT', '{{"point":[' || seq || ',' || value || '],"order":0}}'
            FROM annotation, json_each('{[*range(SHAPES)]}');
        UPDATE datalake SET data_count = {ASSETS};
    """)


async def test_kill(seed, platform, report):
    chance = random.Random(seed)
    async with asyncsdk.Client(platform.url, "token") as client:
        source = await (await client.get_dataset("d")).get_version("v1")
        _, job = await source.start_fork("v2", with_tags=True, with_annotations=True)
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0, LONGEST_DELAY_S))
            await anyio.to_thread.run_sync(platform.kill)
            await anyio.to_thread.run_sync(platform.start)
        await job.wait(timeout_s=PATIENCE_S)
    platform.stop()
    check(platform.workspace / "database.sqlite")
    report["kills"] = report["killed while forking"] = KILLS
    report["result"] = "passed"


def check(path):
    """Both versions have the same in the same places, and the database is sound."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        counters = "SELECT version, asset_count, filling FROM dataset_version ORDER BY version"
        assert database.execute(counters).fetchall() == [("v1", ASSETS, 0), ("v2", ASSETS, 0)]
        content = (
            "SELECT asset.data, asset.position, annotation.duration, shape.geometry, label.name,"
            " (SELECT group_concat(tag.name) FROM asset_tag JOIN tag ON tag.seq = asset_tag.tag"
            " WHERE asset_tag.target = asset.seq)"
            " FROM asset JOIN annotation ON annotation.asset = asset.seq"
            " JOIN shape ON shape.annotation = annotation.seq JOIN label ON label.seq = shape.label"
            " WHERE asset.version = ? ORDER BY asset.position, shape.seq"
        )
        first, second = (database.execute(content, (version,)).fetchall() for version in (1, 2))
        assert len(first) == ASSETS * SHAPES
        assert second == first
