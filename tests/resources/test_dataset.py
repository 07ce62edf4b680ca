from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from asyncsdk.enums import InferenceType
from asyncsdk.errors import ConflictError, InvalidArgumentError, NotFoundError


async def test_create_find_and_list(any_client):
    birds = await any_client.create_dataset("birds", "what flies")
    fish = await any_client.create_dataset("fish")
    assert birds.name == "birds"
    assert await any_client.get_dataset("birds") == birds
    assert await any_client.get_dataset_by_id(birds.id) == birds
    assert await any_client.get_dataset_by_id(UUID(birds.id)) == birds
    assert await any_client.list_datasets() == [fish, birds]
    assert await any_client.list_datasets(order_by=["name"], limit=1) == [birds]
    assert await any_client.list_datasets(order_by=["-name"], offset=1) == [birds]
    assert repr(birds) == f"<Dataset 'birds' {birds.id}>"


async def test_a_name_that_is_taken_and_one_that_is_unknown(any_client):
    await any_client.create_dataset("birds")
    with pytest.raises(ConflictError):
        await any_client.create_dataset("birds")
    with pytest.raises(NotFoundError):
        await any_client.get_dataset("fish")
    with pytest.raises(NotFoundError):
        await any_client.get_dataset_by_id(uuid4())
    with pytest.raises(InvalidArgumentError, match="'birds' is not an id"):
        await any_client.get_dataset_by_id("birds")


@pytest.mark.parametrize(
    "name", ['a"b', "ünï/cödé", "a b?c=d&e#f", "../..", "100%", "'; drop table data; --"]
)
async def test_any_name_is_only_a_name(any_client, name):
    dataset = await any_client.create_dataset(name)
    assert (await any_client.get_dataset(name)).name == name
    version = await dataset.create_version(name)
    assert await dataset.get_version(name) == version
    assert version.name == version.version == name


async def test_update_changes_what_is_given(any_client):
    dataset = await any_client.create_dataset("birds", "old")
    await any_client.create_dataset("fish")
    await dataset.update(name="cats")
    assert dataset.name == "cats"
    await dataset.update(description="new")
    assert dataset.name == "cats"
    with pytest.raises(ConflictError):
        await dataset.update(name="fish")
    assert dataset.name == "cats"


async def test_refresh_shows_what_others_changed(any_client):
    mine = await any_client.create_dataset("birds")
    theirs = await any_client.get_dataset("birds")
    await theirs.update(name="cats")
    assert mine.name == "birds"
    await mine.refresh()
    assert mine.name == "cats"
    assert mine == theirs


async def test_delete_takes_the_versions_along(any_client):
    dataset = await any_client.create_dataset("birds")
    version = await dataset.create_version("v1")
    await dataset.delete()
    for gone in (
        dataset.refresh,
        version.refresh,
        version.list_assets,
        lambda: any_client.get_dataset("birds"),
    ):
        with pytest.raises(NotFoundError):
            await gone()


async def test_versions_by_name_and_by_id(any_client):
    dataset = await any_client.create_dataset("birds")
    first = await dataset.create_version("v1", "the first")
    second = await dataset.create_version("v2", type=InferenceType.POINT)
    assert (first.name, first.version, first.origin_id) == ("birds", "v1", dataset.id)
    assert await dataset.get_version("v1") == first
    assert await dataset.get_version_by_id(first.id) == first
    assert await any_client.get_dataset_version_by_id(UUID(first.id)) == first
    assert await dataset.list_versions() == [second, first]
    assert await dataset.list_versions(order_by=["version"], limit=1) == [first]
    other = await any_client.create_dataset("fish")
    with pytest.raises(NotFoundError):
        await other.get_version_by_id(first.id)
    with pytest.raises(NotFoundError):
        await dataset.get_version("v3")
    with pytest.raises(ConflictError):
        await dataset.create_version("v1")


@pytest.mark.parametrize("text", ["object_detection", "Object_Detection", "OBJECT_DETECTION"])
async def test_a_type_in_any_case(any_client, text):
    dataset = await any_client.create_dataset("birds")
    version = await dataset.create_version("v1", type=text)
    assert version.type is InferenceType.OBJECT_DETECTION


async def test_every_type(any_client):
    dataset = await any_client.create_dataset("birds")
    for kind in InferenceType:
        assert (await dataset.create_version(kind.value, type=kind)).type is kind


@pytest.mark.parametrize("wrong", ["boxes", "", None, 3])
async def test_an_unknown_type_lists_the_choices_before_any_request(proxied, proxy, wrong):
    dataset = await proxied.create_dataset("birds")
    version = await dataset.create_version("v1")
    before = len(proxy.passed)
    with pytest.raises(InvalidArgumentError, match=r"choose one of NOT_CONFIGURED, CLASSIFICATION, .*MASK"):
        await dataset.create_version("v2", type=wrong)
    with pytest.raises(ValueError, match="choose one of"):
        await version.set_type(wrong)
    assert len(proxy.passed) == before
