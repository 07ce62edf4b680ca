from __future__ import annotations

import pytest

import asyncsdk
from asyncsdk.enums import InferenceType
from asyncsdk.errors import BadRequestError, ConflictError, InvalidArgumentError, LockedError, NotFoundError


@pytest.fixture
async def version(any_client):
    return await (await any_client.create_dataset("birds")).create_version("v1")


@pytest.mark.seed("update", "version", "description", "type")
async def test_update_changes_the_object_in_place(version):
    assert await version.update(version="v2", description="my favourite", type="point") is None
    assert version._record.description == "my favourite"
    assert (version.version, version.type) == ("v2", InferenceType.POINT)
    await version.update(description="still v2")
    assert (version.version, version.type) == ("v2", InferenceType.POINT)


async def test_an_empty_update_sends_nothing(proxied, proxy):
    version = await (await proxied.create_dataset("birds")).create_version("v1", description="kept")
    before = len(proxy.passed)
    await version.update()
    assert len(proxy.passed) == before
    await version.update(description="")
    await version.refresh()
    assert (version.version, version._record.description) == ("v1", "")


@pytest.mark.parametrize("name", ["", " ", "x" * 256])
async def test_a_version_keeps_its_name_when_the_new_one_is_none(version, name):
    with pytest.raises(BadRequestError, match="version"):
        await version.update(version=name, description="lost")
    await version.refresh()
    assert (version.version, version._record.description) == ("v1", "")


@pytest.mark.seed("set_type", "type")
@pytest.mark.seed("update", "type")
@pytest.mark.parametrize("kind", InferenceType)
async def test_every_type_is_taken_as_a_member_and_by_its_name_in_any_case(version, kind):
    for given in (kind, kind.value, kind.value.lower(), kind.value.title()):
        await version.set_type(InferenceType.MULTI)
        await version.set_type(given)
        assert version.type is kind
        await version.update(type=InferenceType.MULTI)
        await version.update(type=given)
        assert version.type is kind
    await version.refresh()
    assert version.type is kind


async def test_an_unknown_type_is_refused_before_any_request(proxied, proxy):
    version = await (await proxied.create_dataset("birds")).create_version("v1")
    before = len(proxy.passed)
    for wrong in ("boxes", "", "object detection", 5):
        with pytest.raises(InvalidArgumentError, match="choose one of NOT_CONFIGURED, CLASSIFICATION"):
            await version.set_type(wrong)
        with pytest.raises(InvalidArgumentError):
            await version.update(type=wrong, description="lost")
    with pytest.raises(InvalidArgumentError):
        await version.set_type(None)
    assert len(proxy.passed) == before
    assert version.type is InferenceType.NOT_CONFIGURED


async def test_annotations_stay_when_the_type_changes(any_client, any_org, version, fill):
    await fill(any_org, version, ["a.png"])
    await version.set_type("object_detection")
    label = await version.create_label("car")
    annotation = await (await version.list_assets())[0].create_annotation()
    await annotation.create_rectangle(1, 1, 2, 2, label)
    before = await version.load_annotations()
    for kind in ("CLASSIFICATION", "MASK", "NOT_CONFIGURED"):
        await version.set_type(kind)
        assert await version.load_annotations() == before
    assert (await version.retrieve_stats()).label_repartition == {"car": 1}


@pytest.mark.seed("set_type", "type")
async def test_set_type(version):
    assert version.type is InferenceType.NOT_CONFIGURED
    await version.set_type("segmentation")
    assert version.type is InferenceType.SEGMENTATION
    await version.refresh()
    assert version.type is InferenceType.SEGMENTATION


async def test_a_name_that_another_version_has(any_client, version):
    dataset = await any_client.get_dataset("birds")
    await dataset.create_version("v2")
    with pytest.raises(ConflictError):
        await version.update(version="v2")
    assert version.version == "v1"


@pytest.mark.seed("delete")
async def test_delete(any_client, any_org, version, fill):
    await fill(any_org, version, ["a.png", "b.png"])
    assets = await version.list_assets()
    annotation = await assets[0].create_annotation()
    label, tag = await version.create_label("car"), await version.create_asset_tag("night")
    await annotation.create_classification(label)
    other = await (await any_client.get_dataset("birds")).create_version("v2")
    assert await version.delete() is None
    for gone in (version, assets[0], annotation, label, tag):
        with pytest.raises(NotFoundError):
            await gone.refresh()
    with pytest.raises(NotFoundError):
        await version.delete()
    assert await (await any_client.get_dataset("birds")).list_versions() == [other]
    assert len(await (await any_client.get_datalake()).list_data()) == 2


