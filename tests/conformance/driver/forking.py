"""Forking versions, and copying assets from one version into another."""

from __future__ import annotations

from annotated import check_stats, file_names, loaded_shapes, version_of
from checks import equal, holds, refused
from picsellia.exceptions import BadRequestError, NoDataError, ResourceConflictError
from picsellia.types.enums import InferenceType, JobStatus

__all__ = ["fork"]


def fork(world):
    """Fork a version with all, some and none of what it has, and copy assets where the client can."""
    source = _make(world)
    with refused(ResourceConflictError, "a fork by a name that is taken"):
        source.fork("forked")
    _fork_all(source)
    _fork_some(source)
    if not world.is_old:
        _copy(world, source)


def _make(world):
    source = version_of(world, "forked", "MULTI")
    car, bird = (source.create_label(name) for name in ("car", "bird"))
    assets = source.list_assets(order_by=["filename"])
    for number, asset in enumerate(assets[:6]):
        annotation = asset.create_annotation(number / 2)
        annotation.create_multiple_rectangles([(number, 2, 3, 4, car), (1, 1, 2, 2, bird)])
        annotation.create_polygon([[0, 0], [4, 0], [4, 3]], bird)
    assets[::2].add_tags(source.create_asset_tag("even"))
    return source


def _done(made):
    """Return a fork when its job has succeeded."""
    version, job = made
    equal(job.wait_for_done(), JobStatus.SUCCESS, f"the job of fork {version.version!r}")
    return version


def _names(version, **filters):
    return [asset.filename for asset in version.list_assets(**filters)]


def _fork_all(source):
    bare = _done(source.fork("forked bare"))
    equal(bare.type, InferenceType.NOT_CONFIGURED, "the type of a fork")
    equal((bare.name, bare.origin_id), (source.name, source.origin_id), "the dataset of a fork")
    equal(_names(bare), _names(source), "all assets of a fork, in order")
    equal((bare.list_labels(), bare.load_annotations()), ([], {}), "nothing else")
    holds(not set(bare.list_assets().ids) & set(source.list_assets().ids), "assets of its own")
    full = _done(source.fork("forked full", "all of it", type="multi", with_tags=True, with_annotations=True))
    equal(full.type, InferenceType.MULTI, "the type of a fork, given")
    equal(loaded_shapes(full), loaded_shapes(source), "all annotations of a fork")
    equal([each.name for each in full.list_labels()], ["car", "bird"], "all labels of a fork")
    equal(_names(full, tags="even"), _names(source, tags="even"), "all tags of a fork")
    check_stats(full, {"car": 6, "bird": 12}, 6, "of a fork")
    full.list_labels()[0].delete()
    equal(len(source.list_labels()), 2, "a fork's label deleted, not the source's")


def _fork_some(source):
    assets = source.list_assets(order_by=["filename"])
    some = _done(source.fork("forked some", assets=assets[4:8], with_labels=True))
    equal(sorted(file_names(some).values()), _sorted(assets[4:8]), "some assets")
    equal((len(some.list_labels()), some.load_annotations()), (2, {}), "labels without annotations")
    one = _done(source.fork("forked one", assets=assets[5], with_annotations=True))
    equal([*loaded_shapes(one)], [assets[5].filename], "the annotations of one asset")
    listed = _done(source.fork("forked list", assets=[assets[0], assets[2]], with_tags=True))
    equal(sorted(_names(listed, tags="even")), _sorted(assets[:3:2]), "a list of assets, with tags")
    none = _done(source.fork("forked none", assets=[]))
    with refused(NoDataError, "assets of a fork without"):
        none.list_assets()


def _sorted(assets):
    return sorted(asset.filename for asset in assets)


def _copy(world, source):
    assets = source.list_assets(order_by=["filename"])
    target, _ = source.fork("forked into", assets=assets[:1])
    with refused(BadRequestError, "a copy into the version itself"):
        source.copy_assets_to(source, assets)
    with refused(BadRequestError, "a copy into another dataset"):
        source.copy_assets_to(world.client.create_dataset("elsewhere").create_version("v1"), assets)
    job = source.copy_assets_to(target, assets[:4], with_tags=True, with_annotations=True)
    equal(job.sync()["status"], "SUCCESS", "the job of a copy")
    equal(sorted(_names(target)), _sorted(assets[:4]), "assets that were copied, each once")
    wanted = {name: shapes for name, shapes in loaded_shapes(source).items() if name in _sorted(assets[1:4])}
    equal(loaded_shapes(target), wanted, "their annotations")
    equal(_names(target, tags="even"), [assets[2].filename], "their tags")
