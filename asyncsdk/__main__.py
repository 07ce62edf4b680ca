"""Entry point of the `asyncsdk` command and of `python -m asyncsdk`."""

from __future__ import annotations

import gc
import sys

from asyncsdk.errors import AsyncSDKError


def main() -> None:
    """Run the command; an error of the package ends it with a message and status 1."""
    gc.disable()  # imports leave nothing to collect, and looking for it takes a tenth of the start
    try:
        from asyncsdk.cli.app import run  # noqa: PLC0415 - the command's parts are an extra
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


if __name__ == "__main__":
    main()
