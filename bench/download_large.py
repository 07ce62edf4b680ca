"""Downloading 20 files of 50 MB.

python bench/download_large.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from rounds import Row, main

ROW = Row(
    name="download 20 files of 50 MB",
    work="download_large",
    server=("--assets=20", "--keys", "--cursors", "--file-bytes=50000000"),
)

if __name__ == "__main__":
    main(ROW)
