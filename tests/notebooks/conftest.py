"""Notebooks' kernels: real ones, each in a process of its own."""

from __future__ import annotations

import os
import queue
import re
import tempfile
import textwrap
import time
from pathlib import Path
from typing import Any

import attrs
import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60

os.environ.setdefault("JUPYTER_PLATFORM_DIRS", "1")  # else jupyter-core warns that it will be the default


@attrs.frozen
class Output:
    """What a cell has put out."""

    messages: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """What it printed, on both streams."""
        return "".join(one["content"]["text"] for one in self.messages if one["msg_type"] == "stream")

    @property
    def error(self) -> str:
        """The name of the error that it ended with, or nothing."""
        return "".join(one["content"]["ename"] for one in self.messages if one["msg_type"] == "error")

    def results(self, kind: str) -> list[str]:
        """Return what it showed, in one of the forms."""
        shown = ("execute_result", "display_data", "update_display_data")
        return [one["content"]["data"].get(kind, "") for one in self.messages if one["msg_type"] in shown]


@attrs.define
class Kernel:
    """A kernel that runs cells."""

    manager: Any
    client: Any

    def begin(self, code: str) -> str:
        """Send a cell and return the id of the request."""
        request: str = self.client.execute(textwrap.dedent(code))
        return request

    def output(self, request: str, *, until: str | None = None) -> Output:
        """Return what a cell puts out, up to its end or to a text that it prints.

        Messages of other cells are faults: they would be shown below another cell.
        """
        found: list[dict[str, Any]] = []
        ends_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends_at:
            try:
                message = self.client.get_iopub_msg(timeout=1)
            except queue.Empty:
                continue
            assert message["parent_header"].get("msg_id") == request, message
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                assert until is None, found
                return Output(found)
            found.append(message)
            if until is not None and until in Output(found).text:
                return Output(found)
        raise AssertionError(f"the cell has not ended: {found}")

    def run(self, code: str) -> Output:
        """Run a cell that does not fail."""
        output = self.output(self.begin(code))
        failures = [one["content"]["traceback"] for one in output.messages if one["msg_type"] == "error"]
        assert not failures, re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(failures[0]))
        return output

    def interrupt(self) -> None:
        """Press the stop button."""
        self.manager.interrupt_kernel()


@pytest.fixture(scope="module")
def sockets():
    """Settings of kernels whose sockets are files: a free port may be another's before the kernel takes it.

    The name of a socket is short, wherever other temporary files are.
    """
    with tempfile.TemporaryDirectory(prefix="k", dir="/tmp") as folder:
        yield {"transport": "ipc", "ip": f"{folder}/k"}


@pytest.fixture(scope="module")
def kernel(tmp_path_factory, sockets):
    """A kernel in a folder of its own; every warning of our own code is an error in it."""
    manager_module = pytest.importorskip("jupyter_client.manager")
    pytest.importorskip("ipykernel")
    folder = tmp_path_factory.mktemp("kernel")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder / "ipython")}
    manager = manager_module.KernelManager(**sockets, kernel_name="python3")
    manager.start_kernel(cwd=str(folder), env=environment)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE_S)
        while client.iopub_channel.msg_ready():
            client.get_iopub_msg(timeout=1)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
        manager.context.destroy()
