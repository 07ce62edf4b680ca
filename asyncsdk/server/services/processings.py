"""Processings: programs under the name of an image, which the administrator lets the platform run."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import bindparam, delete, or_, select, update

from asyncsdk.enums import ProcessingTargetType, ProcessingType
from asyncsdk.errors import BadRequestError, ConflictError, ForbiddenError
from asyncsdk.records.processings import NewProcessing, ProcessingPatch
from asyncsdk.server.services.items import ListRequest, list_items
from asyncsdk.server.services.organizations import organization_seq
from asyncsdk.server.services.rules import Document, check_name, check_text, json_text, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.times import iso
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import processing
from asyncsdk.server.store.statements import Prepared, insertion
from asyncsdk.wire.processing_targets import TYPES, target_of

__all__ = [
    "check_units",
    "create_processing",
    "delete_processing",
    "ensure_public_processing",
    "find_processing",
    "find_public_processing",
    "get_processing",
    "list_processings",
    "require_own_processing",
    "require_processing",
    "update_processing",
]

_MOST_UNITS = 2**15
_CHANGING = (
    "docker_image", "docker_tag", "description", "default_parameters", "default_cpu", "default_gpu",
)  # fmt: skip

_visible = or_(processing.c.organization.is_(None), any_of(processing.c.organization, bindparam("visible")))
_GET = Prepared(select(processing).where(processing.c.id == bindparam("id"), _visible))
_BY_NAME = Prepared(
    select(processing).where(
        processing.c.organization == bindparam("organization"), processing.c.name == bindparam("name")
    )
)
_PUBLIC = Prepared(
    select(processing).where(processing.c.organization.is_(None), processing.c.name == bindparam("name"))
)
_INSERT = Prepared(insertion(processing))
_UPDATE = Prepared(
    update(processing)
    .where(processing.c.seq == bindparam("key"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_DELETE = Prepared(delete(processing).where(processing.c.seq == bindparam("key")))
_ORDER = {
    "seq": processing.c.seq,
    "created_at": processing.c.created_at,
    "name": processing.c.name,
    "type": processing.c.type,
}


def _document(row: Row) -> Document:
    return {
        "id": row["id"],
        "name": row["name"],
        "type": row["type"],
        "target": row["target"],
        "docker_image": row["docker_image"],
        "docker_tag": row["docker_tag"],
        "docker_flags": orjson.loads(row["docker_flags"]),
        "description": row["description"],
        "default_parameters": orjson.loads(row["default_parameters"]),
        "default_cpu": row["default_cpu"],
        "default_gpu": row["default_gpu"],
        "created_at": iso(row["created_at"]),
    }


def require_processing(scope: Scope, processing_id: str) -> Work[Row]:
    """Return the row of a processing that the scope sees, a public one too."""
    return one((yield _GET(id=processing_id, visible=scope.visible)), "processing")


def require_own_processing(scope: Scope, processing_id: str) -> Work[Row]:
    """Return the row of a processing that the scope may change.

    Raises:
        ForbiddenError: it is a public one, which belongs to the platform.
    """
    row = yield from require_processing(scope, processing_id)
    if row["organization"] is None:
        raise ForbiddenError(
            f"the processing {row['name']!r} is public: it belongs to the platform", status=403
        )
    return row


def create_processing(scope: Scope, organization_id: str, body: NewProcessing) -> Work[Document]:
    """Create a processing.

    Raises:
        BadRequestError: it has neither type nor target, or they do not fit.
        ConflictError: the organization has one of this name.
    """
    home = yield from organization_seq(scope, organization_id)
    row = _new_row(body, home)
    if (yield _BY_NAME(organization=home, name=body.name)):
        raise ConflictError(f"there is a processing {body.name!r} already", status=409)
    yield _INSERT(**row)
    return _document(row)


def ensure_public_processing(body: NewProcessing) -> Work[None]:
    """Make a public processing of the platform itself, where there is none of its name."""
    if not (yield _PUBLIC(name=body.name)):
        yield _INSERT(**_new_row(body, None))


def find_processing(scope: Scope, organization_id: str, name: str) -> Work[Document]:
    """Return the organization's processing of a name."""
    home = yield from organization_seq(scope, organization_id)
    return _document(one((yield _BY_NAME(organization=home, name=name)), f"processing {name!r}"))


