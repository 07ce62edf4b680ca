"""Tags the images of a dataset version that look like an earlier one: copies, scaled or encoded anew."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import attrs

from asyncsdk.enums import DataType, ProcessingTargetType
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.flow.bounded import stream_bounded
from asyncsdk.flow.chunks import chunked
from asyncsdk.processings.alike import MOST_THRESHOLD, LookIndex
from asyncsdk.processings.context import Context
from asyncsdk.processings.looks import Look, UnreadableImageError, look_at
from asyncsdk.resources.asset import Asset
from asyncsdk.resources.client import Client
from asyncsdk.resources.dataset_version import DatasetVersion

__all__ = ["tag_duplicates"]

_AT_ONCE = 8
_TAGGED_AT_ONCE = 1000
_LISTED = 100
_TOLD_EVERY = 20


@attrs.frozen(kw_only=True)
class _Options:
    """The parameters of a launch."""

    threshold: int = 6
    """Most bits of 128 by which two images may differ."""

    tag: str = "duplicate"
    keep: str = "first"
    """Which image of a group stays without the tag: the first one added, or the largest one."""

    @classmethod
    def of(cls, parameters: dict[str, Any]) -> _Options:
        known = {field.name for field in attrs.fields(cls)}
        unknown = sorted(parameters.keys() - known)
        if unknown:
            raise InvalidArgumentError(f"parameter {unknown[0]!r} is not one of {', '.join(sorted(known))}")
        options = cls(**parameters)
        threshold: Any = options.threshold
        if (
            isinstance(threshold, bool)
            or not isinstance(threshold, int)
            or not 0 <= threshold <= MOST_THRESHOLD
        ):
            raise InvalidArgumentError(f"threshold must be 0 to {MOST_THRESHOLD}, not {threshold!r}")
        if not isinstance(options.tag, str) or not options.tag.strip():
            raise InvalidArgumentError(f"tag must be the name of a tag, not {options.tag!r}")
        if options.keep not in ("first", "largest"):
            raise InvalidArgumentError(f"keep must be first or largest, not {options.keep!r}")
        return options


@attrs.define
class _Group:
    """An image and those that look like it; the newer ones come first."""

    kept: str
    area: int
    others: list[str] = attrs.field(factory=list)

    def add(self, asset_id: str, area: int, keep: str) -> None:
        if keep == "first" or area >= self.area:
            asset_id, self.kept, self.area = self.kept, asset_id, area
        self.others.append(asset_id)


@attrs.define
class _Found:
    """What a walk over the images has found."""

    options: _Options
    index: LookIndex
    groups: dict[int, _Group] = attrs.field(factory=dict)
    images: int = 0
    unreadable: int = 0

    def add(self, asset: Asset, look: Look | None) -> None:
        if look is None:
            self.unreadable += 1
            print(f"{asset.id} {asset.filename}: cannot be read", flush=True)  # noqa: T201 - for the job's log
            return
        self.images += 1
        number = self.index.place(look)
        group = self.groups.get(number)
        if group is None:
            self.groups[number] = _Group(asset.id, look.area)
        else:
            group.add(asset.id, look.area, self.options.keep)

    def alike(self) -> list[_Group]:
        return [group for group in self.groups.values() if group.others]


async def tag_duplicates(context: Context) -> dict[str, Any]:
    """Tag the images of a dataset version that look like another one, all but one of each group.

    Files are read a few at a time; what is kept of each image is its id and its look. Videos are passed over.
    Tags that are there already stay.

    Args:
        context: launched on a dataset version. Parameters: `threshold` (most bits of 128 by which two images
            may differ, 6 by default), `tag` ("duplicate"), and `keep`: "first" leaves the image without a tag
            that was added first, "largest" the one with the most pixels.

    Returns:
        How many images were looked at, tagged and unreadable, and the first hundred groups.

    Raises:
        InvalidArgumentError: a parameter is unknown or out of its range, or the target no dataset version.
    """
    if context.target_type is not ProcessingTargetType.DATASET_VERSION:
        raise InvalidArgumentError(f"this is for a dataset version, not for a {context.target_type}")
    options = _Options.of(context.parameters)
    async with context.client() as client:
        version = await client.get_dataset_version_by_id(context.target_id)
        found = await _walk(context, client, version, options)
        groups = found.alike()
        tagged = [asset_id for group in groups for asset_id in group.others]
        await _tag(version, options.tag, tagged)
    print(f"{len(tagged)} of {found.images} images look like another one", flush=True)  # noqa: T201 - for the job's log
    return {
        "images": found.images,
        "unreadable": found.unreadable,
        "tag": options.tag,
        "tagged": len(tagged),
        "groups": [{"kept": group.kept, "tagged": group.others[:_LISTED]} for group in groups[:_LISTED]],
    }


async def _walk(context: Context, client: Client, version: DatasetVersion, options: _Options) -> _Found:
    found, done = _Found(options, LookIndex(options.threshold)), 0
    total = await _count(context, client, version)
    assets = version.iter_assets(ids=context.ids)
    async with stream_bounded(_look, assets, limit=_AT_ONCE) as looks:
        async for asset, look in looks:
            if asset.type is DataType.IMAGE:
                found.add(asset, look)
            done += 1
            if done % _TOLD_EVERY == 0:
                context.progress(done / max(done, total))
    return found


async def _count(context: Context, client: Client, version: DatasetVersion) -> int:
    if context.ids is not None:
        return len(context.ids)
    path = f"/api/dataset/version/{version.id}/assets"
    count: int = (await client.request("GET", path, query={"limit": 1}))["count"]
    return count


async def _look(asset: Asset) -> tuple[Asset, Look | None]:
    if asset.type is not DataType.IMAGE:
        return asset, None
    content = await asset.read()
    try:
        return asset, await asyncio.to_thread(look_at, content)
    except UnreadableImageError:
        return asset, None


async def _tag(version: DatasetVersion, name: str, asset_ids: Sequence[str]) -> None:
    tag = await version.get_or_create_asset_tag(name)
    for chunk in chunked(asset_ids, _TAGGED_AT_ONCE):
        await (await version.list_assets(ids=chunk)).add_tags(tag)
