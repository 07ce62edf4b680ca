from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.server.blobs.base import StoredObject
from asyncsdk.server.handlers.storage_download import plan_download
from asyncsdk.wire.ranges import UnsatisfiableRange

MODIFIED = "Sun, 22 Nov 2026 21:00:00 GMT"
STORED = StoredObject(100, "abc", "00" * 32, "image/png")


def plan(stored=STORED, **headers):
    return plan_download({name.replace("_", "-"): value for name, value in headers.items()}, stored, MODIFIED)


def test_the_whole_object():
    answer = plan()
    assert (answer.status, answer.start, answer.length) == (200, 0, 100)
    assert answer.headers == {
        "Accept-Ranges": "bytes",
        "Access-Control-Allow-Origin": "*",
        "Cache-Control": "private",
        "Content-Disposition": "inline",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Content-Type": "image/png",
        "ETag": '"abc"',
        "Last-Modified": MODIFIED,
        "X-Content-Type-Options": "nosniff",
        "x-amz-checksum-sha256": base64.b64encode(bytes(32)).decode(),
    }


def test_a_storage_need_not_know_the_checksum():
    assert "x-amz-checksum-sha256" not in plan(StoredObject(1, "e", None, "image/png")).headers


def test_a_range_has_no_checksum_of_the_whole():
    answer = plan(Range="bytes=10-19")
    assert (answer.status, answer.start, answer.length) == (206, 10, 10)
    assert answer.headers["Content-Range"] == "bytes 10-19/100"
    assert "x-amz-checksum-sha256" not in answer.headers


@pytest.mark.parametrize("condition", ['"abc"', MODIFIED, ' "abc" '])
def test_a_range_of_the_same_object(condition):
    assert plan(Range="bytes=0-0", If_Range=condition).status == 206


@pytest.mark.parametrize("condition", ['"abd"', 'W/"abc"', "abc", "", "Sun, 22 Nov 2026 21:00:01 GMT"])
def test_a_range_of_another_object_gives_the_whole(condition):
    assert plan(Range="bytes=0-0", If_Range=condition).status == 200
    assert plan(Range="bytes=500-", If_Range=condition).status == 200


@pytest.mark.parametrize("names", ['"abc"', 'W/"abc"', "*", '"x", "abc"', '"x",W/"abc" , "y"'])
def test_what_the_reader_has_is_not_sent(names):
    answer = plan(If_None_Match=names, Range="bytes=0-1")
    assert (answer.status, answer.length) == (304, 0)
    assert answer.headers["ETag"] == '"abc"'
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("names", ['"x"', "abc", ""])
def test_what_the_reader_has_not_is_sent(names):
    assert plan(If_None_Match=names).status == 200


@pytest.mark.parametrize(
    "kind", ["image/jpeg", "image/PNG", "image/gif", "image/webp", "image/bmp", "image/tiff"]
)
@pytest.mark.parametrize("suffix", ["", "; x=y"])
def test_raster_images_and_video_are_shown(kind, suffix):
    assert plan(StoredObject(1, "e", None, kind + suffix)).headers["Content-Disposition"] == "inline"
    assert plan(StoredObject(1, "e", None, "video/mp4")).headers["Content-Disposition"] == "inline"
    assert plan(StoredObject(1, "e", None, "image/avif")).headers["Content-Disposition"] == "inline"


@pytest.mark.parametrize(
    "kind", ["image/svg+xml", "text/html", "application/pdf", "image/x-unknown", "videos/mp4"]
)
def test_all_else_is_saved(kind):
    assert plan(StoredObject(1, "e", None, kind)).headers["Content-Disposition"] == "attachment"


@given(st.binary(max_size=40), st.integers(0, 50), st.one_of(st.none(), st.integers(0, 50)))
def test_any_range_is_a_slice(content, start, end):
    stored = StoredObject(len(content), "e", None, "a/b")
    header = f"bytes={start}-{'' if end is None else end}"
    last = len(content) - 1 if end is None else end
    if last < start and end is not None:  # malformed: ignored
        assert plan(stored, Range=header).status == 200
        return
    if start >= len(content):
        with pytest.raises(UnsatisfiableRange):
            plan(stored, Range=header)
        return
    answer = plan(stored, Range=header)
    assert content[answer.start : answer.start + answer.length] == content[start : last + 1]
    assert answer.headers["Content-Range"] == f"bytes {start}-{start + answer.length - 1}/{len(content)}"
