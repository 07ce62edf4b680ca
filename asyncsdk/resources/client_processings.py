"""The client's doors to processings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asyncsdk.enums import ProcessingTargetType, ProcessingType, choose
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.paging import Items
from asyncsdk.records.processings import NewProcessing, ProcessingRecord
from asyncsdk.resources.arguments import as_json_object, as_names, check_count
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.processing import Processing
from asyncsdk.wire import routes
from asyncsdk.wire.processing_targets import TYPES

__all__ = ["ClientProcessings"]


class ClientProcessings:
    """Creating, finding and listing the processings of an organization."""

    _connection: Connection

    async def create_processing(
        self,
        name: str,
        target: str | ProcessingTargetType,
        default_cpu: int,
        default_gpu: int,
        default_parameters: Mapping[str, Any],
        docker_image: str,
        docker_tag: str,
        docker_flags: Sequence[str] | None = None,
        type: str | ProcessingType | None = None,  # noqa: A002 - the protocol's word
        description: str | None = None,
    ) -> Processing:
        """Create a processing.

        Our platform runs the program that its administrator has registered for the image.

        Args:
            name: its name, unique in the organization.
            target: what it is launched on: `DATASET_VERSION`, `DATALAKE` or `MODEL_VERSION`.
            default_cpu: processors where a launch asks for no others.
            default_gpu: GPUs where a launch asks for no others.
            default_parameters: parameters where a launch gives no others.
            docker_image: image of the program.
            docker_tag: tag of the image.
            docker_flags: options for a container; our platform runs none and only keeps them.
            type: what it does; must go with the target.
            description: what it is.

        Raises:
            ConflictError: there is a processing of this name.
            InvalidArgumentError: target or type is unknown or they do not go together, a number is negative,
                or the parameters are no JSON object.

        Example:
            >>> async def register(client) -> None:
            ...     await client.create_processing(
            ...         "blur-check", "DATASET_VERSION", 1, 0, {"gamma": 1.2}, "acme/blur", "2", type="AUTO_TAGGING"
            ...     )
        """
        chosen = choose(ProcessingTargetType, target)
        kind = None if type is None else choose(ProcessingType, type)
        if kind is not None and kind not in TYPES[chosen]:
            raise InvalidArgumentError(
                f"type {kind} is not for {chosen}; choose one of {', '.join(TYPES[chosen])}"
            )
        body = NewProcessing(
            name=name,
            target=chosen,
            type=kind,
            description=description,
            default_cpu=check_count(default_cpu, "default_cpu") or 0,
            default_gpu=check_count(default_gpu, "default_gpu") or 0,
            default_parameters=as_json_object(default_parameters, "default_parameters") or {},
            docker_image=docker_image,
            docker_tag=docker_tag,
            docker_flags=as_names(docker_flags, "docker_flags"),
        )
        await self._connection.open()
        record = await self._connection.call(
            routes.CREATE_PROCESSING, ProcessingRecord, body=body, org=self._connection.organization.id
        )
        return Processing(self._connection, record)

    async def get_processing(self, name: str) -> Processing:
        """Return a processing of the organization by its name.

        Args:
            name: its name.

        Raises:
            NotFoundError: there is none of this name.
        """
        await self._connection.open()
        record = await self._connection.call(
            routes.FIND_PROCESSING,
            ProcessingRecord,
            query={"name": name},
            org=self._connection.organization.id,
        )
        return Processing(self._connection, record)

    async def get_public_processing(self, name: str) -> Processing:
        """Return a public processing by its name: one that the platform offers to every organization.

        Args:
            name: its name, such as `duplicate-tagging`.

        Raises:
            NotFoundError: there is none of this name.
        """
        record = await self._connection.call(
            routes.FIND_PUBLIC_PROCESSING, ProcessingRecord, query={"name": name}
        )
        return Processing(self._connection, record)

    async def list_processings(
        self, limit: int | None = None, offset: int | None = None, order_by: Sequence[str] | None = None
    ) -> list[Processing]:
        """List the organization's processings, newest first where no order is asked for.

        Args:
            limit: processings in all.
            offset: processings to skip.
            order_by: "name", "type" or "created_at", with "-" in front to descend.
        """
        query = {"limit": limit, "offset": offset, "order_by": list(order_by or ())}
        await self._connection.open()
        found = await self._connection.call(
            routes.LIST_PROCESSINGS,
            Items[ProcessingRecord],
            query=query,
            org=self._connection.organization.id,
        )
        return [Processing(self._connection, record) for record in found.items]
