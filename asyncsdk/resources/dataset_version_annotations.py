"""Dataset versions: listing, loading, counting and deleting annotations."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from asyncsdk.enums import AnnotationStatus
from asyncsdk.errors import NoDataError
from asyncsdk.records.annotations import AnnotationStats, LoadedAnnotation
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.records.loading import LoadedAnnotations
from asyncsdk.resources import annotation_deleting, annotation_loading
from asyncsdk.resources.annotation import Annotation, MultiAnnotation
from asyncsdk.resources.annotation_listing import read_annotations, selection_of
from asyncsdk.resources.asset import Asset, MultiAsset
from asyncsdk.resources.iterating import ItemIterator
from asyncsdk.resources.listing import read_all
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.worker import Worker
from asyncsdk.wire import routes

__all__ = ["DatasetVersionAnnotations"]


@attrs.define(eq=False, repr=False)
class DatasetVersionAnnotations(Resource[DatasetVersionRecord]):
    """The annotations of a dataset version."""

    async def list_annotations(
        self,
        worker: Worker | None = None,
        status: AnnotationStatus | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        order_by: Sequence[str] | None = None,
        page_size: int | None = None,
    ) -> MultiAnnotation:
        """List the annotations of this version, without their shapes; the pages are fetched in parallel.

        Args:
            worker: only those of this worker.
            status: only those that stand there: a member or its name in any case.
            limit: annotations in all; `None` lists everything.
            offset: annotations to skip, 0 starts at the beginning.
            order_by: fields such as "duration" or "-created_at"; newest first when not given.
            page_size: annotations per request, 1 to 1000.

        Returns:
            The annotations; `load()` of them, or of a slice, gives the shapes.

        Raises:
            NoDataError: there is none.
            NotSupportedError: the platform ignores `worker`.

        Example:
            >>> async def durations(version) -> list[float]:
            ...     return [one.duration for one in await version.list_annotations(status="accepted")]
        """
        chosen = selection_of(
            self.id, worker, status, order_by=order_by, limit=limit, offset=offset, page_size=page_size
        )
        records = await read_all(read_annotations(self._connection, chosen))
        if not records:
            raise NoDataError("no annotations: the dataset version has none that match")
        return MultiAnnotation(self._connection, records, self.id)

    def iter_annotations(
        self,
        worker: Worker | None = None,
        status: AnnotationStatus | str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        order_by: Sequence[str] | None = None,
        page_size: int | None = None,
        *,
        shapes: bool = False,
    ) -> ItemIterator[Annotation | LoadedAnnotation]:
        """Iterate over annotations in listing order, in bounded memory; the filters are those of the list.

        Args:
            worker: only those of this worker.
            status: only those that stand there: a member or its name in any case.
            limit: annotations in all; `None` takes everything.
            offset: annotations to skip, 0 starts at the beginning.
            order_by: fields such as "duration" or "-created_at"; newest first when not given.
            page_size: annotations per request of the listing, 1 to 1000.
            shapes: give a `LoadedAnnotation` with all shapes, in place of an `Annotation` without.

        Raises:
            NotSupportedError: the platform ignores `worker`.
            PartialFailure: with `shapes`, some could not be loaded; the text names them and the reason.

        Example:
            >>> async def count_boxes(version) -> int:
            ...     loaded = version.iter_annotations(shapes=True)
            ...     return sum([len(annotation.rectangles) async for annotation in loaded])
        """
        chosen = selection_of(
            self.id, worker, status, order_by=order_by, limit=limit, offset=offset, page_size=page_size
        )
        if shapes:
            pages = annotation_loading.loaded_pages(self._connection, chosen)
            return ItemIterator(pages, lambda record: record)
        pages = read_annotations(self._connection, chosen)
        return ItemIterator(pages, lambda record: Annotation(self._connection, record, self.id))

    async def load_annotations(
        self,
        worker: Worker | None = None,
        status: AnnotationStatus | str | None = None,
        assets: Sequence[Asset] | MultiAsset | Asset | None = None,
        chunk_size: int = 100,
        max_workers: int | None = None,
        skip_error: bool = False,
    ) -> LoadedAnnotations:
        """Load annotations with their shapes, in parallel, while their ids are still being listed.

        Args:
            worker: only those of this worker.
            status: only those that stand there: a member or its name in any case.
            assets: only those on these assets; an empty list loads none.
            chunk_size: annotations per request, 1 to 1000; what is too large for the platform is split.
            max_workers: most requests at once; `None` adapts.
            skip_error: return what could be loaded; `failed` of the result says what is missing and why.

        Returns:
            Asset id to its annotations, newest first, as JSON objects whose shapes name their label. The
            assets come in the order of `assets`, or else in the order of their newest annotation.

        Raises:
            PartialFailure: some could not be loaded, although all were tried; the text names them and the
                reason, `report` has the rest.
            NotSupportedError: the platform ignores `worker`.

        Example:
            >>> async def count_boxes(version) -> int:
            ...     loaded = await version.load_annotations(status="accepted")
            ...     return sum(len(one["rectangles"]) for found in loaded.values() for one in found[:1])
        """
        asset_ids = annotation_loading.asset_ids_of(assets, self.id)
        return await annotation_loading.load_annotations(
            self._connection,
            selection_of(self.id, worker, status, asset_ids=asset_ids),
            chunk_size=chunk_size,
            max_workers=max_workers,
            skip_error=skip_error,
        )

    async def delete_all_annotations(self, workers: Sequence[Worker] | Worker | None = None) -> None:
        """Delete all annotations of this version, with their shapes.

        Danger: this cannot be undone.

        Args:
            workers: only those of these workers; an empty list deletes nothing.

        Raises:
            LockedError: the version is locked.
            NotSupportedError: the platform does not tell whose annotations are whose; nothing was deleted.

        Example:
            >>> async def start_again(version) -> None:
            ...     await version.delete_all_annotations()
        """
        await annotation_deleting.delete_annotations(
            self._connection, self.id, asset_ids=None, workers=workers
        )

    async def retrieve_stats(self) -> AnnotationStats:
        """Count the annotations of this version, and the shapes of each label.

        Returns:
            `label_repartition`: label name to the number of its shapes and tracks, of all annotations of all
            workers, without labels that nothing uses; `nb_objects`: their sum; `nb_annotations`: all
            annotations, those without shapes too.

        Example:
            >>> async def show(version) -> None:
            ...     stats = await version.retrieve_stats()
            ...     print(stats.nb_annotations, stats.nb_objects, stats.label_repartition)
        """
        return await self._connection.call(routes.GET_STATS, AnnotationStats, version=self.id)
