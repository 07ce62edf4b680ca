"""What must hold in every database of a platform, besides its foreign keys; every table has its place here.

A new table is added to `FACTS`, with its counters, its columns that name stored objects, and what must never
be true of a row; `tests/server/test_store_facts.py` fails for a table or an object's column that is missing.

In the SQL a row is called `this`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

__all__ = ["FACTS", "TableFacts", "faults", "stored_objects", "used_objects"]

Query = Callable[..., list[tuple[Any, ...]]]
"""Gives the rows of an SQL text and its parameters."""


@attrs.frozen(kw_only=True)
class TableFacts:
    """What is known of one table."""

    counters: dict[str, str] = attrs.field(factory=dict)
    """Column to the table, and the condition on its rows, that the column counts."""

    objects: dict[str, str] = attrs.field(factory=dict)
    """Column that names an object of the storage, or nothing, to SQL for the organization's `seq`."""

    never: dict[str, str] = attrs.field(factory=dict)
    """What is wrong with a row, to the condition that finds it."""


_OF_LAKE = "(SELECT organization FROM datalake WHERE seq = {0})"
_OF_DATA = "(SELECT l.organization FROM data d JOIN datalake l ON l.seq = d.datalake WHERE d.seq = {0})"
_OF_VERSION = (
    "(SELECT s.organization FROM dataset_version v JOIN dataset s ON s.seq = v.dataset WHERE v.seq = {0})"
)
_OF_MODEL_VERSION = (
    "(SELECT m.organization FROM model_version v JOIN model m ON m.seq = v.model WHERE v.seq = {0})"
)
_OF_STEP = (
    "(SELECT s.organization FROM campaign_step t JOIN campaign c ON c.seq = t.campaign "
    "JOIN dataset_version v ON v.seq = c.version JOIN dataset s ON s.seq = v.dataset WHERE t.seq = {0})"
)
_TAG_SCOPE = (
    "CASE WHEN datalake IS NOT NULL THEN 'datalake/' || datalake "
    "WHEN version IS NOT NULL THEN 'version/' || version ELSE 'organization/' || target_type END"
)


def _column(table: str, column: str, key: str) -> str:
    """The column of the row that a key names."""
    return f"(SELECT {column} FROM {table} WHERE seq = {key})"


def _tagging(target: str, belongs: str) -> TableFacts:
    """A tag is on objects of its own kind and scope."""
    kind = f"{_column('tag', 'target_type', 'this.tag')} <> '{target}'"
    return TableFacts(never={"a tag of another kind": kind, "a tag of another scope": f"NOT ({belongs})"})


def _second(flag: str) -> str:
    """Another step of the campaign has the flag too."""
    return (
        f"this.{flag} AND EXISTS (SELECT 1 FROM campaign_step o "
        f"WHERE o.campaign = this.campaign AND o.{flag} AND o.seq < this.seq)"
    )


def _drawn() -> TableFacts:
    of_label, of_annotation = (
        _column(table, "version", f"this.{table}") for table in ("label", "annotation")
    )
    return TableFacts(never={"a label of another version": f"{of_label} <> {of_annotation}"})


