"""The stored objects that model versions hold: their files and thumbnails."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, select, union_all

from asyncsdk.server.store.base import Work
from asyncsdk.server.store.schema import model_file, model_version
from asyncsdk.server.store.statements import Prepared

__all__ = ["objects_of_model", "objects_of_version"]


def _objects(chosen: ColumnElement[bool]) -> Prepared:
    files = select(model_file.c.object_name).join(
        model_version, model_version.c.seq == model_file.c.model_version
    )
    thumbnails = select(model_version.c.thumbnail_object_name).where(
        model_version.c.thumbnail_object_name.is_not(None)
    )
    return Prepared(union_all(files.where(chosen), thumbnails.where(chosen)))


_OF_MODEL = _objects(model_version.c.model == bindparam("key"))
_OF_VERSION = _objects(model_version.c.seq == bindparam("key"))


def objects_of_model(key: int) -> Work[list[str]]:
    """Return the objects of all versions of a model, given by its `seq`."""
    return [row["object_name"] for row in (yield _OF_MODEL(key=key))]


def objects_of_version(key: int) -> Work[list[str]]:
    """Return the objects of a model version, given by its `seq`."""
    return [row["object_name"] for row in (yield _OF_VERSION(key=key))]
