"""Downloads into a folder: names, what is there already, failures, and the moment they begin."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import update

import asyncsdk
from asyncsdk.errors import InvalidArgumentError, PartialFailure, TransferError
from asyncsdk.resources.folder_names import NAMES_FILE, name_by_id
from asyncsdk.server.store.schema import data as data_table
from asyncsdk.server.store.statements import statement
from asyncsdk.wire.checksums import SHA256_HEADER


async def fill_version(client, paths, name="birds"):
    lake = await client.get_datalake()
    data = await lake.upload_data(paths)
    version = await (await client.create_dataset(name)).create_version("v1")
    await (await version.add_data(data)).wait(poll_s=0.002)
    return version


def below(folder):
    """Every file of a folder with its content, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


def contents(paths):
    return {path.name: path.read_bytes() for path in paths}


# Where, and under which names


@pytest.mark.seed("download", "target_path")
async def test_without_a_target_the_folder_is_named_after_dataset_and_version(
    any_client, images, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    version = await fill_version(any_client, images)
    await version.download()
    assert below(tmp_path / "birds" / "v1") == contents(images)
    await version.download("")
    assert below(tmp_path).keys() >= {path.name for path in images}


async def test_the_folder_of_an_odd_name_stays_inside(client, images, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    lake = await client.get_datalake()
    dataset = await client.create_dataset("../../etc")
    version = await dataset.create_version("/absolute")
    await version.add_data(await lake.upload_data(images[:1]), wait=True)
    report = await version.download()
    assert [path.parts for path in report.downloaded] == [("_.._etc", "_absolute", images[0].name)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here", "images"]


@pytest.mark.seed("download", "target_path")
async def test_the_home_folder_is_expanded(client, images, tmp_path, monkeypatch):
    version = await fill_version(client, images[:1])
    monkeypatch.setenv("HOME", str(tmp_path))
    await version.download("~/pictures")
    assert below(tmp_path / "pictures") == contents(images[:1])


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_workers": 0},
        {"on_error": "ignore"},
        {"target_path": 5},
        {"target_path": "~nobody-of-this-name/x"},
        {"target_path": "a\0b"},
    ],
)
async def test_an_argument_that_is_none_is_refused(scripted, wrong):
    client, transport = scripted([])
    version = asyncsdk.DatasetVersion(client._connection, None)
    with pytest.raises(InvalidArgumentError):
        await version.download(**{"target_path": "x"} | wrong)
    assert transport.requests == []


async def test_a_folder_that_cannot_be_made_is_told(client, images, tmp_path):
    version = await fill_version(client, images[:1])
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(TransferError, match="the folder cannot be made"):
        await version.download(tmp_path / "file")


@pytest.mark.seed("download", "use_id")
async def test_names_by_id(any_client, images, tmp_path):
    version = await fill_version(any_client, images[:2])
    assets = await version.list_assets()
    await version.download(tmp_path / "assets", use_id=True)
    assert below(tmp_path / "assets").keys() == {
        f"{asset.id}{Path(asset.filename).suffix}" for asset in assets
    }
    data = await assets.as_multidata()
    await data.download(tmp_path / "data", use_id=True)
    assert below(tmp_path / "data").keys() == {f"{one.id}{Path(one.filename).suffix}" for one in data}
    await assets[0].download(tmp_path / "one", use_id=True)
    assert list(below(tmp_path / "one")) == [f"{assets[0].id}{Path(assets[0].filename).suffix}"]


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("a.jpg", "ID.jpg"),
        ("a", "ID"),
        (".png", "ID"),
        ("a.tar.gz", "ID.gz"),
        ("x.y/../z.png", "ID.png"),
        ("a./b", "ID"),
    ],
)
def test_a_name_by_id_is_id_and_extension(filename, name):
    assert name_by_id("ID", filename) == name


def test_an_id_from_a_hostile_server_is_a_safe_name_too():
    assert "/" not in name_by_id("../../x", "a.png")


async def rename(org, **names):
    """Give rows of data the names that a hostile or careless uploader chose."""

    def work():
        for identity, name in names.items():
            yield statement(update(data_table).where(data_table.c.id == identity).values(filename=name))

    org.platform.write(work())


