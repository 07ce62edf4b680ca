"""Checksums that object storages tell in the headers of an answer."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping

import attrs

__all__ = ["Checksum", "checksum_header", "read_checksum"]

SHA256_HEADER = "x-amz-checksum-sha256"

_GOOGLE_MD5 = re.compile(r"(?:^|,)\s*md5=([^,\s]+)")
_DIGEST_BYTES = {"md5": 16, "sha256": 32}


@attrs.frozen
class Checksum:
    """The digest of a whole object."""

    algorithm: str
    """Name of the algorithm, as `hashlib` knows it: `sha256` or `md5`."""

    hexdigest: str
    """The digest, in lower-case hexadecimal."""


def checksum_header(sha256: str) -> tuple[str, str]:
    """Return header name and value that tell a SHA-256 digest, given in hexadecimal."""
    return SHA256_HEADER, base64.b64encode(bytes.fromhex(sha256)).decode()


def read_checksum(headers: Mapping[str, str], *, whole: bool) -> Checksum | None:
    """Return the strongest checksum of the whole object in an answer's headers; `None` without one.

    Understood are `x-amz-checksum-sha256` (not those of multipart uploads, which are digests of
    digests), `x-goog-hash` and `Content-MD5`. Malformed values are ignored.

    Args:
        headers: headers of the answer, looked up in any case.
        whole: the answer carries the whole object; `Content-MD5` speaks of the body only.
    """
    google = _GOOGLE_MD5.search(headers.get("x-goog-hash", ""))
    candidates = (
        ("sha256", headers.get(SHA256_HEADER)),
        ("md5", google.group(1) if google else None),
        ("md5", headers.get("Content-MD5") if whole else None),
    )
    for algorithm, value in candidates:
        digest = _decode(value)
        if digest is not None and len(digest) == _DIGEST_BYTES[algorithm]:
            return Checksum(algorithm, digest.hex())
    return None


def _decode(value: str | None) -> bytes | None:
    if not value:
        return None
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
