"""Jobs that run a processing on a model version: they go with it, and their processes end."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, delete, select

from asyncsdk.server.store.base import Work
from asyncsdk.server.store.schema import job, model_version, processing_run
from asyncsdk.server.store.statements import Prepared

__all__ = ["delete_runs_on_model", "delete_runs_on_version"]


def _deletion(chosen: ColumnElement[bool]) -> Prepared:
    runs = select(processing_run.c.job).join(
        model_version, model_version.c.seq == processing_run.c.model_version
    )
    return Prepared(delete(job).where(job.c.seq.in_(runs.where(chosen))).returning(job.c.log_object_name))


_ON_MODEL = _deletion(model_version.c.model == bindparam("key"))
_ON_VERSION = _deletion(model_version.c.seq == bindparam("key"))


def delete_runs_on_model(key: int) -> Work[list[str]]:
    """Delete the jobs on all versions of a model, given by its `seq`; return the objects that keep their logs."""
    return [row["log_object_name"] for row in (yield _ON_MODEL(key=key)) if row["log_object_name"]]


def delete_runs_on_version(key: int) -> Work[list[str]]:
    """Delete the jobs on a model version, given by its `seq`; return the objects that keep their logs."""
    return [row["log_object_name"] for row in (yield _ON_VERSION(key=key)) if row["log_object_name"]]
