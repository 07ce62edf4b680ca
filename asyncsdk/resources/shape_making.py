"""Shapes from the arguments of callers, and on to the platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import attrs

from asyncsdk.errors import InvalidArgumentError, PartialFailure, ProtocolError
from asyncsdk.flow.bounded import map_bounded, settled
from asyncsdk.records.annotations import AnnotationRecord, SavedShapes, ShapeRecord
from asyncsdk.records.new_shapes import ShapePatch
from asyncsdk.records.paging import Items
from asyncsdk.records.reports import Failure
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.label import Label
from asyncsdk.resources.shape_kinds import (
    CLASSIFICATIONS,
    LINES,
    MASKS,
    POINTS,
    POLYGONS,
    RECTANGLES,
    ShapeKind,
)
from asyncsdk.wire import capabilities, routes
from asyncsdk.wire.ids import canonical_id

__all__ = [
    "KINDS",
    "create_shapes",
    "label_id_of",
    "list_shapes",
    "new_shape",
    "new_shapes",
    "patch_of",
    "save_shapes",
]

KINDS = {kind.plural: kind for kind in (RECTANGLES, POLYGONS, CLASSIFICATIONS, LINES, POINTS, MASKS)}
"""By plural."""


def label_id_of(label: Any, version_id: str, what: str = "label") -> str:
    """Return the id of a label.

    Raises:
        InvalidArgumentError: it is none, or one of another dataset version.
    """
    if not isinstance(label, Label):
        raise InvalidArgumentError(f"{what}: {label!r} is not a Label")
    if label.dataset_version_id != version_id:
        raise InvalidArgumentError(f"{what}: label {label.name!r} is of another dataset version")
    return label.id


def new_shape(kind: ShapeKind, label: Any, version_id: str, fields: Mapping[str, Any]) -> Any:
    """Return the record of one new shape.

    Raises:
        InvalidArgumentError: something is not acceptable; the text names it.
    """
    return _checked(kind, kind.new(label_id=label_id_of(label, version_id), **fields), "")


def new_shapes(kind: ShapeKind, values: Iterable[Any] | None, version_id: str) -> tuple[Any, ...]:
    """Return the records of new shapes.

    Args:
        kind: their kind.
        values: records, or tuples of the kind's own fields and a label.
        version_id: the dataset version, whose labels they carry.

    Raises:
        InvalidArgumentError: one is neither, or something in it is not acceptable; the text names the place.
    """
    found = []
    for index, value in enumerate(values or ()):
        place = f"{kind.plural}[{index}]"
        shape = value if isinstance(value, kind.new) else _from_tuple(kind, value, version_id, place)
        found.append(_checked(kind, shape, f"{place}."))
    return tuple(found)


def _from_tuple(kind: ShapeKind, value: Any, version_id: str, place: str) -> Any:
    parts = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    names = [*kind.checks, "label"]
    if len(parts) != len(names):
        wanted = ", ".join(names)
        raise InvalidArgumentError(f"{place}: give {wanted} or a {kind.new.__name__}, not {value!r}")
    own = dict(zip(kind.checks, parts[:-1], strict=True))
    return kind.new(label_id=label_id_of(parts[-1], version_id, f"{place}.label"), **own)


def _checked(kind: ShapeKind, shape: Any, place: str) -> Any:
    own = {name: check(getattr(shape, name), f"{place}{name}") for name, check in kind.checks.items()}
    return attrs.evolve(shape, label_id=canonical_id(shape.label_id), **own)


def patch_of(kind: ShapeKind, changes: Mapping[str, Any]) -> ShapePatch:
    """Return the request that changes what is given of a shape; `None` stays.

    Raises:
        InvalidArgumentError: something is not acceptable; the text names it.
    """
    given = {name: value for name, value in changes.items() if value is not None}
    own = {name: check(given[name], name) for name, check in kind.checks.items() if name in given}
    return ShapePatch(**given | own)


async def list_shapes(connection: Connection, annotation_id: str, kind: ShapeKind) -> list[ShapeRecord]:
    """Return all shapes of a kind, oldest first."""
    found = await connection.call(kind.listing, Items[ShapeRecord], query=None, annotation=annotation_id)
    return found.items


async def create_shapes(
    connection: Connection, annotation_id: str, kind: ShapeKind, shapes: Sequence[Any]
) -> list[ShapeRecord]:
    """Add shapes of one kind, in one request, and return them in their order.

    Where the platform takes no text at creation, it is set afterwards, shape by shape.

    Raises:
        NotSupportedError: the platform cannot keep something of them; nothing was sent.
        PartialFailure: the shapes were made, but not every text could be set; the report says which.
        ProtocolError: the platform made another number of shapes.
    """
    if not shapes:
        return []
    await connection.open()
    details = connection.supports(capabilities.SHAPE_DETAILS)
    _check_details(connection, kind, shapes, text_later=kind.changing is not None)
    sent = shapes if details else [attrs.evolve(shape, text=None) for shape in shapes]
    answer = await connection.call(
        kind.creating,
        dict[str, list[ShapeRecord]],
        body={kind.plural: list(sent)},
        query=None,
        annotation=annotation_id,
    )
    made = answer.get(kind.plural, [])
    if len(made) != len(shapes):
        raise ProtocolError(f"{kind.creating}: the answer has {len(made)} {kind.plural}, not {len(shapes)}")
    return made if details else await _set_texts(connection, kind, made, [shape.text for shape in shapes])


async def save_shapes(connection: Connection, annotation_id: str, shapes: SavedShapes) -> AnnotationRecord:
    """Replace all shapes of an annotation.

    Raises:
        NotSupportedError: the platform cannot keep something of them; nothing was sent.
    """
    await connection.open()
    for plural, kind in KINDS.items():
        _check_details(connection, kind, getattr(shapes, plural), text_later=False)
    return await connection.call(
        routes.SAVE_ANNOTATION, AnnotationRecord, body=shapes, query=None, annotation=annotation_id
    )


def _check_details(
    connection: Connection, kind: ShapeKind, shapes: Iterable[Any], *, text_later: bool
) -> None:
    for shape in shapes:
        if getattr(shape, "instance", None) is not None:
            connection.require(capabilities.INSTANCES, "polygons that are parts of one object")
        if shape.attributes is not None:
            connection.require(
                capabilities.SHAPE_DETAILS, f"{kind.plural} with attributes, other than imported"
            )
        if shape.text is not None and not text_later:
            connection.require(capabilities.SHAPE_DETAILS, f"{kind.plural} with a text from the start")


async def _set_texts(
    connection: Connection, kind: ShapeKind, made: Sequence[ShapeRecord], texts: Sequence[str | None]
) -> list[ShapeRecord]:
    async def set_text(one: tuple[ShapeRecord, str | None]) -> ShapeRecord:
        record, text = one
        if text is None or kind.changing is None:
            return record
        return await connection.call(
            kind.changing, ShapeRecord, body=ShapePatch(text=text), query=None, **{kind.singular: record.id}
        )

    limit = connection.settings.limits.api_concurrency
    outcomes = await map_bounded(partial(settled, set_text), list(zip(made, texts, strict=True)), limit=limit)
    failed = tuple(
        Failure(record.id, outcome.error)
        for record, outcome in zip(made, outcomes, strict=True)
        if outcome.error is not None
    )
    if failed:
        raise PartialFailure(
            f"the {kind.plural} were made, but {len(failed)} of them without their text: {failed[0]}", failed
        ) from failed[0].error
    return [outcome.value for outcome in outcomes if outcome.value is not None]
