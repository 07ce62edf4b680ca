"""The tables, once for every database.

Rows refer to each other by `seq`, a small integer of the platform's own that also gives the listing
order; `id` is the UUIDv7 that travels. Times are integers: microseconds since 1970, UTC. JSON is text.
"""

from __future__ import annotations

from asyncsdk.server.store.schema.annotations import annotation, label, label_group, shape, track
from asyncsdk.server.store.schema.base import metadata
from asyncsdk.server.store.schema.datalakes import (
    custom_metadata_key,
    data,
    data_source,
    datalake,
    projection,
)
from asyncsdk.server.store.schema.datasets import asset, dataset, dataset_version
from asyncsdk.server.store.schema.jobs import job, job_log
from asyncsdk.server.store.schema.models import model, model_file, model_version
from asyncsdk.server.store.schema.organizations import membership, organization, token, user
from asyncsdk.server.store.schema.tags import (
    asset_tag,
    data_tag,
    dataset_tag,
    dataset_version_tag,
    model_tag,
    model_version_tag,
    tag,
)
from asyncsdk.server.store.schema.upkeep import garbage, idempotency, setting

__all__ = [
    "APPLICATION_ID",
    "SCHEMA_VERSION",
    "annotation",
    "asset",
    "asset_tag",
    "custom_metadata_key",
    "data",
    "data_source",
    "data_tag",
    "datalake",
    "dataset",
    "dataset_tag",
    "dataset_version",
    "dataset_version_tag",
    "garbage",
    "idempotency",
    "job",
    "job_log",
    "label",
    "label_group",
    "membership",
    "metadata",
    "model",
    "model_file",
    "model_tag",
    "model_version",
    "model_version_tag",
    "organization",
    "projection",
    "setting",
    "shape",
    "tag",
    "token",
    "track",
    "user",
]

SCHEMA_VERSION = "0007"
"""The newest migration; a database that is newer is refused."""

APPLICATION_ID = 0x61736473  # "asds"
"""Marks an SQLite file as ours."""
