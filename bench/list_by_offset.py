"""Listing 100,000 assets, pages by offset in parallel; the published client cannot.

python bench/list_by_offset.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from rounds import Row, main

ROW = Row(
    name="list 100,000 assets by offset, in parallel",
    work="list_by_offset",
    server=("--assets=100000", "--keys"),
    has_published=False,
)

if __name__ == "__main__":
    main(ROW)
