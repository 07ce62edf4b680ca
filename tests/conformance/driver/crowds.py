"""More than a page: lists of more than a thousand data and assets."""

from __future__ import annotations

from assets import add
from checks import equal, holds
from pictures import make_tiny
from world import digest

__all__ = ["SIZE", "crowd"]

SIZE = 1100
PAGE = 1000


def crowd(world):
    """Upload, add, list and download more items than a page holds."""
    folder = world.make_folder("crowd")
    paths = [make_tiny(folder, number) for number in range(SIZE)]
    uploaded = world.lake.upload_data(paths, tags=["crowd"], max_workers=8)
    equal(len(uploaded), SIZE, "many files")
    version = world.dataset.create_version("crowd")
    add(version, uploaded, tags=["tiny"])
    wanted = [path.name for path in paths]
    _list(world.lake.list_data, {"tags": "crowd"}, wanted, world.is_old)
    _list(version.list_assets, {"tags": "tiny"}, wanted, world.is_old)
    _lists_of_names(world, version, wanted)

    assets = version.list_assets()
    equal(len(set(assets.ids)), SIZE, "assets over two pages, each once")
    equal(len(assets.as_multidata()), SIZE, "as_multidata over two pages")
    tag = version.create_asset_tag("all")
    assets.add_tags(tag)
    equal(len(version.list_assets(tags=["all", "tiny"], intersect_tags=True)), SIZE, "a tag on all of them")

    target = world.make_folder("out-crowd")
    version.download(target, max_workers=8)
    equal(
        {path.name: digest(path) for path in target.iterdir()},
        {path.name: digest(path) for path in paths},
        "a version of many files",
    )
    world.crowd = version


def _list(listing, filters, wanted, is_old):
    """Walk pages by cursor and by offset; the order stays the same over both."""

    def listed(**options):
        return [item.filename for item in listing(**filters, **options)]

    newest = listed()
    equal(sorted(newest), wanted, "everything, over two pages")
    equal(listed(order_by=["filename"]), wanted, "everything in order")
    equal(listed(order_by=["filename"], offset=50), wanted[50:], "in order, from an offset on")
    in_order = listed(order_by=["-filename"], limit=1050, offset=10)
    equal(in_order, wanted[::-1][10:1060], "a limit of more than a page, in order")
    equal(listed(offset=90), newest[90:], "from an offset on")
    equal(listed(limit=PAGE), newest[:PAGE], "a limit of exactly a page")
    more = listed(limit=PAGE + 50)
    # The newer client keeps what its second page has beyond the limit (protocol, section 1.5).
    equal(more, newest[: PAGE + 50] if is_old else newest, "a limit of more than a page")
    equal(listed(page_size=300), newest, "pages of 300")
    holds(len(set(newest)) == len(newest), "each item once")


def _lists_of_names(world, version, wanted):
    equal(len(version.list_assets(filenames=wanted)), SIZE, "by more than a thousand file names")
    equal(len(world.lake.list_data(filenames=wanted)), SIZE, "data by more than a thousand file names")
    equal(len(version.list_assets(filenames_startswith=["tiny_"])), SIZE, "by a beginning that all have")
    ids = world.lake.list_data(tags="crowd").ids
    equal(len(version.list_assets(data_ids=ids)), SIZE, "by more than a thousand data ids")
