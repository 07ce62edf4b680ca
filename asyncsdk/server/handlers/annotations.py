"""Annotations, their ids and loaded form, bulk requests, statistics and extended assets."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson

from asyncsdk.enums import AnnotationStatus
from asyncsdk.records.annotations import (
    AnnotationPatch,
    BulkAnnotations,
    BulkDelete,
    NewAnnotation,
    SavedShapes,
)
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.handlers.generations import is_old_client
from asyncsdk.server.handlers.listing_requests import page_request, query_filter
from asyncsdk.server.handlers.shapes import additions
from asyncsdk.server.services import annotation_listing, counted_assets, extended_assets, shapes
from asyncsdk.server.services.annotation_bulk import draft_bulk, import_annotations
from asyncsdk.server.services.annotation_deleting import delete_many_annotations, delete_some_annotations
from asyncsdk.server.services.annotation_filters import AnnotationFilter
from asyncsdk.server.services.annotation_loading import load_annotations
from asyncsdk.server.services.annotation_stats import version_stats
from asyncsdk.server.services.annotations import (
    create_annotation,
    delete_annotation,
    find_asset_annotation,
    get_annotation,
    list_asset_annotations,
    update_annotation,
)
from asyncsdk.server.services.shape_drafts import Additions, draft_shapes
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["ADDED_HANDLERS", "HANDLERS"]


def _wanted(call: Call, *, assets: bool = False) -> AnnotationFilter:
    worker = call.optional_id("worker_id")
    return AnnotationFilter(
        asset_ids=call.query.getall("asset_ids", None) if assets else None,
        worker_ids=None if worker is None else [worker],
        statuses=call.choices("status", AnnotationStatus),
    )


async def list_annotations(call: Call) -> dict[str, Any]:
    """List a page of annotations."""
    platform = call.platform
    work = annotation_listing.list_annotations(
        call.scope,
        call.id("version"),
        _wanted(call),
        page_request(call),
        cursors=platform.cursors,
        counts=platform.counts,
    )
    return await call.read(work)


async def list_annotation_ids(call: Call) -> dict[str, Any] | list[Any]:
    """List the ids of annotations: all of them, or by our addition a page."""
    version, wanted, platform = call.id("version"), _wanted(call, assets=True), call.platform
    paged = call.text("limit") is not None or call.text("cursor") is not None
    if platform.strict_protocol or not paged:
        return await call.read(annotation_listing.list_annotation_ids(call.scope, version, wanted))
    work = annotation_listing.page_annotation_ids(
        call.scope, version, wanted, page_request(call), cursors=platform.cursors, counts=platform.counts
    )
    return await call.read(work)


async def load(call: Call) -> Answer:
    """Load annotations; the body is an array of their ids."""
    found: orjson.Fragment = await call.read(
        load_annotations(call.scope, call.id("version"), call.body(list[str]))
    )
    return Answer.of(found)


async def delete_many(call: Call) -> Answer:
    """Delete annotations of the version."""
    body = call.body(BulkDelete)
    wanted = AnnotationFilter(ids=body.annotation_ids, asset_ids=body.asset_ids, worker_ids=body.worker_ids)
    version = call.id("version")
    gone = await call.write_parts(lambda at: delete_some_annotations(call.scope, version, wanted, at))
    return await call.write(delete_many_annotations(call.scope, version, wanted, gone))


async def bulk(call: Call) -> Answer:
    """Create or merge annotations of many assets."""
    version, taken = call.id("version"), Additions(instances=not call.platform.strict_protocol)
    draft = await asyncio.to_thread(lambda: draft_bulk(call.body(BulkAnnotations), taken))
    return await call.write(import_annotations(call.scope, version, draft))


async def list_of_asset(call: Call) -> dict[str, Any]:
    """List the annotations of an asset."""
    return await call.read(list_asset_annotations(call.scope, call.id("asset")))


async def find_of_asset(call: Call) -> dict[str, Any]:
    """Find an asset's annotation: that of a worker, or the newest; for the older client that of the user."""
    worker = call.optional_id("worker_id")
    if worker is None and is_old_client(call.request.headers.get("User-Agent")):
        worker = call.scope.user_id
    return await call.read(find_asset_annotation(call.scope, call.id("asset"), worker))


async def create(call: Call) -> Answer:
    """Create an annotation."""
    body = call.body(NewAnnotation)
    return await call.write(create_annotation(call.scope, call.id("asset"), body), 201)


async def get(call: Call) -> dict[str, Any]:
    """Read an annotation."""
    return await call.read(get_annotation(call.scope, call.id("annotation")))


async def update(call: Call) -> Answer:
    """Change an annotation."""
    body = call.body(AnnotationPatch)
    return await call.write(update_annotation(call.scope, call.id("annotation"), body))


async def delete(call: Call) -> Answer:
    """Delete an annotation."""
    return await call.write(delete_annotation(call.scope, call.id("annotation")))


async def save(call: Call) -> Answer:
    """Replace the shapes of an annotation."""
    annotation, body = call.id("annotation"), call.body(SavedShapes)
    drafts = draft_shapes(body, taken=additions(call))
    return await call.write(shapes.save_annotation(call.scope, annotation, body, drafts))


async def stats(call: Call) -> dict[str, Any]:
    """Count what is annotated."""
    return await call.read(version_stats(call.scope, call.id("version")))


async def list_extended_assets(call: Call) -> dict[str, Any]:
    """List a page of assets with what their annotations use."""
    platform = call.platform
    work = extended_assets.list_extended_assets(
        call.scope,
        call.id("version"),
        page_request(call),
        documents=platform.documents,
        cursors=platform.cursors,
        counts=platform.counts,
    )
    return await call.read(work)


async def list_counted_assets(call: Call) -> dict[str, Any]:
    """List a page of assets with the label counts of their newest annotation."""
    platform = call.platform
    work = counted_assets.list_counted_assets(
        call.scope,
        call.id("version"),
        query_filter(call),
        page_request(call),
        documents=platform.documents,
        cursors=platform.cursors,
        counts=platform.counts,
    )
    return await call.read(work)


HANDLERS: dict[Route, Handler] = {
    routes.LIST_EXTENDED_ASSETS: list_extended_assets,
    routes.GET_STATS: stats,
    routes.LIST_ANNOTATIONS: list_annotations,
    routes.LIST_ANNOTATION_IDS: list_annotation_ids,
    routes.LOAD_ANNOTATIONS: load,
    routes.DELETE_MANY_ANNOTATIONS: delete_many,
    routes.BULK_ANNOTATIONS: bulk,
    routes.LIST_ASSET_ANNOTATIONS: list_of_asset,
    routes.FIND_ASSET_ANNOTATION: find_of_asset,
    routes.CREATE_ANNOTATION: create,
    routes.GET_ANNOTATION: get,
    routes.UPDATE_ANNOTATION: update,
    routes.DELETE_ANNOTATION: delete,
    routes.SAVE_ANNOTATION: save,
}

ADDED_HANDLERS: dict[Route, Handler] = {routes.LIST_COUNTED_ASSETS: list_counted_assets}
"""Our additions."""
