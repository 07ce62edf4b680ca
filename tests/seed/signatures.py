"""The methods of the seed document: what a later change must keep.

The document lies beside the project, not in it; `test_document.py` compares the two where it is there.
Defaults are written as in the document. What the document says beyond names is in the tests that carry the
mark `seed`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

import attrs

_MISSING_FILE = ("FileNotFoundException",)


@attrs.frozen
class Method:
    """A method of the seed document."""

    signature: str = attrs.field(repr=False)
    returns: str | None = None
    """What the document says that it returns; `None` where it says nothing."""

    errors: tuple[str, ...] = ()
    """The errors that the document names."""

    @property
    def name(self) -> str:
        return self.signature.partition("(")[0]

    @property
    def parameters(self) -> Mapping[str, str | None]:
        """Default by name, in order; `None` for a parameter that has to be given."""
        return parameters_of(self.signature)

    @property
    def wanted(self) -> list[str]:
        """What tests have to prove: parameters, the return value, errors."""
        return [*self.parameters, *(["return"] if self.returns else []), *self.errors]


def parameters_of(signature: str) -> dict[str, str | None]:
    """Return the default of each parameter of `name(a, b: int = 1)`, as Python writes it."""
    [function] = ast.parse(f"def {signature}: ...").body
    assert isinstance(function, ast.FunctionDef)
    names = [one.arg for one in function.args.args]
    defaults = [ast.unparse(one) for one in function.args.defaults]
    return dict(zip(names, [None] * (len(names) - len(defaults)) + defaults, strict=True))


METHODS = (
    Method("add_tags(tags)"),
    Method("get_tags()", "list of Tag"),
    Method("add_data(data, tags=None)", "Job"),
    Method(
        "fork(version, description=None, assets=None, type=InferenceType.NOT_CONFIGURED, with_tags=False, "
        "with_labels=False, with_annotations=False)",
        "DatasetVersion",
    ),
    Method(
        "find_asset(data=None, filename=None, object_name=None)",
        "Asset",
        ("NotFoundError", "InvalidQueryError"),
    ),
    Method("find_all_assets(filenames=None, object_names=None, ids=None)", "MultiAsset"),
    Method(
        "list_assets(limit=None, offset=None, page_size=None, order_by=None, tags=None, data_tags=None, "
        "intersect_tags=False, intersect_data_tags=False, filenames=None, object_names=None, ids=None, "
        "filenames_startswith=None, q=None, data_ids=None)",
        "MultiAsset",
    ),
    Method("delete()"),
    Method("set_type(type)"),
    Method("update(version=None, description=None, type=None)"),
    Method("download(target_path=None, force_replace=False, max_workers=None, use_id=False)"),
    Method("list_labels()", "list of Label"),
    Method("create_label(name)", "Label"),
    Method("get_label(name)", "Label"),
    Method("get_or_create_label(name)", "Label"),
    Method(
        "list_annotations(worker=None, status=None, limit=None, offset=None, order_by=None, page_size=None)",
        "MultiAnnotation",
        ("NoDataError",),
    ),
    Method(
        "load_annotations(worker=None, status=None, assets=None, chunk_size=100, max_workers=None, "
        "skip_error=False)",
        "dict of annotations",
    ),
    Method(
        "export_annotation_file(annotation_file_type, target_path='./', assets=None, worker=None, status=None, "
        "force_replace=True, export_video=False, use_id=False)",
        "path of the downloaded file",
    ),
    Method(
        "build_coco_file_locally(worker=None, status=None, enforced_ordered_categories=None, assets=None, "
        "use_id=False)",
        "COCO file object",
    ),
    Method(
        "import_annotations_yolo_files(configuration_yaml_path, file_paths, worker=None, "
        "mode=ImportAnnotationMode.REPLACE, force_create_label=True, fail_on_asset_not_found=True, status=None)",
        "dict of annotation id to number of shapes",
        _MISSING_FILE,
    ),
    Method(
        "import_annotation_voc_file(file_path, worker=None, mode=ImportAnnotationMode.REPLACE, "
        "force_create_label=True, status=None)",
        "dict of annotation id to number of shapes",
        _MISSING_FILE,
    ),
    Method(
        "import_annotations_coco_file(file_path, worker=None, mode=ImportAnnotationMode.REPLACE, "
        "force_create_label=True, fail_on_asset_not_found=True, status=None, use_id=False)",
        "dict of annotation id to number of shapes",
        _MISSING_FILE,
    ),
    Method(
        "import_annotations_coco_video_file(file_path, worker=None, mode=ImportAnnotationMode.REPLACE, "
        "force_create_label=True, fail_on_asset_not_found=True, status=None, use_id=False)",
        "dict of annotation id to number of shapes",
        _MISSING_FILE,
    ),
    Method("delete_all_annotations(workers=None)"),
    Method("synchronize(target_dir, do_download=False)", "MultiAsset"),
    Method("retrieve_stats()", "DatasetVersionStats"),
    Method("get_or_create_asset_tag(name)", "Tag"),
    Method("create_asset_tag(name)", "Tag"),
    Method("get_asset_tag(name)", "Tag"),
    Method("convert_tags_to_classification(tag_type, tags)"),
    Method("list_asset_tags()", "list of Tag"),
    Method(
        "train_test_split(prop=0.8, random_seed=None, load_asset_page_size=100)",
        "tuple (train assets, test assets, train counts, test counts, labels)",
    ),
    Method(
        "train_test_val_split(ratios=None, random_seed=None, load_asset_page_size=100)",
        "tuple (train assets, test assets, val assets, train counts, test counts, val counts, labels)",
    ),
    Method(
        "split_into_multi_assets(ratios, random_seed=None, load_asset_page_size=100)",
        "tuple (list of MultiAsset, their counts, labels)",
    ),
    Method(
        "create_campaign(name, description=None, instructions_file_path=None, instructions_text=None, "
        "end_date=None, auto_add_new_assets=False, auto_close_on_completion=False)",
        "AnnotationCampaign",
    ),
    Method("get_campaign()", "AnnotationCampaign"),
    Method(
        "launch_processing(processing, parameters=None, cpu=None, gpu=None)",
        "AnnotationCampaign: a slip of the pen, as it stands below the example of get_campaign; it is a Job",
    ),
)
