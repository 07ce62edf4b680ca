"""Tags become classifications: what is refused before any request, and what is there at the end."""

from __future__ import annotations

import pytest

import asyncsdk
from asyncsdk.enums import InferenceType, JobStatus, TagTarget
from asyncsdk.errors import BadRequestError, InvalidArgumentError, JobFailedError, LockedError
from asyncsdk.records.datasets import DatasetVersionRecord

METHOD = "convert_tags_to_classification"


@pytest.fixture
async def lake(any_client):
    return await any_client.get_datalake()


@pytest.fixture
async def version(any_client, any_org, fill):
    version = await (await any_client.create_dataset("birds")).create_version("v1", type="classification")
    await fill(any_org, version, ["a.png", "b.png", "c.png"])
    return version


async def classified(version):
    """The names of the classifications of each asset that has an annotation, by file name."""
    names = {asset.id: asset.filename for asset in await version.list_assets()}
    loaded = await version.load_annotations() if (await version.retrieve_stats()).nb_annotations else {}
    return {
        names[asset]: [shape["label"] for shape in one["classifications"]]
        for asset, (one,) in sorted(loaded.items(), key=lambda item: names[item[0]])
    }


@pytest.mark.seed(METHOD, "tag_type", "tags", "return")
async def test_asset_tags_become_classifications(version):
    assets = await version.list_assets(order_by=["filename"])
    dog, cat = await version.create_asset_tag("dog"), await version.create_asset_tag("cat")
    await assets[:2].add_tags(cat)
    await assets[1].add_tags(dog)
    label = await version.create_label("cat")
    job = await version.convert_tags_to_classification(TagTarget.ASSET, [dog, cat])
    assert isinstance(job, asyncsdk.Job)
    await job.wait(poll_s=0.002)
    assert job.status is JobStatus.SUCCESS
    assert await classified(version) == {"a.png": ["cat"], "b.png": ["dog", "cat"]}
    assert await version.get_label("cat") == label
    again = await version.convert_tags_to_classification("asset", dog, wait=True)
    assert again.status is JobStatus.SUCCESS
    assert await classified(version) == {"a.png": ["cat"], "b.png": ["dog", "cat"]}
    assert sorted(tag.name for tag in await assets[1].get_tags()) == ["cat", "dog"]


@pytest.mark.seed(METHOD, "tag_type", "tags")
async def test_data_tags_become_classifications(version, lake):
    data = await (await version.list_assets(filenames=["b.png", "c.png"])).as_multidata()
    night = await lake.create_data_tag("night")
    await data.add_tags(night)
    await version.convert_tags_to_classification("Data", [night], wait=True)
    assert await classified(version) == {"b.png": ["night"], "c.png": ["night"]}


async def test_assets_of_a_campaign_stay_as_they_are(version, any_org):
    assets = await version.list_assets(order_by=["filename"])
    campaign = await version.create_campaign("first")
    await campaign.add_step("draw", "ANNOTATION")
    await campaign.launch(assets=assets[1:], wait=True)
    cat = await version.create_asset_tag("cat")
    await assets.add_tags(cat)
    job = await version.convert_tags_to_classification("ASSET", [cat], wait=True)
    assert await classified(version) == {"a.png": ["cat"]}
    log = "SELECT line FROM job_log JOIN job ON job.seq = job_log.job WHERE job.id = ?"
    assert any_org.platform.rows(log, job.id) == [("2 assets are in a campaign and stay as they are",)]


async def test_no_tags_convert_nothing(version):
    await version.convert_tags_to_classification("ASSET", [], wait=True)
    assert await classified(version) == {}
    assert await version.list_labels() == []


async def test_what_cannot_be_converted_is_refused_before_any_request(proxied, proxy):
    dataset = await proxied.create_dataset("birds")
    version = await dataset.create_version("v1", type="CLASSIFICATION")
    boxes = await dataset.create_version("v2", type="OBJECT_DETECTION")
    tag = await version.create_asset_tag("dog")
    ours = await proxied.create_dataset_tag("ours")
    before = len(proxy.passed)
    for wrong, text, kind, tags in (
        (boxes, "a version of type CLASSIFICATION, this one is OBJECT_DETECTION", "ASSET", [tag]),
        (version, "'cat' is not a TagTarget; choose one of", "cat", [tag]),
        (version, "ASSET or DATA tags can be converted, not DATASET", TagTarget.DATASET, [ours]),
        (version, "tag 'dog' is for ASSET, not for DATA", "DATA", [tag]),
        (version, "tag 'ours' is for DATASET, not for ASSET", "ASSET", [tag, ours]),
        (version, "'dog' is not a Tag", "ASSET", ["dog"]),
        (version, "None is not a Tag", "ASSET", None),
    ):
        with pytest.raises(InvalidArgumentError, match=text):
            await wrong.convert_tags_to_classification(kind, tags)
    assert len(proxy.passed) == before


async def test_tags_of_another_version_and_locked_versions_are_refused(any_client, version):
    other = await (await any_client.get_dataset("birds")).create_version("v2", type="CLASSIFICATION")
    foreign, own = await other.create_asset_tag("dog"), await version.create_asset_tag("cat")
    with pytest.raises(BadRequestError, match="no ASSET tags of this version"):
        await version.convert_tags_to_classification("ASSET", [foreign])
    await version.lock()
    with pytest.raises(LockedError):
        await version.convert_tags_to_classification("ASSET", [own])
    assert await version.list_labels() == []


async def test_a_conversion_that_fails_raises_its_error(scripted, says):
    answers = [
        says({"id": "j", "status": status, "error": "it was locked"}) for status in ("RUNNING", "FAILED")
    ]
    client, _ = scripted(lambda _: answers.pop(0))
    record = DatasetVersionRecord("v", "o", "birds", "v1", InferenceType.CLASSIFICATION)
    with pytest.raises(JobFailedError, match="it was locked"):
        await asyncsdk.DatasetVersion(client._connection, record).convert_tags_to_classification(
            "DATA", [], wait=True
        )
