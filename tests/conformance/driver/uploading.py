"""Uploading: small files, awkward ones, photos, videos, and files in parts."""

from __future__ import annotations

import datetime as dt

from checks import equal, holds
from picsellia.types.enums import DataType
from pictures import make_big, make_exact, make_photo, make_small
from world import digest, names

__all__ = ["upload", "upload_big"]

AWKWARD = ("straße #1 & 50%+.png", "two  spaces (1).jpg", "日本.png")
REFERENCE = {"reference": "R1", "latitude": 48.5, "longitude": 2.25}


def upload(world):
    """Upload what the later chapters look for."""
    _upload_streets(world)
    _upload_parks(world)
    _upload_photo(world)
    _upload_awkward(world)
    _upload_twins(world)
    if world.video:
        _upload_video(world)


def upload_big(world):
    """Upload files that go in parts, and a small one beside them."""
    folder = world.make_folder("big")
    paths = big, exact, small = make_big(folder), make_exact(folder), make_small(folder, "small", 0)
    holds(big.stat().st_size >= 60_000_000, "the size of the big file")
    world.big = world.lake.upload_data([*paths], tags=["big"])
    world.big_digests = {path.name: digest(path) for path in paths}
    equal(names(world.big), sorted(world.big_digests), "the big files")
    sizes = {data.filename: (data.width, data.height) for data in world.big}
    wanted = {big.name: (5000, 4000), exact.name: (41, 31), small.name: (40, 30)}
    equal(sizes, wanted, "their width and height")


def _upload_streets(world):
    folder = world.make_folder("streets")
    world.streets = [make_small(folder, "street", number) for number in range(12)]
    made = world.lake.upload_data(
        world.streets, tags=["cam-1", "night"], source="north gate", metadata=[REFERENCE] * 12, max_workers=4
    )
    world.street_data = sorted(made, key=lambda data: data.filename)
    for number, (path, data) in enumerate(zip(world.streets, world.street_data, strict=True)):
        what = f"data of {path.name}"
        equal(data.filename, path.name, what)
        equal((data.width, data.height), (40 + number, 30 + number), what)
        equal(data.type, DataType.IMAGE, what)
        equal(data.content_type, "image/png" if number % 2 else "image/jpeg", what)
        holds(data.is_ready(), what)
        holds(data.metadata.items() >= REFERENCE.items(), f"metadata of {path.name}: {data.metadata}")
    tags = sorted(tag.name for tag in world.street_data[0].get_tags())
    equal(tags, ["cam-1", "night"], "tags given by name")
    equal(world.street_data[0].get_datasource().name, "north gate", "the source given by name")


def _upload_parks(world):
    """One by one, with objects in place of names, and metadata of their own."""
    folder = world.make_folder("parks")
    world.parks = [make_small(folder, "park", number) for number in range(5)]
    tag = world.lake.get_or_create_data_tag("cam-2")
    source = world.client.get_or_create_datasource("south gate")
    extra = {} if world.is_old else {"custom_metadata": {"crop": "left", "score": 3}}
    world.park_data = [
        world.lake.upload_data(path, tags=[tag], source=source, metadata={"reference": path.stem}, **extra)
        for path in world.parks
    ]
    for path, data in zip(world.parks, world.park_data, strict=True):
        equal(data.filename, path.name, "a single file gives a single data")
        equal(data.metadata["reference"], path.stem, f"metadata of {path.name}")
        if not world.is_old:
            equal(data.custom_metadata, extra["custom_metadata"], f"custom metadata of {path.name}")
    equal(world.park_data[0].get_datasource().id, source.id, "the source given as an object")


def _upload_photo(world):
    photo = world.lake.upload_data(make_photo(world.make_folder("photos")), fill_metadata=True)
    equal((photo.width, photo.height), (32, 48), "the size of a photo that is turned")
    equal(photo.metadata["manufacturer"], "Lens & Co", "its maker")
    equal(photo.metadata["software"], "firmware 3", "its software")
    taken = photo.metadata["acquired_at"]
    moment = dt.datetime.fromisoformat(taken) if isinstance(taken, str) else taken
    equal(moment.replace(tzinfo=None).isoformat(), "2031-05-06T07:08:09", "when it was taken")
    equal(photo.get_tags(), [], "no tags")
    equal(photo.get_datasource(), None, "no source")
    world.photo = photo


def _upload_awkward(world):
    folder = world.make_folder("awkward")
    world.awkward = [make_small(folder, "a", n).rename(folder / name) for n, name in enumerate(AWKWARD)]
    world.awkward_data = world.lake.upload_data(world.awkward)
    equal(names(world.awkward_data), sorted(AWKWARD), "awkward file names")


def _upload_twins(world):
    """Two files of one name stay two."""
    folders = [world.make_folder(f"twins/{number}") for number in (1, 2)]
    paths = [make_small(folder, "t", n).rename(folder / "twin.png") for n, folder in enumerate(folders)]
    world.twins = world.lake.upload_data(paths, tags=["twins"])
    equal(names(world.twins), ["twin.png", "twin.png"], "two files of one name")
    holds(world.twins[0].object_name != world.twins[1].object_name, "their object names differ")


def _upload_video(world):
    data = world.lake.upload_data(world.video, tags=["video"])
    equal((data.type, data.width, data.height), (DataType.VIDEO, 64, 48), "a video, measured by the platform")
    data.delete()
