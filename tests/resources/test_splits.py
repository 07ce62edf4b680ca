"""Splitting dataset versions: the published algorithm, label counts, what the keywords add, weaknesses S1 to S4."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

import orjson
import pytest

from asyncsdk import InvalidArgumentError, MultiAsset, NoDataError, NotSupportedError
from asyncsdk.resources.partitioning import stable_parts
from asyncsdk.wire import routes

COUNT = 10
MASK = ":3S1"
"""Three pixels of an image of 8 by 6."""

LABELS = ("car", "bird", "way", "rust")
GROUPS = {
    (0.8, 0.2): [[7, 3, 2, 8, 5, 6, 9, 4], [0, 1]],
    (0.64, 0.16, 0.20): [[7, 3, 2, 8, 5, 6], [9, 4], [0, 1]],
    (1, 1, 2): [[4, 3], [0, 9, 1], [2, 6, 5, 7, 8]],
}
"""Places in the listing by ratios, for the seeds 42, 42 and "abc" (annotations.md, section 8)."""


def shapes_of(number, labels):
    """Return what is on an asset: its number and one boxes of cars, a bird on odd ones, a mask on all."""
    car, bird, way, rust = (label.id for label in labels)
    box = {"x": 0, "y": 0, "w": 1, "h": 1, "label_id": car}
    birds = {
        "classifications": [{"label_id": bird}],
        "polygons": [{"polygon": [[0, 0], [4, 0], [4, 4]], "label_id": bird}],
    }
    lines = {"lines": [{"line": [[0, 0], [1, 1]], "label_id": way}]}
    masks = {"masks": [{"mask": MASK, "label_id": rust}]}
    return {"rectangles": [box] * (1 + number)} | (birds if number % 2 else {}) | lines | masks


def uses_of(number):
    return Counter({"car": 1 + number, "bird": number % 2 * 2, "way": 1, "rust": 1})


async def filled(client, org, fill, annotate):
    """A version of ten annotated assets, `0.png` to `9.png`, and two without annotation."""
    version = await (await client.create_dataset("birds")).create_version("v1", type="multi")
    await fill(org, version, [*(f"{number}.png" for number in range(COUNT)), "x.png", "y.png"])
    labels = await version.create_labels(LABELS)
    assets = (await version.list_assets(order_by=["filename"]))[:COUNT]
    await annotate(version, {one.id: shapes_of(number, labels) for number, one in enumerate(assets)})
    return version


@pytest.fixture
async def version(any_client, any_org, fill, annotate):
    return await filled(any_client, any_org, fill, annotate)


@pytest.fixture
async def proxied_version(any_org, make_proxy, connect, fill, annotate):
    """The version behind a proxy, and the proxy; on both platforms."""
    proxy = await make_proxy(any_org)
    version = await filled(await connect(any_org, host=proxy.origin), any_org, fill, annotate)
    proxy.passed.clear()
    return version, proxy


async def listed(version):
    """Return the names of the annotated assets, in the platform's order."""
    return [one.filename for one in await version.list_assets() if one.filename[0].isdigit()]


def names_of(parts):
    return [[asset.filename for asset in part] for part in parts]


def at(names, groups):
    return [[names[place] for place in group] for group in groups]


def counted(part):
    return +sum((uses_of(int(asset.filename[0])) for asset in part), Counter())


def as_counter(found):
    assert found.keys() == {"x", "y"}
    return Counter(dict(zip(found["x"], found["y"], strict=True)))


@pytest.mark.seed("train_test_split", "prop", "random_seed", "load_asset_page_size", "return")
@pytest.mark.parametrize("size", [100, 3, 5000])
async def test_train_and_test(version, size):
    train, test, in_train, in_test, labels = await version.train_test_split(0.8, 42, size)
    assert names_of([train, test]) == at(await listed(version), GROUPS[0.8, 0.2])
    assert isinstance(train, MultiAsset)
    assert train.dataset_version_id == version.id
    assert [as_counter(in_train), as_counter(in_test)] == [counted(train), counted(test)]
    assert [label.name for label in labels] == [*LABELS]
    assert labels == await version.list_labels()
    assert type(in_train) is dict


@pytest.mark.seed("train_test_split", "prop", "random_seed")
async def test_the_share_is_four_fifths_and_the_order_another_one_each_time(version):
    found = [await version.train_test_split() for _ in range(8)]
    assert {(len(train), len(test)) for train, test, *_ in found} == {(8, 2)}
    assert len({tuple(train.ids) for train, *_ in found}) > 1
    train, test, *_ = await version.train_test_split(prop=0.35, random_seed=None)
    assert (len(train), len(test)) == (3, 7)
    assert sorted(asset.filename for asset in [*train, *test]) == sorted(await listed(version))


