from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.flow import name_buckets
from asyncsdk.flow.name_buckets import NameSet
from asyncsdk.flow.name_owners import NameOwners

TEXTS = st.text(max_size=6) | st.text(st.sampled_from("ab\\\n\0nx0é漢\ud800"), max_size=4)
STEPS = st.lists(st.tuples(st.booleans(), TEXTS, TEXTS), max_size=30)


@given(STEPS, st.sampled_from([1, 4096]))
def test_names_belong_to_items_as_in_a_dict(steps, buckets):
    owners, known = NameOwners(), {}
    before, name_buckets._BUCKETS = name_buckets._BUCKETS, buckets
    try:
        for gives, name, item in steps:
            if gives:
                owners.give(name, item)
                known[name] = item
            else:
                assert owners.first(name, item) == known.setdefault(name, item)
            assert dict(owners.items()) == known
    finally:
        name_buckets._BUCKETS = before
    assert len(list(owners.items())) == len(known)


def test_very_many_names_stay_apart():
    owners = NameOwners()
    for number in range(20_000):
        assert owners.first(f"image-{number}.jpg", str(number)) == str(number)
    assert [owners.first(f"image-{number}.jpg", "other") for number in range(20_000)] == [
        str(number) for number in range(20_000)
    ]


@given(st.frozensets(TEXTS, max_size=30), TEXTS)
def test_a_set_has_its_names_and_no_others(names, other):
    found = NameSet(names)
    assert all(name in found for name in names)
    assert (other in found) == (other in names)
    assert None not in found
