"""The notebooks of the documentation, run from top to bottom in a kernel."""

from __future__ import annotations

import json
import os
from pathlib import Path

import psutil
import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.ipynb"))
EXPECTED = {
    "first_look": [
        "uploaded: 32",
        "scenes/v1",
        "assets: 32 · annotations: 32",
        "data:image/jpeg;base64,",
        "<polygon ",
        "<rect ",
        "<polyline ",
        "the first 4 of ",
        ">train</th>",
        "download: 24 of 24 files",
        "done: 24",
    ],
    "ingestion": [
        "upload: 12 of 12 files",
        "upload: 13 of 13 files, 1 failed",
        "broken.jpg",
        "neither an image nor a video",
        "await ….preview()",
        "nothing written, 24 annotations and 56 shapes planned, 1 skipped",
        "box-cut",
        "elsewhere.jpg",
        "the first 8 of 24 assets",
        "<rect ",
        ">pixels</th>",
        "done: 24",
    ],
}


@pytest.fixture
def scratch(tmp_path):
    """A folder for what a notebook makes; the platform that it starts there is stopped at the end."""
    yield tmp_path
    for state in tmp_path.rglob("server.json"):
        platform = psutil.Process(json.loads(state.read_text())["pid"])
        platform.terminate()
        platform.wait(60)


def run(name, scratch, sockets):
    nbformat = pytest.importorskip("nbformat")
    client = pytest.importorskip("nbclient").NotebookClient
    from traitlets.config import Config

    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    environment = os.environ | {
        "PYTHONPATH": str(FOLDER.parents[1]),
        "TMPDIR": str(scratch),
        "IPYTHONDIR": str(scratch / "ipython"),
    }
    config = Config({"KernelManager": sockets})
    resources = {"metadata": {"path": str(scratch)}}
    client(notebook, timeout=100, resources=resources, config=config).execute(env=environment)
    return notebook


def texts(value):
    """Return every text inside of JSON."""
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in texts(one)]


def test_each_notebook_is_run():
    assert sorted(EXPECTED) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_and_shows_what_it_tells_of(name, scratch, sockets):
    notebook = run(name, scratch, sockets)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert [one for one in outputs if one.output_type in ("error", "stream")] == []
    shown = "\n".join(texts([output.get("data", {}) for output in outputs]))
    assert [part for part in EXPECTED[name] if part not in shown] == []
    assert "<script" not in shown
    assert len(shown) < 200_000


@pytest.mark.parametrize("name", NAMES)
def test_it_is_kept_without_outputs(name):
    cells = json.loads((FOLDER / f"{name}.ipynb").read_text("utf-8"))["cells"]
    for cell in cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
