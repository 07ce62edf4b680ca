"""The published clients and ours split the same version with the same seed; both get the same parts.

One difference is allowed, and looked for: theirs do not count masks (the older one no keypoints either).
"""

from __future__ import annotations

import asyncio
import random
from itertools import chain
from types import SimpleNamespace

import pytest
from conformance.asking import ask_theirs
from PIL import Image

import asyncsdk
from asyncsdk.wire import routes

pytestmark = [pytest.mark.conformance, pytest.mark.timeout(300)]

OLD, NEW = "6.19.2", "6.37.0"
COUNT, ANNOTATED = 60, 50
MASK = ":3S1"
"""Three pixels of an image of 8 by 6."""

ORDER = ("version", "method", "ratios", "seed", "page")
TRAIN_TEST, TRAIN_TEST_VAL, MANY = "train_test_split", "train_test_val_split", "split_into_multi_assets"
SAME = [
    (TRAIN_TEST, [0.8, 0.2], 42, 100),
    (TRAIN_TEST, [0.35, 0.65], "a text", 7),
    (TRAIN_TEST, [0.57, 0.43], 1.5, 1000),
    (TRAIN_TEST_VAL, [0.64, 0.16, 0.20], 42, 100),
    (TRAIN_TEST_VAL, [5.0, 3.0, 2.0], "bytes:x", 33),
    (MANY, [0.2, 0.5, 0.3], -7, 100),
    (MANY, [1] * 8, "", 50),
    (MANY, [3, 1], 2**70, 100),
]
LOST = [(TRAIN_TEST_VAL, [0.7, 0.2, 0.1], 42, 100), (MANY, [1] * 10, 42, 100), (MANY, [70, 20, 10], 42, 100)]
"""Boundaries that differ between Pythons: before 3.12 the plain sum puts the last one before the end."""
REFUSED = [(TRAIN_TEST, [0.0, 1.0], 42, 100), (TRAIN_TEST, [1.0, 0.0], 42, 100), (MANY, [0, 1], 42, 100)]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Paths of sixty small images."""
    folder = tmp_path_factory.mktemp("pictures")
    paths = [folder / f"{number:02}.png" for number in range(COUNT)]
    for number, path in enumerate(paths):
        Image.new("RGB", (8, 6), (number, 9, 90)).save(path)
    return paths


@pytest.fixture(
    scope="module", params=[(OLD, False), (NEW, False), (NEW, True)], ids=["old", "new", "new on strict"]
)
def said(request, platform, strict_platform, make_org, pictures):
    """What both say of each order, `.theirs` and `.ours`, in the orders' sequence."""
    release, strict = request.param
    return compare(release, make_org(strict_platform if strict else platform), pictures)


def compare(release, org, pictures):
    """Let both split one version, in every way."""

    async def main():
        async with asyncsdk.Client(org.host, api_token=org.token, organization=org.name) as client:
            version = await annotated_version(client, pictures)
            orders = [dict(zip(ORDER, (version.id, *one), strict=True)) for one in (*SAME, *LOST, *REFUSED)]
            theirs = ask_theirs(release, "same_splits.py", org, orders)
            ours = [await split(version, order) for order in orders]
            annotated = await version.list_assets(q="annotations.id != None")
        return SimpleNamespace(
            release=release, names={one.filename for one in annotated}, theirs=theirs, ours=ours
        )

    return asyncio.run(main())


async def annotated_version(client, pictures):
    """Return a version with shapes of all kinds, whose labels are met in many orders."""
    version = await (await client.create_dataset("splits")).create_version("v1", type="multi")
    await version.add_data(
        await (await client.get_datalake()).upload_data(pictures, progress=False), wait=True
    )
    labels = {label.name: label.id for label in await version.create_labels([*"abcdef", "masked", "posed"])}
    generator = random.Random(1)
    elements = [
        {"asset_id": asset.id, **shapes(generator, labels)}
        for asset in (await version.list_assets(order_by=["filename"]))[:ANNOTATED]
    ]
    body = {"import_type": "REPLACE", "annotations": elements}
    await version._connection.call(routes.BULK_ANNOTATIONS, dict[str, int], body=body, version=version.id)
    return version


def shapes(generator, labels):
    """Return some shapes of each kind; what theirs do not count has labels of its own."""
    forms = {
        "rectangles": {"x": 0, "y": 0, "w": 1, "h": 1},
        "classifications": {},
        "points": {"point": [1, 1], "order": 0},
        "polygons": {"polygon": [[0, 0], [4, 0], [4, 4]]},
        "lines": {"line": [[0, 0], [1, 1]]},
    }
    found = {
        kind: [form | {"label_id": labels[generator.choice("abcdef")]} for _ in range(generator.randrange(4))]
        for kind, form in forms.items()
    }
    posed = [{"keypoints": [[1, 1, 2]], "label_id": labels["posed"]}]
    return found | {"masks": [{"mask": MASK, "label_id": labels["masked"]}], "keypoints": posed}


async def split(version, order):
    """Split as the driver does, with ours."""
    ratios, seed, page = order["ratios"], order["seed"], order["page"]
    if isinstance(seed, str) and seed.startswith("bytes:"):
        seed = seed.removeprefix("bytes:").encode()
    if order["method"] == MANY:
        parts, counts, _ = await version.split_into_multi_assets(ratios, seed, page)
    else:
        share = ratios[0] if order["method"] == TRAIN_TEST else ratios
        *found, _ = await getattr(version, order["method"])(share, seed, page)
        parts, tables = found[: len(found) // 2], found[len(found) // 2 :]
        counts = [dict(zip(one["x"], one["y"], strict=True)) for one in tables]
    names = [[asset.filename for asset in part] for part in parts]
    return [names, [[[name, count] for name, count in found.items()] for found in counts]]


def without(names, counts):
    return [[pair for pair in found if pair[0] not in names] for found in counts]


@pytest.mark.parametrize(
    "number", range(len(SAME)), ids=[f"{method} {seed!r}" for method, _, seed, _ in SAME]
)
def test_the_same_seed_gives_the_same_parts(said, number):
    theirs, ours = said.theirs[number], said.ours[number]
    assert ours[0] == theirs[0]
    uncounted = {"masked", "posed"} if said.release == OLD else {"masked"}
    assert without(uncounted, ours[1]) == theirs[1]
    for part, found in zip(*ours, strict=True):
        assert dict(found)["masked"] == len(part)
    assert {name for part in ours[0] for name in part} == said.names


@pytest.mark.parametrize("place", range(len(LOST)))
def test_ours_keep_what_theirs_may_lose(said, place):
    """The order is the same; where it is cut is up to the clients' Python, by one asset."""
    theirs, ours = said.theirs[len(SAME) + place], said.ours[len(SAME) + place]
    their_order, our_order = ([*chain.from_iterable(parts)] for parts, _ in (theirs, ours))
    assert sorted(our_order) == sorted(said.names)
    assert their_order == our_order[: len(their_order)]
    for one, other in zip(theirs[0], ours[0], strict=True):
        assert abs(len(one) - len(other)) <= 1


@pytest.mark.parametrize("place", range(len(REFUSED)))
def test_ours_do_what_theirs_refuse(said, place):
    theirs, ours = said.theirs[len(SAME) + len(LOST) + place], said.ours[len(SAME) + len(LOST) + place]
    assert theirs == "NoDataError"
    assert sorted(map(len, ours[0])) == [0, ANNOTATED]
