"""Listing data by every filter, order, limit and offset."""

from __future__ import annotations

from checks import equal, holds, refused
from picsellia.exceptions import BadRequestError, NoDataError, ResourceNotFoundError
from uploading import AWKWARD
from world import names

__all__ = ["list_data"]


def list_data(world):
    """List and find data."""
    _by_tags(world)
    _by_lists(world)
    _by_query(world)
    _in_order(world)
    _find(world)


def _by_tags(world):
    lake = world.lake
    streets, parks = names(world.street_data), names(world.park_data)
    tag = lake.get_data_tag("cam-2")
    equal(names(lake.list_data(tags="cam-1")), streets, "one tag, by name")
    equal(names(lake.list_data(tags=tag)), parks, "one tag, as an object")
    equal(names(lake.list_data(tags=["cam-1", tag])), sorted(streets + parks), "any of two tags")
    equal(names(lake.list_data(tags=["cam-1", "night"], intersect_tags=True)), streets, "all of two tags")
    with refused(NoDataError, "all of two tags that no data has together"):
        lake.list_data(tags=["cam-1", "cam-2"], intersect_tags=True)
    with refused(NoDataError, "a tag that does not exist"):
        lake.list_data(tags=["nowhere"])


def _by_lists(world):
    lake, (first, second) = world.lake, world.street_data[:2]
    pair = names([first, second])
    equal(names(lake.list_data(filenames=pair)), pair, "by file names")
    equal(names(lake.list_data(filenames=list(AWKWARD))), sorted(AWKWARD), "by awkward file names")
    equal(names(lake.list_data(object_names=[first.object_name])), [first.filename], "by object name")
    equal(names(lake.list_data(ids=[first.id, second.id])), pair, "by ids")
    equal(names(lake.list_data(filenames=pair, tags="night")), pair, "by file names and tag")
    equal(names(lake.list_data(filenames=pair, q="width = 41")), pair[1:], "by file names and query")
    with refused(NoDataError, "file names that nothing has"):
        lake.list_data(filenames=["none.png"])
    if world.is_old:
        both = lake.list_data(filenames=pair, ids=[second.id])
        equal(names(both), pair[1:], "by two lists at once")
        equal(names(lake.find_all_datas([first.object_name])), pair[:1], "find_all_datas")
    else:
        left = lake.list_data(custom_metadata={"crop": "left"})
        equal(names(left), names(world.park_data), "by custom metadata")
        with refused(NoDataError, "by custom metadata that no data has"):
            lake.list_data(custom_metadata={"crop": "left", "score": 4})


def _by_query(world):
    lake, streets = world.lake, names(world.street_data)
    queries = {
        'filename = "street_03.png"': ["street_03.png"],
        'filename startswith "street_" and width < 43': streets[:3],
        'filename endswith ".png" and tags.name = "cam-1"': streets[1::2],
        'filename in ("street_00.jpg", "park_01.png")': ["park_01.png", "street_00.jpg"],
        'filename ~ "STREET_0" and not_there': None,
        '(width = 40 or width = 42) and tags.name = "cam-1"': ["street_00.jpg", "street_02.jpg"],
        'tags.name != "cam-1" and tags.name in ("cam-2")': names(world.park_data),
        'metadata.reference = "park_02"': ["park_02.jpg"],
        'filename !~ "street" and filename not startswith "p" and tags.name = "twins"': ["twin.png"] * 2,
        "content_type = ": None,
        '"unfinished': None,
    }
    for query, wanted in queries.items():
        if wanted is None:
            with refused(BadRequestError, f"the query {query}"):
                lake.list_data(q=query)
        else:
            equal(names(lake.list_data(q=query)), wanted, f"the query {query}")
    both = lake.list_data(q="width > 45", tags="cam-1")
    equal(names(both), streets[6:], "a query and a tag")


def _in_order(world):
    lake, streets = world.lake, names(world.street_data)

    def listed(**options):
        return [data.filename for data in lake.list_data(tags="cam-1", **options)]

    equal(listed(order_by=["filename"]), streets, "in ascending order")
    equal(listed(order_by=["-width"]), streets[::-1], "in descending order")
    equal(
        listed(order_by=["content_type", "-filename"])[:2],
        ["street_10.jpg", "street_08.jpg"],
        "by two fields",
    )
    equal(listed(order_by=["filename"], limit=3, offset=2), streets[2:5], "limit and offset in order")
    newest = listed()
    equal(sorted(newest), streets, "without an order")
    equal(listed(limit=5), newest[:5], "a limit without an order")
    equal(listed(offset=9), newest[9:], "an offset without an order")
    equal(listed(limit=2, offset=4), newest[4:6], "both without an order")
    equal(listed(page_size=5), newest, "pages of five")
    with refused(NoDataError, "an offset past the end"):
        listed(offset=99)
    with refused(BadRequestError, "an unknown order"):
        listed(order_by=["nothing"])


def _find(world):
    lake, data = world.lake, world.street_data[0]
    for criterion in ({"filename": data.filename}, {"object_name": data.object_name}, {"id": data.id}):
        equal(lake.find_data(**criterion).id, data.id, f"find_data by {criterion}")
    equal(lake.find_data(filename=AWKWARD[0]).filename, AWKWARD[0], "find_data by an awkward name")
    with refused(ResourceNotFoundError, "find_data of nothing"):
        lake.find_data(filename="none.png")
    with refused(BadRequestError, "find_data of a name that two have"):
        lake.find_data(filename="twin.png")
    holds(data.sync()["filename"] == data.filename, "the data read anew")
