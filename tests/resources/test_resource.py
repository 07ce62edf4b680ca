from __future__ import annotations

import copy
import pickle

import pytest

import asyncsdk
from asyncsdk.records.data import DataRecord, DataSourceRecord


def data_of(identity="1", connection=None, name="a.png"):
    record = DataRecord(identity, f"o/{identity}", name, "IMAGE", "image/png", "DONE")
    return asyncsdk.Data(connection, record, "lake")


def test_equal_are_those_of_one_type_and_id():
    assert data_of("1") == data_of("1", connection=object(), name="b.png")
    assert data_of("1") != data_of("2")
    source = asyncsdk.DataSource(None, DataSourceRecord("1", "gate"))
    assert data_of("1") != source
    assert source != "1"
    assert data_of("1") != None  # noqa: E711 - the operator is under test


def test_equal_objects_are_one_in_a_set():
    assert len({data_of("1"), data_of("1", name="b.png"), data_of("2")}) == 2
    assert {data_of("1"): "found"}[data_of("1")] == "found"


@pytest.mark.parametrize("pack", [pickle.dumps, copy.copy, copy.deepcopy])
def test_pickling_and_copying_say_what_to_do(pack):
    with pytest.raises(TypeError, match=r"hold a connection .* keep the id and read the object anew"):
        pack(data_of())


def test_the_text_names_type_and_id():
    assert repr(data_of("7")) == "<Data 'a.png' 7>"


def test_nothing_can_be_hung_on_a_resource():
    with pytest.raises(AttributeError):
        data_of().colour = "red"
    with pytest.raises(AttributeError):
        data_of().filename = "b.png"


async def test_attributes_do_no_io(client, images, version):
    lake = await client.get_datalake()
    data = await lake.upload_data(images[:1], tags=["night"], source="gate", metadata={"reference": "R"})
    await version.add_data(data, wait=True)
    objects = [
        lake, data[0], version, (await version.list_assets())[0], await lake.get_data_tag("night"),
        await client.get_dataset("birds"), await client.get_data_source("gate"), (await client.list_users())[0],
    ]  # fmt: skip
    await client.close()
    for thing in objects:
        for name in dir(type(thing)):
            if isinstance(getattr(type(thing), name), property):
                getattr(thing, name)
        assert repr(thing)


async def test_refresh_changes_the_object_in_place(any_client, images):
    lake = await any_client.get_datalake()
    data = (await lake.upload_data(images[:1]))[0]
    same = await lake.find_data(id=data.id)
    await same.update_metadata({"reference": "R1"})
    assert data.metadata is None
    await data.refresh()
    assert data.metadata == {"reference": "R1"}
