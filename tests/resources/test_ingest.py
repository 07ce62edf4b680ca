"""Uploads into a datalake: what goes up, what is told of it, and what happens when something fails."""

from __future__ import annotations

import asyncio
import gc
import math
import re
import tracemalloc

import orjson
import pytest
from aiohttp import web
from PIL import ExifTags, Image

from asyncsdk.errors import (
    BadRequestError,
    InvalidArgumentError,
    MissingFileError,
    OutcomeUnknownError,
    PartialFailure,
    RateLimitedError,
    ServerError,
    TransferError,
)
from asyncsdk.resources import ingest


@pytest.fixture
async def lake(any_client):
    return await any_client.get_datalake()


@pytest.fixture
async def proxied_lake(proxied):
    return await proxied.get_datalake()


def creations(proxy):
    return [orjson.loads(passed.body) for passed in proxy.of("POST", "/datas")]


# What goes up


async def test_a_folder_goes_up_with_all_below_it(lake, make_image):
    root = make_image("photos/b.png").parent
    make_image("photos/sub/a.jpg")
    (root / "notes.txt").write_text("x")
    (root / ".hidden.png").write_bytes(b"x")
    data = await lake.upload_data(root)
    assert [one.filename for one in data] == ["b.png", "a.jpg"]
    assert [(file.path.name, file.data_id) for file in data.report.uploaded] == list(
        zip(["b.png", "a.jpg"], data.ids, strict=True)
    )
    assert [path.name for path in data.report.skipped] == ["notes.txt"]
    assert data.report.failed == ()
    assert str(data.report) == "2 uploaded, 1 skipped, 0 failed"


async def test_the_callers_order_is_kept(lake, images):
    order = [images[4], images[0], images[3]]
    data = await lake.upload_data([str(path) for path in order])
    assert [one.filename for one in data] == [path.name for path in order]
    assert [(one.width, one.height) for one in data] == [(44, 34), (40, 30), (43, 33)]
    assert [await one.read() for one in data] == [path.read_bytes() for path in order]


async def test_one_file_as_text_and_as_path(lake, images):
    for path in (images[0], str(images[0])):
        data = await lake.upload_data(path)
        assert [one.filename for one in data] == [images[0].name]
        assert (data[0].type, data[0].content_type, data[0].upload_status) == ("IMAGE", "image/jpeg", "DONE")


async def test_a_missing_path_sends_nothing(proxied_lake, proxy, images, tmp_path):
    before = len(proxy.passed)
    with pytest.raises(MissingFileError, match=r"no such file or folder: .*nowhere\.png"):
        await proxied_lake.upload_data([images[0], tmp_path / "nowhere.png"], tags=["night"], source="gate")
    assert len(proxy.passed) == before


async def test_an_empty_folder_is_an_empty_result(lake, tmp_path):
    (tmp_path / "empty").mkdir()
    data = await lake.upload_data(tmp_path / "empty")
    assert len(data) == 0
    assert str(data.report) == "0 uploaded, 0 skipped, 0 failed"


async def test_two_files_of_one_name_both_arrive(lake, make_image):
    first, second = make_image("one/a.png", width=11), make_image("two/a.png", width=12)
    data = await lake.upload_data([first, second, first])
    assert [one.filename for one in data] == ["a.png"] * 3
    assert len({one.object_name for one in data}) == 3
    assert [one.width for one in data] == [11, 12, 11]
    assert [await one.read() for one in data] == [path.read_bytes() for path in (first, second, first)]


async def test_names_of_all_kinds_arrive(lake, make_image):
    names = [
        "ünï cödé.png",
        "a b&c=d;e.png",
        "'q\"uote.png",
        "100%.png",
        "#.png",
        "x" * 200 + ".png",
        "日本.jpg",
    ]
    data = await lake.upload_data([make_image(name) for name in names])
    assert [one.filename for one in data] == names
    assert await data[1].read() == await (await lake.find_data(filename=names[1])).read()


async def test_sizes_are_as_displayed(lake, make_image):
    paths = []
    for orientation in (1, 3, 6, 8):
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = orientation
        paths.append(make_image(f"{orientation}.jpg", width=9, height=4, exif=exif))
    data = await lake.upload_data(paths)
    assert [(one.width, one.height) for one in data] == [(9, 4), (9, 4), (4, 9), (4, 9)]


