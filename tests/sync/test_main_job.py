"""The main job as a script does it: an embedded platform, no `await`, no event loop."""

from __future__ import annotations

import pytest

from asyncsdk.sync import Client, JobStatus, NotFoundError, ProgressEvent


def test_from_files_to_a_dataset_version_and_back(workspace, images, tmp_path):
    events: list[ProgressEvent] = []
    with Client.embedded(workspace) as client:
        source = client.create_data_source("north gate")
        data = client.get_datalake().upload_data(
            images[0].parent, tags=["cam-1"], source=source, progress=events.append
        )
        assert [one.filename for one in data] == [path.name for path in images]
        assert [one.path for one in data.report.uploaded] == images
        assert events[-1].done == len(images)
        assert data[0].get_data_source() == source

        dataset = client.create_dataset("birds")
        version = dataset.create_version("v1", type="object_detection")
        assert version.add_data(data, tags=["day"], wait=True).status is JobStatus.SUCCESS
        list_and_tag(version, images)
        report = version.download(tmp_path / "out", progress=False)
        assert [path.read_bytes() for path in sorted(report.downloaded)] == [
            path.read_bytes() for path in images
        ]

        version.list_assets()[:2].delete()
        assert len(version.list_assets()) == 4
        dataset.delete()
        with pytest.raises(NotFoundError):
            version.refresh()
    with Client.embedded(workspace) as client:
        assert client.list_datasets() == []
        assert sorted(client.get_datalake().list_data().ids) == sorted(data.ids)


def list_and_tag(version, images):
    assets = version.list_assets(order_by=["filename"])
    assert [(one.width, one.height) for one in assets] == [(40 + at, 30 + at) for at in range(6)]
    assert list(version.iter_assets(order_by=["filename"])) == list(assets)
    night = version.create_asset_tag("night")
    assets.filter(lambda asset: asset.width >= 44).add_tags(night)
    found = version.iter_assets(tags=night, order_by=["filename"])
    assert [one.filename for one in found] == [path.name for path in images[4:]]
    assert len(version.list_assets(tags=[night, "day"], intersect_tags=True)) == 2
    assert len(version.list_assets(q="width < 42")) == 2
    assert assets[0].read() == images[0].read_bytes()
