"""The commands, joined; a command's module is imported only when it is asked for, or for help."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import typer

__all__ = ["COMMANDS", "make_app", "run"]

COMMANDS = {
    "admin": "asyncsdk.cli.admin",
    "demo": "asyncsdk.cli.demo",
    "serve": "asyncsdk.cli.serve",
}
"""Name and module of each command; the module has a function, or a group of commands, of that name."""


def make_app(arguments: Sequence[str] = ()) -> typer.Typer:
    """Return the command line.

    Args:
        arguments: when the first one names a command, only that one is imported.
    """
    app = typer.Typer(
        name="asyncsdk",
        help="Versioned computer-vision datasets: run a platform, look after it, try it.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_nothing)
    wanted = [name for name in arguments[:1] if name in COMMANDS] or sorted(COMMANDS)
    for name in wanted:
        part = getattr(importlib.import_module(COMMANDS[name]), name)
        if isinstance(part, typer.Typer):
            app.add_typer(part, name=name)
        else:
            app.command(name)(part)
    return app


def _nothing() -> None:
    """Keeps a single command from becoming the whole command line."""


def run() -> None:
    """Run the command line."""
    make_app(sys.argv[1:])()
