"""The files that `seed_document.py` works with: the COCO sample where it is there, or some that are made here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image, ImageDraw

BESIDE_THE_PROJECT = Path(__file__).resolve().parents[3] / "shared" / "data" / "coco"
"""Where the COCO sample lies, if it is there."""

_WIDTH, _HEIGHT = 160, 120
_MADE = 12
_BOX = (30, 20, 80, 60)
_FRAMES = 10


@dataclass(frozen=True)
class Sample:
    """Images, and a COCO file with their annotations."""

    images: list[Path]
    coco: Path

    @property
    def names(self) -> list[str]:
        """The file names of the images."""
        return [path.name for path in self.images]


def find_sample(coco: Path | None, folder: Path) -> Sample:
    """Return the COCO sample of a folder, or of the usual place, or else make some files in `folder`."""
    place = coco or BESIDE_THE_PROJECT
    if coco is None and not place.is_dir():
        return make_sample(folder)
    images = sorted((place / "images").glob("*.jpg"))
    annotations = place / "annotations" / "instances.json"
    if not images or not annotations.is_file():
        raise SystemExit(f"{place} is no COCO sample: it wants images/*.jpg and annotations/instances.json")
    return Sample(images, annotations)


def make_sample(folder: Path) -> Sample:
    """Draw images with one coloured box each, and write a COCO file that says where the boxes are."""
    folder.mkdir(parents=True)
    images = [_draw(folder / f"image{number}.jpg", number) for number in range(1, _MADE + 1)]
    coco = folder / "coco.json"
    coco.write_text(json.dumps(_coco(images)), "utf-8")
    return Sample(images, coco)


def make_video(path: Path) -> Path:
    """Write a film of a second, in which the picture grows brighter."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("mpeg4", rate=_FRAMES)
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        for number in range(_FRAMES):
            picture = Image.new("RGB", (_WIDTH, _HEIGHT), (20 * number, 80, 120))
            film.mux(stream.encode(av.VideoFrame.from_image(picture)))
        film.mux(stream.encode())
    return path


def make_video_coco(path: Path, video: str) -> Path:
    """Write a COCO video file: a box that is there from the first frame to the fifth, and moves."""
    said = {
        "videos": [{"id": 1, "file_name": video}],
        "images": [{"id": 1 + frame, "video_id": 1, "frame_id": frame} for frame in (0, 4)],
        "categories": [{"id": 1, "name": "box"}],
        "annotations": [
            {"id": 1 + frame, "image_id": 1 + frame, "video_id": 1, "category_id": 1,
             "bbox": [10 + 5 * frame, 10, 40, 30],
             "frame_attributes": {"track_id": 1, "frame_id": frame, "keyframe": True}}
            for frame in (0, 4)
        ],
    }  # fmt: skip
    path.write_text(json.dumps(said), "utf-8")
    return path


def _draw(path: Path, number: int) -> Path:
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), (20 * number, 255 - 20 * number, 90))
    pen = ImageDraw.Draw(picture)
    for place in range(8):  # stripes of its own, so that no two of them look alike
        if number >> place % 4 & 1:
            pen.line((0, 15 * place, _WIDTH, 15 * place), fill="white", width=4)
    pen.rectangle(_BOX, fill=("red" if number % 2 else "blue"))
    picture.save(path)
    return path


def _coco(images: list[Path]) -> dict[str, object]:
    left, top, right, bottom = _BOX
    return {
        "images": [
            {"id": number, "file_name": path.name, "width": _WIDTH, "height": _HEIGHT}
            for number, path in enumerate(images, start=1)
        ],
        "categories": [{"id": 1, "name": "blue box"}, {"id": 2, "name": "red box"}],
        "annotations": [
            {"id": number, "image_id": number, "category_id": 1 + number % 2,
             "bbox": [left, top, right - left, bottom - top]}
            for number in range(1, len(images) + 1)
        ],
    }  # fmt: skip
