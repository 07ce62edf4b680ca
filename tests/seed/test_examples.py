"""`docs/examples/seed_document.py` runs: one line for each method of the seed document, in its order."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from seed.signatures import METHODS
from seed.table import PAGE

EXAMPLES = PAGE.parent / "examples"


def run_examples(folder, *arguments):
    """Run the script in a folder of its own and return what it printed, and with what it ended."""
    done = subprocess.run(
        [sys.executable, folder / "seed_document.py", *arguments],
        env=os.environ | {"ASYNCSDK_STATE": str(folder / "state")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout, done.stderr, done.returncode


def check_lines(output):
    said, errors, code = output
    assert (errors, code) == ("", 0), said
    assert [line.split()[0] for line in said.splitlines()] == [method.name for method in METHODS]


@pytest.fixture
def away(tmp_path):
    """A copy of the examples that finds no COCO sample beside its project."""
    return shutil.copytree(EXAMPLES, tmp_path / "project" / "docs" / "examples")


def test_with_files_that_it_makes(away, tmp_path):
    check_lines(run_examples(away, "--folder", tmp_path / "out"))
    assert (tmp_path / "out" / "sample" / "coco.json").is_file()


@pytest.mark.coco
def test_with_the_coco_sample(away, coco_annotations, tmp_path):
    check_lines(run_examples(away, "--coco", coco_annotations.parent, "--folder", tmp_path / "out"))


def test_a_folder_without_a_sample_is_told(away, tmp_path):
    said, errors, code = run_examples(away, "--coco", tmp_path)
    assert (said, code) == ("", 1)
    assert "is no COCO sample" in errors