HOSTILE = [
    "../../outside.png", "/tmp/absolute.png", "..", ".", "a/b/c.png", "a\\b.png", "C:\\boot.png", "con.png",
    "x" * 300 + ".png", ".hidden.png", "nul", " padded .png ", "tab\there.png", ".asyncsdk-names.json", ".x.part",
]  # fmt: skip


async def test_no_name_leaves_the_folder_or_hides(any_org, any_client, make_image, tmp_path):
    """Measured: `../../x` and absolute names were written outside the target."""
    paths = [make_image(f"{number}.png", width=20 + number) for number in range(len(HOSTILE))]
    lake = await any_client.get_datalake()
    data = await lake.upload_data(paths)
    version = await (await any_client.create_dataset("birds")).create_version("v1")
    await version.add_data(data, wait=True)
    await rename(any_org, **dict(zip(data.ids, HOSTILE, strict=True)))
    target = tmp_path / "a" / "b" / "target"
    report = await version.download(target)
    assert len(report.downloaded) == len(HOSTILE)
    written = below(target)
    written.pop(NAMES_FILE)
    assert sorted(written.values()) == sorted(path.read_bytes() for path in paths)
    assert all("/" not in name and not name.startswith(".") for name in written)
    outside = {path for path in tmp_path.rglob("*") if path.is_file()} - set(target.iterdir())
    assert outside == set(paths)
    assert sorted((await version.download(target)).skipped) == sorted(report.downloaded)


async def test_two_assets_of_one_name_both_survive(any_client, make_image, tmp_path):
    """Measured: two assets with one file name ended as one file of mixed content."""
    paths = [make_image(f"{number}/cat.png", width=20 + number) for number in range(3)]
    version = await fill_version(any_client, [*paths, make_image("3/CAT.png", width=30)])
    report = await version.download(tmp_path / "out")
    names = {path.name for path in report.downloaded}
    assert len({name.lower() for name in names}) == 4
    assert names & {"cat.png", "CAT.png"}
    expected = sorted(
        [path.read_bytes() for path in paths] + [(paths[0].parent.parent / "3/CAT.png").read_bytes()]
    )
    assert sorted(path.read_bytes() for path in report.downloaded) == expected
    again = await version.download(tmp_path / "out")
    assert sorted(again.skipped) == sorted(report.downloaded)
    other = await version.download(tmp_path / "other")
    assert {path.name: path.read_bytes() for path in other.downloaded} == {
        path.name: path.read_bytes() for path in report.downloaded
    }


async def test_names_stay_with_their_assets_when_newer_ones_of_the_name_come(client, make_image, tmp_path):
    first, second, third = (make_image(f"{number}/cat.png", width=20 + number) for number in range(3))
    lake = await client.get_datalake()
    version = await fill_version(client, [first, second])
    before = await version.download(tmp_path / "out")
    kept = below(tmp_path / "out")
    await version.add_data(await lake.upload_data(third), wait=True)
    report = await version.download(tmp_path / "out")
    assert sorted(report.skipped) == sorted(before.downloaded)
    assert [path.read_bytes() for path in report.downloaded] == [third.read_bytes()]
    kept.pop(NAMES_FILE)
    assert kept.items() <= below(tmp_path / "out").items()


# What is there already


async def test_what_is_there_is_skipped_and_told_apart(any_client, images, tmp_path):
    """Measured: skipped and failed were not told apart."""
    version = await fill_version(any_client, images)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / images[0].name).write_bytes(images[0].read_bytes())
    report = await version.download(tmp_path / "out")
    assert [path.name for path in report.skipped] == [images[0].name]
    assert len(report.downloaded) == 5
    assert report.failed == ()
    assert report.bytes == sum(path.stat().st_size for path in images[1:])
    assert str(report) == f"5 done, 1 skipped, 0 failed, {report.bytes} bytes"


@pytest.mark.seed("download", "force_replace")
async def test_another_file_in_the_way_is_told_and_left_alone(any_client, images, tmp_path):
    """Measured: a partial file under the final name was taken for whole."""
    version = await fill_version(any_client, images)
    (tmp_path / images[1].name).write_bytes(images[1].read_bytes()[:-1])
    with pytest.raises(PartialFailure, match="1 files failed") as caught:
        await version.download(tmp_path)
    report = caught.value.report
    assert len(report.downloaded) == 5
    assert report.failed[0].item == images[1].name
    assert "another file of" in str(report.failed[0])
    assert "force_replace=True" in str(report.failed[0])
    assert (tmp_path / images[1].name).read_bytes() == images[1].read_bytes()[:-1]
    report = await version.download(tmp_path, force_replace=True)
    assert len(report.downloaded) == 6
    assert {name: content for name, content in below(tmp_path).items() if "/" not in name} == contents(images)


