"""What processings are launched on: an object of an organization, and which of the things in it."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from sqlalchemy import bindparam, func, select

from asyncsdk.enums import ProcessingTargetType
from asyncsdk.errors import BadRequestError
from asyncsdk.server.services.datalakes import require_datalake
from asyncsdk.server.services.dataset_versions import require_version
from asyncsdk.server.services.model_versions import require_model_version
from asyncsdk.server.services.rules import check_ids, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import asset, data
from asyncsdk.server.store.statements import Prepared

__all__ = ["Target", "datalake_target", "model_version_target", "version_target"]

_ASSETS = Prepared(
    select(func.count().label("n"))
    .select_from(asset)
    .where(any_of(asset.c.id, bindparam("ids")), asset.c.version == bindparam("parent"))
)
_DATA = Prepared(
    select(func.count().label("n"))
    .select_from(data)
    .where(any_of(data.c.id, bindparam("ids")), data.c.datalake == bindparam("parent"))
)


@attrs.frozen(kw_only=True)
class Target:
    """What a processing is launched on."""

    kind: ProcessingTargetType
    id: str
    organization: int

    version: int | None = None
    """The dataset version with which the job goes."""

    model_version: int | None = None
    """The model version with which the job goes."""

    ids: Sequence[str] | None = None
    """The things in it that the processing is for; `None` stands for all."""


def version_target(scope: Scope, version_id: str, asset_ids: Sequence[str] | None) -> Work[Target]:
    """Return a dataset version as a target.

    Raises:
        BadRequestError: an asset is not one of the version.
    """
    row = yield from require_version(scope, version_id)
    ids = None if asset_ids is None else (yield from _members(_ASSETS, row["seq"], asset_ids, "asset_ids"))
    return Target(
        kind=ProcessingTargetType.DATASET_VERSION,
        id=row["id"],
        organization=row["organization"],
        version=row["seq"],
        ids=ids,
    )


def datalake_target(scope: Scope, datalake_id: str, data_ids: Sequence[str]) -> Work[Target]:
    """Return a datalake as a target.

    Raises:
        BadRequestError: a data is not one of the datalake.
    """
    row = yield from require_datalake(scope, datalake_id)
    return Target(
        kind=ProcessingTargetType.DATALAKE,
        id=row["id"],
        organization=row["organization"],
        ids=(yield from _members(_DATA, row["seq"], data_ids, "data_ids")),
    )


def model_version_target(scope: Scope, version_id: str) -> Work[Target]:
    """Return a model version as a target."""
    row = yield from require_model_version(scope, version_id)
    return Target(
        kind=ProcessingTargetType.MODEL_VERSION,
        id=row["id"],
        organization=row["organization"],
        model_version=row["seq"],
    )


def _members(count: Prepared, parent: int, given: Sequence[str], what: str) -> Work[list[str]]:
    ids = check_ids(given, what)
    found: int = (yield count(ids=json_list(ids), parent=parent))[0]["n"]
    if found < len(ids):
        raise BadRequestError(f"{what}: {len(ids) - found} of {len(ids)} are not there", status=400)
    return ids
