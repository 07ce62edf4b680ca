"""Files of model versions: stored whole, in parts and as archives; replaced, read, downloaded and deleted."""

from __future__ import annotations

import hashlib
import os
import zipfile

import anyio
import attrs
import orjson
import pytest

from asyncsdk.errors import (
    ConflictError,
    InvalidArgumentError,
    MissingFileError,
    NotFoundError,
    OutcomeUnknownError,
    PartialFailure,
    TransferError,
)
from asyncsdk.resources import temporary_folders

WEIGHTS = b"weights of a model" * 100


async def one_version(client):
    return await (await client.create_model("detector")).create_version("first")


@pytest.fixture
async def version(any_client):
    return await one_version(any_client)


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "best weights.onnx"
    path.write_bytes(WEIGHTS)
    return path


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where temporary files go; a test can look whether any are left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(temporary_folders.tempfile, "tempdir", str(folder))
    return folder


def spoilt(url):
    return url[:-1] + ("0" if url[-1] != "0" else "1")


# Storing


async def test_a_file_is_stored_listed_found_and_downloaded(version, weights, tmp_path):
    made = await version.store("weights", weights)
    other = await version.store("config", str(weights))
    assert (made.name, made.filename, made.large) == ("weights", weights.name, False)
    assert made.size_bytes == len(WEIGHTS)
    assert made.object_name.startswith("model-file/")
    assert repr(made) == f"<ModelFile 'weights' {made.id}>"
    assert await version.list_files() == [other, made]
    found = await version.get_file("weights")
    assert (found, found.object_name) == (made, made.object_name)
    with pytest.raises(NotFoundError):
        await version.get_file("nothing")
    report = await found.download(tmp_path / "out")
    assert [path.name for path in report.downloaded] == [weights.name]
    assert report.downloaded[0].read_bytes() == WEIGHTS
    assert len((await found.download(tmp_path / "out")).skipped) == 1
    by_id = await found.download(tmp_path / "out", use_id=True)
    assert [path.name for path in by_id.downloaded] == [f"{made.id}.onnx"]
    assert await made.read() == WEIGHTS
    assert b"".join([chunk async for chunk in made.stream()]) == WEIGHTS


async def test_a_large_file_goes_in_parts(proxied, proxy, tmp_path):
    version = await one_version(proxied)
    path = tmp_path / "large.bin"
    path.write_bytes(os.urandom(26 * 1024 * 1024))
    made = await version.store("large", path)
    assert (made.large, made.size_bytes) == (True, 26 * 1024 * 1024)
    assert proxy.count("POST", "/complete_part_upload") == 1
    report = await made.download(tmp_path / "out")
    assert digest(report.downloaded[0]) == digest(path)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def test_what_the_platform_is_told(proxied, proxy, weights):
    version = await one_version(proxied)
    await version.store("weights", weights)
    (asked,) = [orjson.loads(passed.body) for passed in proxy.of("POST", "/generate_object_name")]
    context = {"model_version_id": version.id}
    assert asked == {"filename": weights.name, "type": "MODEL_FILE", "context": context}
    (told,) = [orjson.loads(passed.body) for passed in proxy.of("POST", "/modelfiles")]
    assert told | {"object_name": ""} == {
        "name": "weights", "filename": weights.name, "object_name": "", "large": False,
    }  # fmt: skip


@pytest.mark.parametrize("name", ['a"b', "ünï/cödé", "../..", "100%", "x" * 255])
async def test_any_name_is_only_a_name(version, weights, name):
    made = await version.store(name, weights)
    assert await version.get_file(name) == made


async def test_a_name_is_there_once_and_nothing_is_sent_in_vain(proxied, proxy, weights):
    version = await one_version(proxied)
    made = await version.store("weights", weights)
    with pytest.raises(ConflictError, match="replace=True"):
        await version.store("weights", weights)
    assert proxy.count("POST", "/generate_object_name") == 1
    assert await version.list_files() == [made]


