from __future__ import annotations

import hashlib
import os
from pathlib import Path

import anyio
import pytest

from asyncsdk.errors import TransferError
from asyncsdk.flow import landing as landing_module
from asyncsdk.flow.files import DamagedFileError, beside
from asyncsdk.flow.landing import LandingFile
from asyncsdk.wire.checksums import Checksum

DATA = bytes(range(256)) * 4096  # 1 MiB
TAG = '"v1"'


def checksum(data, algorithm="sha256"):
    return Checksum(algorithm, hashlib.new(algorithm, data).hexdigest())


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "film.mp4"


def names(path):
    return sorted(entry.name for entry in path.parent.iterdir())


def descriptors(folder):
    """How many files of a folder are open; other parts of the process open and close their own meanwhile."""
    listed = Path("/proc/self/fd")
    held = [os.path.realpath(one) for one in listed.iterdir()] if listed.exists() else []
    return sum(one.startswith(os.path.realpath(folder)) for one in held)


async def break_off(path, data, **facts):
    """A download that breaks after `data`."""
    with pytest.raises(ConnectionError):
        async with LandingFile(path) as landing:
            await landing.begin(**{"start": landing.offset, "size": len(DATA), "validator": TAG, **facts})
            await landing.write(data)
            raise ConnectionError


async def write(landing, data, size=70_000):
    for start in range(0, len(data), size):
        await landing.write(data[start : start + size])


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
@pytest.mark.parametrize("fsync", [False, True])
async def test_a_file_lands_under_its_name_only_when_whole(path, algorithm, fsync):
    async with LandingFile(path, fsync=fsync) as landing:
        assert (landing.offset, landing.validator) == (0, None)
        await landing.begin(start=0, size=len(DATA), validator=TAG, checksum=checksum(DATA, algorithm))
        await write(landing, DATA)
        assert names(path) == [".film.mp4.part", ".film.mp4.part.json"]
        assert await landing.commit() == path
    assert path.read_bytes() == DATA
    assert names(path) == ["film.mp4"]


@pytest.mark.parametrize("done", [1, 300_000, len(DATA)])
async def test_a_broken_download_goes_on(path, done):
    await break_off(path, DATA[:done])
    assert not path.exists()
    async with LandingFile(path) as landing:
        assert (landing.offset, landing.validator) == (done, TAG)
        await landing.begin(start=done, size=len(DATA), validator=TAG, checksum=checksum(DATA))
        await write(landing, DATA[done:])
        await landing.commit()
    assert path.read_bytes() == DATA
    assert names(path) == ["film.mp4"]


@pytest.mark.parametrize("new", [DATA[::-1], DATA[:2000]])
async def test_a_download_that_may_not_go_on_starts_anew(path, new):
    await break_off(path, b"of the old version" * 1000)
    async with LandingFile(path) as landing:
        await landing.begin(start=0, size=len(new), validator='"v2"', checksum=checksum(new))
        await write(landing, new[:1000])
        # what a kill would leave must not mix the two versions
        assert beside(path, ".part.json").read_text().count("v2") == 1
        await write(landing, new[1000:])
        await landing.commit()
    assert path.read_bytes() == new


@pytest.mark.parametrize("facts", [{"validator": None}, {"size": None}])
async def test_without_validator_and_size_nothing_is_kept(path, facts):
    await break_off(path, b"half", **facts)
    assert names(path) == []


async def test_an_older_part_does_not_outlive_a_download_without_validator(path):
    await break_off(path, b"half")
    async with LandingFile(path) as landing:
        await landing.begin(start=0, size=5, validator=None)
        assert names(path) == [".film.mp4.part"]
    assert names(path) == []


async def test_without_a_size_whatever_comes_is_whole(path):
    async with LandingFile(path) as landing:
        await landing.begin(start=0, size=None, validator=None)
        await landing.write(b"all")
        await landing.commit()
    assert path.read_bytes() == b"all"


