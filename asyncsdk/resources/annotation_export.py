"""Files of annotations that the platform builds: asking for one, and landing it safely."""

from __future__ import annotations

import filecmp
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from asyncsdk.enums import AnnotationExportKey, AnnotationFileType, AnnotationStatus, choose
from asyncsdk.errors import InvalidArgumentError, TransferError
from asyncsdk.flow.names import safe_name
from asyncsdk.flow.threads import clean_up_in_file_thread, in_file_thread
from asyncsdk.formats.loss import Loss, LossKind, LossReport
from asyncsdk.records import codec
from asyncsdk.records.exports import AnnotationExport, ExportedFile
from asyncsdk.records.storage import ObjectRef, PresignedUrl
from asyncsdk.resources.annotated_assets import export_key_of
from asyncsdk.resources.annotation_listing import selection_of
from asyncsdk.resources.annotation_loading import asset_ids_of
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.fetching import FileItem, fetch_file
from asyncsdk.resources.file_urls import PageUrls
from asyncsdk.resources.worker import Worker
from asyncsdk.wire import capabilities, routes

__all__ = ["export_file", "export_request"]


def export_request(
    version_id: str,
    file_type: AnnotationFileType | str,
    *,
    assets: Any,
    worker: Worker | None,
    status: AnnotationStatus | str | None,
    export_video: bool,
    use_id: bool,
    export_key: AnnotationExportKey | str | None,
) -> AnnotationExport:
    """Return what arguments ask for, in the words of both generations of platforms.

    Raises:
        InvalidArgumentError: an argument is not acceptable.
    """
    wanted, key = choose(AnnotationFileType, file_type), export_key_of(export_key, use_id=use_id)
    if export_video and wanted is not AnnotationFileType.COCO:
        raise InvalidArgumentError(f"export_video: only files of type COCO hold videos, not {wanted}")
    chosen = selection_of(version_id, worker, status)
    return AnnotationExport(
        type=wanted,
        export_video=export_video,
        use_id=key is AnnotationExportKey.ASSET_ID,
        export_key=key,
        asset_ids=asset_ids_of(assets, version_id),
        worker_id=chosen.worker_id,
        status=chosen.status,
    )


async def export_file(
    connection: Connection,
    version_id: str,
    request: AnnotationExport,
    target: Path,
    *,
    force_replace: bool,
    loss: LossReport | None,
) -> Path:
    """Let the platform build a file, download it and return where it is.

    Raises:
        NotSupportedError: the platform may ignore the worker; nothing was sent.
        TransferError: the download failed, or another file is there and is not to be replaced.
    """
    await connection.open()
    if request.worker_id is not None:
        connection.require(capabilities.WORKER_FILTERS, "export_annotation_file(worker=...)")
    found = await connection.call(routes.EXPORT_ANNOTATIONS, ExportedFile, body=request, version=version_id)
    if loss is not None:
        _take_losses(found, loss)
    path = target.joinpath(*_place(found.object_name, request))
    item = _item(connection, found)
    if force_replace or not await in_file_thread(path.exists):
        await fetch_file(connection, await connection.storage(), item, path, resume=False)
    else:
        await _check_same(connection, item, path)
    return path


def _place(object_name: str, request: AnnotationExport) -> list[str]:
    """Return folders and file name for an object, which stay below any folder that they are put in.

    Platforms may call the files of one version alike, whatever they were asked for; so the request is told
    in the name, unless it is the plainest one.
    """
    parts = [safe_name(part) for part in object_name.split("/") if part] or ["annotations"]
    if request != _PLAINEST:
        name = PurePosixPath(parts[-1])
        digest = hashlib.sha256(codec.encode(request)).hexdigest()[:12]
        parts[-1] = safe_name(f"{name.stem}-{digest}{name.suffix}")
    return parts


_PLAINEST = AnnotationExport(type=AnnotationFileType.COCO, export_key=AnnotationExportKey.FILENAME)


def _item(connection: Connection, found: ExportedFile) -> FileItem:
    name = found.object_name

    async def read_urls(_: Sequence[str]) -> Mapping[str, str | None]:
        fresh = await connection.call(
            routes.PRESIGN_DOWNLOAD, PresignedUrl, body=ObjectRef(name), connector=connection.connector
        )
        return {name: fresh.presigned_url}

    return FileItem(
        id=name,
        filename=name,
        url=found.presigned_url,
        size_bytes=None,
        made_at=None,
        urls=PageUrls([name], read_urls),
    )


async def _check_same(connection: Connection, item: FileItem, path: Path) -> None:
    """Make sure that the file that is there is what was exported now.

    Raises:
        TransferError: it is another one; it stays as it is.
    """
    fresh = path.with_name(f"export-{secrets.token_hex(8)}.tmp")
    try:
        await fetch_file(connection, await connection.storage(), item, fresh, resume=False)
        same = await in_file_thread(filecmp.cmp, fresh, path, shallow=False)
    finally:
        await clean_up_in_file_thread(fresh.unlink, missing_ok=True)
    if not same:
        raise TransferError(
            str(path), "another file is there; move it away, or use force_replace=True or another folder"
        )


def _take_losses(found: ExportedFile, loss: LossReport) -> None:
    """Take in what the platform told, which need not be every loss word for word."""
    before = dict(loss.counts)
    for one in found.losses:
        kind = LossKind.CHANGED if one.kind == LossKind.CHANGED else LossKind.DROPPED
        loss.add(Loss(one.file, one.place, kind, one.rule, one.reason))
    for rule, count in (found.loss_counts or {}).items():
        loss.counts[rule] = before.get(rule, 0) + count
