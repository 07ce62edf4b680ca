"""Uploads under way that take several requests: what they are for, and their parts.

An upload is a folder: `upload.json`, an empty file `content`, and either a file for each part, named after
its number and ETag, or nothing else but a `content` that grows.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Sequence

import attrs
import orjson

from asyncsdk.errors import BadRequestError, NotFoundError
from asyncsdk.records.storage import UploadedPart
from asyncsdk.server.blobs.durable import Disk
from asyncsdk.server.blobs.incoming import IncomingFile

__all__ = ["MOST_PARTS", "UploadFolder", "check_parts", "joined_etag"]

MOST_PARTS = 10_000
_ID = re.compile("[0-9a-f]{32}")
_ETAG = re.compile("[0-9a-f]{32}")
_FACTS = "upload.json"
_COPY_BYTES = 1024 * 1024
_LIFETIME_S = 7 * 24 * 3600


@attrs.frozen
class _Upload:
    """What an upload is for."""

    connector: str
    key: str
    content_type: str
    started_s: float


class UploadFolder:
    """Keeps uploads under way; blocking.

    Args:
        folder: where; must exist.
        waste: a folder that is emptied at the next start.
        disk: how to write.
        clock: gives the time in seconds since 1970.
    """

    def __init__(self, folder: str, waste: str, disk: Disk, clock: Callable[[], float]) -> None:
        self.disk = disk
        self._folder = folder
        self._waste = waste
        self._clock = clock
        self._replacing = threading.Lock()

    def start(self, connector: str, key: str, content_type: str) -> str:
        """Start an upload and return its id."""
        upload_id = secrets.token_hex(16)
        folder = f"{self._folder}/{upload_id}"
        self.disk.make_folder(folder)
        self.disk.write_file(self.content_path(upload_id), b"")
        facts = _Upload(connector, key, content_type, self._clock())
        self.disk.write_file(f"{folder}/{_FACTS}", orjson.dumps(attrs.asdict(facts)))
        return upload_id

    def is_open(self, connector: str, key: str, upload_id: str) -> bool:
        """Tell whether there is such an upload for this key, and its content is not yet an object."""
        return self._find(connector, key, upload_id) is not None and os.path.exists(
            self.content_path(upload_id)
        )

    def content_type(self, connector: str, key: str, upload_id: str) -> str:
        """Return the media type that an upload was started with.

        Raises:
            NotFoundError: there is no such upload for this key.
        """
        upload = self._find(connector, key, upload_id)
        if upload is None:
            raise NotFoundError("there is no such upload for this object", status=404)
        return upload.content_type

    def content_path(self, upload_id: str) -> str:
        """Return the file that a resumable upload grows."""
        return f"{self._folder}/{upload_id}/content"

    def add_part(self, upload_id: str, part_no: int, file: str, etag: str) -> None:
        """Take in a flushed file as a part, in place of an earlier one of its number.

        Raises:
            NotFoundError: the upload is over.
        """
        folder = f"{self._folder}/{upload_id}"
        number = f"{part_no:05d}-"
        name = number + etag
        with self._replacing:
            try:
                os.rename(file, f"{folder}/{name}")
            except FileNotFoundError as error:
                raise NotFoundError("the upload is over", status=404) from error
            for other in os.listdir(folder):
                if other.startswith(number) and other != name:
                    os.unlink(f"{folder}/{other}")
        self.disk.flush_folder(folder)

    def join(self, upload_id: str, parts: Sequence[tuple[int, str]], target: IncomingFile) -> None:
        """Copy parts, given by number and ETag, one after the other.

        Raises:
            BadRequestError: a part is missing or has another ETag.
        """
        paths = [f"{self._folder}/{upload_id}/{number:05d}-{etag}" for number, etag in parts]
        for (number, _), path in zip(parts, paths, strict=True):
            if not os.path.exists(path):
                raise BadRequestError(f"part {number} is missing or has another ETag", status=400)
        for path in paths:
            with open(path, "rb", buffering=0) as part:
                while piece := part.read(_COPY_BYTES):
                    target.write([piece])
        target.finish([])

    def forget(self, connector: str, key: str, upload_id: str) -> None:
        """Remove an upload with its parts; one that is not there, or not for this key, is left alone."""
        if self._find(connector, key, upload_id) is not None:
            self._remove(upload_id)

    def sweep(self) -> None:
        """Remove the uploads that were started too long ago, or never quite."""
        for upload_id in os.listdir(self._folder):
            upload = self._read(upload_id)
            if upload is None or upload.started_s < self._clock() - _LIFETIME_S:
                self._remove(upload_id)

    def _find(self, connector: str, key: str, upload_id: str) -> _Upload | None:
        upload = self._read(upload_id) if _ID.fullmatch(upload_id) else None
        return upload if upload is not None and (upload.connector, upload.key) == (connector, key) else None

    def _read(self, upload_id: str) -> _Upload | None:
        try:
            with open(f"{self._folder}/{upload_id}/{_FACTS}", "rb") as file:
                return _Upload(**orjson.loads(file.read()))
        except (FileNotFoundError, orjson.JSONDecodeError):
            return None

    def _remove(self, upload_id: str) -> None:
        doomed = f"{self._waste}/{secrets.token_hex(16)}"
        with contextlib.suppress(FileNotFoundError):
            os.rename(f"{self._folder}/{upload_id}", doomed)  # all of it goes at once, whatever happens next
            shutil.rmtree(doomed)


def check_parts(parts: Sequence[UploadedPart]) -> list[tuple[int, str]]:
    """Return the number and ETag of each part, the ETag without quotes.

    Raises:
        BadRequestError: there are none or too many, they are out of order, or an ETag is none of ours.
    """
    checked = [(part.PartNumber, part.ETag.strip().removeprefix("W/").strip('"').lower()) for part in parts]
    numbers = [number for number, _ in checked]
    if not checked or len(checked) > MOST_PARTS:
        raise BadRequestError(f"an upload has between 1 and {MOST_PARTS} parts", status=400)
    if any(number >= after for number, after in itertools.pairwise(numbers)):
        raise BadRequestError("the parts must be in ascending order, each once", status=400)
    for number, etag in checked:
        if not _ETAG.fullmatch(etag) or not 1 <= number <= MOST_PARTS:
            raise BadRequestError(f"part {number} is missing or has another ETag", status=400)
    return checked


def joined_etag(parts: Sequence[tuple[int, str]]) -> str:
    """Return the ETag of an object made of parts: the MD5 of their MD5s, and how many there are."""
    digests = b"".join(bytes.fromhex(etag) for _, etag in parts)
    return f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}"
