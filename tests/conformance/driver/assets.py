"""Assets: adding data, listing by every filter, finding."""

from __future__ import annotations

import uuid

from checks import equal, holds, refused
from picsellia.exceptions import BadRequestError, NoDataError, ResourceNotFoundError
from picsellia.sdk.data import MultiData
from picsellia.types.enums import JobRunStatus, JobStatus
from uploading import AWKWARD
from world import names

__all__ = ["add", "add_data", "list_assets"]


def add(version, data, tags=None):
    """Add data to a version, and wait."""
    job = version.add_data(data, tags=tags)
    job.wait_for_done(blocking_time_increment=0.05, attempts=400)
    equal(job.status, JobStatus.SUCCESS, "the job that adds data")
    return job


def add_data(world):
    """Add data as a list, as a MultiData and alone, with tags by name and as objects."""
    version = world.version
    add(version, world.street_data, tags=["street", "train"])
    parks = MultiData(world.lake.connexion, world.lake.id, world.park_data)
    tag = version.get_asset_tag("train")
    job = add(version, parks, tags=[tag, "park"])
    job.sync()
    equal(job.status, JobStatus.SUCCESS, "the job, read anew")
    add(version, world.photo)
    add(version, world.awkward_data)
    add(version, world.twins)
    total = 12 + 5 + 1 + len(AWKWARD) + 2
    equal(len(version.list_assets()), total, "assets in all")
    add(version, world.street_data, tags=["again"])
    equal(len(version.list_assets()), total, "data that is there already is skipped")
    seen = world.client.get_job_by_id(job.id)
    equal(seen.status, JobRunStatus.SUCCEEDED, "the job, seen through the other API")
    with refused(ResourceNotFoundError, "an unknown job"):
        world.client.get_job_by_id(uuid.uuid4())
    with refused(BadRequestError, "data that does not exist"):
        gone = world.lake.upload_data(world.streets[0])
        gone.delete()
        version.add_data(gone)


def list_assets(world):
    """List and find assets."""
    _by_tags(world)
    _by_lists(world)
    _by_query(world)
    _in_order(world)
    _find(world)


def _by_tags(world):
    version = world.version
    streets, parks = names(world.street_data), names(world.park_data)
    tag = version.get_asset_tag("park")
    equal(names(version.list_assets(tags="street")), streets, "one tag, by name")
    equal(names(version.list_assets(tags=tag)), parks, "one tag, as an object")
    equal(names(version.list_assets(tags=["street", tag])), sorted(streets + parks), "any of two tags")
    equal(names(version.list_assets(tags=["park", "train"], intersect_tags=True)), parks, "all of two tags")
    equal(names(version.list_assets(data_tags=["night"])), streets, "one data tag")
    equal(names(version.list_assets(data_tags=["cam-1", "cam-2"])), sorted(streets + parks), "any data tag")
    both = version.list_assets(data_tags=["cam-1", "night"], intersect_data_tags=True)
    equal(names(both), streets, "all of two data tags")
    equal(names(version.list_assets(tags="train", data_tags="cam-2")), parks, "a tag and a data tag")
    for what, filters in {
        "all of two tags that no asset has together": {"tags": ["street", "park"], "intersect_tags": True},
        "all of two data tags": {"data_tags": ["cam-1", "cam-2"], "intersect_data_tags": True},
        "a tag and a data tag that do not meet": {"tags": "street", "data_tags": "cam-2"},
        "a tag that does not exist": {"tags": "nowhere"},
    }.items():
        with refused(NoDataError, what):
            version.list_assets(**filters)


