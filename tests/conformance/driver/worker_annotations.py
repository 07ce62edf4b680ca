"""Annotations of several workers, for the generation that knows of them; the platform has a user ada."""

from __future__ import annotations

import json
import uuid

from annotated import version_of
from annotation_files import coco_file, shapes_of
from checks import equal, refused
from picsellia.exceptions import BadRequestError, ResourceConflictError, ResourceNotFoundError

__all__ = ["annotate_as_workers"]


def annotate_as_workers(world):
    """Annotate as two workers."""
    version = version_of(world, "workers", "CLASSIFICATION")
    ada = world.dataset.find_worker("ada")
    (me,) = [worker for worker in world.dataset.list_workers() if worker.id != ada.id]
    label = version.create_label("bird")
    first, second = version.list_assets(order_by=["filename"], limit=2)
    mine, hers = first.create_annotation(), first.create_annotation(1.0, ada)
    alone = second.create_annotation(worker=ada)
    for annotation in (mine, hers, alone):
        annotation.create_classification(label)
    _read_one_by_one(first, second, ((me, mine), (ada, hers)))
    _read_many(version, first, (me, mine), (ada, hers, alone))
    _build(version, first, me, ada)
    with refused(ResourceConflictError, "given to a worker who has one"):
        mine.update(worker=ada)
    alone.update(worker=me)
    alone.sync()
    equal(alone.worker_id, me.id, "given to another worker")
    with refused(BadRequestError, "an unknown worker"):
        _annotate_as_stranger(version, second)
    first.delete_annotations([me])
    equal(_ids(version), [alone.id, hers.id], "mine deleted")
    version.delete_all_annotations([ada])
    equal(_ids(version), [alone.id], "all of hers deleted")
    _import(world, version, me, ada)


def _ids(version, **options):
    return [each.id for each in version.list_annotations(**options)]


def _read_one_by_one(first, second, owned):
    (me, mine), (_, hers) = owned
    for worker, annotation in owned:
        equal(annotation.worker_id, worker.id, "whose it is")
        equal(first.get_annotation(worker).id, annotation.id, "the annotation of a worker")
    equal([each.id for each in first.list_annotations()], [hers.id, mine.id], "both, newest first")
    with refused(ResourceNotFoundError, "mine, where I have none"):
        second.get_annotation(me)


def _read_many(version, first, mine, hers):
    (me, one), (ada, another, alone) = mine, hers
    equal(_ids(version, worker=ada), [alone.id, another.id], "all of hers")
    equal(_ids(version, worker=me), [one.id], "all of mine")
    loaded = version.load_annotations(worker=ada)
    equal({each[0]["id"] for each in loaded.values()}, {str(another.id), str(alone.id)}, "hers, loaded")
    for chunk_size in (100, 1):
        both = version.load_annotations(assets=[first], chunk_size=chunk_size, max_workers=1)[str(first.id)]
        equal([each["id"] for each in both], [str(another.id), str(one.id)], "both, loaded, newest first")
    equal([each["worker_id"] for each in both], [str(ada.id), str(me.id)], "whose they are")
    equal([len(shapes_of(each)) for each in both], [1, 1], "each with its shape")


def _build(version, first, me, ada):
    for worker, count in ((me, 1), (ada, 2)):
        built = version.build_coco_file_locally(worker=worker)
        equal((len(built.images), len(built.annotations)), (count, count), "a file of one worker")
    equal(len(version.build_coco_file_locally().images), 2, "a file of the newest annotations")
    equal(len(version.build_coco_file_locally(worker=me, assets=[first]).images), 1, "and of an asset")


def _annotate_as_stranger(version, asset):
    body = {"duration": 0.0, "worker_id": str(uuid.uuid4())}
    version.connexion.post(f"/api/asset/{asset.id}/annotations", data=json.dumps(body))


def _import(world, version, me, ada):
    """What one worker imports leaves what the other one has."""
    images = [(asset.filename, asset.width, asset.height) for asset in version.list_assets()]
    path = world.folder / "workers.json"
    path.write_text(json.dumps(coco_file(images)), encoding="utf-8")
    version.delete_all_annotations()
    by_me = version.import_annotations_coco_file(path)
    by_ada = version.import_annotations_coco_file(path, worker=ada)
    again = version.import_annotations_coco_file(path, worker=ada)
    equal(len({*by_me, *by_ada, *again}), 3 * len(by_me), "annotations of their own")
    equal({str(each) for each in _ids(version, worker=me)}, {*by_me}, "mine stay")
    equal({str(each) for each in _ids(version, worker=ada)}, {*again}, "hers are replaced")
    counts = sorted(again.values())
    equal((sorted(by_me.values()), sorted(by_ada.values())), (counts, counts), "the same counts")
    kept = version.import_annotations_coco_file(path, worker=ada, mode="KEEP")
    equal({*kept.values()}, {-1}, "hers are kept")
