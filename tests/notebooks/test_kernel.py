"""Both sides inside of a notebook's kernel, whose main thread runs an event loop."""

from __future__ import annotations

import pytest
from PIL import Image

from asyncsdk.sync import Client

SYNC = """
import asyncsdk.sync
client = asyncsdk.sync.Client({host!r}, {token!r})
version = client.get_dataset("birds").get_version("v1")
assets = version.list_assets()
"""

ASYNC = """
import asyncsdk
client = asyncsdk.Client({host!r}, {token!r})
dataset = await client.get_dataset("birds")
version = await dataset.get_version("v1")
assets = await version.list_assets()
"""

# The stop button cancels an awaited cell at its loop's next event (https://github.com/ipython/ipykernel/issues/881),
# and a slow download has events: hence many short pauses in place of a long one.
SLOW = """
import asyncio
from asyncsdk.flow.landing import LandingFile
whole = LandingFile.write
async def slow(self, chunk):
    await whole(self, chunk)
    print("writing", flush=True)
    try:
        for _ in range(6000):
            await asyncio.sleep(0.05)
    finally:
        print("cleaned", flush=True)
LandingFile.write = slow
"""


@pytest.fixture
def filled(org, tmp_path):
    """An organization with a version of one image of two megabytes."""
    path = tmp_path / "bird.png"
    Image.new("RGB", (64, 48), "green").save(path)
    path.write_bytes(path.read_bytes() + bytes(2**21))
    with Client(org.host, org.token) as client:
        version = client.create_dataset("birds").create_version("v1")
        version.add_data(client.get_datalake().upload_data([path], progress=False), wait=True)
    return {"host": org.host, "token": org.token}


def test_the_sync_side_works_beside_the_kernels_own_loop(kernel, filled):
    kernel.run("import asyncio; loop = asyncio.get_running_loop()")
    kernel.run(SYNC.format(**filled))
    output = kernel.run("print([asset.filename for asset in version.iter_assets()], loop.is_running())")
    assert output.text == "['bird.png'] True\n"


def test_the_sync_side_works_inside_of_a_coroutine_that_a_cell_awaits(kernel, filled):
    kernel.run(SYNC.format(**filled))
    output = kernel.run(
        """
        async def count():
            return len(version.list_assets())
        await asyncio.gather(count(), count())
        """
    )
    assert output.results("text/plain") == ["[1, 1]"]


def test_cells_await_the_async_side(kernel, filled):
    kernel.run(ASYNC.format(**filled))
    output = kernel.run("[asset.filename async for asset in version.iter_assets()]")
    assert output.results("text/plain") == ["['bird.png']"]
    kernel.run("await client.close()")


def test_sync_objects_are_shown_with_pictures(kernel, filled):
    kernel.run(SYNC.format(**filled))
    for name in ("version", "assets", "assets[0]", "assets[0].get_data()"):
        output = kernel.run(name)
        assert "data:image/jpeg" in output.results("text/html")[0]
        assert output.results("text/plain")[0].startswith("<")
    assert "no objects" in kernel.run("version.retrieve_stats()").results("text/html")[0]


def test_async_objects_are_shown_as_cards_and_with_pictures_on_request(kernel, filled):
    kernel.run(ASYNC.format(**filled))
    card = kernel.run("assets").results("text/html")[0]
    assert "preview()" in card
    assert "data:" not in card
    assert "data:image/jpeg" in kernel.run("await assets.preview()").results("text/html")[0]
    kernel.run("await client.close()")


@pytest.mark.parametrize(("setting", "await_"), [(SYNC, ""), (ASYNC, "await ")], ids=["sync", "async"])
def test_a_bar_stands_below_its_cell_and_stays(kernel, filled, setting, await_):
    kernel.run(setting.format(**filled))
    output = kernel.run(f"report = {await_}assets.download('there', force_replace=True)")
    first, *_, last = output.results("text/html")
    assert '<progress max="1" value="0"' in first
    assert '<progress max="1" value="1"' in last
    assert "download: 1 of 1 files" in last
    assert output.text == ""
    assert "done: 1" in kernel.run("report").results("text/html")[0]
    kernel.run(f"{await_}client.close()")


@pytest.mark.parametrize(("setting", "await_"), [(SYNC, ""), (ASYNC, "await ")], ids=["sync", "async"])
def test_the_stop_button_cancels_and_leaves_no_half_written_file(kernel, filled, setting, await_):
    kernel.run(setting.format(**filled))
    kernel.run(SLOW)
    download = f"{await_}assets.download({'stopped ' + await_!r}, progress=False)"
    request = kernel.begin(download)
    before = kernel.output(request, until="writing").text
    kernel.interrupt()
    output = kernel.output(request)
    assert output.error in ("KeyboardInterrupt", "CancelledError")
    assert "cleaned" in before + output.text
    kernel.run("LandingFile.write = whole")
    look = "from pathlib import Path; print([p.name for p in Path({0!r}).glob('[!.]*')])"
    assert kernel.run(look.format(f"stopped {await_}")).text == "[]\n"
    kernel.run(f"report = {download}")
    assert kernel.run("print(report.downloaded[0].stat().st_size > 2**21)").text == "True\n"
    kernel.run(f"{await_}client.close()")
