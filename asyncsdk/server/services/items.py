"""Whole lists in one answer (shape S of the protocol), with limit, offset and order where asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
from sqlalchemy import ColumnElement, Select

from asyncsdk.errors import BadRequestError
from asyncsdk.server.services.rules import Document
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.statements import statement

__all__ = ["ListRequest", "list_items"]


@attrs.frozen(kw_only=True)
class ListRequest:
    """Which part of a list is wanted, and in which order."""

    limit: int | None = None
    offset: int = 0
    order_by: Sequence[str] = ()


def list_items(
    select: Select[Any],
    request: ListRequest,
    columns: Mapping[str, ColumnElement[Any]],
    document: Callable[[Row], Document],
) -> Work[Document]:
    """Return the list; newest first where no order is asked for.

    Args:
        select: the rows, without order and limits.
        request: limit, offset and order.
        columns: what can be ordered by; `seq` must be among them and breaks ties.
        document: makes the JSON object of a row.

    Raises:
        BadRequestError: an order names something else.
    """
    terms = [_term(name, columns) for name in request.order_by]
    select = select.order_by(*terms, columns["seq"].desc()).limit(
        -1 if request.limit is None else request.limit
    )
    rows = yield statement(select.offset(request.offset))
    return {"items": [document(row) for row in rows], "count": len(rows)}


def _term(name: str, columns: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    column = columns.get(name.removeprefix("-"))
    if column is None or name.removeprefix("-") == "seq":
        choices = ", ".join(sorted(set(columns) - {"seq"}))
        raise BadRequestError(f"order_by: {name!r} is not one of {choices}", status=400)
    return column.desc() if name.startswith("-") else column.asc()
