"""Downloading 5,000 files of 60 kB.

python bench/download_small.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from rounds import main
from rows import Row

ROW = Row(
    name="download 5,000 files of 60 kB",
    work="download_small",
    server=("--assets=5000", "--keys", "--cursors", "--file-bytes=60000"),
    at_most={0: 1.5, 30: 1.3},
    at_least={0: 6, 30: 12},
)

if __name__ == "__main__":
    main(ROW)
