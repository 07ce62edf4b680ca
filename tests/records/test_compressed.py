from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.records.compressed import CompressedItems
from asyncsdk.records.packed import PackedRecords
from asyncsdk.records.tags import TagRecord


def compressed(items):
    sequence = CompressedItems()
    for item in items:
        sequence.append(item)
    return sequence


@given(st.data(), st.integers(0, 400))
def test_items_are_as_their_tuple_in_any_order(data, count):
    items = tuple(b'{"id": "%d"}' % number for number in range(count))
    sequence = compressed(items)
    assert (len(sequence), tuple(sequence)) == (count, items)
    order = data.draw(st.permutations(range(count)))
    sequence.arrange(order)
    assert tuple(sequence) == tuple(items[place] for place in order)
    assert sequence == tuple(items[place] for place in order)


@given(st.lists(st.integers(0, 999), max_size=30))
def test_items_are_found_wherever_one_looks(looks):
    items = [b'{"id": "%d"}' % number for number in range(1000)]
    sequence = compressed(items)
    assert [sequence[look] for look in looks] == [items[look] for look in looks]


def test_records_of_compressed_items():
    items = compressed(b'{"id": "%d", "name": "t%d", "target_type": "ASSET"}' % (n, n) for n in range(130))
    records = PackedRecords(items, TagRecord)
    made = [TagRecord(str(n), f"t{n}", "ASSET") for n in range(130)]
    assert (len(records), records[-1], records.id_at(128)) == (130, made[-1], "128")
    assert list(records) == made
    assert records.ids == [record.id for record in made]
    assert list(records[60:70]) == made[60:70]
    assert records[60:70].ids == [record.id for record in made[60:70]]
