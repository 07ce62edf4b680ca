"""Labels and label groups of a dataset version: listing, finding, making; attributes and skeletons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias

from asyncsdk.enums import AttributeType, choose
from asyncsdk.errors import InvalidArgumentError, NotFoundError, ProtocolError
from asyncsdk.flow.chunks import chunked
from asyncsdk.records import codec
from asyncsdk.records.attributes import AttributeConfiguration, AttributeConfigurations, Attributes
from asyncsdk.records.labels import (
    LabelGroupRecord,
    LabelNames,
    LabelRecord,
    NewLabel,
    NewLabelGroup,
    Skeletons,
)
from asyncsdk.records.paging import Items
from asyncsdk.resources.arguments import as_names
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.get_or_create import get_or_create
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = [
    "Configurations",
    "create_group",
    "create_label",
    "find_group",
    "find_label",
    "find_or_create_group",
    "find_or_create_label",
    "find_or_create_labels",
    "list_groups",
    "list_labels",
    "list_skeletons",
    "read_attributes",
    "write_attributes",
]

Configurations: TypeAlias = Mapping[str, AttributeConfiguration | Mapping[str, Any]]
"""Configurations by the name of their attribute, as records or as JSON objects."""


async def list_labels(connection: Connection, version_id: str) -> list[LabelRecord]:
    """List the labels, oldest first."""
    found = await connection.call(routes.LIST_LABELS, Items[LabelRecord], version=version_id)
    return found.items


async def create_label(connection: Connection, version_id: str, name: str) -> LabelRecord:
    """Create a label."""
    return await connection.call(routes.CREATE_LABEL, LabelRecord, body=NewLabel(name), version=version_id)


async def find_label(connection: Connection, version_id: str, name: str) -> LabelRecord:
    """Find a label by its name."""
    return await connection.call(routes.FIND_LABEL, LabelRecord, query={"name": name}, version=version_id)


async def find_or_create_label(connection: Connection, version_id: str, name: str) -> LabelRecord:
    """Find a label, or create it; also when somebody else creates it at the same moment."""
    find, create = partial(find_label, connection, version_id), partial(create_label, connection, version_id)
    return await get_or_create(find, create, name)


async def find_or_create_labels(
    connection: Connection, version_id: str, names: Iterable[str]
) -> list[LabelRecord]:
    """Find or create a label for each name; the answer has each label once, in the order of the names.

    Raises:
        ProtocolError: the platform left a name out.
    """
    wanted = as_names(names, "names") or ()
    known: dict[str, LabelRecord] = {}
    await connection.open()
    for some in chunked(wanted, connection.settings.limits.bulk_ids_per_request):
        answer = await connection.call(
            routes.FIND_OR_CREATE_LABELS, list[LabelRecord], body=LabelNames(tuple(some)), version=version_id
        )
        known |= {label.name: label for label in answer}
    missing = [name for name in wanted if name not in known]
    if missing:
        raise ProtocolError(f"{routes.FIND_OR_CREATE_LABELS}: the answer has no label {missing[0]!r}")
    return [known[name] for name in wanted]


async def list_skeletons(connection: Connection, version_id: str) -> Skeletons:
    """List the skeletons by label id."""
    return await connection.call(routes.LIST_SKELETONS, Skeletons, version=version_id)


async def list_groups(connection: Connection, version_id: str) -> list[LabelGroupRecord]:
    """List the groups, oldest first."""
    found = await connection.call(routes.LIST_LABEL_GROUPS, Items[LabelGroupRecord], version=version_id)
    return found.items


async def create_group(
    connection: Connection, version_id: str, parent_id: str | None, name: str
) -> LabelGroupRecord:
    """Create a group, in another one or at the top."""
    body = NewLabelGroup(name, parent_id)
    return await connection.call(routes.CREATE_LABEL_GROUP, LabelGroupRecord, body=body, version=version_id)


async def find_group(
    connection: Connection, version_id: str, parent_id: str | None, name: str
) -> LabelGroupRecord:
    """Find a group by its name and the group around it; the protocol has no route for that.

    Raises:
        NotFoundError: there is none.
    """
    for group in await list_groups(connection, version_id):
        if (group.name, group.parent_id) == (name, parent_id):
            return group
    raise NotFoundError(f"no such label group {name!r}", status=404, route=str(routes.LIST_LABEL_GROUPS))


async def find_or_create_group(
    connection: Connection, version_id: str, parent_id: str | None, name: str
) -> LabelGroupRecord:
    """Find a group, or create it; also when somebody else creates it at the same moment."""
    place = (connection, version_id, parent_id)
    return await get_or_create(partial(find_group, *place), partial(create_group, *place), name)


async def read_attributes(
    connection: Connection, route: Route, **variables: str
) -> dict[str, AttributeConfiguration]:
    """Read the configurations of a label's or a version's attributes."""
    found = await connection.call(route, AttributeConfigurations, query=None, **variables)
    return found.attributes or {}


async def write_attributes(
    connection: Connection, route: Route, attributes: Configurations | None, **variables: str
) -> None:
    """Replace the configurations of a label's or a version's attributes.

    Raises:
        InvalidArgumentError: a configuration is neither a record nor a JSON object.
    """
    sent = None if attributes is None else {name: _as_json(name, one) for name, one in attributes.items()}
    await connection.act(route, body=Attributes(sent), query=None, **variables)


def _as_json(name: str, configuration: AttributeConfiguration | Mapping[str, Any]) -> Any:
    if isinstance(configuration, AttributeConfiguration):
        return codec.dump(configuration)
    if isinstance(configuration, Mapping):
        found = dict(configuration)
        if "input_type" in found:
            found["input_type"] = choose(AttributeType, found["input_type"]).value
        return found
    raise InvalidArgumentError(
        f"attribute {name!r}: expected an AttributeConfiguration or a dict, got {configuration!r}"
    )
