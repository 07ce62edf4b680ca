"""Dataset versions: the annotation campaign."""

from __future__ import annotations

import os
from datetime import date

import attrs

from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.resources import campaign_creating
from asyncsdk.resources.annotation_campaign import AnnotationCampaign
from asyncsdk.resources.resource import Resource

__all__ = ["DatasetVersionCampaigns"]


@attrs.define(eq=False, repr=False)
class DatasetVersionCampaigns(Resource[DatasetVersionRecord]):
    """The annotation campaign of a dataset version; it has one at most."""

    async def create_campaign(
        self,
        name: str,
        description: str | None = None,
        instructions_file_path: str | os.PathLike[str] | None = None,
        instructions_text: str | None = None,
        end_date: date | None = None,
        auto_add_new_assets: bool | None = False,
        auto_close_on_completion: bool | None = False,
    ) -> AnnotationCampaign:
        """Create the campaign of this version; add its steps, then launch it.

        Args:
            name: its name.
            description: what it is for.
            instructions_file_path: a file with instructions, which is uploaded.
            instructions_text: instructions as text, in place of a file.
            end_date: the day when it is to end; nothing happens by itself then.
            auto_add_new_assets: whether assets that are added to the version enter it.
            auto_close_on_completion: whether it closes when all assignments are done.

        Raises:
            ConflictError: the version has a campaign.
            InvalidArgumentError: the name is blank, there are both kinds of instructions, or the date is none;
                nothing was sent.
            LockedError: the version is locked.
            MissingFileError: there is no such file.

        Example:
            >>> async def make(version) -> None:
            ...     campaign = await version.create_campaign(name="my-campaign")
        """
        record = await campaign_creating.create_campaign(
            self._connection,
            self.id,
            name=name,
            description=description,
            instructions_file_path=instructions_file_path,
            instructions_text=instructions_text,
            end_date=end_date,
            auto_add_new_assets=auto_add_new_assets,
            auto_close_on_completion=auto_close_on_completion,
        )
        return AnnotationCampaign(self._connection, record)

    async def get_campaign(self) -> AnnotationCampaign:
        """Return the campaign of this version; of several, which older platforms may have, the first one.

        Raises:
            NoDataError: there is none.

        Example:
            >>> async def name(version) -> str:
            ...     return (await version.get_campaign()).name
        """
        record = await campaign_creating.find_campaign(self._connection, self.id)
        return AnnotationCampaign(self._connection, record)
