"""Pictures for notebooks: thumbnails with the shapes of the newest annotation drawn over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import attrs

from asyncsdk.enums import DataType
from asyncsdk.errors import AsyncSDKError, FormatError, InvalidArgumentError
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.formats.svg import GALLERY_PX, LONGEST_PX, Picture, draw
from asyncsdk.formats.thumbnails import Thumbnail, make_thumbnail
from asyncsdk.markup.blocks import card, gallery
from asyncsdk.markup.charts import bar_chart
from asyncsdk.markup.elements import Html
from asyncsdk.records.annotations import AnnotationStats, LoadedAnnotation
from asyncsdk.records.data import DataRecord
from asyncsdk.records.datasets import AssetRecord, DatasetVersionRecord
from asyncsdk.records.paging import Page
from asyncsdk.records.previews import Preview
from asyncsdk.resources.annotation_listing import AnnotationSelection
from asyncsdk.resources.annotation_loading import stream_loaded
from asyncsdk.resources.arguments import check_count
from asyncsdk.resources.cards import facts_of_version
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.fetching import FileItem
from asyncsdk.resources.files import asset_file, data_file, read_file
from asyncsdk.wire import routes

__all__ = ["preview_assets", "preview_data", "preview_version"]

_AT_ONCE = 4
"""Files in memory at once."""

_MOST_PICTURES = 500
"""More make a page that no browser likes."""

_MOST_BYTES = 32 * 1024 * 1024
"""Larger files are not read for a thumbnail."""


async def preview_version(connection: Connection, record: DatasetVersionRecord, limit: int) -> Preview:
    """Return a version's facts, its labels as a bar chart, and its newest assets as pictures."""
    _check(limit)
    stats = await connection.call(routes.GET_STATS, AnnotationStats, version=record.id)
    page = await connection.call(
        routes.LIST_ASSETS, Page[AssetRecord], query={"limit": limit, "offset": 0}, version=record.id
    )
    facts = {
        **facts_of_version(record),
        "assets": f"{page.count:,}",
        "annotations": f"{stats.nb_annotations:,}",
        "objects": f"{stats.nb_objects:,}",
    }
    pictures = await _pictures_of_assets(connection, page.items[:limit], record.id)
    chart = bar_chart(stats.label_repartition, "objects")
    title = f"{record.origin_name}/{record.version}"
    return Preview(card("DatasetVersion", title, facts, chart, _gallery(pictures, page.count, "assets")))


async def preview_assets(
    connection: Connection, records: Sequence[AssetRecord], version_id: str, limit: int
) -> Preview:
    """Return the first assets as pictures."""
    pictures = await _pictures_of_assets(connection, records[: _check(limit)], version_id)
    return Preview(_gallery(pictures, len(records), "assets"))


async def preview_data(connection: Connection, records: Sequence[DataRecord], limit: int) -> Preview:
    """Return the first data as pictures."""
    files = [_File(record, data_file(connection, record)) for record in records[: _check(limit)]]
    return Preview(_gallery(await _pictures(connection, files), len(records), "data"))


@attrs.frozen
class _File:
    """What a picture is made of."""

    data: DataRecord
    item: FileItem
    annotation: LoadedAnnotation | None = None


def _check(limit: int) -> int:
    """Return the limit.

    Raises:
        InvalidArgumentError: it is not between 1 and 500.
    """
    check_count(limit, "limit", least=1)
    if limit > _MOST_PICTURES:
        raise InvalidArgumentError(f"limit must be at most {_MOST_PICTURES}, got {limit}: preview a slice")
    return limit


def _gallery(pictures: Sequence[Html], total: int, what: str) -> Html:
    some = f"the first {len(pictures)} of {total:,} {what}" if len(pictures) < total else ""
    return gallery(pictures, some if pictures else f"no {what}")


async def _pictures_of_assets(
    connection: Connection, records: Sequence[AssetRecord], version_id: str
) -> list[Html]:
    newest = await _newest_annotations(connection, [record.id for record in records], version_id)
    files = [_File(record.data, asset_file(connection, record), newest.get(record.id)) for record in records]
    return await _pictures(connection, files)


async def _pictures(connection: Connection, files: Sequence[_File]) -> list[Html]:
    show = partial(_picture, connection, LONGEST_PX if len(files) == 1 else GALLERY_PX)
    return await map_bounded(show, files, limit=_AT_ONCE)


async def _picture(connection: Connection, longest_px: int, file: _File) -> Html:
    thumbnail, remark = None, ""
    try:
        thumbnail = await _thumbnail(connection, file)
    except AsyncSDKError as error:
        remark = str(error)
    size = file.data.meta
    picture = Picture(
        name=file.data.filename,
        width=size.width if size else 0,
        height=size.height if size else 0,
        thumbnail=thumbnail,
        annotation=file.annotation,
        longest_px=longest_px,
        remark=remark or ("" if thumbnail else file.data.type.value.lower()),
    )
    return await in_file_thread(draw, picture)


async def _thumbnail(connection: Connection, file: _File) -> Thumbnail | None:
    """Return a thumbnail; `None` where the file is no image.

    Raises:
        AsyncSDKError: it cannot be read, is too large, or is broken.
    """
    if file.data.type is not DataType.IMAGE:
        return None
    if (file.data.size_bytes or 0) > _MOST_BYTES:
        raise FormatError(
            file.data.filename, "", f"{file.data.size_bytes:,} bytes are too many for a thumbnail"
        )
    content = await read_file(connection, file.item, _MOST_BYTES)
    return await in_file_thread(make_thumbnail, content, file.data.filename, LONGEST_PX)


async def _newest_annotations(
    connection: Connection, ids: Sequence[str], version_id: str
) -> Mapping[str, LoadedAnnotation]:
    """Return the newest annotation of each asset that has one."""
    newest: dict[str, LoadedAnnotation] = {}
    if not ids:
        return newest
    chosen = AnnotationSelection(version_id=version_id, asset_ids=tuple(dict.fromkeys(ids)))
    async with stream_loaded(connection, chosen) as loaded:
        async for annotation in loaded:
            newest.setdefault(annotation.asset_id, annotation)
    return newest
