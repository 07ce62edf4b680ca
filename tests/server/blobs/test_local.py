from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest
from stored_content import content_of

from asyncsdk.enums import StorageKind
from asyncsdk.errors import BadRequestError, ConflictError, NotFoundError, ServerError
from asyncsdk.records.storage import MultipartUpload, UploadedPart
from asyncsdk.server.blobs import incoming, reader

CONNECTOR = "connector"
CONTENT = b"some content"


async def _put(blobs, key, content, chunks, size=65_536):
    return await blobs.put(CONNECTOR, key, "text/plain", chunks(content, size))


def _open_files(folder):
    """How many files of a folder are open; other parts of the process open and close their own meanwhile."""
    held = [os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()]
    return sum(one.startswith(os.path.realpath(folder)) for one in held)


async def test_facts_are_those_of_the_bytes(open_blobs, chunks):
    blobs = open_blobs()
    content = os.urandom(3_000_000)
    stored = await _put(blobs, "a/b", content, chunks)
    assert stored.etag == hashlib.md5(content).hexdigest()
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert stored.size_bytes == len(content)
    assert await open_blobs().find(CONNECTOR, "a/b") == stored


async def test_objects_are_plain_files_under_their_names(open_blobs, chunks, tmp_path, leftovers):
    await _put(open_blobs(), "data/x.txt", CONTENT, chunks)
    assert (tmp_path / "blobs" / "objects" / CONNECTOR / "data" / "x.txt").read_bytes() == CONTENT
    assert leftovers() == []


async def test_a_large_body_is_written_in_bounded_pieces(open_blobs, chunks, monkeypatch):
    sizes = []
    original = incoming.IncomingFile.write

    def write(self, pieces):
        sizes.append(sum(map(len, pieces)))
        original(self, pieces)

    monkeypatch.setattr(incoming.IncomingFile, "write", write)
    await _put(open_blobs(), "large", bytes(10_000_000), chunks)
    assert sum(sizes) == 10_000_000
    assert max(sizes) < 1_000_000


async def test_a_broken_body_leaves_nothing(open_blobs, chunks, leftovers):
    blobs = open_blobs()

    async def broken():
        async for chunk in chunks(bytes(2_000_000)):
            yield chunk
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        await blobs.put(CONNECTOR, "a", "text/plain", broken())
    assert leftovers() == []
    assert await blobs.find(CONNECTOR, "a") is None


async def test_a_cancelled_upload_leaves_nothing(open_blobs, chunks, leftovers):
    blobs = open_blobs()
    stuck = asyncio.Event()

    async def endless():
        async for chunk in chunks(bytes(2_000_000)):
            yield chunk
        stuck.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(blobs.put(CONNECTOR, "a", "text/plain", endless()))
    await stuck.wait()
    assert leftovers() != []
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert leftovers() == []


async def test_a_full_disk_is_told_and_leaves_nothing(open_blobs, chunks, leftovers, monkeypatch):
    blobs = open_blobs()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(ServerError) as caught:
        await _put(blobs, "a", CONTENT, chunks)
    assert caught.value.status == 507
    assert leftovers() == []


