"""The embedded platform, with clients that are processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import select
import socket
import subprocess
import sys
import threading
import time

import anyio
import psutil
import pytest
from child_platform import ChildPlatform

import asyncsdk
from asyncsdk import embedded
from asyncsdk.embedded import attach_embedded

IDLE_S = 1.0
PATIENCE_S = 60

CLIENT = """
import sys
import asyncsdk

async def main():
    async with asyncsdk.Client.embedded(sys.argv[1]) as client:
        print(client.host, flush=True)
        sys.stdin.read()

asyncsdk.run(main())
"""


@pytest.fixture
def short_idle_time(monkeypatch):
    """Lets a platform end soon when nobody is there; others wait long enough for a client that is slow to come."""
    monkeypatch.setenv("ASYNCSDK_EMBEDDED_IDLE_S", str(IDLE_S))


@pytest.fixture
def workspace(tmp_path):
    """A fresh folder; a platform that still runs on it in the end is killed."""
    folder = tmp_path / "workspace"
    yield folder
    with contextlib.suppress(FileNotFoundError, psutil.NoSuchProcess):
        psutil.Process(pid_of(folder)).kill()


@pytest.fixture
def new_client(workspace):
    """A function that starts a client process; `.stdout` tells where its platform is, `.stdin` lets it end."""
    started = []

    def start():
        process = subprocess.Popen(
            [sys.executable, "-c", CLIENT, workspace],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def host_of(client):
    """Where the platform of a client process is, once it is attached."""
    assert select.select([client.stdout], [], [], PATIENCE_S)[0], "the client does not attach"
    return client.stdout.readline().strip()


def leave(client):
    client.communicate(timeout=PATIENCE_S)
    assert client.returncode == 0


def pid_of(workspace):
    return json.loads((workspace / "server.json").read_bytes())["pid"]


def gone(pid):
    """Wait until a process has ended, and kill it when it does not; a zombie has ended."""
    ends_at = time.monotonic() + PATIENCE_S
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > ends_at:
                process.kill()
                return False
            time.sleep(0.02)
    return True


def test_two_processes_share_one_platform_and_the_last_one_stops_it(workspace, new_client, short_idle_time):
    first, second = new_client(), new_client()
    host = host_of(first)
    assert host_of(second) == host
    pid = pid_of(workspace)
    leave(first)
    time.sleep(2 * IDLE_S)
    assert psutil.pid_exists(pid)
    leave(second)
    assert gone(pid)
    assert not (workspace / "server.json").exists()


def test_a_killed_client_leaves_nothing_running(workspace, new_client, short_idle_time):
    client = new_client()
    assert host_of(client)
    pid = pid_of(workspace)
    client.kill()
    assert gone(pid)


def test_a_race_of_clients_starts_one_platform(workspace, new_client):
    clients = [new_client() for _ in range(5)]
    assert len({host_of(client) for client in clients}) == 1
    on_this = [
        process.pid
        for process in psutil.process_iter()
        if str(workspace) in _command_line(process) and "-m asyncsdk embedded" in _command_line(process)
    ]
    assert on_this == [pid_of(workspace)]


def test_a_crashed_platform_is_replaced_with_what_it_had(workspace):
    async def main():
        async with asyncsdk.Client.embedded(workspace) as client:
            await client.create_dataset("kept")
            crashed = pid_of(workspace)
            psutil.Process(crashed).kill()
            async with asyncsdk.Client.embedded(workspace) as other:
                assert pid_of(workspace) != crashed
                assert [dataset.name for dataset in await other.list_datasets()] == ["kept"]

    asyncsdk.run(main())


async def test_a_client_that_comes_while_the_platform_stops_gets_a_new_one(workspace):
    first = await attach_embedded(workspace)
    stopping = pid_of(workspace)
    psutil.Process(stopping).terminate()
    while (workspace / "server.json").exists():  # noqa: ASYNC110 - another process removes it
        await anyio.sleep(0.001)
    second = await attach_embedded(workspace)
    assert pid_of(workspace) != stopping
    assert gone(stopping)
    first.release()
    second.release()


async def test_a_client_waits_until_the_folder_is_free(workspace):
    workspace.mkdir()
    with (workspace / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        attaching = asyncio.create_task(attach_embedded(workspace))
        await anyio.sleep(0.1)
        assert not attaching.done()
        assert not (workspace / "server.log").exists()
    endpoint = await attaching
    endpoint.release()


async def test_a_folder_that_stays_taken_is_reported(workspace, monkeypatch):
    monkeypatch.setattr(embedded, "START_S", 0.1)
    workspace.mkdir()
    with (workspace / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(asyncsdk.ConfigurationError, match="does not answer"):
            await attach_embedded(workspace)


async def test_a_platform_started_by_hand_is_used_and_runs_on(workspace, short_idle_time):
    with ChildPlatform(workspace) as platform:
        async with asyncsdk.Client.embedded(workspace) as client:
            assert client.host == platform.url
            await client.create_dataset("shared")
        await anyio.sleep(2 * IDLE_S)
        assert (workspace / "server.json").exists()


async def test_a_strict_platform_says_how_to_reach_it(workspace):
    with (
        ChildPlatform(workspace, "--strict-protocol") as platform,
        pytest.raises(asyncsdk.ConfigurationError, match=platform.url),
    ):
        await attach_embedded(workspace)


async def test_the_token_is_not_told_to_whoever_listens_where_a_dead_platform_was(workspace):
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        stranger.settimeout(PATIENCE_S)
        url = f"http://127.0.0.1:{stranger.getsockname()[1]}"
        workspace.mkdir()
        (workspace / "server.json").write_text(json.dumps({"url": url, "token": "secret", "pid": 1}))

        def listen():
            with contextlib.suppress(OSError):
                connection, _ = stranger.accept()
                with connection:
                    heard.append(connection.recv(1000))

        listening = threading.Thread(target=listen)
        listening.start()
        endpoint = await attach_embedded(workspace)
        stranger.shutdown(socket.SHUT_RDWR)
        listening.join()
        endpoint.release()
    assert not heard


async def test_giving_up_lets_go_of_the_platform(workspace, short_idle_time):
    attaching = asyncio.create_task(attach_embedded(workspace))
    while not (workspace / "server.log").exists():  # noqa: ASYNC110 - another process makes it
        await anyio.sleep(0.005)
    attaching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attaching
    async with asyncio.timeout(PATIENCE_S):
        while not (workspace / "server.json").exists():  # noqa: ASYNC110
            await anyio.sleep(0.005)
    assert await asyncio.to_thread(gone, pid_of(workspace))


async def test_a_platform_that_cannot_start_tells_why(workspace):
    workspace.mkdir()
    (workspace / "key").write_text("no key")
    with pytest.raises(asyncsdk.ConfigurationError, match="not a key"):
        await attach_embedded(workspace)


async def test_a_file_is_no_workspace(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(asyncsdk.ConfigurationError, match="file"):
        await attach_embedded(tmp_path / "file")


def _command_line(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
