"""Tags: made, found, attached, detached, renamed and deleted, for every kind of object."""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import chain

import attrs
import orjson
import pytest

import asyncsdk
from asyncsdk.enums import TagTarget
from asyncsdk.errors import (
    ConflictError,
    InvalidArgumentError,
    NotFoundError,
    OutcomeUnknownError,
)
from asyncsdk.records.data import DataRecord
from asyncsdk.records.tags import TagRecord
from asyncsdk.resources.tagging import check_target, ids_of

NAMES = ["night", 'x" or "', "a,b", "ünï/cödé", "a and b", "100%", "' or 1=1 --", "back\\slash", "(x)"]


@pytest.fixture
async def things(any_client, images):
    """One object of each kind that takes tags, with what makes a tag for it."""
    lake = await any_client.get_datalake()
    data = await lake.upload_data(images[:3])
    dataset = await any_client.create_dataset("birds")
    version = await dataset.create_version("v1")
    await version.add_data(data, wait=True)
    assets = await version.list_assets()
    model = await any_client.create_model("detector")
    return {
        "data": (data[0], lake.create_data_tag),
        "several data": (data, lake.create_data_tag),
        "asset": (assets[0], version.create_asset_tag),
        "several assets": (assets, version.create_asset_tag),
        "version": (version, any_client.create_dataset_version_tag),
        "dataset": (dataset, any_client.create_dataset_tag),
        "model": (model, partial(any_client.create_tag, target="MODEL")),
        "model version": (
            await model.create_version(),
            partial(any_client.create_tag, target="MODEL_VERSION"),
        ),
    }


async def tags_of(thing):
    if isinstance(thing, asyncsdk.MultiData | asyncsdk.MultiAsset):
        shown = [sorted(tag.name for tag in await one.get_tags()) for one in thing]
        assert all(names == shown[0] for names in shown)
        return shown[0]
    return sorted(tag.name for tag in await thing.get_tags())


KINDS = ["data", "several data", "asset", "several assets", "version", "dataset", "model", "model version"]


@pytest.mark.parametrize("kind", KINDS)
async def test_the_life_of_a_tag(things, kind):
    thing, make = things[kind]
    night, day = await make("night"), await make("day")
    assert night.target_type is thing._tag_target
    assert await tags_of(thing) == []
    await thing.add_tags([night, day])
    await thing.add_tags(night)
    assert await tags_of(thing) == ["day", "night"]
    await thing.remove_tags(day)
    await thing.remove_tags([day])
    assert await tags_of(thing) == ["night"]
    await day.attach_on(thing)
    assert await tags_of(thing) == ["day", "night"]
    await day.detach_from([thing])
    assert await tags_of(thing) == ["night"]
    await night.update("dark")
    assert night.name == "dark"
    assert await tags_of(thing) == ["dark"]
    with pytest.raises(ConflictError):
        await night.update("day")
    await night.delete()
    assert await tags_of(thing) == []
    with pytest.raises(NotFoundError):
        await night.refresh()


async def test_no_tags_are_no_request(scripted):
    client, transport = scripted([])
    lake = asyncsdk.MultiData(client._connection, [], "lake")
    await lake.add_tags([])
    await lake.remove_tags([])
    assert transport.requests == []


@pytest.mark.parametrize("target", [TagTarget.DATA, "dataset", "Dataset_Version", "MODEL"])
async def test_tags_of_the_client(any_client, target):
    night = await any_client.create_tag("night", target)
    day = await any_client.create_tag("day", target)
    assert await any_client.find_tag("night", target) == night
    assert await any_client.list_tags(target) == [day, night]
    assert night.target_type.value == str(target).upper()
    with pytest.raises(ConflictError):
        await any_client.create_tag("night", target)
    with pytest.raises(NotFoundError):
        await any_client.find_tag("dusk", target)


async def test_the_doors_per_target_are_the_same_tags(any_client):
    one = await any_client.create_dataset_tag("a")
    assert await any_client.find_dataset_tag("a") == await any_client.find_tag("a", TagTarget.DATASET) == one
    assert await any_client.list_dataset_tags() == [one]
    other = await any_client.create_dataset_version_tag("a")
    assert await any_client.find_dataset_version_tag("a") == other != one
    assert await any_client.list_dataset_version_tags() == [other]
    lake = await any_client.get_datalake()
    data_tag = await any_client.create_tag("a", "data")
    assert await lake.get_data_tag("a") == data_tag
    assert await lake.list_data_tags() == [data_tag]


async def test_data_tags_are_listed_as_asked_for(any_client):
    lake = await any_client.get_datalake()
    made = [await lake.create_data_tag(name) for name in ("b", "a", "c")]
    assert await lake.list_data_tags() == made[::-1]
    assert [tag.name for tag in await lake.list_data_tags(order_by=["name"], limit=2)] == ["a", "b"]
    assert [tag.name for tag in await lake.list_data_tags(order_by=["-name"], offset=1)] == ["b", "a"]


async def test_asset_tags_live_in_their_version(any_client):
    dataset = await any_client.create_dataset("birds")
    first, second = await dataset.create_version("v1"), await dataset.create_version("v2")
    tag = await first.create_asset_tag("dog")
    assert await first.get_asset_tag("dog") == tag
    assert await first.list_asset_tags() == [tag]
    assert await second.list_asset_tags() == []
    assert await second.create_asset_tag("dog") != tag
    for door in (any_client.create_tag, any_client.find_tag):
        with pytest.raises(InvalidArgumentError, match=r"DatasetVersion\.create_asset_tag"):
            await door("dog", "asset")
    with pytest.raises(InvalidArgumentError, match=r"DatasetVersion\.create_asset_tag"):
        await any_client.list_tags(TagTarget.ASSET)


