"""What a file of annotations is built from: labels, and assets with their newest annotation, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import attrs
import orjson
from sqlalchemy import Select, bindparam, func, literal, select

from asyncsdk.enums import DataType, InferenceType
from asyncsdk.formats.annotated import AnnotatedAsset, AssetNames
from asyncsdk.formats.categories import categories_of
from asyncsdk.formats.objects import Category
from asyncsdk.records import codec
from asyncsdk.records.annotations import LoadedAnnotation
from asyncsdk.records.exports import AnnotationExport
from asyncsdk.records.labels import LabelGroupRecord, LabelRecord, Skeletons
from asyncsdk.server.services.annotation_filters import AnnotationFilter
from asyncsdk.server.services.annotation_loading import load_annotations
from asyncsdk.server.services.dataset_versions import require_version
from asyncsdk.server.services.label_groups import list_groups
from asyncsdk.server.services.labels import list_labels
from asyncsdk.server.services.organizations import connector_of
from asyncsdk.server.services.rules import check_ids, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.skeletons import list_skeletons
from asyncsdk.server.store.base import Row, Rows, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import annotation, asset, data
from asyncsdk.server.store.statements import Prepared

__all__ = ["ASSETS_PER_BATCH", "ExportBatch", "ExportPlan", "export_batch", "export_names", "plan_export"]

ASSETS_PER_BATCH = 50
"""Few, as each may have thousands of shapes."""

_NAMES_PER_BATCH = 5_000
_COLUMNS: tuple[Any, ...] = (
    asset.c.position,
    asset.c.id,
    data.c.id.label("data_id"),
    data.c.filename,
    data.c.object_name,
    data.c.width,
    data.c.height,
)
_BEYOND = 2**62  # no asset has this position


@attrs.frozen(kw_only=True)
class ExportPlan:
    """What is exported."""

    scope: Scope
    version_id: str
    version: int
    type: InferenceType
    connector: str
    request: AnnotationExport
    asset_ids: Sequence[str] | None
    """In the order of the file; `None` takes all of the version, newest first."""

    categories: tuple[Category, ...]
    names: Prepared
    chosen: Prepared

    @property
    def start(self) -> int:
        """Where reading begins."""
        return _BEYOND if self.asset_ids is None else 0


@attrs.frozen
class ExportBatch:
    """Some assets that have an annotation, with these as JSON."""

    assets: Rows
    loaded: bytes
    plan: ExportPlan

    def annotated(self) -> Iterable[AnnotatedAsset]:
        """Give the assets with their annotations."""
        found = {one.asset_id: one for one in codec.decode(self.loaded, list[LoadedAnnotation])}
        for row in self.assets:
            yield AnnotatedAsset(
                id=row["id"],
                name=_name(row, self.plan),
                annotation=found[row["id"]],
                width=row["width"],
                height=row["height"],
            )


def plan_export(scope: Scope, version_id: str, request: AnnotationExport) -> Work[ExportPlan]:
    """Return what is to be read for a file.

    Raises:
        BadRequestError: an id is malformed.
    """
    version = yield from require_version(scope, version_id)
    connector = yield from connector_of(version["organization"])
    labels = yield from list_labels(scope, version_id)
    groups = yield from list_groups(scope, version_id)
    skeletons = yield from list_skeletons(scope, version_id)
    ids = None if request.asset_ids is None else check_ids(request.asset_ids, "asset_ids")
    wanted = AnnotationFilter(
        worker_ids=None if request.worker_id is None else [request.worker_id],
        statuses=None if request.status is None else [request.status],
    )
    names = _assets(version["seq"], request, listed=ids is not None)
    return ExportPlan(
        scope=scope,
        version_id=version_id,
        version=version["seq"],
        type=InferenceType(version["type"]),
        connector=connector,
        request=request,
        asset_ids=ids,
        categories=categories_of(
            codec.load(labels["items"], list[LabelRecord]),
            codec.load(groups["items"], list[LabelGroupRecord]),
            codec.decode(orjson.dumps(skeletons), Skeletons).items,
        ),
        names=Prepared(names.limit(_NAMES_PER_BATCH)),
        chosen=Prepared(_with_newest(names, version["seq"], wanted).limit(ASSETS_PER_BATCH)),
    )


def _assets(version: int, request: AnnotationExport, *, listed: bool) -> Select[Any]:
    """Return the select of the assets that may be in the file."""
    found = cast("Select[Any]", select(*_COLUMNS).join(data, data.c.seq == asset.c.data))
    if request.export_video:
        found = found.where(data.c.type == DataType.VIDEO.value)
    if listed:  # the sum keeps databases from walking the whole version in place of the few assets
        return found.where(any_of(asset.c.id, bindparam("ids")), asset.c.version + 0 == literal(version))
    walked = found.where(asset.c.version == literal(version), asset.c.position < bindparam("before"))
    return walked.order_by(asset.c.position.desc())


def _with_newest(assets: Select[Any], version: int, wanted: AnnotationFilter) -> Select[Any]:
    """Return the select with the id of the newest annotation; assets that have none are left out."""
    # The asset tells the version already; named again, it makes SQLite walk the whole version for each asset.
    _of_version, *others = wanted.conditions(version)
    seq = (
        select(func.max(annotation.c.seq))
        .where(annotation.c.asset == asset.c.seq, *others)
        .correlate(asset)
        .scalar_subquery()
    )
    newest = annotation.alias("newest")
    return assets.add_columns(newest.c.id.label("annotation_id")).join(newest, newest.c.seq == seq)


def export_names(plan: ExportPlan, at: int) -> Work[tuple[dict[str, str], int | None]]:
    """Return the names of some assets by id, and where to go on; `None` at the end.

    Args:
        plan: what is exported.
        at: where to go on; first the plan's start.
    """
    rows, rest = yield from _rows(plan, plan.names, at, _NAMES_PER_BATCH)
    return {row["id"]: _name(row, plan) for row in rows}, rest


def export_batch(plan: ExportPlan, at: int) -> Work[tuple[ExportBatch, int | None]]:
    """Return some assets that have an annotation, and where to go on; `None` at the end.

    Args:
        plan: what is exported.
        at: where to go on; first the plan's start.
    """
    rows, rest = yield from _rows(plan, plan.chosen, at, ASSETS_PER_BATCH)
    ids = [row["annotation_id"] for row in rows]
    loaded = yield from load_annotations(plan.scope, plan.version_id, ids)
    return ExportBatch(rows, orjson.dumps(loaded), plan), rest


def _rows(plan: ExportPlan, chosen: Prepared, at: int, most: int) -> Work[tuple[Rows, int | None]]:
    if plan.asset_ids is None:
        rows = yield chosen(before=at)
        return rows, (rows[-1]["position"] if len(rows) == most else None)
    end = at + most
    ids = plan.asset_ids[at:end]
    found = {row["id"]: row for row in (yield chosen(ids=json_list(ids)))}
    return [found[one] for one in ids if one in found], (end if end < len(plan.asset_ids) else None)


def _name(row: Row, plan: ExportPlan) -> str:
    names = AssetNames(
        id=row["id"], data_id=row["data_id"], filename=row["filename"], object_name=row["object_name"]
    )
    return names.by(plan.request.key)
