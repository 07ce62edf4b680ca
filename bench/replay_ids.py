"""What is called how on the replay server; needs nothing but Python, so that every contestant can use it."""

from __future__ import annotations

ORGANIZATION, CONNECTOR, LAKE, DATASET, VERSION, LABEL, WORKER, JOB = (
    f"01890000-0000-7000-8000-{number:012x}" for number in range(1, 9)
)


def asset_id(number: int) -> str:
    return f"01890000-0000-7000-9000-{number:012x}"


def annotation_id(number: int) -> str:
    return f"01890000-0000-7000-a000-{number:012x}"
