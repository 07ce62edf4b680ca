"""Reads the filters and the paging of data and asset listings from a call."""

from __future__ import annotations

from asyncsdk.enums import AssignmentStatus, DataType, DataUploadStatus
from asyncsdk.errors import BadRequestError
from asyncsdk.records.data import DataFilter
from asyncsdk.records.datasets import AssetFilter
from asyncsdk.server.handlers.call import Call
from asyncsdk.server.services.assignment_filters import AssignmentFilter
from asyncsdk.server.services.filters import Filter
from asyncsdk.server.services.listings import MOST_PER_PAGE, PageRequest

__all__ = ["assignment_filter", "body_filter", "page_request", "query_filter"]


def query_filter(call: Call) -> Filter:
    """Return the filters of a plain listing."""
    return Filter(
        q=call.text("q"),
        upload_statuses=call.choices("upload_statuses", DataUploadStatus),
        types=call.choices("types", DataType),
        custom_metadata=call.json_object("custom_metadata"),
    )


def assignment_filter(call: Call, prefix: str = "") -> AssignmentFilter:
    """Return the filters of assignments in the query; each of their names begins with the prefix."""
    statuses = call.choices(f"{prefix}status", AssignmentStatus) if call.text(f"{prefix}status") else None
    if statuses is not None and len(statuses) > 1:
        raise BadRequestError(f"{prefix}status: give one", status=400)
    return AssignmentFilter(
        status=statuses[0] if statuses else None,
        step_id=call.text(f"{prefix}step_id"),
        user_id=call.text(f"{prefix}user_id"),
    )


def body_filter(call: Call, kind: type[DataFilter | AssetFilter]) -> Filter:
    """Return the filters of a listing whose lists of ids and names stand in the body."""
    body = call.body(kind)
    return Filter(
        q=body.q,
        ids=body.ids,
        filenames=body.filenames,
        object_names=body.object_names,
        data_ids=body.data_ids if isinstance(body, AssetFilter) else None,
        filename_startswith=body.filename_startswith if isinstance(body, AssetFilter) else None,
        upload_statuses=body.upload_statuses,
        types=body.types,
        custom_metadata=call.json_object("custom_metadata"),
    )


def page_request(call: Call, *, whole: bool = False) -> PageRequest:
    """Return the paging.

    Args:
        call: the call.
        whole: without a limit give everything in one page, as a filtered listing must.
    """
    limit = call.integer("limit")
    if limit is None and not whole:
        limit = MOST_PER_PAGE
    return PageRequest(
        limit=None if limit is None else min(limit, MOST_PER_PAGE),
        offset=call.integer("offset") or 0,
        cursor=call.text("cursor"),
        order_by=call.order_by(),
        shards=not call.platform.strict_protocol,
        change=call.platform.store.change,
    )
