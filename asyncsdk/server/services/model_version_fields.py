"""What a model version says of itself: checked, as it is stored, and as it travels."""

from __future__ import annotations

from typing import Any

import orjson

from asyncsdk.records.models import ModelVersionFields
from asyncsdk.server.services.rules import Document, check_name, check_text, json_text
from asyncsdk.server.store.base import Row

__all__ = ["NOTHING_GIVEN", "field_documents", "stored_fields"]

_MOST_TEXT = 4096
_LINES = ("docker_image", "docker_tag", "notebook_link", "thumbnail_object_name")
_JSON = ("docker_flags", "docker_env_variables", "labels", "parameters")

NOTHING_GIVEN: dict[str, Any] = {"description": "", **dict.fromkeys((*_LINES, *_JSON))}
"""The columns of a version that says nothing of itself."""


def stored_fields(body: ModelVersionFields) -> dict[str, Any]:
    """Return the columns of what is given.

    Raises:
        BadRequestError: a field is too long, or has characters that it must not have.
    """
    given: dict[str, Any] = {}
    if body.name is not None:
        given["name"] = check_name(body.name, "name")
    if body.description is not None:
        given["description"] = check_text(body.description, "description")
    for choice in ("type", "framework"):
        if (member := getattr(body, choice)) is not None:
            given[choice] = member.value
    for line in _LINES:
        if (text := getattr(body, line)) is not None:
            given[line] = check_text(text, line, most=_MOST_TEXT, forbidden=("Cc", "Cs"))
    for field in _JSON:
        if (value := getattr(body, field)) is not None:
            given[field] = json_text(value, field)
    return given


def field_documents(row: Row) -> Document:
    """Return the fields of a version as they travel."""
    plain = {field: row[field] for field in ("name", "type", "framework", "description", *_LINES)}
    return plain | {field: None if row[field] is None else orjson.Fragment(row[field]) for field in _JSON}
