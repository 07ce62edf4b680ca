"""Assets with the one annotation that a file is built from, as the images that writers take."""

from __future__ import annotations

from pathlib import PurePosixPath

import attrs

from asyncsdk.enums import AnnotationExportKey
from asyncsdk.formats.canvas import Canvas
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import FileImage, FileObject, FileTrack
from asyncsdk.formats.tracks import track_of
from asyncsdk.formats.unfitting import objects_of
from asyncsdk.records.annotations import LoadedAnnotation
from asyncsdk.records.boxes import BoxedAnnotation
from asyncsdk.records.shapes import Shape

__all__ = ["AnnotatedAsset", "AssetNames", "has_only_rectangles", "image_of"]


@attrs.frozen(kw_only=True)
class AssetNames:
    """The names of an asset, one of which a file calls it by."""

    id: str
    data_id: str
    filename: str
    object_name: str

    def by(self, key: AnnotationExportKey) -> str:
        """Return the name under a key; ids get the extension of the file name.

        Example:
            >>> names = AssetNames(id="018c", data_id="0189", filename="a.png", object_name="data/7.png")
            >>> names.by(AnnotationExportKey.ASSET_ID)
            '018c.png'
        """
        if key is AnnotationExportKey.FILENAME:
            return self.filename
        if key is AnnotationExportKey.OBJECT_NAME:
            return self.object_name
        identity = self.id if key is AnnotationExportKey.ASSET_ID else self.data_id
        return f"{identity}{PurePosixPath(self.filename).suffix}"


@attrs.frozen(kw_only=True)
class AnnotatedAsset:
    """An asset and its newest annotation."""

    id: str
    name: str
    """What the file calls it."""

    annotation: LoadedAnnotation | BoxedAnnotation
    width: int | None = None
    """In pixels; `None` while it is not known."""

    height: int | None = None


def has_only_rectangles(said: LoadedAnnotation | BoxedAnnotation) -> bool:
    """Tell whether an annotation has rectangles, or nothing."""
    return isinstance(said, BoxedAnnotation) or not (
        said.classifications
        or said.polygons
        or said.lines
        or said.points
        or said.keypoints
        or said.masks
        or said.tracks
    )


def image_of(asset: AnnotatedAsset, file: str, loss: LossReport, *, as_video: bool = False) -> FileImage:
    """Return an asset as writers take it; what no file of the kind holds is told.

    Args:
        asset: the asset and its annotation.
        file: name of the file, for messages.
        loss: takes what cannot be kept.
        as_video: make tracks of it; else they are told as lost.
    """
    said, place = asset.annotation, asset.name
    if isinstance(said, BoxedAnnotation):
        said = said.loaded()
    canvas = Canvas(file=file, loss=loss, width=asset.width, height=asset.height)
    shapes: tuple[Shape, ...] = (
        *said.classifications,
        *said.rectangles,
        *said.polygons,
        *said.lines,
        *said.points,
        *said.keypoints,
        *said.masks,
    )
    objects = objects_of(shapes, canvas, place)
    tracks: tuple[FileTrack, ...] = ()
    if as_video:
        objects = tuple(found for found in objects if not _is_placed(found, canvas))
        made = (
            track_of(track, canvas, f"{place}, track {n}") for n, track in enumerate(said.tracks, start=1)
        )
        tracks = tuple(track for track in made if track is not None)
    elif said.tracks:
        canvas.dropped(place, "tracks", f"{len(said.tracks)} tracks: only the video form of COCO holds them")
    return FileImage(
        name=asset.name,
        width=canvas.width,
        height=canvas.height,
        attributes=said.attributes,
        objects=objects,
        tracks=tracks,
        place=place,
    )


def _is_placed(found: FileObject, canvas: Canvas) -> bool:
    """Tell whether an object has a place, which a file of videos holds only on tracks."""
    if not (found.box or found.parts or found.mask or found.keypoints):
        return False
    canvas.dropped(found.place, "no-track", "files of videos hold shapes only on tracks, and labels")
    return True
