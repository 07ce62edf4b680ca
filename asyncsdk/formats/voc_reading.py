"""Pascal VOC: reading one XML file, which is one image with its objects.

The format is described by the VOC2012 development kit
(http://host.robots.ox.ac.uk/pascal/VOC/voc2012/devkit_doc.pdf); polygons are an addition of
labelling tools, as `<x1/><y1/><x2/>…` or, in the LabelMe way, as `<pt><x/><y/></pt>`.
"""

from __future__ import annotations

import re

import attrs

from asyncsdk.errors import FormatError
from asyncsdk.formats.geometry import LARGEST_COORDINATE
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.numerals import number, shown, whole
from asyncsdk.formats.objects import Box, FileImage, FileObject, Point
from asyncsdk.formats.voc_xml import Node, read_tree

__all__ = ["read_voc"]

_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_AXIS = re.compile(r"([xy])(\d{1,9})", re.ASCII)
_SAYS_NOTHING = frozenset({"", "0", "false", "no", "none", "unspecified", "unknown"})
_READ_OF_IMAGE = frozenset({"filename", "object", "size", "folder", "path", "segmented"})
"""Where the file once lay is no annotation, and `segmented` follows from the polygons."""

_READ_OF_OBJECT = frozenset({"name", "bndbox", "polygon"})
_KNOWN = frozenset(
    {"source", "owner", "pose", "truncated", "difficult", "occluded", "part", "actions", "attributes"}
)


def read_voc(content: bytes, file: str, loss: LossReport, *, one_based: bool = False) -> FileImage:
    """Read a Pascal VOC file.

    A file without objects is an empty annotation. What no shape can hold (`difficult`, `pose`,
    `part`, …) is told to the loss report where it says something.

    Args:
        content: the file.
        file: its name, for messages.
        loss: takes what could not be kept as it is.
        one_based: how to read coordinates. The development kit counts pixels from 1 and includes the
            last one, so that a box over a whole image is 1, 1, width, height: pass `True` for files of
            the VOC challenges. Most tools since, and exports of the platform, write the box's edges
            counted from 0, so that it is 0, 0, width, height: this is the default.

    Raises:
        FormatError: the file breaks the format; tells place and line.
    """
    root = read_tree(content, file)
    if root.tag != "annotation":
        raise FormatError(file, f"line {root.line}", f"`annotation` is expected, not {shown(root.tag)}")
    return _Reading(file, loss, 1 if one_based else 0).image(root)


@attrs.frozen
class _Reading:
    file: str
    loss: LossReport
    first: int
    """Number of the first pixel."""

    def image(self, root: Node) -> FileImage:
        name = root.find("filename")
        if name is None or not name.text:
            raise FormatError(self.file, _at("filename", name or root), "the name of the image is missing")
        size = root.find("size")
        objects = [self.object(node, f"object[{index}]") for index, node in enumerate(root.all("object"))]
        self.leftovers(root, "", _READ_OF_IMAGE | {"size"})
        return FileImage(
            name=name.text,
            width=self.length(size, "width"),
            height=self.length(size, "height"),
            objects=tuple(found for found in objects if found is not None),
            place=f"line {root.line}",
        )

    def length(self, size: Node | None, tag: str) -> int | None:
        node = size and size.find(tag)
        if not node or not node.text:
            return None
        value = whole(node.text)
        if value is not None and 0 < value <= LARGEST_COORDINATE:
            return value
        self.loss.dropped(self.file, _at(f"size.{tag}", node), "size", f"{shown(node.text)} is no length")
        return None

    def object(self, node: Node, path: str) -> FileObject | None:
        name = node.find("name")
        if name is None or not name.text:
            raise FormatError(self.file, _at(f"{path}.name", name or node), "the label is missing")
        deleted = node.find("deleted")
        if deleted is not None and deleted.text.lower() not in _SAYS_NOTHING:
            self.loss.dropped(self.file, _at(path, node), "deleted", "the file says that it was deleted")
            return None
        self.leftovers(node, f"{path}.", _READ_OF_OBJECT | {"deleted"})
        parts = [self.polygon(part, f"{path}.polygon") for part in node.all("polygon")]
        return FileObject(
            label=name.text,
            box=self.box(node.find("bndbox"), f"{path}.bndbox"),
            parts=tuple(part for part in parts if part) or None,
            place=_at(path, node),
        )

    def box(self, node: Node | None, path: str) -> Box | None:
        if node is None or not (node.children or node.text):
            return None
        left, top, right, bottom = (
            self.coordinate(node.find(tag), node, f"{path}.{tag}") for tag in _CORNERS
        )
        across, down = right < left - self.first, bottom < top - self.first
        if across or down:
            reason = "the corners were given the wrong way round and are put in order"
            self.loss.changed(self.file, _at(path, node), "box-inverted", reason)
            left, right = (right, left) if across else (left, right)
            top, bottom = (bottom, top) if down else (top, bottom)
        return (left - self.first, top - self.first, right - left + self.first, bottom - top + self.first)

    def polygon(self, node: Node, path: str) -> tuple[Point, ...]:
        points = [
            (
                self.coordinate(pt.find("x"), pt, f"{path}.pt.x"),
                self.coordinate(pt.find("y"), pt, f"{path}.pt.y"),
            )
            for pt in node.all("pt")
        ]
        axes: dict[str, dict[int, float]] = {"x": {}, "y": {}}
        for child in node.children:
            if found := _AXIS.fullmatch(child.tag):
                axis, index = axes[found[1]], int(found[2])
                if index in axis:
                    raise FormatError(self.file, _at(f"{path}.{child.tag}", child), "is there twice")
                axis[index] = self.coordinate(child, node, f"{path}.{child.tag}")
            elif child.tag != "pt":
                self.leftover(child, f"{path}.")
        if axes["x"].keys() != axes["y"].keys() or (axes["x"] and points):
            raise FormatError(self.file, _at(path, node), "each point needs one x and one y")
        points += [(axes["x"][index], axes["y"][index]) for index in sorted(axes["x"])]
        return tuple((x - self.first, y - self.first) for x, y in points)

    def coordinate(self, node: Node | None, parent: Node, path: str) -> float:
        if node is None:
            raise FormatError(self.file, _at(path, parent), "is missing")
        value = number(node.text)
        if value is None or abs(value) > LARGEST_COORDINATE:
            raise FormatError(self.file, _at(path, node), f"{shown(node.text)} is no coordinate")
        return value

    def leftovers(self, node: Node, path: str, read: frozenset[str]) -> None:
        if node.has_attributes:
            self.loss.dropped(
                self.file, _at(path.rstrip(".") or node.tag, node), "xml-attribute", "nothing holds it"
            )
        seen: set[str] = set()
        for child in node.children:
            if child.tag not in read:
                self.leftover(child, path)
            elif child.tag in seen and child.tag not in {"object", "polygon"}:
                reason = "is there several times; the first counts"
                self.loss.dropped(self.file, _at(path + child.tag, child), "repeated", reason)
            seen.add(child.tag)

    def leftover(self, node: Node, path: str) -> None:
        known = node.tag in _KNOWN
        words = [found.text for found in node.walk()]
        if all(word.lower() in _SAYS_NOTHING if known else not word for word in words):
            return
        rule = node.tag if known else "unknown-element"
        tag = node.tag if known else shown(node.tag).strip("'")
        said = shown(" ".join(word for word in words if word))
        self.loss.dropped(self.file, _at(path + tag, node), rule, f"no shape holds {said}")


def _at(path: str, node: Node) -> str:
    return f"{path} (line {node.line})"
