"""Sending an import: in parallel, in two pieces where it is too large, and twice after a failure.

Names of tests carry the rows of faults that published clients are known for: b1 to b4.
"""

from __future__ import annotations

import asyncio
import gc
import json
import threading

import pytest
from aiohttp import web

from asyncsdk import LossReport, PartialFailure
from asyncsdk.errors import BadRequestError, ConfigurationError, OutcomeUnknownError, TooLargeError
from asyncsdk.flow.journal import Journal
from asyncsdk.formats.import_result import ImportResult
from asyncsdk.resources import import_sending, temporary_folders
from asyncsdk.wire.capabilities import IDEMPOTENCY

BULK = "bulk-annotations"


@pytest.fixture
async def way(any_org, make_proxy, connect, fill, tmp_path):
    """A version of 250 assets that is reached through a proxy, once of each platform, and a file for it."""
    proxy = await make_proxy(any_org)
    client = await connect(any_org, host=proxy.origin)
    return await make_way(client._connection.supports(IDEMPOTENCY), any_org, proxy, client, fill, tmp_path)


class Way:
    def __init__(self, ours, proxy, version, file):
        self.ours, self.proxy, self.version, self.file = ours, proxy, version, file

    def run(self, mode="replace", **options):
        return self.version.import_annotations_coco_file(self.file, mode=mode, max_workers=1, **options)

    async def boxes(self):
        """How many boxes each annotated asset has."""
        return sorted(
            len(found[0]["rectangles"]) for found in (await self.version.load_annotations()).values()
        )


async def make_way(ours, org, proxy, client, fill, tmp_path, count=250):
    names = [f"{number}.png" for number in range(count)]
    version = await (await client.create_dataset("birds")).create_version("v1", type="object_detection")
    await fill(org, version, names, width=640, height=480)
    file = tmp_path / "coco.json"
    said = {
        "images": [{"id": number, "file_name": name} for number, name in enumerate(names)],
        "categories": [{"id": 1, "name": "cat"}],
        "annotations": [
            {"image_id": number, "category_id": 1, "bbox": [1, 1, 1, 1]} for number in range(count)
        ],
    }
    file.write_text(json.dumps(said))
    return Way(ours, proxy, version, file)


def fails_at(way, number, status=400, body=b'{"message": "no"}'):
    """Let the platform refuse the bulk request of this number, from 1."""
    seen = 0

    async def act(passing):
        nonlocal seen
        seen += 1
        return web.Response(status=status, body=body) if seen == number else await passing.forward()

    way.proxy.on("POST", BULK, act)


async def test_chunks_of_a_hundred(way):
    result = await way.run()
    assert (len(result), sum(result.values())) == (250, 250)
    sent = [json.loads(passed.body) for passed in way.proxy.of("POST", BULK)]
    assert [len(body["annotations"]) for body in sent] == [100, 100, 50]
    assert {tuple(sorted(body)) for body in sent} == {("annotations", "import_type")}
    element = sent[0]["annotations"][0]
    assert {"rectangles", "polygons", "classifications", "keypoints", "masks"} < set(element)


async def test_b1_chunks_go_in_parallel(way):
    crowd = way.proxy.crowds("POST", BULK, 3)
    async with asyncio.timeout(20):
        await way.version.import_annotations_coco_file(way.file)
    assert crowd.peak == 3


@pytest.mark.parametrize("mode", ["replace", "keep", "concatenate"])
async def test_b1_an_error_half_way_and_again(way, mode, state):
    if mode == "concatenate":
        await way.run()
    fails_at(way, 2)
    with pytest.raises(PartialFailure, match=r"100 of 250 .* import the same file again") as caught:
        await way.run(mode)
    result = caught.value.report
    assert isinstance(result, ImportResult)
    assert (len(result), sum(result.values())) == (100, 100)
    assert isinstance(caught.value.__cause__, BadRequestError)
    again = await way.run(mode)
    assert len(again) == 250
    assert await way.boxes() == [2 if mode == "concatenate" else 1] * 250
    assert sum(again.values()) == (150 if mode == "keep" else 250)
    if mode == "concatenate":
        assert set(result) < set(again)
    assert [path for path in state.rglob("*") if path.is_file()] == []


