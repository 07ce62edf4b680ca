"""Forks on the sync side: a version comes back as a version, with its job where that is asked for."""

from __future__ import annotations

import pytest

from asyncsdk.sync import Client, DatasetVersion, InvalidArgumentError, Job


def test_fork_and_copy(workspace, images):
    with Client.embedded(workspace) as client:
        data = client.get_datalake().upload_data(images[:3])
        version = client.create_dataset("birds").create_version("v1")
        version.add_data(data, tags=["day"], wait=True)
        fork = version.fork("v2", type="point", with_tags=True)
        assert type(fork) is DatasetVersion
        assert [asset.filename for asset in fork.list_assets(tags="day")] == [
            asset.filename for asset in version.list_assets()
        ]
        empty, job = version.start_fork("v3", assets=[])
        job.wait()
        assert (type(empty), type(job)) == (DatasetVersion, Job)
        copied = version.copy_assets_to(empty, version.list_assets()[1], wait=True)
        assert (copied.progress, len(empty.list_assets())) == (1.0, 1)
        with pytest.raises(InvalidArgumentError):
            version.fork("v4", assets=fork.list_assets())
