"""Data of objects that lie in the storage already, and changing many data at once."""

from __future__ import annotations

from checks import equal, holds, refused
from picsellia import exceptions
from picsellia.types.enums import JobRunStatus, ObjectDataType
from pictures import make_photo, make_small
from world import names, one_name

__all__ = ["import_objects"]


def import_objects(world):
    """Upload objects of which nothing is made, import them, change them, and delete them."""
    _by_prefix(world)
    if not world.is_old:
        _by_name(world)
        _many_at_once(world)


def _upload(world, *paths):
    """Upload files as the client does, and make no data of them; return their object names."""
    lake = world.lake
    made = []
    for path in paths:
        name = lake.connexion.generate_data_object_name(path.name, ObjectDataType.DATA, lake.connector_id)
        lake.connexion.upload_file(name, str(path), lake.connector_id)
        made.append(name)
    return made


def _finish(job):
    return job.wait_for_done(blocking_time_increment=0.05, attempts=400)


def _by_prefix(world):
    lake = world.lake
    folder = world.make_folder("bucket")
    objects = _upload(
        world, make_small(folder, "bucket", 0), make_small(folder, "bucket", 1), make_photo(folder)
    )
    before = lake.list_data()
    equal(_finish(lake.import_bucket_objects([])), JobRunStatus.SUCCEEDED, "an import of nothing")
    job = lake.import_bucket_objects(
        objects, tags=["imported", lake.create_data_tag("bucket")], source="bucket"
    )
    equal(_finish(job), JobRunStatus.SUCCEEDED, "an import by prefixes")
    made = lake.list_data(object_names=objects)
    equal(len(made), 3, "data of all objects")
    equal(len(lake.list_data()), len(before) + 3, "and of no others")
    by_name = {data.object_name: data for data in made}
    equal(
        [(by_name[name].width, by_name[name].height) for name in objects],
        [(40, 30), (41, 31), (32, 48)],
        "sizes",
    )
    for data in made:
        equal(sorted(tag.name for tag in data.get_tags()), ["bucket", "imported"], "tags of imported data")
        equal(data.get_datasource().name, "bucket", "source of imported data")
        equal(data.filename, data.object_name.rpartition("/")[2], "file name of imported data")
    equal(by_name[objects[2]].metadata["manufacturer"], "Lens & Co", "metadata of imported photos")
    made[0].download(str(world.make_folder("imported")))
    equal(_finish(lake.import_bucket_objects(objects)), JobRunStatus.SUCCEEDED, "the same import again")
    equal(len(lake.list_data()), len(before) + 3, "makes nothing")
    made.delete()


def _by_name(world):
    lake = world.lake
    folder = world.make_folder("cloud")
    first, second = _upload(world, make_small(folder, "cloud", 0), make_small(folder, "cloud", 1))
    described = {
        "metadata": {"reference": "XYZ1"},
        "custom_metadata": {"value": 10},
        "tags": ["cloud", "imported"],
        "data_source": "cloud",
    }
    job = lake.import_cloud_objects({first: described, second: {}, "data/missing.png": {}})
    equal(_finish(job), JobRunStatus.FAILED, "an import of which one object is missing")
    data = lake.find_data(object_name=first)
    equal(data.metadata["reference"], "XYZ1", "metadata of an object")
    equal(data.custom_metadata, {"value": 10}, "custom metadata of an object")
    equal(sorted(tag.name for tag in data.get_tags()), ["cloud", "imported"], "tags of an object")
    equal(data.get_datasource().name, "cloud", "source of an object")
    holds(not lake.find_data(object_name=second).get_tags(), "an object without anything")
    with refused(exceptions.BadRequestError, "a name that leaves the storage"):
        lake.import_cloud_objects({"../other/a.png": {}})
    world.cloud_data = lake.list_data(object_names=[first, second])


def _many_at_once(world):
    lake, (one, other) = world.lake, world.cloud_data
    lake.update_multiple_data(
        {
            one.id: {"metadata": {"weather": "fog"}, "tags": ["fog"], "data_source": "roof"},
            other.id: {"custom_metadata": {"value": 25}, "tags": ["fog", "cloud"]},
        }
    )
    one, other = lake.find_data(id=one.id), lake.find_data(id=other.id)
    equal((one.metadata["weather"], one.custom_metadata), ("fog", None), "metadata that was replaced")
    equal((one_name(one.get_tags()), one.get_datasource().name), ("fog", "roof"), "tags and source, replaced")
    equal(other.custom_metadata, {"value": 25}, "custom metadata that was replaced")
    equal(names(lake.list_data(tags="fog")), names([one, other]), "found by the new tag")
    world.cloud_data.delete()
