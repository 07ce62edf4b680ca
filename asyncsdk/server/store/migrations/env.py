"""Runs the migrations on a connection of their own; Alembic loads this file by its path."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Engine, create_engine, event

from asyncsdk.server.store.schema import APPLICATION_ID, metadata

engine: Engine = create_engine(context.config.attributes["url"])


@event.listens_for(engine, "connect")
def _leave_transactions_to_us(connection: Any, _record: Any) -> None:
    if engine.dialect.name == "sqlite":
        connection.isolation_level = None  # else the driver commits before each change of the schema


@event.listens_for(engine, "begin")
def _begin(connection: Any) -> None:
    if engine.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN EXCLUSIVE")


with engine.begin() as _connection:
    context.configure(connection=_connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    if engine.dialect.name == "sqlite":
        _connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
engine.dispose()