async def test_b1_an_error_before_anything_is_done_is_itself(way):
    fails_at(way, 1, body=b'{"message": "annotations[7].rectangles[0].x: no"}')
    with pytest.raises(BadRequestError, match=r"\(annotations\[7\] is '7.png'\)"):
        await way.run("concatenate")
    await way.run("concatenate")
    assert await way.boxes() == [1] * 250


async def test_b1_a_lost_answer_doubles_nothing(way):
    way.proxy.loses_answer("POST", BULK, times=1)
    if way.ours:
        assert len(await way.run("concatenate")) == 250
    else:
        with pytest.raises(OutcomeUnknownError, match=r"100 images from '0.png' to '99.png'"):
            await way.run("concatenate")
        with pytest.raises(OutcomeUnknownError, match=r"'0\.png'.*delete .*journal"):
            await way.run("concatenate")
    assert set(await way.boxes()) == {1}


async def test_b1_lost_answers_of_replace_are_asked_for_again(way):
    way.proxy.loses_answer("POST", BULK, times=1)
    result = await way.run("replace")
    assert set(result) == {one.id for one in await way.version.list_annotations()}
    assert await way.boxes() == [1] * 250


async def test_b1_a_platform_that_goes_away_half_way(way):
    """Answers are lost for as long as the client tries; later the same call goes on."""
    seen = 0

    async def act(passing):
        nonlocal seen
        seen += 1
        answer = await passing.forward()
        return passing.drop() if seen > 1 else answer

    way.proxy.on("POST", BULK, act)
    with pytest.raises(OutcomeUnknownError, match=r"'100\.png'") as caught:
        await way.run("concatenate")
    assert len(caught.value.report) == 100
    way.proxy.on("POST", BULK, lambda passing: passing.forward())
    if way.ours:
        assert len(await way.run("concatenate")) == 250
        assert await way.boxes() == [1] * 250
    else:
        with pytest.raises(OutcomeUnknownError):
            await way.run("concatenate")
        assert await way.boxes() == [1] * 200


async def test_b1_what_was_deleted_between_is_added_again(way):
    fails_at(way, 2)
    with pytest.raises(PartialFailure) as caught:
        await way.run("concatenate")
    some = list(caught.value.report)[:30]
    for annotation in await way.version.list_annotations():
        if annotation.id in some:
            await annotation.delete()
    again = await way.run("concatenate")
    assert (len(again), await way.boxes()) == (250, [1] * 250)
    assert not set(some) & set(again)


async def test_b1_an_unfinished_import_of_long_ago(way, state):
    way.proxy.swallows("POST", BULK, times=1_000_000)
    with pytest.raises(OutcomeUnknownError, match=r"'0\.png'"):
        await way.run("concatenate")
    [journal] = [path for path in state.rglob("*") if path.is_file()]
    head, rest = journal.read_text().split("\n", 1)
    journal.write_text(json.dumps(json.loads(head) | {"started_at": 0}) + "\n" + rest)
    with pytest.raises(OutcomeUnknownError, match=r"too long ago|nobody knows.*delete .*journal"):
        await way.run("concatenate")


async def test_b1_another_client_at_another_address_goes_on(way, any_org, connect):
    fails_at(way, 2)
    with pytest.raises(PartialFailure):
        await way.run("concatenate")
    version = await (await connect(any_org)).get_dataset_version_by_id(way.version.id)
    await version.import_annotations_coco_file(way.file, mode="concatenate")
    assert await way.boxes() == [1] * 250


async def test_b1_other_labels_are_another_import(way, state):
    fails_at(way, 2)
    with pytest.raises(PartialFailure):
        await way.run("concatenate")
    await (await way.version.get_label("cat")).delete()
    with pytest.raises(OutcomeUnknownError, match="not the same any more"):
        await way.run("concatenate")
    [journal] = [path for path in state.rglob("*") if path.is_file()]
    journal.unlink()
    await way.run("concatenate")


@pytest.mark.async_only("cancels a task: a thread that waits cannot be cancelled")
async def test_b1_a_cancelled_import_goes_on(way):
    entered = asyncio.Event()
    seen = 0

    async def act(passing):
        nonlocal seen
        seen += 1
        if seen == 2:
            entered.set()
            await asyncio.sleep(60)
        return await passing.forward()

    way.proxy.on("POST", BULK, act)
    task = asyncio.create_task(way.run("concatenate"))
    await entered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    if way.ours:
        await way.run("concatenate")
        assert await way.boxes() == [1] * 250
    else:
        with pytest.raises(OutcomeUnknownError):
            await way.run("concatenate")


