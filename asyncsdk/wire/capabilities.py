"""What our platform adds to the protocol, by name.

The ping answer lists them; a client uses an addition only when it is listed.
"""

from __future__ import annotations

__all__ = ["ALL", "IDEMPOTENCY", "MERGED_FILTERS", "SHARDS"]

IDEMPOTENCY = "idempotency"
"""Creations carry `Idempotency-Key` and may be sent again."""

SHARDS = "shards"
"""The first page of a listing offers start cursors for walking in parallel."""

MERGED_FILTERS = "merged-filters"
"""A filtered listing takes several lists at once, pages by cursor and honours `limit` and `offset`."""

ALL = (IDEMPOTENCY, MERGED_FILTERS, SHARDS)
