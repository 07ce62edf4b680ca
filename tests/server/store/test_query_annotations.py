"""What queries find through annotations, in the database of `conftest.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from asyncsdk.errors import InvalidQueryError
from asyncsdk.server.store.query import compile_query
from asyncsdk.server.store.schema import annotation, asset, data, label, shape

ADA = "00000000-0000-4000-8000-000000007001"
THIRD = "00000000-0000-4000-8000-000000009003"
CAR = "00000000-0000-4000-8000-000000008001"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('annotations.status = "ACCEPTED"', [1]),
        ('annotations.status = "pending"', [1, 2]),
        ('annotations.status = "PENDING" and annotations.status = "ACCEPTED"', [1]),
        ('annotations.status != "PENDING"', [3, 4]),
        ("annotations.status = None", [4]),
        ("annotations.status in (None, 'REFUSED')", [3, 4]),
        ("annotations.id != None", [1, 2, 3]),
        (f'annotations.id = "{THIRD}"', [2]),
        ("annotations.duration > 1", [1, 2, 3]),
        ("annotations.duration <= 0", [1]),
        ('annotations.created_at < "1971-01-01"', [1, 2, 3]),
        (f'annotations.worker_id = "{ADA}"', [1, 3]),
        ('annotations.worker.username = "Bob"', [1, 2]),
        ('annotations.worker.username not in ("Bob")', [3, 4]),
        ('annotations.rectangles.label.name = "car"', [1]),
        ('annotations.polygons.label.name = "car"', [2]),
        ('annotations.rectangles.label.name ~ "VA"', [1]),
        ('annotations.rectangles.label.name = "car" or annotations.polygons.label.name = "car"', [1, 2]),
        ('annotations.rectangles.label.name != "car"', [2, 3, 4]),
        ("annotations.rectangles.label.name = None", [2, 3, 4]),
        (f'annotations.polygons.label.id = "{CAR}"', [2]),
        ('annotations.classifications.label.name = "night"', [3]),
        ('annotations.classifications.text startswith "da"', [3]),
        ('annotations.rectangles.text = "AB-1"', [1]),
        ("annotations.polygons.text = None", [1, 2, 3, 4]),
        ("annotations.rectangles.w >= 100", [1]),
        ("annotations.rectangles.w > 100", []),
        ("annotations.rectangles.w = 9 and annotations.rectangles.h = 50", [1]),
        ("annotations.rectangles.x in (10, 11)", [1]),
        ("annotations.rectangles.y < 20", []),
        ("annotations.rectangles.w = None", [2, 3, 4]),
        ("annotations.rectangles.area > 1000", [1]),
        ("annotations.polygons.area = 16", [2]),
        ("annotations.masks.area > 0", []),
        ('annotations.keypoints.label.name = "car"', []),
        ('filename = "cat.png" and annotations.rectangles.label.name = "car"', [1]),
        ('not (annotations.rectangles.label.name = "car")', [2, 3, 4]),
    ],
)
def test_assets(found: Callable[..., list[int]], query: str, expected: list[int]):
    assert found(query, "asset") == expected


@pytest.mark.parametrize(
    ("query", "position", "message"),
    [
        (
            'annotations.state = "x"',
            0,
            'unknown property "annotations.state"; did you mean annotations.status',
        ),
        ("annotations.xyz = 1", 0, "The properties are annotations.classifications.label.id, "),
        (
            'id = None or annotations.rectangles.label = "car"',
            13,
            "did you mean annotations.rectangles.label",
        ),
        ("annotations.polygons.w = 1", 0, 'unknown property "annotations.polygons.w"'),
        ('annotations.status = "DONE"', 21, "expected one of PENDING, SKIPPED, ACCEPTED, REFUSED"),
        ('annotations.rectangles.w = "9"', 27, 'expected a number, found "9"'),
        ('annotations.rectangles.w ~ "9"', 0, 'operator "~" does not fit a number'),
        ('annotations.worker_id = "ada"', 24, "expected an id"),
    ],
)
def test_faults_have_a_position(query: str, position: int, message: str):
    with pytest.raises(InvalidQueryError) as caught:
        compile_query(query, "asset")
    assert caught.value.position == position
    assert message in caught.value.message


def test_data_have_no_annotations():
    with pytest.raises(InvalidQueryError, match="unknown property"):
        compile_query('annotations.status = "PENDING"', "data")
    with pytest.raises(InvalidQueryError) as caught:
        compile_query("colour = 1", "asset")
    assert 'those of its data after "data." and those of its "annotations."' in caught.value.message
    assert "rectangles" not in caught.value.message


@pytest.mark.parametrize(
    "query",
    [
        'annotations.rectangles.label.name = "car"',
        "annotations.rectangles.w > 3",
        "annotations.status = None",
        'annotations.worker.username = "Ada"',
    ],
)
def test_each_asset_is_asked_through_indices(plan: Callable[..., str], query: str):
    steps = plan(query, "asset")
    assert "SEARCH annotation USING" in steps
    for table in ("annotation", "shape", "label", "user_account"):
        assert f"SCAN {table}" not in steps


def test_tables_of_the_statement_around_are_left_alone(run: Callable[..., list[Any]]):
    condition = compile_query('annotations.rectangles.label.name = "Van"', "asset")
    clause = (
        select(asset.c.seq)
        .join(data)
        .outerjoin(annotation, annotation.c.seq == 4)
        .outerjoin(shape, shape.c.seq == 4)
        .outerjoin(label, label.c.seq == 3)
        .where(asset.c.version == 1, condition)
    )
    assert [row[0] for row in run(clause)] == [1]
