"""The administrator's file: what it says, and how it is refused."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from asyncsdk.errors import FormatError
from asyncsdk.server.processes.offer import BUILT_IN, Limits, Program, read_offer
from asyncsdk.server.processes.registry import Registry

WHOLE = b"""
cpus = 8
gpus = 2
slots = 3
built_in = false
limits = { memory_bytes = 1000, wall_s = 60 }

[images."acme/blur:2"]
command = ["/opt/blur", "--fast"]
environment = ["HTTPS_PROXY"]
restartable = true
limits = { memory_bytes = 2000, open_files = 9 }

[images."host:5000/acme/tag:1"]
entry_point = "acme.tagging:main"
"""


def test_a_whole_file():
    offer = read_offer(WHOLE, "p.toml")
    assert (offer.source, offer.cpus, offer.gpus, offer.slots) == ("p.toml", 8, 2, 3)
    assert offer.programs == {
        "acme/blur:2": Program(
            command=("/opt/blur", "--fast"),
            environment=("HTTPS_PROXY",),
            restartable=True,
            limits=Limits(memory_bytes=2000, wall_s=60, open_files=9),
        ),
        "host:5000/acme/tag:1": Program(
            command=(sys.executable, "-m", "asyncsdk.processings", "acme.tagging:main"),
            environment=("PYTHONPATH",),
            limits=Limits(memory_bytes=1000, wall_s=60),
        ),
    }


def test_without_a_file_there_is_what_comes_with_the_platform():
    offer = read_offer(b"", "p.toml")
    assert offer.programs.keys() == BUILT_IN.keys()
    assert (offer.cpus, offer.gpus, offer.slots) == (os.cpu_count(), 0, 2)
    assert offer.programs["asyncsdk/duplicate-tagging:1"].restartable


@pytest.mark.parametrize(
    ("content", "place", "rule"),
    [
        ("cpus = ", "", "not a TOML file"),
        ("\udcff", "", "not a TOML file"),
        ("memory = 1", "memory", "not one of built_in, cpus"),
        ("cpus = 0", "cpus", "from 1 to"),
        ("gpus = -1", "gpus", "from 0 to"),
        ("slots = 2000", "slots", "from 1 to 1024"),
        ("slots = true", "slots", "a whole number"),
        ("slots = 1.5", "slots", "a whole number"),
        ("built_in = 1", "built_in", "true or false"),
        ("images = 1", "images", "must be a table"),
        ("limits = { memory = 1 }", "limits.memory", "not one of memory_bytes"),
        ("limits = { wall_s = 0 }", "limits.wall_s", "from 1 to"),
        ('[images."acme/blur"]\ncommand = ["a"]', 'images."acme/blur"', "an image has a tag"),
        ('[images."host:5/blur"]\ncommand = ["a"]', 'images."host:5/blur"', "an image has a tag"),
        ('[images]\n"a:1" = 3', 'images."a:1"', "must be a table"),
        ('[images."a:1"]', 'images."a:1"', "either a command or an entry_point"),
        ('[images."a:1"]\ncommand = ["a"]\nentry_point = "a:b"', 'images."a:1"', "either a command or"),
        ('[images."a:1"]\ncommand = "a b"', 'images."a:1".command', "a list of texts"),
        ('[images."a:1"]\ncommand = []', 'images."a:1".command', "an absolute path, or a name"),
        ('[images."a:1"]\ncommand = ["./a"]', 'images."a:1".command', "an absolute path, or a name"),
        ('[images."a:1"]\ncommand = ["a\\u0000"]', 'images."a:1".command', "a list of texts"),
        ('[images."a:1"]\nentry_point = "a.b"', 'images."a:1".entry_point', "a module and a function"),
        ('[images."a:1"]\nentry_point = 3', 'images."a:1".entry_point', "a module and a function"),
        ('[images."a:1"]\ncommand = ["a"]\nshell = true', 'images."a:1".shell', "not one of command"),
        ('[images."a:1"]\ncommand = ["a"]\nenvironment = [1]', 'images."a:1".environment', "a list of texts"),
        ('[images."a:1"]\ncommand = ["a"]\nlimits = 3', 'images."a:1".limits', "must be a table"),
    ],
)
def test_what_breaks_a_rule_is_told_with_file_place_and_rule(content, place, rule):
    with pytest.raises(FormatError) as caught:
        read_offer(content.encode("utf-8", "surrogateescape"), "p.toml")
    assert (caught.value.file, caught.value.place) == ("p.toml", place)
    assert rule in caught.value.rule


async def test_the_file_is_read_anew_when_it_has_changed(tmp_path):
    path = tmp_path / "p.toml"
    registry = Registry(path)
    first = await registry.current()
    assert await registry.current() is first
    path.write_text("gpus = 1")
    assert (await registry.current()).gpus == 1
    assert await registry.current() is await registry.current()
    path.write_text("gpus = 22")
    assert (await registry.current()).gpus == 22
    path.write_text("gpus =")
    for _ in range(2):
        with pytest.raises(FormatError):
            await registry.current()
    path.unlink()
    assert (await registry.current()).gpus == 0


async def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(FormatError, match="cannot be read"):
        await Registry(tmp_path).current()
    with pytest.raises(FormatError, match="cannot be read"):
        await Registry(Path("/proc/1/mem/x")).current()
