from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from asyncsdk.errors import InvalidArgumentError, MissingFileError
from asyncsdk.records.data import ImageSize
from asyncsdk.resources.local_files import SMALL_BYTES, find_files, look_into


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return root


def names_below(root, paths):
    return [path.relative_to(root).as_posix() for path in paths]


# Finding


def test_a_folder_stands_for_the_media_below_it(tmp_path):
    touch(
        tmp_path,
        "b.png",
        "a.JPG",
        "deep/er/c.mp4",
        "deep/d.webp",
        "notes.txt",
        "deep/data.json",
        "no-extension",
    )
    found = find_files(tmp_path)
    assert names_below(tmp_path, found.files) == ["a.JPG", "b.png", "deep/d.webp", "deep/er/c.mp4"]
    assert names_below(tmp_path, found.skipped) == ["no-extension", "notes.txt", "deep/data.json"]


def test_hidden_files_and_folders_are_passed_over(tmp_path):
    touch(tmp_path, ".hidden.png", ".cache/a.png", "a.png", "b/.DS_Store", "b/.thumbs/x.jpg")
    found = find_files(tmp_path)
    assert names_below(tmp_path, found.files) == ["a.png"]
    assert found.skipped == ()


def test_a_folder_that_is_hidden_itself_counts(tmp_path):
    touch(tmp_path, ".hidden/a.png")
    assert len(find_files(tmp_path / ".hidden").files) == 1


def test_what_is_named_is_taken_in_the_callers_order(tmp_path):
    touch(tmp_path, "folder/b.png", "folder/a.png", "z.png", "notes.txt", ".hidden.png")
    given = [tmp_path / "z.png", str(tmp_path / "folder"), tmp_path / "notes.txt", tmp_path / ".hidden.png"]
    found = find_files(given)
    assert names_below(tmp_path, found.files) == [
        "z.png",
        "folder/a.png",
        "folder/b.png",
        "notes.txt",
        ".hidden.png",
    ]
    assert names_below(tmp_path, find_files(iter(given)).files) == names_below(tmp_path, found.files)


def test_one_path_as_text_and_as_path(tmp_path):
    path = touch(tmp_path, "a.png") / "a.png"
    assert find_files(str(path)).files == find_files(path).files == (path,)


def test_the_home_folder_is_expanded(tmp_path, monkeypatch):
    touch(tmp_path, "a.png")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_files("~/a.png").files == (tmp_path / "a.png",)
    with pytest.raises(MissingFileError, match="nobody-of-this-name"):
        find_files("~nobody-of-this-name/a.png")


def test_every_missing_path_is_named(tmp_path):
    touch(tmp_path, "a.png")
    with pytest.raises(MissingFileError, match=r"no such file or folder: .*/x\.png, .*/y") as caught:
        find_files([tmp_path / "a.png", tmp_path / "x.png", tmp_path / "y"])
    assert isinstance(caught.value, FileNotFoundError)


@pytest.mark.parametrize("nothing", [[], ()])
def test_nothing_is_refused(nothing):
    with pytest.raises(InvalidArgumentError, match="at least one"):
        find_files(nothing)


@pytest.mark.parametrize("wrong", [None, 5, [None], [5]])
def test_what_is_no_path_is_refused(wrong):
    with pytest.raises(InvalidArgumentError, match="filepaths"):
        find_files(wrong)


def test_an_empty_folder_has_no_files(tmp_path):
    assert find_files(tmp_path).files == ()


def test_a_folder_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    touch(tmp_path, "a.png", "closed/b.png")
    scan = os.scandir

    def refuse(path):
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InvalidArgumentError, match="closed: cannot be read: Permission denied"):
        find_files(tmp_path)


def test_a_name_that_is_too_long_is_told(tmp_path):
    with pytest.raises(InvalidArgumentError, match=r"cannot be read: .*too long"):
        find_files(tmp_path / ("a" * 1000))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no named pipes in folders")
def test_what_is_no_regular_file_is_never_opened(tmp_path):
    touch(tmp_path, "a.png")
    os.mkfifo(tmp_path / "pipe.png")
    found = find_files(tmp_path)
    assert names_below(tmp_path, found.files) == ["a.png"]
    assert names_below(tmp_path, found.skipped) == ["pipe.png"]
    with pytest.raises(InvalidArgumentError, match=r"pipe.png: neither a file nor a folder"):
        find_files(tmp_path / "pipe.png")


