from __future__ import annotations

import pytest

from asyncsdk.records.packed import PackedRecords, pack
from asyncsdk.records.tags import TagRecord


def body(*numbers):
    items = ", ".join(
        f'{{"id": "{number}", "name": "tag {number}", "target_type": "ASSET"}}' for number in numbers
    )
    return f'{{"count": 9, "items": [{items}]}}'.encode()


def records(*numbers):
    return [TagRecord(str(number), f"tag {number}", "ASSET") for number in numbers]


def test_records_are_made_on_access():
    packed = PackedRecords(pack(body(1, 2)) + pack(body(3)), TagRecord)
    assert (len(packed), packed[0], packed[-1]) == (3, *records(1), *records(3))
    assert list(packed) == records(1, 2, 3)
    assert packed.ids == ["1", "2", "3"]


def test_slices_are_packed_too():
    packed = PackedRecords(pack(body(1, 2, 3)), TagRecord)[1:]
    assert isinstance(packed, PackedRecords)
    assert list(packed) == records(2, 3)
    assert packed.ids == ["2", "3"]


def test_places_outside_are_refused():
    with pytest.raises(IndexError):
        PackedRecords(pack(body(1)), TagRecord)[1]
