"""Loading 20,000 annotations of five boxes, 100 a request.

python bench/load_boxes.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from rounds import main
from rows import Row

ROW = Row(
    name="load 20,000 annotations of 5 boxes",
    work="load_boxes",
    server=("--assets=20000", "--keys"),
    at_least={0: 1.6},
    in_flight={0: 16, 30: 128},
)

if __name__ == "__main__":
    main(ROW)
