"""Changing data: metadata, tags, sources."""

from __future__ import annotations

from checks import equal, holds, refused
from picsellia.exceptions import ResourceConflictError, ResourceNotFoundError
from picsellia.sdk.data import MultiData
from world import names, one_name

__all__ = ["change_data"]


def change_data(world):
    """Change metadata, tags and sources of data."""
    _metadata(world)
    _tags_of_data(world)
    _tag_itself(world)
    _sources(world)


def _metadata(world):
    data = world.park_data[0]
    data.update_metadata({"reference": "changed", "weather": "fog"})
    equal(data.metadata["weather"], "fog", "updated metadata")
    again = world.lake.find_data(id=data.id)
    equal(again.metadata["reference"], "changed", "updated metadata, read anew")
    data.update_metadata(None)
    holds(not world.lake.find_data(id=data.id).metadata, "metadata taken away")
    if not world.is_old:
        data.update_custom_metadata({"crop": "right"})
        equal(data.custom_metadata, {"crop": "right"}, "updated custom metadata")
        found = world.lake.list_data(custom_metadata={"crop": "right"})
        equal(names(found), [data.filename], "found by its new custom metadata")
        data.update_custom_metadata(None)
        equal(world.lake.find_data(id=data.id).custom_metadata, None, "custom metadata taken away")


def _tags_of_data(world):
    lake, data = world.lake, world.park_data[1]
    tag = lake.create_data_tag("fresh")
    with refused(ResourceConflictError, "a second data tag of one name"):
        lake.create_data_tag(tag.name)
    data.add_tags(tag)
    data.add_tags([tag])
    equal(
        sorted(each.name for each in data.get_tags()), ["cam-2", tag.name], "a tag added twice is there once"
    )
    data.remove_tags(tag)
    equal(one_name(data.get_tags()), "cam-2", "a tag removed")
    parks = MultiData(lake.connexion, lake.id, world.park_data)
    parks.add_tags(tag)
    equal(names(lake.list_data(tags=tag)), names(parks), "a tag added to many")
    parks.remove_tags([tag])
    holds(all(one_name(each.get_tags()) == "cam-2" for each in parks), "a tag removed from many")
    with refused(AssertionError, "a dataset tag on data"):
        data.add_tags(world.client.create_dataset_tag("odd"))


def _tag_itself(world):
    lake, data = world.lake, world.park_data[2]
    tag = lake.get_data_tag("fresh")
    tag.attach_on([data, world.park_data[3]])
    equal(len(lake.list_data(tags=tag)), 2, "a tag attached from its own side")
    tag.detach_from(data)
    equal(names(lake.list_data(tags=tag)), [world.park_data[3].filename], "and detached")
    tag.update(name="renamed")
    equal(lake.get_data_tag("renamed").id, tag.id, "a tag renamed")
    equal(tag.sync()["target_type"], "DATA", "what it is for")
    known = {each.name for each in lake.list_data_tags()}
    holds({"cam-1", "cam-2", "night", tag.name} <= known, f"all data tags: {known}")
    in_order = [each.name for each in lake.list_data_tags(limit=2, offset=1, order_by=["name"])]
    equal(in_order, sorted(known)[1:3], "some data tags, in order")
    tag.delete()
    equal(one_name(world.park_data[3].get_tags()), "cam-2", "a deleted tag is gone from its data")
    with refused(ResourceNotFoundError, "a deleted tag"):
        lake.get_data_tag(tag.name)


def _sources(world):
    client = world.client
    source = client.create_datasource("gate")
    with refused(ResourceConflictError, "a second source of one name"):
        client.create_datasource(source.name)
    equal(client.get_datasource(source.name).id, source.id, "a source by name")
    equal(client.get_or_create_datasource(source.name).id, source.id, "a source got, not created")
    listed = [each.name for each in client.list_datasources(order_by=["name"])]
    equal(listed, sorted(listed), "all sources, in order")
    holds({"north gate", "south gate", source.name} <= set(listed), f"all sources: {listed}")
    source.update(name=f"old-{source.name}")
    equal(client.get_datasource("old-gate").id, source.id, "a source renamed")
    source.delete()
    with refused(ResourceNotFoundError, "a deleted source"):
        client.get_datasource("old-gate")
