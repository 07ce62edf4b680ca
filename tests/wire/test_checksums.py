from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.wire.checksums import Checksum, checksum_header, read_checksum

SHA = hashlib.sha256(b"data")
MD5 = hashlib.md5(b"data", usedforsecurity=False)
SHA64 = base64.b64encode(SHA.digest()).decode()
MD564 = base64.b64encode(MD5.digest()).decode()


@pytest.mark.parametrize(
    ("headers", "whole", "expected"),
    [
        ({}, True, None),
        ({"x-amz-checksum-sha256": SHA64}, False, Checksum("sha256", SHA.hexdigest())),
        ({"x-amz-checksum-sha256": f"{SHA64}-3"}, True, None),
        ({"x-amz-checksum-sha256": MD564}, True, None),
        ({"x-goog-hash": f"crc32c=AAAA, md5={MD564}"}, False, Checksum("md5", MD5.hexdigest())),
        ({"x-goog-hash": f"md5={MD564},crc32c=AAAA"}, False, Checksum("md5", MD5.hexdigest())),
        ({"x-goog-hash": "crc32c=AAAA"}, True, None),
        ({"Content-MD5": MD564}, True, Checksum("md5", MD5.hexdigest())),
        ({"Content-MD5": MD564}, False, None),
        ({"Content-MD5": "?"}, True, None),
        (
            {"Content-MD5": MD564, "x-amz-checksum-sha256": SHA64},
            True,
            Checksum("sha256", SHA.hexdigest()),
        ),
    ],
)
def test_table_of_headers(headers, whole, expected):
    assert read_checksum(headers, whole=whole) == expected


@given(st.binary(min_size=32, max_size=32))
def test_what_is_written_is_read(digest):
    name, value = checksum_header(digest.hex())
    assert read_checksum({name: value}, whole=True) == Checksum("sha256", digest.hex())


@given(st.text())
def test_any_value_is_survived(text):
    for name in ("x-amz-checksum-sha256", "x-goog-hash", "Content-MD5"):
        read_checksum({name: text}, whole=True)