@pytest.mark.seed("add_tags", "tags")
@pytest.mark.seed("get_tags", "return")
async def test_tags_of_a_version(any_client, version):
    assert await version.get_tags() == []
    training = await any_client.create_tag("training-dataset", "DATASET_VERSION")
    assert await version.add_tags(training) is None
    await version.add_tags([await any_client.create_dataset_version_tag("gold"), training])
    tags = await version.get_tags()
    assert [tag.name for tag in tags] == ["training-dataset", "gold"]
    assert tags[0] == training


async def test_a_locked_version_refuses_every_change(any_client, version, images):
    lake = await any_client.get_datalake()
    data = await lake.upload_data(images[:2])
    await version.add_data(data[:1], wait=True)
    tag = await version.create_asset_tag("night")
    assets = await version.list_assets()
    await version.lock()
    changes = {
        "update": lambda: version.update(description="x"),
        "set_type": lambda: version.set_type("point"),
        "delete": version.delete,
        "add_data": lambda: version.add_data(data),
        "create_asset_tag": lambda: version.create_asset_tag("day"),
        "get_or_create_asset_tag": lambda: version.get_or_create_asset_tag("day"),
        "tag assets": lambda: assets.add_tags(tag),
        "delete assets": assets.delete,
        "delete asset": assets[0].delete,
        "delete data": data[0].delete,
    }
    for name, change in changes.items():
        with pytest.raises(LockedError) as caught:
            await change()
            pytest.fail(f"{name}: a locked version took it")
        assert caught.value.status == 423
    assert len(await version.list_assets()) == 1
    await version.unlock()
    await version.update(description="x")
    await assets.delete()
    assert len(await version.list_assets()) == 0


async def test_attributes_show_the_record_and_do_no_io(any_client, version):
    shown = (
        version.id,
        version.ids,
        version.name,
        version.origin_id,
        version.version,
        version.type,
        repr(version),
    )
    await any_client.close()
    assert shown == (
        version.id, [version.id], "birds", version.origin_id, "v1", InferenceType.NOT_CONFIGURED,
        f"<DatasetVersion 'birds/v1' {version.id}>",
    )  # fmt: skip


@pytest.mark.seed("find_asset", "data", "filename", "object_name", "return", "NotFoundError")
async def test_finding_one_asset(any_client, version, images):
    lake = await any_client.get_datalake()
    twice = await lake.upload_data([images[0], images[0], images[1]])
    await version.add_data(twice, wait=True)
    by_data = await version.find_asset(data=twice[0])
    assert isinstance(by_data, asyncsdk.Asset)
    assert by_data.data_id == twice[0].id
    assert await version.find_asset(object_name=twice[0].object_name) == by_data
    assert await version.find_asset(id=by_data.id) == by_data
    assert await version.find_asset(filename=images[0].name, data=twice[0], id=by_data.id) == by_data
    assert (await version.find_asset(filename=images[1].name)).data_id == twice[2].id
    with pytest.raises(InvalidArgumentError, match="at least one"):
        await version.find_asset()
    with pytest.raises(NotFoundError):
        await version.find_asset(filename="no such file")
    with pytest.raises(NotFoundError):
        await version.find_asset(filename=images[1].name, data=twice[0])
    with pytest.raises(InvalidArgumentError, match="not an id"):
        await version.find_asset(id="x")


@pytest.mark.seed("find_asset", "filename", "InvalidQueryError")
async def test_several_assets_of_one_name_are_told(version, any_client, images):
    from asyncsdk.errors import InvalidQueryError

    lake = await any_client.get_datalake()
    await version.add_data(await lake.upload_data([images[0], images[0]]), wait=True)
    with pytest.raises(InvalidQueryError, match="several"):
        await version.find_asset(filename=images[0].name)


@pytest.mark.seed("find_all_assets", "filenames", "object_names", "ids", "return")
async def test_finding_some_assets(version, any_client, images):
    lake = await any_client.get_datalake()
    await version.add_data(await lake.upload_data(images), wait=True)
    names = [images[3].name, images[1].name, "no such file"]
    found = await version.find_all_assets(filenames=names)
    assert isinstance(found, asyncsdk.MultiAsset)
    assert {asset.filename for asset in found} == set(names[:2])
    assert await version.find_all_assets(ids=found.ids) == found
    object_names = [asset.object_name for asset in found]
    assert await version.find_all_assets(object_names=object_names) == found
    assert await version.find_all_assets(filenames=names, ids=found.ids[:1]) == found[:1]
    assert len(await version.find_all_assets(filenames=[])) == 0
    with pytest.raises(InvalidArgumentError, match="give filenames, object_names or ids"):
        await version.find_all_assets()
