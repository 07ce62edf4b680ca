"""The folder of a run."""

from __future__ import annotations

import os
import stat

import orjson
import pytest

from asyncsdk.server.processes.folder import ResultError, RunFolder, remove_runs


@pytest.fixture
def folder(tmp_path):
    made = RunFolder(tmp_path / "runs" / "job")
    made.make({"job_id": "j"})
    return made


def test_it_is_made_for_the_run_and_removed_after_it(folder, tmp_path):
    assert orjson.loads(folder.job.read_bytes()) == {"job_id": "j"}
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    (folder.work / "left").write_text("x")
    folder.make({"job_id": "again"})
    assert list(folder.work.iterdir()) == []
    folder.remove()
    folder.remove()
    assert not folder.path.exists()
    remove_runs(tmp_path / "runs")
    remove_runs(tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_the_result(folder):
    assert folder.read_result() is None
    folder.result.write_text(' {"a": [1, 2.5, null]} ')
    assert folder.read_result() == '{"a":[1,2.5,null]}'


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.write_text(""), "is no JSON"),
        (lambda path: path.write_text("{"), "is no JSON"),
        (lambda path: path.write_bytes(b'"\xff"'), "is no JSON"),
        (lambda path: path.write_text('"' + "x" * 262_144 + '"'), "is larger than 262144 bytes"),
        (lambda path: path.mkdir(), "is no file"),
        (os.mkfifo, "is no file"),
        (lambda path: path.symlink_to("/etc/hostname"), "cannot be read"),
    ],
)
def test_what_is_no_result(folder, make, said):
    make(folder.result)
    with pytest.raises(ResultError, match=said):
        folder.read_result()