@pytest.mark.async_only("cancels a task: a thread that waits cannot be cancelled")
@pytest.mark.parametrize("where", [(Journal, "open"), (temporary_folders.shutil, "rmtree")])
async def test_b1_an_import_that_is_cancelled_at_its_very_begin_or_end_goes_on(way, monkeypatch, where):
    """What is done only once everything has been added is not lost either."""
    entered, may_end = threading.Event(), threading.Event()
    own = getattr(*where)

    def wait_a_little(*args, **options):
        entered.set()
        may_end.wait()
        return own(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(*where, wait_a_little)
        task = asyncio.create_task(way.run("concatenate"))
        await asyncio.to_thread(entered.wait)
        task.cancel()
        await asyncio.sleep(0)
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    gc.collect()
    await way.run("concatenate")
    assert await way.boxes() == [1] * 250


async def test_b2_too_large_requests_are_halved_and_keep_their_status(way):
    async def act(passing):
        many = len(json.loads(passing.passed.body)["annotations"]) > 30
        return web.Response(status=413, body=b'{"message": "large"}') if many else await passing.forward()

    way.proxy.on("POST", BULK, act)
    result = await way.run(status="accepted")
    assert (len(result), sum(result.values())) == (250, 250)
    assert {one.status.value for one in await way.version.list_annotations()} == {"ACCEPTED"}
    way.proxy.answers("POST", BULK, status=413)
    with pytest.raises(TooLargeError):
        await way.run()


def test_b3_counts_are_right():
    result = ImportResult(loss=LossReport())
    result.take({"a": -1, "b": 0, "c": 3})
    result.take({"a": 5, "b": -1, "c": 2, "d": -1})
    assert (result, result.kept) == ({"a": 5, "b": 0, "c": 5, "d": 0}, ["d"])
    assert str(result) == "4 annotations, 10 shapes, 1 kept, 0 skipped; nothing lost"


async def test_b4_an_empty_import_sends_nothing(way):
    before = len(way.proxy.passed)
    way.file.write_text('{"images": [], "annotations": [], "categories": [{"id": 1, "name": "cat"}]}')
    assert await way.run() == {}
    assert {passed.method for passed in way.proxy.passed[before:]} == {"GET"}


async def test_nothing_is_left_behind_by_an_error(way, other_tasks):
    fails_at(way, 2)
    with pytest.raises(PartialFailure):
        await way.version.import_annotations_coco_file(way.file, max_workers=3)
    assert other_tasks() == []


@pytest.mark.parametrize("mode", ["replace", "concatenate"])
async def test_an_answer_that_is_none(way, mode):
    way.proxy.answers("POST", BULK, times=1, body=b"[]")
    with pytest.raises((OutcomeUnknownError, Exception), match="not what the protocol promises"):
        await way.run(mode)


async def test_the_same_file_is_added_once_at_a_time(way):
    """Else both would share one journal, and the shapes of one call would count for both."""
    first_waits, may_go_on = asyncio.Event(), asyncio.Event()

    async def wait(passing):
        first_waits.set()
        await may_go_on.wait()
        return await passing.forward()

    way.proxy.on("POST", BULK, wait)
    first = asyncio.create_task(way.run("concatenate"))
    await first_waits.wait()
    with pytest.raises(ConfigurationError, match="being done already"):
        await way.run("concatenate")
    may_go_on.set()
    assert len(await first) == 250
    await way.run("concatenate")
    assert await way.boxes() == [2] * 250


async def test_bytes_in_flight_are_bounded(way, monkeypatch):
    """One byte in flight is more than is allowed here, so nothing else is begun."""
    monkeypatch.setattr(import_sending, "_BYTES_AT_ONCE", 0)
    at_once, most = 0, 0

    async def act(passing):
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.02)
        try:
            return await passing.forward()
        finally:
            at_once -= 1

    way.proxy.on("POST", BULK, act)
    result = await way.version.import_annotations_coco_file(way.file)
    assert (len(result), most) == (250, 1)
