from __future__ import annotations

import copy
import pickle
from collections import OrderedDict, deque
from pathlib import Path

import pytest

from asyncsdk.portal import SyncObject, facing, unwrap
from asyncsdk.sync import (
    Asset,
    AsyncSDKError,
    InvalidArgumentError,
    Label,
    MultiAsset,
    MultiData,
    NotFoundError,
)


class Thing:
    def __repr__(self):
        return "<Thing>"


THING = Thing()
OTHER = Thing()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (SyncObject(THING), THING),
        ([SyncObject(THING), "a"], [THING, "a"]),
        ((SyncObject(THING), None), (THING, None)),
        ({"a": SyncObject(THING)}, {"a": THING}),
        (OrderedDict(a=[SyncObject(THING)]), {"a": [THING]}),
        (deque([SyncObject(THING)]), [THING]),
        ((SyncObject(one) for one in (THING, OTHER)), [THING, OTHER]),
        ([[SyncObject(THING)], (SyncObject(OTHER),)], [[THING], (OTHER,)]),
        ("text", "text"),
        (b"bytes", b"bytes"),
        (Path("x"), Path("x")),
        (None, None),
        (3, 3),
    ],
)
def test_arguments_are_unwrapped_also_inside_of_collections(given, expected):
    assert unwrap(given) == expected


def test_functions_are_called_with_sync_objects():
    assert facing(SyncObject, lambda item: item == SyncObject(THING))(THING)
    assert facing(SyncObject, "text") == "text"
    assert facing(SyncObject, SyncObject(THING)) is THING
    assert facing(SyncObject, None) is None


def test_objects_stand_for_their_async_ones():
    one = SyncObject(THING)
    assert one == SyncObject(THING)
    assert one != SyncObject(OTHER)
    assert one != THING
    assert hash(one) == hash(THING)
    assert repr(one) == "<Thing>"


@pytest.mark.parametrize("spread", [copy.copy, copy.deepcopy, pickle.dumps])
def test_objects_cannot_be_pickled_or_copied(spread):
    with pytest.raises(TypeError, match="SyncObject objects hold a connection"):
        spread(SyncObject(THING))


@pytest.fixture
def version(client, images):
    data = client.get_datalake().upload_data(images, progress=False)
    made = client.create_dataset("d").create_version("v")
    made.add_data(data, wait=True)
    return made


def test_a_sequence_of_objects(version, images):
    assets = version.list_assets(order_by=["filename"])
    names = [path.name for path in images]
    assert isinstance(assets, MultiAsset)
    assert len(assets) == 6
    assert [asset.filename for asset in assets] == names
    assert [asset.filename for asset in reversed(assets)] == names[::-1]
    assert type(assets[-1]) is Asset
    assert assets[-1].filename == names[-1]
    assert isinstance(assets[1:3], MultiAsset)
    assert assets[1:3].ids == assets.ids[1:3]
    assert assets.filter(lambda asset: asset.width > 43).ids == assets.ids[4:]
    assert assets.index(assets[2]) == 2
    assert assets[2] in assets
    assert assets[2] not in assets[:2]
    assert "x" not in assets
    assert unwrap(assets[2]) not in assets
    assert assets == version.list_assets(order_by=["filename"])
    assert hash(assets) == hash(assets[:])
    assert assets != assets[1:]
    assert repr(assets).startswith("<MultiAsset of 6: [<Asset 'image-0.jpg'")
    with pytest.raises(IndexError):
        assets[6]


def test_objects_are_given_and_taken(client, version):
    assets = version.list_assets()
    tag = version.create_asset_tag("night")
    tag.attach_on([assets[0], assets[1]])
    tag.attach_on(assets[2:4])
    assets[4:].add_tags([tag])
    assert set(version.list_assets(tags=[tag])) == set(assets)
    assert assets[0].get_tags() == [tag]
    data = assets.as_multidata()
    assert isinstance(data, MultiData)
    assert version.find_asset(data=data[0]) in assets
    assert assets.as_list_of_data() == list(data)
    assert assets[0].get_data().get_data_source() is None
    assert client.get_datalake() == client.list_datalakes()[0]
    with pytest.raises(InvalidArgumentError, match="does not take ASSET tags"):
        tag.attach_on(data)
    with pytest.raises(NotFoundError):
        version.find_asset(filename="none.png")


def test_splits(version):
    version.create_label("car")
    seen = []

    def half(asset):
        seen.append(asset)
        return asset.filename.rpartition(".")[2]

    train, test, in_train, in_test, labels = version.train_test_split(
        0.5, 42, group_by=half, annotated_only=False
    )
    assert [type(one) for one in (train, test, labels[0])] == [MultiAsset, MultiAsset, Label]
    assert set(seen) == {*train, *test} == set(version.list_assets())
    assert (len({half(one) for one in train}), len({half(one) for one in test})) == (1, 1)
    assert in_train == in_test == {"x": [], "y": []}
    parts, counts, _ = version.split_into_multi_assets([1, 2], stable=True, annotated_only=False)
    assert ([type(one) for one in parts], counts) == ([MultiAsset] * 2, [{}, {}])
    assert [len(one) for one in train.split(0.4)] == [1, 2]
    with pytest.raises(AsyncSDKError, match="called on the event loop's own thread"):
        version.train_test_split(group_by=lambda asset: len(asset.get_tags()), annotated_only=False)
