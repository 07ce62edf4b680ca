"""Projections: further files of data, uploaded one by one or imported from the storage."""

from __future__ import annotations

import uuid

from checks import equal, holds, refused
from picsellia.exceptions import BadRequestError, ResourceConflictError, ResourceNotFoundError
from picsellia.types.enums import JobRunStatus
from pictures import make_photo, make_small
from world import digest

__all__ = ["projections"]


def projections(world):
    """Make, list, download, import and delete projections; the older generation only makes them."""
    path = make_small(world.make_folder("projections"), "depth", 0)
    photo = make_photo(path.parent)
    first, second = world.street_data[:2]
    made = world.lake.create_projection(first, "depth", str(path), {"unit": "mm"})
    filled = world.lake.create_projection(first, "photo", str(photo), fill_metadata=True)
    with refused(ResourceConflictError, "a second projection of one name"):
        world.lake.create_projection(first, "depth", str(photo))
    world.lake.create_projection(second, "depth", str(photo))
    if world.is_old:
        holds(made is None, "the older generation does not read the answer")
        return
    _read(first, made, filled, path)
    _download(world, made, path)
    _import(world, second, made)
    _delete(first, made, filled)


def _read(data, made, filled, path):
    equal((made.name, made.filename, made.infos), ("depth", path.name, {"unit": "mm"}), "a projection")
    holds(made.object_name, "its object name")
    equal(filled.infos["manufacturer"], "Lens & Co", "metadata from EXIF in its info")
    listed = data.list_projections()
    equal({one.id for one in listed}, {made.id, filled.id}, "the projections of a data")
    answer = made.sync()
    equal((answer["compute_status"], answer["id"]), ("DONE", str(made.id)), "a projection read anew")


def _download(world, made, path):
    target = world.make_folder("out-projections")
    made.download(target)
    equal(digest(target / path.name), digest(path), "a projection's file")
    answer = made.sync()
    url = answer["presigned_url"]
    answer["presigned_url"] = url[:-1] + ("0" if url[-1] != "0" else "1")
    made.refresh(answer)
    made.download(target, use_id=True)
    equal(digest(target / made.id_with_extension), digest(path), "and with an expired URL")


def _import(world, data, made):
    wanted = {data.object_name: [{"name": "imported", "object_name": made.object_name}]}
    for _ in range(2):
        job = world.lake.import_cloud_projections(wanted)
        job.wait_for_status(JobRunStatus.SUCCEEDED, blocking_time_increment=0.05, attempts=400)
    equal(sorted(one.name for one in data.list_projections()), ["depth", "imported"], "imported, once")
    wanted[data.object_name].append({"name": "missing", "object_name": "nowhere.png"})
    wanted["data/none.png"] = [{"name": "lost", "object_name": made.object_name}]
    job = world.lake.import_cloud_projections(wanted)
    job.wait_for_done(blocking_time_increment=0.05, attempts=400)
    equal(job.status, JobRunStatus.FAILED, "an import with missing objects and data")
    error = job.sync()["error"]
    holds("nowhere.png" in error and "data/none.png" in error, f"what was missing: {error}")
    with refused(BadRequestError, "an object that leaves the storage"):
        world.lake.import_cloud_projections({data.object_name: [{"name": "x", "object_name": "../x"}]})


def _delete(data, made, filled):
    made.delete()
    with refused(ResourceNotFoundError, "a deleted projection"):
        made.sync()
    equal([one.id for one in data.list_projections()], [filled.id], "the projections that are left")
    with refused(ResourceNotFoundError, "the projections of no data"):
        data.connection.get(f"/api/data/{uuid.uuid4()}/projections")
