"""`asyncsdk admin`: the organizations, users and tokens of a workspace, also while its platform runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from asyncsdk.errors import ApiError, ConfigurationError
from asyncsdk.flow.loop import run
from asyncsdk.server.services import organizations
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.open import open_existing
from asyncsdk.server.workspace import Workspace
from asyncsdk.wire.ids import canonical_id

__all__ = ["admin"]

T = TypeVar("T")

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", help="Folder of the platform.", envvar="ASYNCSDK_WORKSPACE")
]
OrganizationOption = Annotated[str | None, typer.Option("--org", help="Name of an organization.")]

_HERE = Path("workspace")

admin: typer.Typer = typer.Typer(
    help="Look after the organizations, users and tokens of a workspace.", no_args_is_help=True
)
org: typer.Typer = typer.Typer(help="Organizations.", no_args_is_help=True)
user: typer.Typer = typer.Typer(help="Users.", no_args_is_help=True)
token: typer.Typer = typer.Typer(help="API tokens.", no_args_is_help=True)
for _name, _group in (("org", org), ("user", user), ("token", token)):
    admin.add_typer(_group, name=_name)


@org.command("add")
def add_organization(name: str, workspace: WorkspaceOption = _HERE) -> None:
    """Make an organization, with a datalake of its own."""
    made = _change(workspace, organizations.add_organization(name))
    print(f"organization {name} made, its id is {made['id']}")


@org.command("list")
def list_organizations(workspace: WorkspaceOption = _HERE) -> None:
    """List the organizations, oldest first."""
    _print_table(_change(workspace, organizations.list_organizations()), ("id", "name"))


@user.command("add")
def add_user(
    name: str,
    org: OrganizationOption = None,
    admin: Annotated[bool, typer.Option("--admin", help="Let the user look after the platform.")] = False,
    workspace: WorkspaceOption = _HERE,
) -> None:
    """Make a user, who is a member of an organization where one is given."""
    made = _change(workspace, _new_user(name, org, is_admin=admin))
    print(f"user {name} made, the id is {made['id']}")


@user.command("join")
def join_organization(name: str, org: str, workspace: WorkspaceOption = _HERE) -> None:
    """Make a user a member of one more organization."""
    _change(workspace, organizations.add_member(org, name))
    print(f"user {name} is a member of {org}")


@user.command("list")
def list_users(workspace: WorkspaceOption = _HERE) -> None:
    """List the users, oldest first."""
    _print_table(_change(workspace, organizations.list_all_users()), ("id", "username", "is_admin"))


@token.command("add")
def add_token(
    user: str,
    name: Annotated[str, typer.Option("--name", help="What the token is called in lists.")],
    org: OrganizationOption = None,
    workspace: WorkspaceOption = _HERE,
) -> None:
    """Make a token and print it; it is shown this once and stored nowhere."""
    print(_change(workspace, organizations.add_token(user, name, organization_name=org)))


@token.command("list")
def list_tokens(workspace: WorkspaceOption = _HERE) -> None:
    """List the tokens without their texts, oldest first."""
    columns = ("id", "name", "username", "organization", "created_at", "revoked_at")
    _print_table(_change(workspace, organizations.list_tokens()), columns)


@token.command("revoke")
def revoke_token(token_id: str, workspace: WorkspaceOption = _HERE) -> None:
    """Revoke a token for good; a running platform refuses it within a second."""
    name = _change(workspace, organizations.revoke_token(canonical_id(token_id)))
    print(f"token {name} revoked")


def _new_user(name: str, organization: str | None, *, is_admin: bool) -> Work[dict[str, Any]]:
    made = yield from organizations.add_user(name, is_admin=is_admin)
    if organization is not None:
        yield from organizations.add_member(organization, name)
    return made


def _change(folder: Path, work: Work[T]) -> T:
    return run(_transaction(Workspace(folder.expanduser().absolute()), work))


async def _transaction(workspace: Workspace, work: Work[T]) -> T:
    store = open_existing(workspace.database)
    try:
        return await store.write(work)
    except ApiError as error:
        raise ConfigurationError(error.message) from error
    finally:
        await store.close()


def _print_table(items: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print a line per item below the names of the columns; `-` stands for nothing."""
    lines = [columns, *([_shown(item[column]) for column in columns] for item in items)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)
