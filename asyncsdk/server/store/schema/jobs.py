"""Jobs and their logs."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, Table, Text

from asyncsdk.server.store.schema.base import Seq, entity, metadata, parent

__all__ = ["job", "job_log"]

job: Table = entity(
    "job",
    parent("organization", "organization"),
    parent("version", "dataset_version", nullable=True),
    Column("generation", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("checkpoint", Text),
    Column("progress", Float, nullable=False),
    Column("error", Text),
    Column("attempt", Integer, nullable=False),
    Column("lease_until", BigInteger),
    Column("updated_at", BigInteger, nullable=False),
    Column("log_object_name", Text),
    Index("ix_job_status", "status", "seq"),
    Index("ix_job_organization", "organization"),
    Index("ix_job_version", "version"),
    Index("ix_job_log_object_name", "organization", "log_object_name"),
)

job_log: Table = Table(
    "job_log",
    metadata,
    Column("seq", Seq, primary_key=True, autoincrement=True),
    Column("job", Seq, ForeignKey("job.seq", ondelete="CASCADE"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("line", Text, nullable=False),
    Index("ix_job_log_job", "job", "seq"),
)
