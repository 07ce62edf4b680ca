"""The version that a file is imported into, before anything is made: its type and its labels."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import attrs

from asyncsdk.enums import InferenceType
from asyncsdk.errors import InvalidArgumentError, LockedError
from asyncsdk.flow.bounded import both
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.records.labels import LabelRecord
from asyncsdk.resources import labelling
from asyncsdk.resources.import_options import ImportOptions
from asyncsdk.wire import routes

__all__ = ["ImportVersion", "read_version"]

_HOLD_NOTHING = {
    InferenceType.NOT_CONFIGURED: "set its type first: `await version.set_type(...)`",
    InferenceType.POINT: "annotation files hold no points",
    InferenceType.LINE: "annotation files hold no lines",
}


@attrs.frozen
class ImportVersion:
    """What of a version is asked before the file is known."""

    type: InferenceType
    labels: Sequence[LabelRecord]


async def read_version(options: ImportOptions) -> ImportVersion:
    """Return the type and the labels of the version, as the platform has them now.

    Raises:
        InvalidArgumentError: no file has anything for a version of this type.
        LockedError: the version is locked.
    """
    connection, version_id = options.connection, options.version_id
    found = await both(partial(_read_type, options), partial(labelling.list_labels, connection, version_id))
    return ImportVersion(*found)


async def _read_type(options: ImportOptions) -> InferenceType:
    record = await options.connection.call(
        routes.GET_VERSION, DatasetVersionRecord, version=options.version_id
    )
    if record.type in _HOLD_NOTHING:
        raise InvalidArgumentError(
            f"{record.origin_name}/{record.version} is of type {record.type}: {_HOLD_NOTHING[record.type]}"
        )
    if record.locked:
        raise LockedError(f"{record.origin_name}/{record.version} is locked", status=423)
    return record.type
