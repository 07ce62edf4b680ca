"""Importing COCO files: what is refused, and what goes wrong on the way.

Names of tests carry the rows of faults that published clients are known for: c1 to c15.
"""

from __future__ import annotations

import codecs
import json
import tempfile
import threading
import tracemalloc
from pathlib import Path

import pytest

from asyncsdk import LossReport
from asyncsdk.errors import (
    FileNotFoundException,
    InvalidArgumentError,
    LockedError,
    MissingFileError,
    NotFoundError,
    TransferError,
)
from asyncsdk.resources import coco_memory, import_staging, temporary_folders
from asyncsdk.resources.coco_staging import CocoStaging


async def test_types_without_a_file_are_refused_first(make_version, coco):
    for kind in ("not_configured", "point", "line"):
        version = await make_version(kind, "a.png")
        with pytest.raises(InvalidArgumentError, match=kind.upper()):
            await version.import_annotations_coco_file(coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}))
        assert await version.list_labels() == []


async def test_bad_arguments(make_version, coco, tmp_path):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]})
    bad = [
        {"mode": "merge"}, {"status": "done"}, {"export_key": "name"}, {"on_loss": "ignore"}, {"max_workers": 0},
        {"worker": "nobody"},
    ]  # fmt: skip
    for arguments in bad:
        with pytest.raises(InvalidArgumentError):
            await version.import_annotations_coco_file(file, **arguments)
    with pytest.raises(InvalidArgumentError, match="not a file"):
        await version.import_annotations_coco_file(tmp_path)
    for import_it in (
        version.import_annotations_coco_file,
        version.import_annotations_coco_video_file,
        version.import_annotation_voc_file,
    ):
        with pytest.raises(MissingFileError):
            await import_it(tmp_path / "missing")
        with pytest.raises(FileNotFoundException):
            await import_it("~/no such file of mine")
        with pytest.raises(FileNotFoundError):
            await import_it(str(tmp_path / "missing"))


async def test_a_locked_version_is_refused_first(make_version, coco):
    version = await make_version("object_detection", "a.png")
    await version.lock()
    with pytest.raises(LockedError):
        await version.import_annotations_coco_file(coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}), dry_run=True)


def test_c12_memory_does_not_follow_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(coco_memory, "_MOST_BYTES", 1_000_000)
    count, ring = 2_000, [number / 7 for number in range(200)]
    polygons = [{"image_id": n % 100, "category_id": 1, "segmentation": [ring]} for n in range(count)]
    images = [{"id": number, "file_name": f"{number}.png"} for number in range(100)]
    path = tmp_path / "coco.json"
    path.write_text(
        json.dumps({"annotations": polygons, "images": images, "categories": [{"id": 1, "name": "cat"}]})
    )
    del polygons
    staging = import_staging.Staging(tmp_path / "staging.sqlite")
    tracemalloc.start()
    try:
        coco = CocoStaging(staging, "coco.json", LossReport())
        with path.open("rb") as stream:
            for _ in coco.read(stream):
                pass
        staging.database.execute("UPDATE image SET asset = name")
        coco.join()
        assert sum(len(objects) for _, objects in coco.store.groups()) == count
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        staging.close()
    size = path.stat().st_size
    assert peak < 4_000_000 < size  # in memory as objects it would be ten times the file


async def test_c13_any_locale_and_a_byte_order_mark(make_version, tmp_path, coco, shapes_by_name, box):
    version = await make_version("object_detection", "vögel.png")
    path = coco({1: "vögel.png"}, {"bbox": [1, 1, 1, 1]}, categories=("Möwe",))
    path.write_bytes(codecs.BOM_UTF8 + json.dumps(json.loads(path.read_bytes()), ensure_ascii=False).encode())
    await version.import_annotations_coco_file(path)
    assert await shapes_by_name(version) == {"vögel.png": {"rectangles": [box(1, 1, 1, 1, "Möwe")]}}


async def test_the_temporary_folder_goes(make_version, coco, monkeypatch, tmp_path):
    version = await make_version("object_detection", "a.png")
    made = []
    real = temporary_folders.tempfile.mkdtemp
    monkeypatch.setattr(
        temporary_folders.tempfile,
        "mkdtemp",
        lambda **options: made.append(real(dir=tmp_path, **options)) or made[-1],
    )
    threads = set()
    read = import_staging.Staging.add
    monkeypatch.setattr(
        import_staging.Staging,
        "add",
        lambda self, *row: threads.add(threading.current_thread()) or read(self, *row),
    )
    await version.import_annotations_coco_file(coco({1: "a.png"}, {"bbox": [1, 1, 1, 1]}))
    with pytest.raises(NotFoundError):
        await version.import_annotations_coco_file(coco({1: "x.png"}, {"bbox": [1, 1, 1, 1]}))
    assert len(made) == 2
    assert not {Path(one) for one in made} & set(tmp_path.iterdir())
    assert threading.current_thread() not in threads


async def test_paths_that_are_none(make_version):
    version = await make_version("object_detection", "a.png")
    with pytest.raises(InvalidArgumentError, match="5 is not a path"):
        await version.import_annotations_coco_file(5)


async def test_files_that_cannot_be_read(make_version, coco, monkeypatch, tmp_path):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, {"bbox": [1, 2, 3, 4]})

    def refuse(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    for import_it in (
        version.import_annotations_coco_file,
        version.import_annotations_coco_video_file,
        version.import_annotation_voc_file,
    ):
        with pytest.raises(TransferError, match=r"coco\.json: cannot be read: Permission denied"):
            await import_it(file)
        with pytest.raises(TransferError, match="cannot be read: File name too long"):
            await import_it(tmp_path / ("a" * 300))
        with pytest.raises(MissingFileError):
            await import_it(f"{tmp_path}/a\0b")


async def test_a_disk_that_fails_while_a_file_is_read(make_version, coco, monkeypatch):
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, {"bbox": [1, 2, 3, 4]})

    def fail(*_):
        raise OSError(5, "Input/output error")
        yield

    monkeypatch.setattr(CocoStaging, "read", fail)
    with pytest.raises(TransferError, match=r"coco\.json: cannot be read: Input/output error"):
        await version.import_annotations_coco_file(file)


async def test_a_temporary_folder_that_is_full_or_shut(make_version, coco, monkeypatch, tmp_path):
    monkeypatch.setattr(coco_memory, "_MOST_OBJECTS", 100)
    version = await make_version("object_detection", "a.png")
    file = coco({1: "a.png"}, *[{"bbox": [1, 1, 1, 1]}] * 500)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with monkeypatch.context() as small:
        small.setattr(import_staging, "_PRAGMAS", ("cache_size = 1", "max_page_count = 4"))
        with pytest.raises(
            TransferError, match=r"asyncsdk-import-.*: cannot be written: .* full; set TMPDIR"
        ):
            await version.import_annotations_coco_file(file)
    assert list(tmp_path.glob("asyncsdk-import-*")) == []
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    with pytest.raises(TransferError, match="cannot be made: No such file or directory; set TMPDIR"):
        await version.import_annotations_coco_file(file)
    assert await version.list_labels() == []
