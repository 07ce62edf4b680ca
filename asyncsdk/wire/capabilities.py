"""What our platform adds to the protocol, by name.

The ping answer lists them; a client uses an addition only when it is listed.
"""

from __future__ import annotations

__all__ = [
    "ALL",
    "ASSIGNMENT_MOVES",
    "CHECKSUMS",
    "COUNTED_ASSETS",
    "FILE_REPLACEMENT",
    "FORKS",
    "IDEMPOTENCY",
    "ID_PAGES",
    "INSTANCES",
    "JOB_CONTROL",
    "MERGED_FILTERS",
    "SHAPE_DETAILS",
    "SHARDS",
    "TAG_COUNTS",
    "VERSION_DIFF",
    "WORKER_FILTERS",
]

ASSIGNMENT_MOVES = "assignment-moves"
"""Assignments of a campaign can be submitted, skipped and sent back."""
CHECKSUMS = "checksums"
"""Listings of assets take `checksums=true`, and then tell the SHA-256 of each file."""
COUNTED_ASSETS = "counted-assets"
"""A listing of assets, each with the label counts of its newest annotation."""
FORKS = "forks"
"""A fork, and a copy of assets, take any number of asset ids; a copy without ids takes all assets."""

IDEMPOTENCY = "idempotency"
"""Creations carry `Idempotency-Key` and may be sent again."""

FILE_REPLACEMENT = "file-replacement"
"""A new model file takes `replace`: the file of its name makes way for it, in one step."""

SHARDS = "shards"
"""The first page of a listing offers start cursors for walking in parallel."""

MERGED_FILTERS = "merged-filters"
"""A filtered listing takes several lists at once, pages by cursor and honours `limit` and `offset`."""

ID_PAGES = "id-pages"
"""The list of annotation ids takes `limit` and `cursor`, and then answers as a page."""

INSTANCES = "instances"
"""Polygons take `instance`: those of one annotation with one number are the parts of one object."""

JOB_CONTROL = "job-control"
"""Jobs can be listed and killed, and their logs read."""

SHAPE_DETAILS = "shape-details"
"""Shapes take `text` and `attributes` also where they are created or saved one annotation at a time."""

TAG_COUNTS = "tag-counts"
"""Attaching answers in `count` how many of the named objects can carry the tag; the others were skipped."""
VERSION_DIFF = "version-diff"
"""Two versions of a dataset are compared on the platform, a page of assets per request."""

WORKER_FILTERS = "worker-filters"
"""Deletions honour `worker_ids`; the newer generation of the hosted platform may ignore them."""

ALL = (
    ASSIGNMENT_MOVES,
    CHECKSUMS,
    COUNTED_ASSETS,
    FILE_REPLACEMENT,
    FORKS,
    IDEMPOTENCY,
    ID_PAGES,
    INSTANCES,
    JOB_CONTROL,
    MERGED_FILTERS,
    SHAPE_DETAILS,
    SHARDS,
    TAG_COUNTS,
    VERSION_DIFF,
    WORKER_FILTERS,
)
