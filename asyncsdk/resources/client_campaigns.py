"""The client's doors to annotation campaigns."""

from __future__ import annotations

from uuid import UUID

from asyncsdk.records.campaigns import CampaignRecord
from asyncsdk.records.paging import Items
from asyncsdk.resources.annotation_campaign import AnnotationCampaign
from asyncsdk.resources.connection import Connection
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["ClientCampaigns"]


class ClientCampaigns:
    """Listing and finding the campaigns of an organization."""

    _connection: Connection

    async def list_annotation_campaigns(self, is_closed: bool | None = None) -> list[AnnotationCampaign]:
        """List the organization's annotation campaigns, newest first.

        Args:
            is_closed: only closed ones, or only open ones; `None` lists all.
        """
        await self._connection.open()
        found = await self._connection.call(
            routes.LIST_CAMPAIGNS,
            Items[CampaignRecord],
            query={"is_closed": is_closed},
            org=self._connection.organization.id,
        )
        return [AnnotationCampaign(self._connection, record) for record in found.items]

    async def get_campaign_by_id(self, id: str | UUID) -> AnnotationCampaign:  # noqa: A002 - the protocol's word
        """Return an annotation campaign by its id.

        Args:
            id: its id.

        Raises:
            NotFoundError: there is none of this id.
        """
        record = await self._connection.call(routes.GET_CAMPAIGN, CampaignRecord, campaign=canonical_id(id))
        return AnnotationCampaign(self._connection, record)
