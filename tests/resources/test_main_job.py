"""The main job, end to end: files go up, are listed as assets, and come down byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest


async def do_main_job(client, folder, target):
    """Upload a folder, make a version of it, and download that; return the assets and the report."""
    lake = await client.get_datalake()
    data = await lake.upload_data(folder, tags=["cam-1"], source="north gate")
    dataset = await client.create_dataset("birds")
    version = await dataset.create_version("v1", type="object_detection")
    job = await version.add_data(data, tags=["night"])
    await job.wait()
    assert job.status == "SUCCESS"
    return version, await version.list_assets(), await version.download(target)


def contents(paths):
    return {Path(path).name: Path(path).read_bytes() for path in paths}


async def test_images_come_back_byte_for_byte(any_client, images, tmp_path):
    version, assets, report = await do_main_job(any_client, images[0].parent, tmp_path / "out")
    assert contents((tmp_path / "out").iterdir()) == contents(images)
    assert len(report.downloaded) == 6
    assert report.bytes == sum(path.stat().st_size for path in images)
    assert {asset.filename: (asset.width, asset.height) for asset in assets} == {
        path.name: (40 + number, 30 + number) for number, path in enumerate(images)
    }
    assert version.type == "OBJECT_DETECTION"


async def test_listing_iterating_and_filtering_agree(any_client, images, tmp_path):
    version, assets, _ = await do_main_job(any_client, images[0].parent, tmp_path / "out")
    assert [asset.id async for asset in version.iter_assets()] == assets.ids
    wide = await version.list_assets(q="width >= 43", order_by=["filename"])
    assert [asset.filename for asset in wide] == ["image-3.png", "image-4.jpg", "image-5.png"]
    assert await version.list_assets(tags="night") == assets
    assert await version.list_assets(data_tags=["cam-1"]) == assets
    assert len(await version.list_assets(tags="day")) == 0
    assert [tag.name for tag in await assets[0].get_tags()] == ["night"]
    assert [tag.name for tag in await assets[0].get_data_tags()] == ["cam-1"]
    assert (await (await assets[0].get_data()).get_data_source()).name == "north gate"


async def test_a_second_download_fetches_nothing(any_client, images, tmp_path):
    version, _, first = await do_main_job(any_client, images[0].parent, tmp_path / "out")
    second = await version.download(tmp_path / "out")
    assert sorted(second.skipped) == sorted(first.downloaded)
    assert second.downloaded == second.failed == ()
    assert second.bytes == 0


@pytest.mark.coco
async def test_the_coco_sample_comes_back_byte_for_byte(any_client, coco_images, tmp_path):
    _, assets, _ = await do_main_job(any_client, coco_images[0].parent, tmp_path / "out")
    assert contents((tmp_path / "out").iterdir()) == contents(coco_images)
    assert len(assets) == len(coco_images)
