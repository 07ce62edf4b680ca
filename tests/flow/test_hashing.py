from __future__ import annotations

import hashlib

import pytest

from asyncsdk.errors import MissingFileError, TransferError
from asyncsdk.flow import hashing
from asyncsdk.flow.hashing import sha256_of


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 1000])
async def test_a_digest_is_that_of_the_whole_file_whatever_the_pieces(tmp_path, monkeypatch, size):
    monkeypatch.setattr(hashing, "_PIECE_BYTES", 64)
    monkeypatch.setattr(hashing, "_READ_BYTES", 48)
    content = bytes(number % 251 for number in range(size))
    (tmp_path / "file").write_bytes(content)
    assert await sha256_of(tmp_path / "file") == hashlib.sha256(content).hexdigest()


async def test_what_is_no_file_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with pytest.raises(MissingFileError, match="nowhere: no such file"):
        await sha256_of(tmp_path / "nowhere")
    for name in ("link", "."):
        with pytest.raises(TransferError, match="cannot be read"):
            await sha256_of(tmp_path / name)
