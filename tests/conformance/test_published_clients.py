"""The published clients, unmodified, do the main job against our platform.

Each runs in an environment of its own, as `nox -s conformance` makes them. By hand: install
`picsellia==6.37.0` into a virtual environment `PEERS/6.37.0` and so on, and

    ASYNCSDK_PEERS=PEERS pytest -m conformance tests/conformance
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import av
import pytest
from child_platform import ChildPlatform

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(900)]

OLD, NEW = "6.19.2", "6.37.0"
DRIVER = Path(__file__).parent / "driver" / "main_job.py"


@pytest.fixture
def do(capsys):
    """A function that lets a release do its job on a platform, and prints what it says at the end."""

    def run(release, platform, *options):
        python = Path(os.environ["ASYNCSDK_PEERS"], release, "bin", "python")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PICSELLIA_")}
        environment["TQDM_DISABLE"] = "1"
        command = [python, DRIVER, platform.url, platform.token, *options]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            pytest.fail(f"{done.stdout}\n{done.stderr}\n{platform.log.read_text()}", pytrace=False)
        with capsys.disabled():
            print(f"\n{done.stdout.splitlines()[-1]}", end=" ")

    return run


@pytest.fixture(scope="session")
def video(tmp_path_factory):
    """A second of video, 64 by 48."""
    path = tmp_path_factory.mktemp("video") / "second.mp4"
    with av.open(path, "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(5):
            frame = av.VideoFrame(64, 48, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([number * 40]) * plane.buffer_size)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture
def sample(request):
    """The options that name the sample of COCO beside the project; none where it is missing."""
    folder = request.config.rootpath.parent / "shared" / "data" / "coco"
    return ["--sample", folder] if folder.is_dir() else []


@pytest.mark.parametrize("release", [OLD, NEW])
def test_main_job(release, do, video, sample, tmp_path):
    with ChildPlatform(tmp_path / "workspace") as platform:
        do(release, platform, "--video", video, *sample)


def test_main_job_without_our_additions(do, tmp_path):
    with ChildPlatform(tmp_path / "workspace", "--strict-protocol") as platform:
        do(NEW, platform)


@pytest.mark.parametrize("release", [OLD, NEW])
@pytest.mark.parametrize("kind", ["aws", "google", "azure"])
def test_transfers_with_every_kind_of_storage(kind, release, do, tmp_path):
    with ChildPlatform(tmp_path / "workspace", f"--storage-kind={kind}") as platform:
        do(release, platform, "--chapters", "upload_big", "download_big", "upload")


def test_older_client_reads_what_the_newer_one_made(do, tmp_path):
    with ChildPlatform(tmp_path / "workspace") as platform:
        do(NEW, platform, "--chapters", "upload", "make_datasets", "import_files", "make_models")
        do(OLD, platform, "--chapters", "read_others", "read_models")


def test_older_client_tells_workers_apart(do, tmp_path):
    with ChildPlatform(tmp_path / "workspace") as platform:
        command = [sys.executable, "-m", "asyncsdk", "admin", "user", "add", "ada", "--org=local"]
        subprocess.run([*command, f"--workspace={platform.workspace}"], capture_output=True, check=True)
        do(OLD, platform, "--chapters", "upload", "make_datasets", "annotate_as_workers")
