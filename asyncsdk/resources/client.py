"""The client: where everything begins."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from asyncsdk.config import Settings, check_host, expand_token
from asyncsdk.embedded import attach_embedded
from asyncsdk.records.data import DatalakeRecord
from asyncsdk.records.datasets import DatasetRecord, DatasetVersionRecord, NewDataset
from asyncsdk.records.jobs import JobRecord
from asyncsdk.records.paging import Items
from asyncsdk.resources import data_sources, raw_requests, workers
from asyncsdk.resources.client_models import ClientModels
from asyncsdk.resources.client_tags import ClientTags
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.data_source import DataSource
from asyncsdk.resources.datalake import Datalake
from asyncsdk.resources.dataset import Dataset
from asyncsdk.resources.dataset_version import DatasetVersion
from asyncsdk.resources.endpoint import RemoteEndpoint
from asyncsdk.resources.job import Job
from asyncsdk.resources.worker import User
from asyncsdk.wire import routes
from asyncsdk.wire.ids import canonical_id

__all__ = ["Client"]


class Client(ClientTags, ClientModels):
    """A connection to one organization of a platform.

    Use it with `async with`, or let the first call connect and call `close` at the end. A client belongs to
    the event loop that first uses it.

    Args:
        host: origin of the platform, such as `https://app.picsellia.com`.
        api_token: your token; `None` reads `PICSELLIA_TOKEN`, for the hosted platform only.
        organization: name or id of the organization; `None` takes your default one.
        settings: deadlines, retries and limits.

    Raises:
        ConfigurationError: the host is no URL, or there is no token.

    Example:
        >>> import asyncsdk
        >>> async def main() -> None:
        ...     async with asyncsdk.Client.embedded("./workspace") as client:
        ...         print(client.username, await client.list_datasets())
    """

    def __init__(
        self,
        host: str,
        api_token: str | None = None,
        organization: str | UUID | None = None,
        *,
        settings: Settings | None = None,
    ) -> None:
        origin = check_host(host)
        endpoint = RemoteEndpoint(origin, expand_token(origin, api_token))
        self._connection = Connection(
            endpoint.reach,
            organization=None if organization is None else str(organization),
            settings=settings or Settings(),
        )

    @classmethod
    def embedded(cls, workspace: str | os.PathLike[str], *, settings: Settings | None = None) -> Self:
        """Return a client of a platform that runs on a folder of this machine, started when it is needed.

        No account and no set-up: the folder holds the database and the files. Several clients, also of
        other processes, share one platform, and it stops with the last of them.

        Args:
            workspace: the folder; made when it is missing.
            settings: deadlines, retries and limits.

        Raises:
            ConfigurationError: when it connects, the platform cannot be started on this folder.
        """
        client = cls.__new__(cls)
        reach = partial(attach_embedded, workspace)
        client._connection = Connection(reach, settings=settings or Settings())  # noqa: SLF001 - its own
        return client

    @property
    def id(self) -> str:
        """Id of the organization, once connected."""
        return self._connection.organization.id

    @property
    def name(self) -> str:
        """Name of the organization, once connected."""
        return self._connection.organization.name

    @property
    def username(self) -> str:
        """Name of the token's user, once connected."""
        return self._connection.username

    @property
    def host(self) -> str:
        """Origin of the platform, once connected."""
        return self._connection.host

    @property
    def capabilities(self) -> frozenset[str]:
        """What the platform adds to the protocol, once connected; empty for the hosted platform."""
        return self._connection.capabilities

    async def connect(self) -> None:
        """Connect now; without it the first call connects.

        Raises:
            UnauthorizedError: the token is wrong.
            NotFoundError: there is no such organization for this user.
            ConnectionFailedError: the host cannot be reached.
            ProtocolError: something else answers at the host.
        """
        await self._connection.open()

    async def close(self) -> None:
        """Close all connections; an embedded platform stops with its last client."""
        await self._connection.close()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def get_datalake(self, name: str | None = None, id: str | UUID | None = None) -> Datalake:  # noqa: A002
        """Return a datalake, the default one where nothing is given.

        Args:
            name: its name.
            id: its id.

        Raises:
            NotFoundError: there is none.
        """
        query = {"name": name, "id": None if id is None else canonical_id(id)}
        await self.connect()
        record = await self._connection.call(
            routes.GET_DEFAULT_DATALAKE, DatalakeRecord, query=query, org=self.id
        )
        return Datalake(self._connection, record)

    async def list_datalakes(self) -> list[Datalake]:
        """List the organization's datalakes."""
        await self.connect()
        found = await self._connection.call(routes.LIST_DATALAKES, Items[DatalakeRecord], org=self.id)
        return [Datalake(self._connection, record) for record in found.items]

    async def create_dataset(self, name: str, description: str = "") -> Dataset:
        """Create a dataset.

        Args:
            name: its name, unique in the organization.
            description: what it is.

        Raises:
            ConflictError: there is a dataset of this name.
        """
        await self.connect()
        record = await self._connection.call(
            routes.CREATE_DATASET, DatasetRecord, body=NewDataset(name, description), org=self.id
        )
        return Dataset(self._connection, record)

    async def get_dataset(self, name: str) -> Dataset:
        """Return a dataset by its name.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return await self._find_dataset(name=name)

    async def get_dataset_by_id(self, id: str | UUID) -> Dataset:  # noqa: A002 - the protocol's word
        """Return a dataset by its id.

        Args:
            id: its id.

        Raises:
            NotFoundError: there is none of this id.
        """
        return await self._find_dataset(id=canonical_id(id))

    async def list_datasets(
        self, limit: int | None = None, offset: int | None = None, order_by: Sequence[str] | None = None
    ) -> list[Dataset]:
        """List the organization's datasets, newest first where no order is asked for.

        Args:
            limit: datasets in all.
            offset: datasets to skip.
            order_by: "name" or "created_at", with "-" in front to descend.
        """
        query = {"limit": limit, "offset": offset, "order_by": list(order_by or ())}
        await self.connect()
        found = await self._connection.call(
            routes.LIST_DATASETS, Items[DatasetRecord], query=query, org=self.id
        )
        return [Dataset(self._connection, record) for record in found.items]

    async def get_dataset_version_by_id(self, id: str | UUID) -> DatasetVersion:  # noqa: A002
        """Return a dataset version by its id.

        Args:
            id: its id.

        Raises:
            NotFoundError: there is none of this id.
        """
        await self.connect()
        record = await self._connection.call(
            routes.FIND_VERSION_BY_ID, DatasetVersionRecord, query={"id": canonical_id(id)}, org=self.id
        )
        return DatasetVersion(self._connection, record)

    async def create_data_source(self, name: str) -> DataSource:
        """Create a data source.

        Args:
            name: its name, unique in the organization.

        Raises:
            ConflictError: there is one of this name.
        """
        return DataSource(self._connection, await data_sources.create_source(self._connection, name))

    async def get_data_source(self, name: str) -> DataSource:
        """Return a data source by its name.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        return DataSource(self._connection, await data_sources.find_source(self._connection, name))

    async def get_or_create_data_source(self, name: str) -> DataSource:
        """Return a data source, created when there is none.

        Args:
            name: its name.
        """
        return DataSource(self._connection, await data_sources.find_or_create_source(self._connection, name))

    async def list_data_sources(
        self, limit: int | None = None, offset: int | None = None, order_by: Sequence[str] | None = None
    ) -> list[DataSource]:
        """List the organization's data sources, newest first where no order is asked for.

        Args:
            limit: sources in all.
            offset: sources to skip.
            order_by: "name" or "created_at", with "-" in front to descend.
        """
        records = await data_sources.list_sources(
            self._connection, limit=limit, offset=offset, order_by=order_by
        )
        return [DataSource(self._connection, record) for record in records]

    async def list_users(self, username: str | None = None) -> list[User]:
        """List the members of the organization.

        Args:
            username: only the user of this name.
        """
        return [
            User(self._connection, record) for record in await workers.list_users(self._connection, username)
        ]

    async def get_job_by_id(self, id: str | UUID) -> Job:  # noqa: A002 - the protocol's word
        """Return a job of the second generation by its id.

        Args:
            id: its id.

        Raises:
            NotFoundError: there is none of this id.
        """
        await self.connect()
        record = await self._connection.call(
            routes.FIND_JOB_RUN, JobRecord, query={"id": canonical_id(id)}, org=self.id
        )
        return Job(self._connection, [record], generation=2)

    async def request(
        self, method: str, path: str, *, query: dict[str, Any] | None = None, body: Any = None
    ) -> Any:
        """Send a request to a route that has no method yet, with this client's token, retries and limits.

        Args:
            method: such as "GET".
            path: absolute path, such as "/api/home/ping"; encode its variables yourself.
            query: parameters; `None` values are left out, lists repeat their key.
            body: a JSON value.

        Returns:
            The answer's JSON value, `None` when it is empty.

        Raises:
            ApiError: the platform answered with an error.
            InvalidArgumentError: the path is not absolute.
        """
        return await raw_requests.send(self._connection, method, path, query=query, body=body)

    def __repr__(self) -> str:
        return f"<Client of {self._connection.host or 'a platform, not connected yet'}>"

    async def _find_dataset(self, **query: str) -> Dataset:
        await self.connect()
        record = await self._connection.call(routes.FIND_DATASET, DatasetRecord, query=query, org=self.id)
        return Dataset(self._connection, record)
