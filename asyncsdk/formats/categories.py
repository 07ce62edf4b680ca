"""The categories of a file that is built: the labels of a dataset version in their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import attrs

from asyncsdk.errors import InvalidArgumentError, NotFoundError
from asyncsdk.formats.objects import Category
from asyncsdk.records.labels import LabelGroupRecord, LabelRecord, Skeleton

__all__ = ["CategoryBook", "categories_of"]


def categories_of(
    labels: Iterable[LabelRecord], groups: Iterable[LabelGroupRecord], skeletons: Mapping[str, Skeleton]
) -> tuple[Category, ...]:
    """Return a category for each label, in the labels' order.

    The groups around a label become its supercategory, outermost first: `vehicles.trucks`.

    Args:
        labels: the labels.
        groups: all groups of their version.
        skeletons: skeletons by the id of their label.
    """
    by_id = {group.id: group for group in groups}
    return tuple(
        Category(
            name=label.name,
            supercategory=_path(label.group_id, by_id),
            keypoints=skeletons[label.id].vertices if label.id in skeletons else None,
            skeleton=skeletons[label.id].edges if label.id in skeletons else None,
        )
        for label in labels
    )


def _path(group_id: str | None, groups: Mapping[str, LabelGroupRecord]) -> str | None:
    names: dict[str, str] = {}
    while group_id is not None and group_id in groups and group_id not in names:
        group = groups[group_id]
        names[group.id] = group.name
        group_id = group.parent_id
    return ".".join(reversed(names.values())) or None


@attrs.define
class CategoryBook:
    """Numbers categories from 0 in their order.

    Example:
        >>> book = CategoryBook.of([Category(name="car"), Category(name="bus")], ["bus"])
        >>> [book.number(name) for name in ("car", "bus", "a label that came meanwhile")]
        [1, 0, 2]
    """

    categories: list[Category]
    _numbers: dict[str, int]

    @classmethod
    def of(cls, categories: Iterable[Category], first: Sequence[str] | None = None) -> CategoryBook:
        """Return a book of categories.

        Args:
            categories: the categories, each name once.
            first: names of those that come first, in this order; the others follow in their own.

        Raises:
            NotFoundError: there is none of a name.
            InvalidArgumentError: a name is there twice.
        """
        by_name = {category.name: category for category in categories}
        for place, name in enumerate(first or ()):
            if name not in by_name:
                raise NotFoundError(
                    f"enforced_ordered_categories: no label has the name {name!r}", status=404
                )
            if name in (first or ())[:place]:
                raise InvalidArgumentError(f"enforced_ordered_categories: {name!r} is there twice")
        ordered = [by_name[name] for name in dict.fromkeys([*(first or ()), *by_name])]
        return cls(ordered, {category.name: number for number, category in enumerate(ordered)})

    def number(self, name: str) -> int:
        """Return the number of a category; a name that is new, as a label renamed meanwhile has, gets the next."""
        known = self._numbers.get(name)
        if known is None:
            known = self._numbers[name] = len(self.categories)
            self.categories.append(Category(name=name))
        return known
