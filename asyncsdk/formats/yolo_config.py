"""YOLO: `data.yaml`, which names the classes; see https://docs.ultralytics.com/datasets/detect/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import attrs
import yaml

from asyncsdk.errors import FormatError
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.numerals import shown, whole
from asyncsdk.formats.objects import Category
from asyncsdk.formats.yaml_nodes import line_of, read_nodes, text_of

__all__ = ["YoloConfig", "YoloTask", "read_yolo_config", "write_yolo_config"]

_FOLDERS = ("path", "train", "val", "test")
_READ = frozenset({*_FOLDERS, "nc", "names", "kpt_shape", "kpt_names"})
_MOST_KEYPOINTS = 1_000


class YoloTask(StrEnum):
    """What the numbers after the class mean, under the names that YOLO tools use."""

    DETECT = "detect"
    """A box: centre, width and height."""

    SEGMENT = "segment"
    """A polygon."""

    POSE = "pose"
    """A box and keypoints."""

    OBB = "obb"
    """A box at an angle: its four corners."""

    CLASSIFY = "classify"
    """Nothing: the class is that of the image."""


@attrs.frozen(kw_only=True)
class YoloConfig:
    """What `data.yaml` says."""

    names: tuple[str, ...]
    """Names of the classes; a class in a label file is a place in this list, from 0."""

    path: str | None = None
    """Folder that the next three are relative to."""

    train: str | tuple[str, ...] | None = None
    """Folder, list file, or several, of the images to train with."""

    val: str | tuple[str, ...] | None = None
    test: str | tuple[str, ...] | None = None
    keypoint_shape: tuple[int, int] | None = None
    """Number of keypoints, and how many numbers each has: 2 (x, y) or 3 (and visibility)."""

    keypoint_names: Mapping[int, tuple[str, ...]] | None = None
    """Names of the keypoints by class, where the file has them."""

    @property
    def categories(self) -> tuple[Category, ...]:
        """The classes as categories, in order; those of one name are one."""
        names = self.keypoint_names or {}
        found: dict[str, Category] = {}
        for index, name in enumerate(self.names):
            found.setdefault(name, Category(name=name, keypoints=names.get(index)))
        return tuple(found.values())


def read_yolo_config(content: bytes, file: str, loss: LossReport) -> YoloConfig:
    """Read `data.yaml`.

    `names` may be a list, or a mapping from each class's number to its name. Names are texts as
    they are written, also `no` and `1`. `nc` may be missing.

    Args:
        content: the file.
        file: its name, for messages.
        loss: takes classes of one name and keys that mean nothing here.

    Raises:
        FormatError: the file is no YAML or breaks the format; tells the line.
    """
    keys = dict(_entries(read_nodes(content, file), file))
    if "names" not in keys:
        raise FormatError(file, "", "`names` is missing")
    names = _names(keys["names"], file)
    if "nc" in keys and whole(text_of(keys["nc"]) or "") != len(names):
        rule = f"`nc` is not {len(names)}, the number of names"
        raise FormatError(file, line_of(keys["nc"]), rule)
    _tell_losses(names, keys, file, loss)
    shape = _shape(keys["kpt_shape"], file) if "kpt_shape" in keys else None
    points = keys.get("kpt_names")
    return YoloConfig(
        names=names,
        path=text_of(keys["path"]) if "path" in keys else None,
        **{key: _folders(keys[key], file) for key in _FOLDERS[1:] if key in keys},
        keypoint_shape=shape,
        keypoint_names=_keypoint_names(points, file, len(names), shape) if points else None,
    )


def write_yolo_config(config: YoloConfig) -> bytes:
    """Write `data.yaml`, with `nc` and a list of `names`, which every reader knows."""
    said: dict[str, Any] = {key: _plain(getattr(config, key)) for key in _FOLDERS}
    said |= {"nc": len(config.names), "names": list(config.names)}
    said |= {"kpt_shape": _plain(config.keypoint_shape)}
    if config.keypoint_names:
        said["kpt_names"] = {index: list(names) for index, names in config.keypoint_names.items()}
    said = {key: value for key, value in said.items() if value is not None}
    text: str = yaml.dump(said, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=2**31)
    return text.encode()


class _Dumper(yaml.SafeDumper):
    """Escapes what YAML would fold into a space, such as the line breaks of Unicode."""

    def represent_str(self, data: str) -> yaml.ScalarNode:
        style = None if data.isprintable() else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", data, style)


_Dumper.add_representer(str, _Dumper.represent_str)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _tell_losses(names: tuple[str, ...], keys: dict[str, yaml.Node], file: str, loss: LossReport) -> None:
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if first.setdefault(name, index) != index:
            reason = f"has the name of class {first[name]}, {shown(name)}: they become one label"
            loss.changed(file, f"names[{index}]", "class-repeated", reason)
    for key, node in keys.items():
        if key not in _READ:
            loss.dropped(file, f"{shown(key)} ({line_of(node)})", "unknown-key", "it says nothing of labels")


def _entries(node: yaml.Node, file: str) -> Iterator[tuple[str, yaml.Node]]:
    """Give the entries of a mapping whose keys are texts, each once."""
    if not isinstance(node, yaml.MappingNode):
        raise FormatError(file, line_of(node), "a mapping is expected")
    seen: set[str] = set()
    for key_node, value in node.value:
        key = _text(key_node, file)
        if key in seen:
            raise FormatError(file, line_of(key_node), f"{shown(key)} is there twice")
        seen.add(key)
        yield key, value


def _text(node: yaml.Node, file: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise FormatError(file, line_of(node), "a text is expected")
    return str(node.value)


def _texts(node: yaml.Node, file: str) -> tuple[str, ...]:
    if not isinstance(node, yaml.SequenceNode):
        raise FormatError(file, line_of(node), "a list is expected")
    return tuple(_text(item, file) for item in node.value)


def _names(node: yaml.Node, file: str) -> tuple[str, ...]:
    names = _texts(node, file) if not isinstance(node, yaml.MappingNode) else _numbered(node, file)
    if "" in names:
        raise FormatError(file, line_of(node), f"class {names.index('')} has no name")
    return names


def _numbered(node: yaml.MappingNode, file: str) -> tuple[str, ...]:
    names: dict[int, str] = {}
    for key, value in _entries(node, file):
        index = _class_number(key, value, file)
        if index in names:
            raise FormatError(file, line_of(value), f"class {index} is there twice")
        names[index] = _text(value, file)
    for index in range(len(names)):
        if index not in names:
            raise FormatError(
                file, line_of(node), f"classes are numbered from 0 without gaps: {index} is missing"
            )
    return tuple(names[index] for index in range(len(names)))


def _class_number(key: str, node: yaml.Node, file: str) -> int:
    index = whole(key)
    if index is None or index < 0:
        raise FormatError(file, line_of(node), f"{shown(key)} is no number of a class")
    return index


def _folders(node: yaml.Node, file: str) -> str | tuple[str, ...] | None:
    return _texts(node, file) if isinstance(node, yaml.SequenceNode) else text_of(node)


def _shape(node: yaml.Node, file: str) -> tuple[int, int]:
    shape = [whole(text) for text in _texts(node, file)]
    match shape:
        case [int(count), 2 | 3 as numbers] if 1 <= count <= _MOST_KEYPOINTS:
            return count, numbers
    rule = f"`kpt_shape` is the number of keypoints, 1 to {_MOST_KEYPOINTS}, and 2 or 3 numbers for each"
    raise FormatError(file, line_of(node), rule)


def _keypoint_names(
    node: yaml.Node, file: str, classes: int, shape: tuple[int, int] | None
) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for key, value in _entries(node, file):
        index = _class_number(key, value, file)
        names = _texts(value, file)
        if index >= classes or (shape and len(names) != shape[0]):
            raise FormatError(file, line_of(value), "`kpt_names` fits neither `names` nor `kpt_shape`")
        found[index] = names
    return found
