"""Our additions for administrators."""

from __future__ import annotations

from uuid import uuid4

import pytest

from asyncsdk.wire import routes

BODIES = {
    routes.ADMIN_ADD_ORGANIZATION: {"name": "n"},
    routes.ADMIN_LIST_ORGANIZATIONS: None,
    routes.ADMIN_ADD_USER: {"username": "n"},
    routes.ADMIN_LIST_USERS: None,
    routes.ADMIN_ADD_MEMBER: {"organization": "n", "username": "n"},
    routes.ADMIN_ADD_TOKEN: {"username": "n", "name": "n"},
    routes.ADMIN_LIST_TOKENS: None,
    routes.ADMIN_REVOKE_TOKEN: None,
}


@pytest.mark.parametrize("route", BODIES, ids=str)
async def test_only_an_administrator_of_the_platform_may(api, route):
    await api.call(route, BODIES[route], token=str(uuid4()), expect=403)


async def test_an_organization_a_user_and_a_token_are_made(admin_api):
    call, name, user = admin_api.call, f"o-{uuid4()}", f"u-{uuid4()}"
    made = await call(routes.ADMIN_ADD_ORGANIZATION, {"name": name}, expect=201)
    await call(routes.ADMIN_ADD_ORGANIZATION, {"name": name}, expect=409)
    await call(routes.ADMIN_ADD_USER, {"username": user}, expect=201)
    await call(routes.ADMIN_ADD_USER, {"username": user}, expect=409)
    limited = {"username": user, "name": "laptop", "organization": name}
    await call(routes.ADMIN_ADD_TOKEN, limited, expect=400)  # no member yet
    for _ in range(2):
        await call(routes.ADMIN_ADD_MEMBER, {"organization": name, "username": user})
    token = (await call(routes.ADMIN_ADD_TOKEN, limited, expect=201))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    ping = await call(routes.PING, headers=headers)
    assert (ping["username"], ping["default_organization"]) == (user, made["id"])
    users = (await call(routes.LIST_ORGANIZATION_USERS, headers=headers, org=made["id"]))["users"]
    assert [one["username"] for one in users] == [user]
    for route, key, value in (
        (routes.ADMIN_LIST_ORGANIZATIONS, "name", name),
        (routes.ADMIN_LIST_USERS, "username", user),
        (routes.ADMIN_LIST_TOKENS, "username", user),
    ):
        assert [one[key] for one in (await call(route))["items"]].count(value) == 1


async def test_a_revoked_token_opens_nothing(admin_api, platform):
    call, user = admin_api.call, f"u-{uuid4()}"
    await call(routes.ADMIN_ADD_USER, {"username": user}, expect=201)
    text = (await call(routes.ADMIN_ADD_TOKEN, {"username": user, "name": "t"}, expect=201))["token"]
    listed = [one for one in (await call(routes.ADMIN_LIST_TOKENS))["items"] if one["username"] == user]
    assert (listed[0]["name"], listed[0]["revoked_at"], listed[0]["organization"]) == ("t", None, None)
    assert await call(routes.ADMIN_REVOKE_TOKEN, token=listed[0]["id"]) == {"name": "t"}
    await call(routes.ADMIN_REVOKE_TOKEN, token=listed[0]["id"], expect=404)
    await call(routes.PING, headers={"Authorization": f"Bearer {text}"}, expect=401)
    assert text not in str(platform.rows("SELECT * FROM token"))  # only hashes are kept


@pytest.mark.parametrize(
    ("route", "body", "status"),
    [
        (routes.ADMIN_ADD_ORGANIZATION, {"name": ""}, 400),
        (routes.ADMIN_ADD_ORGANIZATION, {}, 400),
        (routes.ADMIN_ADD_USER, {"username": "a\0"}, 400),
        (routes.ADMIN_ADD_USER, {"username": "a", "is_admin": "yes"}, 400),
        (routes.ADMIN_ADD_MEMBER, {"organization": "none", "username": "admin"}, 404),
        (routes.ADMIN_ADD_MEMBER, {"organization": "local", "username": "none"}, 404),
        (routes.ADMIN_ADD_MEMBER, {"organization": "local", "username": "admin", "role": "\0"}, 400),
        (routes.ADMIN_ADD_TOKEN, {"username": "none", "name": "t"}, 404),
        (routes.ADMIN_ADD_TOKEN, {"username": "admin", "name": ""}, 400),
        (routes.ADMIN_ADD_TOKEN, {"username": "admin", "name": "t", "organization": "none"}, 404),
        (routes.ADMIN_REVOKE_TOKEN, None, 404),
    ],
    ids=str,
)
async def test_odd_requests_are_refused(admin_api, route, body, status):
    await admin_api.call(route, body, token="x", expect=status)
