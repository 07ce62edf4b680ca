"""What the compiler refuses, and where it says the fault is."""

from __future__ import annotations

import pytest

from asyncsdk.errors import BadRequestError, InvalidQueryError
from asyncsdk.server.store.query import compile_order, compile_query
from asyncsdk.server.store.schema import asset, data
from asyncsdk.wire.query.builder import one_of


@pytest.mark.parametrize(
    ("query", "position", "message"),
    [
        ('filename = "a" and', 18, "expected a property such as filename"),
        ('width = 1 and filenam = "a"', 14, 'unknown property "filenam"; did you mean filename?'),
        ('colour = "a"', 0, 'unknown property "colour". The properties are content_type, created_at,'),
        ('data.filename = "a"', 0, 'unknown property "data.filename"; did you mean filename?'),
        ('"filename" = "a"', 0, 'expected a property such as filename, "not" or "("'),
        ('tags = "a"', 0, 'unknown property "tags"'),
        ('filename.x = "a"', 0, 'unknown property "filename.x"'),
        ('tags."name.x" = "a"', 0, 'unknown property "tags.name.x"'),
        ("metadata = 1", 0, '"metadata" needs a key, as in metadata.reference'),
        (f"metadata{'.x' * 21} = 1", 0, "more than 20 keys in a path"),
        ("filename = 5", 11, "expected a string, found 5"),
        ('filename in ("a", 5)', 12, "expected a string, found 5"),
        ("filename = True", 11, "expected a string, found True"),
        ('width = "640"', 8, 'expected a number, found "640"'),
        ("width = True", 8, "expected a number, found True"),
        ("width < None", 8, "None fits only =, !=, in and not in"),
        ('width ~ "6"', 0, 'operator "~" does not fit a number; use one of =, !=, <, <=, >, >=, in, not in'),
        ('width not startswith "6"', 0, 'operator "not startswith" does not fit a number'),
        ('type ~ "IM"', 0, 'operator "~" does not fit one of IMAGE, VIDEO'),
        ('type = "AUDIO"', 7, 'expected one of IMAGE, VIDEO, found "AUDIO"'),
        ("upload_status = 1", 16, "expected one of PENDING, COMPUTING, ERROR, DONE, found 1"),
        ('id = "cat"', 5, 'expected an id (a UUID), found "cat"'),
        ('tags.id in ("cat")', 11, 'expected an id (a UUID), found "cat"'),
        ("id = 5", 5, "expected an id (a UUID), found 5"),
        ('id < "cat"', 0, 'operator "<" does not fit an id (a UUID); use one of =, !=, in, not in'),
        ('created_at = "yesterday"', 13, 'expected a date such as "2026-01-31" or "2026-01-31 08:00"'),
        ('created_at = "20260131"', 13, "expected a date"),
        ('created_at = "2026-02-30"', 13, '"2026-02-30" is no date'),
        ('created_at = "2026-02-28 25:00"', 13, '"2026-02-28 25:00" is no date'),
        ("created_at > 5", 13, "expected a date"),
        ('created_at ~ "2026"', 0, 'operator "~" does not fit a date'),
        (one_of("created_at", ["2026-01-31"] * 101), 14, "more than 100 dates"),
        (
            "metadata.checked < True",
            0,
            'operator "<" does not fit True or False; use one of =, !=, in, not in',
        ),
        ("metadata.count ~ 5", 0, 'operator "~" does not fit a number'),
        ("metadata.count > None", 17, "None fits only"),
        ('metadata.x startswith "a" and metadata.y endswith False', 30, 'operator "endswith" does not fit'),
    ],
)
def test_faults_have_a_position(query: str, position: int, message: str):
    with pytest.raises(InvalidQueryError) as caught:
        compile_query(query, "data")
    assert caught.value.status == 400
    assert caught.value.position == position
    assert caught.value.message.startswith(f"q: position {position}: ")
    assert message in caught.value.message


@pytest.mark.parametrize(
    "query", ["{} = 1", 'type = "{}"', 'id = "{}"', 'width = "{}"', 'width = 1 "{}"', "width = {}"]
)
def test_messages_stay_short(query: str):
    with pytest.raises(InvalidQueryError) as caught:
        compile_query(query.format("x" * 30_000), "data")
    assert len(str(caught.value)) < 600


def test_the_choices_of_an_asset_name_those_of_its_data():
    with pytest.raises(InvalidQueryError, match=r"did you mean data\.filename") as caught:
        compile_query('data.filenam = "a"', "asset")
    assert 'width, and those of its data after "data."' in caught.value.message


def test_orders():
    assert compile_order(["-created_at", "filename", "data.meta.width"], "asset") == [
        (asset.c.created_at, True),
        (data.c.filename, False),
        (data.c.width, False),
    ]
    assert compile_order(["created_at", "-size"], "data") == [
        (data.c.created_at, False),
        (data.c.size_bytes, True),
    ]
    assert compile_order([], "data") == []


@pytest.mark.parametrize(
    "term", ["", "-", "--filename", "tags.name", "source", "metadata.x", "seq", "data.id"]
)
def test_orders_by_known_columns_only(term: str):
    with pytest.raises(BadRequestError, match="choose one of content_type, created_at, file_size") as caught:
        compile_order(["filename", term], "data")
    assert caught.value.status == 400
