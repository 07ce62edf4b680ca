"""Writes `asyncsdk/sync/`: the classes of `asyncsdk/resources/` as plain blocking ones.

`python -m asyncsdk._tools.generate_sync` writes, `--check` compares. The async modules are read as text.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from asyncsdk._tools.sync_modules import HEADER, module_texts
from asyncsdk._tools.sync_source import UnknownShapeError

__all__ = ["check", "formatted", "main", "write"]

PACKAGE = Path(__file__).parents[1]
LINE_LENGTH = 110


def formatted(texts: Mapping[str, str]) -> dict[str, str]:
    """Return module texts as the installed ruff writes them.

    Args:
        texts: text by file name.

    Raises:
        RuntimeError: ruff is not installed, or refuses a text.
    """
    if find_spec("ruff") is None:
        raise RuntimeError("ruff is not installed: install the project's dependency group 'lint'")
    with TemporaryDirectory() as folder:
        for name, text in texts.items():
            Path(folder, name).write_text(text, "utf-8")
        command = [sys.executable, "-m", "ruff", "format", "--isolated", "--quiet"]
        command += ["--line-length", str(LINE_LENGTH), "--target-version", "py311", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
        if done.returncode:
            raise RuntimeError(f"ruff: {done.stderr or done.stdout}")
        return {name: Path(folder, name).read_text("utf-8") for name in texts}


def write(package: Path) -> list[str]:
    """Write the sync side of a package, delete what was generated before, and return the files' names.

    Args:
        package: the package's folder.

    Raises:
        UnknownShapeError: the async side has a shape that is not known; nothing was written.
        RuntimeError: ruff is not installed.
    """
    texts = formatted(module_texts(package))
    folder = package / "sync"
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.py"):
        if path.name not in texts and path.read_text("utf-8").startswith(HEADER):
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return sorted(texts)


def check(package: Path) -> list[str]:
    """Return what is not as it would be written, one line per file: missing, different or surplus.

    Args:
        package: the package's folder.

    Raises:
        UnknownShapeError: the async side has a shape that is not known.
        RuntimeError: ruff is not installed.
    """
    texts = formatted(module_texts(package))
    folder = package / "sync"
    there = {path.name: path for path in folder.glob("*") if path.name != "__pycache__"}
    faults = dict.fromkeys(texts.keys() - there.keys(), "missing")
    faults |= dict.fromkeys(there.keys() - texts.keys(), "surplus")
    for name in texts.keys() & there.keys():
        if there[name].read_text("utf-8") != texts[name]:
            faults[name] = "different"
    return [f"{fault}: {package.name}/sync/{name}" for name, fault in sorted(faults.items())]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the sync side, or check it.

    Args:
        arguments: of the command line.

    Returns:
        The exit status: 1 when the check finds something, or when the async side cannot be read.
    """
    parser = argparse.ArgumentParser(prog="python -m asyncsdk._tools.generate_sync", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; fail where something differs")
    wanted = parser.parse_args(arguments)
    try:
        if not wanted.check:
            print(f"{len(write(PACKAGE))} files written")
            return 0
        faults = check(PACKAGE)
    except (UnknownShapeError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print("run: python -m asyncsdk._tools.generate_sync", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
