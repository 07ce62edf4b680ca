"""Objects that lie in the storage already: their import as data, and what data is given by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from asyncsdk.records.absent import absent

__all__ = ["CloudObject", "DataUpdates", "ObjectImport"]


def _names(given: str | Iterable[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


@attrs.frozen
class CloudObject:
    """All that is to be kept beside the file of a data; tags and source go by their names.

    Example:
        >>> CloudObject(metadata={"reference": "R1"}, tags=["night"]).tags
        ('night',)
    """

    metadata: dict[str, Any] | None = None
    """Metadata under the platform's keys, such as `reference`; `None` is none."""

    custom_metadata: dict[str, Any] | None = None
    """Metadata of your own; `None` is none."""

    tags: tuple[str, ...] = attrs.field(default=(), converter=_names)
    """Names of data tags; missing ones are created."""

    data_source: str | None = None
    """Name of a data source; a missing one is created. `None` is none."""


@attrs.frozen
class ObjectImport:
    """Makes data of objects in the storage: of all below some prefixes, or of some by name."""

    datalake_id: str | None = absent()
    prefixes: tuple[str, ...] | None = absent()
    tag_ids: tuple[str, ...] | None = absent()
    data_source_id: str | None = absent()
    objects: dict[str, CloudObject] | None = absent()


@attrs.frozen
class DataUpdates:
    """Replaces what is kept beside the files of some data, by data id."""

    objects: dict[str, CloudObject]
    datalake_id: str | None = absent()
