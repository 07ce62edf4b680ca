"""How compiled queries run: parameters, indices, and the largest that are allowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select, func, select
from sqlalchemy.dialects import sqlite as sqlite_dialect

from asyncsdk.errors import InvalidQueryError
from asyncsdk.server.store.query import compile_query
from asyncsdk.server.store.schema import asset, asset_tag, data, data_source, dataset_version, tag
from asyncsdk.wire.query.builder import one_of, quote
from asyncsdk.wire.query.parser import MOST_COMPARISONS, MOST_LEVELS, parse_query


def assets(query: str) -> Select[Any]:
    return select(asset.c.seq).join(data).where(asset.c.version == 1, compile_query(query, "asset"))


def test_tags_are_found_through_an_index(plan: Callable[..., str]):
    for query, links in (('tags.name in ("a")', "asset_tag"), ('data.tags.name = "a"', "data_tag")):
        steps = plan(query, "asset")
        assert f"SEARCH {links} USING" in steps
        assert f"SCAN {links}" not in steps


def test_a_prefix_is_found_through_an_index(plan: Callable[..., str]):
    condition = compile_query('filename startswith "a"', "data")
    steps = plan(select(data.c.seq).where(data.c.datalake == 1, condition))
    assert "ix_data_datalake_filename (datalake=? AND filename>? AND filename<?)" in steps


@pytest.mark.parametrize(
    ("query", "expected"),
    [('tags.name = "val"', [4]), ('datasets.version = "second"', [1]), ('source = "cam 1"', [1])],
)
def test_tables_of_the_statement_around_are_left_alone(
    run: Callable[..., list[Any]], query: str, expected: list[int]
):
    clause = (
        assets(query)
        .join(dataset_version, asset.c.version == dataset_version.c.seq)
        .outerjoin(data_source, data_source.c.name == "cam 2")
        .outerjoin(tag, tag.c.name == "no such")
        .outerjoin(asset_tag, asset_tag.c.tag == -1)
    )
    assert [row[0] for row in run(clause)] == expected


def test_values_are_parameters():
    for query in (
        'filename = "pwned"',
        'metadata.pwned ~ "pwned"',
        'tags.name in ("pwned")',
        "width > 31337",
    ):
        text = str(assets(query).compile(dialect=sqlite_dialect.dialect()))
        assert "pwned" not in text
        assert "31337" not in text


def deepest(*shapes: str) -> str:
    """Nest the shapes into each other as deep as the parser allows."""
    query = 'datasets.name not in ("a", None)'
    for level in range(10 * MOST_LEVELS):
        deeper = shapes[level % len(shapes)].format(query)
        try:
            parse_query(deeper)
        except InvalidQueryError:
            return query
        query = deeper
    raise AssertionError


@pytest.mark.parametrize(
    "query",
    [
        deepest("width > 1 or {}", "width > 1 and ({})"),
        deepest("width > 1 or {}", "width > 1 and {}", "not ({})"),
        deepest("not ({})"),
        deepest('tags.name != "a" or {} or width > 1', 'metadata.x != "a" and ({}) and width > 1'),
        " and ".join(['metadata.x != "a"'] * MOST_COMPARISONS),
        " or ".join(
            ["width not in (1, None)"] * (MOST_COMPARISONS - 1) + [f"not ({'not (' * 9}width > 1{')' * 10}"]
        ),
        f"metadata{'.x' * 20} = 1",
        one_of("filename", map(str, range(5_000))),
        f"filename ~ {quote('x' * 40_000)}",
    ],
    ids=range(9),
)
def test_the_largest_queries_run(run: Callable[..., list[Any]], query: str):
    assert run(select(func.count()).select_from(assets(query).subquery()))
