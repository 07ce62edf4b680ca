"""Listings by ids and by files find what is named, one by one; they never walk a version or a datalake."""

from __future__ import annotations

import contextlib
import sqlite3
from uuid import uuid4

import pytest
from sqlalchemy.dialects import sqlite

from asyncsdk.errors import NotFoundError
from asyncsdk.server.services.assets import find_asset, list_assets
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursors
from asyncsdk.server.services.data_listing import find_data, list_data
from asyncsdk.server.services.documents import DataDocuments
from asyncsdk.server.services.filters import Filter
from asyncsdk.server.services.listings import PageRequest
from asyncsdk.server.services.scope import Scope

DOCUMENTS = DataDocuments(lambda _connector: lambda name: name)
UNKNOWN = (str(uuid4()), str(uuid4()))


@pytest.fixture
def plans(api):
    """A function that runs a unit of work of the organization, and gives the plan of its last statements."""
    org = api.org
    path = org.platform.workspace / "database.sqlite"
    home = org.platform.rows("SELECT seq FROM organization WHERE id = ?", org.id)[0][0]
    scope = Scope(user=1, user_id="", username="", organizations={org.id: home})

    def run(make):
        work, found = make(scope), []
        with (
            contextlib.closing(sqlite3.connect(path)) as connection,
            contextlib.suppress(StopIteration, NotFoundError),
        ):
            connection.row_factory = sqlite3.Row
            wanted = next(work)
            while True:
                text, own = wanted.prepared.text(sqlite.dialect(paramstyle="named"))
                given = {**own, **wanted.params}
                steps = connection.execute(f"EXPLAIN QUERY PLAN {text}", given).fetchall()
                found.append([step["detail"] for step in steps])
                wanted = work.send(connection.execute(text, given).fetchall())
        return found

    return run


@pytest.mark.parametrize("offset", [0, 5])
@pytest.mark.parametrize("name", ["ids", "data_ids"])
async def test_assets_by_ids(api, plans, name, offset):
    version = await api.add_version()
    parts = {"documents": DOCUMENTS, "cursors": Cursors(b"0" * 32), "counts": Counts()}
    page = PageRequest(limit=10, offset=offset)
    found = plans(lambda scope: list_assets(scope, version, Filter(**{name: UNKNOWN}), page, **parts))
    steps = [step for plan in found[2:] for step in plan]
    assert len(found) == (4 if offset else 3), "with an offset there is a count of its own"
    assert any("id=?" in step for step in steps)
    assert not [step for step in steps if "(version=?)" in step or step.startswith("SCAN asset")]


@pytest.mark.parametrize("offset", [0, 5])
async def test_data_by_ids(api, plans, offset):
    parts = {"documents": DOCUMENTS, "cursors": Cursors(b"0" * 32), "counts": Counts()}
    page = PageRequest(limit=10, offset=offset)
    found = plans(lambda scope: list_data(scope, api.org.datalake, Filter(ids=UNKNOWN), page, **parts))
    steps = [step for plan in found[1:] for step in plan]
    assert len(found) == (3 if offset else 2)
    assert any("id=?" in step for step in steps)
    assert not [step for step in steps if "(datalake=?)" in step or step.startswith("SCAN data")]


FILES = [{"filenames": ["a.png", "b.png"]}, {"object_names": ["data/a.png"]}]


def is_by_file(steps, wanted):
    [name] = wanted
    index = f"(datalake=? AND {name[:-1]}=?)"
    walks = [
        step
        for step in steps
        if "(version=?)" in step or "(datalake=?)" in step or step.startswith("SCAN asset")
    ]
    return any(index in step for step in steps) and not walks


@pytest.mark.parametrize("offset", [0, 5])
@pytest.mark.parametrize("wanted", FILES, ids="-".join)
async def test_listings_by_files(api, plans, wanted, offset):
    version, lake = await api.add_version(), api.org.datalake
    parts = {"documents": DOCUMENTS, "cursors": Cursors(b"0" * 32), "counts": Counts()}
    page = PageRequest(limit=10, offset=offset)
    for first, make in (
        (2, lambda scope: list_assets(scope, version, Filter(**wanted), page, **parts)),
        (1, lambda scope: list_data(scope, lake, Filter(**wanted), page, **parts)),
    ):
        plans_of = plans(make)[first:]
        assert len(plans_of) == (2 if offset else 1)
        assert all(is_by_file(plan, wanted) for plan in plans_of), plans_of


@pytest.mark.parametrize("wanted", FILES, ids="-".join)
async def test_one_by_its_file(api, plans, wanted):
    version, lake = await api.add_version(), api.org.datalake
    for make in (
        lambda scope: find_asset(scope, version, Filter(**wanted), DOCUMENTS),
        lambda scope: find_data(scope, lake, Filter(**wanted), DOCUMENTS),
    ):
        _, found = plans(make)
        assert is_by_file(found, wanted), found