@pytest.mark.seed("train_test_val_split", "ratios", "random_seed", "load_asset_page_size", "return")
@pytest.mark.parametrize("arguments", [(), ([0.64, 0.16, 0.2],), ([64, 16, 20],), ((0.64, 0.16, 0.2), 42, 4)])
async def test_train_test_and_val(version, arguments):
    more = {} if len(arguments) == 3 else {"random_seed": 42}
    *parts, in_train, in_test, in_val, labels = await version.train_test_val_split(*arguments, **more)
    assert names_of(parts) == at(await listed(version), GROUPS[0.64, 0.16, 0.20])
    assert list(map(as_counter, (in_train, in_test, in_val))) == list(map(counted, parts))
    assert labels == await version.list_labels()


@pytest.mark.seed("split_into_multi_assets", "ratios", "random_seed", "load_asset_page_size", "return")
async def test_any_number_of_parts(version):
    parts, counts, labels = await version.split_into_multi_assets([1, 1, 2], "abc", 7)
    assert names_of(parts) == at(await listed(version), GROUPS[1, 1, 2])
    assert [Counter(found) for found in counts] == list(map(counted, parts))
    assert labels == await version.list_labels()
    parts, counts, _ = await version.split_into_multi_assets([1] * 12, random_seed=b"x")
    assert len(parts) == len(counts) == 12
    assert sorted(asset.filename for part in parts for asset in part) == sorted(await listed(version))


@pytest.mark.seed("train_test_split", "NoDataError")
@pytest.mark.seed("train_test_val_split", "NoDataError")
@pytest.mark.seed("split_into_multi_assets", "NoDataError")
async def test_nothing_to_split(any_client, any_org, fill):
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    for names, whole in ((["a.png"], "no assets"), ([], "not there")):
        for split in (version.train_test_split, version.train_test_val_split):
            with pytest.raises(NoDataError, match="no asset is annotated"):
                await split()
        with pytest.raises(NoDataError, match="no asset is annotated"):
            await version.split_into_multi_assets([1, 1], stable=True)
        if names:
            with pytest.raises(NoDataError, match=whole):
                await version.train_test_split(annotated_only=False)
            await fill(any_org, version, names)
    train, test, *counts, labels = await version.train_test_split(annotated_only=False)
    assert (len(train) + len(test), counts, labels) == (1, [{"x": [], "y": []}] * 2, [])


async def test_assets_without_annotation_may_stay(version):
    parts, counts, _ = await version.split_into_multi_assets([1, 1], 7, annotated_only=False)
    assert list(map(len, parts)) == [6, 6]
    everything = await version.list_assets()
    assert {asset.id for part in parts for asset in part} == set(everything.ids)
    expected = list(everything)
    random.Random(7).shuffle(expected)
    assert [*parts[0], *parts[1]] == expected
    assert sum(map(Counter, counts), Counter()) == sum(map(uses_of, range(COUNT)), Counter())


WRONG = [
    {"random_seed": [1]}, {"random_seed": float("nan")},
    {"load_asset_page_size": 0}, {"load_asset_page_size": 2.5},
    {"group_by": "metadata"}, {"group_by": "metadata."}, {"group_by": "colour"}, {"group_by": 3},
    {"stable": True, "stratify": True},
]  # fmt: skip


async def test_wrong_arguments_are_refused_before_any_request(proxied_version):
    version, proxy = proxied_version
    for prop in (-0.1, 1.5, "0.8", float("nan")):
        with pytest.raises(InvalidArgumentError, match="prop must be"):
            await version.train_test_split(prop)
    for wrong in WRONG:
        word = next(iter(wrong))
        with pytest.raises(InvalidArgumentError, match=word):
            await version.train_test_split(**wrong)
        with pytest.raises(InvalidArgumentError, match=word):
            await version.train_test_val_split(**wrong)
        with pytest.raises(InvalidArgumentError, match=word):
            await version.split_into_multi_assets([1, 2], **wrong)
    for ratios in ([], [1], [0, 0, 0], [1, -1, 1], [1, 1, float("nan")]):
        for split in (version.split_into_multi_assets, version.train_test_val_split):
            with pytest.raises(InvalidArgumentError, match="ratios: "):
                await split(ratios)
    with pytest.raises(InvalidArgumentError, match="expected 3, got 2"):
        await version.train_test_val_split([1, 1])
    assert proxy.passed == []