def find_public_processing(name: str) -> Work[Document]:
    """Return the public processing of a name."""
    return _document(one((yield _PUBLIC(name=name)), f"public processing {name!r}"))


def list_processings(scope: Scope, organization_id: str, request: ListRequest) -> Work[Document]:
    """Return the organization's own processings, newest first."""
    home = yield from organization_seq(scope, organization_id)
    rows = select(processing).where(processing.c.organization == home)
    return (yield from list_items(rows, request, _ORDER, _document))


def get_processing(scope: Scope, processing_id: str) -> Work[Document]:
    """Return a processing."""
    return _document((yield from require_processing(scope, processing_id)))


def update_processing(scope: Scope, processing_id: str, body: ProcessingPatch) -> Work[Document]:
    """Change what is given; jobs that were launched before keep what they were launched with."""
    row = yield from require_own_processing(scope, processing_id)
    changed = dict(row)
    for name in ("docker_image", "docker_tag"):
        if getattr(body, name) is not None:
            changed[name] = check_name(getattr(body, name), name)
    for name in ("default_cpu", "default_gpu"):
        if getattr(body, name) is not None:
            changed[name] = check_units(getattr(body, name), name)
    if body.description is not None:
        changed["description"] = check_text(body.description, "description")
    if body.default_parameters is not None:
        changed["default_parameters"] = json_text(body.default_parameters, "default_parameters")
    yield _UPDATE(key=row["seq"], **{f"new_{name}": changed[name] for name in _CHANGING})
    return _document(changed)


def delete_processing(scope: Scope, processing_id: str) -> Work[None]:
    """Delete a processing; its jobs stay, and those that wait or run go on."""
    row = yield from require_own_processing(scope, processing_id)
    yield _DELETE(key=row["seq"])


def check_units(value: int, what: str) -> int:
    """Return a number of processors that can be stored.

    Raises:
        BadRequestError: it is less than none, or more than any machine has.
    """
    if not 0 <= value <= _MOST_UNITS:
        raise BadRequestError(f"{what} must be 0 to {_MOST_UNITS}, not {value}", status=400)
    return value


def _new_row(body: NewProcessing, home: int | None) -> dict[str, Any]:
    kind, target = _kind_and_target(body.type, body.target)
    return {
        "id": new_id(),
        "created_at": now_us(),
        "organization": home,
        "name": check_name(body.name, "name"),
        "description": check_text(body.description or "", "description"),
        "type": kind.value,
        "target": target.value,
        "docker_image": check_name(body.docker_image, "docker_image"),
        "docker_tag": check_name(body.docker_tag, "docker_tag"),
        "docker_flags": json_text(list(body.docker_flags or ()), "docker_flags"),
        "default_parameters": json_text(body.default_parameters, "default_parameters"),
        "default_cpu": check_units(body.default_cpu, "default_cpu"),
        "default_gpu": check_units(body.default_gpu, "default_gpu"),
    }


def _kind_and_target(
    kind: ProcessingType | None, target: ProcessingTargetType | None
) -> tuple[ProcessingType, ProcessingTargetType]:
    """Return type and target; where one is missing, it follows from the other."""
    if target is None:
        if kind is None:
            raise BadRequestError("give the processing a target, or a type", status=400)
        return kind, target_of(kind)
    if kind is None:
        return TYPES[target][0], target
    if kind not in TYPES[target]:
        choices = ", ".join(TYPES[target])
        raise BadRequestError(f"type: on {target} a processing is one of {choices}, not {kind}", status=400)
    return kind, target
