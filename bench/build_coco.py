"""Building a COCO file of 20,000 annotations of five boxes in the client.

python bench/build_coco.py [--rounds N] [--latency-ms MS]
"""

from __future__ import annotations

from rounds import main
from rows import Row

ROW = Row(
    name="build a COCO file of 20,000 annotations",
    work="build_coco",
    server=("--assets=20000", "--keys"),
    in_flight={0: 16, 30: 64},
)

if __name__ == "__main__":
    main(ROW)
