"""Does the client's memory grow with what it works on? Peaks above the start, against a replay server.

    python bench/flat_memory.py [--work WORK …] [--size N …] [--folder FOLDER]

Each figure is that of a process of its own: its peak above the resident size after connecting and one request. Of
boxes there are ten on each image; a COCO file to import has them in random order. Files are small ones of 10 kB to
download, and JPEGs of a kilobyte to upload.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import attrs
from places import work_in
from rounds import ours, run
from rows import Run
from serving import replay
from upload import make_images

AIM_MB = 20
BOXES_PER_IMAGE = 10
ITEMS, FILES = (10_000, 100_000, 1_000_000), (1000, 10_000, 100_000)


@attrs.frozen(kw_only=True)
class Scale:
    """One line of the table."""

    name: str
    work: str
    """Name of the function in `ours.py`."""

    sizes: tuple[int, ...]
    server: Callable[[int], tuple[str, ...]]
    """Gives the options of the replay server for a size."""

    prepare: Callable[[Path, int], None] = lambda _folder, _size: None
    """Puts into a folder what the work reads."""

    remark: str = ""
    """What has to grow."""


def write_coco(folder: Path, boxes: int) -> None:
    """Write a COCO file of boxes in random order, as real files have them."""
    draw = random.Random(1)
    images = boxes // BOXES_PER_IMAGE
    with (folder / "coco.json").open("w", encoding="utf-8") as file:
        file.write('{"categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}], "images": [')
        for number in range(images):
            image = {"id": number, "file_name": f"image-{number:06}.jpg", "width": 640, "height": 480}
            file.write("," * (number > 0) + json.dumps(image))
        file.write('], "annotations": [')
        for number in range(boxes):
            box = [draw.randrange(500) + 0.25, draw.randrange(400) + 0.5, 20.75, 30.0]
            found = {"id": number, "image_id": draw.randrange(images), "bbox": box, "iscrowd": 0}
            found |= {"category_id": 1 + number % 2, "area": 622.5, "segmentation": []}
            file.write("," * (number > 0) + json.dumps(found))
        file.write("]}")


def _boxes(size: int) -> tuple[str, ...]:
    return "--keys", f"--boxes={BOXES_PER_IMAGE}", f"--assets={size // BOXES_PER_IMAGE}"


SCALES = (
    Scale(
        name="`iter_assets`: assets",
        work="iterate",
        sizes=ITEMS,
        server=lambda size: ("--keys", f"--assets={size}"),
    ),
    Scale(name="`write_coco_file`: boxes", work="write_coco", sizes=ITEMS, server=_boxes),
    Scale(
        name="`import_annotations_coco_file`: boxes",
        work="import_coco",
        sizes=ITEMS,
        server=_boxes,
        prepare=write_coco,
        remark="the result: the id of each annotation, and its number of shapes",
    ),
    Scale(
        name="`download`: files",
        work="download_small",
        sizes=FILES,
        server=lambda size: ("--keys", "--file-bytes=10000", f"--assets={size}"),
    ),
    Scale(
        name="`upload_data`: files",
        work="upload",
        sizes=FILES,
        server=lambda _size: ("--keys",),
        prepare=make_images,
        remark="the result: the record of each file, compressed",
    ),
)

Peaks = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Work, then size, then the figures of a run."""


def measure(scale: Scale, size: int) -> Run:
    """Do a work once at one size."""
    with tempfile.TemporaryDirectory() as folder, replay(*scale.server(size)) as origin:
        source = Path(folder) / "source"
        source.mkdir()
        scale.prepare(source, size)
        return run(ours(scale.work), origin, source)


def figures(works: Sequence[str] = (), sizes: Sequence[int] = ()) -> Peaks:
    """Measure works, or all, at their sizes, or others."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for scale in SCALES:
        if not works or scale.work in works:
            for size in sizes or scale.sizes:
                one = measure(scale, size)
                print(
                    f"{scale.name} {size:9,}: peak +{one.above_start_mb:6.1f} MB  {one.seconds:6.1f} s, "
                    f"CPU {one.cpu_s:6.1f} s",
                    flush=True,
                )
                found.setdefault(scale.work, {})[str(size)] = attrs.asdict(one)
    return found


def growth_mb(of_sizes: Mapping[str, Mapping[str, float]]) -> float:
    """Return how much more any size needs than the smallest one."""
    peaks = {int(size): one["above_start_mb"] for size, one in of_sizes.items()}
    return max(peaks.values()) - peaks[min(peaks)]


def table(found: Peaks) -> list[str]:
    """Return the table as lines of Markdown."""
    lines = [
        f"| work | peak above the start, by size | grows by (aim: {AIM_MB} MB) | time and CPU of the largest |",
        "|---|---|---|---|",
    ]
    for scale in SCALES:
        if of_sizes := found.get(scale.work):
            peaks = ", ".join(
                f"{int(size):,}: {one['above_start_mb']:.1f} MB" for size, one in of_sizes.items()
            )
            grown, last = growth_mb(of_sizes), list(of_sizes.values())[-1]
            verdict = "reached" if grown <= AIM_MB else "missed"
            why = f"; {scale.remark}" if scale.remark else ""
            lines.append(
                f"| {scale.name} | {peaks} | {grown:.1f} MB, {verdict}{why} "
                f"| {last['seconds']:.1f} s, CPU {last['cpu_s']:.1f} s |"
            )
    return lines


def main() -> None:
    """Measure as the command line asks for it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", action="append", choices=[scale.work for scale in SCALES])
    parser.add_argument("--size", type=int, action="append", help="else those of the work; may be repeated")
    parser.add_argument("--folder", type=Path, help="where files go, else the memory file system")
    options = parser.parse_args()
    print(f"files on {work_in(options.folder)}")
    print("\n".join(table(figures(options.work or (), options.size or ()))))


if __name__ == "__main__":
    main()
