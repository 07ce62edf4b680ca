"""A version that waits for annotations, and a second worker."""

from __future__ import annotations

from uuid import uuid4

import attrs
import pytest

from asyncsdk.server.services import organizations
from asyncsdk.wire import routes


@attrs.frozen
class Field:
    """Where annotations can be put."""

    version: str
    assets: list[str]
    label: str


async def make_field(api, rows, count=5) -> Field:
    version = await api.add_version()
    await api.add_assets(version, rows.data(count))
    assets = (await api.call(routes.LIST_ASSETS, version=version))["items"][::-1]
    label = await api.call(routes.CREATE_LABEL, {"name": "car"}, version=version, expect=201)
    return Field(version, [asset["id"] for asset in assets], label["id"])


@pytest.fixture
async def field(api, rows):
    """Five assets of a version without annotations: `.version`, `.assets` (oldest first), `.label`."""
    return await make_field(api, rows)


@pytest.fixture
def colleague(api):
    """Requests of another worker of the organization, and the worker's id."""
    org = api.org

    def work():
        user = yield from organizations.add_user(f"user-{uuid4()}")
        yield from organizations.add_member(org.name, user["username"])
        token = yield from organizations.add_token(user["username"], "test", organization_name=org.name)
        return user, token

    user, token = org.platform.write(work())
    return attrs.evolve(api, org=attrs.evolve(org, token=token, username=user["username"])), user["id"]