# What is told of it


def camera(make_image, name="camera.jpg"):
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Acme"
    exif[ExifTags.Base.DateTime] = "2031:05:06 07:08:09"
    return make_image(name, exif=exif)


async def test_metadata_from_exif_is_read_on_request(lake, make_image):
    path = camera(make_image)
    assert (await lake.upload_data(path))[0].metadata is None
    data = await lake.upload_data(path, fill_metadata=True)
    assert data[0].metadata == {"manufacturer": "Acme", "acquired_at": "2031-05-06T07:08:09"}


async def test_what_the_caller_gives_goes_before_exif(lake, make_image):
    given = {"manufacturer": "Mine", "reference": "R1"}
    data = await lake.upload_data(camera(make_image), fill_metadata=True, metadata=given)
    assert data[0].metadata == {
        "manufacturer": "Mine", "reference": "R1", "acquired_at": "2031-05-06T07:08:09",
    }  # fmt: skip


async def test_one_metadata_for_all_and_one_for_each(lake, images):
    data = await lake.upload_data(
        images[:2], metadata={"reference": "R"}, custom_metadata={"a": {"b": [1, None]}}
    )
    assert [one.metadata for one in data] == [{"reference": "R"}] * 2
    assert [one.custom_metadata for one in data] == [{"a": {"b": [1, None]}}] * 2
    each = [{"reference": "1"}, None, {}]
    data = await lake.upload_data(images[:3], metadata=each, custom_metadata=({"n": 1}, None, {"n": 3}))
    assert [one.metadata for one in data] == [{"reference": "1"}, None, None]
    assert [one.custom_metadata for one in data] == [{"n": 1}, None, {"n": 3}]


@pytest.mark.parametrize(
    "wrong", [{"metadata": [{}]}, {"custom_metadata": [None, None, None]}, {"metadata": []}]
)
async def test_a_list_of_the_wrong_length_sends_nothing(proxied_lake, proxy, images, wrong):
    before = len(proxy.passed)
    with pytest.raises(InvalidArgumentError, match=r"metadata: \d entries for 2 files"):
        await proxied_lake.upload_data(images[:2], tags=["night"], **wrong)
    assert len(proxy.passed) == before


@pytest.mark.parametrize("wrong", [{"max_workers": 0}, {"max_workers": True}, {"on_error": "ignore"}])
async def test_an_argument_that_is_none_sends_nothing(proxied_lake, proxy, images, wrong):
    before = len(proxy.passed)
    with pytest.raises(InvalidArgumentError, match=next(iter(wrong))):
        await proxied_lake.upload_data(images, **wrong)
    assert len(proxy.passed) == before


async def test_tags_and_source_by_name_and_by_object(any_client, lake, images):
    night = await lake.create_data_tag("night")
    gate = await any_client.create_data_source("gate")
    data = await lake.upload_data(images[:2], tags=[night, "cam-1", "night"], source=gate)
    for one in data:
        assert sorted(tag.name for tag in await one.get_tags()) == ["cam-1", "night"]
        assert await one.get_data_source() == gate
    data = await lake.upload_data(images[0], tags="night", source="yard")
    assert [tag.id for tag in await data[0].get_tags()] == [night.id]
    assert (await data[0].get_data_source()).name == "yard"
    assert sorted(source.name for source in await any_client.list_data_sources()) == ["gate", "yard"]
    assert sorted(tag.name for tag in await lake.list_data_tags()) == ["cam-1", "night"]


async def test_the_wanted_prefix_travels(proxied_lake, proxy, images):
    await proxied_lake.upload_data(images[0], upload_dir="north/gate")
    assert orjson.loads(proxy.of("POST", "generate_object_name")[0].body) == {
        "filename": images[0].name, "type": "DATA", "upload_dir": "north/gate",
    }  # fmt: skip


async def test_a_body_says_no_more_than_the_protocol_wants(proxied_lake, proxy, images):
    await proxied_lake.upload_data(images[1])
    body = creations(proxy)[0]
    del body["object_name"]
    assert body == {
        "type": "IMAGE", "filename": images[1].name, "content_type": "image/png", "tags": [], "data_source_id": None,
        "meta": {"width": 41, "height": 31},
    }  # fmt: skip


