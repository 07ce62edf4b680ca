"""The end of every import: checks, labels, sending, result."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from asyncsdk.config import state_folder
from asyncsdk.enums import ImportAnnotationMode
from asyncsdk.errors import OutcomeUnknownError
from asyncsdk.flow.journal import Journal
from asyncsdk.flow.progress import open_progress
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.formats.import_result import ImportResult, SkippedImage
from asyncsdk.formats.loss import LossReport
from asyncsdk.records.annotations import AnnotationRecord
from asyncsdk.records.paging import Page
from asyncsdk.resources.import_assets import check_skipped
from asyncsdk.resources.import_attributes import check_attributes
from asyncsdk.resources.import_labels import LabelPlan, check_known, make_labels
from asyncsdk.resources.import_options import ImportOptions
from asyncsdk.resources.import_sending import Sending
from asyncsdk.resources.import_staging import Staging
from asyncsdk.resources.listing import Listing, read_all
from asyncsdk.wire import capabilities, routes

__all__ = ["finish_import"]

_KEPT_S = 6.5 * 24 * 3600
"""How long a platform surely knows idempotency keys: they live for seven days."""


async def finish_import(
    options: ImportOptions,
    staging: Staging,
    plan: LabelPlan,
    *,
    files: Sequence[Path],
    loss: LossReport,
    skipped: Iterable[SkippedImage],
) -> ImportResult:
    """Check what was gathered, make labels, and send it; a dry run stops after the checks.

    Args:
        options: how to import.
        staging: what to send.
        plan: the labels.
        files: that were read.
        loss: what could not be kept.
        skipped: images for which nothing is sent.

    Raises:
        NotFoundError: an image has no asset, or a label is missing, and the caller wants all.
        FormatError: something has attributes that its label, or the version, does not allow.
        LossError: something is lost, and the caller does not want that.
        PartialFailure: an error half-way.
        ConfigurationError: the same file is being added already, by another call.
    """
    result = ImportResult(loss=loss)
    result.skipped = tuple(skipped)
    result.planned_assets, result.planned_shapes = staging.assets, staging.shapes
    check_skipped(options, result.skipped)
    check_known(options, plan, staging.labels)
    await check_attributes(options, plan, staging, files[0].name)
    options.check_loss(loss)
    if options.dry_run or not staging.assets:
        return result
    ids = await make_labels(options, plan, staging.labels)
    label_ids = {number: ids[name] for name, number in staging.labels.items()}
    if options.mode is ImportAnnotationMode.CONCATENATE:
        await _open_journal(options, staging, files, label_ids)
    journal = staging.journal
    with open_progress(options.progress, stage="import", total=staging.assets, unit="asset") as reporter:
        await Sending(
            options=options,
            staging=staging,
            label_ids=label_ids,
            result=result,
            reporter=reporter,
            journal=journal,
            asset_of=await _assets_by_annotation(options) if journal and journal.resumed else {},
        ).run()
    return result


async def _open_journal(
    options: ImportOptions, staging: Staging, files: Sequence[Path], label_ids: dict[int, str]
) -> None:
    connection = options.connection
    # not the host: the embedded platform has another port each time
    who = (
        f"{connection.organization.id} {connection.username} {options.version_id} {options.worker_id} "
        f"{options.status} {options.export_key}"
    )

    def open_it() -> None:
        identity = hashlib.sha256(who.encode())
        for file in files:
            with file.open("rb") as stream:
                identity.update(hashlib.file_digest(stream, "sha256").digest())
        plan = hashlib.sha256(f"{staging.digest()} {label_ids}".encode()).hexdigest()
        path = state_folder() / "imports" / f"{identity.hexdigest()[:32]}.journal"
        staging.journal = Journal.open(path, plan=plan)
        _check_resumable(staging.journal, plan, keyed=connection.supports(capabilities.IDEMPOTENCY))

    await in_file_thread(open_it)


def _check_resumable(journal: Journal, plan: str, *, keyed: bool) -> None:
    """Fail where an unfinished import cannot be gone on with without doubling something."""
    begun = next(iter(journal.begun.values()), None)
    if journal.plan != plan and (journal.done or journal.begun):
        why = "but assets or labels of the version are not the same any more"
    elif begun is not None and not keyed:
        why = f"and nobody knows whether the annotations of {begun!r} and the images after it were added"
    elif begun is not None and time.time() - journal.started_at > _KEPT_S:
        why = "but that was too long ago to know what of it was done"
    else:
        return
    raise OutcomeUnknownError(
        f"an import of this file was broken off, {why}; look at the annotations, and delete {journal.path} to "
        "import the whole file anew",
        route=str(routes.BULK_ANNOTATIONS),
    )


async def _assets_by_annotation(options: ImportOptions) -> dict[str, str]:
    listing = Listing(
        connection=options.connection,
        plain=routes.LIST_ANNOTATIONS,
        filtered=routes.LIST_ANNOTATIONS,
        page=Page[AnnotationRecord],
        variables={"version": options.version_id},
    )
    records = await read_all(listing.read_lazily(limit=None, offset=None, page_size=None))
    return {record.id: record.asset_id or "" for record in records}
