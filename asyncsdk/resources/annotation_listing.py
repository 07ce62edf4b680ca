"""Listing the annotations of a dataset version, without their shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from asyncsdk.enums import AnnotationStatus, choose
from asyncsdk.records.annotations import AnnotationRecord
from asyncsdk.records.paging import Page
from asyncsdk.resources.arguments import as_names
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.iterating import PageSource
from asyncsdk.resources.listing import Listing
from asyncsdk.resources.worker_filters import check_worker, worker_id_of
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["AnnotationSelection", "read_annotations", "selection_of"]


@attrs.frozen(kw_only=True)
class AnnotationSelection:
    """Annotations of a version; all filters that are given must hold.

    Attributes:
        version_id: the dataset version.
        worker_id: the worker whose annotations they are.
        status: where they stand.
        asset_ids: the assets that they are on.
        order_by: their order; newest first when there is none.
        limit: annotations in all.
        offset: annotations to skip.
        page_size: annotations per request of a listing.
    """

    version_id: str
    worker_id: str | None = None
    status: AnnotationStatus | None = None
    asset_ids: tuple[str, ...] | None = None
    order_by: Sequence[str] = ()
    limit: int | None = None
    offset: int | None = None
    page_size: int | None = None

    @property
    def query(self) -> dict[str, Any]:
        """The filters of worker and status, as they travel."""
        return {"worker_id": self.worker_id, "status": self.status}

    def listing(self, connection: Connection, route: Route, page: type[Page[Any]]) -> PageSource:
        """Return the listing, by a route that gives pages of the version's annotations."""
        return Listing(
            connection=connection,
            plain=route,
            filtered=route,
            page=page,
            variables={"version": self.version_id},
            order_by=self.order_by,
            more=self.query,
        ).read_lazily(limit=self.limit, offset=self.offset, page_size=self.page_size)


def selection_of(
    version_id: str,
    worker: Any = None,
    status: AnnotationStatus | str | None = None,
    *,
    order_by: Sequence[str] | None = None,
    **more: Any,
) -> AnnotationSelection:
    """Return the selection that arguments describe.

    Raises:
        InvalidArgumentError: the worker is none, or the status is unknown.
    """
    return AnnotationSelection(
        version_id=version_id,
        worker_id=worker_id_of(worker),
        status=None if status is None else choose(AnnotationStatus, status),
        order_by=as_names(order_by, "order_by") or (),
        **more,
    )


def read_annotations(
    connection: Connection, chosen: AnnotationSelection, kind: type[Any] = AnnotationRecord
) -> PageSource:
    """Return the annotations, page by page, newest first where no order is asked for; not by asset.

    Args:
        connection: the platform.
        chosen: which annotations.
        kind: the record that each becomes; it has the worker's id.

    Raises, with a page that shows it:
        NotSupportedError: the platform ignores the worker.
    """
    listing = chosen.listing(connection, routes.LIST_ANNOTATIONS, Page[kind])  # type: ignore[valid-type]
    return listing if chosen.worker_id is None else _OfWorker(listing, chosen.worker_id)


class _OfWorker:
    """A listing that makes sure that its platform honours the worker."""

    def __init__(self, listing: PageSource, worker_id: str) -> None:
        self._listing = listing
        self._worker_id = worker_id

    async def next_page(self) -> list[Any] | None:
        page = await self._listing.next_page()
        for record in page or ():
            check_worker(record.worker_id, self._worker_id)
        return page

    async def aclose(self) -> None:
        await self._listing.aclose()
