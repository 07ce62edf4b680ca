"""A folder and a version compared in both directions, and the folder completed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import update

import asyncsdk
from asyncsdk import FolderReport, MissingAssets
from asyncsdk.errors import InvalidArgumentError, MissingFileError, PartialFailure
from asyncsdk.resources import folder_comparison
from asyncsdk.resources.folder_names import NAMES_FILE
from asyncsdk.server.store.schema import data as data_table
from asyncsdk.server.store.statements import statement

HOSTILE = [
    "../../outside.png",
    "/tmp/absolute.png",
    "..",
    "a/b/c.png",
    "C:\\boot.png",
    ".hidden.png",
    "x" * 300,
]


@pytest.fixture
def fill_version():
    """A function that uploads files and makes a version of them."""

    async def fill(client, paths, name="birds"):
        data = await (await client.get_datalake()).upload_data(paths)
        version = await (await client.create_dataset(name)).create_version("v1")
        await (await version.add_data(data)).wait(poll_s=0.002)
        return version

    return fill


@pytest.fixture
async def birds(client, images, fill_version):
    """A version of six images."""
    return await fill_version(client, images)


@pytest.fixture
def here(tmp_path):
    """An empty folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


@pytest.fixture
def cats(make_image):
    """Four images, three of which are called `cat.png` and one `CAT.png`."""
    paths = [make_image(f"{number}/cat.png", width=20 + number) for number in range(3)]
    return [*paths, make_image("3/CAT.png", width=30)]


