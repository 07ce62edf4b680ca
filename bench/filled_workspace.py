"""Workspaces with many rows and no files, for benches of listings."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from asyncsdk.server.services.first_user import ensure_first_user
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.open import open_sqlite
from asyncsdk.server.store.sqlite import connect
from asyncsdk.server.workspace import Workspace

TOKEN = "bench-token"
TAG_EVERY = 10


def fill(folder: Path, count: int) -> str:
    """Make a workspace with one version of `count` assets and return the version's id.

    Every tenth asset carries the tag "tenth".
    """
    workspace = Workspace(folder)
    workspace.create()
    asyncio.run(_create(workspace))
    connection = connect(workspace.database)
    now = now_us()
    connection.execute("BEGIN")
    organization, lake = connection.execute("SELECT organization, seq FROM datalake").fetchone()
    connection.execute(
        "INSERT INTO dataset (id, created_at, organization, name, description) VALUES (?, ?, ?, 'bench', '')",
        (new_id(), now, organization),
    )
    version_id = new_id()
    connection.execute(
        "INSERT INTO dataset_version (id, created_at, dataset, version, description, type, locked,"
        " next_position, asset_count) VALUES (?, ?, 1, 'v1', '', 'NOT_CONFIGURED', 0, ?, ?)",
        (version_id, now, count + 1, count),
    )
    connection.executemany(
        "INSERT INTO data (id, created_at, datalake, object_name, filename, type, content_type, upload_status,"
        " width, height, size_bytes, sha256, metadata) VALUES (?, ?, ?, ?, ?, 'IMAGE', 'image/jpeg', 'DONE',"
        " 640, 480, 60000, NULL, ?)",
        (
            (new_id(), now + n, lake, f"data/{n:08}.jpg", f"image-{n:08}.jpg", f'{{"reference":"R{n}"}}')
            for n in range(1, count + 1)
        ),
    )
    connection.executemany(
        "INSERT INTO asset (id, created_at, version, data, position) VALUES (?, ?, 1, ?, ?)",
        ((new_id(), now + n, n, n) for n in range(1, count + 1)),
    )
    connection.execute(
        "INSERT INTO tag (id, created_at, organization, version, target_type, scope, name)"
        " VALUES (?, ?, ?, 1, 'ASSET', 'version/1', 'tenth')",
        (new_id(), now, organization),
    )
    connection.execute(
        "INSERT INTO asset_tag (tag, target) SELECT 1, seq FROM asset WHERE position % ? = 0", (TAG_EVERY,)
    )
    connection.execute("UPDATE datalake SET data_count = ?", (count,))
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return version_id


def annotate(folder: Path, boxes: int, *, count: int | None = None, labels: int = 10) -> str:
    """Give the oldest assets of a filled workspace, or all, an annotation with so many boxes.

    The labels of the boxes come in turn; the id of one of them is returned.
    """
    connection = connect(Workspace(folder).database)
    label_id, now = new_id(), now_us()
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO label (id, created_at, version, name) VALUES (?, ?, 1, ?)",
        ((new_id() if n else label_id, now, f"label-{n}") for n in range(labels)),
    )
    connection.execute(
        "INSERT INTO annotation (id, created_at, version, asset, user_account, status, duration)"
        " SELECT asyncsdk_new_id(), ?, 1, asset.seq, 1, 'ACCEPTED', 2.5 FROM asset ORDER BY asset.seq LIMIT ?",
        (now, -1 if count is None else count),
    )
    connection.execute(
        "INSERT INTO shape (id, created_at, annotation, label, kind, geometry, area)"
        " SELECT asyncsdk_new_id(), ?, annotation.seq, (annotation.seq + number.value) % ? + 1, 'RECTANGLE',"
        ' \'{"x":11,"y":22,"w":133,"h":144}\', 19152'
        " FROM annotation CROSS JOIN json_each(?) AS number",
        (now, labels, json.dumps(list(range(boxes)))),
    )
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return label_id


async def _create(workspace: Workspace) -> None:
    store = open_sqlite(workspace.database)
    await store.write(ensure_first_user(TOKEN))
    await store.close()
