"""Every filter of `list_assets` and `iter_assets`, on our platform and on the strict one."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

import asyncsdk
from asyncsdk.errors import BadRequestError, InvalidArgumentError, InvalidQueryError

NAMES = [f"img-{number:02}.{'png' if number % 2 else 'jpg'}" for number in range(8)]
QUOTED = 'x" or "'


@pytest.fixture
async def shelf(any_org, any_client, fill):
    """A version of eight assets, `img-00.jpg` first; even ones are tagged `night`, the first three `cam-1`."""
    lake = await any_client.get_datalake()
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    data = await fill(any_org, version, NAMES, width=lambda name: int(name[4:6]) + 10)
    assets = (await version.list_assets())[::-1]
    assert [asset.filename for asset in assets] == NAMES
    tags = {
        "night": (await version.create_asset_tag("night"), assets[::2]),
        "day": (await version.create_asset_tag("day"), assets[3:5]),
        QUOTED: (await version.create_asset_tag(QUOTED), assets[6:7]),
        "cam-1": (await lake.create_data_tag("cam-1"), data[:3]),
        "cam-2": (await lake.create_data_tag("cam-2"), data[2:6]),
    }
    for tag, carriers in tags.values():
        await tag.attach_on(carriers)
    return SimpleNamespace(
        version=version, assets=assets, tags={name: tag for name, (tag, _) in tags.items()}
    )


async def numbers(shelf, **filters):
    """The numbers in the names that a listing gives; listing and iterating must agree."""
    listed = await shelf.version.list_assets(**filters)
    assert [asset.id async for asset in shelf.version.iter_assets(**filters)] == listed.ids
    assert all(asset.dataset_version_id == shelf.version.id for asset in listed)
    return [int(asset.filename[4:6]) for asset in listed]


# Limit, offset, order


@pytest.mark.seed("list_assets", "return")
async def test_newest_first(shelf):
    assert isinstance(await shelf.version.list_assets(), asyncsdk.MultiAsset)
    assert await numbers(shelf) == [7, 6, 5, 4, 3, 2, 1, 0]


@pytest.mark.seed("list_assets", "limit", "offset")
@pytest.mark.parametrize("page_size", [1, 3, 1000])
async def test_limit_and_offset(shelf, page_size):
    for span, expected in (
        ({"limit": 3}, [7, 6, 5]), ({"offset": 6}, [1, 0]), ({"limit": 2, "offset": 3}, [4, 3]), ({"limit": 0}, []),
        ({"offset": 8}, []), ({"offset": 99, "limit": 1}, []), ({"limit": 99}, [7, 6, 5, 4, 3, 2, 1, 0]),
    ):  # fmt: skip
        assert await numbers(shelf, page_size=page_size, **span) == expected
        assert await numbers(shelf, page_size=page_size, filenames=NAMES, **span) == expected


@pytest.mark.seed("list_assets", "order_by")
async def test_order(shelf):
    for order_by, expected in (
        (["filename"], [0, 1, 2, 3, 4, 5, 6, 7]), ("filename", [0, 1, 2, 3, 4, 5, 6, 7]),
        (["-filename"], [7, 6, 5, 4, 3, 2, 1, 0]), (["-data.width"], [7, 6, 5, 4, 3, 2, 1, 0]),
        (["content_type", "width"], [0, 1, 2, 3, 4, 5, 6, 7]), (["height"], [7, 6, 5, 4, 3, 2, 1, 0]),
    ):  # fmt: skip
        assert await numbers(shelf, order_by=order_by, page_size=3) == expected
        assert await numbers(shelf, order_by=order_by, page_size=3, limit=4, offset=1) == expected[1:5]


async def test_an_order_that_is_none(shelf):
    with pytest.raises(BadRequestError, match="colour"):
        await shelf.version.list_assets(order_by=["colour"])


@pytest.mark.parametrize(
    "wrong",
    [{"limit": -1}, {"offset": -1}, {"page_size": 0}, {"limit": True}, {"limit": 1.5}, {"offset": "1"}],
)
async def test_a_number_that_is_none_is_refused(scripted_version, wrong):
    version, transport = scripted_version
    for call in (version.list_assets(**wrong), anext(version.iter_assets(**wrong))):
        with pytest.raises(InvalidArgumentError, match=next(iter(wrong))):
            await call
    assert transport.requests == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"q": 5}, "q: 5 is not a text"), ({"order_by": 5}, "order_by: 5 is not a text"),
        ({"order_by": ["filename", 5]}, "order_by: 5"), ({"filenames": 5}, "filenames: 5"),
        ({"ids": [None]}, "None is not an id"),
    ],
)  # fmt: skip
async def test_a_text_that_is_none_is_refused(scripted_version, wrong, told):
    version, transport = scripted_version
    with pytest.raises(InvalidArgumentError, match=told):
        await version.list_assets(**wrong)
    assert transport.requests == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"data": "x"}, "data: 'x' is not a Data"), ({"filename": 5}, "filename: 5 is not a text"),
        ({"object_name": b"x"}, "object_name: b'x'"), ({"filename": "", "id": uuid4()}, "must not be empty"),
    ],
)  # fmt: skip
async def test_a_criterion_that_is_none_is_refused(scripted_version, wrong, told):
    version, transport = scripted_version
    with pytest.raises(InvalidArgumentError, match=told):
        await version.find_asset(**wrong)
    assert transport.requests == []


# Tags


@pytest.mark.seed("list_assets", "tags", "data_tags", "intersect_tags", "intersect_data_tags")
async def test_tags(shelf):
    for filters, expected in (
        ({"tags": "night"}, [6, 4, 2, 0]), ({"tags": ["night", "day"]}, [6, 4, 3, 2, 0]),
        ({"tags": ["night", "day"], "intersect_tags": True}, [4]), ({"tags": ["night", "no such tag"]}, [6, 4, 2, 0]),
        ({"tags": ["night", "no such tag"], "intersect_tags": True}, []), ({"tags": "no such tag"}, []),
        ({"tags": ["night", "night"], "intersect_tags": True}, [6, 4, 2, 0]),
        ({"data_tags": "cam-1"}, [2, 1, 0]), ({"data_tags": ["cam-1", "cam-2"]}, [5, 4, 3, 2, 1, 0]),
        ({"data_tags": ["cam-1", "cam-2"], "intersect_data_tags": True}, [2]),
        ({"tags": "night", "data_tags": "cam-2"}, [4, 2]), ({"intersect_tags": True}, [7, 6, 5, 4, 3, 2, 1, 0]),
    ):  # fmt: skip
        assert await numbers(shelf, **filters) == expected, filters


@pytest.mark.seed("list_assets", "tags", "data_tags", "intersect_tags")
async def test_tags_as_objects(shelf):
    night, day, cam = (shelf.tags[name] for name in ("night", "day", "cam-1"))
    assert await numbers(shelf, tags=night) == [6, 4, 2, 0]
    assert await numbers(shelf, tags=[night, "day"], intersect_tags=True) == [4]
    assert await numbers(shelf, tags=(day,), data_tags=[cam]) == []
    with pytest.raises(InvalidArgumentError, match="neither a tag nor the name of one"):
        await numbers(shelf, tags=[5])


async def test_a_quoted_name_is_only_a_name(shelf):
    assert await numbers(shelf, tags=QUOTED) == [6]
    assert await numbers(shelf, tags=[QUOTED, "night"], intersect_tags=True) == [6]
    assert await numbers(shelf, data_tags=QUOTED) == []
    for odd in ('night" or "', "night' or '", "night\\", "night\n", ")", "", '") or tags.name != ("'):
        assert await numbers(shelf, tags=odd) == []


@pytest.mark.seed("list_assets", "q")
async def test_q_keeps_its_meaning_beside_tags(shelf):
    q = 'filename = "img-01.png" or filename = "img-02.jpg"'
    assert await numbers(shelf, q=q) == [2, 1]
    assert await numbers(shelf, q=q, tags="night") == [2]
    assert await numbers(shelf, q=q, data_tags="cam-1", tags=["night", "day"]) == [2]
    assert await numbers(shelf, q=q, filenames=["img-01.png"]) == [1]


async def test_a_blank_query_is_none(shelf):
    for blank in ("", "  ", "\n"):
        assert await numbers(shelf, q=blank) == [7, 6, 5, 4, 3, 2, 1, 0]
        assert await numbers(shelf, q=blank, tags="night") == [6, 4, 2, 0]


async def test_a_malformed_query_has_its_position(shelf):
    for call in (
        shelf.version.list_assets(q="width = = 3"),
        anext(shelf.version.iter_assets(q="width = = 3")),
        shelf.version.list_assets(q="width = = 3", filenames=NAMES),
    ):
        with pytest.raises(InvalidQueryError) as caught:
            await call
        assert caught.value.position == 8
        assert caught.value.status == 400


# Lists


@pytest.mark.seed("list_assets", "filenames", "filenames_startswith")
async def test_lists_of_names(shelf):
    for filters, expected in (
        ({"filenames": ["img-01.png", "img-06.jpg"]}, [6, 1]), ({"filenames": ["IMG-01.png"]}, []),
        ({"filenames": "img-01.png"}, [1]), ({"filenames": ["img-01.png", "img-01.png"]}, [1]),
        ({"filenames_startswith": ["img-0"]}, [7, 6, 5, 4, 3, 2, 1, 0]),
        ({"filenames_startswith": ["img-01", "img-0", "x"]}, [7, 6, 5, 4, 3, 2, 1, 0]),
        ({"filenames_startswith": ["img-01", "img-06.j"]}, [6, 1]), ({"filenames_startswith": "img-01"}, [1]),
        ({"filenames_startswith": [""]}, [7, 6, 5, 4, 3, 2, 1, 0]), ({"filenames_startswith": ["%", "_"]}, []),
        ({"filenames": ["img-01.png", "img-02.jpg"], "filenames_startswith": ["img-02", "img-03"]}, [2]),
        ({"filenames": NAMES, "tags": "night", "q": "width > 12"}, [6, 4]),
    ):  # fmt: skip
        assert await numbers(shelf, **filters) == expected, filters


@pytest.mark.seed("list_assets", "ids", "data_ids", "object_names")
async def test_lists_of_ids(shelf):
    assets = shelf.assets
    some = [assets[5], assets[2]]
    assert await numbers(shelf, ids=[one.id for one in some]) == [5, 2]
    assert await numbers(shelf, ids=[UUID(assets[5].id), assets[2].id.upper()]) == [5, 2]
    assert await numbers(shelf, ids=assets[5].id) == [5]
    assert await numbers(shelf, ids=[uuid4()]) == []
    assert await numbers(shelf, data_ids=[one.data_id for one in some]) == [5, 2]
    assert await numbers(shelf, object_names=[one.object_name for one in some]) == [5, 2]
    for name in ("ids", "data_ids"):
        with pytest.raises(InvalidArgumentError, match="'x' is not an id"):
            await numbers(shelf, **{name: ["x"]})
    for name in ("filenames", "object_names", "filenames_startswith"):
        with pytest.raises(InvalidArgumentError, match=f"{name}: 3 is not a text"):
            await numbers(shelf, **{name: [3]})


async def test_all_lists_intersect(shelf):
    assets = shelf.assets
    everything = {
        "ids": assets.ids[1:7],
        "data_ids": [one.data_id for one in assets[2:8]],
        "object_names": [one.object_name for one in assets[:6]],
        "filenames": NAMES[3:],
        "filenames_startswith": ["img-00", "img-03", "img-05"],
        "tags": "day",
    }
    assert await numbers(shelf, **everything) == [3]
    del everything["tags"]
    assert await numbers(shelf, **everything) == [5, 3]
    assert await numbers(shelf, **everything, limit=1, offset=1) == [3]
    assert await numbers(shelf, **everything, order_by=["filename"]) == [3, 5]


EMPTY = ["ids", "data_ids", "object_names", "filenames", "filenames_startswith", "tags", "data_tags"]


async def test_none_is_no_filter_and_an_empty_list_matches_nothing(shelf):
    for name in EMPTY:
        assert len(await numbers(shelf, **{name: None})) == 8
        assert await numbers(shelf, **{name: []}) == []
        assert await numbers(shelf, **{name: ()}, q="width > 0", order_by=["filename"]) == []


@pytest.mark.parametrize("name", EMPTY)
async def test_an_empty_list_sends_no_request(scripted_version, name):
    version, transport = scripted_version
    for nothing in ([], (), set(), iter(())):
        assert len(await version.list_assets(**{name: nothing})) == 0
        assert [asset async for asset in version.iter_assets(**{name: nothing})] == []
    assert len(await version.list_assets(**{"filenames": ["a"], name: []}, q="width > 1", limit=3)) == 0
    assert transport.requests == []


@pytest.fixture
async def scripted_version(scripted):
    client, transport = scripted([])
    return asyncsdk.DatasetVersion(client._connection, SimpleNamespace(id="v")), transport
