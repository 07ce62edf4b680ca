"""Imports files with a published client, and tells what it reads of annotations afterwards.

    python same_annotations.py HOST TOKEN < orders.json > answer.json

The orders have `imports`, each with a version, a format and paths, and `versions` to read.
"""

from __future__ import annotations

import json
import logging
import sys

from annotated import file_names
from annotation_files import shapes_of
from picsellia import Client

__all__ = ["main"]


def main():
    """Do what is ordered."""
    logging.disable(logging.WARNING)
    host, token = sys.argv[1:]
    client = Client(api_token=token, host=host)
    orders = json.load(sys.stdin)
    versions = {key: client.get_dataset_version_by_id(key) for key in orders["versions"]}
    counts = {}
    for order in orders["imports"]:
        counts[order["version"]] = _import(versions[order["version"]], order["format"], order["paths"])
    read = {key: _read(version, counts.get(key)) for key, version in versions.items()}
    print(json.dumps(read))


def _import(version, name, paths):
    if name == "COCO":
        return version.import_annotations_coco_file(paths[0])
    if name == "YOLO":
        return version.import_annotations_yolo_files(paths[0], paths[1:])
    counts = {}
    for path in paths:
        counts |= version.import_annotation_voc_file(path)
    return counts


def _read(version, counts):
    names, stats = file_names(version), version.retrieve_stats()
    loaded = {names[asset_id]: each for asset_id, (each,) in version.load_annotations().items()}
    return {
        "shapes": {name: shapes_of(each) for name, each in loaded.items()},
        "attributes": {name: each["attributes"] for name, each in loaded.items()},
        "counts": counts and {name: counts[each["id"]] for name, each in loaded.items()},
        "stats": [stats.label_repartition, stats.nb_objects, stats.nb_annotations],
    }


if __name__ == "__main__":
    main()
