"""Listing 100,000 assets, pages by offset in parallel; the published client goes by cursor, as it has no other way.

python bench/list_by_offset.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from rounds import main
from rows import Row

ROW = Row(
    name="list 100,000 assets by offset, in parallel",
    work="list_by_offset",
    server=("--assets=100000", "--keys"),
    published_work="list_by_cursor",
    at_least={0: 1.6, 30: 5},
    memory_at_most_mb=110,
    in_flight={0: 8, 30: 16},
)

if __name__ == "__main__":
    main(ROW)
