"""Comparing versions without `await`: objects go in, records come out."""

from __future__ import annotations

import pytest

from asyncsdk import AssetDifference, InvalidArgumentError, NameDifference, VersionDifference
from asyncsdk.sync import SyncIterator


def test_versions_are_compared(client, org, images):
    dataset = client.create_dataset("birds")
    first, second = dataset.create_version("v1"), dataset.create_version("v2")
    data = client.get_datalake().upload_data(images)
    first.add_data(data[:4], wait=True)
    second.add_data(data[1:], wait=True)
    second.create_label("car")
    me = dataset.find_worker(org.username)
    report = first.diff(second, worker=me)
    assert isinstance(report, VersionDifference)
    assert {one.data_id for one in report.added} == set(data.ids[4:])
    assert {one.data_id for one in report.removed} == {data.ids[0]}
    assert (report.changed, report.labels) == ((), NameDifference(added=("car",)))
    walk = first.iter_diff(second)
    assert isinstance(walk, SyncIterator)
    assert {*walk} == {*report.added, *report.removed}
    assert {type(one) for one in report.added} == {AssetDifference}
    with pytest.raises(InvalidArgumentError, match="is not a DatasetVersion"):
        first.diff(dataset)
    with pytest.raises(InvalidArgumentError, match="of another dataset"):
        first.iter_diff(client.create_dataset("fish").create_version("v1"))
