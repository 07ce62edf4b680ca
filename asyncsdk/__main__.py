"""Entry point of the `asyncsdk` command and of `python -m asyncsdk`."""

from __future__ import annotations

import sys

from asyncsdk.errors import AsyncSDKError


def main() -> None:
    """Run the command; an error of the package ends it with a message and status 1."""
    try:
        from asyncsdk.cli.app import run  # noqa: PLC0415 - the command's parts are an extra
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("asyncsdk"):
            raise
        sys.exit(f"asyncsdk: {error.name} is missing; the command needs: pip install 'asyncsdk[server]'")
    try:
        run()
    except AsyncSDKError as error:
        sys.exit(f"asyncsdk: {error}")


if __name__ == "__main__":
    main()
