"""Entry point of the `asyncsdk` command and of `python -m asyncsdk`."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from asyncsdk.errors import AsyncSDKError


def main() -> None:
    """Run the command; an error of the package ends it with a message and status 1."""
    gc.disable()  # imports leave nothing to collect, and looking for it takes a tenth of the start
    try:
        run = _load(sys.argv[1:])
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("asyncsdk"):
            raise
        sys.exit(f"asyncsdk: {error.name} is missing; the command needs: pip install 'asyncsdk[server]'")
    gc.freeze()
    gc.enable()
    try:
        run()
    except AsyncSDKError as error:
        sys.exit(f"asyncsdk: {error}")


def _load(arguments: list[str]) -> Callable[[], None]:
    """Import what the command needs; its parts are an extra.

    `asyncsdk embedded WORKSPACE` is how clients start a platform: with a parser for options it would take
    a quarter longer to listen.
    """
    match arguments:
        case ["embedded", workspace]:
            from asyncsdk.server.serve import serve_embedded  # noqa: PLC0415

            return partial(serve_embedded, Path(workspace))
        case _:
            from asyncsdk.cli.app import run  # noqa: PLC0415

            return run


if __name__ == "__main__":
    main()
