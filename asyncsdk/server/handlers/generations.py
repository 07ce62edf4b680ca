"""What the older generation of the published client must not see."""

from __future__ import annotations

import re
from typing import Any

import orjson

from asyncsdk.enums import InferenceType
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["for_old_client", "is_old_client"]

_AGENT = re.compile(r"Picsellia-SDK/(\d+)\.(\d+)")
_KNOWS_ALL_FROM = (6, 37)

_VERSION_ROUTES = frozenset(
    {
        routes.CREATE_VERSION,
        routes.LIST_VERSIONS,
        routes.FIND_VERSION,
        routes.FIND_VERSION_BY_ID,
        routes.GET_VERSION,
        routes.UPDATE_VERSION,
        routes.LOCK_VERSION,
        routes.UNLOCK_VERSION,
        routes.ADD_ASSETS,
    }
)
_MODEL_VERSION_ROUTES = frozenset(
    {
        routes.CREATE_MODEL_VERSION,
        routes.LIST_MODEL_VERSIONS,
        routes.FIND_MODEL_VERSION,
        routes.FIND_MODEL_VERSION_BY_ID,
        routes.GET_MODEL_VERSION,
        routes.UPDATE_MODEL_VERSION,
    }
)
_NEW_TYPES = (InferenceType.KEYPOINT, InferenceType.MASK)
_TYPES = re.compile(f'"type":"(?:{"|".join(_NEW_TYPES)})"'.encode())


def is_old_client(agent: str | None) -> bool:
    """Tell whether a `User-Agent` is a published client that lacks the newer enumeration members."""
    match = _AGENT.match(agent) if agent else None
    return match is not None and (int(match[1]), int(match[2])) < _KNOWS_ALL_FROM


def for_old_client(route: Route, body: bytes) -> bytes:
    """Return an answer in which types that the client cannot read are `NOT_CONFIGURED`."""
    if route in _VERSION_ROUTES:
        # A quotation mark inside a JSON string is escaped, so the pattern only meets keys and values.
        return _TYPES.sub(b'"type":"NOT_CONFIGURED"', body)
    return _model_versions(body) if route in _MODEL_VERSION_ROUTES else body


def _model_versions(body: bytes) -> bytes:
    """What users keep in a version (labels, parameters) may look like a type, and stays as it is."""
    answer: dict[str, Any] = orjson.loads(body)
    for version in answer.get("items", [answer]):
        if version["type"] in _NEW_TYPES:
            version["type"] = InferenceType.NOT_CONFIGURED
    return orjson.dumps(answer)
