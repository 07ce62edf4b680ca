"""The process may die between any two steps: a fresh storage then sees nothing or a whole object."""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from contextlib import contextmanager, suppress

import pytest
from stored_content import content_of

from asyncsdk.enums import StorageKind
from asyncsdk.records.storage import UploadedPart
from asyncsdk.server.blobs.resumable import Slice

CONNECTOR = "connector"
CONTENT = b"0123456789" * 10
STEPS = ("open", "write", "rename", "mkdir", "unlink", "rmdir", "fsync")


class KilledError(BaseException):
    """The process is dead: nothing that follows has any effect."""


@contextmanager
def killed_after(steps: int):
    """Let so many changes to the file system happen; the next one, half done if it is a write, kills."""
    counter = itertools.count()
    originals = {name: getattr(os, name) for name in STEPS}

    def mortal(name):
        def step(*args, **options):
            number = next(counter)
            if number == steps and name == "write":
                originals["write"](args[0], args[1][: len(args[1]) // 2])
            if number >= steps:
                raise KilledError
            return originals[name](*args, **options)

        return step

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, mortal(name))
        yield


async def _put(blobs, chunks):
    await blobs.put(CONNECTOR, "a/b", "text/plain", chunks(CONTENT))


async def _multipart(blobs, chunks):
    upload_id = (await blobs.start_multipart(CONNECTOR, "a/b", "text/plain")).upload_id
    parts = [
        UploadedPart(await blobs.put_part(CONNECTOR, "a/b", upload_id, number, chunks(piece)), number)
        for number, piece in [(2, b"again"), (2, CONTENT[50:]), (1, CONTENT[:50])]
    ]
    await blobs.complete_multipart(CONNECTOR, "a/b", upload_id, [parts[2], parts[1]])


async def _slices(blobs, chunks):
    url = (await blobs.start_multipart(CONNECTOR, "a/b", "text/plain")).url
    upload_id = url.split("upload=")[1].split("&")[0]
    for start, end in [(0, 50), (50, 100)]:
        piece = Slice(start, end - start, 100)
        await blobs.put_slice(CONNECTOR, "a/b", upload_id, piece, chunks(CONTENT[start:end]))


async def _put_and_delete(blobs, chunks):
    await _put(blobs, chunks)
    await blobs.delete(CONNECTOR, ["a/b"])
    await _put(blobs, chunks)


@pytest.mark.parametrize("fsync", [False, True])
@pytest.mark.parametrize(
    ("work", "kind", "least"),
    [
        (_put, StorageKind.MINIO, 8),
        (_multipart, StorageKind.MINIO, 25),
        (_slices, StorageKind.GOOGLE, 15),
        (_put_and_delete, StorageKind.MINIO, 20),
    ],
)
async def test_killed_at_any_step(open_blobs, chunks, tmp_path, leftovers, work, kind, least, fsync):
    for steps in itertools.count():
        folder = tmp_path / str(steps)
        blobs = open_blobs(kind, folder, fsync=fsync)
        killed = False
        with killed_after(steps):
            try:
                await work(blobs, chunks)
            except KilledError:
                killed = True
        await _check(open_blobs(kind, folder, fsync=fsync), chunks, acknowledged=not killed)
        assert list((folder / "incoming").iterdir()) == []
        if not killed:
            break
    assert steps >= least


async def _check(blobs, chunks, *, acknowledged):
    found = await blobs.find(CONNECTOR, "a/b")
    assert found is not None or not acknowledged
    if found is not None:
        assert found.sha256 == hashlib.sha256(CONTENT).hexdigest()
        assert await content_of(blobs, CONNECTOR, "a/b") == CONTENT
    await _put(blobs, chunks)
    assert (await blobs.find(CONNECTOR, "a/b")).size_bytes == 100
    await blobs.delete(CONNECTOR, ["a/b"])
    assert await blobs.find(CONNECTOR, "a/b") is None


@pytest.mark.parametrize("steps", range(26))
async def test_a_multipart_upload_can_be_completed_after_a_crash(open_blobs, chunks, steps):
    blobs = open_blobs()
    upload_id = (await blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
    etags = [await blobs.put_part(CONNECTOR, "v", upload_id, n, chunks(CONTENT)) for n in (1, 2)]
    parts = [UploadedPart(etag, number) for number, etag in enumerate(etags, 1)]
    with killed_after(steps), suppress(KilledError):
        await blobs.complete_multipart(CONNECTOR, "v", upload_id, parts)
    stored = await open_blobs().complete_multipart(CONNECTOR, "v", upload_id, parts)
    assert stored.sha256 == hashlib.sha256(CONTENT * 2).hexdigest()


@pytest.mark.parametrize("steps", range(30))
async def test_a_resumable_upload_goes_on_after_a_crash(open_blobs, chunks, steps):
    blobs = open_blobs(StorageKind.GOOGLE)
    url = (await blobs.start_multipart(CONNECTOR, "v", "video/mp4")).url
    upload_id = url.split("upload=")[1].split("&")[0]
    with killed_after(steps), suppress(KilledError):
        for start in (0, 50):
            piece = Slice(start, 50, 100)
            await blobs.put_slice(CONNECTOR, "v", upload_id, piece, chunks(CONTENT[start : start + 50]))
    blobs = open_blobs(StorageKind.GOOGLE)
    progress = await blobs.put_slice(CONNECTOR, "v", upload_id, Slice(None, 0, 100), chunks(b""))
    if progress.stored is None:
        rest = Slice(progress.received, 100 - progress.received, 100)
        progress = await blobs.put_slice(
            CONNECTOR, "v", upload_id, rest, chunks(CONTENT[progress.received :])
        )
    assert progress.stored.sha256 == hashlib.sha256(CONTENT).hexdigest()


_CHILD = """
import asyncio, sys
from asyncsdk.server.blobs.local import LocalBlobs
from asyncsdk.server.blobs.signing import Signer

async def chunks(number):
    for _ in range(20):
        yield bytes([number % 256]) * 50_000

async def main():
    blobs = LocalBlobs(sys.argv[1], Signer(bytes(32)), "http://127.0.0.1")
    async def work(first):
        for number in range(first, 10**9, 4):
            await blobs.put("connector", f"f{number % 3}/{number}", "text/plain", chunks(number))
            print(number, flush=True)
    await asyncio.gather(*(work(first) for first in range(4)))

asyncio.run(main())
"""


@pytest.fixture
def acknowledged(tmp_path):
    """Let a process store objects, kill it in full flight, and tell which it had acknowledged."""
    command = [sys.executable, "-c", _CHILD, str(tmp_path / "blobs")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        numbers = [int(child.stdout.readline()) for _ in range(60)]
        child.kill()
        return numbers + [int(line) for line in child.stdout if line.endswith("\n")]


async def test_what_was_acknowledged_survives_kill_9(acknowledged, open_blobs, tmp_path):
    blobs = open_blobs()
    assert list((tmp_path / "blobs" / "incoming").iterdir()) == []
    for number in acknowledged:
        stored = await blobs.find("connector", f"f{number % 3}/{number}")
        assert stored.sha256 == hashlib.sha256(bytes([number % 256]) * 1_000_000).hexdigest()
    for path in (tmp_path / "blobs" / "objects" / "connector").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == bytes([int(path.name) % 256]) * 1_000_000
