"""Skeletons of labels."""

from __future__ import annotations

import orjson
from sqlalchemy import bindparam, select, update

from asyncsdk.errors import BadRequestError, NotFoundError
from asyncsdk.records import codec
from asyncsdk.records.labels import Skeleton
from asyncsdk.server.services.dataset_versions import require_version
from asyncsdk.server.services.labels import require_label
from asyncsdk.server.services.rules import Document, check_name, json_text
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.schema import label
from asyncsdk.server.store.statements import Prepared

__all__ = ["check_skeleton", "get_skeleton", "list_skeletons", "set_skeleton"]

_SET = Prepared(
    update(label).where(label.c.seq == bindparam("key")).values(skeleton=bindparam("new_skeleton"))
)
_LIST = Prepared(
    select(label.c.id, label.c.skeleton)
    .where(label.c.version == bindparam("version"), label.c.skeleton.is_not(None))
    .order_by(label.c.seq)
)


def get_skeleton(scope: Scope, label_id: str) -> Work[Document]:
    """Return a label's skeleton.

    Raises:
        NotFoundError: the label has none.
    """
    row = yield from require_label(scope, label_id)
    if row["skeleton"] is None:
        raise NotFoundError(f"label {row['name']!r} has no skeleton", status=404)
    skeleton: Document = orjson.loads(row["skeleton"])
    return skeleton


def set_skeleton(scope: Scope, label_id: str, body: Skeleton) -> Work[Document]:
    """Give a label a skeleton in place of the one it has.

    Raises:
        BadRequestError: the skeleton breaks a rule.
        LockedError: the dataset version is locked.
    """
    check_skeleton(body)
    row = yield from require_label(scope, label_id, change=True)
    document: Document = codec.dump(body)
    yield _SET(key=row["seq"], new_skeleton=json_text(document, "skeleton"))
    return document


def list_skeletons(scope: Scope, version_id: str) -> Work[Document]:
    """Return the skeletons of a version by label id; labels without one are left out."""
    version = yield from require_version(scope, version_id)
    rows = yield _LIST(version=version["seq"])
    return {"items": {row["id"]: orjson.Fragment(row["skeleton"]) for row in rows}}


def check_skeleton(skeleton: Skeleton) -> None:
    """Check the rules of a skeleton.

    Raises:
        BadRequestError: there is no vertex, one has no name or that of another, or an edge does not join two.
    """
    count = len(skeleton.vertices)
    if not count:
        raise BadRequestError("vertices: give at least one", status=400)
    seen: dict[str, int] = {}
    for index, name in enumerate(skeleton.vertices):
        check_name(name, f"vertices[{index}]")
        if seen.setdefault(name, index) != index:
            raise BadRequestError(
                f"vertices[{index}]: {name!r} is vertices[{seen[name]}] already", status=400
            )
    for index, (first, second) in enumerate(skeleton.edges):
        if not (1 <= first <= count and 1 <= second <= count):
            raise BadRequestError(
                f"edges[{index}]: vertices are counted from 1 to {count}, got [{first}, {second}]", status=400
            )
        if first == second:
            raise BadRequestError(f"edges[{index}]: joins vertex {first} with itself", status=400)