async def test_s1_the_global_generator_is_not_touched(version):
    state = random.getstate()
    first = await version.train_test_split(random_seed=42)
    await version.split_into_multi_assets([1, 1], stratify=True)
    assert random.getstate() == state
    random.seed(7)
    again = await version.train_test_split(random_seed=42)
    assert again[:2] == first[:2]


async def test_s2_no_item_is_lost_to_rounding(version):
    for ratios, expected in (([70, 20, 10], [7, 2, 1]), ([1] * 10, [1] * 10), ([1] * 7, None)):
        parts, counts, _ = await version.split_into_multi_assets(ratios, random_seed=1)
        assert expected is None or list(map(len, parts)) == expected
        assert sorted(asset.filename for part in parts for asset in part) == sorted(await listed(version))
        assert sum(map(Counter, counts), Counter()) == sum(map(uses_of, range(COUNT)), Counter())


async def test_s3_parts_may_be_empty(version):
    for prop, lengths in ((0, (0, 10)), (1, (10, 0)), (0.0, (0, 10)), (1.0, (10, 0)), (0.05, (0, 10))):
        train, test, in_train, in_test, _ = await version.train_test_split(prop, random_seed=3)
        assert (len(train), len(test)) == lengths
        assert [bool(found["x"]) for found in (in_train, in_test)] == [bool(train), bool(test)]
    parts, counts, _ = await version.split_into_multi_assets([0, 1, 0, 1, 0], stratify=True)
    assert list(map(len, parts)) == [0, 5, 0, 5, 0]
    assert [bool(found) for found in counts] == [False, True, False, True, False]


async def test_s4_pages_come_in_parallel(proxied_version):
    version, proxy = proxied_version
    passed, together = [], asyncio.Event()

    async def act(passing):
        passed.append(passing.passed.query)
        if len(passed) == 4:
            together.set()
        if len(passed) > 1:
            async with asyncio.timeout(20):
                await together.wait()
        return await passing.forward()

    proxy.on("GET", "/assets/", act)
    train, *_ = await version.train_test_split(random_seed=42, load_asset_page_size=3)
    assert names_of([train]) == at(await listed(version), GROUPS[0.8, 0.2][:1])
    assert all("limit=3" in query for query in passed)


async def test_s4_our_platform_counts_and_no_shape_travels(org, proxied, proxy, fill, annotate):
    version = await filled(proxied, org, fill, annotate)
    answers = []

    async def act(passing):
        answer = await passing.forward()
        answers.append(orjson.loads(answer.body))
        return answer

    proxy.on("GET", "/assets/counted", act)
    proxy.passed.clear()
    _, _, in_train, in_test, _ = await version.train_test_split()
    assert sorted(passed.path.rsplit("/", 1)[-1] for passed in proxy.passed) == ["counted", "labels"]
    # what has no annotation does not travel either, and each label of an asset comes once
    assert [len(answer["items"]) for answer in answers] == [COUNT]
    for item in answers[0]["items"]:
        assert len(dict(item["label_counts"])) == len(item["label_counts"]) <= len(LABELS)
    assert as_counter(in_train) + as_counter(in_test) == sum(map(uses_of, range(COUNT)), Counter())


async def test_s4_masks_and_tracks_are_counted(any_client, any_org, fill, annotate):
    version = await (await any_client.create_dataset("birds")).create_version("v1", type="multi")
    await fill(any_org, version, ["a.png"])
    labels = {
        name: (await version.create_label(name)).id for name in ("t", "m", "k", "l", "p", "o", "c", "r")
    }
    asset = (await version.list_assets())[0]
    triples = [[1, 1, 2]]
    shapes = {
        "tracks": [{"label_id": labels["t"], "start_frame_index": 0}] * 2,
        "masks": [{"mask": MASK, "label_id": labels["m"]}] * 3,
        "keypoints": [{"keypoints": triples, "label_id": labels["k"]}],
        "lines": [{"line": [[0, 0], [1, 1]], "label_id": labels["l"]}],
        "polygons": [{"polygon": [[0, 0], [4, 0], [4, 4]], "label_id": labels["p"]}],
        "points": [{"point": [1, 1], "label_id": labels["o"]}],
        "classifications": [{"label_id": labels["c"]}, {"label_id": labels["m"]}],
        "rectangles": [
            {"x": 0, "y": 0, "w": 1, "h": 1, "label_id": labels[name]} for name in ("r", "l", "r")
        ],
    }
    await annotate(version, {asset.id: shapes})
    _, counts, _ = await version.split_into_multi_assets([1, 0])
    # first appearance: rectangles, classifications, points, polygons, lines, keypoints, masks, tracks
    assert list(counts[0].items()) == [
        ("r", 2), ("l", 2), ("c", 1), ("m", 4), ("o", 1), ("p", 1), ("k", 1), ("t", 2)
    ]  # fmt: skip


