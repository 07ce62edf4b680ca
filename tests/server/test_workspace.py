"""The folder of a platform: its key, token, lock and announcement."""

from __future__ import annotations

import errno
import os
import stat

import orjson
import pytest

from asyncsdk.errors import ConfigurationError
from asyncsdk.server.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "a" / "workspace")
    made.create()
    return made


def mode_of(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_key_and_token_are_made_once_for_the_owner_only(workspace):
    key = workspace.key()
    assert len(key) == 32
    assert workspace.key() == key
    assert workspace.token("first") == "first"
    assert workspace.token("second") == "first"
    workspace.announce("http://127.0.0.1:1", "first")
    for name in ("key", "token", "server.json"):
        assert mode_of(workspace.folder / name) == 0o600, name


def test_two_workspaces_have_two_keys(tmp_path):
    keys = set()
    for name in ("a", "b"):
        workspace = Workspace(tmp_path / name)
        workspace.create()
        keys.add(workspace.key())
    assert len(keys) == 2


def test_a_token_may_be_written_by_hand(workspace):
    (workspace.folder / "token").write_text(" mine\n")
    assert workspace.token("made") == "mine"


@pytest.mark.parametrize("content", [b"", b"\n", b"xyz", b"ab" * 31, b"ab" * 33, b"\xff\xfe"])
def test_a_key_that_is_none_is_refused(workspace, content):
    (workspace.folder / "key").write_bytes(content)
    with pytest.raises(ConfigurationError, match="key"):
        workspace.key()


@pytest.mark.parametrize("content", [b"", b" \n", b"two words", "schlüssel".encode(), b"\xff"])
def test_a_token_that_is_none_is_refused(workspace, content):
    (workspace.folder / "token").write_bytes(content)
    with pytest.raises(ConfigurationError, match="token"):
        workspace.token("made")


def test_a_file_in_the_way_is_told(workspace):
    (workspace.folder / "key").mkdir()
    (workspace.folder / "lock").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        workspace.key()
    with pytest.raises(ConfigurationError, match="Is a directory"):
        workspace.lock()


def test_a_full_disk_is_told(workspace, monkeypatch):
    def fail(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    for name, write in (
        ("key", workspace.key),
        ("token", lambda: workspace.token("made")),
        ("server.json", lambda: workspace.announce("http://127.0.0.1:1", "t")),
    ):
        with pytest.raises(ConfigurationError, match=f"{name}: No space left on device"):
            write()
    assert list(workspace.folder.iterdir()) == []


def test_an_announcement_that_cannot_be_removed_is_told(workspace):
    workspace.address.mkdir()
    with pytest.raises(ConfigurationError, match=r"server\.json: "):
        workspace.withdraw()


def test_a_workspace_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(ConfigurationError, match="workspace"):
            Workspace(folder).create()


def test_only_one_holds_the_lock(workspace):
    with workspace.lock(), pytest.raises(ConfigurationError, match="another platform runs on workspace"):
        workspace.lock()
    workspace.lock().close()


def test_the_announcement_appears_and_goes(workspace):
    workspace.withdraw()
    workspace.announce("http://127.0.0.1:1", "t")
    workspace.announce("http://127.0.0.1:2", "t")
    told = orjson.loads(workspace.address.read_bytes())
    assert told == {"url": "http://127.0.0.1:2", "token": "t", "pid": os.getpid()}
    workspace.withdraw()
    assert not workspace.address.exists()
    assert [path.name for path in workspace.folder.iterdir()] == []
