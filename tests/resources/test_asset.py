from __future__ import annotations

import pytest

from asyncsdk.errors import NotFoundError


@pytest.fixture
async def shelf(any_client, images):
    """A version of three assets and their data."""
    data = await (await any_client.get_datalake()).upload_data(images[:3], metadata={"reference": "R"})
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    await version.add_data(data, wait=True)
    return version, data


async def test_what_an_asset_shows(shelf, images):
    version, data = shelf
    asset = await version.find_asset(filename=images[1].name)
    assert (asset.filename, asset.type, asset.content_type) == (images[1].name, "IMAGE", "image/png")
    assert (asset.width, asset.height, asset.metadata) == (41, 31, {"reference": "R"})
    assert (asset.data_id, asset.object_name) == (data[1].id, data[1].object_name)
    assert (asset.dataset_version_id, asset.ids, asset.custom_metadata) == (version.id, [asset.id], None)
    assert asset.url.startswith("http")
    assert repr(asset) == f"<Asset {images[1].name!r} {asset.id}>"


async def test_from_assets_to_data_and_back(shelf):
    version, data = shelf
    assets = await version.list_assets(order_by=["-filename"])
    assert [one.id for one in await assets.as_multidata()] == data.ids[::-1]
    assert await assets[1:].as_list_of_data() == [data[1], data[0]]
    assert await assets[0].get_data() == data[2]
    assert (await assets.as_multidata()).datalake_id == data.datalake_id
    assert await version.list_assets(data_ids=(await assets.as_multidata()).ids[:1]) == assets[:1]


async def test_no_assets_have_no_data(shelf):
    version, _ = shelf
    with pytest.raises(NotFoundError, match="there is no asset"):
        await (await version.list_assets(q="width = 0")).as_multidata()


async def test_data_that_was_deleted_meanwhile_is_told(shelf):
    version, data = shelf
    assets = await version.list_assets(order_by=["filename"])
    await data[1].delete()
    with pytest.raises(NotFoundError, match=f"1 data are not in datalake .*: {data[1].id}"):
        await assets.as_multidata()
    with pytest.raises(NotFoundError):
        await assets[1].get_data()


async def test_data_tags_of_an_asset(any_client, shelf):
    version, data = shelf
    await data[0].add_tags(await (await any_client.get_datalake()).create_data_tag("cam-1"))
    asset = await version.find_asset(data=data[0])
    assert [tag.name for tag in await asset.get_data_tags()] == ["cam-1"]
    assert await asset.get_tags() == []


async def test_assets_are_deleted_and_data_stays(any_client, shelf):
    version, data = shelf
    assets = await version.list_assets(order_by=["filename"])
    assert await assets[0].delete() is None
    assert await assets[:2].delete() is None
    assert (await version.list_assets()).ids == assets.ids[2:]
    with pytest.raises(NotFoundError):
        await assets[0].refresh()
    with pytest.raises(NotFoundError):
        await assets[0].delete()
    assert len(await (await any_client.get_datalake()).list_data()) == 3
    await version.add_data(data, wait=True)
    assert len(await version.list_assets()) == 3


async def test_refresh(shelf):
    version, data = shelf
    asset = await version.find_asset(data=data[0])
    await data[0].update_metadata({"reference": "R9"})
    assert asset.metadata == {"reference": "R"}
    await asset.refresh()
    assert asset.metadata == {"reference": "R9"}