FACTS: dict[str, TableFacts] = {
    "organization": TableFacts(
        never={
            "not exactly one default datalake": (
                "1 <> (SELECT count(*) FROM datalake WHERE organization = this.seq AND is_default)"
            )
        }
    ),
    "user_account": TableFacts(),
    "membership": TableFacts(),
    "token": TableFacts(
        never={
            "an organization that the user is no member of": (
                "organization IS NOT NULL AND NOT EXISTS (SELECT 1 FROM membership m "
                "WHERE m.organization = this.organization AND m.user_account = this.user_account)"
            )
        }
    ),
    "datalake": TableFacts(counters={"data_count": "data WHERE datalake = this.seq"}),
    "custom_metadata_key": TableFacts(),
    "data_source": TableFacts(),
    "data": TableFacts(
        objects={"object_name": _OF_LAKE.format("this.datalake")},
        never={
            "a source of another organization": (
                f"{_column('data_source', 'organization', 'this.data_source')} <> "
                + _OF_LAKE.format("this.datalake")
            )
        },
    ),
    "projection": TableFacts(objects={"object_name": _OF_DATA.format("this.data")}),
    "dataset": TableFacts(),
    "dataset_version": TableFacts(
        counters={"asset_count": "asset WHERE version = this.seq"},
        never={
            "a next position that is taken": (
                "next_position <= (SELECT max(position) FROM asset WHERE version = this.seq)"
            )
        },
    ),
    "asset": TableFacts(
        never={
            "data of another organization": (
                f"{_OF_DATA.format('this.data')} <> {_OF_VERSION.format('this.version')}"
            )
        }
    ),
    "tag": TableFacts(
        never={
            "a scope that is not its home": f"scope <> {_TAG_SCOPE}",
            "a home for another kind": (
                "(target_type = 'DATA') <> (datalake IS NOT NULL) OR "
                "(target_type = 'ASSET') <> (version IS NOT NULL)"
            ),
            "a home in another organization": (
                f"organization <> coalesce({_OF_LAKE.format('this.datalake')}, "
                f"{_OF_VERSION.format('this.version')}, organization)"
            ),
        }
    ),
    "data_tag": _tagging(
        "DATA",
        f"{_column('tag', 'datalake', 'this.tag')} = {_column('data', 'datalake', 'this.target')}",
    ),
    "asset_tag": _tagging(
        "ASSET",
        f"{_column('tag', 'version', 'this.tag')} = {_column('asset', 'version', 'this.target')}",
    ),
    "dataset_tag": _tagging(
        "DATASET",
        f"{_column('tag', 'organization', 'this.tag')} = {_column('dataset', 'organization', 'this.target')}",
    ),
    "dataset_version_tag": _tagging(
        "DATASET_VERSION",
        f"{_column('tag', 'organization', 'this.tag')} = {_OF_VERSION.format('this.target')}",
    ),
    "model_tag": _tagging(
        "MODEL",
        f"{_column('tag', 'organization', 'this.tag')} = {_column('model', 'organization', 'this.target')}",
    ),
    "model_version_tag": _tagging(
        "MODEL_VERSION",
        f"{_column('tag', 'organization', 'this.tag')} = {_OF_MODEL_VERSION.format('this.target')}",
    ),
    "model": TableFacts(
        never={
            "a next version that is taken": (
                "next_version <= (SELECT max(version) FROM model_version WHERE model = this.seq)"
            )
        }
    ),
    "model_version": TableFacts(
        objects={"thumbnail_object_name": _column("model", "organization", "this.model")}
    ),
    "model_file": TableFacts(objects={"object_name": _OF_MODEL_VERSION.format("this.model_version")}),
    "label_group": TableFacts(
        never={
            "a parent of another version": (
                f"{_column('label_group', 'version', 'this.parent')} <> this.version"
            )
        }
    ),
    "label": TableFacts(
        never={
            "a group of another version": (
                f"{_column('label_group', 'version', 'this.label_group')} <> this.version"
            )
        }
    ),
    "annotation": TableFacts(
        never={"an asset of another version": f"{_column('asset', 'version', 'this.asset')} <> this.version"}
    ),
    "shape": _drawn(),
    "track": _drawn(),
    "campaign": TableFacts(
        objects={"instructions_object_name": _OF_VERSION.format("this.version")},
        never={
            "annotated assets that enter twice": (
                "this.annotated_done AND EXISTS "
                "(SELECT 1 FROM campaign_step WHERE campaign = this.seq AND annotated_entry)"
            )
        },
    ),
    "campaign_step": TableFacts(
        never={
            "a position that is not its place": (
                "position <> (SELECT count(*) FROM campaign_step o WHERE o.campaign = this.campaign "
                "AND (o.position, o.seq) < (this.position, this.seq))"
            ),
            "a second default entry": _second("default_entry"),
            "a second annotated entry": _second("annotated_entry"),
        }
    ),
    "campaign_assignee": TableFacts(
        never={
            "somebody who is no member": (
                "NOT EXISTS (SELECT 1 FROM membership m WHERE m.user_account = this.user_account "
                f"AND m.organization = {_OF_STEP.format('this.step')})"
            )
        }
    ),
    "assignment": TableFacts(
        never={
            "a step of another campaign": f"{_column('campaign_step', 'campaign', 'this.step')} <> campaign",
            "an asset of another version": (
                f"{_column('asset', 'version', 'this.asset')} <> "
                + _column("campaign", "version", "this.campaign")
            ),
        }
    ),
    "submission": TableFacts(
        never={
            f"{article} {table} of another campaign": (
                f"{_column(source, 'campaign', f'this.{table}')} <> this.campaign"
            )
            for article, table, source in (("a", "step", "campaign_step"), ("an", "assignment", "assignment"))
        }
    ),
    "processing": TableFacts(),
    "processing_input": TableFacts(
        never={
            "a framework for what has none": (
                "framework_constraint IS NOT NULL AND input_type NOT IN ('MODEL', 'MODEL_VERSION')"
            )
        }
    ),
    "processing_run": TableFacts(
        never={
            "a job of another kind": f"{_column('job', 'kind', 'this.job')} <> 'processing'",
            "a processing of another organization": (
                f"{_column('processing', 'organization', 'this.processing')} <> "
                + _column("job", "organization", "this.job")
            ),
            "a model version of another organization": (
                f"{_OF_MODEL_VERSION.format('this.model_version')} <> "
                + _column("job", "organization", "this.job")
            ),
        }
    ),
    "processing_token": TableFacts(
        never={
            "a job that has ended": (
                "EXISTS (SELECT 1 FROM job WHERE id = this.job_id AND status NOT IN ('QUEUED', 'RUNNING'))"
            )
        }
    ),
    "job": TableFacts(
        objects={"log_object_name": "this.organization"},
        never={
            "a version of another organization": (
                f"{_OF_VERSION.format('this.version')} <> this.organization"
            ),
            "a processing without its run": (
                "kind = 'processing' AND NOT EXISTS (SELECT 1 FROM processing_run WHERE job = this.seq)"
            ),
        },
    ),
    "job_log": TableFacts(),
    "idempotency": TableFacts(),
    "garbage": TableFacts(),
    "setting": TableFacts(),
}
"""By table."""


