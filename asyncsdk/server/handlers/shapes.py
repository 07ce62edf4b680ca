"""Shapes of each kind: the same few routes six times; keypoints have none of their own."""

from __future__ import annotations

from functools import partial
from typing import Any

from asyncsdk.records.new_shapes import NewShapes, ShapePatch
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.services import shapes
from asyncsdk.server.services.shape_drafts import KINDS, Additions, Kind, draft_kind
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS", "additions"]


def additions(call: Call) -> Additions:
    """Return which of our additions shapes that are created or saved may use."""
    strict = call.platform.strict_protocol
    return Additions(instances=not strict, details=not strict)


async def _list(kind: Kind, call: Call) -> dict[str, Any]:
    return await call.read(shapes.list_shapes(call.scope, call.id("annotation"), kind))


async def _create(kind: Kind, call: Call) -> Answer:
    annotation, body = call.id("annotation"), call.body(NewShapes)
    drafts = list(draft_kind(kind, getattr(body, kind.plural), taken=additions(call)))
    return await call.write(shapes.create_shapes(call.scope, annotation, kind, drafts), 201)


async def _get(kind: Kind, call: Call) -> dict[str, Any]:
    return await call.read(shapes.get_shape(call.scope, call.id(kind.singular), kind))


async def _update(kind: Kind, call: Call) -> Answer:
    shape_id, body = call.id(kind.singular), call.body(ShapePatch)
    return await call.write(shapes.update_shape(call.scope, shape_id, kind, body))


async def _delete(kind: Kind, call: Call) -> Answer:
    return await call.write(shapes.delete_shape(call.scope, call.id(kind.singular), kind))


_LISTING = {
    "rectangles": routes.LIST_RECTANGLES,
    "polygons": routes.LIST_POLYGONS,
    "lines": routes.LIST_LINES,
    "points": routes.LIST_POINTS,
    "classifications": routes.LIST_CLASSIFICATIONS,
    "masks": routes.LIST_MASKS,
}
_CREATING = {
    "rectangles": routes.CREATE_RECTANGLES,
    "polygons": routes.CREATE_POLYGONS,
    "lines": routes.CREATE_LINES,
    "points": routes.CREATE_POINTS,
    "classifications": routes.CREATE_CLASSIFICATIONS,
    "masks": routes.CREATE_MASKS,
}
_READING = {
    "rectangles": routes.GET_RECTANGLE,
    "polygons": routes.GET_POLYGON,
    "lines": routes.GET_LINE,
    "points": routes.GET_POINT,
    "classifications": routes.GET_CLASSIFICATION,
    "masks": routes.GET_MASK,
}
_CHANGING = {
    "rectangles": routes.UPDATE_RECTANGLE,
    "polygons": routes.UPDATE_POLYGON,
    "lines": routes.UPDATE_LINE,
    "points": routes.UPDATE_POINT,
    "classifications": routes.UPDATE_CLASSIFICATION,
}
_DELETING = {
    "rectangles": routes.DELETE_RECTANGLE,
    "polygons": routes.DELETE_POLYGON,
    "lines": routes.DELETE_LINE,
    "points": routes.DELETE_POINT,
    "classifications": routes.DELETE_CLASSIFICATION,
    "masks": routes.DELETE_MASK,
}

HANDLERS: dict[Route, Handler] = {
    route: partial(handler, KINDS[plural])
    for handler, own in (
        (_list, _LISTING),
        (_create, _CREATING),
        (_get, _READING),
        (_update, _CHANGING),
        (_delete, _DELETING),
    )
    for plural, route in own.items()
}
