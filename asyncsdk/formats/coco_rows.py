"""The ordinary elements of COCO files, boxes and images, read many at once straight into rows.

A row says all that its element says, so that nothing is left to report: an element with anything more is read by
`coco_reading`, one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Generic, Literal, TypeAlias, TypeVar

import attrs
import msgspec

__all__ = ["ROW_READERS", "BoxRow", "ImageRow", "RowReader", "Rows"]

R = TypeVar("R", bound=msgspec.Struct)

_Id: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**63) + 1, le=2**63 - 1)]
_Number: TypeAlias = (
    Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]
    | Annotated[float, msgspec.Meta(ge=-(2.0**53), le=2.0**53)]
)
_Size: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Empty: TypeAlias = Annotated[list[Any], msgspec.Meta(max_length=0)] | None
_Zero: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=0)] | None


class BoxRow(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An element of `annotations` that is a box with a category."""

    image_id: _Id
    category_id: _Id
    bbox: tuple[_Number, _Number, _Number, _Number]
    id: _Id | None = None
    segmentation: _Empty = None
    keypoints: _Empty = None
    num_keypoints: Any = None
    area: Any = None
    iscrowd: Literal[0] | None = None
    score: _Zero = None
    utf8_string: None = None
    attributes: None = None


class ImageRow(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """An element of `images` that has a name and maybe a size."""

    id: _Id
    file_name: Annotated[str, msgspec.Meta(min_length=1)]
    width: _Size | None = None
    height: _Size | None = None
    license: None = None
    flickr_url: None = None
    coco_url: None = None
    date_captured: None = None
    attributes: None = None


@attrs.frozen
class Rows(Generic[R]):
    """Elements of a section that follow each other."""

    rows: list[R]


RowReader: TypeAlias = msgspec.json.Decoder[Any]

ROW_READERS: Final[Mapping[str, RowReader]] = {
    "annotations": msgspec.json.Decoder(list[BoxRow]),
    "images": msgspec.json.Decoder(list[ImageRow]),
}
"""Readers of arrays, by section."""
