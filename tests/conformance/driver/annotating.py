"""Annotations of assets: making, finding, listing, loading, counting and deleting them."""

from __future__ import annotations

from annotated import check_stats, loaded_shapes, version_of
from checks import equal, holds, refused
from picsellia import exceptions
from picsellia.exceptions import BadRequestError, NoDataError, ResourceConflictError, ResourceNotFoundError
from picsellia.types.enums import AnnotationStatus

__all__ = ["annotate"]


def annotate(world):
    """Annotate assets, and take it back in every way."""
    version = version_of(world, "annotated", "MULTI")
    with refused(NoDataError, "annotations of a fresh version"):
        version.list_annotations()
    equal(version.load_annotations(), {}, "nothing to load")
    check_stats(version, {}, 0, "of a fresh version")
    _change_one(world, version)
    made = _make_many(version)
    _list(version, made)
    _load(world, version, made)
    if not world.is_old:
        _lock(version, made)
    _delete(world, version, made)


def _change_one(world, version):
    asset = version.list_assets(limit=1)[0]
    equal(asset.list_annotations(), [], "annotations of an asset without")
    with refused(ResourceNotFoundError, "the annotation of an asset without"):
        asset.get_annotation()
    annotation = asset.create_annotation(2.5)
    said = annotation.duration, annotation.status, annotation.asset_id
    equal(said, (2.5, AnnotationStatus.PENDING, asset.id), "a new annotation")
    with refused(ResourceConflictError, "a second annotation of one worker"):
        asset.create_annotation()
    equal(asset.get_annotation().id, annotation.id, "the annotation of an asset")
    equal([each.id for each in asset.list_annotations()], [annotation.id], "all annotations of an asset")
    me = world.dataset.list_workers()[0]
    if world.is_old:
        equal(annotation.worker_id, me.id, "the worker of an annotation")
        equal(asset.get_annotation(me).id, annotation.id, "a worker's annotation")
        annotation.update(worker=me)
    annotation.update(duration=4, status="accepted")
    equal((annotation.duration, annotation.status), (4.0, AnnotationStatus.ACCEPTED), "updated")
    annotation.update(status=AnnotationStatus.SKIPPED)
    raw = annotation.sync()
    equal((raw["id"], raw["duration"], raw["status"]), (str(annotation.id), 4.0, "SKIPPED"), "read anew")
    with refused(BadRequestError, "a negative duration"):
        annotation.update(duration=-1.0)
    annotation.delete()
    with refused(ResourceNotFoundError, "a deleted annotation"):
        annotation.sync()
    equal(asset.list_annotations(), [], "and its asset has none")


def _make_many(version):
    """Annotate all assets but the last two; asset `n` has `n % 3` cars and a bird."""
    car, bird = (version.create_label(name) for name in ("car", "bird"))
    made = []
    for number, asset in enumerate(version.list_assets(order_by=["filename"])[:-2]):
        annotation = asset.create_annotation(number / 4)
        if number % 3:
            annotation.create_multiple_rectangles([(index, 2, 3, 4, car) for index in range(number % 3)])
        annotation.create_classification(bird)
        if number % 2:
            annotation.update(status=AnnotationStatus.ACCEPTED)
        made.append((asset, annotation))
    check_stats(version, {"car": 9, "bird": 10}, 10, "of ten assets")
    return made


def _list(version, made):
    ids = [annotation.id for _, annotation in made]

    def listed(**options):
        return [each.id for each in version.list_annotations(**options)]

    equal(listed(), ids[::-1], "all annotations, newest first")
    equal(listed(order_by=["created_at"]), ids, "oldest first")
    equal(listed(order_by=["-duration"]), ids[::-1], "the longest first")
    equal(listed(order_by=["duration"], limit=3, offset=2), ids[2:5], "some of them, in order")
    equal(listed(limit=4), ids[:-5:-1], "the newest")
    equal(listed(offset=7), ids[2::-1], "from an offset on")
    equal(listed(page_size=3), ids[::-1], "in pages of three")
    equal(listed(order_by=["duration"], page_size=4, offset=1), ids[1:], "in pages, from an offset on")
    for status in (AnnotationStatus.ACCEPTED, "accepted"):
        equal(listed(status=status), ids[1::2][::-1], f"those of status {status}")
    with refused(NoDataError, "a status that none has"):
        version.list_annotations(status=AnnotationStatus.REFUSED)
    with refused(NoDataError, "beyond the last one"):
        version.list_annotations(offset=10)
    with refused(BadRequestError, "an order by something else", saying="order_by"):
        version.list_annotations(order_by=["shape"])
    listing = version.list_annotations(order_by=["created_at"])
    equal([each.asset_id for each in listing], [asset.id for asset, _ in made], "their assets")
    equal([each.duration for each in listing], [number / 4 for number in range(10)], "their durations")


