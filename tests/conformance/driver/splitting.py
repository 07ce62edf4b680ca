"""Splitting a version into parts, which reads its assets with their annotations."""

from __future__ import annotations

from collections import Counter

from annotated import version_of
from checks import equal, holds, refused
from picsellia.exceptions import NoDataError

__all__ = ["split"]

_GROUPS = {
    (0.8, 0.2): [[7, 3, 2, 8, 5, 6, 9, 4], [0, 1]],
    (0.64, 0.16, 0.20): [[7, 3, 2, 8, 5, 6], [9, 4], [0, 1]],
}
"""Which of ten annotated assets, in the order of the listing, the seed 42 puts where (protocol, section 8)."""


def split(world):
    """Split in every way, in pages too, and count the labels of the parts."""
    version = version_of(world, "split", "MULTI")
    with refused(NoDataError, "a split of a version without annotations"):
        version.train_test_split(random_seed=42)
    car, bird, way = labels = [version.create_label(name) for name in ("car", "bird", "way")]
    uses = {}
    for number, asset in enumerate(version.list_assets(order_by=["filename"])[:-2]):
        annotation = asset.create_annotation()
        annotation.create_multiple_rectangles([(1, 1, 2, 2, car)] * (1 + number))
        annotation.create_line([[0, 0], [1, 1]], way)
        if number % 2:
            annotation.create_polygon([[0, 0], [4, 0], [4, 4]], bird)
            annotation.create_classification(bird)
        uses[asset.filename] = Counter({"car": 1 + number, "bird": number % 2 * 2, "way": 1})
    names = [asset.filename for asset in version.list_assets() if asset.filename in uses]
    equal(len(names), 10, "annotated assets")
    for page in (100, 3):
        _train_and_test(version, names, uses, page)
    parts, counts, said = version.split_into_multi_assets(
        [1, 1, 2], random_seed="abc", load_asset_page_size=7
    )
    _compare(parts, [[4, 3], [0, 9, 1], [2, 6, 5, 7, 8]], names)
    for part, found in zip(parts, counts, strict=True):
        equal(+Counter(found), _sum(part, uses), "labels of a part")
    equal({label.id for label in said}, {label.id for label in labels}, "all labels")
    holds(len(version.train_test_split()[0]) == 8, "a split without a seed")
    head, tail = version.list_assets(order_by=["filename"]).split(0.25)
    equal((len(head), len(tail)), (3, 9), "assets split in their order")


def _train_and_test(version, names, uses, page):
    train, test, *counts, said = version.train_test_split(random_seed=42, load_asset_page_size=page)
    _compare([train, test], _GROUPS[0.8, 0.2], names)
    _compare_counts([train, test], counts, uses)
    equal(sorted(label.name for label in said), ["bird", "car", "way"], "all labels")
    *parts, first, second, third, _ = version.train_test_val_split(random_seed=42, load_asset_page_size=page)
    _compare(parts, _GROUPS[0.64, 0.16, 0.20], names)
    _compare_counts(parts, [first, second, third], uses)


def _compare(parts, groups, names):
    got = [[asset.filename for asset in part] for part in parts]
    equal(got, [[names[place] for place in group] for group in groups], "assets of the parts")


def _compare_counts(parts, counts, uses):
    for part, found in zip(parts, counts, strict=True):
        equal(dict(zip(found["x"], found["y"], strict=True)), dict(_sum(part, uses)), "labels of a part")


def _sum(part, uses):
    return sum((uses[asset.filename] for asset in part), Counter())
