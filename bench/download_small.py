"""Downloading 5,000 files of 60 kB.

python bench/download_small.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from rounds import Row, main

ROW = Row(
    name="download 5,000 files of 60 kB",
    work="download_small",
    server=("--assets=5000", "--keys", "--cursors", "--file-bytes=60000"),
)

if __name__ == "__main__":
    main(ROW)