# Progress and bounds


async def test_progress(lake, images):
    events = []
    await lake.upload_data(images[:3], progress=events.append)
    assert [(event.stage, event.done, event.total, event.unit) for event in events] == [
        ("upload", done, 3, "file") for done in (1, 2, 3)
    ]
    assert {event.item for event in events} == {path.name for path in images[:3]}
    assert [event.failed for event in events] == [0, 0, 0]


async def test_progress_counts_failures(lake, images, make_image):
    bad = make_image("bad.png")
    bad.write_bytes(b"no image")
    events = []
    await lake.upload_data([bad, images[0]], progress=events.append, on_error="collect")
    assert (events[-1].done, events[-1].failed) == (2, 1)


async def test_a_progress_that_raises_ends_the_upload(proxied_lake, proxy, images):
    def give_up(event):
        raise KeyError(event.done)

    with pytest.raises(KeyError):
        await proxied_lake.upload_data(images, progress=give_up, max_workers=1, on_error="collect")
    assert len(creations(proxy)) == 1


@pytest.mark.parametrize("workers", [1, 3])
async def test_max_workers_is_a_hard_bound(proxied_lake, proxy, make_image, eventually, workers):
    crowd = proxy.crowds("POST", "/storage/", workers)
    data = await proxied_lake.upload_data([make_image(f"{n}.png") for n in range(9)], max_workers=workers)
    assert len(data) == 9
    assert crowd.peak == workers


async def test_data_that_is_still_pending_is_waited_for_side_by_side(
    proxied_lake, proxy, images, monkeypatch
):
    """Measured: waiting for pending data went one by one, 73 s in place of 8."""
    monkeypatch.setattr(ingest, "_LOOK_AGAIN_S", 0.001)
    looked = set()

    async def pending(passing):
        answer = await passing.forward()
        if passing.passed.method == "GET":
            looked.add(passing.passed.path)
        if len(looked) < 4:  # done only when somebody has asked for each
            body = orjson.loads(answer.body) | {"upload_status": "PENDING", "meta": None}
            answer = web.json_response(body, status=answer.status)
        return answer

    proxy.on("POST", "/datas", pending)
    proxy.on("GET", "/api/data/", pending)
    data = await proxied_lake.upload_data(images[:4])
    assert [one.upload_status for one in data] == ["DONE"] * 4
    assert [one.width for one in data] == [40, 41, 42, 43]


async def test_data_that_stays_pending_is_told(proxied_lake, proxy, images, monkeypatch):
    monkeypatch.setattr(ingest, "_LOOK_AGAIN_S", 0.0001)
    monkeypatch.setattr(ingest, "_LONGEST_PAUSE_S", 0.0001)

    async def pending(passing):
        answer = await passing.forward()
        body = orjson.loads(answer.body) | {"upload_status": "COMPUTING", "meta": None}
        return web.json_response(body, status=answer.status)

    proxy.on("POST", "/datas", pending)
    proxy.on("GET", "/api/data/", pending)
    with pytest.raises(PartialFailure, match=r"data .* is COMPUTING"):
        await proxied_lake.upload_data(images[0])


# What fails


async def test_a_file_that_cannot_be_read_is_reported_and_the_others_arrive(lake, images, make_image):
    garbage = make_image("garbage.jpg")
    garbage.write_bytes(b"this is no image")
    empty = make_image("empty.png")
    empty.write_bytes(b"")
    with pytest.raises(PartialFailure, match="2 of 4 files failed") as caught:
        await lake.upload_data([images[0], garbage, empty, images[1]])
    report = caught.value.report
    assert [file.path for file in report.uploaded] == [images[0], images[1]]
    assert [failure.item for failure in report.failed] == [str(garbage), str(empty)]
    for failure in report.failed:
        assert isinstance(failure.error, TransferError)
        assert "the platform cannot read it" in str(failure.error)
        unread = await lake.find_data(id=re.search(r"data ([0-9a-f-]{36})", str(failure.error))[1])
        assert unread.upload_status == "ERROR"
        assert unread.width is None
    assert str(garbage) in str(caught.value)


