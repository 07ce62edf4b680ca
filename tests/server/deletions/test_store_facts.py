"""What is known of the tables is complete, and each rule finds the damage that it is there for."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest
from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint
from store_facts import FACTS, faults

from asyncsdk.server.store.schema import metadata

NEW = "say in FACTS of tests/store_facts.py what must hold of it"

NEVER_DELETED = {"organization"}
"""What nothing deletes needs no index for what refers to it."""

RULES = [
    (table, what)
    for table, facts in FACTS.items()
    for what in [*facts.never, *(f"a wrong {column}" for column in facts.counters)]
]

DAMAGE = {
    ("organization", "not exactly one default datalake"): "UPDATE datalake SET is_default = 0",
    ("token", "an organization that the user is no member of"): "DELETE FROM membership",
    ("datalake", "a wrong data_count"): "DELETE FROM data",
    ("data", "a source of another organization"): "UPDATE data_source SET organization = -seq",
    ("dataset_version", "a wrong asset_count"): "UPDATE dataset_version SET asset_count = asset_count - 1",
    ("dataset_version", "a next position that is taken"): "UPDATE dataset_version SET next_position = 1",
    ("asset", "data of another organization"): "UPDATE dataset SET organization = -seq",
    ("tag", "a scope that is not its home"): "UPDATE tag SET scope = 'x/' || seq",
    ("tag", "a home for another kind"): "UPDATE tag SET target_type = 'MODEL'",
    ("tag", "a home in another organization"): "UPDATE datalake SET organization = -seq",
    ("data_tag", "a tag of another kind"): "UPDATE tag SET target_type = 'ASSET'",
    ("data_tag", "a tag of another scope"): "UPDATE data SET datalake = -seq",
    ("asset_tag", "a tag of another kind"): "UPDATE tag SET target_type = 'DATA'",
    ("asset_tag", "a tag of another scope"): "UPDATE asset SET version = -seq",
    ("dataset_tag", "a tag of another kind"): "UPDATE tag SET target_type = 'DATA'",
    ("dataset_tag", "a tag of another scope"): "UPDATE dataset SET organization = -seq",
    ("dataset_version_tag", "a tag of another kind"): "UPDATE tag SET target_type = 'DATA'",
    ("dataset_version_tag", "a tag of another scope"): "UPDATE dataset SET organization = -seq",
    ("model_tag", "a tag of another kind"): "UPDATE tag SET target_type = 'DATA'",
    ("model_tag", "a tag of another scope"): "UPDATE model SET organization = -seq",
    ("model_version_tag", "a tag of another kind"): "UPDATE tag SET target_type = 'DATA'",
    ("model_version_tag", "a tag of another scope"): "UPDATE model SET organization = -seq",
    ("model", "a next version that is taken"): "UPDATE model SET next_version = 0",
    ("label_group", "a parent of another version"): (
        "UPDATE label_group SET version = -seq WHERE parent IS NOT NULL"
    ),
    ("label", "a group of another version"): "UPDATE label SET version = -seq",
    ("annotation", "an asset of another version"): "UPDATE annotation SET version = -seq",
    ("shape", "a label of another version"): "UPDATE label SET version = -seq",
    ("track", "a label of another version"): "UPDATE label SET version = -seq",
    ("campaign", "annotated assets that enter twice"): (
        "UPDATE campaign_step SET annotated_entry = campaign IN (SELECT seq FROM campaign WHERE annotated_done)"
    ),
    ("campaign_step", "a position that is not its place"): "DELETE FROM campaign_step WHERE position = 0",
    ("campaign_step", "a second default entry"): "UPDATE campaign_step SET default_entry = 1",
    ("campaign_step", "a second annotated entry"): "UPDATE campaign_step SET annotated_entry = 1",
    ("campaign_assignee", "somebody who is no member"): "DELETE FROM membership",
    ("assignment", "a step of another campaign"): "UPDATE campaign_step SET campaign = -seq",
    ("assignment", "an asset of another version"): "UPDATE asset SET version = -seq",
    ("submission", "a step of another campaign"): "UPDATE campaign_step SET campaign = -seq",
    ("submission", "an assignment of another campaign"): "UPDATE assignment SET campaign = -seq",
    ("processing_input", "a framework for what has none"): (
        "UPDATE processing_input SET framework_constraint = 'ONNX'"
    ),
    ("processing_run", "a job of another kind"): "UPDATE job SET kind = 'add-assets'",
    ("processing_run", "a processing of another organization"): "UPDATE job SET organization = -seq",
    ("processing_run", "a model version of another organization"): "UPDATE model SET organization = -seq",
    ("processing_token", "a job that has ended"): "UPDATE job SET status = 'FAILED'",
    ("job", "a version of another organization"): "UPDATE job SET organization = -seq",
    ("job", "a processing without its run"): "DELETE FROM processing_run",
}
"""For each rule a change that breaks it, in a world that has something of every kind."""


def test_every_table_is_known():
    assert set(FACTS) == set(metadata.tables), NEW


def test_every_column_that_names_an_object_is_known():
    named = {
        (name, column.name)
        for name, table in metadata.tables.items()
        for column in table.columns
        if column.name.endswith("object_name")
    }
    known = {(table, column) for table, facts in FACTS.items() for column in facts.objects}
    assert named - {("garbage", "object_name")} == known, NEW


def test_every_counter_is_known():
    counting = {
        (name, column.name)
        for name, table in metadata.tables.items()
        for column in table.columns
        if column.name.endswith("_count")
    }
    assert counting == {(table, column) for table, facts in FACTS.items() for column in facts.counters}, NEW


def test_rows_that_refer_to_one_are_found_without_a_walk():
    """Deleting a row looks for those that refer to it: each reference leads an index or a key."""
    for name, table in metadata.tables.items():
        leading = {
            next(iter(one.columns)).name
            for one in (*table.indexes, *table.constraints)
            if isinstance(one, Index | UniqueConstraint | PrimaryKeyConstraint)
        }
        keys = {key.parent.name for key in table.foreign_keys}
        assert keys - leading - NEVER_DELETED == set(), name


@pytest.fixture
def copy(full):
    """The database of a full world, in memory, without checks."""
    with contextlib.closing(sqlite3.connect(":memory:")) as memory:
        path = full.api.org.platform.workspace / "database.sqlite"
        with contextlib.closing(sqlite3.connect(path)) as original:
            original.backup(memory)
        yield memory


async def test_a_full_world_is_sound(copy):
    assert faults(lambda sql, *params: copy.execute(sql, params).fetchall()) == []


async def test_each_rule_finds_its_damage(copy):
    for rule in RULES:
        copy.execute("BEGIN")
        copy.execute(DAMAGE[rule])
        found = faults(lambda sql, *params: copy.execute(sql, params).fetchall())
        assert any(fault.startswith(": ".join(rule)) for fault in found), rule
        copy.execute("ROLLBACK")


async def test_orphans_and_objects_in_use_are_found(copy):
    used = "SELECT connector_id, log_object_name FROM job JOIN organization o ON o.seq = job.organization"
    for damage, fault in (
        ("DELETE FROM annotation", "foreign key: ('shape',"),
        (
            f"INSERT INTO garbage (connector_id, object_name) {used} WHERE log_object_name IS NOT NULL",
            "garbage: an object that is in use:",
        ),
    ):
        copy.execute("BEGIN")
        copy.execute(damage)
        found = faults(lambda sql, *params: copy.execute(sql, params).fetchall())
        assert any(one.startswith(fault) for one in found), found[:5]
        copy.execute("ROLLBACK")
