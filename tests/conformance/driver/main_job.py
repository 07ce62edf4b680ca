"""The main job, done by a published client of the platform, unmodified.

Run by an interpreter that has the client, and nothing of this project:

    python main_job.py HOST TOKEN [--video FILE] [--sample FOLDER] [--chapters NAME ...]

It wants a fresh platform, and ends with a line of figures, or with the first thing that went wrong.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time

import checks
from annotated_crowd import annotate_crowd
from annotating import annotate
from asset_tags import tag_assets
from assets import add_data, list_assets
from connecting import connect
from crowds import crowd
from data_changes import change_data
from data_listing import list_data
from datasets import change_datasets, lock_version, make_datasets, read_others
from deleting import delete
from downloading import download, download_big
from drawing import draw
from exporting import export
from importing import import_files
from importing_sample import import_sample
from importing_videos import import_videos
from imports import import_objects
from job_logs import keep_log
from labels import label
from metadata_schema import metadata_schema
from modelling import make_models, read_models
from people import meet_people
from projections import projections
from splitting import split
from uploading import upload, upload_big
from worker_annotations import annotate_as_workers
from world import World

MAIN_JOB = (
    upload_big,
    download_big,
    connect,
    upload,
    list_data,
    make_datasets,
    change_data,
    metadata_schema,
    projections,
    import_objects,
    change_datasets,
    label,
    add_data,
    keep_log,
    list_assets,
    tag_assets,
    lock_version,
    download,
    export,
    annotate,
    draw,
    split,
    import_files,
    import_videos,
    import_sample,
    crowd,
    annotate_crowd,
    meet_people,
    make_models,
    delete,
)
CHAPTERS = {
    chapter.__name__: chapter for chapter in (*MAIN_JOB, read_others, read_models, annotate_as_workers)
}


def main():
    """Do the job and print what was checked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("token")
    parser.add_argument("--video")
    parser.add_argument("--sample", help="folder of a sample of COCO")
    parser.add_argument("--chapters", nargs="+", choices=CHAPTERS, help="only these; the whole job without")
    given = parser.parse_args()
    logging.disable(logging.INFO)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        world = World(given.host, given.token, folder, given.video, given.sample)
        for chapter in [CHAPTERS[name] for name in given.chapters or ()] or MAIN_JOB:
            chapter_begun = time.monotonic()
            chapter(world)
            print(f"  {chapter.__name__}: {time.monotonic() - chapter_begun:.1f} s", flush=True)
    print(f"picsellia {world.release}: {checks.count()} checks in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
