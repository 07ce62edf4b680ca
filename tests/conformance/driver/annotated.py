"""Versions to annotate, and what is read of them."""

from __future__ import annotations

from annotation_files import shapes_of
from assets import add
from checks import equal
from picsellia.types.enums import InferenceType

__all__ = ["check_stats", "file_names", "loaded_shapes", "version_of"]


def version_of(world, name, inference_type):
    """Make a version with the streets as its assets."""
    version = world.dataset.create_version(name, type=InferenceType[inference_type])
    add(version, world.street_data)
    return version


def file_names(version):
    """Return the file names of a version's assets by their id, a string."""
    return {str(asset.id): asset.filename for asset in version.list_assets()}


def loaded_shapes(version, **options):
    """Return the shapes of the newest annotation of each annotated asset, by file name."""
    names = file_names(version)
    loaded = version.load_annotations(**options)
    return {names[asset_id]: shapes_of(newest) for asset_id, (newest, *_) in loaded.items()}


def check_stats(version, repartition, annotations, what):
    """Compare the platform's statistics with the number of shapes of each label, and of annotations."""
    stats = version.retrieve_stats()
    equal(stats.label_repartition, repartition, f"labels counted, {what}")
    equal(stats.nb_objects, sum(repartition.values()), f"shapes counted, {what}")
    equal(stats.nb_annotations, annotations, f"annotations counted, {what}")
