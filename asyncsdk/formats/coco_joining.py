"""Puts the entries of a COCO file together: categories by their names, objects with their images.

`load_coco` does it in memory. For large files `read_coco` gives the entries, `CategoryTable` the labels and
`VideoObjects` the tracks of one video; the rest is a join of ids that belongs in a database.
"""

from __future__ import annotations

import io
from typing import BinaryIO

import attrs

from asyncsdk.errors import FormatError
from asyncsdk.formats.coco_reading import read_coco
from asyncsdk.formats.coco_records import CategoryEntry, CocoDataset, ImageEntry, ObjectEntry, VideoEntry
from asyncsdk.formats.coco_values import CocoId
from asyncsdk.formats.coco_video import VideoObjects
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Category, FileImage, FileObject

__all__ = ["CategoryTable", "load_coco"]


def load_coco(source: bytes | BinaryIO, file: str, loss: LossReport) -> CocoDataset:
    """Read a whole COCO or COCO video file into memory.

    Args:
        source: the file's content, or the file opened in binary.
        file: its name, for messages.
        loss: takes what cannot be kept.

    Raises:
        FormatError: it is not a COCO file with objects, or breaks a rule that nothing can make up for.

    Example:
        >>> loss = LossReport()
        >>> dataset = load_coco(Path("instances.json").read_bytes(), "instances.json", loss)
        >>> dataset.images[0].objects[0].label
        'bicycle'
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    joining = _Joining(file, loss, CategoryTable(file, loss))
    objects: list[ObjectEntry] = []
    for entry in read_coco(stream, file, loss):
        match entry:
            case ObjectEntry():
                objects.append(entry)
            case CategoryEntry():
                joining.categories.add(entry)
            case ImageEntry():
                joining.add_image(entry)
            case VideoEntry():
                joining.add_video(entry)
    for each in objects:
        joining.add_object(each)
    return joining.dataset()


@attrs.define
class CategoryTable:
    """The categories of a file by their ids and, each once, by their names."""

    file: str
    loss: LossReport
    _by_name: dict[str, Category] = attrs.field(factory=dict, init=False)
    _names: dict[CocoId, str] = attrs.field(factory=dict, init=False)

    def add(self, entry: CategoryEntry) -> None:
        """Take a category in; those with one name are one label."""
        category = entry.category
        known = self._by_name.setdefault(category.name, category)
        self._names[entry.id] = category.name
        if known is not category:
            also = (
                "" if known == category else "; supercategory, keypoints and skeleton are those of the first"
            )
            reason = f"another category is named {category.name!r}; both are one label{also}"
            self.loss.changed(self.file, f"categories (id {entry.id!r})", "category-name-twice", reason)

    def label(self, category_id: CocoId) -> str | None:
        """Return the name of a category, `None` where the file has no such category."""
        return self._names.get(category_id)

    @property
    def categories(self) -> tuple[Category, ...]:
        """Each name once, in the order of the file."""
        return tuple(self._by_name.values())


@attrs.define
class _Gathered:
    """An image or a video, and what is on it so far."""

    image: FileImage
    objects: list[FileObject] = attrs.field(factory=list)
    moving: VideoObjects | None = None

    def whole(self) -> FileImage:
        moving = self.moving
        if moving is None:
            return attrs.evolve(self.image, objects=tuple(self.objects))
        return attrs.evolve(self.image, objects=moving.objects, tracks=moving.tracks())


@attrs.define
class _Joining:
    """The parts of a file by their ids."""

    file: str
    loss: LossReport
    categories: CategoryTable
    _entries: dict[CocoId, ImageEntry] = attrs.field(factory=dict, init=False)
    _images: dict[CocoId, _Gathered] = attrs.field(factory=dict, init=False)
    _videos: dict[CocoId, _Gathered] = attrs.field(factory=dict, init=False)
    _images_by_name: dict[str, _Gathered] = attrs.field(factory=dict, init=False)
    _videos_by_name: dict[str, _Gathered] = attrs.field(factory=dict, init=False)

    def add_image(self, entry: ImageEntry) -> None:
        """Take an image or a frame in."""
        known = self._entries.get(entry.id)
        if known is None:
            self._entries[entry.id] = entry
            if entry.video_id is None:
                self._images[entry.id] = self._gather(self._images_by_name, entry.image)
        elif not _are_same(known, entry):
            raise FormatError(self.file, entry.image.place, f"has the id {entry.id!r} of {known.image.place}")
        else:
            self._changed(entry.image, "image-twice", f"is the same as {known.image.place}")

    def add_video(self, entry: VideoEntry) -> None:
        """Take a video in."""
        known = self._videos.get(entry.id)
        if known is None:
            gathered = self._gather(self._videos_by_name, entry.video)
            gathered.moving = gathered.moving or VideoObjects(self.file, self.loss)
            self._videos[entry.id] = gathered
        elif attrs.evolve(entry.video, place=known.image.place) != known.image:
            raise FormatError(self.file, entry.video.place, f"has the id {entry.id!r} of {known.image.place}")
        else:
            self._changed(entry.video, "video-twice", f"is the same as {known.image.place}")

    def add_object(self, entry: ObjectEntry) -> None:
        """Put an object on its image or video; all images must be there."""
        label = self.categories.label(entry.category_id)
        if label is None:
            self._dropped(entry, "unknown-category", f"no category has the id {entry.category_id!r}")
            return
        frame = None if entry.image_id is None else self._entries.get(entry.image_id)
        video_id = frame.video_id if entry.video_id is None and frame is not None else entry.video_id
        if video_id is not None:
            self._add_to_video(video_id, entry, label, None if frame is None else frame.frame)
        elif frame is None:
            self._dropped(entry, "unknown-image", f"no image has the id {entry.image_id!r}")
        else:
            self._images[frame.id].objects.append(entry.labelled(label))

    def dataset(self) -> CocoDataset:
        """Return what was gathered."""
        return CocoDataset(
            categories=self.categories.categories,
            images=tuple(gathered.whole() for gathered in self._images_by_name.values()),
            videos=tuple(gathered.whole() for gathered in self._videos_by_name.values()),
        )

    def _add_to_video(self, video_id: CocoId, entry: ObjectEntry, label: str, frame: int | None) -> None:
        gathered = self._videos.get(video_id)
        if gathered is None or gathered.moving is None:
            self._dropped(entry, "unknown-video", f"no video has the id {video_id!r}")
        else:
            gathered.moving.add(entry, label, video_id, frame)

    def _gather(self, by_name: dict[str, _Gathered], image: FileImage) -> _Gathered:
        """Return what is gathered under a name; entries with one name are one asset."""
        known = by_name.get(image.name)
        if known is None:
            known = by_name[image.name] = _Gathered(image)
            return known
        first = known.image
        reason = f"has the name of {first.place}, {image.name!r}; the objects of both are joined"
        if image.attributes and not first.attributes:
            known.image = attrs.evolve(first, attributes=image.attributes)
        elif image.attributes and image.attributes != first.attributes:
            reason += ", its attributes are dropped"
        self._changed(image, "name-twice", reason)
        return known

    def _dropped(self, entry: ObjectEntry, rule: str, reason: str) -> None:
        self.loss.dropped(self.file, entry.object.place, rule, reason)

    def _changed(self, image: FileImage, rule: str, reason: str) -> None:
        self.loss.changed(self.file, image.place, rule, reason)


def _are_same(one: ImageEntry, other: ImageEntry) -> bool:
    """Tell whether two entries differ by their place at most."""
    return attrs.evolve(other, image=attrs.evolve(other.image, place=one.image.place)) == one
