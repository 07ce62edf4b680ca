"""Pages of a listing: by cursor with a constant cost at any depth, or by offset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import attrs
from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, false, or_

from asyncsdk.errors import BadRequestError
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursor, Cursors
from asyncsdk.server.services.rules import Document
from asyncsdk.server.store.base import Row, Rows, Work
from asyncsdk.server.store.statements import Statement, statement

__all__ = ["Listing", "PageRequest", "list_page", "order_terms"]

MOST_PER_PAGE = 1000
MOST_SHARDS = 1024
_SHARDS_FROM = 2


@attrs.frozen(kw_only=True)
class PageRequest:
    """Which page is wanted."""

    limit: int | None = None
    """`None` gives everything in one page."""

    offset: int = 0
    cursor: str | None = None
    order_by: Sequence[str] = ()
    shards: bool = False
    """Offer start cursors for walking in parallel."""

    change: int = 0
    """The store's change number when the request came."""


@attrs.frozen(kw_only=True)
class Listing:
    """What is listed."""

    select: Select[Any]
    """Rows with their filter, without order and limits; the key's column is labelled `walk`."""

    key: ColumnElement[int]
    """A unique integer that grows with creation; listings run from the newest to the oldest."""

    order: Sequence[tuple[ColumnElement[Any], bool]]
    """Columns that come before the key, each with whether it descends."""

    fingerprint: str
    count: Statement
    """Gives one row `n`: everything that matches."""

    lowest: Statement
    """Gives one row `n`: the lowest key, whatever the filter."""

    document: Callable[[Row], Document]


def list_page(listing: Listing, page: PageRequest, cursors: Cursors, counts: Counts) -> Work[Document]:
    """Return one page in the protocol's form."""
    cursor = cursors.read(page.cursor, listing.fingerprint) if page.cursor else None
    rows = yield _page_statement(listing, page, cursor)
    more = page.limit is not None and len(rows) > page.limit
    shown = rows[: page.limit] if more else rows
    if cursor is not None:
        count = cursor.count
    elif page.offset == 0 and not more and page.limit != 0:
        count = len(rows)
    else:
        count = yield from _count(listing, page, counts)
    document: Document = {
        "items": [listing.document(row) for row in shown],
        "count": count,
        "next_cursor": None,
    }
    if more and shown:
        last = _sort_key(listing, shown[-1])
        until = cursor.until if cursor else None
        document["next_cursor"] = cursors.write(Cursor(listing.fingerprint, count, last, until))
        if cursor is None and page.shards and not listing.order and page.offset == 0:
            document["shards"] = yield from _shards(listing, page, count, shown, cursors)
    return document


def order_terms(
    names: Sequence[str], columns: Mapping[str, ColumnElement[Any]]
) -> list[tuple[ColumnElement[Any], bool]]:
    """Return the columns of an order such as `-created_at`, each with whether it descends.

    Raises:
        BadRequestError: a name is none of the columns.
    """
    for name in names:
        if name.removeprefix("-") not in columns:
            choices = ", ".join(sorted(columns))
            raise BadRequestError(f"order_by: {name!r} is not one of {choices}", status=400)
    return [(columns[name.removeprefix("-")], name.startswith("-")) for name in names]


def _count(listing: Listing, page: PageRequest, counts: Counts) -> Work[int]:
    known = counts.get(listing.fingerprint, page.change)
    if known is not None:
        return known
    count: int = (yield listing.count)[0]["n"]
    counts.keep(listing.fingerprint, page.change, count)
    return count


def _page_statement(listing: Listing, page: PageRequest, cursor: Cursor | None) -> Statement:
    terms = _terms(listing)
    select = listing.select.add_columns(
        *(column.label(f"sort_{index}") for index, (column, _) in enumerate(terms))
    )
    if cursor is not None:
        select = select.where(_after(terms, cursor.after))
        if cursor.until is not None:
            select = select.where(listing.key >= cursor.until)
    select = select.order_by(*(column.desc() if descends else column.asc() for column, descends in terms))
    if page.limit is not None:
        select = select.limit(page.limit + 1)
    if page.offset and cursor is None:
        select = select.limit(page.limit + 1 if page.limit is not None else -1).offset(page.offset)
    return statement(select)


def _terms(listing: Listing) -> list[tuple[ColumnElement[Any], bool]]:
    """The whole sort key: rows without a value come last, ties are broken by the unique key."""
    terms: list[tuple[ColumnElement[Any], bool]] = []
    for column, descends in listing.order:
        terms.extend(((column.is_(None), False), (column, descends)))
    return [*terms, (listing.key, True)]


def _after(terms: Sequence[tuple[ColumnElement[Any], bool]], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows whose sort key comes after `values`."""
    choices: list[ColumnElement[bool]] = []
    equal: list[ColumnElement[bool]] = []
    for (column, descends), value in zip(terms, values, strict=True):
        if value is None:
            further: ColumnElement[bool] = false()
            equal.append(column.is_(None))
        else:
            bound: BindParameter[Any] = bindparam(None, value)
            further = column < bound if descends else column > bound
            choices.append(and_(*equal, further))
            equal.append(column == bound)
    return or_(*choices) if choices else false()


def _sort_key(listing: Listing, row: Row) -> tuple[Any, ...]:
    return tuple(row[f"sort_{index}"] for index in range(len(_terms(listing))))


def _shards(
    listing: Listing, page: PageRequest, count: int, shown: Rows, cursors: Cursors
) -> Work[list[str]]:
    """Cut what comes after the first page into equal ranges of the key, about a page each."""
    limit = page.limit or MOST_PER_PAGE
    left = count - len(shown)
    highest = _sort_key(listing, shown[-1])[-1]
    lowest = (yield listing.lowest)[0]["n"]
    pieces = min(MOST_SHARDS, -(-left // limit))
    if pieces < _SHARDS_FROM or highest <= lowest:
        return []
    edges = [lowest + (highest - lowest) * index // pieces for index in range(pieces, -1, -1)]
    return [
        cursors.write(Cursor(listing.fingerprint, count, (start,), until))
        for start, until in pairwise(edges)
        if start > until
    ]
