"""YOLO: where label files lie. `images/train/a.jpg` has its labels in `labels/train/a.txt`."""

from __future__ import annotations

from asyncsdk.formats.stems import stem_of

__all__ = ["image_folder_of", "label_path_of"]


def label_path_of(image_path: str) -> str:
    """Return the path of an image's label file.

    The last folder named `images` becomes `labels`; where there is none, the file lies beside the image.

    Args:
        image_path: with the separators of any system; the result has `/`.

    Example:
        >>> label_path_of("data/images/train/a.jpeg")
        'data/labels/train/a.txt'
    """
    return _swapped(image_path, "images", "labels") + f"{stem_of(image_path)}.txt"


def image_folder_of(label_path: str) -> str:
    """Return the folder in which the image of a label file lies, with a final `/` unless it is empty.

    Example:
        >>> image_folder_of("data/labels/train/a.txt")
        'data/images/train/'
    """
    return _swapped(label_path, "labels", "images")


def _swapped(path: str, old: str, new: str) -> str:
    folders = path.replace("\\", "/").split("/")[:-1]
    for index in range(len(folders) - 1, -1, -1):
        if folders[index] == old:
            folders[index] = new
            break
    return "".join(f"{folder}/" for folder in folders)
