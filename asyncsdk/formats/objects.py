"""What every annotation file says, whatever its format: images and the objects on them.

A reader gives these as the file has them, unrounded; `fitting` makes shapes of them for a type of
dataset version and says what it could not keep; writers go the way back.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import attrs

__all__ = ["Box", "Category", "FileImage", "FileObject", "FileTrack", "Keyframe", "Point", "RunLengths"]

Box: TypeAlias = tuple[float, float, float, float]
"""x and y of the top left corner, width and height, in pixels."""

Point: TypeAlias = tuple[float, float]
"""x and y in pixels."""


@attrs.frozen
class RunLengths:
    """A mask as COCO run lengths.

    See https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.h for the format.
    """

    height: int
    width: int
    counts: str | tuple[int, ...]
    """The compressed text, or the plain numbers of pixels in turn off and on, column by column."""


@attrs.frozen(kw_only=True)
class Category:
    """A kind of object."""

    name: str
    supercategory: str | None = None
    keypoints: tuple[str, ...] | None = None
    """Names of the skeleton's vertices, in order."""

    skeleton: tuple[tuple[int, int], ...] | None = None
    """Edges between vertices, counted from 1."""


@attrs.frozen(kw_only=True)
class FileObject:
    """One object on an image; what a file does not say is `None`."""

    label: str
    box: Box | None = None
    parts: tuple[tuple[Point, ...], ...] | None = None
    """The polygons of one object."""

    mask: RunLengths | None = None
    keypoints: tuple[tuple[float, float, int], ...] | None = None
    """x, y, visibility (0 not there, 1 hidden, 2 visible)."""

    text: str | None = None
    attributes: dict[str, Any] | None = None
    is_crowd: bool = False
    is_unreadable: bool = False
    """Whether the file gives it a shape of which nothing can be read: it is no label of the whole image."""

    place: str = ""
    """Where the file has it, for messages: `annotations[12]`, `line 3`."""


@attrs.frozen(kw_only=True)
class Keyframe:
    """Where an object of a video is at one frame: its box, its polygons, or both."""

    frame: int
    """Number of the frame in the video, from 0."""

    box: Box | None = None
    parts: tuple[tuple[Point, ...], ...] | None = None


@attrs.frozen(kw_only=True)
class FileTrack:
    """An object of a video through its frames; it moves evenly from one keyframe to the next."""

    label: str
    keyframes: tuple[Keyframe, ...]
    """At least one, in order, each frame once; the object appears at the first."""

    end: int
    """Number of the frame at which the object is gone; greater than the last keyframe's."""

    text: str | None = None
    attributes: dict[str, Any] | None = None
    place: str = ""
    """Where the file has it, for messages."""


@attrs.frozen(kw_only=True)
class FileImage:
    """An image (or a video) that a file speaks of."""

    name: str
    """File name, id or object name: what the file calls it."""

    width: int | None = None
    height: int | None = None
    attributes: dict[str, Any] | None = None
    objects: tuple[FileObject, ...] = ()
    tracks: tuple[FileTrack, ...] = ()
    """Of a video."""

    place: str = ""
    """Where the file has it, for messages."""

    @property
    def base_name(self) -> str:
        """The name without folders, whichever slash parts them."""
        return self.name.replace("\\", "/").rpartition("/")[2]
