"""Labels with their groups and skeletons, and the attributes of labels and versions."""

from __future__ import annotations

from typing import Any

from asyncsdk.records.attributes import Attributes
from asyncsdk.records.labels import (
    LabelGroupPatch,
    LabelNames,
    LabelPatch,
    NewLabel,
    NewLabelGroup,
    Skeleton,
)
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.services import attributes, label_groups, labels, skeletons
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def create_label(call: Call) -> Answer:
    """Create a label."""
    name = call.body(NewLabel).name
    return await call.write(labels.create_label(call.scope, call.id("version"), name), 201)


async def list_labels(call: Call) -> dict[str, Any]:
    """List all labels of a version; the protocol knows no pages here."""
    return await call.read(labels.list_labels(call.scope, call.id("version")))


async def find_label(call: Call) -> dict[str, Any]:
    """Find a label by its name."""
    name = call.required_text("name")
    return await call.read(labels.find_label(call.scope, call.id("version"), name))


async def find_or_create_labels(call: Call) -> Answer:
    """Find labels by their names, and create those that are missing."""
    names = call.body(LabelNames).names
    return await call.write(labels.find_or_create_labels(call.scope, call.id("version"), names))


async def get_label(call: Call) -> dict[str, Any]:
    """Read a label."""
    return await call.read(labels.get_label(call.scope, call.id("label")))


async def update_label(call: Call) -> Answer:
    """Change a label."""
    return await call.write(labels.update_label(call.scope, call.id("label"), call.body(LabelPatch)))


async def delete_label(call: Call) -> Answer:
    """Delete a label."""
    label = call.id("label")
    await call.write_parts(lambda _: labels.delete_some_shapes(call.scope, label))
    return await call.write(labels.delete_label(call.scope, label))


async def list_skeletons(call: Call) -> dict[str, Any]:
    """List the skeletons of a version's labels."""
    return await call.read(skeletons.list_skeletons(call.scope, call.id("version")))


async def get_skeleton(call: Call) -> dict[str, Any]:
    """Read a label's skeleton."""
    return await call.read(skeletons.get_skeleton(call.scope, call.id("label")))


async def set_skeleton(call: Call) -> Answer:
    """Replace a label's skeleton."""
    return await call.write(skeletons.set_skeleton(call.scope, call.id("label"), call.body(Skeleton)))


async def get_label_attributes(call: Call) -> dict[str, Any]:
    """Read the attributes of a label's shapes."""
    return await call.read(attributes.get_label_attributes(call.scope, call.id("label")))


async def set_label_attributes(call: Call) -> Answer:
    """Replace the attributes of a label's shapes."""
    body = call.body(Attributes)
    return await call.write(attributes.set_label_attributes(call.scope, call.id("label"), body))


async def create_label_group(call: Call) -> Answer:
    """Create a label group."""
    body = call.body(NewLabelGroup)
    return await call.write(label_groups.create_group(call.scope, call.id("version"), body), 201)


async def list_label_groups(call: Call) -> dict[str, Any]:
    """List all label groups of a version."""
    return await call.read(label_groups.list_groups(call.scope, call.id("version")))


async def get_label_group(call: Call) -> dict[str, Any]:
    """Read a label group."""
    return await call.read(label_groups.get_group(call.scope, call.id("group")))


async def update_label_group(call: Call) -> Answer:
    """Change a label group."""
    body = call.body(LabelGroupPatch)
    return await call.write(label_groups.update_group(call.scope, call.id("group"), body))


async def delete_label_group(call: Call) -> Answer:
    """Delete a label group."""
    return await call.write(label_groups.delete_group(call.scope, call.id("group")))


async def get_version_attributes(call: Call) -> dict[str, Any]:
    """Read the attributes of a version's annotations."""
    return await call.read(attributes.get_version_attributes(call.scope, call.id("version")))


async def set_version_attributes(call: Call) -> Answer:
    """Replace the attributes of a version's annotations."""
    body = call.body(Attributes)
    return await call.write(attributes.set_version_attributes(call.scope, call.id("version"), body))


HANDLERS: dict[Route, Handler] = {
    routes.CREATE_LABEL: create_label,
    routes.LIST_LABELS: list_labels,
    routes.FIND_LABEL: find_label,
    routes.FIND_OR_CREATE_LABELS: find_or_create_labels,
    routes.LIST_SKELETONS: list_skeletons,
    routes.GET_LABEL: get_label,
    routes.UPDATE_LABEL: update_label,
    routes.DELETE_LABEL: delete_label,
    routes.GET_SKELETON: get_skeleton,
    routes.SET_SKELETON: set_skeleton,
    routes.GET_LABEL_ATTRIBUTES: get_label_attributes,
    routes.SET_LABEL_ATTRIBUTES: set_label_attributes,
    routes.CREATE_LABEL_GROUP: create_label_group,
    routes.LIST_LABEL_GROUPS: list_label_groups,
    routes.GET_LABEL_GROUP: get_label_group,
    routes.UPDATE_LABEL_GROUP: update_label_group,
    routes.DELETE_LABEL_GROUP: delete_label_group,
    routes.GET_VERSION_ATTRIBUTES: get_version_attributes,
    routes.SET_VERSION_ATTRIBUTES: set_version_attributes,
}
