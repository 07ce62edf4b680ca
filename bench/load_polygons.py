"""Loading 2,000 annotations of five polygons, 10 a request.

python bench/load_polygons.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from rounds import main
from rows import Row

ROW = Row(
    name="load 2,000 annotations of 5 polygons",
    work="load_polygons",
    server=("--assets=2000", "--keys", "--polygons"),
    at_least={0: 1.6},
    in_flight={0: 32, 30: 128},
)

if __name__ == "__main__":
    main(ROW)