async def test_s4_the_newest_annotation_counts(any_client, any_org, fill, annotate, add_worker):
    dataset = await any_client.create_dataset("birds")
    version, worker = await dataset.create_version("v1"), await add_worker(any_org, dataset)
    await fill(any_org, version, ["a.png", "b.png"])
    old, new = [label.id for label in await version.create_labels(["old", "new"])]
    for who, label, assets in (
        (worker, old, await version.list_assets()),
        (None, new, (await version.list_assets())[:1]),
    ):
        await annotate(
            version,
            {one: {"classifications": [{"label_id": label}]} for one in [a.id for a in assets]},
            worker=who,
        )
    _, counts, _ = await version.split_into_multi_assets([1, 0])
    assert counts[0] == {"old": 1, "new": 1}


async def test_labels_that_went_meanwhile_are_not_counted(proxied_version):
    version, proxy = proxied_version
    kept = await version.get_label("car")
    body = orjson.dumps({"items": [{"id": kept.id, "name": "car"}]})
    proxy.answers("GET", "/labels", headers={"Content-Type": "application/json"}, body=body)
    _, counts, labels = await version.split_into_multi_assets([1, 1])
    assert labels == [kept]
    assert sum(map(Counter, counts), Counter()) == {"car": 55}


async def test_a_platform_needs_to_tell_no_more_than_the_protocol_asks(
    strict_proxied, strict_org, strict_proxy, fill, annotate
):
    version = await filled(strict_proxied, strict_org, fill, annotate)

    async def act(passing):
        answer = await passing.forward()
        page = orjson.loads(answer.body)
        for item in page["items"]:
            item["annotations"] = [
                {name: one[name] for name in ("rectangles", "classifications", "points", "polygons", "lines")}
                for one in item["annotations"]
            ]
        answer.body = orjson.dumps(page)
        return answer

    strict_proxy.on("GET", "/assets/extended", act)
    _, counts, _ = await version.split_into_multi_assets([1, 1], random_seed=1)
    everything = sum(map(uses_of, range(COUNT)), Counter())
    assert sum(map(Counter, counts), Counter()) == {
        name: n for name, n in everything.items() if name != "rust"
    }


async def test_stratified_parts_have_the_labels_of_the_whole(any_client, any_org, fill, annotate):
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    await fill(any_org, version, [f"{number:02}.png" for number in range(40)])
    often, rare = [label.id for label in await version.create_labels(["often", "rare"])]
    marked = {
        one.id: {"classifications": [{"label_id": often if number < 32 else rare}]}
        for number, one in enumerate(await version.list_assets())
    }
    await annotate(version, marked)
    for seed in range(5):
        train, test, in_train, in_test, _ = await version.train_test_split(0.75, seed, stratify=True)
        assert (as_counter(in_train), as_counter(in_test)) == (
            {"often": 24, "rare": 6},
            {"often": 8, "rare": 2},
        )
        assert {*train.ids, *test.ids} == marked.keys()
        again = await version.train_test_split(0.75, seed, stratify=True)
        assert again[:2] == (train, test)


def leaks(parts, group_of):
    """Return the groups that are in more than one part."""
    found = Counter(group for part in parts for group in {group_of(asset) for asset in part})
    return [group for group, number in found.items() if number > 1]


