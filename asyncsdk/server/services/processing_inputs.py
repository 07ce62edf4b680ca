"""The inputs of processings: declaring them, and checking what a launch gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from asyncsdk.enums import Framework, InferenceType, ProcessingInputType
from asyncsdk.errors import BadRequestError, ConflictError, NotFoundError
from asyncsdk.records.processings import ProcessingInput, ProcessingInputPatch
from asyncsdk.server.services.datalakes import require_datalake
from asyncsdk.server.services.dataset_versions import require_version
from asyncsdk.server.services.datasets import require_dataset
from asyncsdk.server.services.model_versions import has_version_of, require_model_version
from asyncsdk.server.services.models import require_model
from asyncsdk.server.services.processings import require_own_processing, require_processing
from asyncsdk.server.services.rules import Document, check_ids, check_name, check_text, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import processing_input
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = ["OBJECTS", "add_input", "check_inputs", "delete_input", "list_inputs", "update_input"]

OBJECTS: Mapping[ProcessingInputType, Callable[[Scope, str], Work[Row]]] = {
    ProcessingInputType.DATASET_VERSION: require_version,
    ProcessingInputType.DATASET: require_dataset,
    ProcessingInputType.DATALAKE: require_datalake,
    ProcessingInputType.MODEL: require_model,
    ProcessingInputType.MODEL_VERSION: require_model_version,
}
"""How the objects are found that an input can name."""

_TYPED = (ProcessingInputType.DATASET_VERSION, ProcessingInputType.MODEL, ProcessingInputType.MODEL_VERSION)
_FRAMED = (ProcessingInputType.MODEL, ProcessingInputType.MODEL_VERSION)

_OF = Prepared(
    select(processing_input)
    .where(processing_input.c.processing == bindparam("processing"))
    .order_by(processing_input.c.seq)
)
_FIND = Prepared(
    select(processing_input).where(
        processing_input.c.processing == bindparam("processing"),
        processing_input.c.name == bindparam("name"),
    )
)
_INSERT = Prepared(insertion(processing_input))
_UPDATE = Prepared(
    update(processing_input)
    .where(processing_input.c.seq == bindparam("key"))
    .values(
        required=bindparam("new_required"),
        inference_type_constraint=bindparam("new_inference_type"),
        framework_constraint=bindparam("new_framework"),
    )
)
_DELETE = Prepared(delete(processing_input).where(processing_input.c.seq == bindparam("key")))


def _document(row: Row) -> Document:
    return {
        "id": row["id"],
        "name": row["name"],
        "input_type": row["input_type"],
        "required": bool(row["required"]),
        "inference_type_constraint": row["inference_type_constraint"],
        "framework_constraint": row["framework_constraint"],
    }


def list_inputs(scope: Scope, processing_id: str) -> Work[Document]:
    """Return the inputs of a processing, in the order of their declaration."""
    row = yield from require_processing(scope, processing_id)
    items = [_document(found) for found in (yield _OF(processing=row["seq"]))]
    return {"items": items, "count": len(items)}


def add_input(scope: Scope, processing_id: str, body: ProcessingInput) -> Work[Document]:
    """Declare an input.

    Raises:
        BadRequestError: a constraint does not go with the type.
        ConflictError: the processing has one of this name.
    """
    row = yield from require_own_processing(scope, processing_id)
    check_name(body.name, "name")
    _check_constraints(body.input_type, body.inference_type_constraint, body.framework_constraint)
    if (yield _FIND(processing=row["seq"], name=body.name)):
        raise ConflictError(f"there is an input {body.name!r} already", status=409)
    made = {
        "id": new_id(),
        "created_at": now_us(),
        "processing": row["seq"],
        "name": body.name,
        "input_type": body.input_type.value,
        "required": body.required,
        "inference_type_constraint": body.inference_type_constraint,
        "framework_constraint": body.framework_constraint,
    }
    yield _INSERT(**made)
    return _document(made)


def update_input(scope: Scope, processing_id: str, name: str, body: ProcessingInputPatch) -> Work[Document]:
    """Replace whether an input is required, and its constraints.

    Raises:
        BadRequestError: a constraint does not go with the type.
    """
    row = yield from _require_input(scope, processing_id, name)
    kind = ProcessingInputType(row["input_type"])
    _check_constraints(kind, body.inference_type_constraint, body.framework_constraint)
    yield _UPDATE(
        key=row["seq"],
        new_required=body.required,
        new_inference_type=body.inference_type_constraint,
        new_framework=body.framework_constraint,
    )
    return _document(
        {
            **row,
            "required": body.required,
            "inference_type_constraint": body.inference_type_constraint,
            "framework_constraint": body.framework_constraint,
        }
    )


def delete_input(scope: Scope, processing_id: str, name: str) -> Work[None]:
    """Take an input away."""
    row = yield from _require_input(scope, processing_id, name)
    yield _DELETE(key=row["seq"])


def check_inputs(scope: Scope, processing: Row, given: Mapping[str, Any]) -> Work[dict[str, Any]]:
    """Return the inputs of a launch in their canonical form; null counts as not given.

    Raises:
        BadRequestError: one is unknown or missing, or does not fit its declaration.
    """
    declared = {row["name"]: row for row in (yield _OF(processing=processing["seq"]))}
    values = {name: value for name, value in given.items() if value is not None}
    unknown = sorted(values.keys() - declared.keys())
    if unknown:
        raise BadRequestError(f"inputs: the processing has none of the name {unknown[0]!r}", status=400)
    missing = [name for name, row in declared.items() if row["required"] and name not in values]
    if missing:
        raise BadRequestError(f"inputs: {missing[0]!r} is required", status=400)
    checked = {}
    for name, value in values.items():
        checked[name] = yield from _check_value(scope, declared[name], value)
    return checked


def _require_input(scope: Scope, processing_id: str, name: str) -> Work[Row]:
    row = yield from require_own_processing(scope, processing_id)
    return one((yield _FIND(processing=row["seq"], name=name)), f"input {name!r}")


def _check_constraints(
    kind: ProcessingInputType, inference_type: InferenceType | None, framework: Framework | None
) -> None:
    if inference_type is not None and kind not in _TYPED:
        raise BadRequestError(f"inference_type_constraint: an input of type {kind} has no type", status=400)
    if framework is not None and kind not in _FRAMED:
        raise BadRequestError(f"framework_constraint: an input of type {kind} has no framework", status=400)


def _check_value(scope: Scope, declared: Row, value: Any) -> Work[Any]:
    kind, what = ProcessingInputType(declared["input_type"]), f"inputs: {declared['name']!r}"
    if kind is ProcessingInputType.NUMBER:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadRequestError(f"{what} must be a number", status=400)
        return value
    if not isinstance(value, str):
        kinds = "a text" if kind is ProcessingInputType.TEXT else f"the id of a {kind}"
        raise BadRequestError(f"{what} must be {kinds}", status=400)
    if kind is ProcessingInputType.TEXT:
        return check_text(value, what)
    object_id = check_ids([value], what)[0]
    found = yield from _find(scope, kind, object_id, what)
    wanted = {"type": declared["inference_type_constraint"], "framework": declared["framework_constraint"]}
    if kind is ProcessingInputType.MODEL:
        yield from _check_model(found, wanted, what)
        return object_id
    for column, constraint in wanted.items():
        if constraint is not None and found[column] != constraint:
            raise BadRequestError(f"{what} must be of {column} {constraint}, not {found[column]}", status=400)
    return object_id


def _check_model(found: Row, wanted: dict[str, str | None], what: str) -> Work[None]:
    """A model has neither type nor framework, but its versions have: one of them has to fit."""
    given = [f"{column} {constraint}" for column, constraint in wanted.items() if constraint is not None]
    if given and not (yield from has_version_of(found["seq"], **wanted)):
        raise BadRequestError(f"{what} must have a version of {' and '.join(given)}", status=400)


def _find(scope: Scope, kind: ProcessingInputType, object_id: str, what: str) -> Work[Row]:
    try:
        return (yield from OBJECTS[kind](scope, object_id))
    except NotFoundError as error:
        raise BadRequestError(f"{what}: there is no {kind} {object_id}", status=400) from error
