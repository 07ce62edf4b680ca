"""A platform whose jobs the test takes step by step."""

from __future__ import annotations

import contextlib

import attrs
import pytest

from asyncsdk.server.blobs.local import LocalBlobs
from asyncsdk.server.blobs.signing import Signer
from asyncsdk.server.jobs.runner import JobRunner
from asyncsdk.server.services.job_source import StoredJobs


@pytest.fixture
def alone(api, platforms, tmp_path):
    """A platform whose own job runner never starts, so that the test takes the steps itself."""
    with contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(JobRunner, "start", lambda _self: None)
            platform = stack.enter_context(platforms(tmp_path / "alone"))
        home, connector = platform.rows("SELECT id, connector_id FROM organization")[0]
        lake = platform.rows("SELECT id FROM datalake")[0][0]
        org = attrs.evolve(
            api.org, host=platform.url, token=platform.token, platform=platform,
            id=home, connector=connector, datalake=lake,
        )  # fmt: skip
        yield attrs.evolve(api, org=org)


@pytest.fixture
def many(alone, rows):
    """Data in the datalake of `alone`."""
    return attrs.evolve(rows, org=alone.org)


@pytest.fixture
async def new_jobs(alone):
    """A function that gives a worker of `alone`, as a process that starts anew."""
    async with contextlib.AsyncExitStack() as stack:

        def make():
            folder = alone.org.platform.workspace / "blobs"
            blobs = LocalBlobs(folder, Signer(b"0" * 32), alone.org.host)
            stack.push_async_callback(blobs.close)
            return StoredJobs(alone.org.platform.store, blobs)

        yield make
