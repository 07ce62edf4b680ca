"""Making the campaign of a dataset version, and finding it."""

from __future__ import annotations

import os
from datetime import date, datetime
from functools import partial

from asyncsdk.enums import ObjectDataType
from asyncsdk.errors import ApiError, ConflictError, InvalidArgumentError, NoDataError
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.records.campaigns import CampaignRecord, NewCampaign
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.records.paging import Items
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.local_files import as_path, look_into
from asyncsdk.resources.object_upload import upload_object
from asyncsdk.wire import routes

__all__ = ["as_day", "create_campaign", "find_campaign", "upload_instructions"]

_NO_SUCH_ROUTE = (404, 405)


async def create_campaign(
    connection: Connection,
    version_id: str,
    *,
    name: str,
    description: str | None,
    instructions_file_path: str | os.PathLike[str] | None,
    instructions_text: str | None,
    end_date: date | None,
    auto_add_new_assets: bool | None,
    auto_close_on_completion: bool | None,
) -> CampaignRecord:
    """Create the campaign of a version, with its instructions uploaded first."""
    if not isinstance(name, str) or not name.strip():
        raise InvalidArgumentError(f"name must be a text that is not blank, got {name!r}")
    day, object_name = as_day(end_date), None
    if instructions_file_path is not None:
        if instructions_text is not None:
            raise InvalidArgumentError("give instructions_file_path or instructions_text, not both")
        if await _campaign_id(connection, version_id) is not None:
            raise ConflictError(
                "the dataset version has a campaign already; nothing was uploaded", status=409
            )
        object_name = await upload_instructions(connection, version_id, instructions_file_path)
    new = NewCampaign(
        name=name,
        description=description,
        instructions_text=instructions_text,
        instructions_object_name=object_name,
        end_date=day,
        auto_add_new_assets=bool(auto_add_new_assets),
        auto_close_on_completion=bool(auto_close_on_completion),
    )
    return await connection.call(routes.CREATE_CAMPAIGN, CampaignRecord, body=new, version=version_id)


async def upload_instructions(connection: Connection, version_id: str, path: str | os.PathLike[str]) -> str:
    """Upload a file with instructions and return its object name."""
    chosen = as_path(path, "instructions file")
    file = await in_file_thread(partial(look_into, exif=False), chosen)
    await connection.open()
    return await upload_object(
        connection,
        connection.connector,
        file,
        kind=ObjectDataType.CAMPAIGN_FILE,
        context={"dataset_version_id": version_id},
    )


async def find_campaign(connection: Connection, version_id: str) -> CampaignRecord:
    """Return the campaign of a version, through the routes of any generation.

    Raises:
        NoDataError: there is none.
    """
    campaign_id = await _campaign_id(connection, version_id)
    if campaign_id is not None:
        return await connection.call(routes.GET_CAMPAIGN, CampaignRecord, campaign=campaign_id)
    try:  # the versions of the oldest generation do not tell
        found = await connection.call(
            routes.LIST_VERSION_CAMPAIGNS, Items[CampaignRecord], version=version_id
        )
    except ApiError as error:
        if error.status not in _NO_SUCH_ROUTE:
            raise
        found = Items[CampaignRecord]([])
    if not found.items:
        raise NoDataError("the dataset version has no campaign; make one with create_campaign()")
    return found.items[0]


async def _campaign_id(connection: Connection, version_id: str) -> str | None:
    record = await connection.call(routes.GET_VERSION, DatasetVersionRecord, version=version_id)
    return record.annotation_campaign_id


def as_day(value: date | None) -> date | None:
    """Return a date; of a date-time its day.

    Raises:
        InvalidArgumentError: it is no date.
    """
    if value is not None and not isinstance(value, date):
        raise InvalidArgumentError(f"end_date: {value!r} is no datetime.date")
    return value.date() if isinstance(value, datetime) else value
