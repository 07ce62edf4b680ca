"""A folder beside a version, and tags that become classifications."""

from __future__ import annotations

from annotated import version_of
from checks import equal, holds, refused
from picsellia.types.enums import JobStatus, TagTarget
from world import digest, names

__all__ = ["convert_tags", "synchronize"]


def synchronize(world):
    """Compare a folder with a version, and complete it."""
    version = version_of(world, "synchronize", "MULTI")
    assets = version.list_assets()
    target = world.make_folder("synchronized")
    with refused(AssertionError, "a folder that is not there"):
        version.synchronize(str(target / "nowhere"))
    equal(names(version.synchronize(str(target))), names(assets), "everything is missing")
    equal(list(target.iterdir()), [], "and nothing is written")
    assets[0].download(target)
    (target / "own.txt").write_text("mine")
    missing = version.synchronize(str(target), do_download=True)
    equal(len(missing), len(assets) - 1, "what is missing")
    equal(version.synchronize(str(target)), None, "then nothing is")
    for asset in assets:
        asset.download(world.folder / "compared")
        equal(digest(target / asset.filename), digest(world.folder / "compared" / asset.filename), "content")


def convert_tags(world):
    """Turn tags of assets and of data into classifications."""
    version = version_of(world, "convert", "CLASSIFICATION")
    assets = version.list_assets(order_by=["filename"])
    dog, cat = version.create_asset_tag("dog"), version.create_asset_tag("cat")
    assets[:2].add_tags(dog)
    assets[1].add_tags(cat)
    _convert(version, TagTarget.ASSET, [dog, cat])
    expected = {str(assets[0].id): ["dog"], str(assets[1].id): ["cat", "dog"]}
    equal(_classified(version), expected, "asset tags as classifications")
    _convert(version, TagTarget.ASSET, [dog, cat])
    equal(_classified(version), expected, "converted twice")
    tag = world.lake.get_or_create_data_tag("converted")
    tag.attach_on(assets[2].get_data())
    _convert(version, TagTarget.DATA, [tag])
    equal(_classified(version), expected | {str(assets[2].id): ["converted"]}, "data tags as classifications")
    equal(sorted(label.name for label in version.list_labels()), ["cat", "converted", "dog"], "the labels")
    with refused(TypeError, "a tag of another kind"):
        version.convert_tags_to_classification(TagTarget.ASSET, [tag])
    other = version_of(world, "no conversion", "OBJECT_DETECTION")
    with refused(AssertionError, "a version of another type"):
        other.convert_tags_to_classification(TagTarget.DATA, [tag])


def _convert(version, kind, tags):
    job = version.convert_tags_to_classification(kind, tags)
    job.wait_for_done()
    holds(job.status == JobStatus.SUCCESS, "the conversion succeeds")


def _classified(version):
    loaded = version.load_annotations()
    return {
        asset: sorted(shape["label"] for one in annotations for shape in one["classifications"])
        for asset, annotations in loaded.items()
    }
