"""Connecting: by default, by name, by id, and what is refused."""

from __future__ import annotations

import uuid

from checks import equal, holds, refused
from picsellia import Client
from picsellia.exceptions import PicselliaError, ResourceNotFoundError

__all__ = ["connect"]


def connect(world):
    """Connect in every way, and fail to."""
    default = world.client
    by_name = Client(api_token=world.token, host=world.host, organization_name=default.name)
    by_id = Client(api_token=world.token, host=world.host, organization_id=default.id)
    by_path = Client(api_token=world.token, host=f"{world.host}/some/path")
    ids = {str(client.id) for client in (default, by_name, by_id, by_path)}
    equal(ids, {str(default.id)}, "the organization by name, by id, and with a path in the host")
    holds(default.sync()["name"] == default.name, "the organization read anew")

    with refused(PicselliaError, "a wrong token"):
        Client(api_token="wrong", host=world.host)
    with refused(ResourceNotFoundError, "an unknown organization"):
        Client(api_token=world.token, host=world.host, organization_name="nobody")
    with refused(ResourceNotFoundError, "an unknown organization by id"):
        Client(api_token=world.token, host=world.host, organization_id=str(uuid.uuid4()))

    lake = world.lake
    equal(default.get_datalake(id=lake.id).name, lake.name, "the datalake by id")
    equal(default.get_datalake(name=lake.name).id, lake.id, "the datalake by name")
    equal([each.id for each in default.list_datalakes()], [lake.id], "all datalakes")
    equal(lake.sync()["id"], str(lake.id), "the datalake read anew")
    with refused(ResourceNotFoundError, "an unknown datalake"):
        default.get_datalake(name="nowhere")
