"""The commands, joined."""

from __future__ import annotations

import typer

from asyncsdk.cli.serve import serve

__all__ = ["app", "run"]

app = typer.Typer(
    name="asyncsdk",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve)


@app.callback()
def main() -> None:
    """Versioned computer-vision datasets: run a platform, look after it, try it."""


def run() -> None:
    """Run the command line."""
    app()
