"""Models, their versions and files."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Table, Text, UniqueConstraint

from asyncsdk.server.store.schema.base import entity, parent

__all__ = ["model", "model_file", "model_version"]

model: Table = entity(
    "model",
    parent("organization", "organization"),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    # Numbers of versions are never given twice, also when a version is deleted.
    Column("next_version", BigInteger, nullable=False),
    UniqueConstraint("organization", "name"),
)

model_version: Table = entity(
    "model_version",
    parent("model", "model"),
    Column("version", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("framework", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("docker_image", Text),
    Column("docker_tag", Text),
    Column("docker_flags", Text),
    Column("docker_env_variables", Text),
    Column("notebook_link", Text),
    Column("thumbnail_object_name", Text),
    Column("labels", Text),
    Column("parameters", Text),
    UniqueConstraint("model", "version"),
    UniqueConstraint("model", "name"),
    Index("ix_model_version_thumbnail_object_name", "thumbnail_object_name"),
)

model_file: Table = entity(
    "model_file",
    parent("model_version", "model_version"),
    Column("name", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("object_name", Text, nullable=False),
    Column("large", Boolean, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    UniqueConstraint("model_version", "name"),
    Index("ix_model_file_object_name", "object_name"),
)