def as_of_long_ago(folder):
    for path in folder.iterdir():
        os.utime(path, (1, 1))


async def test_a_file_of_one_name_and_length_that_was_there_first_is_not_taken_for_a_newer_one(
    client, make_image, tmp_path
):
    first, second = (make_image(f"{number}/cat.png", fill=b"%d" % number) for number in range(2))
    version = await fill_version(client, [first])
    await version.download(tmp_path / "out")
    as_of_long_ago(tmp_path / "out")
    await version.add_data(await (await client.get_datalake()).upload_data(second), wait=True)
    for _ in range(2):
        report = await version.download(tmp_path / "out", on_error="collect")
        assert [failure.item for failure in report.failed] == ["cat.png"]
        assert "another file of the same length" in str(report.failed[0])
    await version.download(tmp_path / "out", force_replace=True)
    found = below(tmp_path / "out")
    found.pop(NAMES_FILE)
    assert sorted(found.values()) == sorted([first.read_bytes(), second.read_bytes()])


async def test_an_old_file_of_the_same_content_is_the_assets(proxied, proxy, images, tmp_path):
    version = await fill_version(proxied, images[:2])
    here, target = tmp_path / "out" / images[0].name, tmp_path / "out" / images[1].name
    here.parent.mkdir()
    here.write_bytes(images[0].read_bytes())
    target.symlink_to(images[1])
    as_of_long_ago(tmp_path / "out")
    proxy.answers("GET", "/storage/", times=1, status=403)  # its URL has expired
    report = await version.download(tmp_path / "out")
    assert sorted(report.skipped) == sorted([here, target])


async def test_an_old_file_is_believed_where_nobody_knows_better(proxied, proxy, images, tmp_path):
    version = await fill_version(proxied, images[:1])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / images[0].name).write_bytes(bytes(images[0].stat().st_size))
    as_of_long_ago(tmp_path / "out")

    async def without_checksum(passing):
        answer = await passing.forward()
        del answer.headers[SHA256_HEADER]
        return answer

    proxy.on("GET", "/storage/", without_checksum)
    assert len((await version.download(tmp_path / "out")).skipped) == 1


async def test_names_that_cannot_be_kept_are_reported_with_the_files(client, make_image, tmp_path):
    version = await fill_version(client, [make_image(f"{number}/cat.png") for number in range(2)])
    names_file = tmp_path / "out" / NAMES_FILE

    def be_in_the_way(_):
        names_file.mkdir(exist_ok=True)

    with pytest.raises(PartialFailure) as caught:
        await version.download(tmp_path / "out", progress=be_in_the_way)
    assert [failure.item for failure in caught.value.report.failed] == [NAMES_FILE]
    assert len(caught.value.report.downloaded) == 2
    with pytest.raises(TransferError, match="cannot be read"):
        await version.download(tmp_path / "out")


async def test_a_folder_in_the_way_is_told(any_client, images, tmp_path):
    version = await fill_version(any_client, images[:2])
    (tmp_path / "out" / images[0].name).mkdir(parents=True)
    report = await version.download(tmp_path / "out", on_error="collect")
    assert [path.name for path in report.downloaded] == [images[1].name]
    assert "no file is there" in str(report.failed[0])
    report = await version.download(tmp_path / "out", on_error="collect", force_replace=True)
    assert "cannot be written" in str(report.failed[0])


async def test_a_link_in_the_way_is_not_followed(client, images, tmp_path):
    version = await fill_version(client, images[:1])
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / images[0].name).symlink_to(tmp_path / "precious")
    await version.download(tmp_path / "out", force_replace=True)
    assert (tmp_path / "precious").read_bytes() == b"precious"
    assert below(tmp_path / "out") == contents(images[:1])


