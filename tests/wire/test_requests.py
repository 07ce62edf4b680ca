from __future__ import annotations

from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.enums import DataType
from asyncsdk.records.tags import NewTag
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Repeat, Request, Route, query_pairs


def test_a_route_makes_requests():
    route = Route("POST", "/api/datalake/{datalake}/tags", Repeat.CREATION)
    request = route.request(body=NewTag("é"), query={"limit": 5, "q": None}, key="k", datalake="d 1")
    assert request == Request(
        method="POST",
        path="/api/datalake/d%201/tags",
        query=(("limit", "5"),),
        body='{"name":"é"}'.encode(),
        route="POST /api/datalake/{datalake}/tags",
        repeat=Repeat.CREATION,
        idempotency_key="k",
    )


@pytest.mark.parametrize(
    ("body", "sent"), [(None, None), ([], b"[]"), ({}, b"{}"), ({"a": None}, b'{"a":null}')]
)
def test_an_empty_body_is_not_no_body(body, sent):
    assert Route("POST", "/x").request(body=body).body == sent


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_variable_stays_one_segment(value):
    path = Route("GET", "/a/{x}/b").path(x=value)
    head, segment, tail = path.removeprefix("/").split("/")
    assert (head, unquote(segment), tail) == ("a", value, "b")
    assert not set(path) & set("?# \n")


def test_a_missing_variable_is_an_error():
    with pytest.raises(KeyError):
        Route("GET", "/a/{x}").path()


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        ({}, ()),
        ({"a": None}, ()),
        ({"a": True, "b": False}, (("a", "True"), ("b", "False"))),
        ({"a": ["x", None, "y"]}, (("a", "x"), ("a", "y"))),
        ({"a": ()}, ()),
        ({"type": DataType.IMAGE}, (("type", "IMAGE"),)),
        ({"id": UUID(int=1)}, (("id", "00000000-0000-0000-0000-000000000001"),)),
        ({"a": 0, "b": ""}, (("a", "0"), ("b", ""))),
    ],
)
def test_table_of_queries(query, pairs):
    assert query_pairs(query) == pairs


def test_routes_are_told_apart_and_creations_marked():
    all_routes = [value for value in vars(routes).values() if isinstance(value, Route)]
    assert len({str(route) for route in all_routes}) == len(all_routes)
    creations = {route for route in all_routes if route.repeat is Repeat.CREATION}
    assert routes.CREATE_DATA in creations
    assert {route.method for route in creations} == {"POST"}
