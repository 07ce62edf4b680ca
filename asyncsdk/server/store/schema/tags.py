"""Tags, and which objects carry them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table, Text, UniqueConstraint

from asyncsdk.server.store.schema.base import Seq, entity, metadata, parent

__all__ = [
    "asset_tag",
    "data_tag",
    "dataset_tag",
    "dataset_version_tag",
    "model_tag",
    "model_version_tag",
    "tag",
]

tag: Table = entity(
    "tag",
    parent("organization", "organization"),
    parent("datalake", "datalake", nullable=True),
    parent("version", "dataset_version", nullable=True),
    Column("target_type", Text, nullable=False),
    # What a name must be unique in: "organization/DATASET", "datalake/7", "version/12".
    Column("scope", Text, nullable=False),
    Column("name", Text, nullable=False),
    UniqueConstraint("organization", "scope", "name"),
    Index("ix_tag_datalake", "datalake"),
    Index("ix_tag_version", "version"),
)


def _tagging(target: str) -> Table:
    """Which objects of one kind carry which tag; the order of the key serves listing by tag."""
    return Table(
        f"{target}_tag",
        metadata,
        Column("tag", Seq, ForeignKey("tag.seq", ondelete="CASCADE"), primary_key=True),
        Column("target", Seq, ForeignKey(f"{target}.seq", ondelete="CASCADE"), primary_key=True),
        Index(f"ix_{target}_tag_target", "target", "tag"),
        sqlite_with_rowid=False,
    )


data_tag: Table = _tagging("data")
asset_tag: Table = _tagging("asset")
dataset_tag: Table = _tagging("dataset")
dataset_version_tag: Table = _tagging("dataset_version")
model_tag: Table = _tagging("model")
model_version_tag: Table = _tagging("model_version")
