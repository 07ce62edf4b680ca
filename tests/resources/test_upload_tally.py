from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.enums import DataType, DataUploadStatus
from asyncsdk.errors import TransferError
from asyncsdk.records.data import DataRecord, DataSourceRecord, ImageSize
from asyncsdk.records.reports import Failure, UploadedFile
from asyncsdk.records.tags import TagRecord
from asyncsdk.resources.upload_tally import UploadTally

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
METADATA = st.none() | st.dictionaries(
    TEXTS, TEXTS | st.integers(-9, 9) | st.none() | st.booleans(), max_size=3
)
RECORDS = st.builds(
    DataRecord,
    id=st.uuids().map(str),
    object_name=TEXTS,
    filename=TEXTS,
    type=st.sampled_from(DataType),
    content_type=st.just("image/png"),
    upload_status=st.just(DataUploadStatus.DONE),
    meta=st.none() | st.builds(ImageSize, st.integers(0, 99), st.integers(0, 99)),
    presigned_url=st.none() | TEXTS,
    metadata=METADATA,
    custom_metadata=METADATA,
    created_at=st.just(datetime(2026, 1, 31, 8, 30, 15, 123456, tzinfo=UTC)),
    tags=st.lists(st.builds(TagRecord, TEXTS, TEXTS, st.just("DATA")), max_size=2).map(tuple),
    data_source=st.none() | st.builds(DataSourceRecord, TEXTS, TEXTS),
)
OUTCOMES = st.lists(RECORDS | st.just(TransferError("x", "it broke")), max_size=8)


@given(st.data(), OUTCOMES)
def test_files_are_told_in_their_order_however_they_end(data, outcomes):
    files = tuple(Path("photos", f"{number}.png") for number in range(len(outcomes)))
    tally = UploadTally(files)
    for number in data.draw(st.permutations(range(len(outcomes)))):
        outcome = outcomes[number]
        (tally.done if isinstance(outcome, DataRecord) else tally.failed)(number, outcome)
    records, report = tally.result((Path("notes.txt"),))

    done = [(path, one) for path, one in zip(files, outcomes, strict=True) if isinstance(one, DataRecord)]
    assert list(records) == [record for _, record in done]
    assert records.ids == [record.id for _, record in done]
    assert report.uploaded == tuple(UploadedFile(path, record.id) for path, record in done)
    assert report.skipped == (Path("notes.txt"),)
    assert report.failed == tuple(
        Failure(str(path), one)
        for path, one in zip(files, outcomes, strict=True)
        if not isinstance(one, DataRecord)
    )
    assert str(report).startswith(f"{len(done)} uploaded, 1 skipped, {len(files) - len(done)} failed")
