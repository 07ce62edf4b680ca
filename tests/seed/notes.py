"""What our methods do beyond the seed document, where keyword-only arguments do not say it."""

from __future__ import annotations

from collections.abc import Mapping

_SPLIT = "Has a generator of its own: the process's `random` stays as it is. Empty parts are empty sequences."
_ASSET_TAG = "Names are unique in a version; a locked version refuses new ones."
_IMPORT = (
    "Checks the whole file before anything is written; the result also has `loss`, `skipped` and `kept`. "
    "`SKIP` is another name of the mode `KEEP`. Broken off half-way, the same call goes on without doubling."
)

NOTES: Mapping[str, str] = {
    "add_tags": "A name stands for the tag of this name. A tag made for another kind of object is refused before "
    "any request; `remove_tags` undoes it.",
    "add_data": "One job over as many requests as it takes; data that is in the version already is skipped.",
    "fork": "Returns once the version is complete; `start_fork` returns the version and its job at once.",
    "find_asset": "All criteria that are given must hold, and at least one must be given.",
    "find_all_assets": "All lists that are given must hold, and at least one must be given.",
    "list_assets": "Pages are fetched in parallel; an empty list matches nothing; `iter_assets` iterates in "
    "bounded memory.",
    "delete": "A locked version refuses it.",
    "set_type": "The object changes in place.",
    "update": "The object changes in place; what is not given stays.",
    "download": "Returns a `TransferReport`. A file is whole or not there, broken transfers go on, two assets of "
    "one name both survive.",
    "list_labels": "`get_labels` is another name of it, as in the document's example.",
    "create_label": "`create_labels` makes many in one request.",
    "list_annotations": "`status` is a member or its name; `iter_annotations` iterates in bounded memory.",
    "load_annotations": "Keys are asset ids; `iter_annotations(shapes=True)` gives typed records in bounded memory.",
    "export_annotation_file": "Other filters give other paths; a good file stays until the new one is whole.",
    "build_coco_file_locally": "`write_coco_file`, `write_yolo_files` and `write_voc_files` write the same content "
    "in bounded memory.",
    "import_annotations_yolo_files": f"A folder stands for the label files below it. {_IMPORT}",
    "import_annotation_voc_file": _IMPORT,
    "import_annotations_coco_file": f"Memory does not follow the size of the file. {_IMPORT}",
    "import_annotations_coco_video_file": f"Reads files of both generations. {_IMPORT}",
    "delete_all_annotations": "An empty list of workers deletes nothing.",
    "synchronize": "Returns the assets that are missing here, never `None`, with `report`.",
    "create_asset_tag": _ASSET_TAG,
    "get_or_create_asset_tag": _ASSET_TAG,
    "convert_tags_to_classification": "Returns a `Job`; what is classified already is not classified twice.",
    "train_test_split": _SPLIT,
    "train_test_val_split": _SPLIT,
    "split_into_multi_assets": _SPLIT,
    "create_campaign": "A second campaign of a version is a conflict; both kinds of instructions at once are refused.",
    "get_campaign": "`NoDataError` where there is none.",
    "launch_processing": "Returns a `Job`; the document's return there is a slip of the pen.",
}
"""A sentence or two by method."""