async def test_replacing_keeps_the_good_copy_when_the_transfer_fails(proxied, proxy, images, tmp_path):
    """Measured: `force_replace` destroyed the good copy when the new transfer failed."""
    version = await fill_version(proxied, images)
    await version.download(tmp_path / "out")
    proxy.answers("GET", "/storage/", status=404, body=b"gone")
    report = await version.download(tmp_path / "out", force_replace=True, on_error="collect")
    assert len(report.failed) == 6
    assert below(tmp_path / "out") == contents(images)


# Failures


async def test_failures_are_raised_with_the_report_after_all_were_tried(proxied, proxy, images, tmp_path):
    """Measured: every failed download was only logged."""
    version = await fill_version(proxied, images)
    bad = (await version.find_asset(filename=images[2].name)).object_name

    async def lose_one(passing):
        if bad in passing.passed.path:
            return web.Response(status=404, text="no such key")
        return await passing.forward()

    proxy.on("GET", "/storage/", lose_one)
    with pytest.raises(PartialFailure, match=images[2].name) as caught:
        await version.download(tmp_path / "raise")
    report = caught.value.report
    assert len(report.downloaded) == 5
    assert [failure.item for failure in report.failed] == [images[2].name]
    assert isinstance(report.failed[0].error, asyncsdk.NotFoundError)
    report = await version.download(tmp_path / "collect", on_error="collect")
    assert (len(report.downloaded), len(report.failed)) == (5, 1)
    expected = contents(images)
    del expected[images[2].name]
    assert below(tmp_path / "collect") == expected


async def test_a_listing_that_fails_on_the_way_is_told_after_what_came_before(
    proxied, proxy, make_image, tmp_path, connect, org, settings
):
    paths = [make_image(f"{number}.png") for number in range(6)]
    version = await fill_version(proxied, paths)
    narrow = await connect(org, host=proxy.origin, settings=settings(page_size=2))
    version = await narrow.get_dataset_version_by_id(version.id)

    async def fail_last(passing):
        answer = await passing.forward()
        return web.Response(status=500) if b'"0.png"' in answer.body else answer

    proxy.on("GET", "/assets", fail_last)
    with pytest.raises(asyncsdk.ServerError):
        await version.download(tmp_path / "out")
    assert below(tmp_path / "out").keys() == {"2.png", "3.png", "4.png", "5.png"}


async def test_progress(any_client, images, tmp_path):
    version = await fill_version(any_client, images)
    events = []
    await version.download(tmp_path / "out", progress=events.append)
    assert [(event.stage, event.done, event.total) for event in events] == [
        ("download", done, None) for done in range(1, 7)
    ]
    events.clear()
    (tmp_path / "out" / images[0].name).write_bytes(b"other")
    await (await version.list_assets()).download(tmp_path / "out", progress=events.append, on_error="collect")
    assert [(event.done, event.total) for event in events] == [(done, 6) for done in range(1, 7)]
    assert events[-1].failed == 1


async def test_a_progress_that_raises_ends_the_download(any_client, images, tmp_path, other_tasks):
    version = await fill_version(any_client, images)

    def give_up(event):
        raise KeyError(event.done)

    with pytest.raises(KeyError):
        await version.download(tmp_path / "out", progress=give_up, max_workers=1)
    assert other_tasks() == []


@pytest.mark.seed("download", "max_workers")
@pytest.mark.parametrize("workers", [1, 3])
async def test_max_workers_is_a_hard_bound(proxied, proxy, make_image, tmp_path, workers):
    version = await fill_version(proxied, [make_image(f"{number}.png") for number in range(9)])
    crowd = proxy.crowds("GET", "/storage/", workers)
    assert len((await version.download(tmp_path / "out", max_workers=workers)).downloaded) == 9
    assert crowd.peak == workers


async def test_transfers_begin_while_the_listing_still_runs(
    proxied, proxy, make_image, tmp_path, connect, org, settings, eventually
):
    version = await fill_version(proxied, [make_image(f"{number}.png") for number in range(12)])
    narrow = await connect(org, host=proxy.origin, settings=settings(page_size=2, read_ahead=1))
    version = await narrow.get_dataset_version_by_id(version.id)
    pages = []

    async def hold_back(passing):
        pages.append(passing.passed)
        if len(pages) == 3:
            await eventually(lambda: proxy.count("GET", "/storage/") >= 2)
        return await passing.forward()

    proxy.on("GET", "/assets", hold_back)
    report = await version.download(tmp_path / "out")
    assert len(report.downloaded) == 12
    assert len(pages) >= 6


