"""Labels for an import: looked up first, made only when the file and the assets were validated."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable

import attrs

from asyncsdk.enums import InferenceType
from asyncsdk.errors import ApiError, ConflictError, FormatError, NotFoundError
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Category
from asyncsdk.records.labels import MOST_GROUP_LEVELS, LabelGroupRecord, LabelPatch, LabelRecord, Skeleton
from asyncsdk.resources import labelling
from asyncsdk.resources.connection import Connection
from asyncsdk.resources.import_options import ImportOptions
from asyncsdk.resources.import_version import ImportVersion
from asyncsdk.wire import routes

__all__ = ["LabelPlan", "check_known", "make_labels", "plan_labels"]

_LONGEST_NAME = 255

Path = tuple[str, ...]
"""Names of groups, from the top."""


@attrs.define(kw_only=True)
class LabelPlan:
    """Which labels a file wants, and what is there."""

    categories: tuple[Category, ...]
    known: dict[str, LabelRecord]
    """Labels of the version by name."""

    vertices: dict[str, int] = attrs.field(factory=dict)
    """How many keypoints a label has, where it has a skeleton or will get one."""

    skeletons: dict[str, Skeleton] = attrs.field(factory=dict)
    """That labels will get."""

    groups: dict[str, Path] = attrs.field(factory=dict)
    """That labels will be put into."""


async def plan_labels(
    options: ImportOptions,
    version: ImportVersion,
    categories: Iterable[Category],
    file: str,
    loss: LossReport,
) -> LabelPlan:
    """Look at the labels of the version, and plan what an import makes of a file's categories.

    Args:
        options: how to import.
        version: with its labels.
        categories: of the file, each name once.
        file: its name, for messages.
        loss: takes what cannot be kept.

    Raises:
        FormatError: a category has a name that no label can have.
        ConflictError: a label has the skeleton of other keypoints.
    """
    wanted = tuple(categories)
    for category in wanted:
        _check_category(category, file)
    plan = LabelPlan(categories=wanted, known={record.name: record for record in version.labels})
    if version.type in {InferenceType.KEYPOINT, InferenceType.MULTI}:
        await _plan_skeletons(options, plan, file, loss)
    else:
        for category in wanted:
            if category.keypoints:
                reason = f"a version of type {version.type} takes no skeletons"
                loss.dropped(file, f"category {category.name!r}", "skeleton", reason)
    await _plan_groups(options, plan, file, loss)
    return plan


async def make_labels(options: ImportOptions, plan: LabelPlan, used: Collection[str]) -> dict[str, str]:
    """Make what is missing, and return the ids of labels by name.

    Args:
        options: how to import.
        plan: what is wanted.
        used: labels that shapes have.

    Raises:
        LockedError: the version was locked meanwhile.
    """
    connection, version_id = options.connection, options.version_id
    if options.force_create_label:
        names = dict.fromkeys([*(category.name for category in plan.categories), *used])
        missing = [name for name in names if name not in plan.known]
        if missing:
            made = await labelling.find_or_create_labels(connection, version_id, missing)
            plan.known |= {record.name: record for record in made}
        await _make_groups(connection, version_id, plan)
    for name, skeleton in plan.skeletons.items():
        if name in plan.known:
            await connection.act(routes.SET_SKELETON, body=skeleton, query=None, label=plan.known[name].id)
    return {name: record.id for name, record in plan.known.items()}


def check_known(options: ImportOptions, plan: LabelPlan, used: Iterable[str]) -> None:
    """Fail where labels are missing that must not be made.

    Raises:
        NotFoundError: so it is; the text names them.
    """
    missing = [name for name in used if name not in plan.known]
    if missing and not options.force_create_label:
        raise NotFoundError(
            f"{len(missing)} labels are not there, and force_create_label is off: "
            f"{', '.join(map(repr, missing[:20]))}",
            status=404,
        )


def _check_category(category: Category, file: str) -> None:
    place, path = f"category {category.name[:40]!r}", _path(category)
    _check_name(category.name, "a label", file, place)
    for name in path:
        _check_name(name, "a group", file, place)
    if len(path) > MOST_GROUP_LEVELS:
        rule = f"groups are at most {MOST_GROUP_LEVELS} deep, the supercategory has {len(path)} parts"
        raise FormatError(file, place, rule)


def _check_name(name: str, what: str, file: str, place: str) -> None:
    if not name.strip() or len(name) > _LONGEST_NAME:
        raise FormatError(file, place, f"{what} has 1 to {_LONGEST_NAME} characters")
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in name if not " " <= char <= "~"):
        raise FormatError(file, place, f"{what} has no control characters")


async def _plan_skeletons(options: ImportOptions, plan: LabelPlan, file: str, loss: LossReport) -> None:
    try:
        stored = (await labelling.list_skeletons(options.connection, options.version_id)).items
    except NotFoundError:  # platforms of the older generation have none
        stored = None
    names = {record.id: name for name, record in plan.known.items()}
    for label_id, skeleton in (stored or {}).items():
        if label_id in names:
            plan.vertices[names[label_id]] = len(skeleton.vertices)
    for category in plan.categories:
        if category.keypoints:
            record = plan.known.get(category.name)
            there = None if record is None or stored is None else stored.get(record.id)
            _plan_skeleton(category, category.keypoints, there, plan, file, loss, can_have=stored is not None)


def _plan_skeleton(
    category: Category,
    vertices: tuple[str, ...],
    there: Skeleton | None,
    plan: LabelPlan,
    file: str,
    loss: LossReport,
    *,
    can_have: bool,
) -> None:
    name, place = category.name, f"category {category.name!r}"
    edges = category.skeleton or ()
    if there is not None:
        if there.vertices != vertices:
            raise ConflictError(
                f"{file}: {place} has the keypoints {', '.join(vertices)}, but the label's skeleton in this version "
                f"has {', '.join(there.vertices)}; rename the category or change the skeleton",
                status=409,
            )
        if set(map(frozenset, there.edges)) != set(map(frozenset, edges)):
            loss.changed(file, place, "skeleton-edges", "the label keeps the edges that its skeleton has")
        return
    count = len(vertices)
    plan.vertices[name] = count
    if not can_have:
        loss.dropped(file, place, "skeleton", "this platform keeps no skeletons")
    elif len(set(vertices)) < count:
        loss.dropped(file, place, "skeleton", "two keypoints have one name")
    else:
        for vertex in vertices:
            _check_name(vertex, "a keypoint", file, place)
        sound = tuple(edge for edge in edges if edge[0] != edge[1] and all(1 <= end <= count for end in edge))
        if sound != edges:
            loss.dropped(file, place, "skeleton-edges", "edges that do not join two keypoints are left out")
        plan.skeletons[name] = Skeleton(vertices, sound)


def _path(category: Category) -> Path:
    """Return the groups that a supercategory means: parted by dots, from the top."""
    return tuple(part.strip() for part in (category.supercategory or "").split(".") if part.strip())


async def _plan_groups(options: ImportOptions, plan: LabelPlan, file: str, loss: LossReport) -> None:
    wanted = {category.name: path for category in plan.categories if (path := _path(category))}
    for category in plan.categories:
        plain = ".".join(wanted.get(category.name, ()))
        if plain != (category.supercategory or ""):
            became = f"became the group {plain!r}" if plain else "names no group"
            reason = f"the supercategory {category.supercategory!r} {became}"
            loss.changed(file, f"category {category.name!r}", "supercategory", reason)
    if not wanted:
        return
    try:
        groups = await labelling.list_groups(options.connection, options.version_id)
    except ApiError as error:
        if error.status not in {404, 405}:
            raise
        place = f"categories of {len(wanted)} labels"
        loss.dropped(file, place, "supercategory", "this platform has no label groups")
        return
    paths = _paths_of(groups)
    for name, path in wanted.items():
        record = plan.known.get(name)
        there = None if record is None or record.group_id is None else paths.get(record.group_id)
        if there is None and options.force_create_label:
            plan.groups[name] = path
        elif there != path and (there is not None or record is not None):
            stays = f"in the group {'.'.join(there)!r}" if there else "in no group"
            loss.changed(file, f"category {name!r}", "supercategory", f"the label stays {stays}")


def _paths_of(groups: Iterable[LabelGroupRecord]) -> dict[str, Path]:
    by_id = {group.id: group for group in groups}

    def path(group: LabelGroupRecord | None) -> Path:
        return () if group is None else (*path(by_id.get(group.parent_id or "")), group.name)

    return {group.id: path(group) for group in by_id.values()}


async def _make_groups(connection: Connection, version_id: str, plan: LabelPlan) -> None:
    if not plan.groups:
        return
    ids = {
        path: group_id
        for group_id, path in _paths_of(await labelling.list_groups(connection, version_id)).items()
    }
    for name, path in plan.groups.items():
        await _make_path(connection, version_id, path, ids)
        patch = LabelPatch(group_id=ids[path])
        await connection.call(routes.UPDATE_LABEL, LabelRecord, body=patch, label=plan.known[name].id)


async def _make_path(connection: Connection, version_id: str, path: Path, ids: dict[Path, str]) -> None:
    for depth in range(1, len(path) + 1):
        part = path[:depth]
        if part not in ids:
            parent_id = ids.get(part[:-1])
            made = await labelling.find_or_create_group(connection, version_id, parent_id, part[-1])
            ids[part] = made.id