async def test_short_writes_are_carried_on(open_blobs, chunks, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[: max(1, len(data) // 2)]))
    blobs = open_blobs()
    await _put(blobs, "a", CONTENT * 100, chunks)
    assert await content_of(blobs, CONNECTOR, "a") == CONTENT * 100


class TestOneKey:
    async def test_concurrent_equal_uploads_all_succeed(self, open_blobs, chunks, leftovers):
        blobs = open_blobs()
        stored = await asyncio.gather(*(_put(blobs, "k", CONTENT, chunks) for _ in range(40)))
        assert len(set(stored)) == 1
        assert leftovers() == []

    @pytest.mark.parametrize("size", [10, 700_000])
    async def test_of_concurrent_different_uploads_one_wins(self, open_blobs, chunks, leftovers, size):
        blobs = open_blobs()
        contents = [bytes([number]) * size for number in range(20)]
        results = await asyncio.gather(
            *(_put(blobs, "k", content, chunks) for content in contents), return_exceptions=True
        )
        winners = [index for index, result in enumerate(results) if not isinstance(result, Exception)]
        assert len(winners) == 1
        assert all(
            isinstance(r, ConflictError) and r.status == 409 for r in results if isinstance(r, Exception)
        )
        assert await content_of(blobs, CONNECTOR, "k") == contents[winners[0]]
        assert await blobs.find(CONNECTOR, "k") == results[winners[0]]
        assert leftovers() == []

    async def test_uploads_and_deletions_may_meet(self, open_blobs, chunks):
        blobs = open_blobs()
        for _ in range(20):
            jobs = [_put(blobs, f"a/b/{n}", CONTENT, chunks) for n in range(10)]
            jobs += [blobs.delete(CONNECTOR, [f"a/b/{n}" for n in range(10)]) for _ in range(5)]
            await asyncio.gather(*jobs)
            for n in range(10):
                found = await blobs.find(CONNECTOR, f"a/b/{n}")
                assert found is None or await content_of(blobs, CONNECTOR, f"a/b/{n}") == CONTENT
                await _put(blobs, f"a/b/{n}", CONTENT, chunks)


class TestPathsInTheWay:
    @pytest.mark.parametrize(
        ("first", "second"), [("a", "a/b"), ("a", "a/b/c"), ("a/b", "a"), ("a/b/c", "a")]
    )
    async def test_an_object_and_a_folder_cannot_share_a_name(self, open_blobs, chunks, first, second):
        blobs = open_blobs()
        await _put(blobs, first, CONTENT, chunks)
        with pytest.raises(ConflictError):
            await _put(blobs, second, CONTENT, chunks)
        assert await blobs.find(CONNECTOR, second) is None
        await blobs.delete(CONNECTOR, [second])
        assert await blobs.find(CONNECTOR, first) is not None

    async def test_facts_of_similar_names_do_not_meet(self, open_blobs, chunks):
        blobs = open_blobs()
        for key in ("a", "a.json/b", "a.json.json"):
            await _put(blobs, key, key.encode(), chunks)
        for key in ("a", "a.json/b", "a.json.json"):
            assert await content_of(blobs, CONNECTOR, key) == key.encode()

    async def test_a_file_that_is_not_ours_is_left_alone(self, open_blobs, chunks, tmp_path):
        blobs = open_blobs()
        stranger = tmp_path / "blobs" / "objects" / CONNECTOR / "a"
        stranger.parent.mkdir()
        stranger.write_text("not ours")
        assert await blobs.find(CONNECTOR, "a") is None
        with pytest.raises(ConflictError):
            await _put(blobs, "a", CONTENT, chunks)
        assert stranger.read_text() == "not ours"

    async def test_deleting_leaves_no_empty_folders(self, open_blobs, chunks, tmp_path):
        blobs = open_blobs()
        await _put(blobs, "a/b/c", CONTENT, chunks)
        await _put(blobs, "a/d", CONTENT, chunks)
        await blobs.delete(CONNECTOR, ["a/b/c"])
        root = tmp_path / "blobs" / "objects" / CONNECTOR
        assert [path.name for path in (root / "a").iterdir()] == ["d"]
        await blobs.delete(CONNECTOR, ["a/d"])
        assert list(root.iterdir()) == []
        assert list((tmp_path / "blobs" / "meta" / CONNECTOR).rglob("*.json")) == []

    async def test_a_file_that_has_gone_astray_is_told(self, open_blobs, chunks, tmp_path):
        blobs = open_blobs()
        stored = await _put(blobs, "a", CONTENT, chunks)
        with pytest.raises(FileNotFoundError):
            blobs._objects.place(CONNECTOR, "b", str(tmp_path / "nowhere"), stored)

    async def test_many_deletions(self, open_blobs, chunks):
        blobs = open_blobs()
        await _put(blobs, "k777", CONTENT, chunks)
        await blobs.delete(CONNECTOR, [f"k{n}" for n in range(1200)])
        assert await blobs.find(CONNECTOR, "k777") is None


async def begin_to_read(blobs, key):
    async with blobs.open(CONNECTOR, key) as opened:
        async for _ in opened.chunks(0, 5):
            break


class TestDamage:
    """What loss of power may leave when fsync is off."""

    @pytest.mark.parametrize("damage", [b"", b"some", CONTENT + b"\0"])
    async def test_an_object_of_another_length_is_not_there_and_can_be_sent_again(
        self, open_blobs, chunks, tmp_path, damage
    ):
        blobs = open_blobs()
        await _put(blobs, "a", CONTENT, chunks)
        (tmp_path / "blobs" / "objects" / CONNECTOR / "a").write_bytes(damage)
        assert await blobs.find(CONNECTOR, "a") is None
        with pytest.raises(NotFoundError):
            await content_of(blobs, CONNECTOR, "a")
        await _put(blobs, "a", CONTENT, chunks)
        assert await content_of(blobs, CONNECTOR, "a") == CONTENT

    @pytest.mark.parametrize("damage", [b"", b"{", bytes(100)])
    async def test_damaged_facts(self, open_blobs, chunks, tmp_path, damage):
        blobs = open_blobs()
        stored = await _put(blobs, "a", CONTENT, chunks)
        (facts,) = (tmp_path / "blobs" / "meta").rglob("*.json")
        facts.write_bytes(damage)
        assert await blobs.find(CONNECTOR, "a") is None
        assert await _put(blobs, "a", CONTENT, chunks) == stored
        assert await blobs.find(CONNECTOR, "a") == stored

    async def test_an_object_cut_short_while_it_is_read(self, open_blobs, chunks, tmp_path, monkeypatch):
        monkeypatch.setattr(reader, "_SMALL_BYTES", 1)
        blobs = open_blobs()
        await _put(blobs, "a", CONTENT, chunks)
        async with blobs.open(CONNECTOR, "a") as opened:
            os.truncate(tmp_path / "blobs" / "objects" / CONNECTOR / "a", 4)
            with pytest.raises(NotFoundError, match="cut short"):
                [piece async for piece in opened.chunks(0, len(CONTENT))]


class TestReading:
    @pytest.mark.parametrize("small_bytes", [0, 1 << 20])
    async def test_any_range(self, open_blobs, chunks, monkeypatch, small_bytes):
        monkeypatch.setattr(reader, "_SMALL_BYTES", small_bytes)
        monkeypatch.setattr(reader, "_CHUNK_BYTES", 10)
        blobs = open_blobs()
        content = os.urandom(35)
        await _put(blobs, "a", content, chunks)
        async with blobs.open(CONNECTOR, "a") as opened:
            for start, length in [(0, 35), (0, 0), (34, 1), (5, 10), (5, 11), (35, 0)]:
                pieces = [piece async for piece in opened.chunks(start, length)]
                assert b"".join(pieces) == content[start : start + length]

    async def test_a_deleted_object_is_read_to_its_end(self, open_blobs, chunks, monkeypatch):
        monkeypatch.setattr(reader, "_SMALL_BYTES", 0)
        blobs = open_blobs()
        await _put(blobs, "a", CONTENT, chunks)
        async with blobs.open(CONNECTOR, "a") as opened:
            await blobs.delete(CONNECTOR, ["a"])
            assert [piece async for piece in opened.chunks(0, len(CONTENT))] == [CONTENT]

    async def test_nothing_stays_open(self, open_blobs, chunks, monkeypatch, tmp_path):
        monkeypatch.setattr(reader, "_SMALL_BYTES", 0)
        blobs = open_blobs()
        await _put(blobs, "a", CONTENT, chunks)
        before = _open_files(tmp_path)
        for key in ("a", "b"):
            for _ in range(5):
                try:
                    async with blobs.open(CONNECTOR, key):
                        pass
                except NotFoundError:
                    pass
                task = asyncio.create_task(begin_to_read(blobs, key))
                await asyncio.sleep(0)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        assert _open_files(tmp_path) == before


class TestStart:
    async def test_leftovers_of_a_killed_process_are_swept(self, open_blobs, leftovers, tmp_path):
        open_blobs()
        folder = tmp_path / "blobs" / "incoming"
        (folder / "half").write_bytes(b"x")
        (folder / "doomed").mkdir()
        (folder / "doomed" / "00001-x").write_bytes(b"x")
        open_blobs()
        assert leftovers() == []

    async def test_uploads_under_way_survive_a_restart_for_a_week(self, open_blobs, leftovers, clock, chunks):
        blobs = open_blobs()
        upload_id = (await blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        etag = await blobs.put_part(CONNECTOR, "v", upload_id, 1, chunks(CONTENT))
        clock.now += 6 * 24 * 3600
        stored = await open_blobs().complete_multipart(CONNECTOR, "v", upload_id, [UploadedPart(etag, 1)])
        assert stored.size_bytes == len(CONTENT)
        await blobs.start_multipart(CONNECTOR, "w", "video/mp4")
        clock.now += 6 * 24 * 3600
        open_blobs()
        assert len(leftovers()) == 1
        clock.now += 2 * 24 * 3600
        open_blobs()
        assert leftovers() == []

    async def test_an_upload_that_never_quite_started_is_swept(self, open_blobs, leftovers, tmp_path):
        open_blobs()
        (tmp_path / "blobs" / "multipart" / ("0" * 32)).mkdir()
        open_blobs()
        assert leftovers() == []


class TestMultipart:
    async def test_azure_asks_for_one_piece(self, open_blobs):
        assert await open_blobs(StorageKind.AZURE).start_multipart(CONNECTOR, "v", "a/b") == MultipartUpload()

    @pytest.mark.parametrize("upload_id", ["", "..", "../objects", "0" * 32, "0" * 31 + "/"])
    async def test_unknown_uploads(self, open_blobs, chunks, upload_id):
        blobs = open_blobs()
        part = UploadedPart("0" * 32, 1)
        for attempt in (
            blobs.presign_part(CONNECTOR, "v", upload_id, 1),
            blobs.put_part(CONNECTOR, "v", upload_id, 1, chunks(b"x")),
            blobs.complete_multipart(CONNECTOR, "v", upload_id, [part]),
        ):
            with pytest.raises(NotFoundError):
                await attempt

    async def test_an_upload_belongs_to_its_key(self, open_blobs, chunks):
        blobs = open_blobs()
        upload_id = (await blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        for connector, key in [(CONNECTOR, "w"), ("another", "v")]:
            with pytest.raises(NotFoundError):
                await blobs.presign_part(connector, key, upload_id, 1)
            with pytest.raises(NotFoundError):
                await blobs.put_part(connector, key, upload_id, 1, chunks(b"x"))

    @pytest.mark.parametrize("number", [-1, 0, 10_001])
    async def test_part_numbers(self, open_blobs, number):
        blobs = open_blobs()
        upload_id = (await blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        assert await blobs.presign_part(CONNECTOR, "v", upload_id, 10_000)
        with pytest.raises(BadRequestError):
            await blobs.presign_part(CONNECTOR, "v", upload_id, number)
        with pytest.raises(BadRequestError):
            await blobs.complete_multipart(CONNECTOR, "v", upload_id, [UploadedPart("0" * 32, number)])

    @pytest.mark.parametrize("etag", ["", "../../x", "0" * 31, "g" * 32])
    async def test_what_is_no_etag_is_refused(self, open_blobs, etag):
        blobs = open_blobs()
        upload_id = (await blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        with pytest.raises(BadRequestError):
            await blobs.complete_multipart(CONNECTOR, "v", upload_id, [UploadedPart(etag, 1)])

    async def test_a_replaced_part_is_gone(self, open_blobs, chunks):
        blobs = open_blobs()
        upload_id = (await blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        old = await blobs.put_part(CONNECTOR, "v", upload_id, 1, chunks(b"old"))
        new = await blobs.put_part(CONNECTOR, "v", upload_id, 1, chunks(b"new"))
        with pytest.raises(BadRequestError):
            await blobs.complete_multipart(CONNECTOR, "v", upload_id, [UploadedPart(old, 1)])
        await blobs.complete_multipart(CONNECTOR, "v", upload_id, [UploadedPart(new, 1)])

    async def test_one_part_sent_many_times_at_once(self, open_blobs, chunks):
        blobs = open_blobs()
        upload_id = (await blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        etags = await asyncio.gather(
            *(blobs.put_part(CONNECTOR, "v", upload_id, 1, chunks(bytes([n]))) for n in range(20))
        )
        done = await asyncio.gather(
            *(blobs.complete_multipart(CONNECTOR, "v", upload_id, [UploadedPart(etag, 1)]) for etag in etags),
            return_exceptions=True,
        )
        assert sum(not isinstance(result, Exception) for result in done) == 1

    async def test_completed_many_times_at_once(self, open_blobs, chunks, leftovers):
        blobs = open_blobs()
        upload_id = (await blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        parts = [
            UploadedPart(await blobs.put_part(CONNECTOR, "v", upload_id, n, chunks(bytes(1_000_000))), n)
            for n in (1, 2, 3)
        ]
        done = await asyncio.gather(
            *(blobs.complete_multipart(CONNECTOR, "v", upload_id, parts) for _ in range(10))
        )
        assert len(set(done)) == 1
        assert leftovers() == []

    async def test_a_part_that_comes_too_late(self, open_blobs, chunks, leftovers):
        blobs = open_blobs()
        upload_id = (await blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        etag = await blobs.put_part(CONNECTOR, "v", upload_id, 1, chunks(b"x"))

        async def slow():
            yield b"late"
            await blobs.complete_multipart(CONNECTOR, "v", upload_id, [UploadedPart(etag, 1)])

        with pytest.raises(NotFoundError):
            await blobs.put_part(CONNECTOR, "v", upload_id, 2, slow())
        assert leftovers() == []


class TestFsync:
    async def test_everything_is_flushed_before_it_gets_its_name(self, open_blobs, chunks, monkeypatch):
        blobs = open_blobs(fsync=True)
        steps = []
        fsync, rename = os.fsync, os.rename

        def flushed(descriptor):
            steps.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
            fsync(descriptor)

        def renamed(source, target):
            steps.append(f"-> {Path(target).name}")
            rename(source, target)

        monkeypatch.setattr(os, "fsync", flushed)
        monkeypatch.setattr(os, "rename", renamed)
        await _put(blobs, "a/b", CONTENT, chunks)
        facts = hashlib.sha256(b"a/b").hexdigest() + ".json"
        content = steps.pop(0)  # of a random name
        assert len(content) == 32
        assert steps == ["meta", facts, CONNECTOR, "objects", CONNECTOR, "-> b", "a"]
        steps.clear()
        await blobs.delete(CONNECTOR, ["a/b"])
        assert steps == [CONNECTOR]

    async def test_nothing_waits_for_the_disk_otherwise(self, open_blobs, chunks, monkeypatch):
        monkeypatch.delattr(os, "fsync")
        blobs = open_blobs()
        await _put(blobs, "a/b", CONTENT, chunks)
        await blobs.delete(CONNECTOR, ["a/b"])

    async def test_parts_and_joined_objects(self, open_blobs, chunks):
        blobs = open_blobs(fsync=True)
        upload_id = (await blobs.start_multipart(CONNECTOR, "v", "video/mp4")).upload_id
        etag = await blobs.put_part(CONNECTOR, "v", upload_id, 1, chunks(CONTENT))
        stored = await blobs.complete_multipart(CONNECTOR, "v", upload_id, [UploadedPart(f'"{etag}"', 1)])
        assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest()
