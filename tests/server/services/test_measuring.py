"""What the platform takes for a video when it looks into an uploaded file."""

from __future__ import annotations

import random
from pathlib import Path

import av
import pytest

from asyncsdk.records.data import ImageSize
from asyncsdk.server.services.measuring import measure


def make_video(path: Path, kind: str, codec: str) -> Path:
    with av.open(str(path), "w", format=kind) as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for seed in range(12):
            container.mux(stream.encode(noise(seed)))
        container.mux(stream.encode())
    return path


def noise(seed: int) -> av.VideoFrame:
    """A frame that cannot be made small: a file of a few packets is not known for what it is."""
    frame = av.VideoFrame(64, 48, "yuv420p")
    for plane in frame.planes:
        plane.update(random.Random(seed).randbytes(plane.buffer_size))
    return frame


@pytest.mark.parametrize(
    ("name", "kind", "codec"),
    [
        ("a.mp4", "mp4", "mpeg4"),
        ("a.mov", "mov", "mpeg4"),
        ("a.3gp", "3gp", "mpeg4"),
        ("a.mkv", "matroska", "mpeg4"),
        ("a.avi", "avi", "mpeg4"),
        ("a.ts", "mpegts", "mpeg2video"),
        ("a.mpg", "mpeg", "mpeg2video"),
        ("a.m2v", "mpeg2video", "mpeg2video"),
        ("a.flv", "flv", "flv"),
        ("a.wmv", "asf", "wmv2"),
        ("a", "mp4", "mpeg4"),
    ],
)
def test_a_video_is_measured(tmp_path, name, kind, codec):
    assert measure(make_video(tmp_path / name, kind, codec), "video/mp4") == ImageSize(64, 48)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nother.ts\n#EXT-X-ENDLIST\n"),
        ("list.mp4", "ffconcat version 1.0\nfile other.ts\n"),
    ],
)
def test_a_list_of_other_files_is_no_video(tmp_path, name, content):
    """FFmpeg would read those files, whoever they belong to, and wait for ever for a list to go on."""
    make_video(tmp_path / "other.ts", "mpegts", "mpeg2video")
    (tmp_path / name).write_text(content)
    assert measure(tmp_path / name, "video/mp4") is None


def test_a_video_in_an_unknown_code_cannot_be_read(tmp_path):
    path = make_video(tmp_path / "a.mp4", "mp4", "mpeg4")
    path.write_bytes(path.read_bytes().replace(b"mp4v", b"zzzz").replace(b"esds", b"zzzz"))
    assert measure(path, "video/mp4") is None