async def test_failures_are_collected_on_request(lake, images, make_image):
    garbage = make_image("garbage.jpg")
    garbage.write_bytes(b"x")
    data = await lake.upload_data([garbage, images[0]], on_error="collect")
    assert [one.filename for one in data] == [images[0].name]
    assert [file.path for file in data.report.uploaded] == [images[0]]
    assert [failure.item for failure in data.report.failed] == [str(garbage)]
    assert str(data.report).startswith("1 uploaded, 0 skipped, 1 failed\n  ")


async def test_a_file_that_vanishes_on_the_way_is_reported(lake, images, monkeypatch):
    look = ingest.look_into

    def look_late(path, **options):
        if path == images[1]:
            path.unlink()
        return look(path, **options)

    monkeypatch.setattr(ingest, "look_into", look_late)
    data = await lake.upload_data(images[:3], on_error="collect")
    assert [one.filename for one in data] == [images[0].name, images[2].name]
    assert isinstance(data.report.failed[0].error, MissingFileError)


@pytest.mark.parametrize(
    ("status", "headers"), [(503, {}), (429, {"Retry-After": "0"}), (500, {}), (502, {})]
)
async def test_a_storage_that_fails_for_a_moment_is_tried_again(proxied_lake, proxy, images, status, headers):
    """Measured: a storage 503 or 429 was not retried."""
    proxy.answers("POST", "/storage/", times=2, status=status, headers=headers)
    data = await proxied_lake.upload_data(images[:2], max_workers=1)
    assert len(data) == 2
    assert proxy.count("POST", "/storage/") == 4
    assert proxy.count("POST", "/datas") == 2


async def test_a_storage_that_breaks_off_is_tried_again(proxied_lake, proxy, images):
    proxy.swallows("POST", "/storage/", times=2)
    data = await proxied_lake.upload_data(images[0])
    assert await data[0].read() == images[0].read_bytes()


@pytest.mark.parametrize(
    ("status", "kind"), [(429, RateLimitedError), (503, ServerError), (400, BadRequestError)]
)
async def test_a_storage_that_goes_on_failing_is_reported(proxied_lake, proxy, images, status, kind):
    proxy.answers("POST", "/storage/", status=status, headers={"Retry-After": "0"}, body=b"<Error/>")
    data = await proxied_lake.upload_data(images[0], on_error="collect")
    assert len(data) == 0
    assert isinstance(data.report.failed[0].error, kind)
    assert proxy.count("POST", "/datas") == 0


