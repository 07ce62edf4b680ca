"""A version that waits for annotations, a second worker, and a campaign."""

from __future__ import annotations

from typing import Any
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


@attrs.frozen
class CampaignField:
    """A campaign that was not launched yet, and its version."""

    api: Any
    version: str
    campaign: str

    async def add_step(self, name="draw", kind="ANNOTATION", *, expect=201, **fields):
        body = {"name": name, "type": kind} | fields
        return await self.api.call(routes.CREATE_STEP, body, campaign=self.campaign, expect=expect)

    async def steps(self):
        return (await self.api.call(routes.LIST_STEPS, campaign=self.campaign))["items"]

    async def launch(self, **body):
        started = await self.api.call(routes.SYNC_CAMPAIGN, body, campaign=self.campaign)
        assert (await self.api.ended(started["job"]["id"]))["status"] == "SUCCESS"

    async def assignments(self, **query):
        """Oldest first."""
        page = await self.api.call(routes.LIST_ASSIGNMENTS, query=query, campaign=self.campaign)
        assert page["count"] == len(page["items"])
        return page["items"][::-1]

    async def move(self, kind, ids, *, expect=200, **more):
        body = {"move": kind, "assignment_ids": ids} | more
        return await self.api.call(routes.MOVE_ASSIGNMENTS, body, campaign=self.campaign, expect=expect)


@pytest.fixture
async def campaign_field(api, rows):
    """Twelve assets of a version with a campaign that has no steps."""
    version = await api.add_version()
    await api.add_assets(version, rows.data(12))
    made = await api.call(routes.CREATE_CAMPAIGN, {"name": "c"}, version=version, expect=201)
    return CampaignField(api, version, made["id"])


@pytest.fixture
async def people(api, colleague):
    """Ids of two members: the token's user and a colleague."""
    users = (await api.call(routes.LIST_ORGANIZATION_USERS))["users"]
    mine = next(user["id"] for user in users if user["username"] == api.org.username)
    return mine, colleague[1]
