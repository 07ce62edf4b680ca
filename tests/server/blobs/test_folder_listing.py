"""What lies in the folder of a local storage without the platform having put it there."""

from __future__ import annotations

import hashlib
import os

import pytest
from stored_content import content_of

from asyncsdk.server.blobs import folder_listing
from asyncsdk.server.blobs.digests import Digests
from asyncsdk.server.blobs.folder_listing import list_page

CONNECTOR = "connector"
CONTENT = b"some content"


@pytest.fixture
def folder(tmp_path):
    """The folder of the connector's objects, where files can be copied to."""
    path = tmp_path / "blobs" / "objects" / CONNECTOR
    path.mkdir(parents=True)
    return path


@pytest.fixture
def put(folder):
    def put(name, content=CONTENT):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return put


def pages(folder, prefix="", limit=3):
    after, is_last, found = "", False, []
    while not is_last:
        page = list_page(f"{folder}/", prefix, after, limit)
        found.append(page)
        assert len(found) < 20
        is_last = page.is_last
        after = page.keys[-1] if page.keys else after
    return found


async def test_a_file_that_was_copied_in_is_listed_and_becomes_an_object(open_blobs, put):
    put("photos/a.png")
    blobs = open_blobs()
    assert (await blobs.list_keys(CONNECTOR, "photos/")).keys == ("photos/a.png",)
    assert await blobs.find(CONNECTOR, "photos/a.png") is None
    stored = await blobs.adopt(CONNECTOR, "photos/a.png", "image/png")
    assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (stored.size_bytes, stored.content_type) == (len(CONTENT), "image/png")
    for storage in (blobs, open_blobs()):
        assert await storage.find(CONNECTOR, "photos/a.png") == stored
        assert await content_of(storage, CONNECTOR, "photos/a.png") == CONTENT
        assert await storage.adopt(CONNECTOR, "photos/a.png", "image/other") == stored


async def test_what_changed_since_it_was_adopted_is_no_object(open_blobs, put):
    put("a.png")
    blobs = open_blobs()
    await blobs.adopt(CONNECTOR, "a.png", "image/png")
    put("a.png", CONTENT + b"!")
    assert await blobs.find(CONNECTOR, "a.png") is None
    assert await blobs.adopt(CONNECTOR, "a.png", "image/png") is None


async def test_a_file_that_grows_while_it_is_read_is_not_adopted_yet(open_blobs, put, monkeypatch):
    path = put("a.png")
    blobs = open_blobs()
    read = Digests.of_file

    def slow(name):
        digests = read(name)
        with path.open("ab") as file:
            file.write(b"more")
        return digests

    with monkeypatch.context() as patch:
        patch.setattr(Digests, "of_file", slow)
        assert await blobs.adopt(CONNECTOR, "a.png", "image/png") is None
    assert (await blobs.adopt(CONNECTOR, "a.png", "image/png")).size_bytes == len(CONTENT) + 4


async def test_facts_are_written_whole_or_not_at_all(open_blobs, put, monkeypatch):
    """A torn write would leave a file that can never be adopted."""
    put("a.png")

    class Killed(BaseException):
        pass

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("asyncsdk.server.blobs.durable.os.rename", kill)
        with pytest.raises(Killed):
            await open_blobs().adopt(CONNECTOR, "a.png", "image/png")
    again = open_blobs()
    assert await again.find(CONNECTOR, "a.png") is None
    assert await again.adopt(CONNECTOR, "a.png", "image/png") is not None


async def test_links_are_never_followed(open_blobs, put, folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.png").write_bytes(b"secret")
    (folder / "file.png").symlink_to(outside / "secret.png")
    (folder / "folder").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    put("real.png")
    blobs = open_blobs()
    page = await blobs.list_keys(CONNECTOR, "")
    assert page.keys == ("real.png",)
    assert page.unfit == dict.fromkeys(["file.png", "folder", "loop"], "neither a file nor a folder")
    for key in ("file.png", "folder/secret.png", "loop/real.png"):
        assert await blobs.adopt(CONNECTOR, key, "image/png") is None


def test_files_whose_names_no_object_may_have_are_named(folder, put):
    for name in (
        "a.png",
        "b\nc.png",
        "d/e\\f.png",
        "g" * 201,
        "h.png",
        os.fsdecode(b"i\xff.png"),
        "j.png",
        "k",
    ):
        put(name)
    found = pages(folder, limit=2)
    assert [page.keys for page in found] == [("a.png", "h.png"), ("j.png", "k")]
    assert list(found[0].unfit) == ["b\\nc.png", "d/e\\\\f.png", "g" * 201]
    assert list(found[1].unfit) == ["i\\udcff.png"]
    assert all("not an object name" in reason for page in found for reason in page.unfit.values())
    assert pages(folder, prefix="i")[0].keys == ()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_that_cannot_be_read_is_named(folder, put):
    put("closed/a.png").parent.chmod(0)
    try:
        assert pages(folder)[0].unfit == {"closed/": "the folder cannot be read"}
    finally:
        (folder / "closed").chmod(0o700)


def test_many_names_in_one_folder_are_held_a_part_at_a_time(folder, put, monkeypatch):
    monkeypatch.setattr(folder_listing, "_HELD", 3)
    names = [f"{number:02}{'/x' if number % 3 == 0 else ''}" for number in range(20)]
    for name in names:
        put(name)
    for number in (1, 4):  # empty folders between them
        (folder / f"{number:02}-empty").mkdir()
    assert [key for page in pages(folder, limit=5) for key in page.keys] == names


def test_folders_inside_of_each_other_without_end_are_named(folder, monkeypatch):
    monkeypatch.setattr(folder_listing, "_DEEPEST", 3)
    (folder / "a" / "b" / "c").mkdir(parents=True)
    (folder / "a" / "b" / "x").write_bytes(b"")
    (page,) = pages(folder)
    assert page.keys == ("a/b/x",)
    assert page.unfit == {"a/b/c/": "too many folders inside of each other"}


def test_a_folder_that_vanishes_meanwhile_is_empty(tmp_path):
    page = list_page(f"{tmp_path}/none/", "", "", 5)
    assert (page.keys, page.unfit, page.is_last) == ((), {}, True)