def faults(query: Query) -> list[str]:
    """Return what is wrong in a database: the table, what is wrong, and some of the rows."""
    found = [f"foreign key: {row}" for row in query("PRAGMA foreign_key_check")]
    for table, facts in FACTS.items():
        rules = dict(facts.never)
        for column, members in facts.counters.items():
            rules[f"a wrong {column}"] = f"{column} <> (SELECT count(*) FROM {members})"
        for what, condition in rules.items():
            rows = query(f"SELECT * FROM {table} AS this WHERE {condition} LIMIT 3")
            found += [f"{table}: {what}: {row}" for row in rows]
    used = f"SELECT connector_id, object_name FROM ({_used()})"
    rows = query(f"SELECT * FROM garbage WHERE (connector_id, object_name) IN ({used})")
    return found + [f"garbage: an object that is in use: {row}" for row in rows]


def used_objects(query: Query, connector: str) -> list[str]:
    """Return the names of the objects that rows of an organization name."""
    return [row[0] for row in query(f"SELECT object_name FROM ({_used()}) WHERE connector_id = ?", connector)]


def stored_objects(workspace: Path, connector: str) -> set[str]:
    """Return the names of the objects that lie in the storage of an organization."""
    root = workspace / "blobs" / "objects" / connector
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def _used() -> str:
    """SQL for connector and name of every object that a row names."""
    return " UNION ALL ".join(
        f"SELECT (SELECT connector_id FROM organization WHERE seq = {home}) AS connector_id, "
        f"{column} AS object_name FROM {table} AS this WHERE {column} IS NOT NULL"
        for table, facts in FACTS.items()
        for column, home in facts.objects.items()
    )
