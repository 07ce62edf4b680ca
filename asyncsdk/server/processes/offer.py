"""What a machine can run: the administrator's file of programs, read into values."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from typing import Any

import attrs

from asyncsdk.errors import FormatError

__all__ = ["BUILT_IN", "Limits", "Offer", "Program", "read_offer"]

BUILT_IN: Mapping[str, str] = {
    "asyncsdk/duplicate-tagging:1": "asyncsdk.processings.duplicate_tagging:tag_duplicates"
}
"""The images that come with the platform, and their entry points."""

_ENTRY_POINT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_MOST = 2**53
_TOP = ("built_in", "cpus", "gpus", "slots", "limits", "images")


@attrs.frozen(kw_only=True)
class Limits:
    """What a run may use."""

    memory_bytes: int = 4 * 1024**3
    """Address space of each process."""

    cpu_s: int = 24 * 3600
    """Processor time of each process, in seconds."""

    wall_s: int = 24 * 3600
    """Time from start to end, in seconds."""

    open_files: int = 1024
    """Files that each process holds open at once."""


@attrs.frozen(kw_only=True)
class Program:
    """What stands behind an image."""

    command: tuple[str, ...]
    """The program and its arguments; no shell reads them."""

    limits: Limits = Limits()

    environment: tuple[str, ...] = ()
    """Variables of the platform's own environment that it gets."""

    restartable: bool = False
    """Whether a run that the platform lost begins anew."""


@attrs.frozen(kw_only=True)
class Offer:
    """What a machine can run."""

    source: str
    """The file's name, for errors."""

    programs: Mapping[str, Program]
    """By image and tag, such as `acme/blur:2`."""

    cpus: int
    gpus: int = 0

    slots: int = 2
    """Runs at once."""


def read_offer(content: bytes, source: str) -> Offer:
    """Read the administrator's file.

    Args:
        content: TOML text.
        source: the file's name, for errors.

    Raises:
        FormatError: it breaks a rule, which the text names with its place.
    """
    table = _Table(_parse(content, source), source, "")
    table.refuse_others(_TOP)
    limits = _read_limits(table.table("limits"), Limits())
    programs = {}
    if table.flag("built_in", default=True):
        programs = {
            image: attrs.evolve(_entry_point(point, limits), restartable=True)
            for image, point in BUILT_IN.items()
        }
    images = table.table("images")
    for image in images.values:
        if ":" not in image.rpartition("/")[2]:
            raise images.broken(image, 'an image has a tag, such as "acme/blur:2"')
        programs[image] = _read_program(images.table(image), limits)
    return Offer(
        source=source,
        programs=programs,
        cpus=table.number("cpus", os.cpu_count() or 1),
        gpus=table.number("gpus", 0, least=0),
        slots=table.number("slots", 2, most=1024),
    )


@attrs.frozen
class _Table:
    """A table of the file, and where it stands."""

    values: dict[str, Any]
    source: str
    place: str

    def broken(self, key: str, rule: str) -> FormatError:
        return FormatError(self.source, self._of(key), rule)

    def refuse_others(self, known: tuple[str, ...]) -> None:
        for key in self.values:
            if key not in known:
                raise self.broken(key, f"not one of {', '.join(known)}")

    def table(self, key: str) -> _Table:
        found = self.values.get(key, {})
        if not isinstance(found, dict):
            raise self.broken(key, "must be a table")
        return _Table(found, self.source, self._of(key))

    def flag(self, key: str, *, default: bool) -> bool:
        found = self.values.get(key, default)
        if not isinstance(found, bool):
            raise self.broken(key, "must be true or false")
        return found

    def number(self, key: str, default: int, *, least: int = 1, most: int = _MOST) -> int:
        found = self.values.get(key, default)
        if isinstance(found, bool) or not isinstance(found, int) or not least <= found <= most:
            raise self.broken(key, f"must be a whole number from {least} to {most}")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(one, str) and "\0" not in one for one in found):
            raise self.broken(key, "must be a list of texts")
        return tuple(found)

    def _of(self, key: str) -> str:
        name = key if re.fullmatch(r"[\w-]+", key) else f'"{key}"'
        return f"{self.place}.{name}" if self.place else name


def _parse(content: bytes, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(source, "", f"not a TOML file: {error}") from error


def _read_limits(table: _Table, default: Limits) -> Limits:
    names = tuple(field.name for field in attrs.fields(Limits))
    table.refuse_others(names)
    return Limits(**{name: table.number(name, getattr(default, name)) for name in names})


def _read_program(table: _Table, limits: Limits) -> Program:
    table.refuse_others(("command", "entry_point", "limits", "environment", "restartable"))
    program = _read_command(table, _read_limits(table.table("limits"), limits))
    return attrs.evolve(
        program,
        environment=(*program.environment, *table.texts("environment")),
        restartable=table.flag("restartable", default=False),
    )


def _read_command(table: _Table, limits: Limits) -> Program:
    if ("command" in table.values) == ("entry_point" in table.values):
        raise FormatError(table.source, table.place, "must have either a command or an entry_point")
    if "command" in table.values:
        command = table.texts("command")
        if not command or not command[0] or ("/" in command[0] and not command[0].startswith("/")):
            raise table.broken("command", "must begin with an absolute path, or a name to look for in PATH")
        return Program(command=command, limits=limits)
    point = table.values["entry_point"]
    if not isinstance(point, str) or not _ENTRY_POINT.fullmatch(point):
        raise table.broken("entry_point", 'must be a module and a function, such as "acme.blur:main"')
    return _entry_point(point, limits)


def _entry_point(point: str, limits: Limits) -> Program:
    """A Python function is one of the platform's own interpreter, which finds it where the platform does."""
    command = (sys.executable, "-m", "asyncsdk.processings", point)
    return Program(command=command, limits=limits, environment=("PYTHONPATH",))
