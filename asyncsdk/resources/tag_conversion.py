"""Turning tags into classifications; what cannot work is refused before any request."""

from __future__ import annotations

from collections.abc import Sequence

from asyncsdk.enums import InferenceType, TagTarget, choose
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.jobs import JobRecord
from asyncsdk.records.tags import TagConversion
from asyncsdk.resources import tagging
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.job import Job
from asyncsdk.resources.tag import Tag
from asyncsdk.wire import routes

__all__ = ["convert_tags"]


async def convert_tags(
    connection: Connection,
    version_id: str,
    version_type: InferenceType,
    tag_type: TagTarget | str,
    tags: Tag | Sequence[Tag],
    *,
    wait: bool,
) -> Job:
    """Start the job that makes a classification of each tag that an asset carries."""
    if version_type is not InferenceType.CLASSIFICATION:
        raise InvalidArgumentError(
            f"tags become classifications in a version of type CLASSIFICATION, this one is {version_type.value}"
        )
    target = choose(TagTarget, tag_type)
    if target not in (TagTarget.ASSET, TagTarget.DATA):
        raise InvalidArgumentError(f"tag_type: ASSET or DATA tags can be converted, not {target.value}")
    chosen = tagging.check_target(tags, target)
    body = TagConversion(tuple(dict.fromkeys(tag.id for tag in chosen)), target)
    record = await connection.call(routes.CONVERT_TAGS, JobRecord, body=body, version=version_id)
    job = Job(connection, [record], generation=1)
    if wait:
        await job.wait()
    return job
