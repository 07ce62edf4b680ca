"""Deleting one thing of every kind takes along what the documentation says, and leaves no orphan.

Each case says which rows go, by table; what is not named stays. `Victim.objects` are the stored objects
that go with them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import attrs
import orjson
import pytest
from store_facts import FACTS, used_objects

from asyncsdk.server.services.garbage import discard
from asyncsdk.server.store.schema import metadata
from asyncsdk.wire import routes

_UPKEEP = {"garbage", "idempotency", "setting"}


@attrs.frozen(kw_only=True)
class Victim:
    """What is deleted, and what goes with it."""

    route: Any
    rows: dict[str, int]
    variables: Callable[[Any], dict[str, str]] = lambda w: {}
    body: Callable[[Any], Any] = lambda w: None
    status: int = 200
    objects: int = 0


ONE_ANNOTATION = {"annotation": 1, "shape": 6}
ANOTHER = {"annotation": 1, "shape": 1, "track": 1}
ALL_ANNOTATIONS = {"annotation": 2, "shape": 7, "track": 1}
THE_WORK = {"assignment": 1, "submission": 1}
OF_THE_ASSET = {"asset": 1, "asset_tag": 1, **ALL_ANNOTATIONS, **THE_WORK}
OF_BOTH_ASSETS = {"asset": 2, "annotation": 3, "shape": 8, "track": 2, "asset_tag": 2, **THE_WORK}
OF_THE_CAMPAIGN = {"campaign": 1, "campaign_step": 2, "campaign_assignee": 2, **THE_WORK}
OF_THE_VERSION = {
    "dataset_version": 1, "label": 1, "label_group": 2, "tag": 1, "dataset_version_tag": 1, "job": 3,
    "job_log": 2, "processing_run": 1, **OF_THE_ASSET, **OF_THE_CAMPAIGN,
}  # fmt: skip
"""The token of the run stays until its program is gone."""
OF_THE_MODEL_VERSION = {
    "model_version": 1, "model_file": 1, "model_version_tag": 1, "job": 1, "job_log": 1, "processing_run": 1,
}  # fmt: skip

VICTIMS = {
    "data": Victim(
        route=routes.DELETE_DATA, status=204, objects=2,
        rows={"data": 1, "projection": 1, "data_tag": 1, **OF_BOTH_ASSETS},
    ),
    "data in bulk": Victim(
        route=routes.DELETE_MANY_DATA, body=lambda w: {"ids": [w.data, w.spare_data]}, objects=3,
        rows={"data": 2, "projection": 1, "data_tag": 2, **OF_BOTH_ASSETS, "asset": 3, "asset_tag": 3},
    ),
    "projection": Victim(route=routes.DELETE_PROJECTION, objects=1, rows={"projection": 1}),
    "source": Victim(route=routes.DELETE_DATA_SOURCE, rows={"data_source": 1}),
    "metadata key": Victim(route=routes.DELETE_CUSTOM_METADATA_KEY, rows={"custom_metadata_key": 1}),
    "data tag": Victim(
        route=routes.DELETE_TAG, variables=lambda w: {"tag": w.data_tag}, rows={"tag": 1, "data_tag": 2}
    ),
    "asset tag": Victim(route=routes.DELETE_TAG, rows={"tag": 1, "asset_tag": 1}),
    "dataset tag": Victim(
        route=routes.DELETE_TAG, variables=lambda w: {"tag": w.dataset_tag},
        rows={"tag": 1, "dataset_tag": 1},
    ),
    "version tag": Victim(
        route=routes.DELETE_TAG, variables=lambda w: {"tag": w.dataset_version_tag},
        rows={"tag": 1, "dataset_version_tag": 2},
    ),
    "model": Victim(
        route=routes.DELETE_MODEL, objects=3, rows={"model": 1, "model_tag": 1, **OF_THE_MODEL_VERSION}
    ),
    "model version": Victim(route=routes.DELETE_MODEL_VERSION, objects=3, rows=OF_THE_MODEL_VERSION),
    "model file": Victim(route=routes.DELETE_MODEL_FILE, objects=1, rows={"model_file": 1}),
    "label": Victim(route=routes.DELETE_LABEL, rows={"label": 1, "shape": 7, "track": 1}),
    "label group": Victim(route=routes.DELETE_LABEL_GROUP, rows={"label_group": 2}),
    "shape": Victim(route=routes.DELETE_RECTANGLE, rows={"shape": 1}),
    "annotation": Victim(route=routes.DELETE_ANNOTATION, rows=ONE_ANNOTATION),
    "annotation with a track": Victim(
        route=routes.DELETE_ANNOTATION, variables=lambda w: {"annotation": w.second_annotation},
        rows=ANOTHER,
    ),
    "all annotations": Victim(
        route=routes.DELETE_MANY_ANNOTATIONS, body=lambda w: {"asset_ids": ["__all__"]},
        rows=ALL_ANNOTATIONS,
    ),
    "asset": Victim(route=routes.DELETE_ASSET, rows=OF_THE_ASSET),
    "assets in bulk": Victim(
        route=routes.DELETE_MANY_ASSETS, body=lambda w: {"ids": [w.asset, w.twin_asset]},
        rows=OF_THE_ASSET,
    ),
    "campaign": Victim(route=routes.DELETE_CAMPAIGN, objects=1, rows=OF_THE_CAMPAIGN),
    "step where work was submitted": Victim(
        route=routes.DELETE_STEP, body=lambda w: {},
        rows={"campaign_step": 1, "campaign_assignee": 1, "submission": 1},
    ),
    "step where work waits": Victim(
        route=routes.DELETE_STEP, variables=lambda w: {"step": w.review},
        body=lambda w: {"destination_step_id_for_pending_assignments": w.step},
        rows={"campaign_step": 1, "campaign_assignee": 1},
    ),
    "processing": Victim(route=routes.DELETE_PROCESSING, rows={"processing": 1, "processing_input": 1}),
    "processing input": Victim(route=routes.DELETE_PROCESSING_INPUT, rows={"processing_input": 1}),
    "version": Victim(route=routes.DELETE_VERSION, objects=3, rows=OF_THE_VERSION),
    "dataset": Victim(
        route=routes.DELETE_DATASET, objects=3,
        rows={
            "dataset": 1, "dataset_version": 3, "dataset_tag": 1, "dataset_version_tag": 2, "tag": 2,
            "asset": 3, "asset_tag": 3, "label": 2, "label_group": 2, "job": 4, "job_log": 2,
            "annotation": 3, "shape": 8, "track": 2, "processing_run": 1, **OF_THE_CAMPAIGN,
        },
    ),
}  # fmt: skip


def counts(platform) -> dict[str, int]:
    return {
        table: platform.rows(f"SELECT count(*) FROM {table}")[0][0]
        for table in metadata.tables
        if table not in _UPKEEP
    }


@pytest.mark.parametrize("name", VICTIMS)
async def test_what_goes_with_it_goes_and_nothing_else(full, name, check_store, check_objects):
    victim, platform = VICTIMS[name], full.api.org.platform
    check_store()
    stored, before = await check_objects(), counts(platform)
    variables = full.variables | victim.variables(full)
    await full.api.call(victim.route, victim.body(full), expect=victim.status, **variables)
    after = counts(platform)
    assert {table: before[table] - after[table] for table in before if before[table] != after[table]} == (
        victim.rows
    )
    check_store()
    left = await check_objects()
    assert (left < stored, len(stored) - len(left)) == (victim.objects > 0, victim.objects)


async def test_an_object_that_a_row_names_is_never_given_up(full, check_objects):
    """Whatever names it: `discard` is asked to give up all objects that are in use."""
    platform, connector = full.api.org.platform, full.api.org.connector
    home = platform.rows("SELECT seq FROM organization WHERE id = ?", full.api.org.id)[0][0]
    for table, facts in FACTS.items():
        for column, owner in facts.objects.items():
            sql = f"SELECT count(*) FROM {table} AS this WHERE {column} IS NOT NULL AND {owner} = ?"
            assert platform.rows(sql, home) > [(0,)], f"the full world has no {table} with an object"
    platform.write(discard(home, used_objects(platform.rows, connector)))
    assert platform.rows("SELECT * FROM garbage WHERE connector_id = ?", connector) == []
    await check_objects()


@pytest.mark.parametrize("seed", range(3))
async def test_any_order_of_deletions_leaves_no_orphan(full, seed, check_store, check_objects):
    chosen = random.Random(seed).sample(list(VICTIMS.values()), len(VICTIMS))
    for victim in chosen:
        variables = full.variables | victim.variables(full)
        path = victim.route.path(**variables)
        body = orjson.dumps(victim.body(full))
        answer = await full.api.send(victim.route.method, path, data=body)
        # A step is kept where the other one is gone, or left it its work.
        assert answer.status in {victim.status, 404} | (
            {400, 409} if "campaign_step" in victim.rows else set()
        )
        check_store()
    await check_objects()