async def test_a_file_is_replaced(version, weights):
    old = await version.store("weights", weights, replace=True)
    weights.write_bytes(b"newer")
    new = await version.store("weights", weights, replace=True)
    assert await version.list_files() == [new]
    assert await new.read() == b"newer"
    for gone in (old.refresh, old.read):
        with pytest.raises(NotFoundError):
            await gone()


@pytest.mark.parametrize("strict", [False, True])
async def test_what_is_replaced_goes_last(proxied, proxy, strict_proxied, strict_proxy, weights, strict):
    """In one step with its successor where the platform can; else after the successor is uploaded."""
    client, proxy = (strict_proxied, strict_proxy) if strict else (proxied, proxy)
    version = await one_version(client)
    old = await version.store("weights", weights)
    proxy.answers("POST", "/generate_presigned_url", 1, status=400, body=b'{"message": "no room"}')
    with pytest.raises(Exception, match="no room"):
        await version.store("weights", weights, replace=True)
    assert await version.list_files() == [old]
    before = len(proxy.passed)
    new = await version.store("weights", weights, replace=True)
    steps = [one.method for one in proxy.passed[before:] if "/model" in one.path]
    assert steps == (["GET", "GET", "DELETE", "POST"] if strict else ["GET", "POST"])
    assert await version.list_files() == [new]


async def test_a_lost_answer_makes_one_file(proxied, proxy, weights):
    version = await one_version(proxied)
    proxy.loses_answer("POST", "/modelfiles")
    made = await version.store("weights", weights)
    assert await version.list_files() == [made]
    first, second = proxy.of("POST", "/modelfiles")
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


async def test_without_keys_a_lost_answer_is_looked_up(strict_proxied, strict_proxy, weights):
    version = await one_version(strict_proxied)
    strict_proxy.loses_answer("POST", "/modelfiles")
    made = await version.store("weights", weights)
    assert await version.list_files() == [made]
    strict_proxy.swallows("POST", "/modelfiles")
    with pytest.raises(OutcomeUnknownError):
        await version.store("config", weights)
    assert strict_proxy.count("POST", "/modelfiles") == 2

    async def overtaken(passing):
        """Another one makes the file of the name meanwhile; ours is not made."""
        body = orjson.loads(passing.passed.body) | {"object_name": made.object_name}
        await passing.proxy.forward(attrs.evolve(passing.passed, body=orjson.dumps(body)))
        return passing.drop()

    strict_proxy.on("POST", "/modelfiles", overtaken, times=1)
    with pytest.raises(OutcomeUnknownError):
        await version.store("config", weights)


@pytest.mark.parametrize(
    ("name", "path", "error"),
    [
        ("weights", "nowhere.bin", MissingFileError),
        ("weights", None, InvalidArgumentError),
        ("weights", ".", InvalidArgumentError),
        ("", "a.bin", InvalidArgumentError),
        (" ", "a.bin", InvalidArgumentError),
    ],
)
async def test_odd_arguments_send_nothing(proxied, proxy, tmp_path, monkeypatch, name, path, error):
    version = await one_version(proxied)
    (tmp_path / "a.bin").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    before = len(proxy.passed)
    with pytest.raises(error):
        await version.store(name, path)
    with pytest.raises(MissingFileError):
        await version.store("weights", "nowhere", do_zip=True)
    assert len(proxy.passed) == before


async def test_a_folder_wants_do_zip(version, tmp_path):
    with pytest.raises(InvalidArgumentError, match="do_zip=True"):
        await version.store("logs", tmp_path)


# Archives


