"""Datasets and their versions: making, finding, changing, locking, tagging."""

from __future__ import annotations

import uuid

from checks import equal, holds, refused
from picsellia import exceptions
from picsellia.exceptions import ResourceConflictError, ResourceNotFoundError
from picsellia.types.enums import InferenceType
from world import one_name

__all__ = ["change_datasets", "lock_version", "make_datasets", "read_others"]


def make_datasets(world):
    """Make datasets and versions, and find them again."""
    client = world.client
    dataset = world.dataset = client.create_dataset("birds", description="with wings")
    with refused(ResourceConflictError, "a second dataset of one name"):
        client.create_dataset("birds")
    client.create_dataset("fish")
    equal(client.get_dataset("birds").id, dataset.id, "a dataset by name")
    equal(client.get_dataset_by_id(dataset.id).name, "birds", "a dataset by id")
    with refused(ResourceNotFoundError, "an unknown dataset"):
        client.get_dataset("nothing")
    with refused(ResourceNotFoundError, "an unknown dataset by id"):
        client.get_dataset_by_id(uuid.uuid4())
    equal([each.name for each in client.list_datasets(order_by=["name"])], ["birds", "fish"], "all datasets")
    equal([each.name for each in client.list_datasets()], ["fish", "birds"], "all datasets, newest first")
    equal(one_name(client.list_datasets(order_by=["-name"], limit=1, offset=1)), "birds", "some datasets")
    _make_versions(world)


def _make_versions(world):
    dataset = world.dataset
    kinds = list(InferenceType)
    made = [dataset.create_version(kind.value.lower(), type=kind) for kind in kinds]
    for kind, version in zip(kinds, made, strict=True):
        equal((version.type, version.version), (kind, kind.value.lower()), f"a version of type {kind}")
        equal((version.name, version.origin_id), (dataset.name, dataset.id), "its dataset")
        version.sync()
        equal(version.type, kind, f"a version of type {kind}, read anew")
    with refused(ResourceConflictError, "a second version of one name"):
        dataset.create_version("multi")
    equal(dataset.get_version("multi").type, InferenceType.MULTI, "a version by name")
    by_id = dataset.get_version_by_id(made[1].id)
    equal(by_id.version, made[1].version, "a version by id")
    equal(
        world.client.get_dataset_version_by_id(made[1].id).version, made[1].version, "and without its dataset"
    )
    with refused(ResourceNotFoundError, "an unknown version"):
        dataset.get_version("nothing")
    listed = [version.version for version in dataset.list_versions(order_by=["version"])]
    equal(listed, sorted(kind.value.lower() for kind in kinds), "all versions")
    equal(
        [each.version for each in dataset.list_versions(order_by=["version"], limit=2, offset=1)],
        listed[1:3],
        "some versions",
    )
    made[0].delete()
    with refused(ResourceNotFoundError, "a deleted version"):
        dataset.get_version_by_id(made[0].id)
    world.version = dataset.create_version("first", description="to begin with")
    equal(world.version.type, InferenceType.NOT_CONFIGURED, "the type when none is given")


def change_datasets(world):
    """Update and tag datasets and versions."""
    dataset, version = world.dataset, world.version
    dataset.update(name="more birds", description="and more")
    equal(dataset.name, "more birds", "a dataset renamed")
    equal(world.client.get_dataset("more birds").id, dataset.id, "a dataset by its new name")
    with refused(ResourceConflictError, "a dataset renamed to a name that is taken"):
        dataset.update(name="fish")
    version.update(version="v1", description="better")
    equal(dataset.get_version("v1").id, version.id, "a version renamed")
    version.update(type=InferenceType.CLASSIFICATION)
    equal(version.type, InferenceType.CLASSIFICATION, "a version's type, updated")
    version.set_type("object_detection")
    equal(version.type, InferenceType.OBJECT_DETECTION, "a version's type, set")
    version.sync()
    equal((version.type, version.name), (InferenceType.OBJECT_DETECTION, "more birds"), "read anew")
    _tag_dataset(world)
    _tag_version(world)


def _tag_dataset(world):
    client, dataset = world.client, world.dataset
    tag = client.create_dataset_tag("wild")
    with refused(ResourceConflictError, "a second dataset tag of one name"):
        client.create_dataset_tag("wild")
    equal(client.find_dataset_tag("wild").id, tag.id, "a dataset tag by name")
    with refused(ResourceNotFoundError, "an unknown dataset tag"):
        client.find_dataset_tag("tame")
    dataset.add_tags(tag)
    equal(one_name(dataset.get_tags()), "wild", "a tag added to a dataset")
    holds("wild" in [each.name for each in client.list_dataset_tags()], "all dataset tags")
    dataset.remove_tags([tag])
    equal(dataset.get_tags(), [], "a tag removed from a dataset")
    tag.attach_on(dataset)
    equal(one_name(dataset.get_tags()), "wild", "a tag attached to a dataset")


def _tag_version(world):
    client, version = world.client, world.version
    tags = [client.create_dataset_version_tag(name) for name in ("gold", "silver")]
    equal(client.find_dataset_version_tag("gold").id, tags[0].id, "a version tag by name")
    version.add_tags(tags)
    equal(sorted(each.name for each in version.get_tags()), ["gold", "silver"], "tags added to a version")
    version.remove_tags(tags[1])
    equal(one_name(version.get_tags()), "gold", "a tag removed from a version")
    equal(sorted(each.name for each in client.list_dataset_version_tags()), ["gold", "silver"], "all of them")
    with refused(AssertionError, "a version tag on a dataset"):
        world.dataset.add_tags(tags[0])


def lock_version(world):
    """Lock a version, try to change it, unlock it."""
    if world.is_old:
        return
    version = world.version
    asset = version.list_assets(limit=1)[0]
    version.lock()
    for what, change in {
        "data added": lambda: version.add_data(world.photo),
        "a description": lambda: version.update(description="no"),
        "a label": lambda: version.create_label("no"),
        "an asset tag": lambda: version.create_asset_tag("no"),
        "an asset deleted": asset.delete,
        "the version deleted": version.delete,
    }.items():
        with refused(exceptions.ResourceLockedError, f"{what} while the version is locked"):
            change()
    version.unlock()
    version.update(description="yes")


def read_others(world):
    """Read what the newer generation has made: types that the older one does not know are hidden from it."""
    versions = world.client.get_dataset("birds").list_versions()
    holds(
        {version.version for version in versions} >= {"keypoint", "mask", "multi"}, "versions of every type"
    )
    for version in versions:
        version.sync()
        loaded = version.load_annotations()
        equal(version.retrieve_stats().nb_annotations, sum(map(len, loaded.values())), "annotations of them")
