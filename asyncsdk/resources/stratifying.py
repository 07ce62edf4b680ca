"""Stratified splits of assets that carry any number of labels: a pure function of counts and a generator.

Iterative stratification: K. Sechidis, G. Tsoumakas and I. Vlahavas, "On the Stratification of Multi-Label
Data", ECML PKDD 2011, algorithm 1. The rarest label goes first, as what is rare cannot be balanced later;
each of its assets goes to the part that wants the label most. Two things are added to the paper:

- A part that is full gets nothing more, so that the sizes of the parts are exact.
- Assets of a group stay together: they are one unit, larger units go first, and a part may then be
  exceeded by less than the unit that filled it.

All counts are whole numbers, so that nothing depends on rounding.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from random import Random

import attrs

__all__ = ["Unit", "allot"]


@attrs.frozen
class Unit:
    """What goes to one part as a whole: an asset, or a group of assets."""

    size: int
    """Its assets."""

    labels: Mapping[str, int]
    """How many of its assets carry each label."""


def allot(units: Sequence[Unit], targets: Sequence[int], generator: Random) -> list[int]:
    """Return the part of each unit.

    Args:
        units: in random order; where nothing else decides, earlier ones go first.
        targets: how many assets each part should have; as many in all as the units have.
        generator: chooses between parts that are equal in everything.
    """
    allotment = _Allotment(units, targets, generator)
    while (label := allotment.rarest()) is not None:
        allotment.spread(label)
    allotment.spread_rest()
    return allotment.part_of


class _Allotment:
    """Units on their way to their parts.

    Attributes:
        part_of: the part of each unit, -1 while it has none.
    """

    def __init__(self, units: Sequence[Unit], targets: Sequence[int], generator: Random) -> None:
        self.part_of = [-1] * len(units)
        self._units = units
        self._generator = generator
        self._room = list(targets)
        self._order = sorted(range(len(units)), key=lambda place: -units[place].size)
        self._left: Counter[str] = Counter()
        self._with_label: defaultdict[str, list[int]] = defaultdict(list)
        for place in self._order:
            self._left.update(units[place].labels)
            for label in units[place].labels:
                self._with_label[label].append(place)
        self._whole = sum(targets)
        # what each part wants of a label, times the number of all assets
        self._wanted = {label: [target * n for target in targets] for label, n in self._left.items()}

    def rarest(self) -> str | None:
        """Return the label that the fewest of the assets without a part carry; of equal ones the smallest id."""
        return min(self._left, key=lambda label: (self._left[label], label), default=None)

    def spread(self, label: str) -> None:
        """Give the units that carry a label to the parts that want it most."""
        wanted = self._wanted[label]
        for place in self._with_label[label]:
            if self.part_of[place] < 0:
                self._give(place, wanted)
        self._left.pop(label, None)

    def spread_rest(self) -> None:
        """Give the units without labels to the parts that have most room."""
        for place in self._order:
            if self.part_of[place] < 0:
                self._give(place, self._room)

    def _give(self, place: int, wanted: Sequence[int]) -> None:
        unit, part = self._units[place], self._choose(wanted)
        self.part_of[place] = part
        self._room[part] -= unit.size
        for label, count in unit.labels.items():
            self._wanted[label][part] -= count * self._whole
            self._left[label] -= count
            if not self._left[label]:
                del self._left[label]

    def _choose(self, wanted: Sequence[int]) -> int:
        """Return the part that wants most, among those with room; there is one while units are left."""
        room = self._room
        best, chosen = (0, 0), list[int]()
        for part, free in enumerate(room):
            if free > 0:
                rank = wanted[part], free
                if not chosen or rank > best:
                    best, chosen = rank, [part]
                elif rank == best:
                    chosen.append(part)
        return chosen[0] if len(chosen) == 1 else self._generator.choice(chosen)