def below(folder):
    """Every file of a folder with its content, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in Path(folder).rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def contents(paths):
    return {path.name: path.read_bytes() for path in paths}


def copy(paths, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        (folder / path.name).write_bytes(path.read_bytes())


# Missing here


@pytest.mark.seed("synchronize", "target_dir", "return")
async def test_what_is_missing_here_is_returned_and_nothing_is_written(
    any_client, images, here, fill_version
):
    version = await fill_version(any_client, images)
    copy(images[:2], here)
    missing = await version.synchronize(str(here))
    assert isinstance(missing, asyncsdk.MultiAsset)
    assert [asset.filename for asset in missing] == [path.name for path in images[:1:-1]]
    assert missing.report.missing_here == tuple(path.name for path in images[:1:-1])
    assert missing.report.transfer is None
    assert not missing.report.is_synchronized
    assert below(here) == contents(images[:2])


@pytest.mark.seed("synchronize", "target_dir", "do_download", "return")
async def test_what_is_missing_here_is_downloaded_when_asked(any_client, images, here, fill_version):
    version = await fill_version(any_client, images)
    copy(images[:2], here)
    missing = await version.synchronize(here, do_download=True)
    assert sorted(asset.filename for asset in missing) == [path.name for path in images[2:]]
    assert sorted(path.name for path in missing.report.transfer.downloaded) == sorted(
        missing.report.missing_here
    )
    assert below(here) == contents(images)
    again = await version.synchronize(here, True)
    assert list(again) == []
    assert again.report.is_synchronized
    assert str(again.report.transfer) == "0 done, 0 skipped, 0 failed, 0 bytes"


async def test_an_empty_version_lacks_what_is_here(client, version, images, here):
    copy(images[:2], here)
    missing = await version.synchronize(here, do_download=True)
    assert isinstance(missing, MissingAssets)
    assert len(missing) == 0
    report = missing.report
    assert report == FolderReport(missing_there=(images[0].name, images[1].name), transfer=report.transfer)


async def test_slices_and_filters_keep_the_report(birds, here):
    missing = await birds.synchronize(here)
    some = missing[1:3].filter(lambda asset: asset == missing[1])
    assert isinstance(some, MissingAssets)
    assert some.ids == missing.ids[1:2]
    assert some.report is missing.report
    assert (await some.download(here)).downloaded == (here / missing[1].filename,)


# Missing there, different, equal


async def test_both_directions_are_told(birds, images, here):
    copy(images[:4], here)
    longer = images[1].read_bytes() + b"more"
    other = bytes(len(images[2].read_bytes()))
    (here / images[1].name).write_bytes(longer)
    (here / images[2].name).write_bytes(other)
    (here / "own.txt").write_text("mine")
    (here / ".hidden").write_text("passed over")
    (here / "folder").mkdir()
    (here / "folder" / "inner.png").write_text("passed over")
    report = (await birds.synchronize(here)).report
    assert sorted(report.missing_here) == [images[4].name, images[5].name]
    assert report.missing_there == ("own.txt",)
    size = len(images[1].read_bytes())
    assert sorted(map(str, report.different)) == [
        f"{images[1].name}: {size + 4} bytes here, {size} bytes there",
        f"{images[2].name}: another SHA-256",
    ]
    ids = {asset.filename: asset.id for asset in await birds.list_assets()}
    assert {one.name: one.asset_id for one in report.different} == {
        path.name: ids[path.name] for path in images[1:3]
    }
    assert sorted(report.equal) == [images[0].name, images[3].name]
    assert (report.not_compared, report.passed_over) == ((), ())
    assert str(report).splitlines()[0] == (
        "2 missing here, 1 missing there, 2 different, 0 not compared, 2 equal"
    )
    assert "  missing there: own.txt" in str(report).splitlines()


async def test_files_that_differ_stay_unless_they_are_to_be_replaced(any_client, images, here, fill_version):
    version = await fill_version(any_client, images)
    (here / images[0].name).write_bytes(b"other")
    missing = await version.synchronize(here, do_download=True)
    assert sorted(missing.report.missing_here) == [path.name for path in images[1:]]
    assert [one.name for one in missing.report.different] == [images[0].name]
    assert below(here) == contents(images) | {images[0].name: b"other"}
    replaced = await version.synchronize(here, do_download=True, force_replace=True)
    assert list(replaced) == []
    assert replaced.report.transfer.downloaded == (here / images[0].name,)
    assert below(here) == contents(images)
    (here / images[0].name).write_bytes(b"other")
    assert (await version.synchronize(here, force_replace=True)).report.transfer is None
    assert below(here) == contents(images) | {images[0].name: b"other"}


async def test_without_checksums_of_the_platform_sizes_are_compared(
    strict_client, images, here, fill_version
):
    version = await fill_version(strict_client, images)
    copy(images[:3], here)
    (here / images[1].name).write_bytes(b"short")
    report = (await version.synchronize(here)).report
    assert sorted(map(str, report.not_compared)) == [
        f"{path.name}: the platform tells no checksum of it" for path in (images[0], images[2])
    ]
    assert [one.name for one in report.different] == [images[1].name]
    assert report.equal == ()


async def test_checksums_are_asked_for_only_when_they_are_wanted(proxied, proxy, images, here, fill_version):
    version = await fill_version(proxied, images)
    copy(images, here)
    report = (await version.synchronize(here, checksums=False)).report
    assert {one.reason for one in report.not_compared} == {"checksums were not wanted"}
    assert (len(report.not_compared), report.is_synchronized) == (6, True)
    assert [seen for seen in proxy.passed if "checksums" in seen.query] == []
    assert len((await version.synchronize(here)).report.equal) == 6
    assert len([seen for seen in proxy.passed if "checksums" in seen.query]) == 1


async def test_data_without_a_known_checksum_is_not_compared(org, client, version, fill, here):
    await fill(org, version, ["a.png", "b.png"])
    (here / "a.png").write_bytes(bytes(100))
    (here / "b.png").write_bytes(bytes(99))
    report = (await version.synchronize(here)).report
    assert [str(one) for one in report.not_compared] == ["a.png: the platform tells no checksum of it"]
    assert [str(one) for one in report.different] == ["b.png: 99 bytes here, 100 bytes there"]


# Names


@pytest.mark.parametrize("use_id", [False, True])
@pytest.mark.parametrize("forgotten", [False, True])
async def test_a_folder_that_download_wrote_is_synchronized(
    any_client, images, cats, tmp_path, fill_version, use_id, forgotten
):
    version = await fill_version(any_client, [*cats, *images])
    await version.download(tmp_path / "out", use_id=use_id)
    if forgotten:
        (tmp_path / "out" / NAMES_FILE).unlink(missing_ok=True)
    before = below(tmp_path / "out")
    missing = await version.synchronize(tmp_path / "out", do_download=True, use_id=use_id)
    assert list(missing) == []
    assert missing.report.is_synchronized
    assert len(missing.report.equal) + len(missing.report.not_compared) == 10
    assert below(tmp_path / "out") == before


async def test_each_file_of_assets_that_share_a_name_comes_back_under_its_name(
    any_client, cats, tmp_path, fill_version
):
    out = tmp_path / "out"
    version = await fill_version(any_client, cats)
    await version.download(out)
    whole = below(out)
    for path in sorted(out.glob("*at*.png")):
        path.unlink()
        missing = await version.synchronize(out, do_download=True)
        assert missing.report.missing_here == (path.name,)
        assert below(out) == whole


async def test_a_file_stays_with_its_asset_when_a_newer_one_of_its_name_comes(
    client, cats, here, fill_version
):
    version = await fill_version(client, cats[:1])
    await version.download(here)
    data = await (await client.get_datalake()).upload_data(cats[1])
    await version.add_data(data, wait=True)
    missing = await version.synchronize(here, do_download=True)
    new = (await version.find_asset(data=data[0])).id
    assert missing.ids == [new]
    assert missing.report.missing_here == (f"cat-{new[-12:]}.png",)
    expected = {"cat.png": cats[0].read_bytes(), f"cat-{new[-12:]}.png": cats[1].read_bytes()}
    found = below(here)
    assert found.pop(NAMES_FILE)
    assert found == expected
    assert len((await version.download(here)).skipped) == 2
    assert (await version.synchronize(here)).report.is_synchronized


async def test_no_name_leaves_the_folder(any_org, any_client, make_image, tmp_path, fill_version):
    """Measured: `../../x` and absolute names were written outside the target."""
    paths = [make_image(f"{number}.png", width=20 + number) for number in range(len(HOSTILE))]
    version = await fill_version(any_client, paths)
    data = await (await version.list_assets()).as_multidata()

    def rename():
        for identity, name in zip(data.ids, HOSTILE, strict=True):
            yield statement(update(data_table).where(data_table.c.id == identity).values(filename=name))

    any_org.platform.write(rename())
    target = tmp_path / "a" / "b" / "target"
    target.mkdir(parents=True)
    before = below(tmp_path)
    missing = await version.synchronize(target, do_download=True, recursive=True)
    assert len(missing) == len(HOSTILE)
    written = below(target)
    written.pop(NAMES_FILE, None)
    assert sorted(written) == sorted(missing.report.missing_here)
    assert all("/" not in name and not name.startswith(".") for name in written)
    assert before.items() <= below(tmp_path).items()
    assert len(below(tmp_path)) - len(before) == len(below(target))
    assert list(await version.synchronize(target, recursive=True)) == []


# Sub-folders


async def test_files_that_were_moved_into_sub_folders_are_found(
    any_client, images, cats, tmp_path, fill_version
):
    out = tmp_path / "out"
    version = await fill_version(any_client, [*cats, *images])
    await version.download(out)
    for number, path in enumerate(sorted(out.glob("*.*g"))):
        target = out / ("train" if number % 2 else "val/deep")
        target.mkdir(parents=True, exist_ok=True)
        path.rename(target / path.name)
    assert len(await version.synchronize(out)) == 10
    report = (await version.synchronize(out, recursive=True)).report
    assert report.is_synchronized
    found = {*report.equal, *(one.name for one in report.not_compared)}
    assert found == {name for name in below(out) if name != NAMES_FILE}


async def test_files_of_one_name_in_many_folders_find_their_assets_by_content(
    client, cats, here, fill_version, make_image
):
    version = await fill_version(client, cats[:3])
    for folder, path in zip(("z", "y", "x"), cats[:3], strict=True):
        copy([path], here / folder)
    report = (await version.synchronize(here, recursive=True)).report
    assert (report.is_synchronized, sorted(report.equal)) == (True, ["x/cat.png", "y/cat.png", "z/cat.png"])
    copy([make_image("other/cat.png", width=99)], here / "y")
    copy([make_image("more/cat.png", width=98)], here / "a")
    report = (await version.synchronize(here, recursive=True)).report
    assert sorted(report.equal) == ["x/cat.png", "z/cat.png"]
    assert [one.name for one in report.different] == ["a/cat.png"]
    assert report.missing_there == ("y/cat.png",)


async def test_a_file_that_differs_in_a_sub_folder_is_replaced_there(client, images, here, fill_version):
    version = await fill_version(client, images[:2])
    copy(images[:1], here / "train")
    (here / "train" / images[0].name).write_bytes(b"other")
    missing = await version.synchronize(here, do_download=True, recursive=True, force_replace=True)
    assert [asset.filename for asset in missing] == [images[1].name]
    assert [one.name for one in missing.report.different] == [f"train/{images[0].name}"]
    assert below(here) == {
        f"train/{images[0].name}": images[0].read_bytes(),
        images[1].name: images[1].read_bytes(),
    }


async def test_names_with_folders_find_their_file_where_it_is(org, client, version, fill, here):
    await fill(org, version, ["val/a.png", "train/a.png"])
    for folder in ("train", "val"):
        (here / folder).mkdir()
        (here / folder / "a.png").write_bytes(bytes(100))
    report = (await version.synchronize(here, recursive=True)).report
    ids = {asset.filename: asset.id for asset in await version.list_assets()}
    assert {one.name: one.asset_id for one in report.not_compared} == ids
    flat = (await version.synchronize(here)).report
    assert sorted(flat.missing_here) == ["train_a.png", "val_a.png"]


# Links, and what else is no file


@pytest.mark.parametrize("inside", [False, True])
async def test_links_are_not_followed(client, images, tmp_path, here, fill_version, inside):
    version = await fill_version(client, images[:2])
    precious = (here if inside else tmp_path) / "precious"
    precious.write_bytes(images[0].read_bytes())
    (here / images[0].name).symlink_to(precious)
    (tmp_path / "outside").mkdir()
    copy(images[1:2], tmp_path / "outside")
    (here / "linked").symlink_to(tmp_path / "outside")
    (here / "dangling").symlink_to(tmp_path / "nowhere")
    report = (await version.synchronize(here, recursive=True)).report
    assert [str(one) for one in report.different] == [
        f"{images[0].name}: no regular file; links are not followed"
    ]
    assert report.missing_here == (images[1].name,)
    assert report.passed_over == ("dangling", "linked")
    assert report.missing_there == (("precious",) if inside else ())
    precious.write_bytes(b"precious")
    await version.synchronize(here, do_download=True, force_replace=True)
    assert precious.read_bytes() == b"precious"
    assert not (here / images[0].name).is_symlink()
    assert contents(images[:2]).items() <= below(here).items()


async def test_a_folder_in_the_place_of_a_file_is_told_by_the_download(client, images, here, fill_version):
    version = await fill_version(client, images[:2])
    (here / images[0].name).mkdir()
    missing = await version.synchronize(here, do_download=True, on_error="collect")
    assert sorted(missing.report.missing_here) == [images[0].name, images[1].name]
    assert [failure.item for failure in missing.report.transfer.failed] == [images[0].name]
    assert "no file is there" in str(missing.report.transfer.failed[0])


async def test_the_folder_itself_may_be_a_link(client, images, here, tmp_path, fill_version, monkeypatch):
    version = await fill_version(client, images[:1])
    (tmp_path / "link").symlink_to(here)
    monkeypatch.setenv("HOME", str(tmp_path))
    await version.synchronize("~/link", do_download=True)
    assert below(here) == contents(images[:1])


# What goes wrong


@pytest.mark.seed("synchronize", "target_dir")
async def test_what_is_no_folder_is_refused_before_any_request(proxied, proxy, tmp_path):
    version = await (await proxied.create_dataset("birds")).create_version("v1")
    (tmp_path / "file").write_text("no folder")
    before = len(proxy.passed)
    for do_download in (False, True):
        with pytest.raises(MissingFileError, match=r"no such folder.*use download"):
            await version.synchronize(tmp_path / "nowhere", do_download)
    for wrong in (
        {"target_dir": tmp_path / "file"}, {"target_dir": 5}, {"max_workers": 0}, {"on_error": "ignore"},
        {"target_dir": "~nobody-of-this-name/x"},
    ):  # fmt: skip
        with pytest.raises(InvalidArgumentError):
            await version.synchronize(**{"target_dir": tmp_path} | wrong)
    assert len(proxy.passed) == before
    assert not (tmp_path / "nowhere").exists()


async def test_failures_are_raised_or_collected(proxied, proxy, images, here, fill_version):
    """Measured: failed downloads were only logged, and the answer was the same."""
    version = await fill_version(proxied, images)
    bad = (await version.find_asset(filename=images[2].name)).object_name

    async def lose_one(passing):
        if bad in passing.passed.path:
            return web.Response(status=404, text="no such key")
        return await passing.forward()

    proxy.on("GET", "/storage/", lose_one)
    with pytest.raises(PartialFailure, match=images[2].name) as caught:
        await version.synchronize(here, do_download=True)
    assert len(caught.value.report.downloaded) == 5
    assert [failure.item for failure in caught.value.report.failed] == [images[2].name]
    missing = await version.synchronize(here, do_download=True, on_error="collect")
    assert [asset.filename for asset in missing] == [images[2].name]
    assert [failure.item for failure in missing.report.transfer.failed] == [images[2].name]
    assert images[2].name not in below(here)


async def test_a_listing_that_fails_is_raised_and_nothing_is_written(
    proxied, proxy, images, here, fill_version
):
    version = await fill_version(proxied, images)
    proxy.answers("GET", "/assets", status=500)
    with pytest.raises(asyncsdk.ServerError):
        await version.synchronize(here, do_download=True)
    assert below(here) == {}


async def test_files_that_change_while_they_are_compared(birds, images, here, monkeypatch):
    copy(images, here)
    hashed = folder_comparison.sha256_of

    async def meddle(path):
        if path.name == images[0].name:
            path.unlink()
        if path.name == images[1].name:
            path.unlink()
            path.symlink_to(images[1])
        return await hashed(path)

    monkeypatch.setattr(folder_comparison, "sha256_of", meddle)
    missing = await birds.synchronize(here)
    assert [asset.filename for asset in missing] == [images[0].name]
    (odd,) = missing.report.not_compared
    assert odd.name == images[1].name
    assert odd.reason.startswith("cannot be read")
    assert len(missing.report.equal) == 4


async def test_a_folder_that_cannot_be_read_is_told(client, version, here, monkeypatch):
    (here / "locked").mkdir()
    scan = os.scandir

    def refuse(path):
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InvalidArgumentError, match="locked: cannot be read as a folder: Permission denied"):
        await version.synchronize(here, recursive=True)


async def test_progress(birds, images, here):
    copy(images[:4], here)
    events = []
    await birds.synchronize(here, do_download=True, progress=events.append)
    assert [(event.stage, event.done, event.total) for event in events] == [
        *(("compare", done, None) for done in range(1, 7)),
        *(("download", done, 2) for done in (1, 2)),
    ]


async def test_long_listings_are_compared_page_by_page(org, version, fill, here, connect, settings):
    names = [f"{number:04}.png" for number in range(2_500)]
    await fill(org, version, names)
    for name in names[::5]:
        (here / name).write_bytes(bytes(100))
    client = await connect(org, settings=settings(page_size=500))
    report = (await (await client.get_dataset_version_by_id(version.id)).synchronize(here)).report
    assert (len(report.missing_here), len(report.not_compared)) == (2_000, 500)
    assert report.missing_here == tuple(name for name in names[::-1] if int(name[:4]) % 5)
