from __future__ import annotations

import copy
import pickle
from collections.abc import Sequence

import pytest

import asyncsdk
from asyncsdk.records.data import DataRecord, DataSourceRecord
from asyncsdk.records.datasets import AssetRecord


def records(*names):
    return [DataRecord(name, f"o/{name}", f"{name}.png", "IMAGE", "image/png", "DONE") for name in names]


def data(*names):
    return asyncsdk.MultiData(None, records(*names), "lake")


def assets(*names):
    return asyncsdk.MultiAsset(None, [AssetRecord(f"asset-{one.id}", one) for one in records(*names)], "v1")


@pytest.mark.parametrize("make", [data, assets])
def test_it_is_a_sequence(make):
    multi = make("a", "b", "c", "d")
    assert isinstance(multi, Sequence)
    assert len(multi) == 4
    assert [one.filename for one in multi] == ["a.png", "b.png", "c.png", "d.png"]
    assert multi[0].filename == "a.png"
    assert multi[-1] == multi[3]
    assert list(reversed(multi)) == [multi[3], multi[2], multi[1], multi[0]]
    assert multi.index(multi[2]) == 2
    assert multi.count(multi[1]) == 1
    assert bool(multi)
    assert not make()
    with pytest.raises(IndexError):
        multi[4]
    with pytest.raises(TypeError):
        multi["a"]


@pytest.mark.parametrize("make", [data, assets])
@pytest.mark.parametrize(
    "part", [slice(1, 3), slice(None, None, -1), slice(-2, None), slice(9, None), slice(0, 4, 2)]
)
def test_slices_are_of_the_same_kind(make, part):
    multi = make("a", "b", "c", "d")
    cut = multi[part]
    assert type(cut) is type(multi)
    assert cut.ids == multi.ids[part]
    assert list(cut) == list(multi)[part]


def test_slices_keep_where_they_belong():
    assert data("a", "b")[:1].datalake_id == "lake"
    assert assets("a", "b")[:1].dataset_version_id == "v1"
    assert assets("a")[0].dataset_version_id == "v1"


def test_filter_keeps_the_order():
    kept = data("a", "b", "c").filter(lambda one: one.filename != "b.png")
    assert isinstance(kept, asyncsdk.MultiData)
    assert kept.ids == ["a", "c"]
    assert data("a").filter(lambda _: False).ids == []


def test_equality_and_hash_go_by_kind_and_ids():
    assert data("a", "b") == data("a", "b")
    assert data("a", "b") != data("b", "a")
    assert data("a") != [data("a")[0]]
    assert data() != assets()
    assert hash(data("a", "b")) == hash(data("a", "b"))
    assert len({data("a"), data("a"), data("b")}) == 2


def test_contains():
    multi = data("a", "b")
    assert data("b")[0] in multi
    assert data("c")[0] not in multi
    assert "a" not in multi
    assert asyncsdk.DataSource(None, DataSourceRecord("a", "of the same id")) not in multi
    assert data("a")[0] not in data()


def test_the_text_shows_the_first_few():
    assert repr(data("a")) == "<MultiData of 1: [<Data 'a.png' a>]>"
    assert repr(data("a", "b", "c", "d")).endswith("<Data 'c.png' c>, …]>")
    assert repr(assets()) == "<MultiAsset of 0: []>"


@pytest.mark.parametrize("pack", [pickle.dumps, copy.copy, copy.deepcopy])
def test_pickling_says_what_to_do(pack):
    with pytest.raises(TypeError, match="MultiData holds a connection and cannot be pickled; keep the ids"):
        pack(data("a"))


def test_objects_are_made_when_they_are_asked_for():
    multi = data("a")
    assert multi[0] is not multi[0]
    assert multi[0] == multi[0]


def test_nothing_can_be_hung_on_it():
    with pytest.raises(AttributeError):
        data("a").colour = "red"
