"""What our platform adds to the protocol, by name.

The ping answer lists them; a client uses an addition only when it is listed.
"""

from __future__ import annotations

__all__ = [
    "ALL",
    "FILE_REPLACEMENT",
    "IDEMPOTENCY",
    "ID_PAGES",
    "INSTANCES",
    "MERGED_FILTERS",
    "SHAPE_DETAILS",
    "SHARDS",
    "WORKER_FILTERS",
]

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

SHAPE_DETAILS = "shape-details"
"""Shapes take `text` and `attributes` also where they are created or saved one annotation at a time."""

WORKER_FILTERS = "worker-filters"
"""Deletions honour `worker_ids`; the newer generation of the hosted platform may ignore them."""

ALL = (
    FILE_REPLACEMENT,
    IDEMPOTENCY,
    ID_PAGES,
    INSTANCES,
    MERGED_FILTERS,
    SHAPE_DETAILS,
    SHARDS,
    WORKER_FILTERS,
)
