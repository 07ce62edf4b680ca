"""Labels and annotations of a dataset version."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Table, Text, UniqueConstraint

from asyncsdk.server.store.schema.base import entity, parent

__all__ = ["annotation", "label", "label_group", "shape", "track"]

label_group: Table = entity(
    "label_group",
    parent("version", "dataset_version"),
    parent("parent", "label_group", nullable=True),
    Column("name", Text, nullable=False),
    Index("ix_label_group_version_name", "version", "name"),
    Index("ix_label_group_parent", "parent"),
)

label: Table = entity(
    "label",
    parent("version", "dataset_version"),
    parent("label_group", "label_group", cascade="SET NULL", nullable=True),
    Column("name", Text, nullable=False),
    # JSON: the names of the vertices and the edges between them, counted from 1.
    Column("skeleton", Text),
    Column("attributes", Text),
    UniqueConstraint("version", "name"),
    Index("ix_label_label_group", "label_group"),
)

annotation: Table = entity(
    "annotation",
    parent("version", "dataset_version"),
    parent("asset", "asset"),
    parent("user_account", "user_account"),
    Column("status", Text, nullable=False),
    Column("duration", Float, nullable=False),
    Column("attributes", Text),
    UniqueConstraint("asset", "user_account"),
    Index("ix_annotation_version_seq", "version", "seq"),
    Index("ix_annotation_asset", "asset", "seq"),
    Index("ix_annotation_user_account", "user_account"),
)

shape: Table = entity(
    "shape",
    parent("annotation", "annotation"),
    parent("label", "label"),
    # RECTANGLE, POLYGON, LINE, POINT, CLASSIFICATION, KEYPOINTS or MASK.
    Column("kind", Text, nullable=False),
    # JSON: what the kind has of its own, as it travels (`{"x": 1, "y": 2, "w": 3, "h": 4}`).
    Column("geometry", Text, nullable=False),
    Column("area", Float),
    Column("text", Text),
    Column("attributes", Text),
    Index("ix_shape_annotation", "annotation", "seq"),
    Index("ix_shape_label", "label"),
)

track: Table = entity(
    "track",
    parent("annotation", "annotation"),
    parent("label", "label"),
    # JSON: first frame and keyframes, as they travel.
    Column("geometry", Text, nullable=False),
    Column("text", Text),
    Column("attributes", Text),
    Index("ix_track_annotation", "annotation", "seq"),
    Index("ix_track_label", "label"),
)
