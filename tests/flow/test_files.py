from __future__ import annotations

import errno
import hashlib
import os

import anyio
import pytest

from asyncsdk.errors import MissingFileError, TransferError
from asyncsdk.flow import files
from asyncsdk.flow.files import (
    DamagedFileError,
    beside,
    existing_names,
    land_bytes,
    landing_whole,
    read_chunks,
    written_whole,
)
from asyncsdk.wire.checksums import Checksum


async def read(path, **options):
    return [piece async for piece in read_chunks(path, **options)]


def sha256(data):
    return Checksum("sha256", hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("fsync", [False, True])
async def test_a_file_lands_whole_in_folders_that_are_made(tmp_path, fsync):
    path = tmp_path / "a" / "b" / "cat.jpg"
    assert await land_bytes(path, b"bytes", checksum=sha256(b"bytes"), fsync=fsync) == path
    assert path.read_bytes() == b"bytes"
    assert [entry.name for entry in path.parent.iterdir()] == ["cat.jpg"]


async def test_a_file_is_replaced_only_by_a_whole_one(tmp_path):
    path = tmp_path / "cat.jpg"
    path.write_bytes(b"good")
    with pytest.raises(DamagedFileError, match="sha256") as caught:
        await land_bytes(path, b"bad", checksum=sha256(b"other"))
    assert caught.value.file == str(path)
    assert path.read_bytes() == b"good"
    await land_bytes(path, b"better")
    assert path.read_bytes() == b"better"
    assert [entry.name for entry in tmp_path.iterdir()] == ["cat.jpg"]


async def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    path = tmp_path / "cat.jpg"
    path.write_bytes(b"good")

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(TransferError, match="No space left"):
        await land_bytes(path, b"new", fsync=True)
    assert path.read_bytes() == b"good"
    assert [entry.name for entry in tmp_path.iterdir()] == ["cat.jpg"]


async def test_a_folder_in_the_way_is_an_error(tmp_path):
    (tmp_path / "cat.jpg" / "x").mkdir(parents=True)
    with pytest.raises(TransferError):
        await land_bytes(tmp_path / "cat.jpg", b"new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["cat.jpg"]


async def test_the_mode_of_a_new_file_follows_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        await land_bytes(tmp_path / "cat.jpg", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "cat.jpg").stat().st_mode & 0o777 == 0o640


async def test_existing_names(tmp_path):
    assert "a" not in await existing_names(tmp_path / "none")
    (tmp_path / "a").touch()
    found = await existing_names(tmp_path)
    assert "a" in found
    assert "b" not in found


async def test_a_file_is_read_in_pieces(tmp_path):
    path = tmp_path / "cat.jpg"
    path.write_bytes(b"0123456789")
    assert await read(path, piece=4) == [b"0123", b"4567", b"89"]
    assert await read(path, start=2, length=5, piece=4) == [b"2345", b"6"]
    assert await read(path, start=10) == []
    assert await read(path, length=0) == []


async def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(MissingFileError):
        await read(tmp_path / "none")
    with pytest.raises(TransferError):
        await read(tmp_path)
    (tmp_path / "short").write_bytes(b"123")
    with pytest.raises(TransferError, match="2 bytes early"):
        await read(tmp_path / "short", length=5)


async def test_a_file_that_changes_is_not_sent_half_and_half(tmp_path):
    path = tmp_path / "cat.jpg"
    path.write_bytes(b"old " * 10)
    pieces = read_chunks(path, piece=8)
    await anext(pieces)
    (tmp_path / "new").write_bytes(b"new " * 10)
    (tmp_path / "new").replace(path)
    with pytest.raises(TransferError, match="changed"):
        await anext(pieces)


def test_temporary_names_are_hidden_and_short_enough(tmp_path):
    assert beside(tmp_path / "cat.jpg", ".part") == tmp_path / ".cat.jpg.part"
    long = beside(tmp_path / ("a" * 255), ".part.json")
    assert len(long.name) <= 255
    assert long != beside(tmp_path / ("a" * 254 + "b"), ".part.json")


async def test_a_file_that_is_written_appears_whole(tmp_path):
    path = tmp_path / "a" / "cat.json"
    async with landing_whole(path) as file:
        file.write(b"one")
        assert not path.exists()
    assert path.read_bytes() == b"one"
    with pytest.raises(KeyError):
        async with landing_whole(path) as file:
            file.write(b"two")
            raise KeyError
    assert path.read_bytes() == b"one"
    with written_whole(path) as file:
        file.write(b"three")
    assert path.read_bytes() == b"three"
    assert [entry.name for entry in path.parent.iterdir()] == ["cat.json"]


async def test_a_file_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "cat.json" / "x").mkdir(parents=True)
    with pytest.raises(TransferError):
        async with landing_whole(tmp_path / "cat.json"):
            pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["cat.json"]


async def test_a_writer_that_is_cancelled_leaves_nothing(tmp_path):
    with anyio.CancelScope() as scope:
        async with landing_whole(tmp_path / "cat.json"):
            scope.cancel()
            await anyio.sleep(1)
    assert list(tmp_path.iterdir()) == []