@pytest.mark.parametrize("more", [{}, {"stratify": True}, {"stable": True}], ids=str)
async def test_groups_stay_together(any_client, any_org, fill, annotate, more):
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    scene = lambda name: orjson.dumps({"scene": {"id": int(name[:2]) // 4}}).decode()  # noqa: E731
    await fill(
        any_org, version, [f"{number:02}.png" for number in range(24)], metadata=scene, custom_metadata=scene
    )
    label = await version.create_label("car")
    assets = await version.list_assets()
    await annotate(version, {one: {"classifications": [{"label_id": label.id}]} for one in assets.ids})

    def by_name(asset):
        return f"scene {int(asset.filename[:2]) // 4}"

    found = []
    for group_by in (by_name, "metadata.scene.id", "custom_metadata.scene.id"):
        parts, _, _ = await version.split_into_multi_assets([1, 1, 1], 5, group_by=group_by, **more)
        assert {asset.id for part in parts for asset in part} == set(assets.ids)
        assert leaks(parts, by_name) == []
        if "stable" not in more:
            assert list(map(len, parts)) == [8, 8, 8]
        found.append(parts)
    assert found[1] == found[2]


async def test_groups_by_data_source(org, client, fill, annotate):
    version = await (await client.create_dataset("birds")).create_version("v1")
    for number in range(3):
        source = await client.create_data_source(f"camera {number}")
        (key,) = org.platform.rows("SELECT seq FROM data_source WHERE id = ?", source.id)[0]
        await fill(org, version, [f"{number}-{image}.png" for image in range(4)], data_source=key)
    await fill(org, version, ["none-0.png", "none-1.png"])
    parts, _, _ = await version.split_into_multi_assets(
        [6, 4, 4], 3, group_by="data_source", annotated_only=False
    )
    assert leaks(parts, lambda asset: asset.filename.split("-")[0]) in ([], ["none"])
    assert sum(map(len, parts)) == 14


async def test_a_platform_that_tells_no_data_source_is_not_asked(
    strict_proxied, strict_org, strict_proxy, fill, annotate
):
    version = await filled(strict_proxied, strict_org, fill, annotate)
    strict_proxy.passed.clear()
    with pytest.raises(NotSupportedError, match="data_source"):
        await version.train_test_split(group_by="data_source")
    assert strict_proxy.passed == []


async def test_assets_without_a_group_stand_for_themselves(version):
    parts, _, _ = await version.split_into_multi_assets([1] * 5, 1, group_by=lambda _asset: None)
    assert list(map(len, parts)) == [2] * 5
    assert await version.train_test_split(0.5, 1, group_by="metadata.nothing.there")


async def test_values_that_name_no_group_are_refused(version):
    for value in (["a"], {}, float("nan"), b"x", object()):
        with pytest.raises(InvalidArgumentError, match=r"group_by: .* of asset .* cannot name a group"):
            await version.train_test_split(group_by=lambda _asset, value=value: value)


async def test_stable_parts_stay_when_the_version_grows(any_client, any_org, fill, annotate):
    dataset = await any_client.create_dataset("birds")
    version, other = await dataset.create_version("v1"), await dataset.create_version("v2")
    data = await fill(any_org, version, [f"{number:02}.png" for number in range(30)])
    before, _, _ = await version.split_into_multi_assets([8, 2], "s", stable=True, annotated_only=False)
    await fill(any_org, version, [f"{number:02}.png" for number in range(30, 50)])
    after, _, _ = await version.split_into_multi_assets([8, 2], "s", stable=True, annotated_only=False)
    for old, new in zip(before, after, strict=True):
        assert set(old.ids) <= set(new.ids)
        order = [one for one in (await version.list_assets()).ids if one in set(new.ids)]
        assert new.ids == order
    assert sum(map(len, after)) == 50
    # the same data has the same part in every version
    await (await other.add_data(data)).wait(poll_s=0.002)
    there, _, _ = await other.split_into_multi_assets([8, 2], "s", stable=True, annotated_only=False)
    assert names_of(there) == names_of(before)
    keys = [f"data {one}" for one in data.ids]
    assert Counter(stable_parts(keys, [0.8, 0.2], "s")) == Counter({0: len(before[0]), 1: len(before[1])})


async def test_a_sequence_is_cut_in_its_order(version):
    assets = (await version.list_assets(order_by=["filename"]))[:5]
    for ratio, end in ((0, 0), (0.3, 2), (0.5, 2), (0.7, 4), (1, 5)):  # halves go to the even number
        first, rest = assets.split(ratio)
        assert (first, rest) == (assets[:end], assets[end:])
    empty, rest = assets[:0].split(0.5)
    assert (len(empty), len(rest)) == (0, 0)
    for wrong in (-1, 1.01, "0.5", None):
        with pytest.raises(InvalidArgumentError, match="ratio must be"):
            assets.split(wrong)


async def test_the_capability_decides(org, strict_org, connect, make_proxy, fill, annotate):
    for home, part in ((org, "counted"), (strict_org, "extended")):
        proxy = await make_proxy(home)
        version = await filled(await connect(home, host=proxy.origin), home, fill, annotate)
        await version.train_test_split()
        assert proxy.count("GET", f"/assets/{part}") == 1
    assert routes.LIST_COUNTED_ASSETS in routes.ADDED
