"""How the statements are run that copy, or delete in parts: each starts from the batch, and finds the rest through indices."""

from __future__ import annotations

import contextlib
import re

import pytest
from sqlalchemy.dialects import sqlite as sqlite_dialect

from asyncsdk.server.services import (
    annotation_deleting,
    copying_plan,
    copying_statements,
    forking,
    labels,
    tags,
    version_emptying,
)
from asyncsdk.server.store.open import open_sqlite
from asyncsdk.server.store.sqlite import connect

STATEMENTS = {
    name: getattr(copying_statements, name) for name in copying_statements.__all__ if name != "COPY_MARKS"
}
STATEMENTS |= {f"COPY_MARKS {number}": each for number, each in enumerate(copying_statements.COPY_MARKS)}
STATEMENTS |= {"REMOVE": version_emptying._REMOVE, "CHOSEN": forking._CHOSEN}
STATEMENTS |= {"ANNOTATIONS": annotation_deleting._DELETE}
STATEMENTS |= {f"LABEL {number}": each for number, each in enumerate(labels._DELETE_SOME)}
STATEMENTS |= {f"TAG {target}": each for target, each in tags._DETACH_SOME.items()}
STATEMENTS |= {
    f"LOOK {chosen}": copying_plan._look(chosen=chosen, with_tags=True, with_annotations=True)
    for chosen in (False, True)
}


@pytest.fixture
async def empty(tmp_path):
    path = tmp_path / "database.sqlite"
    await open_sqlite(path).close()
    with contextlib.closing(connect(path)) as connection:
        yield connection


@pytest.mark.parametrize("name", STATEMENTS)
async def test_nothing_is_walked_but_the_batch(empty, name):
    text, own = STATEMENTS[name].text(sqlite_dialect.dialect(paramstyle="named"))
    params = dict.fromkeys(re.findall(r":(\w+)", text), 0) | own
    params |= {"positions": "[]", "ids": "[]", "keys": "[]"}
    steps = [row["detail"] for row in empty.execute(f"EXPLAIN QUERY PLAN {text}", params)]
    scans = {step for step in steps if step.startswith("SCAN") and "VIRTUAL TABLE" not in step}
    assert not scans, steps
    searches = [step for step in steps if step.startswith("SEARCH")]
    assert searches, steps
    assert not [step for step in searches if re.search(r"\(version=\?\)$", step)], steps
