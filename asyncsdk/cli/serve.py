"""`asyncsdk serve`: run a platform."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from asyncsdk.enums import StorageKind
from asyncsdk.errors import ConfigurationError
from asyncsdk.flow.loop import run
from asyncsdk.server.serve import RunningPlatform, ServeOptions
from asyncsdk.server.serve import serve as serve_platform

__all__ = ["serve"]


class Durability(StrEnum):
    """What an acknowledged change survives."""

    NORMAL = "normal"
    FULL = "full"


def serve(
    workspace: Annotated[
        Path,
        typer.Option(help="Folder of the database, the objects and the keys.", envvar="ASYNCSDK_WORKSPACE"),
    ] = Path("workspace"),
    host: Annotated[str, typer.Option(help="Address to listen on.", envvar="ASYNCSDK_HOST")] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(help="Port to listen on; 0 picks a free one.", min=0, max=65535, envvar="ASYNCSDK_PORT"),
    ] = 8000,
    token: Annotated[
        str | None,
        typer.Option(help="API token of the first user; made when not given.", envvar="ASYNCSDK_TOKEN"),
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="File that holds the token.", envvar="ASYNCSDK_TOKEN_FILE")
    ] = None,
    public_url: Annotated[
        str | None,
        typer.Option(help="Origin under which clients reach the platform.", envvar="ASYNCSDK_PUBLIC_URL"),
    ] = None,
    durability: Annotated[
        Durability, typer.Option(help="'full' also waits for the disk.", envvar="ASYNCSDK_DURABILITY")
    ] = Durability.NORMAL,
    storage_kind: Annotated[
        StorageKind, typer.Option(help="Kind of object storage to speak as.", envvar="ASYNCSDK_STORAGE_KIND")
    ] = StorageKind.MINIO,
    processings: Annotated[
        Path | None,
        typer.Option(
            help="File of the programs that processings may run; processings.toml of the workspace without.",
            envvar="ASYNCSDK_PROCESSINGS",
        ),
    ] = None,
    strict_protocol: Annotated[
        bool, typer.Option("--strict-protocol", help="Switch the additions to the protocol off.")
    ] = False,
) -> None:
    """Run a platform until Ctrl-C; prints where it listens and where its token is."""
    options = ServeOptions(
        workspace=workspace,
        host=host,
        port=port,
        token=token or _read_token(token_file),
        public_url=public_url,
        strict_protocol=strict_protocol,
        full_durability=durability is Durability.FULL,
        storage_kind=storage_kind,
        processings=processings,
    )

    def ready(platform: RunningPlatform) -> None:
        print(f"asyncsdk platform on {platform.url}", flush=True)
        if not options.token:
            print(f"its API token is in {workspace / 'token'}", flush=True)

    run(serve_platform(options, ready))


def _read_token(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        text = path.expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"token file {path}: {error.strerror}") from error
    if not text:
        raise ConfigurationError(f"token file {path}: it is empty")
    return text
