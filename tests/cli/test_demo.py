"""What the demo says when it has nothing to show, or nowhere to work."""

from __future__ import annotations

import pytest

from asyncsdk.cli.demo import demo
from asyncsdk.errors import ConfigurationError


def test_a_folder_without_images_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("ASYNCSDK_EMBEDDED_IDLE_S", "2")
    images = tmp_path / "images"
    images.mkdir()
    (images / "notes.txt").write_text("none here")
    with pytest.raises(ConfigurationError, match="images: there is no image or video in it"):
        demo(images=images, folder=tmp_path / "demo")


def test_a_file_in_the_way_is_told(tmp_path):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(ConfigurationError, match=f"--folder {folder}: "):
            demo(folder=folder, count=1)


def test_missing_images_are_told(tmp_path):
    with pytest.raises(ConfigurationError, match=r"--images .*: no such folder"):
        demo(images=tmp_path / "none", folder=tmp_path / "demo")
    assert not (tmp_path / "demo").exists()
