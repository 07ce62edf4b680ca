"""How two versions of a dataset differ: `other` compared with `this`, so what `other` has more is added."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

__all__ = [
    "AssetDifference",
    "DifferencePage",
    "LabelDifference",
    "NameDifference",
    "VersionDifference",
]

_MOST_ROWS = 30
"""Labels that the text of a report shows."""

_MOST_NAMES = 10
"""Names that one line of it shows."""


@attrs.frozen(kw_only=True)
class LabelDifference:
    """How the shapes and tracks of one label differ, in numbers."""

    label: str
    """Name of the label."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    """Shapes of both versions that have no equal in the other one, in pairs; what is over is added or removed."""


@attrs.frozen(kw_only=True)
class AssetDifference:
    """A data that is in one of the versions only, or is annotated differently in the two."""

    data_id: str
    filename: str
    asset_id: str | None = None
    """Its asset in this version; `None` when it was added."""

    other_asset_id: str | None = None
    """Its asset in the other version; `None` when it was removed."""

    labels: tuple[LabelDifference, ...] = ()
    """The labels whose shapes differ, by name; none where an asset was added or removed."""

    @property
    def is_added(self) -> bool:
        """Whether only the other version has it."""
        return self.asset_id is None

    @property
    def is_removed(self) -> bool:
        """Whether only this version has it."""
        return self.other_asset_id is None


@attrs.frozen(kw_only=True)
class DifferencePage:
    """What is different in a part of two versions; often that is nothing."""

    items: tuple[AssetDifference, ...]
    next_cursor: str | None = None
    """Where the next part begins; `None` at the end."""


@attrs.frozen(kw_only=True)
class NameDifference:
    """Names of one kind that only one of the versions has."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @classmethod
    def between(cls, this: Iterable[str], other: Iterable[str]) -> NameDifference:
        """Return how the names of `other` differ from those of `this`.

        Example:
            >>> NameDifference.between(["car", "bus"], ["car", "tram"])
            NameDifference(added=('tram',), removed=('bus',))
        """
        before, after = set(this), set(other)
        return cls(added=tuple(sorted(after - before)), removed=tuple(sorted(before - after)))


@attrs.frozen(kw_only=True, repr=False)
class VersionDifference:
    """How one version of a dataset differs from another one.

    Example:
        >>> print(VersionDifference(this="birds/v1", other="birds/v2"))
        birds/v1 -> birds/v2: no difference
    """

    this: str
    """Dataset and version that were compared, as `birds/v1`."""

    other: str
    """Dataset and version that it was compared with."""

    added: tuple[AssetDifference, ...] = ()
    """Data that only the other version has, by file name."""

    removed: tuple[AssetDifference, ...] = ()
    """Data that only this version has, by file name."""

    changed: tuple[AssetDifference, ...] = ()
    """Data of both versions that are annotated differently, by file name."""

    labels: NameDifference = NameDifference()
    """Labels that only one of the versions knows, whether or not a shape carries them."""

    asset_tags: NameDifference = NameDifference()
    """Asset tags that only one of the versions knows."""

    @property
    def is_empty(self) -> bool:
        """Whether the versions do not differ in anything that was compared."""
        names = (*self.labels.added, *self.labels.removed, *self.asset_tags.added, *self.asset_tags.removed)
        return not (self.added or self.removed or self.changed or names)

    @property
    def label_totals(self) -> tuple[LabelDifference, ...]:
        """The differences of the changed assets' shapes, summed up by label, by name."""
        totals: dict[str, LabelDifference] = {}
        for asset in self.changed:
            for one in asset.labels:
                known = totals.get(one.label, LabelDifference(label=one.label))
                totals[one.label] = attrs.evolve(
                    known,
                    added=known.added + one.added,
                    removed=known.removed + one.removed,
                    changed=known.changed + one.changed,
                )
        return tuple(totals[name] for name in sorted(totals))

    def __str__(self) -> str:
        return "\n".join([self._headline(), *_table(self.label_totals), *self._names()])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._headline()}>"

    def _headline(self) -> str:
        counts = f"{len(self.added)} added, {len(self.removed)} removed, {len(self.changed)} changed"
        return f"{self.this} -> {self.other}: {'no difference' if self.is_empty else f'assets {counts}'}"

    def _names(self) -> list[str]:
        lines = {
            "labels added": self.labels.added,
            "labels removed": self.labels.removed,
            "asset tags added": self.asset_tags.added,
            "asset tags removed": self.asset_tags.removed,
        }
        return [f"{what}: {_shortened(names)}" for what, names in lines.items() if names]


def _shortened(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _table(totals: Sequence[LabelDifference]) -> list[str]:
    """Return the lines of a table with a row for each label."""
    if not totals:
        return []
    shown = totals[:_MOST_ROWS]
    width = max(len("shapes of"), *(len(one.label) for one in shown))
    lines = [f"{'shapes of':{width}} {'added':>9} {'removed':>9} {'changed':>9}"]
    lines += [f"{one.label:{width}} {one.added:9} {one.removed:9} {one.changed:9}" for one in shown]
    if len(totals) > len(shown):
        lines.append(f"... and {len(totals) - len(shown)} more labels")
    return lines
