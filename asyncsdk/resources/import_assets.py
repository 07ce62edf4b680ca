"""Which assets a file means: by file name, by id, or by object name.

A name with folders, of which there is no asset, also means the asset of its base name, as data sets on disk
are in folders that an upload does not keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import attrs

from asyncsdk.enums import AnnotationExportKey
from asyncsdk.errors import ConflictError, InvalidArgumentError, NotFoundError
from asyncsdk.flow.chunks import chunked
from asyncsdk.formats.import_result import SkippedImage, SkipReason
from asyncsdk.formats.stems import stem_of
from asyncsdk.records.datasets import AssetOutline
from asyncsdk.records.paging import Page
from asyncsdk.resources.asset_listing import asset_listing
from asyncsdk.resources.import_options import ImportOptions
from asyncsdk.resources.listing import read_all
from asyncsdk.wire.ids import canonical_id

__all__ = ["Found", "base_name", "check_skipped", "find_by_name", "find_by_stem"]

_SHOWN = 20
_LISTS = {
    AnnotationExportKey.FILENAME: "filenames",
    AnnotationExportKey.ASSET_ID: "ids",
    AnnotationExportKey.DATA_ID: "data_ids",
    AnnotationExportKey.OBJECT_NAME: "object_names",
}
_VALUES: Mapping[AnnotationExportKey, Callable[[AssetOutline], str]] = {
    AnnotationExportKey.FILENAME: attrgetter("data.filename"),
    AnnotationExportKey.ASSET_ID: attrgetter("id"),
    AnnotationExportKey.DATA_ID: attrgetter("data.id"),
    AnnotationExportKey.OBJECT_NAME: attrgetter("data.object_name"),
}


@attrs.frozen
class Found:
    """What names of a file mean."""

    assets: dict[str, AssetOutline]
    """By name."""

    several: frozenset[str]
    """Names that several assets have."""

    def __contains__(self, name: str) -> bool:
        return name in self.assets or name in self.several

    def reason(self, name: str) -> SkipReason | None:
        """Return why a name has no asset, `None` when it has."""
        if name in self.assets:
            return None
        return SkipReason.SEVERAL_ASSETS if name in self.several else SkipReason.NO_ASSET


async def find_by_name(options: ImportOptions, names: Iterable[str]) -> Found:
    """Find the assets of names, exactly as the file has them.

    Ids are matched without regard to what follows the first dot, as the extension says nothing.

    Args:
        options: how to import.
        names: what the file calls its images.
    """
    key = options.export_key
    if key is AnnotationExportKey.FILENAME or key is AnnotationExportKey.OBJECT_NAME:
        return await _find(options, {name: name for name in names})
    ids = {name: found for name in names if (found := _id_in(base_name(name).partition(".")[0]))}
    return await _find(options, ids)


async def find_by_stem(options: ImportOptions, stems: Iterable[str]) -> Found:
    """Find the assets whose file names have these stems, or else are these stems, extension and all.

    Raises:
        InvalidArgumentError: object names have no stems.
    """
    if options.export_key is AnnotationExportKey.OBJECT_NAME:
        raise InvalidArgumentError("export_key: label files of YOLO cannot be named by object names")
    if options.export_key is not AnnotationExportKey.FILENAME:
        return await find_by_name(options, stems)
    wanted = tuple(stems)
    by_stem: dict[str, list[AssetOutline]] = {}
    by_name: dict[str, list[AssetOutline]] = {}
    for some in chunked(wanted, options.connection.settings.limits.ids_per_request):
        longer = await _read(options, {"filenames_startswith": [f"{stem}." for stem in some]})
        named = await _read(options, {"filenames": some})
        _gather(by_stem, [*longer, *named], lambda asset: stem_of(asset.data.filename))
        _gather(by_name, named, lambda asset: asset.data.filename)
    return _sorted_out({stem: stem for stem in wanted}, by_name | by_stem)


def base_name(name: str) -> str:
    """Return a name without folders, whichever slash parts them."""
    return name.replace("\\", "/").rpartition("/")[2]


def check_skipped(options: ImportOptions, skipped: Sequence[SkippedImage]) -> None:
    """Fail where the caller wants every image to have its asset, and some have none.

    Raises:
        NotFoundError: no asset has the name.
        ConflictError: several have it.
    """
    if not options.fail_on_asset_not_found:
        return
    missing = [one.name for one in skipped if one.reason is SkipReason.NO_ASSET]
    if missing:
        raise NotFoundError(
            f"no asset of this version (by {options.export_key}) for {_shown(missing)}{_hint(missing)}",
            status=404,
        )
    images = [one.name for one in skipped if one.reason is SkipReason.NO_VIDEO]
    if images:
        raise NotFoundError(f"{SkipReason.NO_VIDEO}; {_shown(images)}{_hint(images)}", status=404)
    for reason in (SkipReason.SEVERAL_ASSETS, SkipReason.SEVERAL_IMAGES):
        names = [one.name for one in skipped if one.reason is reason]
        if names:
            text = f"{reason}; {_shown(names)}; use ids as names (use_id=True){_hint(names)}"
            raise ConflictError(text, status=409)


def _hint(names: Sequence[str]) -> str:
    return "; fail_on_asset_not_found=False leaves them out" if len(names) > 1 else ""


def _shown(names: Sequence[str]) -> str:
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{len(names)} of the file's images: {', '.join(map(repr, names[:_SHOWN]))}{rest}"


def _id_in(text: str) -> str | None:
    try:
        return canonical_id(text)
    except InvalidArgumentError:
        return None


async def _find(options: ImportOptions, values: dict[str, str]) -> Found:
    """Find the assets of the values that names stand for."""
    found: dict[str, list[AssetOutline]] = {}
    distinct = dict.fromkeys(values.values())
    for some in chunked(distinct, options.connection.settings.limits.ids_per_request):
        records = await _read(options, {_LISTS[options.export_key]: some})
        _gather(found, records, _VALUES[options.export_key])
    return _sorted_out(values, found)


async def _read(options: ImportOptions, filters: dict[str, Any]) -> list[AssetOutline]:
    listing = attrs.evolve(
        asset_listing(options.connection, options.version_id, **filters), page=Page[AssetOutline]
    )
    return await read_all(listing.read_lazily(limit=None, offset=None, page_size=None))


def _gather(
    found: dict[str, list[AssetOutline]],
    records: Sequence[AssetOutline],
    value: Callable[[AssetOutline], str],
) -> None:
    for name, record in zip(map(value, records), records, strict=True):
        known = found.get(name)
        if known is None:
            found[name] = [record]
        elif all(one.id != record.id for one in known):
            known.append(record)


def _sorted_out(values: dict[str, str], found: dict[str, list[AssetOutline]]) -> Found:
    assets: dict[str, AssetOutline] = {}
    several: set[str] = set()
    for name, value in values.items():
        match found.get(value, []):
            case [asset]:
                assets[name] = asset
            case [_, _, *_]:
                several.add(name)
    return Found(assets, frozenset(several))
