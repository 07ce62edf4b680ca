"""The properties of assets and of data, by the paths that a query can name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import attrs
from sqlalchemy import ColumnElement, Table, select

from asyncsdk.enums import DataType, DataUploadStatus
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.server.store.query_annotations import ANNOTATIONS
from asyncsdk.server.store.query_fields import Field, JsonField, PlainField, ReferredField, RelatedField
from asyncsdk.server.store.query_types import ID, NUMBER, TEXT, TIME, choice_of
from asyncsdk.server.store.schema import (
    asset,
    asset_tag,
    data,
    data_source,
    data_tag,
    dataset,
    dataset_version,
    tag,
)
from asyncsdk.wire.query.syntax import excerpt

__all__ = ["SCHEMAS", "QuerySchema", "Subject"]

Subject: TypeAlias = Literal["asset", "data"]
"""What a query filters."""

Path: TypeAlias = tuple[str, ...]

_MOST_KEYS = 20


@attrs.frozen(eq=False)
class QuerySchema:
    """What can be asked of one kind of object; it does not depend on the objects at hand."""

    fields: Mapping[Path, Field]
    """Properties by their path."""

    documents: Mapping[Path, ColumnElement[Any]]
    """JSON columns by their path; below them any key is a property."""

    def find(self, path: Path) -> Field:
        """Return the property at a path.

        Raises:
            InvalidArgumentError: there is none.
        """
        if path in self.fields:
            return self.fields[path]
        for root, column in self.documents.items():
            keys = path[len(root) :]
            if path[: len(root)] == root and keys:
                if len(keys) > _MOST_KEYS:
                    raise InvalidArgumentError(f"more than {_MOST_KEYS} keys in a path")
                return JsonField(column, keys)
        raise self._unknown(path)

    def column(self, path: Path) -> ColumnElement[Any]:
        """Return the column at a path that listings can be ordered by.

        Raises:
            InvalidArgumentError: there is none.
        """
        field = self.fields.get(path)
        if isinstance(field, PlainField):
            return field.column
        plain = [path for path, field in self.fields.items() if isinstance(field, PlainField)]
        raise InvalidArgumentError(
            f"cannot order by {excerpt('.'.join(path))}; choose one of {_listed(plain)}"
        )

    def _unknown(self, path: Path) -> InvalidArgumentError:
        name = ".".join(path)
        if path in self.documents:
            return InvalidArgumentError(f'"{name}" needs a key, as in {name}.reference')
        known = [".".join(known) for known in self.fields]
        close = difflib.get_close_matches(name, known, n=2, cutoff=0.7)
        hint = f"; did you mean {' or '.join(close)}?" if close else "."
        paths = [*self.fields, *((*root, "<key>") for root in self.documents)]
        if path[0] == "annotations" and path[0] in {one[0] for one in paths}:
            paths = [one for one in paths if one[0] == path[0]]
        return InvalidArgumentError(
            f"unknown property {excerpt(name)}{hint} The properties are {_listed(paths)}"
        )


def _listed(paths: Sequence[Path]) -> str:
    """Name the paths; those of what belongs to the object only where there are no others."""
    inner = {"data": 'those of its data after "data."', "annotations": 'those of its "annotations."'}
    own = [".".join(path) for path in paths if path[0] not in inner]
    if not own:
        return ", ".join(sorted(".".join(path) for path in paths))
    met = [text for name, text in inner.items() if any(path[0] == name for path in paths)]
    return f"{', '.join(sorted(own))}{', and ' if met else ''}{' and '.join(met)}"


def _tags(owner: Table, links: Table) -> dict[Path, Field]:
    link = (owner.c.seq, links.c.target, links.c.tag, select(tag.c.seq))
    return {
        ("tags", "id"): RelatedField(tag.c.id, ID, *link),
        ("tags", "name"): RelatedField(tag.c.name, TEXT, *link),
    }


_placed = asset.alias("placed")
_placement = (data.c.seq, _placed.c.data, _placed.c.version)
_source = ReferredField(data_source.c.name, TEXT, data.c.data_source, select(data_source.c.seq))
_width, _height, _size = (PlainField(data.c[name], NUMBER) for name in ("width", "height", "size_bytes"))

_DATA: dict[Path, Field] = {
    ("id",): PlainField(data.c.id, ID),
    ("created_at",): PlainField(data.c.created_at, TIME),
    ("filename",): PlainField(data.c.filename, TEXT),
    ("object_name",): PlainField(data.c.object_name, TEXT),
    ("type",): PlainField(data.c.type, choice_of(DataType)),
    ("content_type",): PlainField(data.c.content_type, TEXT),
    ("upload_status",): PlainField(data.c.upload_status, choice_of(DataUploadStatus)),
    ("width",): _width,
    ("height",): _height,
    ("meta", "width"): _width,
    ("meta", "height"): _height,
    ("size",): _size,
    ("size_bytes",): _size,
    ("file_size",): _size,
    ("source",): _source,
    ("data_source",): _source,
    ("data_source", "name"): _source,
    **_tags(data, data_tag),
    ("datasets", "name"): RelatedField(
        dataset.c.name, TEXT, *_placement, select(dataset_version.c.seq).join(dataset)
    ),
    ("datasets", "version"): RelatedField(
        dataset_version.c.version, TEXT, *_placement, select(dataset_version.c.seq)
    ),
}
_DATA_DOCUMENTS: dict[Path, ColumnElement[Any]] = {
    ("metadata",): data.c.metadata,
    ("custom_metadata",): data.c.custom_metadata,
}

SCHEMAS: Mapping[Subject, QuerySchema] = {
    "data": QuerySchema(_DATA, _DATA_DOCUMENTS),
    "asset": QuerySchema(
        {
            **_DATA,
            **{("data", *path): field for path, field in _DATA.items()},
            ("id",): PlainField(asset.c.id, ID),
            ("created_at",): PlainField(asset.c.created_at, TIME),
            **_tags(asset, asset_tag),
            **{("annotations", *path): field for path, field in ANNOTATIONS.items()},
        },
        {**_DATA_DOCUMENTS, **{("data", *path): column for path, column in _DATA_DOCUMENTS.items()}},
    ),
}
"""What can be asked of data, and of assets: their own properties and those of their data."""