async def test_a_folder_becomes_an_archive(version, tmp_path, temporary):
    folder = tmp_path / "train run"
    contents = {"a.txt": b"a", "deep/er/ünï.bin": os.urandom(3 * 1024 * 1024), ".hidden": b"", "deep/b": b"b"}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "empty").mkdir()
    os.utime(folder / "a.txt", (0, 0))  # before 1980, where the dates of archives begin
    made = await version.store("run", folder, do_zip=True)
    assert made.filename == "train run.zip"
    report = await made.download(tmp_path / "out")
    with zipfile.ZipFile(report.downloaded[0]) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == contents | {
            "deep/": b"", "deep/er/": b"", "empty/": b"",
        }  # fmt: skip
    assert list(temporary.iterdir()) == []
    assert sorted(folder.parent.glob("*.zip")) == []


async def test_a_single_file_becomes_an_archive(version, weights, tmp_path):
    made = await version.store("weights", weights, do_zip=True)
    assert made.filename == "best weights.onnx.zip"
    report = await made.download(tmp_path / "out")
    with zipfile.ZipFile(report.downloaded[0]) as archive:
        assert archive.read(weights.name) == WEIGHTS
        assert archive.namelist() == [weights.name]


async def test_the_current_folder_has_a_name(version, tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    (folder / "a").write_bytes(b"a")
    monkeypatch.chdir(folder)
    assert (await version.store("run", ".", do_zip=True)).filename == "here.zip"


async def test_what_cannot_go_into_an_archive_is_named(version, tmp_path, temporary):
    folder = tmp_path / "run"
    folder.mkdir()
    for name, make in (
        ("broken", lambda path: path.symlink_to("nowhere")),
        ("link to a folder", lambda path: path.symlink_to(tmp_path, target_is_directory=True)),
        ("pipe", os.mkfifo),
    ):
        make(folder / name)
        with pytest.raises(InvalidArgumentError, match=f"{name}: neither a file nor a folder"):
            await version.store("run", folder, do_zip=True)
        (folder / name).unlink()
    assert list(temporary.iterdir()) == []
    assert await version.list_files() == []


async def test_a_link_to_a_file_is_the_file(version, weights, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "link").symlink_to(weights)
    made = await version.store("run", folder, do_zip=True)
    report = await made.download(tmp_path / "out")
    with zipfile.ZipFile(report.downloaded[0]) as archive:
        assert archive.read("link") == WEIGHTS


async def test_without_room_the_error_says_where(version, weights, tmp_path, monkeypatch):
    monkeypatch.setattr(temporary_folders.tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(TransferError, match="set TMPDIR"):
        await version.store("weights", weights, do_zip=True)


async def test_a_cancelled_archive_leaves_nothing(version, tmp_path, temporary, eventually):
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(2**34)  # would take minutes
    async with anyio.create_task_group() as group:
        group.start_soon(version.store, "large", path, True)
        await eventually(lambda: any(temporary.iterdir()))
        group.cancel_scope.cancel()
    assert list(temporary.iterdir()) == []
    assert await version.list_files() == []


# Reading and deleting


async def test_an_expired_url_is_renewed(proxied, proxy, weights, tmp_path):
    made = await (await one_version(proxied)).store("weights", weights)
    made._record = attrs.evolve(made._record, presigned_url=spoilt(made.url))
    assert await made.read() == WEIGHTS
    await made.download(tmp_path / "out")
    assert (tmp_path / "out" / weights.name).read_bytes() == WEIGHTS
    assert proxy.count("POST", "/retrieve_presigned_url") == 2
    made._record = attrs.evolve(made._record, presigned_url=None)
    assert await made.read() == WEIGHTS
    await made.refresh()
    assert made.url is not None


async def test_a_file_is_deleted_with_its_object(any_client, version, weights, tmp_path):
    made, kept = [await version.store(name, weights) for name in ("one", "two")]
    assert await made.delete() is None
    with pytest.raises(NotFoundError):
        await made.refresh()
    assert await version.list_files() == [kept]
    with pytest.raises(PartialFailure):
        await made.download(tmp_path / "out")
    await version.delete()
    for gone in (kept.refresh, version.list_files):
        with pytest.raises(NotFoundError):
            await gone()
