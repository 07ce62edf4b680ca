"""Deleting: assets, data, versions and datasets, one by one and many at once."""

from __future__ import annotations

from checks import equal, holds, refused
from crowds import SIZE
from picsellia.exceptions import NoDataError, ResourceNotFoundError

__all__ = ["delete"]


def delete(world):
    """Delete everything, and see what goes with it."""
    before = len(world.version.list_assets())
    _assets(world)
    equal(len(world.version.list_assets()), before - 6, "assets deleted")
    _data(world)
    equal(len(world.version.list_assets()), before - 6 - 12, "the assets of deleted data are gone")
    _crowd(world)
    _dataset(world)


def _assets(world):
    version = world.version
    version.find_asset(filename="photo.jpg").delete()
    with refused(ResourceNotFoundError, "a deleted asset"):
        version.find_asset(filename="photo.jpg")
    holds(world.lake.find_data(filename="photo.jpg"), "the data of a deleted asset stays")
    version.list_assets(tags="park").delete()


def _data(world):
    lake, (first, *others) = world.lake, world.street_data
    first.delete()
    with refused(ResourceNotFoundError, "a deleted data"):
        lake.find_data(id=first.id)
    with refused(ResourceNotFoundError, "the asset of a deleted data"):
        world.version.find_asset(filename=first.filename)
    with refused(ResourceNotFoundError, "deleting it twice"):
        first.delete()
    lake.list_data(tags="cam-1").delete()
    with refused(NoDataError, "deleted data"):
        lake.list_data(ids=[data.id for data in others])


def _crowd(world):
    lake = world.lake
    world.crowd.delete()
    equal(len(lake.list_data(tags="crowd")), SIZE, "the data of a deleted version stays")
    lake.list_data(tags="crowd").delete()
    with refused(NoDataError, "many data deleted"):
        lake.list_data(tags="crowd")


def _dataset(world):
    world.dataset.delete()
    with refused(ResourceNotFoundError, "a deleted dataset"):
        world.client.get_dataset_by_id(world.dataset.id)
    with refused(ResourceNotFoundError, "a version of a deleted dataset"):
        world.client.get_dataset_version_by_id(world.version.id)
