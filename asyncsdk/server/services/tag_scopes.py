"""Which scope a tag route means."""

from __future__ import annotations

from asyncsdk.enums import TagTarget
from asyncsdk.errors import BadRequestError
from asyncsdk.server.services.datalakes import require_datalake
from asyncsdk.server.services.dataset_versions import require_unlocked, require_version
from asyncsdk.server.services.organizations import organization_seq
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.tags import TagScope
from asyncsdk.server.store.base import Work

__all__ = ["of_datalake", "of_organization", "of_version"]

_INNER = {
    TagTarget.DATA: "data tags belong to a datalake",
    TagTarget.ASSET: "asset tags belong to a dataset version",
    TagTarget.PREDICTED_ASSET: "predicted-asset tags belong to a deployment",
}


def of_organization(scope: Scope, organization_id: str, target: TagTarget) -> Work[TagScope]:
    """Return the organization's scope of a target.

    Raises:
        BadRequestError: tags of this target live elsewhere.
    """
    if target in _INNER:
        raise BadRequestError(f"target_type: {_INNER[target]}", status=400)
    home = yield from organization_seq(scope, organization_id)
    return TagScope(organization=home, target=target)


def of_datalake(scope: Scope, datalake_id: str) -> Work[TagScope]:
    """Return the scope of a datalake's data tags."""
    lake = yield from require_datalake(scope, datalake_id)
    return TagScope(organization=lake["organization"], target=TagTarget.DATA, datalake=lake["seq"])


def of_version(scope: Scope, version_id: str, *, change: bool = False) -> Work[TagScope]:
    """Return the scope of a version's asset tags.

    Raises:
        LockedError: it is to be changed, and the version is locked.
    """
    version = yield from (require_unlocked if change else require_version)(scope, version_id)
    return TagScope(organization=version["organization"], target=TagTarget.ASSET, version=version["seq"])
