"""Datasets, their versions and assets."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, UniqueConstraint

from asyncsdk.server.store.schema.base import entity, parent

__all__ = ["asset", "dataset", "dataset_version"]

dataset: Table = entity(
    "dataset",
    parent("organization", "organization"),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    UniqueConstraint("organization", "name"),
)

dataset_version: Table = entity(
    "dataset_version",
    parent("dataset", "dataset"),
    Column("version", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("locked", Boolean, nullable=False),
    Column("next_position", BigInteger, nullable=False),
    Column("asset_count", BigInteger, nullable=False),
    Column("attributes", Text),
    # Whether a fork still fills it, or a deletion empties it: then it can be read, but not be changed.
    Column("filling", Boolean, nullable=False, server_default="0"),
    UniqueConstraint("dataset", "version"),
)

asset: Table = entity(
    "asset",
    parent("version", "dataset_version"),
    parent("data", "data"),
    Column("position", BigInteger, nullable=False),
    UniqueConstraint("version", "position"),
    UniqueConstraint("version", "data"),
    Index("ix_asset_data", "data"),
)