async def test_a_damaged_download_is_dropped_and_the_good_file_stays(path):
    path.parent.mkdir()
    path.write_bytes(b"good")
    with pytest.raises(DamagedFileError, match="sha256"):
        async with LandingFile(path) as landing:
            await landing.begin(start=0, size=4, validator=TAG, checksum=checksum(b"true"))
            await landing.write(b"fals")
            await landing.commit()
    assert path.read_bytes() == b"good"
    assert names(path) == ["film.mp4"]


async def test_too_few_bytes_are_kept_too_many_are_not(path):
    with pytest.raises(DamagedFileError, match="3 of 4 bytes"):
        async with LandingFile(path) as landing:
            await landing.begin(start=0, size=4, validator=TAG)
            await landing.write(b"123")
            await landing.commit()
    async with LandingFile(path) as landing:
        assert landing.offset == 3
        await landing.begin(start=3, size=4, validator=TAG)
        await landing.write(b"45")
        with pytest.raises(DamagedFileError, match="more than the announced 4"):
            await landing.commit()
    assert names(path) == []


@pytest.mark.parametrize("facts", [{"start": 7}, {"start": 4, "validator": '"v2"'}])
async def test_an_answer_that_does_not_fit_is_refused(path, facts):
    await break_off(path, b"half")
    async with LandingFile(path) as landing:
        assert landing.offset == 4
        with pytest.raises(DamagedFileError):
            await landing.begin(**{"size": len(DATA), "validator": TAG, **facts})


@pytest.mark.parametrize("note", ["", "{}", '{"validator": "x", "size": 1}', '{"validator": 5, "size": 9}'])
async def test_a_damaged_note_counts_as_none(path, note):
    await break_off(path, b"half")
    beside(path, ".part.json").write_text(note)
    async with LandingFile(path) as landing:
        assert landing.offset == 0


async def test_a_cancelled_download_can_go_on(path):
    with anyio.CancelScope() as scope:
        async with LandingFile(path) as landing:
            await landing.begin(start=0, size=len(DATA), validator=TAG)
            await landing.write(DATA[:5000])
            scope.cancel()
            await anyio.sleep_forever()
    async with LandingFile(path) as landing:
        assert landing.offset == 5000


@pytest.mark.skipif(landing_module.fcntl is None, reason="no locks here")
async def test_two_downloads_of_one_file_do_not_mix(path):
    async with LandingFile(path) as first, LandingFile(path) as second:
        await first.begin(start=0, size=4, validator=TAG)
        await first.write(b"1234")
        for validator in (TAG, None):
            with pytest.raises(TransferError, match="another download"):
                await second.begin(start=0, size=4, validator=validator)
        await second.__aexit__(None, None, None)
        await first.commit()
    assert path.read_bytes() == b"1234"
    assert names(path) == ["film.mp4"]


async def test_a_link_in_place_of_the_note_is_not_written_through(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    precious = path.with_name("precious")
    path.with_name(f".{path.name}.part.json").symlink_to(precious)
    with pytest.raises(TransferError):
        async with LandingFile(path) as landing:
            await landing.begin(start=0, size=4, validator=TAG)
    assert not precious.exists()


async def test_a_full_disk_is_told(path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(landing_module.os, "write", full)
    with pytest.raises(TransferError, match="No space left") as caught:
        async with LandingFile(path) as landing:
            await landing.begin(start=0, size=len(DATA), validator=None)
            await write(landing, DATA)
    assert not isinstance(caught.value, DamagedFileError)
    assert names(path) == []


async def test_a_target_that_cannot_be_replaced(path):
    path.mkdir(parents=True)
    (path / "x").touch()
    with pytest.raises(TransferError):
        async with LandingFile(path) as landing:
            await landing.begin(start=0, size=1, validator=None)
            await landing.write(b"1")
            await landing.commit()
    assert names(path) == ["film.mp4"]


async def test_no_descriptor_is_left_open(path):
    await break_off(path, b"half")
    async with LandingFile(path) as landing:
        await landing.begin(start=landing.offset, size=len(DATA), validator=TAG)
        assert descriptors(path.parent) > 0
    assert descriptors(path.parent) == 0
