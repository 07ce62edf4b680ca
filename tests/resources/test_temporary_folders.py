"""Temporary folders are gone afterwards, whatever happens."""

from __future__ import annotations

import asyncio
import tempfile
import threading

import pytest

from asyncsdk.resources.temporary_folders import temporary_folder


async def test_a_folder_is_gone_when_the_caller_is_cancelled_while_it_is_made(monkeypatch, tmp_path):
    made, go_on, make = threading.Event(), threading.Event(), tempfile.mkdtemp

    def make_slowly(prefix):
        path = make(prefix=prefix, dir=tmp_path)
        made.set()
        go_on.wait(10)
        return path

    async def use():
        async with temporary_folder("test"):
            pass

    monkeypatch.setattr(tempfile, "mkdtemp", make_slowly)
    using = asyncio.create_task(use())
    await asyncio.to_thread(made.wait)
    assert len(list(tmp_path.iterdir())) == 1
    using.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await using
    assert list(tmp_path.iterdir()) == []
