from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stored_content import content_of

from asyncsdk.enums import StorageKind
from asyncsdk.errors import BadRequestError, ConflictError, NotFoundError
from asyncsdk.server.blobs.resumable import Slice, parse_slice

CONNECTOR = "connector"
CONTENT = bytes(range(100))


@pytest.fixture
def blobs(open_blobs):
    return open_blobs(StorageKind.GOOGLE)


def _open_files(folder):
    """How many files of a folder are open; other parts of the process open and close their own meanwhile."""
    held = [os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()]
    return sum(one.startswith(os.path.realpath(folder)) for one in held)


async def _start(blobs, key="v"):
    url = (await blobs.start_multipart(CONNECTOR, key, "video/mp4")).url
    return url.split("upload=")[1].split("&")[0]


@pytest.fixture
def send(blobs, chunks):
    async def sender(upload_id, start, end, size=100, content=CONTENT, key="v"):
        piece = Slice(start, end - start, size)
        return await blobs.put_slice(CONNECTOR, key, upload_id, piece, chunks(content[start:end], 7))

    return sender


@pytest.fixture
def ask(blobs, chunks):
    async def asker(upload_id, size=100):
        return await blobs.put_slice(CONNECTOR, "v", upload_id, Slice(None, 0, size), chunks(b""))

    return asker


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes 0-9/100", Slice(0, 10, 100)),
        (" bytes 90-99/100 ", Slice(90, 10, 100)),
        ("bytes 5-5/*", Slice(5, 1, None)),
        ("bytes */100", Slice(None, 0, 100)),
        ("bytes */*", Slice(None, 0, None)),
    ],
)
def test_content_ranges(header, expected):
    assert parse_slice(header) == expected


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes",
        "bytes 0-9",
        "bytes 9-0/10",
        "bytes 0-10/10",
        "bytes -1/5",
        "bytes 0-/5",
        "bytes ٣-٤/9",
        "bytes 0-9/1e9",
    ],
)
def test_malformed_content_ranges(header):
    with pytest.raises(BadRequestError):
        parse_slice(header)


async def test_slices_make_an_object(blobs, send, ask, leftovers):
    upload_id = await _start(blobs)
    assert (await send(upload_id, 0, 60)).received == 60
    assert (await ask(upload_id)).received == 60
    assert await blobs.find(CONNECTOR, "v") is None
    progress = await send(upload_id, 60, 100)
    assert progress.stored == await blobs.find(CONNECTOR, "v")
    assert progress.stored.content_type == "video/mp4"
    assert await content_of(blobs, CONNECTOR, "v") == CONTENT
    assert leftovers() == []


async def test_the_size_may_come_late(blobs, send):
    upload_id = await _start(blobs)
    assert (await send(upload_id, 0, 60, size=None)).stored is None
    assert (await send(upload_id, 60, 100, size=100)).stored is not None


async def test_an_empty_object(blobs, ask):
    upload_id = await _start(blobs)
    assert (await ask(upload_id, size=0)).stored.size_bytes == 0


async def test_a_slice_may_be_sent_again(blobs, send):
    upload_id = await _start(blobs)
    await send(upload_id, 0, 60)
    await send(upload_id, 0, 60)
    await send(upload_id, 30, 70)
    await send(upload_id, 70, 100)
    await send(upload_id, 70, 100)  # the answer was lost
    assert await content_of(blobs, CONNECTOR, "v") == CONTENT


async def test_a_late_repetition_loses_nothing(blobs, send):
    upload_id = await _start(blobs)
    await send(upload_id, 0, 60)
    assert (await send(upload_id, 0, 30)).received == 60


async def test_a_gap_is_refused(blobs, send, ask):
    upload_id = await _start(blobs)
    await send(upload_id, 0, 10)
    with pytest.raises(BadRequestError, match="goes on at byte 10"):
        await send(upload_id, 20, 30)
    assert (await ask(upload_id)).received == 10


async def test_what_arrived_of_a_broken_slice_counts(blobs, send, ask):
    upload_id = await _start(blobs)

    async def broken():
        yield CONTENT[:40] * 20_000
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        await blobs.put_slice(CONNECTOR, "v", upload_id, Slice(0, 900_000, 900_000), broken())
    assert (await ask(upload_id)).received == 800_000


@pytest.mark.parametrize("length", [59, 61])
async def test_a_body_of_another_length_is_refused(blobs, chunks, ask, length):
    upload_id = await _start(blobs)
    with pytest.raises(BadRequestError):
        await blobs.put_slice(CONNECTOR, "v", upload_id, Slice(0, 60, 100), chunks(CONTENT[:length]))
    assert (await ask(upload_id)).received <= 60
    assert await blobs.find(CONNECTOR, "v") is None


async def test_progress_survives_a_restart(blobs, send, open_blobs, chunks):
    upload_id = await _start(blobs)
    await send(upload_id, 0, 60)
    again = open_blobs(StorageKind.GOOGLE)
    progress = await again.put_slice(CONNECTOR, "v", upload_id, Slice(60, 40, 100), chunks(CONTENT[60:]))
    assert progress.stored.size_bytes == 100


async def test_two_requests_for_one_upload_take_turns(blobs, send):
    upload_id = await _start(blobs)
    done = await asyncio.gather(*(send(upload_id, 0, 100) for _ in range(10)))
    assert len({progress.stored for progress in done}) == 1
    assert await content_of(blobs, CONNECTOR, "v") == CONTENT


async def test_other_content_is_not_overwritten(blobs, send, chunks):
    await blobs.put(CONNECTOR, "v", "video/mp4", chunks(b"first"))
    upload_id = await _start(blobs)
    with pytest.raises(ConflictError):
        await send(upload_id, 0, 100)
    assert await content_of(blobs, CONNECTOR, "v") == b"first"


async def test_uploads_of_others_are_not_found(blobs, send, ask):
    upload_id = await _start(blobs)
    with pytest.raises(NotFoundError):
        await send(upload_id, 0, 10, key="w")
    with pytest.raises(NotFoundError):
        await ask("0" * 32)


async def test_nothing_stays_open(blobs, send, tmp_path):
    upload_id = await _start(blobs)
    await send(upload_id, 0, 10)
    before = _open_files(tmp_path)
    with pytest.raises(BadRequestError):
        await send(upload_id, 20, 30)
    await send(upload_id, 10, 20)
    assert _open_files(tmp_path) == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(cuts=st.lists(st.integers(1, 99), unique=True).map(sorted), steps_back=st.integers(0, 50))
async def test_any_cut_with_any_overlap(blobs, send, cuts, steps_back):
    key = f"k{os.urandom(8).hex()}"
    upload_id = await _start(blobs, key)
    for start, end in zip([0, *cuts], [*cuts, 100], strict=True):
        await send(upload_id, max(0, start - steps_back), end, key=key)
    assert await content_of(blobs, CONNECTOR, key) == CONTENT
