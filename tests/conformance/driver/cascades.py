"""What goes along with what is deleted, and what stays: labels, tags, sources, assets, data, versions."""

from __future__ import annotations

from annotated import check_stats
from assets import add
from checks import equal, refused
from picsellia.exceptions import NoDataError, ResourceNotFoundError
from pictures import make_small
from world import names

__all__ = ["delete_cascades"]


def delete_cascades(world):
    """Make two annotated versions of three data, and delete one kind of thing after the other."""
    folder = world.make_folder("cascades")
    paths = [make_small(folder, "cascade", number) for number in range(3)]
    data = sorted(
        world.lake.upload_data(paths, tags=["cascade"], source="cascade"), key=lambda one: one.filename
    )
    dataset = world.client.create_dataset("cascades")
    first, second = (_fill(dataset, name, data) for name in ("first", "second"))
    _labels(first)
    _tags(world, first, data)
    _asset(first)
    _data(first, second, data)
    _version(world, dataset, first, second)


def _fill(dataset, name, data):
    """A version whose assets have two cars and a bus each."""
    version = dataset.create_version(name)
    add(version, data, tags=["seen"])
    car, bus = version.create_label("car"), version.create_label("bus")
    for asset in version.list_assets():
        annotation = asset.create_annotation(1.0)
        annotation.create_multiple_rectangles([(index, 2, 3, 4, car) for index in range(2)])
        annotation.create_classification(bus)
    check_stats(version, {"car": 6, "bus": 3}, 3, f"of {name}")
    return version


def _labels(version):
    version.get_label("bus").delete()
    check_stats(version, {"car": 6}, 3, "after a label was deleted: its shapes went, the annotations stay")
    annotation = version.list_annotations()[0]
    equal(annotation.list_classifications(), [], "its shapes of an annotation")
    equal(len(annotation.list_rectangles()), 2, "and the others")


def _tags(world, version, data):
    version.get_asset_tag("seen").delete()
    equal([tag for asset in version.list_assets() for tag in asset.get_tags()], [], "a tag deleted")
    world.lake.get_data_tag("cascade").delete()
    equal([tag for one in data for tag in one.get_tags()], [], "a data tag deleted")
    data[0].get_datasource().delete()
    sources = [world.lake.find_data(id=one.id).get_datasource() for one in data]
    equal(sources, [None] * 3, "a source deleted: its data stays, without one")


def _asset(version):
    asset = version.find_asset(filename="cascade_00.jpg")
    annotation = asset.get_annotation()
    asset.delete()
    with refused(ResourceNotFoundError, "the annotation of a deleted asset"):
        annotation.sync()
    check_stats(version, {"car": 4}, 2, "after an asset was deleted")
    equal(names(version.list_assets()), ["cascade_01.png", "cascade_02.jpg"], "the other assets")


def _data(first, second, data):
    twins = [version.find_asset(filename="cascade_01.png") for version in (first, second)]
    data[1].delete()
    for version, twin, left in ((first, twins[0], {"car": 2}), (second, twins[1], {"car": 4, "bus": 2})):
        with refused(ResourceNotFoundError, "an asset of deleted data"):
            twin.sync()
        check_stats(version, left, len(version.list_assets()), "after data was deleted")


def _version(world, dataset, first, second):
    annotation, label = second.list_annotations()[0], second.get_label("car")
    tag, asset = second.get_asset_tag("seen"), second.list_assets()[0]
    second.delete()
    for what, thing in {"annotation": annotation, "label": label, "tag": tag, "asset": asset}.items():
        with refused(ResourceNotFoundError, f"the {what} of a deleted version"):
            thing.sync()
    check_stats(first, {"car": 2}, 1, "of the other version")
    label = first.get_label("car")
    dataset.delete()
    with refused(ResourceNotFoundError, "the label of a deleted dataset"):
        label.sync()
    left = world.lake.list_data(filenames=["cascade_00.jpg", "cascade_01.png", "cascade_02.jpg"])
    equal(names(left), ["cascade_00.jpg", "cascade_02.jpg"], "the data of a deleted dataset stays")
    left.delete()
    with refused(NoDataError, "data deleted"):
        world.lake.list_data(filenames=["cascade_00.jpg"])
