"""What a client learns when it connects."""

from __future__ import annotations

import attrs

from asyncsdk.records.absent import absent

__all__ = ["AddedCapabilities", "OrganizationRecord", "PingRecord"]


@attrs.frozen
class AddedCapabilities:
    """What our platform adds to the protocol; the published clients ignore it."""

    capabilities: tuple[str, ...]
    version: str = ""


@attrs.frozen
class PingRecord:
    """Answer to the ping."""

    username: str
    sdk_version: str
    default_organization: str | None
    asyncsdk: AddedCapabilities | None = absent()


@attrs.frozen
class OrganizationRecord:
    """An organization: the outermost scope, which sees nothing of its neighbours."""

    id: str
    name: str = ""
    default_connector_id: str | None = None