def _by_lists(world):
    version, (first, second) = world.version, world.street_data[:2]
    pair = names([first, second])
    assets = version.list_assets(filenames=pair)
    equal(names(assets), pair, "by file names")
    equal(names(version.list_assets(filenames=list(AWKWARD))), sorted(AWKWARD), "by awkward file names")
    equal(names(version.list_assets(filenames=["twin.png"])), ["twin.png"] * 2, "by a name that two have")
    equal(names(version.list_assets(object_names=[second.object_name])), pair[1:], "by object name")
    equal(names(version.list_assets(ids=[asset.id for asset in assets])), pair, "by ids")
    equal(names(version.list_assets(ids=[str(assets[0].id)])), [assets[0].filename], "by an id as text")
    equal(names(version.list_assets(data_ids=[first.id, second.id])), pair, "by data ids")
    starting = version.list_assets(filenames_startswith=["street_1", "park_0"])
    equal(names(starting), [*names(world.park_data), "street_10.jpg", "street_11.png"], "by beginnings")
    equal(names(version.list_assets(filenames=pair, tags="train", q="data.width = 41")), pair[1:], "by more")
    with refused(NoDataError, "by ids that nothing has"):
        version.list_assets(ids=[uuid.uuid4()])
    if world.is_old:
        both = version.list_assets(filenames=pair, data_ids=[second.id])
        equal(names(both), pair[1:], "by two lists at once")
        equal(names(version.find_all_assets(filenames=pair)), pair, "find_all_assets by file names")
        equal(names(version.find_all_assets(object_names=[first.object_name])), pair[:1], "by object names")
        equal(names(version.find_all_assets(ids=[asset.id for asset in assets])), pair, "by ids")
    else:
        left = version.list_assets(custom_metadata={"crop": "left"})
        equal(names(left), names(world.park_data)[1:], "by custom metadata of the data")


def _by_query(world):
    version, streets = world.version, names(world.street_data)
    queries = {
        'data.filename = "street_03.png"': ["street_03.png"],
        'filename startswith "street_" and data.width < 43': streets[:3],
        'tags.name = "street" and data.tags.name = "night" and height >= 39': streets[9:],
        'tags.name = "park" or data.filename = "photo.jpg"': [*names(world.park_data), "photo.jpg"],
        'data.metadata.reference in ("park_02", "R1") and tags.name != "street"': ["park_02.jpg"],
        'nothing.at.all = "x"': None,
        "width >": None,
    }
    for query, wanted in queries.items():
        if wanted is None:
            with refused(BadRequestError, f"the query {query}"):
                version.list_assets(q=query)
        else:
            equal(names(version.list_assets(q=query)), wanted, f"the query {query}")


def _in_order(world):
    version, streets = world.version, names(world.street_data)

    def listed(**options):
        return [asset.filename for asset in version.list_assets(tags="street", **options)]

    equal(listed(order_by=["filename"]), streets, "in ascending order")
    equal(listed(order_by=["-data.width"]), streets[::-1], "in descending order of a data field")
    equal(listed(order_by=["filename"], limit=4, offset=3), streets[3:7], "limit and offset in order")
    newest = listed()
    equal(sorted(newest), streets, "without an order")
    equal(listed(order_by=["-created_at"]), newest, "newest first where no order is asked for")
    equal(listed(limit=5), newest[:5], "a limit without an order")
    equal(listed(offset=9), newest[9:], "an offset without an order")
    equal(listed(limit=2, offset=4), newest[4:6], "both without an order")
    equal(listed(page_size=5), newest, "pages of five")
    with refused(NoDataError, "an offset past the end"):
        listed(offset=99)
    with refused(BadRequestError, "an unknown order"):
        listed(order_by=["nothing"])


def _find(world):
    version, data = world.version, world.street_data[0]
    asset = version.find_asset(data=data)
    equal((asset.filename, asset.data_id), (data.filename, data.id), "find_asset by data")
    equal(
        (asset.width, asset.height, asset.object_name),
        (40, 30, data.object_name),
        "what it tells of its data",
    )
    for criterion in ({"filename": data.filename}, {"object_name": data.object_name}, {"id": asset.id}):
        equal(version.find_asset(**criterion).id, asset.id, f"find_asset by {criterion}")
    with refused(ResourceNotFoundError, "find_asset of nothing"):
        version.find_asset(filename="none.png")
    with refused(BadRequestError, "find_asset of a name that two have"):
        version.find_asset(filename="twin.png")
    equal(asset.get_data().id, data.id, "from an asset to its data")
    equal(sorted(tag.name for tag in asset.get_data_tags()), ["cam-1", "night"], "tags of an asset's data")
    assets = version.list_assets(tags="street")
    equal(sorted(assets.as_multidata().ids), sorted(each.id for each in world.street_data), "as_multidata")
    without = assets.as_multidata(force_refresh=False)
    equal(names(without), names(assets), "as_multidata without reading anew")
    equal(names(assets.as_list_of_data()), names(assets), "as_list_of_data")
    holds(asset.sync()["id"] == str(asset.id), "the asset read anew")
