"""The schema of a datalake's custom metadata: reading, changing and applying it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, select, update

from asyncsdk.errors import BadRequestError, NotFoundError
from asyncsdk.records import codec
from asyncsdk.records.custom_metadata import MetadataKey
from asyncsdk.server.services.configuration_rules import check_configured_name, read_configuration
from asyncsdk.server.services.datalakes import require_datalake
from asyncsdk.server.services.metadata_values import MetadataRules
from asyncsdk.server.services.rules import Document, json_text, one
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.schema import custom_metadata_key, datalake
from asyncsdk.server.store.statements import Prepared, insertion
from asyncsdk.wire.attributes import shown

__all__ = ["delete_key", "get_schema", "metadata_rules", "set_allow_extra", "set_key"]

_KEYS = Prepared(
    select(custom_metadata_key)
    .where(custom_metadata_key.c.datalake == bindparam("datalake"))
    .order_by(custom_metadata_key.c.key)
)
_RULES = Prepared(
    select(
        datalake.c.allow_extra_custom_metadata,
        custom_metadata_key.c.key,
        custom_metadata_key.c.configuration,
    )
    .outerjoin(custom_metadata_key, custom_metadata_key.c.datalake == datalake.c.seq)
    .where(datalake.c.seq == bindparam("datalake"))
)
_ALLOW_EXTRA = Prepared(
    update(datalake)
    .where(datalake.c.seq == bindparam("lake"))
    .values(allow_extra_custom_metadata=bindparam("allowed"))
)
_INSERT = Prepared(insertion(custom_metadata_key))
_DELETE = Prepared(
    delete(custom_metadata_key)
    .where(
        custom_metadata_key.c.datalake == bindparam("datalake"),
        custom_metadata_key.c.key == bindparam("key"),
    )
    .returning(custom_metadata_key.c.key)
)


def get_schema(scope: Scope, datalake_id: str) -> Work[Document]:
    """Return the schema; no key has an index of its own, so no indexation is reported."""
    lake = yield from require_datalake(scope, datalake_id)
    rows = yield _KEYS(datalake=lake["seq"])
    return {
        "custom_metadata_schema": {row["key"]: orjson.Fragment(row["configuration"]) for row in rows} or None,
        "allow_extra_custom_metadata": bool(lake["allow_extra_custom_metadata"]),
        "keys": {},
    }


def set_allow_extra(scope: Scope, datalake_id: str, allowed: bool) -> Work[Document]:  # noqa: FBT001 - it is what is set
    """Allow or refuse keys that are not in the schema, from now on."""
    lake = yield from require_datalake(scope, datalake_id)
    yield _ALLOW_EXTRA(lake=lake["seq"], allowed=allowed)
    return (yield from get_schema(scope, datalake_id))


def set_key(scope: Scope, datalake_id: str, name: str, given: dict[str, Any]) -> Work[orjson.Fragment]:
    """Add a key to the schema, or replace its configuration; data stays as it is.

    Raises:
        BadRequestError: the key or its configuration breaks a rule.
    """
    lake = yield from require_datalake(scope, datalake_id)
    text = json_text(codec.dump(read_configuration(name, given, MetadataKey, "key")), f"key {name!r}")
    yield _DELETE(datalake=lake["seq"], key=name)
    yield _INSERT(datalake=lake["seq"], key=name, configuration=text)
    return orjson.Fragment(text)


def delete_key(scope: Scope, datalake_id: str, name: str) -> Work[None]:
    """Take a key out of the schema; the values that data has of it stay.

    Raises:
        NotFoundError: the schema has no such key.
    """
    lake = yield from require_datalake(scope, datalake_id)
    what = f"custom metadata key {shown(name)}"
    try:
        check_configured_name(name, "key")
    except BadRequestError as error:
        raise NotFoundError(f"no such {what}", status=404) from error
    one((yield _DELETE(datalake=lake["seq"], key=name)), what)


def metadata_rules(lake: int) -> Work[MetadataRules]:
    """Return what a datalake allows as custom metadata, for whoever is about to write some.

    Args:
        lake: the datalake's `seq`.
    """
    rows = yield _RULES(datalake=lake)
    return MetadataRules(
        keys={row["key"]: _stored(row["configuration"]) for row in rows if row["key"] is not None},
        allow_extra=bool(rows[0]["allow_extra_custom_metadata"]),
    )


@lru_cache(maxsize=4096)
def _stored(configuration: str) -> MetadataKey:
    return codec.decode(configuration, MetadataKey)
