"""Running a platform: what it opens, announces, survives, and leaves behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys

import attrs
import orjson
import pytest

from asyncsdk.enums import StorageKind
from asyncsdk.errors import ConfigurationError
from asyncsdk.server.serve import ServeOptions, run_platform, serve
from asyncsdk.wire import routes

IDLE_S = 0.05


@pytest.fixture
def there(api):
    """A function that gives requests of the administrator of another platform."""

    def requests(platform):
        home, connector = platform.rows("SELECT id, connector_id FROM organization")[0]
        lake = platform.rows("SELECT id FROM datalake")[0][0]
        known = {"id": home, "connector": connector, "datalake": lake, "platform": platform}
        return attrs.evolve(api, org=attrs.evolve(api.org, host=platform.url, token=platform.token, **known))

    return requests


async def test_everything_survives_a_restart(platforms, tmp_path, there, image):
    with platforms(tmp_path) as platform:
        first = there(platform)
        made = [await first.add_data(f"{number}.png") for number in range(3)]
        page = await first.call(routes.LIST_DATA, query={"limit": "1"})
    with platforms(tmp_path) as platform:
        again = there(platform)
        assert platform.token == (tmp_path / "token").read_text()
        rest = await again.call(routes.LIST_DATA, query={"limit": "5", "cursor": page["next_cursor"]})
        assert [item["id"] for item in rest["items"]] == [made[1]["id"], made[0]["id"]]
        old = made[0]["presigned_url"].replace(first.org.host, again.org.host)
        async with again.session.get(old) as answer:  # signed before the restart
            assert answer.status == 200
        await again.add_data("new.png")


async def test_its_secrets_are_the_owners(platforms, tmp_path):
    with platforms(tmp_path) as platform:
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        assert [modes[name] for name in ("key", "token", "server.json")] == [0o600] * 3
        told = orjson.loads((tmp_path / "server.json").read_bytes())
        assert told == {"url": platform.url, "token": platform.token, "pid": os.getpid()}
    assert not (tmp_path / "server.json").exists()


async def test_a_given_token_is_not_written_down(platforms, tmp_path, there):
    with platforms(tmp_path, token="given") as platform:
        assert platform.token == "given"
        assert not (tmp_path / "token").exists()
        await there(platform).call(routes.PING)
    with platforms(tmp_path, token="other") as platform:
        for token in ("given", "other"):  # both belong to the first user
            ping = await there(platform).call(routes.PING, headers={"Authorization": f"Bearer {token}"})
            assert ping["username"] == "admin"


async def test_a_revoked_first_token_stays_revoked(platforms, tmp_path, there):
    with platforms(tmp_path, token="first") as platform:
        listed = (await there(platform).call(routes.ADMIN_LIST_TOKENS))["items"]
        await there(platform).call(routes.ADMIN_REVOKE_TOKEN, token=listed[0]["id"])
    with platforms(tmp_path, token="first") as platform:
        await there(platform).call(routes.PING, expect=401)


@pytest.mark.parametrize("public", ["https://lake.example.com", "https://lake.example.com:8443/some/path"])
async def test_signed_urls_carry_the_public_origin(platforms, tmp_path, there, public):
    with platforms(tmp_path, public_url=public) as platform:
        api = there(platform)
        body = {"object_name": "data/a.png", "content_type": "image/png"}
        upload = (await api.call(routes.PRESIGN_UPLOAD, body))["presigned_url_data"]["url"]
        origin = public.removesuffix("/some/path")
        assert upload.startswith(f"{origin}/storage/")
        assert platform.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("public", ["ftp://x", "https://user:password@x", "https://"])
async def test_a_public_url_must_be_an_origin(tmp_path, public):
    with pytest.raises(ConfigurationError, match="host"):
        async with run_platform(ServeOptions(workspace=tmp_path, port=0, public_url=public)):
            pass


@pytest.mark.parametrize("kind", list(StorageKind))
async def test_the_storage_speaks_as_the_chosen_kind(platforms, tmp_path, there, kind):
    with platforms(tmp_path, storage_kind=kind, full_durability=True) as platform:
        body = {"object_name": "data/a.png", "content_type": "image/png"}
        assert (await there(platform).call(routes.PRESIGN_UPLOAD, body))["client_type"] == kind.value


async def test_a_workspace_has_one_platform(platforms, tmp_path, there):
    with platforms(tmp_path) as platform:
        with pytest.raises(ConfigurationError, match=f"another platform runs on workspace {tmp_path}"):
            async with run_platform(ServeOptions(workspace=tmp_path, port=0)):
                pass
        assert orjson.loads((tmp_path / "server.json").read_bytes())["url"] == platform.url
        await there(platform).call(routes.PING)


async def test_a_taken_port_is_told_and_nothing_is_left_open(platforms, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{port}: "):
            async with run_platform(ServeOptions(workspace=tmp_path, port=port)):
                pass
    assert not (tmp_path / "server.json").exists()
    with platforms(tmp_path):
        pass


async def test_a_newer_or_strange_database_is_refused(platforms, tmp_path):
    with platforms(tmp_path):
        pass
    (tmp_path / "database.sqlite").write_bytes(b"x" * 1000)
    for _ in range(2):  # the lock was let go
        with pytest.raises(ConfigurationError, match="not a database of this platform"):
            async with run_platform(ServeOptions(workspace=tmp_path, port=0)):
                pass


async def test_a_file_in_the_way_of_the_objects_is_told(tmp_path):
    (tmp_path / "blobs").touch()
    with pytest.raises(ConfigurationError, match="blobs: Not a directory"):
        async with run_platform(ServeOptions(workspace=tmp_path, port=0)):
            pass


@pytest.mark.parametrize("token", [" padded ", "two words", "line\n", "schlüssel"])
async def test_a_token_that_no_request_can_carry_is_refused_before_anything_is_made(tmp_path, token):
    workspace = tmp_path / "workspace"
    with pytest.raises(ConfigurationError, match="an HTTP header cannot carry"):
        async with run_platform(ServeOptions(workspace=workspace, port=0, token=token)):
            pass
    assert not workspace.exists()


async def test_options_do_not_show_the_token(tmp_path):
    assert "hush" not in repr(ServeOptions(workspace=tmp_path, token="hush"))


class Serving:
    """`serve` in the event loop of the test, where signals reach it."""

    def __init__(self, **options) -> None:
        self.ready = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(serve(ServeOptions(port=0, **options), self.ready.set_result))

    async def start(self):
        await asyncio.wait([self.ready, self.task], return_when=asyncio.FIRST_COMPLETED)
        if self.task.done():
            await self.task
        return self.ready.result()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_though_a_client_holds_on(tmp_path, session, number):
    serving = Serving(workspace=tmp_path)
    platform = await serving.start()
    headers = {"Authorization": f"Bearer {platform.token}"}
    async with session.get(platform.url + routes.ATTACH.template, headers=headers) as held:
        assert await held.content.readline() == b"attached\n"
        os.kill(os.getpid(), number)
        await serving.task
        assert await held.content.read() == b""
    assert not (tmp_path / "server.json").exists()


async def test_an_embedded_platform_ends_when_nobody_comes(tmp_path):
    serving = Serving(workspace=tmp_path, embedded_idle_s=IDLE_S)
    await serving.start()
    await serving.task
    assert not (tmp_path / "server.json").exists()


def test_a_terminated_process_ends_well(tmp_path):
    token_file = tmp_path / "my-token"
    token_file.write_text("mine\n")
    command = [sys.executable, "-m", "asyncsdk", "serve", "--workspace", str(tmp_path / "w"), "--port", "0"]
    with subprocess.Popen(
        [*command, "--token-file", str(token_file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        line = process.stdout.readline()
        assert line.startswith("asyncsdk platform on http://127.0.0.1:")
        told = orjson.loads((tmp_path / "w" / "server.json").read_bytes())
        assert told == {"url": line.split()[-1], "token": "mine", "pid": process.pid}
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")
    assert not (tmp_path / "w" / "server.json").exists()


async def test_the_file_of_programs_may_lie_elsewhere(platforms, tmp_path, there):
    path = tmp_path / "programs.toml"
    path.write_text("gpus = 3")
    with platforms(tmp_path / "workspace", processings=path) as platform:
        api = there(platform)
        public = await api.call(routes.FIND_PUBLIC_PROCESSING, query={"name": "duplicate-tagging"})
        body = {"processing_id": public["id"], "gpu": 4}
        answer = await api.call(routes.LAUNCH_ON_VERSION, body, version=await api.add_version(), expect=400)
        assert "gpu: 4 are asked for, but the platform has 3" in answer["message"]


async def test_a_broken_file_of_programs_is_refused_at_the_start(tmp_path):
    (tmp_path / "processings.toml").write_text("slots = 0")
    with pytest.raises(ConfigurationError, match=r"processings\.toml: slots: must be a whole number from 1"):
        async with run_platform(ServeOptions(workspace=tmp_path, port=0)):
            pass
