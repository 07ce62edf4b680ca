"""Programs in processes of their own, without a platform."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from types import SimpleNamespace

import pytest

from asyncsdk.server.processes.child import Child
from asyncsdk.server.processes.offer import Program

ENVIRONMENT = {"PATH": os.environ["PATH"]}


async def run(folder, *command):
    child = await Child.start(Program(command=command), ENVIRONMENT, folder)
    said = b""
    while (chunk := await child.read(0.05)) != b"":
        said += chunk or b""
    return await child.ended(), said


async def test_it_ends_as_the_program_does(tmp_path):
    assert await run(tmp_path, "sh", "-c", "pwd; echo error >&2; exit 7") == (
        7,
        f"{tmp_path}\nerror\n".encode(),
    )
    assert await run(tmp_path, "sh", "-c", "kill -KILL $$") == (-9, b"")
    code, said = await run(tmp_path, "no-such-program")
    assert code == 1
    assert said.startswith(b"cannot start no-such-program: ")


async def test_what_a_program_leaves_behind_is_ended(tmp_path):
    """Also what has left its group: the end comes although it holds on to the output for longer."""
    code, said = await run(tmp_path, "sh", "-c", "setsid sleep 600 & sleep 600 & echo done")
    assert (code, said) == (0, b"done\n")


async def test_what_it_says_last_is_read_though_time_is_up_at_that_moment():
    loop, process = (
        asyncio.get_running_loop(),
        SimpleNamespace(stdout=asyncio.StreamReader(), returncode=None),
    )

    def end():
        process.returncode = 0
        process.stdout.feed_data(b"last")
        process.stdout.feed_eof()

    def hold_up():
        time.sleep(0.02)
        loop.call_soon(end)

    child = Child(process)
    loop.call_soon(hold_up)
    assert [await child.read(0.01) for _ in range(3)] == [None, b"last", b""]


async def test_closing_it_ends_it(tmp_path):
    child = await Child.start(Program(command=("sleep", "600")), ENVIRONMENT, tmp_path)
    assert await child.read(0.01) is None
    await child.aclose()
    await child.aclose()
    assert await child.read(0.01) == b""
    assert await child.ended() == -15


async def test_its_environment_is_what_it_is_given(tmp_path):
    code = "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}), os.getsid(0) == os.getpid())"
    _, said = await run(tmp_path, sys.executable, "-I", "-S", "-c", code)
    assert said == b"['PATH'] True\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (0, None),
        (3, "the program ended with exit code 3"),
        (-9, "the program was ended by SIGKILL"),
        (-63, "the program was ended by signal 63"),
    ],
)
def test_how_it_ended_in_words(code, said):
    assert Child.explain(code) == said
