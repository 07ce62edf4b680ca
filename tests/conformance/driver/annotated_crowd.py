"""More annotations than a page or a request holds."""

from __future__ import annotations

import json
from collections import Counter

from annotated import check_stats, loaded_shapes
from annotation_files import coco_file, expected
from checks import equal
from picsellia.types.enums import AnnotationStatus, InferenceType

__all__ = ["annotate_crowd"]


def annotate_crowd(world):
    """Import, list, load, build, split and delete the annotations of more than a thousand assets."""
    version = world.crowd
    version.set_type(InferenceType.OBJECT_DETECTION)
    wanted = _import(world, version)
    _list(version, len(wanted))
    _load(version, wanted)
    built = version.build_coco_file_locally()
    counts = len(built.images), len(built.annotations)
    equal(counts, (len(wanted), sum(map(len, wanted.values()))), "a file of all of them")
    train, test, *_ = version.train_test_split(random_seed=1, load_asset_page_size=1000)
    equal(len(train) + len(test), len(wanted), "a split of all of them")
    version.list_assets(filenames=sorted(wanted)[:130]).delete_annotations()
    equal(len(version.list_annotations()), len(wanted) - 130, "those of many assets deleted")
    version.delete_all_annotations()
    equal(version.load_annotations(), {}, "all of them deleted")


def _import(world, version):
    names = sorted(asset.filename for asset in version.list_assets())
    file = coco_file([(name, 100, 80) for name in names])
    wanted = expected(file, "OBJECT_DETECTION", int, attributes=not world.is_old)
    path = world.folder / "crowd.json"
    path.write_text(json.dumps(file), encoding="utf-8")
    result = version.import_annotations_coco_file(path, status=AnnotationStatus.ACCEPTED)
    equal(sorted(result.values()), sorted(map(len, wanted.values())), "counts of many requests")
    labels = Counter(shape[1] for shapes in wanted.values() for shape in shapes)
    check_stats(version, dict(labels), len(wanted), "of many requests")
    equal({str(each.id) for each in version.list_annotations()}, set(result), "over two pages, each once")
    return wanted


def _list(version, count):
    ids = [each.id for each in version.list_annotations()]
    equal(len(ids), count, "annotations in all")
    some = version.list_annotations(limit=1050, offset=20, status="ACCEPTED")
    equal([each.id for each in some], ids[20:1070], "some of them, over two pages")
    in_pages = version.list_annotations(page_size=300, order_by=["created_at", "duration"])
    equal({each.id for each in in_pages}, set(ids), "in pages of 300")


def _load(version, wanted):
    equal(loaded_shapes(version), wanted, "all of them, loaded")
    equal(loaded_shapes(version, chunk_size=1000), wanted, "in large chunks")
    names = sorted(wanted)[:130]
    few = version.list_assets(filenames=names)
    equal(loaded_shapes(version, assets=few), {name: wanted[name] for name in names}, "those of many assets")
