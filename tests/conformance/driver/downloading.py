"""Downloading: versions, lists and single files, byte for byte."""

from __future__ import annotations

from checks import equal, holds
from world import digest

__all__ = ["download", "download_big"]


def download(world):
    """Download in every way and compare."""
    wanted = {path.name: digest(path) for path in (*world.streets, *world.parks)}
    _version(world, wanted)
    _assets(world, wanted)
    _data(world, wanted)
    _expired(world, wanted)


def download_big(world):
    """Download the big files and compare."""
    target = world.make_folder("out-big")
    world.big.download(target)
    equal({path.name: digest(path) for path in target.iterdir()}, world.big_digests, "the big files")


def _version(world, wanted):
    version = world.version
    target = world.make_folder("out-version")
    version.download(target)
    found = {path.name: digest(path) for path in target.iterdir()}
    equal(found.items() & wanted.items(), wanted.items(), "a version")
    for path in world.awkward:
        equal(found[path.name], digest(path), f"the file {path.name!r}")

    by_id = world.make_folder("out-ids")
    version.download(by_id, use_id=True, max_workers=3)
    assets = version.list_assets()
    equal({path.name for path in by_id.iterdir()}, {asset.id_with_extension for asset in assets}, "by ids")
    for asset in assets:
        if asset.filename in wanted:
            equal(digest(by_id / asset.id_with_extension), wanted[asset.filename], f"{asset.filename} by id")


def _assets(world, wanted):
    target = world.make_folder("out-assets")
    assets = world.version.list_assets(tags="park")
    assets.download(target)
    found = {path.name: digest(path) for path in target.iterdir()}
    equal(found, {path.name: wanted[path.name] for path in world.parks}, "some assets")

    kept = target / assets[0].filename
    kept.write_bytes(b"mine")
    assets[0].download(target)
    equal(kept.read_bytes(), b"mine", "a file that is there is left alone")
    assets[0].download(target, force_replace=True)
    equal(digest(kept), wanted[kept.name], "and replaced when that is wanted")
    assets[1].download(target, use_id=True)
    equal(digest(target / assets[1].id_with_extension), wanted[assets[1].filename], "one asset by its id")


def _data(world, wanted):
    target = world.make_folder("out-data")
    data = world.lake.list_data(tags="cam-1")
    data.download(target)
    found = {path.name: digest(path) for path in target.iterdir()}
    equal(found, {path.name: wanted[path.name] for path in world.streets}, "some data")
    data[0].download(target, use_id=True)
    equal(digest(target / data[0].id_with_extension), wanted[data[0].filename], "one data by its id")


def _expired(world, wanted):
    """A URL that is refused with 403 is asked for anew."""
    target = world.make_folder("out-expired")
    data = world.lake.find_data(filename="street_00.jpg")
    asset = world.version.find_asset(filename="street_01.png")
    for item, url_of in ((data, lambda answer: answer), (asset, lambda answer: answer["data"])):
        answer = item.sync()
        url = url_of(answer)["presigned_url"]
        url_of(answer)["presigned_url"] = url[:-1] + ("0" if url[-1] != "0" else "1")
        item.refresh(answer)
        holds(item.url != url, "the URL is spoilt")
        item.download(target)
        equal(digest(target / item.filename), wanted[item.filename], f"{item.filename} with an expired URL")
