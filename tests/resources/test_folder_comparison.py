"""Which file stands for which asset: whatever lies in a folder, everything is counted once."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncsdk.enums import DataType, DataUploadStatus
from asyncsdk.flow.names import marked_names, safe_name
from asyncsdk.flow.progress import open_progress
from asyncsdk.records.data import DataRecord
from asyncsdk.records.datasets import AssetRecord
from asyncsdk.resources.files import Records
from asyncsdk.resources.folder_comparison import Comparison
from asyncsdk.resources.folder_names import FolderNames
from asyncsdk.resources.local_folder import scan_folder

CONTENTS = [b"", b"1", b"2", b"33"]
NAMES = ["cat.png", "Cat.png", "dog", "a/cat.png", "../dog", "x" * 240 + ".png"]


def asset(number, name, content, *, told):
    """The asset of a number, with a checksum when it is told."""
    digest = hashlib.sha256(content).hexdigest() if told else None
    identity = f"0198c0de-0000-7000-8000-{number:012x}"
    data = DataRecord(
        identity, f"data/{number}", name, DataType.IMAGE, "image/png", DataUploadStatus.DONE,
        size_bytes=len(content), sha256=digest,
    )  # fmt: skip
    return AssetRecord(identity, data)


assets = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(CONTENTS)), max_size=6)
paths = st.one_of(
    st.sampled_from(
        ["cat.png", "Cat.png", "dog", "_dog", "a_cat.png", "a/cat.png", "b/cat.png", "b/c/dog", "own"]
    ),
    st.tuples(st.integers(0, 5), st.sampled_from(NAMES)).map(
        lambda one: next(marked_names(f"0198c0de-0000-7000-8000-{one[0]:012x}", one[1]))
    ),
)
local = st.dictionaries(paths, st.sampled_from(CONTENTS), max_size=8)


async def compare(root, records, *, recursive, use_id):
    folder = scan_folder(root, recursive=recursive)
    names = await FolderNames.open(root, use_id=use_id)
    comparison = Comparison(root=root, folder=folder, names=names, checksums=True)
    with open_progress(False, stage="compare", total=None, unit="file") as reporter:
        await comparison.run(Records(records, page=2), reporter)
    return comparison, comparison.report()


@settings(max_examples=40, deadline=None)
@given(assets, local, st.booleans(), st.booleans(), st.booleans())
def test_everything_is_counted_once_and_nothing_is_in_the_way(made, files, recursive, use_id, told):
    contents = dict(enumerate(content for _, content in made))
    records = [asset(number, name, content, told=told) for number, (name, content) in enumerate(made)]
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        for path, content in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        seen = {path for path in files if recursive or "/" not in path}
        comparison, report = asyncio.run(compare(root, records, recursive=recursive, use_id=use_id))
        seen_at = [*report.different, *report.not_compared]
        assert sorted([*report.equal, *report.missing_there, *(one.name for one in seen_at)]) == sorted(seen)
        assert len(comparison.missing) + len(seen_at) + len(report.equal) == len(records)
        numbers = [int(one.asset_id[-12:], 16) for one in seen_at]
        assert len({*numbers, *(int(one.id[-12:], 16) for one in comparison.missing)}) == len(numbers) + len(
            comparison.missing
        )
        for one, number in zip(seen_at, numbers, strict=True):
            same = files[one.name] == contents[number]
            assert same is False if one in report.different else len(files[one.name]) == len(contents[number])
        # What is missing has a place of its own; with it there, nothing is missing any more.
        assert len({name.lower() for name in report.missing_here}) == len(comparison.missing)
        for name, record in zip(report.missing_here, comparison.missing, strict=True):
            assert not (root / name).exists()
            (root / name).write_bytes(contents[int(record.id[-12:], 16)])
        asyncio.run(comparison.names.save())
        _, again = asyncio.run(compare(root, records, recursive=recursive, use_id=use_id))
        assert again.missing_here == ()
        assert again.missing_there == report.missing_there
        assert len(again.different) == len(report.different)


@pytest.mark.parametrize("name", NAMES)
def test_an_equal_file_is_found_under_any_name_that_the_asset_can_have(name, tmp_path):
    record = asset(7, name, b"33", told=True)
    for own in (safe_name(name), *marked_names(record.id, name)):
        (tmp_path / own).write_bytes(b"33")
        _, report = asyncio.run(compare(tmp_path, [record], recursive=False, use_id=False))
        assert report.equal == (own,)
        (tmp_path / own).unlink()
