from __future__ import annotations

import pytest

from asyncsdk.formats.yolo_paths import image_folder_of, label_path_of


@pytest.mark.parametrize(
    ("image", "labels"),
    [
        ("images/train/a.jpg", "labels/train/a.txt"),
        ("/data/images/x/images/train/a.b.jpeg", "/data/images/x/labels/train/a.b.txt"),
        ("C:\\data\\images\\a.png", "C:/data/labels/a.txt"),
        ("train/a.webp", "train/a.txt"),
        ("a.jpg", "a.txt"),
        ("images.jpg", "images.txt"),
        ("my_images/a.jpg", "my_images/a.txt"),
    ],
)
def test_y1_label_paths(image, labels):
    assert label_path_of(image) == labels


@pytest.mark.parametrize(
    ("labels", "folder"),
    [("data/labels/train/a.txt", "data/images/train/"), ("a.txt", ""), ("/labels/a.txt", "/images/")],
)
def test_image_folders(labels, folder):
    assert image_folder_of(labels) == folder
