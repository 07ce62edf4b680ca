"""Downloading 20 files of 50 MB.

python bench/download_large.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from rounds import main
from rows import Row

ROW = Row(
    name="download 20 files of 50 MB",
    work="download_large",
    server=("--assets=20", "--keys", "--cursors", "--file-bytes=50000000"),
    at_most={0: 1.15, 30: 1.15},
    at_least={0: 2.5, 30: 2.5},
    in_flight={0: 8, 30: 8},
)

if __name__ == "__main__":
    main(ROW)
