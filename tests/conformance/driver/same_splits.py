"""Splits versions with a published client, and tells which asset went where.

    python same_splits.py HOST TOKEN < orders.json > answer.json

An order has a version, ratios and a seed: a number, a text, or a text after `bytes:`; the answer has the file
names of each part and the label counts in the client's order, or the name of the error.
"""

from __future__ import annotations

import json
import logging
import sys

from picsellia import Client

__all__ = ["main"]


def main():
    """Do what is ordered."""
    logging.disable(logging.WARNING)
    host, token = sys.argv[1:]
    client = Client(api_token=token, host=host)
    print(json.dumps([_split(client, order) for order in json.load(sys.stdin)]))


def _split(client, order):
    version = client.get_dataset_version_by_id(order["version"])
    seed = order["seed"]
    if isinstance(seed, str) and seed.startswith("bytes:"):
        seed = seed.removeprefix("bytes:").encode()
    try:
        parts, counts = _parts(version, order, seed)
    except Exception as error:  # noqa: BLE001 - it is told
        return type(error).__name__
    return [[asset.filename for asset in part] for part in parts], [[*found.items()] for found in counts]


def _parts(version, order, seed):
    ratios, page = order["ratios"], order["page"]
    if order["method"] == "split_into_multi_assets":
        parts, counts, _ = version.split_into_multi_assets(ratios, seed, page)
        return parts, counts
    share = ratios[0] if order["method"] == "train_test_split" else ratios
    *found, _ = getattr(version, order["method"])(share, seed, page)
    parts, counts = found[: len(found) // 2], found[len(found) // 2 :]
    return parts, [dict(zip(one["x"], one["y"], strict=True)) for one in counts]


if __name__ == "__main__":
    main()
