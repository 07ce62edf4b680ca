"""`asyncsdk serve`: what it takes, what it says, and how it fails."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from asyncsdk.cli import serve as command
from asyncsdk.cli.app import make_app
from asyncsdk.enums import StorageKind
from asyncsdk.errors import ConfigurationError
from asyncsdk.server.serve import RunningPlatform, ServeOptions


@pytest.fixture
def served(monkeypatch):
    """The options with which a platform would have run; it does not really run."""
    options: list[ServeOptions] = []

    async def pretend(given, ready):
        options.append(given)
        ready(RunningPlatform("http://127.0.0.1:1", given.token or "made", None, None))

    monkeypatch.setattr(command, "serve_platform", pretend)
    return options


def serve(*arguments: str) -> None:
    words = ["serve", *arguments]
    make_app(words)(words, standalone_mode=False)


def test_the_defaults_serve_this_machine_only(served, capsys):
    serve()
    assert served == [ServeOptions(workspace=Path("workspace"))]
    assert served[0].host == "127.0.0.1"
    said = capsys.readouterr().out.splitlines()
    assert said == ["asyncsdk platform on http://127.0.0.1:1", "its API token is in workspace/token"]


def test_every_option_is_passed_on(served, capsys):
    serve(
        "--workspace", "w", "--host", "0.0.0.0", "--port", "0", "--token", "t", "--public-url", "https://x",
        "--durability", "full", "--storage-kind", "azure", "--strict-protocol",
    )  # fmt: skip
    assert served == [
        ServeOptions(
            workspace=Path("w"),
            host="0.0.0.0",
            port=0,
            token="t",
            public_url="https://x",
            strict_protocol=True,
            full_durability=True,
            storage_kind=StorageKind.AZURE,
        )
    ]
    assert "token" not in capsys.readouterr().out


def test_the_environment_works_too(served, monkeypatch, tmp_path):
    (tmp_path / "token").write_text("secret\n")
    for name, value in (
        ("WORKSPACE", "w"),
        ("HOST", "::1"),
        ("PORT", "0"),
        ("TOKEN_FILE", str(tmp_path / "token")),
        ("PUBLIC_URL", "https://x"),
        ("DURABILITY", "full"),
        ("STORAGE_KIND", "aws"),
    ):
        monkeypatch.setenv(f"ASYNCSDK_{name}", value)
    serve()
    options = served[0]
    assert (options.workspace, options.host, options.port, options.token) == (Path("w"), "::1", 0, "secret")
    assert (options.public_url, options.full_durability, options.storage_kind) == ("https://x", True, "aws")


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "No such file"), ("", "it is empty"), (" \n", "it is empty")]
)
def test_a_token_file_must_hold_a_token(served, tmp_path, content, reason):
    path = tmp_path / "token"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigurationError, match=reason):
        serve("--token-file", str(path))
    assert served == []


@pytest.mark.parametrize(
    "arguments", [["--port", "-1"], ["--port", "65536"], ["--durability", "some"], ["--storage-kind", "tape"]]
)
def test_odd_options_are_refused(served, arguments):
    with pytest.raises(typer.BadParameter):
        serve(*arguments)
    assert served == []
