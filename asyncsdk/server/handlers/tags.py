"""Tags of every scope."""

from __future__ import annotations

from typing import Any

from asyncsdk.enums import TagTarget, choose
from asyncsdk.errors import BadRequestError, InvalidArgumentError
from asyncsdk.records.tags import NewOrganizationTag, NewTag, TagConversion, TagPatch
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.services import tag_conversion, tag_scopes, tags
from asyncsdk.server.services.items import ListRequest
from asyncsdk.server.services.rules import Document
from asyncsdk.server.services.tags import TagScope
from asyncsdk.server.store.base import Work
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


def _create(home: Work[TagScope], name: str) -> Work[Document]:
    return (yield from tags.create_tag((yield from home), name))


def _list(home: Work[TagScope], request: ListRequest) -> Work[Document]:
    return (yield from tags.list_tags((yield from home), request))


def _find(home: Work[TagScope], name: str) -> Work[Document]:
    return (yield from tags.find_tag((yield from home), name))


def _target(call: Call) -> TagTarget:
    try:
        return choose(TagTarget, call.text("target_type") or "")
    except InvalidArgumentError as error:
        raise BadRequestError(f"target_type: {error}", status=400) from error


async def create_tag(call: Call) -> Answer:
    """Create a tag of the organization."""
    body = call.body(NewOrganizationTag)
    home = tag_scopes.of_organization(call.scope, call.id("org"), body.target_type)
    return await call.write(_create(home, body.name), 201)


async def list_tags(call: Call) -> dict[str, Any]:
    """List the organization's tags of a target."""
    home = tag_scopes.of_organization(call.scope, call.id("org"), _target(call))
    return await call.read(_list(home, call.list_request()))


async def find_tag(call: Call) -> dict[str, Any]:
    """Find a tag of the organization."""
    home = tag_scopes.of_organization(call.scope, call.id("org"), _target(call))
    return await call.read(_find(home, call.required_text("name")))


async def create_data_tag(call: Call) -> Answer:
    """Create a data tag."""
    home = tag_scopes.of_datalake(call.scope, call.id("datalake"))
    return await call.write(_create(home, call.body(NewTag).name), 201)


async def list_data_tags(call: Call) -> dict[str, Any]:
    """List the datalake's tags."""
    return await call.read(
        _list(tag_scopes.of_datalake(call.scope, call.id("datalake")), call.list_request())
    )


async def find_data_tag(call: Call) -> dict[str, Any]:
    """Find a data tag."""
    home = tag_scopes.of_datalake(call.scope, call.id("datalake"))
    return await call.read(_find(home, call.required_text("name")))


async def create_asset_tag(call: Call) -> Answer:
    """Create an asset tag."""
    home = tag_scopes.of_version(call.scope, call.id("version"), change=True)
    return await call.write(_create(home, call.body(NewTag).name), 201)


async def list_asset_tags(call: Call) -> dict[str, Any]:
    """List the version's tags."""
    return await call.read(_list(tag_scopes.of_version(call.scope, call.id("version")), call.list_request()))


async def find_asset_tag(call: Call) -> dict[str, Any]:
    """Find an asset tag."""
    home = tag_scopes.of_version(call.scope, call.id("version"))
    return await call.read(_find(home, call.required_text("name")))


async def get_tag(call: Call) -> dict[str, Any]:
    """Read a tag."""
    return await call.read(tags.get_tag(call.scope, call.id("tag")))


async def rename_tag(call: Call) -> Answer:
    """Rename a tag."""
    return await call.write(tags.rename_tag(call.scope, call.id("tag"), call.body(TagPatch).name))


async def delete_tag(call: Call) -> Answer:
    """Delete a tag."""
    tag = call.id("tag")
    await call.write_parts(lambda _: tags.detach_some(call.scope, tag))
    return await call.write(tags.delete_tag(call.scope, tag))


async def attach_tag(call: Call) -> Answer:
    """Attach a tag to objects; the body is an array of their ids."""
    return await call.write(tags.attach_tag(call.scope, call.id("tag"), call.body(list[str])))


async def detach_tag(call: Call) -> Answer:
    """Take a tag from objects; the body is an array of their ids."""
    return await call.write(tags.detach_tag(call.scope, call.id("tag"), call.body(list[str])))


async def convert_tags(call: Call) -> Answer:
    """Start the job that turns tags into classifications."""
    body = call.body(TagConversion)
    answer = await call.write(tag_conversion.convert_tags(call.scope, call.id("version"), body))
    call.platform.wake_jobs()
    return answer


HANDLERS: dict[Route, Handler] = {
    routes.CREATE_TAG: create_tag,
    routes.LIST_TAGS: list_tags,
    routes.FIND_TAG: find_tag,
    routes.CREATE_DATA_TAG: create_data_tag,
    routes.LIST_DATA_TAGS: list_data_tags,
    routes.FIND_DATA_TAG: find_data_tag,
    routes.CREATE_ASSET_TAG: create_asset_tag,
    routes.LIST_ASSET_TAGS: list_asset_tags,
    routes.FIND_ASSET_TAG: find_asset_tag,
    routes.CONVERT_TAGS: convert_tags,
    routes.GET_TAG: get_tag,
    routes.UPDATE_TAG: rename_tag,
    routes.DELETE_TAG: delete_tag,
    routes.ATTACH_TAG: attach_tag,
    routes.DETACH_TAG: detach_tag,
}
