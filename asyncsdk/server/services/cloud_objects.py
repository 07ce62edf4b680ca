"""What data is given beside its file, with tags and source by name: checked, and replaced for many at once."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import bindparam, delete, select, update

from asyncsdk.enums import TagTarget
from asyncsdk.errors import BadRequestError
from asyncsdk.records.cloud_objects import CloudObject, DataUpdates
from asyncsdk.server.services.custom_metadata import metadata_rules
from asyncsdk.server.services.data_rows import metadata_text
from asyncsdk.server.services.data_sources import ensure_sources
from asyncsdk.server.services.datalakes import require_datalake
from asyncsdk.server.services.metadata_values import MetadataRules
from asyncsdk.server.services.rules import Document, check_ids, check_name, json_list
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.tags import TagScope, ensure_tags
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.dialects import any_of
from asyncsdk.server.store.schema import data, data_tag
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = ["check_cloud_object", "check_lake", "data_tags", "update_many_data"]

MOST_DATA = 100

_SELECT = Prepared(
    select(data.c.seq, data.c.id, data.c.custom_metadata).where(
        data.c.datalake == bindparam("datalake"), any_of(data.c.id, bindparam("ids"))
    )
)
_UPDATE = Prepared(
    update(data)
    .where(data.c.seq == bindparam("key"))
    .values(
        metadata=bindparam("new_metadata"),
        custom_metadata=bindparam("new_custom_metadata"),
        data_source=bindparam("new_source"),
    )
)
_UNTAG = Prepared(delete(data_tag).where(any_of(data_tag.c.target, bindparam("targets"))))
_TAG = Prepared(insertion(data_tag))


def check_cloud_object(
    given: CloudObject, rules: MetadataRules, before: dict[str, Any] | None = None
) -> None:
    """Make sure that a data of a datalake can be given this.

    Args:
        given: what it is to be given.
        rules: of the datalake's custom metadata.
        before: the custom metadata that the data has.

    Raises:
        BadRequestError: it cannot.
    """
    for name in given.tags:
        check_name(name, "tags")
    if given.data_source is not None:
        check_name(given.data_source, "data_source")
    metadata_text(given.metadata, "metadata")
    metadata_text(given.custom_metadata, "custom_metadata")
    rules.check(given.custom_metadata, before=before)


def check_lake(lake: Row, datalake_id: str | None) -> None:
    """Make sure that the datalake of a body, where it names one, is that of the path.

    Raises:
        BadRequestError: it is not.
    """
    if datalake_id is not None and check_ids([datalake_id], "datalake_id") != [lake["id"]]:
        raise BadRequestError("datalake_id: it is not the datalake of the path", status=400)


def data_tags(lake: Row) -> TagScope:
    """Return the scope of a datalake's data tags."""
    return TagScope(organization=lake["organization"], target=TagTarget.DATA, datalake=lake["seq"])


def update_many_data(scope: Scope, datalake_id: str, body: DataUpdates) -> Work[Document]:
    """Replace metadata, custom metadata, tags and source of data; what is not given is taken away.

    Raises:
        BadRequestError: too few or too many, unknown data, or something that cannot be stored; nothing changes.
    """
    lake = yield from require_datalake(scope, datalake_id)
    check_lake(lake, body.datalake_id)
    wanted = _by_id(body)
    rows = yield _SELECT(datalake=lake["seq"], ids=json_list(wanted))
    found = {row["id"]: row for row in rows}
    missing = [data_id for data_id in wanted if data_id not in found]
    if missing:
        raise BadRequestError(
            f"objects: {len(missing)} are not data of this datalake", status=400, detail=missing
        )
    rules = yield from metadata_rules(lake["seq"])
    for data_id, given in wanted.items():
        _check(data_id, given, rules, found[data_id]["custom_metadata"])
    yield from _replace(lake, [(found[data_id]["seq"], given) for data_id, given in wanted.items()])
    return {"count": len(wanted)}


def _by_id(body: DataUpdates) -> dict[str, CloudObject]:
    if not 1 <= len(body.objects) <= MOST_DATA:
        raise BadRequestError(f"objects: give 1 to {MOST_DATA} data", status=400)
    ids = check_ids(body.objects, "objects")
    if len(ids) < len(body.objects):
        raise BadRequestError("objects: a data is named twice", status=400)
    return dict(zip(ids, body.objects.values(), strict=True))


def _check(data_id: str, given: CloudObject, rules: MetadataRules, before: str | None) -> None:
    try:
        check_cloud_object(given, rules, None if before is None else orjson.loads(before))
    except BadRequestError as error:
        raise BadRequestError(f"objects: {data_id}: {error.message}", status=400) from error


def _replace(lake: Row, changes: list[tuple[int, CloudObject]]) -> Work[None]:
    tags = yield from ensure_tags(data_tags(lake), [name for _, given in changes for name in given.tags])
    named = [given.data_source for _, given in changes if given.data_source is not None]
    sources = yield from ensure_sources(lake["organization"], named)
    yield _UPDATE.many(
        [
            {
                "key": key,
                "new_metadata": metadata_text(given.metadata, "metadata"),
                "new_custom_metadata": metadata_text(given.custom_metadata, "custom_metadata"),
                "new_source": None if given.data_source is None else sources[given.data_source],
            }
            for key, given in changes
        ]
    )
    yield _UNTAG(targets=json_list(key for key, _ in changes))
    pairs = [
        {"tag": tags[name], "target": key} for key, given in changes for name in dict.fromkeys(given.tags)
    ]
    if pairs:
        yield _TAG.many(pairs)