async def test_an_expired_url_is_renewed_once(proxied_lake, proxy, images):
    proxy.answers("POST", "/storage/", times=1, status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
    assert len(await proxied_lake.upload_data(images[0])) == 1
    assert proxy.count("POST", "generate_presigned_url") == 2
    proxy.answers("POST", "/storage/", status=403, body=b"<Error><Code>AccessDenied</Code></Error>")
    data = await proxied_lake.upload_data(images[0], on_error="collect")
    assert "AccessDenied" in str(data.report.failed[0].error)
    assert proxy.count("POST", "generate_presigned_url") == 4


# Creations whose answer is lost


async def test_a_lost_answer_does_not_make_two(proxied_lake, proxy, images):
    """Measured: 11 creates for 10 files."""
    proxy.loses_answer("POST", "/datas", times=3)
    data = await proxied_lake.upload_data(images, max_workers=2)
    assert sorted((await proxied_lake.list_data()).ids) == sorted(data.ids)
    assert len(data) == 6
    keys = [passed.headers["Idempotency-Key"] for passed in proxy.of("POST", "/datas")]
    assert len(keys) == 9
    assert len(set(keys)) == 6


async def test_without_keys_a_lost_answer_is_looked_up_by_object_name(strict_proxied, strict_proxy, images):
    lake = await strict_proxied.get_datalake()
    strict_proxy.loses_answer("POST", "/datas", times=2)
    data = await lake.upload_data(images)
    assert sorted((await lake.list_data()).ids) == sorted(data.ids)
    assert [one.filename for one in data] == [path.name for path in images]
    assert strict_proxy.count("POST", "/datas") == 6
    assert strict_proxy.count("GET", "/datas/find") == 2


@pytest.mark.parametrize("status", [500, 502, 504])
async def test_without_keys_a_gateway_error_is_looked_up_too(strict_proxied, strict_proxy, images, status):
    lake = await strict_proxied.get_datalake()

    async def lie(passing):
        await passing.forward()
        return web.Response(status=status)

    strict_proxy.on("POST", "/datas", lie, times=1)
    data = await lake.upload_data(images[0])
    assert (await lake.list_data()).ids == data.ids


async def test_a_creation_that_cannot_be_found_is_an_unknown_outcome(strict_proxied, strict_proxy, images):
    lake = await strict_proxied.get_datalake()
    strict_proxy.swallows("POST", "/datas")
    data = await lake.upload_data(images[:2], on_error="collect", max_workers=1)
    assert [one.filename for one in data] == [images[1].name]
    error = data.report.failed[0].error
    assert isinstance(error, OutcomeUnknownError)
    assert error.route == "POST /api/datalake/{datalake}/datas"
    assert strict_proxy.count("POST", "/datas") == 2


async def test_a_creation_that_is_refused_is_told_as_it_is(proxied_lake, proxy, images):
    async def refuse(passing):
        return web.json_response({"message": "no room", "detail": ["try later"]}, status=400)

    proxy.on("POST", "/datas", refuse)
    data = await proxied_lake.upload_data(images[0], on_error="collect")
    assert isinstance(data.report.failed[0].error, BadRequestError)
    assert "no room" in str(data.report.failed[0])
    assert proxy.count("POST", "/datas") == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_creation_that_fails_for_a_moment_leaves_no_orphan(proxied_lake, proxy, images, status):
    """Measured: a failed create left an orphan object, as the file went up again under another name."""
    proxy.answers("POST", "/datas", times=3, status=status, headers={"Retry-After": "0"})
    data = await proxied_lake.upload_data(images[0])
    assert {body["object_name"] for body in creations(proxy)} == {data[0].object_name}
    assert proxy.count("POST", "generate_object_name") == proxy.count("POST", "/storage/") == 1


# Cancellation


async def test_a_cancelled_upload_stops(proxied_lake, proxy, make_image, eventually, other_tasks):
    async def never(passing):
        await asyncio.Event().wait()

    proxy.on("POST", "/storage/", never)
    uploading = asyncio.create_task(
        proxied_lake.upload_data([make_image(f"{n}.png") for n in range(20)], max_workers=4)
    )
    await eventually(lambda: proxy.count("POST", "/storage/") == 4)
    uploading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await uploading
    assert other_tasks() == []
    assert proxy.count("POST", "/storage/") == 4
    assert proxy.count("POST", "/datas") == 0
    assert len(await proxied_lake.list_data()) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"metadata": {"a": {1, 2}}}, {"custom_metadata": [{"a": 1}, {"b": object()}]}, {"metadata": "ab"},
        {"metadata": [1, 2]}, {"tags": [5]}, {"tags": 5}, {"source": 5}, {"metadata": {"a": 2**70}},
        {"metadata": {"a": [1, {"b": math.nan}]}}, {"custom_metadata": {"a": (None, -math.inf)}},
    ],
)  # fmt: skip
async def test_what_cannot_travel_is_refused_before_any_request(proxied_lake, proxy, images, wrong):
    before = len(proxy.passed)
    with pytest.raises(InvalidArgumentError):
        await proxied_lake.upload_data(images[:2], **{"tags": ["night"], "source": "gate"} | wrong)
    assert len(proxy.passed) == before


async def test_files_that_fail_are_not_kept_by_the_report(proxied_lake, proxy, images):
    async def refuse(_):
        return web.Response(status=400)

    proxy.on("POST", "/storage", refuse, times=40)
    padded = [images[0].with_name(f"padded-{number}.jpg") for number in range(40)]
    for path in padded:
        path.write_bytes(images[0].read_bytes() + bytes(300_000))
    gc.disable()
    tracemalloc.start()
    try:
        with pytest.raises(PartialFailure) as raised:
            await proxied_lake.upload_data(padded, max_workers=4)
        proxy.passed.clear()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert len(raised.value.report.failed) == 40
    assert held < 6_000_000  # of twelve
