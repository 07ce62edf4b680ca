"""The published client at the work of the benches, as its documentation calls it. Run by `rounds.py`, in an
environment of its own that has no asyncsdk:

    PEERS/6.37.0/bin/python bench/published.py WORK ORIGIN FOLDER
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

os.environ["TQDM_DISABLE"] = "1"

from measure import measured
from picsellia import Client
from replay_ids import VERSION


def list_by_cursor(client: Any, version: Any, folder: Path) -> int:
    return len(version.list_assets())


def load_boxes(client: Any, version: Any, folder: Path) -> int:
    return sum(len(found) for found in version.load_annotations().values())


def load_polygons(client: Any, version: Any, folder: Path) -> int:
    return sum(len(found) for found in version.load_annotations(chunk_size=10).values())


def download_small(client: Any, version: Any, folder: Path) -> int:
    version.download(folder / "out")
    return sum(path.stat().st_size for path in (folder / "out").iterdir())


download_large = download_small


def upload(client: Any, version: Any, folder: Path) -> int:
    return len(
        client.get_datalake().upload_data([str(path) for path in sorted((folder / "images").iterdir())])
    )


def build_coco(client: Any, version: Any, folder: Path) -> int:
    return len(version.build_coco_file_locally().annotations)


def import_coco(client: Any, version: Any, folder: Path) -> int:
    return sum(version.import_annotations_coco_file(folder / "coco.json").values())


def main(work: str, origin: str, folder: str) -> None:
    client = Client(api_token="token", host=origin)
    version = client.get_dataset_version_by_id(VERSION)
    result: dict[str, float] = {}
    with measured(result):
        result["count"] = globals()[work](client, version, Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:4])
