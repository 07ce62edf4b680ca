"""The loss report: what an import or export could not keep as it was, where, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

import attrs

from asyncsdk.markup.blocks import card, table

__all__ = ["Loss", "LossKind", "LossReport"]

_KEPT_PER_RULE = 1_000


class LossKind(StrEnum):
    """What happened to the thing."""

    DROPPED = "dropped"
    CHANGED = "changed"


@attrs.frozen
class Loss:
    """One thing that was dropped or changed.

    Example:
        >>> print(Loss("coco.json", "annotations[3].bbox", LossKind.CHANGED, "box-outside", "cut to the image"))
        coco.json: annotations[3].bbox: changed (box-outside): cut to the image
    """

    file: str
    place: str
    kind: LossKind
    rule: str
    """Short name of the rule, the same for every such loss."""

    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place}: {self.kind} ({self.rule}): {self.reason}"


@attrs.define
class LossReport:
    """What was lost. Every loss is counted; of each rule the first thousand are kept word for word.

    Example:
        >>> report = LossReport()
        >>> report.dropped("coco.json", "annotations[3]", "crowd", "this type holds no masks")
        >>> len(report), report.counts
        (1, {'crowd': 1})
    """

    counts: dict[str, int] = attrs.field(factory=dict)
    """How often each rule struck."""

    _kept: dict[str, list[Loss]] = attrs.field(factory=dict, repr=False)

    def dropped(self, file: str, place: str, rule: str, reason: str) -> None:
        """Tell of something that was left out."""
        self.add(Loss(file, place, LossKind.DROPPED, rule, reason))

    def changed(self, file: str, place: str, rule: str, reason: str) -> None:
        """Tell of something that was not kept as it was."""
        self.add(Loss(file, place, LossKind.CHANGED, rule, reason))

    def add(self, loss: Loss) -> None:
        """Take a loss in."""
        self.counts[loss.rule] = self.counts.get(loss.rule, 0) + 1
        kept = self._kept.setdefault(loss.rule, [])
        if len(kept) < _KEPT_PER_RULE:
            kept.append(loss)

    def extend(self, losses: Iterable[Loss]) -> None:
        """Take several losses in."""
        for loss in losses:
            self.add(loss)

    def __iter__(self) -> Iterator[Loss]:
        """Give the losses that are kept word for word, rule by rule."""
        for kept in self._kept.values():
            yield from kept

    def __len__(self) -> int:
        """Number of losses, all of them."""
        return sum(self.counts.values())

    def __str__(self) -> str:
        head = "nothing lost" if not self.counts else f"{len(self)} lost or changed"
        rules = [f"{rule}: {count}, first {self._kept[rule][0]}" for rule, count in self.counts.items()]
        return "\n  ".join([head, *rules])

    def _repr_html_(self) -> str:
        rows = (
            (rule, f"{count:,}", self._kept[rule][0].kind, self._kept[rule][0])
            for rule, count in self.counts.items()
        )
        head = ["rule", "times", "what happened", "first"]
        tables = [table(head, rows, total=len(self.counts))] if self.counts else []
        return card(
            "LossReport", f"{len(self):,} lost or changed" if self.counts else "nothing lost", {}, *tables
        )
