"""`asyncsdk admin`, on a workspace whose platform runs."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from uuid import uuid4

import orjson
import pytest

from asyncsdk.cli.app import make_app
from asyncsdk.errors import AsyncSDKError, ConfigurationError


@pytest.fixture
def admin(platform, capsys):
    """A function that runs `asyncsdk admin …` on the platform of the session and gives what it prints."""

    def command(*arguments: str, workspace: Path = platform.workspace) -> str:
        words = ["admin", *arguments, "--workspace", str(workspace)]
        make_app(words)(words, standalone_mode=False)
        return capsys.readouterr().out

    return command


def ping(url: str, token: str) -> dict[str, object]:
    request = urllib.request.Request(f"{url}/api/home/ping", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        return orjson.loads(answer.read())


def rows_of(table: str) -> list[dict[str, str]]:
    header, *lines = (line.split() for line in table.splitlines())
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_an_organization_a_user_and_a_token_are_made_beside_the_running_platform(admin, platform):
    org, user = f"org-{uuid4()}", f"user-{uuid4()}"
    assert admin("org", "add", org).startswith(f"organization {org} made")
    admin("user", "add", user, "--org", org)
    token = admin("token", "add", user, "--name", "laptop", "--org", org)
    assert len(token.split()) == 1  # nothing but the token, so that it can be taken from there
    organization = next(row for row in rows_of(admin("org", "list")) if row["name"] == org)
    found = ping(platform.url, token.strip())
    assert (found["username"], found["default_organization"]) == (user, organization["id"])
    listed = next(row for row in rows_of(admin("token", "list")) if row["username"] == user)
    assert (listed["name"], listed["organization"], listed["revoked_at"]) == ("laptop", org, "-")
    assert token.strip() not in admin("token", "list")


def test_a_revoked_token_opens_nothing(admin, platform):
    user = f"user-{uuid4()}"
    admin("user", "add", user)
    token = admin("token", "add", user, "--name", "t").strip()
    listed = next(row for row in rows_of(admin("token", "list")) if row["username"] == user)
    assert admin("token", "revoke", listed["id"]) == "token t revoked\n"
    with pytest.raises(urllib.error.HTTPError) as caught:
        ping(platform.url, token)
    with caught.value:
        assert caught.value.code == 401
    assert (
        next(row for row in rows_of(admin("token", "list")) if row["username"] == user)["revoked_at"] != "-"
    )
    with pytest.raises(ConfigurationError, match="no such token"):
        admin("token", "revoke", listed["id"])


def test_a_user_joins_one_more_organization(admin, platform):
    first, second, user = f"a-{uuid4()}", f"b-{uuid4()}", f"user-{uuid4()}"
    for name in (first, second):
        admin("org", "add", name)
    admin("user", "add", user, "--org", first, "--admin")
    admin("user", "join", user, second)
    token = admin("token", "add", user, "--name", "t", "--org", second).strip()
    ids = {row["name"]: row["id"] for row in rows_of(admin("org", "list"))}
    assert ping(platform.url, token)["default_organization"] == ids[second]
    assert next(row for row in rows_of(admin("user", "list")) if row["username"] == user)["is_admin"] == "yes"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["org", "add", "local"], "there is an organization 'local' already"),
        (["org", "add", " "], "must not be empty"),
        (["user", "add", "admin"], "there is a user 'admin' already"),
        (["user", "join", "nobody", "local"], "no such user 'nobody'"),
        (["token", "add", "nobody", "--name", "t"], "no such user 'nobody'"),
        (["token", "add", "admin", "--name", "t", "--org", "none"], "no such organization 'none'"),
        (["token", "add", "admin", "--name", ""], "must not be empty"),
        (["token", "revoke", "x"], "is not an id"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_told(admin, arguments, reason):
    with pytest.raises(AsyncSDKError, match=reason):
        admin(*arguments)


def test_a_user_is_not_made_by_halves(admin):
    user = f"user-{uuid4()}"
    with pytest.raises(ConfigurationError, match="no such organization 'none'"):
        admin("user", "add", user, "--org", "none")
    assert user not in admin("user", "list")


@pytest.mark.parametrize("exists", [False, True])
def test_a_workspace_is_never_made(admin, tmp_path, exists):
    workspace = tmp_path / "none"
    if exists:
        workspace.mkdir()
    with pytest.raises(ConfigurationError, match="none: no platform has run here"):
        admin("org", "list", workspace=workspace)
    assert workspace.exists() is exists
    assert list(workspace.glob("*")) == []


def test_a_workspace_whose_platform_is_stopped_is_looked_after_too(admin, platforms, tmp_path):
    with platforms(tmp_path):
        pass
    admin("org", "add", "later", workspace=tmp_path)
    with platforms(tmp_path) as platform:
        assert platform.rows("SELECT name FROM organization ORDER BY seq") == [("local",), ("later",)]


def test_an_error_ends_the_command_with_status_1(tmp_path):
    command = [sys.executable, "-m", "asyncsdk", "admin", "user", "list"]
    environment = os.environ | {"ASYNCSDK_WORKSPACE": str(tmp_path / "none")}
    ended = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == f"asyncsdk: {tmp_path / 'none'}: no platform has run here\n"
