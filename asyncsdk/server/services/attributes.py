"""Attribute configurations: of shapes, kept with their label; of annotations, kept with their version.

A new configuration counts for what is written from then on; values that are there stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import bindparam, update

from asyncsdk.errors import BadRequestError
from asyncsdk.records import codec
from asyncsdk.records.attributes import AttributeConfiguration, AttributeConfigurations, Attributes
from asyncsdk.server.services.configuration_rules import read_configuration
from asyncsdk.server.services.dataset_versions import require_unlocked, require_version
from asyncsdk.server.services.labels import require_label
from asyncsdk.server.services.rules import Document, json_text
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.schema import dataset_version, label
from asyncsdk.server.store.statements import Prepared
from asyncsdk.wire.attributes import fault_of

__all__ = [
    "check_attributes",
    "get_label_attributes",
    "get_version_attributes",
    "set_label_attributes",
    "set_version_attributes",
]

_SET_OF_LABEL = Prepared(
    update(label).where(label.c.seq == bindparam("key")).values(attributes=bindparam("new_attributes"))
)
_SET_OF_VERSION = Prepared(
    update(dataset_version)
    .where(dataset_version.c.seq == bindparam("key"))
    .values(attributes=bindparam("new_attributes"))
)


def get_label_attributes(scope: Scope, label_id: str) -> Work[Document]:
    """Return the attributes that shapes of a label may carry."""
    return _document((yield from require_label(scope, label_id))["attributes"])


def set_label_attributes(scope: Scope, label_id: str, body: Attributes) -> Work[Document]:
    """Replace the attributes that shapes of a label may carry.

    Raises:
        BadRequestError: a configuration breaks a rule.
        LockedError: the dataset version is locked.
    """
    text = _checked(body)
    row = yield from require_label(scope, label_id, change=True)
    yield _SET_OF_LABEL(key=row["seq"], new_attributes=text)
    return _document(text)


def get_version_attributes(scope: Scope, version_id: str) -> Work[Document]:
    """Return the attributes that annotations of a version may carry."""
    return _document((yield from require_version(scope, version_id))["attributes"])


def set_version_attributes(scope: Scope, version_id: str, body: Attributes) -> Work[Document]:
    """Replace the attributes that annotations of a version may carry.

    Raises:
        BadRequestError: a configuration breaks a rule.
        LockedError: the version is locked.
    """
    text = _checked(body)
    row = yield from require_unlocked(scope, version_id)
    yield _SET_OF_VERSION(key=row["seq"], new_attributes=text)
    return _document(text)


def check_attributes(values: Mapping[str, Any] | None, configurations: str | None, place: str) -> None:
    """Fail unless an annotation or a shape may carry these attributes.

    Required ones are asked for only where attributes are given at all: most requests of the protocol cannot
    carry any.

    Args:
        values: the attributes.
        configurations: the column `attributes` of the version or the label, as it is stored.
        place: where the attributes stand, for the error.

    Raises:
        BadRequestError: they do not fit; the text names place, attribute and rule.
    """
    if values is None or configurations is None:
        return
    fault = fault_of(values, _stored(configurations))
    if fault is not None:
        raise BadRequestError(f"{place}: {fault}", status=400)


@lru_cache(maxsize=1024)
def _stored(configurations: str) -> dict[str, AttributeConfiguration]:
    return codec.decode(f'{{"attributes":{configurations}}}', AttributeConfigurations).attributes or {}


def _checked(body: Attributes) -> str | None:
    if body.attributes is None:
        return None
    read = {
        name: read_configuration(name, given, AttributeConfiguration)
        for name, given in body.attributes.items()
    }
    return json_text(codec.dump(read), "attributes")


def _document(text: str | None) -> Document:
    attributes: Any = None if text is None else orjson.Fragment(text)
    return {"attributes": attributes}