async def test_an_unknown_target_lists_the_choices(any_client):
    with pytest.raises(InvalidArgumentError, match=r"'cat' is not a TagTarget; choose one of DATA, ASSET"):
        await any_client.create_tag("night", "cat")


@pytest.mark.parametrize("name", NAMES)
async def test_any_name_is_only_a_name(any_client, name):
    lake = await any_client.get_datalake()
    tag = await lake.create_data_tag(name)
    assert tag.name == name
    assert await lake.get_data_tag(name) == tag
    assert repr(tag) == f"<Tag {name!r} {tag.id}>"


async def test_a_tag_of_another_kind_is_refused_before_any_request(proxied, proxy, images):
    lake = await proxied.get_datalake()
    data = await lake.upload_data(images[:1])
    dataset = await proxied.create_dataset("birds")
    tag, own = await proxied.create_dataset_tag("ours"), await lake.create_data_tag("night")
    before = len(proxy.passed)
    refusals = [
        lambda: data.add_tags(tag), lambda: data[0].add_tags([own, tag]), lambda: data.remove_tags(tag),
        lambda: tag.attach_on(data), lambda: tag.attach_on([dataset, data[0]]), lambda: tag.detach_from(data[0]),
        lambda: data.add_tags("night"), lambda: data.add_tags(["night"]), lambda: data.add_tags(None),
        lambda: tag.attach_on("birds"), lambda: tag.attach_on(None), lambda: tag.attach_on([dataset.id]),
        lambda: own.attach_on([dataset]), lambda: data.add_tags(dataset), lambda: tag.attach_on(5),
    ]  # fmt: skip
    for refuse in refusals:
        with pytest.raises(InvalidArgumentError):
            await refuse()
    assert len(proxy.passed) == before
    assert await data[0].get_tags() == []


def test_the_texts_of_refusals_name_both_kinds(scripted_tag):
    with pytest.raises(InvalidArgumentError, match="tag 'night' is for DATA, not for ASSET"):
        check_target(scripted_tag, TagTarget.ASSET)
    with pytest.raises(InvalidArgumentError, match="'night' is not a Tag"):
        check_target("night", TagTarget.ASSET)
    with pytest.raises(InvalidArgumentError, match="does not take DATASET tags"):
        ids_of(scripted_tag, TagTarget.DATASET)


@pytest.fixture
def scripted_tag():
    return asyncsdk.Tag(None, TagRecord(id="1", name="night", target_type=TagTarget.DATA))


@pytest.mark.parametrize("what", ["add_tags", "remove_tags", "attach_on", "detach_from"])
async def test_thousands_of_ids_go_in_bounded_requests(scripted, says, what):
    tags = [TagRecord(id=name, name=name, target_type=TagTarget.DATA) for name in ("a", "b")]
    client, transport = scripted(lambda request: says({"tag": attrs.asdict(tags[0]), "count": 1}))
    template = DataRecord("", "o", "f", "IMAGE", "image/png", "DONE")
    records = [attrs.evolve(template, id=str(number)) for number in range(25_000)]
    data = asyncsdk.MultiData(client._connection, records, "lake")
    mine = [asyncsdk.Tag(client._connection, tag) for tag in tags]
    if what in ("add_tags", "remove_tags"):
        await getattr(data, what)(mine)
    else:
        await getattr(mine[0], what)(data)
    expected = ["a", "b"] if what in ("add_tags", "remove_tags") else ["a"]
    verb = "attach" if what in ("add_tags", "attach_on") else "detach"
    for tag in expected:
        sent = [orjson.loads(r.body) for r in transport.requests if r.path == f"/api/tag/{tag}/{verb}"]
        assert sorted(map(len, sent)) == [5_000, 10_000, 10_000]
        assert sorted(chain.from_iterable(sent), key=int) == data.ids
    assert len(transport.requests) == 3 * len(expected)


async def test_many_who_get_or_create_at_once_get_one(any_client):
    lake = await any_client.get_datalake()
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    for make, listing in (
        (lake.get_or_create_data_tag, lake.list_data_tags),
        (version.get_or_create_asset_tag, version.list_asset_tags),
    ):
        found = await asyncio.gather(*(make("night") for _ in range(12)))
        assert len({tag.id for tag in found}) == 1
        assert len(await listing()) == 1


async def test_somebody_else_creates_it_between_look_and_creation(proxied, proxy, client):
    lake, theirs = await proxied.get_datalake(), await client.get_datalake()

    async def overtaken(passing):
        await theirs.create_data_tag("night")
        return await passing.forward()

    proxy.on("POST", "/tags", overtaken, times=1)
    assert await lake.get_or_create_data_tag("night") == await theirs.get_data_tag("night")


async def test_get_or_create_looks_up_what_a_lost_answer_made(strict_proxied, strict_proxy):
    lake = await strict_proxied.get_datalake()
    strict_proxy.loses_answer("POST", "/tags")
    tag = await lake.get_or_create_data_tag("night")
    assert await lake.list_data_tags() == [tag]
    strict_proxy.swallows("POST", "/tags")
    with pytest.raises(OutcomeUnknownError):
        await lake.get_or_create_data_tag("day")
    assert strict_proxy.count("POST", "/tags") == 2


async def test_create_does_not_look_up_as_the_tag_might_be_anothers(strict_proxied, strict_proxy):
    lake = await strict_proxied.get_datalake()
    strict_proxy.loses_answer("POST", "/tags")
    with pytest.raises(OutcomeUnknownError):
        await lake.create_data_tag("night")