def _load(world, version, made):
    wanted = {asset.filename: _wanted(number) for number, (asset, _) in enumerate(made)}
    equal(loaded_shapes(version), wanted, "all annotations, loaded")
    equal(loaded_shapes(version, chunk_size=3, max_workers=2), wanted, "in chunks of three")
    accepted = {name: wanted[name] for name in [*wanted][1::2]}
    equal(loaded_shapes(version, status=AnnotationStatus.ACCEPTED), accepted, "those of a status")
    some = [asset for asset, _ in made[2:5]]
    of_some = {asset.filename: wanted[asset.filename] for asset in some}
    equal(loaded_shapes(version, assets=some), of_some, "those of some assets")
    equal(loaded_shapes(version, assets=version.list_assets()), wanted, "those of all assets")
    without = version.list_assets(filenames=[world.streets[-1].name])
    equal(version.load_annotations(assets=without), {}, "those of an asset without")
    listing = version.list_annotations(limit=4)
    loaded = listing.load(chunk_size=2)
    equal(set(loaded), {str(each.asset_id) for each in listing}, "a list of annotations, loaded")
    _, annotation = made[1]
    (found,) = loaded_raw = version.load_annotations(assets=[made[1][0]])[str(made[1][0].id)]
    keys = {"id", "worker_id", "duration", "status", "created_at", "attributes"}
    holds(keys <= set(found) and len(loaded_raw) == 1, f"what an annotation says: {sorted(found)}")
    said = found["id"], found["duration"], found["status"]
    equal(said, (str(annotation.id), 0.25, "ACCEPTED"), "and it is this one")
    equal(found["rectangles"][0]["area"], 12.0, "the area of a box")


def _wanted(number):
    """Return the shapes of the asset of this number."""
    boxes = [("rectangles", "car", (index, 2, 3, 4), None, None) for index in range(number % 3)]
    return [("classifications", "bird", (), None, None), *boxes]


def _lock(version, made):
    asset, annotation = made[0]
    version.lock()
    for what, change in {
        "an annotation": version.list_assets(order_by=["-filename"])[0].create_annotation,
        "a status": lambda: annotation.update(status="REFUSED"),
        "a classification": lambda: annotation.create_classification(version.get_label("bird")),
        "shapes overwritten": annotation.overwrite,
        "an annotation deleted": annotation.delete,
        "annotations of an asset deleted": asset.delete_annotations,
        "all annotations deleted": version.delete_all_annotations,
    }.items():
        with refused(exceptions.ResourceLockedError, f"{what} while the version is locked"):
            change()
    version.unlock()
    equal(len(version.list_annotations()), len(made), "nothing is lost")


def _delete(world, version, made):
    ids = [annotation.id for _, annotation in made]

    def left(count, what):
        equal(sorted(each.id for each in version.list_annotations()), sorted(ids[count:]), what)

    made[0][1].delete()
    left(1, "one annotation deleted")
    made[1][0].delete_annotations()
    left(2, "annotations of an asset deleted")
    version.list_assets(ids=[asset.id for asset, _ in made[2:4]]).delete_annotations()
    left(4, "annotations of some assets deleted")
    version.list_annotations(order_by=["created_at"], limit=2).delete()
    left(6, "a list of annotations deleted")
    check_stats(version, {"bird": 4, "car": 3}, 4, "after all that")
    me = world.dataset.list_workers()
    if world.is_old:
        made[6][0].delete_annotations(workers=me)
        left(7, "annotations of an asset and a worker deleted")
        version.delete_all_annotations(workers=[])
        left(7, "no workers: none deleted")
        version.delete_all_annotations(workers=me)
    else:
        with refused(NotImplementedError, "annotations of workers deleted"):
            version.delete_all_annotations(workers=me)
        version.delete_all_annotations()
    equal(version.load_annotations(), {}, "all annotations deleted")
    check_stats(version, {}, 0, "after that")
    equal(len(version.list_labels()), 2, "labels stay")
