"""How a file is imported: the arguments of the import methods, checked, and the version they go to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from uuid import UUID

import attrs

from asyncsdk.enums import AnnotationExportKey, AnnotationStatus, ImportAnnotationMode, choose
from asyncsdk.errors import InvalidArgumentError, LossError, MissingFileError
from asyncsdk.flow.files import reading
from asyncsdk.flow.progress import ProgressOption
from asyncsdk.formats.loss import LossReport
from asyncsdk.resources.arguments import as_path, check_count
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.worker import User, Worker
from asyncsdk.wire.ids import canonical_id

__all__ = ["ImportOptions", "OnLoss", "file_at", "import_options", "read_file"]

OnLoss = Literal["report", "raise"]


@attrs.frozen(kw_only=True)
class ImportOptions:
    """How a file is imported, whatever its format."""

    connection: Connection
    version_id: str
    mode: ImportAnnotationMode
    status: AnnotationStatus | None
    worker_id: str | None
    """`None` is the user of the token."""

    force_create_label: bool
    fail_on_asset_not_found: bool
    export_key: AnnotationExportKey
    """What the file calls its images."""

    on_loss: OnLoss
    dry_run: bool
    max_workers: int | None
    progress: ProgressOption

    def check_loss(self, loss: LossReport) -> None:
        """Fail where something is lost and the caller does not want that.

        Raises:
            LossError: so it is; nothing was written.
        """
        if self.on_loss == "raise" and len(loss):
            raise LossError(f"nothing was imported, as on_loss is 'raise': {loss}", loss)


def import_options(
    connection: Connection,
    version_id: str,
    *,
    worker: Worker | None,
    mode: ImportAnnotationMode | str,
    force_create_label: bool,
    fail_on_asset_not_found: bool,
    status: AnnotationStatus | str | None,
    use_id: bool,
    export_key: AnnotationExportKey | str | None,
    on_loss: OnLoss,
    dry_run: bool,
    max_workers: int | None,
    progress: ProgressOption,
) -> ImportOptions:
    """Return the options, checked.

    Raises:
        InvalidArgumentError: an argument is not acceptable; nothing was sent.
    """
    if on_loss not in {"report", "raise"}:
        raise InvalidArgumentError(f'on_loss must be "report" or "raise", got {on_loss!r}')
    key = AnnotationExportKey.ASSET_ID if use_id else AnnotationExportKey.FILENAME
    return ImportOptions(
        connection=connection,
        version_id=version_id,
        mode=_mode(mode),
        status=None if status is None else choose(AnnotationStatus, status),
        worker_id=_worker_id(worker),
        force_create_label=force_create_label,
        fail_on_asset_not_found=fail_on_asset_not_found,
        export_key=key if export_key is None else choose(AnnotationExportKey, export_key),
        on_loss=on_loss,
        dry_run=dry_run,
        max_workers=check_count(max_workers, "max_workers", least=1),
        progress=progress,
    )


def _mode(mode: ImportAnnotationMode | str) -> ImportAnnotationMode:
    """Return the mode; `SKIP` is the name that parts of the documentation have for `KEEP`."""
    if isinstance(mode, str) and mode.upper() == "SKIP":
        return ImportAnnotationMode.KEEP
    return choose(ImportAnnotationMode, mode)


def _worker_id(worker: Worker | User | str | UUID | None) -> str | None:
    if worker is None:
        return None
    if isinstance(worker, Worker | User):
        return worker.id
    return canonical_id(worker)


def file_at(path: str | os.PathLike[str], what: str) -> Path:
    """Return the path of a file that is there and can be read. Blocking.

    Raises:
        MissingFileError: there is none.
        InvalidArgumentError: it is no path, or none of a file.
        TransferError: it cannot be read.
    """
    found = as_path(path, what)
    with reading(found):
        is_there, is_file = found.exists(), found.is_file()
    if not is_there:
        raise MissingFileError(f"{what}: no such file: {found}")
    if not is_file:
        raise InvalidArgumentError(f"{what}: {found} is not a file")
    with reading(found), found.open("rb"):
        return found


def read_file(path: Path) -> bytes:
    """Return the content of a file. Blocking.

    Raises:
        MissingFileError: it is gone.
        TransferError: it cannot be read.
    """
    with reading(path):
        return path.read_bytes()