def test_links_to_files_count_and_dangling_ones_are_skipped(tmp_path):
    touch(tmp_path, "folder/a.png", "other/b.png")
    (tmp_path / "folder/link.png").symlink_to(tmp_path / "other/b.png")
    (tmp_path / "folder/dangling.png").symlink_to(tmp_path / "nowhere.png")
    (tmp_path / "folder/loop").symlink_to(tmp_path / "folder")
    found = find_files(tmp_path / "folder")
    assert names_below(tmp_path, found.files) == ["folder/a.png", "folder/link.png"]
    assert names_below(tmp_path, found.skipped) == ["folder/dangling.png"]


# Looking into


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.jpg", "image/jpeg"), ("a.JPEG", "image/jpeg"), ("a.png", "image/png"), ("a.webp", "image/webp"),
        ("a.tif", "image/tiff"), ("a.heic", "image/heic"), ("a.avif", "image/avif"), ("a.mp4", "video/mp4"),
        ("a.mkv", "video/x-matroska"), ("a.webm", "video/webm"), ("a.unknown", "application/octet-stream"),
        ("a", "application/octet-stream"), ("a.png.txt", "text/plain"),
    ],
)  # fmt: skip
def test_the_content_type_is_that_of_the_name(tmp_path, name, content_type):
    assert look_into(touch(tmp_path, name) / name, exif=False).content_type == content_type


def test_an_image(tmp_path):
    path = tmp_path / "a.png"
    Image.new("RGB", (7, 5)).save(path)
    file = look_into(path, exif=True)
    assert file.image_size == ImageSize(7, 5)
    assert file.content == path.read_bytes()
    assert file.size_bytes == len(file.content)
    assert file.exif == {}


def test_a_large_file_is_not_read_whole(tmp_path):
    path = tmp_path / "a.png"
    Image.new("RGB", (7, 5)).save(path)
    os.truncate(path, SMALL_BYTES + 1)
    file = look_into(path, exif=True)
    assert file.content is None
    assert (file.size_bytes, file.image_size) == (SMALL_BYTES + 1, ImageSize(7, 5))
    os.truncate(path, SMALL_BYTES)
    assert look_into(path, exif=False).content == path.read_bytes()


def test_exif_only_when_it_is_asked_for(tmp_path):
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Acme"
    Image.new("RGB", (7, 5)).save(tmp_path / "a.jpg", exif=exif)
    assert look_into(tmp_path / "a.jpg", exif=True).exif == {"manufacturer": "Acme"}
    assert look_into(tmp_path / "a.jpg", exif=False).exif == {}


@pytest.mark.parametrize("name", ["a.png", "a.mp4", "a.txt"])
def test_what_is_no_image_has_no_size(tmp_path, name):
    assert look_into(touch(tmp_path, name) / name, exif=True).image_size is None


def test_a_file_that_has_gone(tmp_path):
    with pytest.raises(MissingFileError, match=r"no such file: .*a.png"):
        look_into(tmp_path / "a.png", exif=False)


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(InvalidArgumentError, match="cannot be read: Is a directory"):
        look_into(tmp_path, exif=False)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are always Unicode there")
def test_a_name_that_is_not_unicode_is_told(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png"))
    path.write_bytes(b"x")
    with pytest.raises(InvalidArgumentError, match="its name is not UTF-8"):
        look_into(path, exif=False)


@pytest.mark.parametrize("grown", [-3, 3])
def test_a_file_that_changes_its_size_meanwhile_is_read_to_its_end(tmp_path, monkeypatch, grown):
    """At its size from before, its end would be missing, or bytes would be promised that are not there."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"0123456789")
    fstat = os.fstat

    def before(descriptor):
        status = fstat(descriptor)
        if status.st_size != 10:
            return status
        return os.stat_result((*status[:6], 10 - grown, *status[7:]))

    monkeypatch.setattr(os, "fstat", before)
    file = look_into(path, exif=False)
    assert (file.content, file.size_bytes) == (b"0123456789", 10)
