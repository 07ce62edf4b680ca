"""Listing and finding the data of a datalake."""

from __future__ import annotations

from sqlalchemy import func, literal, select

from asyncsdk.errors import BadRequestError, InvalidQueryError
from asyncsdk.server.services.counts import Counts
from asyncsdk.server.services.cursors import Cursors, fingerprint
from asyncsdk.server.services.data import get_data
from asyncsdk.server.services.datalakes import require_datalake
from asyncsdk.server.services.documents import DATA_COLUMNS, DataDocuments
from asyncsdk.server.services.filters import Filter
from asyncsdk.server.services.listings import Listing, PageRequest, list_page
from asyncsdk.server.services.rules import Document, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.query import compile_order
from asyncsdk.server.store.schema import data
from asyncsdk.server.store.statements import statement

__all__ = ["find_data", "list_data"]


def list_data(
    scope: Scope,
    datalake_id: str,
    wanted: Filter,
    page: PageRequest,
    *,
    documents: DataDocuments,
    cursors: Cursors,
    counts: Counts,
) -> Work[Document]:
    """Return a page of the datalake's data, newest first where no order is asked for."""
    lake = yield from require_datalake(scope, datalake_id)
    inside = data.c.datalake == lake["seq"]
    condition = wanted.condition("data")
    chosen = data.c.datalake + 0 == lake["seq"] if wanted.is_by_id else inside
    rows = select(*DATA_COLUMNS).where(chosen)
    if condition is None:
        count = select(literal(lake["data_count"]).label("n"))
    else:
        rows = rows.where(condition)
        count = select(func.count().label("n")).select_from(data).where(chosen, condition)
    listing = Listing(
        select=rows,
        # The sum keeps databases from walking the datalake in order, in place of the files that are named.
        key=data.c.seq + 0 if wanted.is_by_file else data.c.seq,
        order=compile_order(page.order_by, "data"),
        fingerprint=fingerprint("data", datalake_id, list(page.order_by), wanted.key()),
        count=statement(count),
        lowest=statement(select(func.min(data.c.seq).label("n")).where(inside)),
        document=documents.each_data(lake["connector_id"]),
    )
    return (yield from list_page(listing, page, cursors, counts))


def find_data(scope: Scope, datalake_id: str, wanted: Filter, documents: DataDocuments) -> Work[Document]:
    """Return the only data that matches.

    Raises:
        BadRequestError: there is no criterion.
        InvalidQueryError: several match.
    """
    lake = yield from require_datalake(scope, datalake_id)
    if wanted.ids is None and wanted.filenames is None and wanted.object_names is None:
        raise BadRequestError("give an id, a filename or an object_name", status=400)
    conditions = wanted.conditions("data")
    rows = yield statement(select(data.c.id).where(data.c.datalake == lake["seq"], *conditions).limit(2))
    if len(rows) > 1:
        raise InvalidQueryError("several data match; give an id or an object_name", status=400)
    return (yield from get_data(scope, one(rows, "data")["id"], documents))
