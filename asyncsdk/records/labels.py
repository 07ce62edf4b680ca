"""Labels of a dataset version, the groups they are in, and the skeletons of keypoints."""

from __future__ import annotations

import attrs

from asyncsdk.records.absent import absent

__all__ = [
    "MOST_GROUP_LEVELS",
    "LabelGroupPatch",
    "LabelGroupRecord",
    "LabelNames",
    "LabelPatch",
    "LabelRecord",
    "NewLabel",
    "NewLabelGroup",
    "Skeleton",
    "Skeletons",
]

MOST_GROUP_LEVELS = 64
"""How deep groups may be nested."""


@attrs.frozen
class LabelRecord:
    """A label: a name that shapes carry, unique in its dataset version."""

    id: str
    name: str
    group_id: str | None = None


@attrs.frozen
class NewLabel:
    """Creates a label."""

    name: str


@attrs.frozen
class LabelPatch:
    """Changes what is given."""

    name: str | None = absent()
    group_id: str | None = absent("")
    """`None` takes the label out of its group; empty leaves it where it is."""


@attrs.frozen
class LabelNames:
    """Names labels."""

    names: tuple[str, ...]


@attrs.frozen
class LabelGroupRecord:
    """A group of labels; groups are in groups, and a name is unique in the group around it."""

    id: str
    name: str
    parent_id: str | None = None


@attrs.frozen
class NewLabelGroup:
    """Creates a group, at the top or in another one."""

    name: str
    parent_id: str | None = absent()


@attrs.frozen
class LabelGroupPatch:
    """Changes what is given."""

    name: str | None = absent()
    parent_id: str | None = absent("")
    """`None` moves the group to the top; empty leaves it where it is."""


@attrs.frozen
class Skeleton:
    """The keypoints of a label: their names in order, and the lines between them.

    Attributes:
        vertices: names of the keypoints, each once.
        edges: pairs of vertices, counted from 1.
    """

    vertices: tuple[str, ...]
    edges: tuple[tuple[int, int], ...] = ()


@attrs.frozen
class Skeletons:
    """The skeletons of a version by the id of their label; labels without one are left out."""

    items: dict[str, Skeleton]
