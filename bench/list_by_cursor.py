"""Listing 100,000 assets, page after page by cursor.

python bench/list_by_cursor.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from rounds import main
from rows import Row

ROW = Row(
    name="list 100,000 assets by cursor",
    work="list_by_cursor",
    server=("--assets=100000", "--keys", "--cursors"),
    at_least={0: 1.6},
    memory_at_most_mb=110,
)

if __name__ == "__main__":
    main(ROW)