# Cancelled and killed


def half_then_nothing(proxy, when=lambda passed: True):
    """Let transfers stall in the middle of their body."""

    async def stall(passing):
        answer = await passing.forward()
        if when(passing.passed):
            await passing.send_part(answer, len(answer.body) // 2)
            await asyncio.Event().wait()
        return answer

    proxy.on("GET", "/storage/", stall)


async def test_cancelled_in_the_middle_leaves_no_half_file(
    proxied, proxy, make_image, tmp_path, eventually, other_tasks
):
    """Measured: after Ctrl-C all the remaining files were downloaded first."""
    paths = [make_image(f"{n}.png", fill=os.urandom(2**20 + 2**19) if n % 2 else b"") for n in range(12)]
    version = await fill_version(proxied, paths)
    half_then_nothing(proxy)
    downloading = asyncio.create_task(version.download(tmp_path / "out", max_workers=4))
    await eventually(lambda: proxy.count("GET", "/storage/") == 4)
    await asyncio.sleep(0.02)
    downloading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await downloading
    assert other_tasks() == []
    assert proxy.count("GET", "/storage/") == 4
    assert [name for name in below(tmp_path / "out") if not name.startswith(".")] == []
    await proxied.close()


async def test_killed_in_the_middle_leaves_no_half_file(
    org, proxied, proxy, make_image, tmp_path, eventually, connect
):
    """Measured: a kill left a partial file under the final name, which the next run took for whole."""
    paths = [make_image(f"{n}.png", fill=os.urandom(2**20 + 2**19) if n % 2 else b"") for n in range(6)]
    version = await fill_version(proxied, paths)
    half_then_nothing(proxy)
    script = f"""
        import asyncsdk
        async def main():
            async with asyncsdk.Client({proxy.origin!r}, {org.token!r}, {org.name!r}) as client:
                version = await client.get_dataset_version_by_id({version.id!r})
                await version.download({str(tmp_path / "out")!r}, progress=False)
        asyncsdk.run(main())
    """
    killed = subprocess.Popen(  # noqa: ASYNC220 - it takes long enough to start
        [sys.executable, "-c", textwrap.dedent(script)]
    )
    try:
        await eventually(lambda: proxy.count("GET", "/storage/") == 6)
        await eventually(lambda: any(path.name.endswith(".part") for path in (tmp_path / "out").iterdir()))
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    assert [name for name in below(tmp_path / "out") if not name.startswith(".")] == []
    direct = await connect(org)
    version = await direct.get_dataset_version_by_id(version.id)
    assert len((await version.download(tmp_path / "out")).downloaded) == 6
    whole = {name: content for name, content in below(tmp_path / "out").items() if not name.startswith(".")}
    assert whole == contents(paths)


# Sequences and single objects


async def test_sequences_and_single_objects_download_too(any_client, images, tmp_path):
    version = await fill_version(any_client, images)
    assets = await version.list_assets(order_by=["filename"])
    report = await assets[1:3].download(tmp_path / "some")
    assert below(tmp_path / "some") == contents(images[1:3])
    assert [path.name for path in report.downloaded] == [path.name for path in images[1:3]]
    report = await assets[0].download(str(tmp_path / "one"))
    assert [path.read_bytes() for path in report.downloaded] == [images[0].read_bytes()]
    assert (await assets[0].download(tmp_path / "one")).skipped == report.downloaded
    data = await (await any_client.get_datalake()).list_data(order_by=["filename"])
    await data.download(tmp_path / "data")
    assert below(tmp_path / "data") == contents(images)
    await data[5].download(tmp_path / "last")
    assert below(tmp_path / "last") == contents(images[5:])
    assert str(await data[:0].download(tmp_path / "none")) == "0 done, 0 skipped, 0 failed, 0 bytes"


async def test_rows_without_a_file_are_reported(org, client, version, fill, tmp_path):
    await fill(org, version, ["a.png", "b.png"])
    report = await version.download(tmp_path / "out", on_error="collect")
    assert [failure.item for failure in report.failed] == ["b.png", "a.png"]
    with pytest.raises(PartialFailure, match=r"1 files failed\n.*\n  a\.png: "):
        await (await version.find_asset(filename="a.png")).download(tmp_path / "out")
    assert below(tmp_path / "out") == {}
