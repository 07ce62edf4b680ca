"""What stored files say of themselves, where the client did not tell it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from asyncsdk.records.data import ImageSize

__all__ = ["measure", "read_exif"]

_CONTAINERS = (
    "asf,av1,avi,dv,flv,gxf,h264,hevc,ivf,m4v,matroska,mjpeg,mov,mpeg,mpegts,mpegvideo,mxf,nut,obu,ogg,rm,swf,"
    "vc1,vvc,wtv,yuv4mpegpipe"
)
"""What FFmpeg may take a video for: formats that are one file. Others, such as playlists, name further files or
addresses, which it would read, and wait for without end.
"""


def measure(path: Path, content_type: str) -> ImageSize | None:
    """Return the displayed size of an image or video file; `None` when it cannot be read.

    Blocking: reads the file's header. Videos need the package `av`.
    """
    if content_type.startswith("video/"):
        return _video_size(path)
    return _image_size(path)


def read_exif(path: Path, content_type: str) -> dict[str, Any]:
    """Return what the EXIF data of an image file says, under the protocol's metadata keys; blocking."""
    if content_type.startswith("video/"):
        return {}
    from asyncsdk.formats.images import exif_metadata  # noqa: PLC0415 - Pillow is not needed to start

    with path.open("rb") as stream:
        return exif_metadata(stream)


def _image_size(path: Path) -> ImageSize | None:
    from asyncsdk.formats.images import image_size  # noqa: PLC0415 - Pillow is not needed to start

    with path.open("rb") as stream:
        return image_size(stream)


def _video_size(path: Path) -> ImageSize | None:
    import av.error  # noqa: PLC0415 - slow to import, and needed for videos only

    try:
        with av.open(str(path), options={"format_whitelist": _CONTAINERS}) as container:
            stream = next(iter(container.streams.video), None)
            # One in a code that nobody knows has no context, and without it no size.
            if stream is None or stream.codec_context is None or not stream.width or not stream.height:
                return None
            return ImageSize(stream.width, stream.height)
    except (av.error.FFmpegError, ValueError, OSError):
        return None
