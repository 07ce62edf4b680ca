"""Pictures with the shapes of an annotation drawn over them, as SVG in HTML."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import attrs

from asyncsdk.formats.svg_marks import Marks
from asyncsdk.formats.thumbnails import Thumbnail
from asyncsdk.markup.blocks import note
from asyncsdk.markup.charts import color_of
from asyncsdk.markup.elements import Html, element
from asyncsdk.records.annotations import LoadedAnnotation
from asyncsdk.records.shapes import Shape

__all__ = ["GALLERY_PX", "LONGEST_PX", "Picture", "draw"]

LONGEST_PX = 320
"""Length of the longer side of a picture that stands alone."""

GALLERY_PX = 208
"""Length of the longer side of one picture among several."""

_MOST_CHARACTERS = 200_000
"""The shapes of one picture take no more of SVG; those that are left over are counted."""

_MOST_LABELS = 8
_UNKNOWN_SIZE = (320, 240)


@attrs.frozen(kw_only=True)
class Picture:
    """What is known of an image, a video or another file.

    Attributes:
        name: its file name.
        width: in pixels, as displayed; 0 where it is not known.
        height: in pixels, as displayed; 0 where it is not known.
        thumbnail: what it looks like; `None` leaves a grey field.
        annotation: whose shapes are drawn.
        remark: what else there is to say, such as why there is no thumbnail.
        longest_px: length of its longer side on the page.
    """

    name: str
    width: int = 0
    height: int = 0
    thumbnail: Thumbnail | None = None
    annotation: LoadedAnnotation | None = None
    remark: str = ""
    longest_px: int = LONGEST_PX


def draw(picture: Picture) -> Html:
    """Return the picture with its shapes, its name, and how many shapes each label has.

    The name of a shape's label shows where the pointer rests on it.
    """
    canvas = _Canvas(picture)
    shapes = [] if picture.annotation is None else list(_shapes(picture.annotation))
    field, left_out = canvas.field(shapes)
    remarks = [picture.remark] if picture.remark else []
    if left_out:
        remarks.append(f"{left_out:,} shapes are not drawn")
    caption = element(
        "figcaption",
        element("div", picture.name, style="overflow-wrap:anywhere"),
        *_legend(picture.annotation, shapes),
        *map(note, remarks),
        style="font-size:85%",
    )
    style = f"margin:0;width:{max(canvas.shown_width, 120)}px;max-width:100%"
    return element("figure", field, caption, style=style)


def _shapes(annotation: LoadedAnnotation) -> Iterator[Shape]:
    yield from annotation.masks
    yield from annotation.polygons
    yield from annotation.rectangles
    yield from annotation.lines
    yield from annotation.points
    yield from annotation.keypoints
    yield from annotation.classifications


def _legend(annotation: LoadedAnnotation | None, shapes: Iterable[Shape]) -> Iterator[Html]:
    """Yield one line for each label, the most frequent first."""
    counts = Counter(shape.label for shape in shapes)
    counts.update(track.label for track in (annotation.tracks if annotation else ()))
    for label, count in counts.most_common(_MOST_LABELS):
        swatch = element("span", "■ ", style=f"color:{color_of(label)}")
        yield element("div", swatch, label, f": {count:,}" if count > 1 else "")
    if len(counts) > _MOST_LABELS:
        yield note(f"and {len(counts) - _MOST_LABELS:,} more labels")


class _Canvas:
    """The field that a picture is drawn on; its coordinates are the image's pixels."""

    def __init__(self, picture: Picture) -> None:
        made = picture.thumbnail
        known = (made.width, made.height) if made else (picture.width, picture.height)
        self._thumbnail = made
        self._width, self._height = known if min(known) > 0 else _UNKNOWN_SIZE
        self._scale = min(1.0, picture.longest_px / max(self._width, self._height))
        self._marks = Marks(*known, 1 / self._scale)
        self.shown_width = max(1, round(self._width * self._scale))

    def field(self, shapes: Sequence[Shape]) -> tuple[Html, int]:
        """Return the drawing, and how many shapes it had no room or no way for."""
        drawn: list[Html] = []
        room, left_out = _MOST_CHARACTERS, 0
        for shape in shapes:
            marks = self._marks.of(shape)
            room -= sum(map(len, marks or ()))
            if marks is None or room < 0:
                left_out += 1
            else:
                drawn += marks
        field = element(
            "svg",
            self._background(),
            *drawn,
            viewBox=f"0 0 {self._width} {self._height}",
            width=self.shown_width,
            height=max(1, round(self._height * self._scale)),
            style="display:block;max-width:100%;height:auto",
        )
        return field, left_out

    def _background(self) -> Html:
        size = {"width": self._width, "height": self._height}
        if self._thumbnail is None:
            return element("rect", fill="#8884", **size)
        text = base64.b64encode(self._thumbnail.jpeg).decode()
        source = f"data:image/jpeg;base64,{text}"
        return element("image", href=source, preserveAspectRatio="none", **size)
