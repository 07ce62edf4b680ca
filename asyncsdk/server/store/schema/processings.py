"""Processings, their inputs, and their runs."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from asyncsdk.server.store.schema.base import Seq, entity, metadata, parent

__all__ = ["processing", "processing_input", "processing_run", "processing_token"]

processing: Table = entity(
    "processing",
    # A public processing belongs to no organization.
    parent("organization", "organization", nullable=True),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("docker_image", Text, nullable=False),
    Column("docker_tag", Text, nullable=False),
    Column("docker_flags", Text, nullable=False),
    Column("default_parameters", Text, nullable=False),
    Column("default_cpu", Integer, nullable=False),
    Column("default_gpu", Integer, nullable=False),
    UniqueConstraint("organization", "name"),
)

processing_input: Table = entity(
    "processing_input",
    parent("processing", "processing"),
    Column("name", Text, nullable=False),
    Column("input_type", Text, nullable=False),
    Column("required", Boolean, nullable=False),
    Column("inference_type_constraint", Text),
    Column("framework_constraint", Text),
    UniqueConstraint("processing", "name"),
)

processing_run: Table = Table(
    "processing_run",
    metadata,
    # What a job that runs a processing has beside other jobs.
    Column("job", Seq, ForeignKey("job.seq", ondelete="CASCADE"), primary_key=True),
    parent("processing", "processing", cascade="SET NULL", nullable=True),
    # What it was launched on, with which its job is deleted.
    parent("model_version", "model_version", nullable=True),
    parent("user_account", "user_account"),
    Column("kill_wanted", Boolean, nullable=False),
    Column("result", Text),
    Index("ix_processing_run_processing", "processing"),
    Index("ix_processing_run_model_version", "model_version"),
    Index("ix_processing_run_user_account", "user_account"),
    sqlite_with_rowid=False,
)

processing_token: Table = Table(
    "processing_token",
    metadata,
    # A token that a run works with, known also when its job is deleted meanwhile.
    Column("token", Seq, ForeignKey("token.seq", ondelete="CASCADE"), primary_key=True),
    Column("job_id", Text, nullable=False),
    Index("ix_processing_token_job_id", "job_id"),
    sqlite_with_rowid=False,
)
