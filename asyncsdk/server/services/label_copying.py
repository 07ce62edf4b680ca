"""Bringing labels from one version into another, with skeletons, attributes and the groups that they are in."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from sqlalchemy import bindparam, select, update

from asyncsdk.errors import ConflictError
from asyncsdk.server.store.base import Row, Rows, Work
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import label, label_group
from asyncsdk.server.store.statements import Prepared, insertion

__all__ = ["check_skeletons", "copy_labels"]

_Path = tuple[str, ...]
"""Names of the groups from the top down; unique in a version."""

_LABELS = Prepared(select(label).where(label.c.version == bindparam("version")).order_by(label.c.seq))
_INSERT_LABELS = Prepared(insertion(label))
_GROUPS = Prepared(
    select(label_group).where(label_group.c.version == bindparam("version")).order_by(label_group.c.seq)
)
_INSERT_GROUPS = Prepared(insertion(label_group))
_SET_PARENT = Prepared(
    update(label_group).where(label_group.c.seq == bindparam("key")).values(parent=bindparam("new_parent"))
)
_theirs = label.alias("theirs")
_OTHER_SKELETON = Prepared(
    select(label.c.name)
    .join(_theirs, _theirs.c.name == label.c.name)
    .where(
        label.c.version == bindparam("target"),
        _theirs.c.version == bindparam("source"),
        _theirs.c.skeleton.is_not(None),
        label.c.skeleton.is_distinct_from(_theirs.c.skeleton),
    )
    .order_by(label.c.name)
    .limit(1)
)


def check_skeletons(source: int, target: int) -> Work[None]:
    """Fail if keypoints of the source would stand for something else in the target.

    Raises:
        ConflictError: a label of both has another skeleton there.
    """
    other = yield _OTHER_SKELETON(source=source, target=target)
    if other:
        raise ConflictError(
            f"label {other[0]['name']!r} has another skeleton in the destination: make them the same first",
            status=409,
        )


def copy_labels(source: int, target: int, wanted: Container[int] | None = None) -> Work[None]:
    """Make the labels that the target lacks, in their order, with the groups that they are in.

    Args:
        source: `seq` of the version that has them.
        target: `seq` of the version that gets them.
        wanted: `seq` of the labels; `None` takes all, and all groups too.
    """
    known = {row["name"] for row in (yield _LABELS(version=target))}
    found = yield _LABELS(version=source)
    rows = [row for row in found if row["name"] not in known and (wanted is None or row["seq"] in wanted)]
    groups = yield from _copy_groups(source, target, None if wanted is None else rows)
    yield _INSERT_LABELS.many([_new(row, target, label_group=groups.get(row["label_group"])) for row in rows])


def _copy_groups(source: int, target: int, labels: Rows | None) -> Work[dict[int, int]]:
    """Make the groups that the target lacks; return the `seq` of each group there by the one here.

    Args:
        source: the version that has them.
        target: the version that gets them.
        labels: those whose groups are wanted; `None` takes all groups.
    """
    theirs = {row["seq"]: row for row in (yield _GROUPS(version=source))}
    paths = {seq: _path(seq, theirs) for seq in theirs}
    wanted = set(paths.values())
    if labels is not None:
        named = {paths[row["label_group"]] for row in labels if row["label_group"] is not None}
        wanted = {path[:length] for path in named for length in range(1, len(path) + 1)}
    ours = yield from _groups_of(target)
    missing = {path: seq for seq, path in paths.items() if path in wanted and path not in ours}
    rows = {path: _new(theirs[seq], target, parent=None) for path, seq in missing.items()}
    yield _INSERT_GROUPS.many([*rows.values()])
    made = {row["id"]: row["seq"] for row in (yield _GROUPS(version=target))}
    ours |= {path: made[row["id"]] for path, row in rows.items()}
    inner = [{"key": ours[path], "new_parent": ours[path[:-1]]} for path in rows if len(path) > 1]
    yield _SET_PARENT.many(inner)
    return {seq: ours[path] for seq, path in paths.items() if path in ours}


def _groups_of(version: int) -> Work[dict[_Path, int]]:
    groups = {row["seq"]: row for row in (yield _GROUPS(version=version))}
    return {_path(seq, groups): seq for seq in groups}


def _path(seq: int, groups: Mapping[int, Row]) -> _Path:
    names: list[str] = []
    at: int | None = seq
    while at is not None:
        names.append(groups[at]["name"])
        at = groups[at]["parent"]
    return tuple(reversed(names))


def _new(row: Row, target: int, **own: Any) -> dict[str, Any]:
    values = {name: row[name] for name in row.keys() if name != "seq"}  # noqa: SIM118 - rows iterate over values
    return values | {"id": new_id(), "created_at": now_us(), "version": target} | own
