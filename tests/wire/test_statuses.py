from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import (
    ApiError,
    BadRequestError,
    ConflictError,
    ForbiddenError,
    InvalidQueryError,
    LockedError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    TooLargeError,
    UnauthorizedError,
)
from asyncsdk.wire.requests import Response
from asyncsdk.wire.statuses import REQUEST_ID_HEADER, envelope, error_for, is_success


def error(status, body=b"", headers=None):
    return error_for(Response(status, headers or {}, body), "GET /x")


@pytest.mark.parametrize(
    ("status", "success"),
    [(199, False), (200, True), (204, True), (208, False), (299, True), (300, False), (404, False)],
)
def test_success(status, success):
    assert is_success(status) is success


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (208, ConflictError),
        (304, ApiError),
        (400, BadRequestError),
        (401, UnauthorizedError),
        (402, ForbiddenError),
        (403, ForbiddenError),
        (404, NotFoundError),
        (405, ApiError),
        (409, ConflictError),
        (413, TooLargeError),
        (422, BadRequestError),
        (423, LockedError),
        (429, RateLimitedError),
        (500, ServerError),
        (502, ServerError),
        (599, ServerError),
    ],
)
def test_each_status_has_its_error(status, kind):
    found = error(status, b'{"message": "m"}', {REQUEST_ID_HEADER: "r1"})
    assert type(found) is kind
    assert (found.message, found.status, found.route, found.request_id) == ("m", status, "GET /x", "r1")


@pytest.mark.parametrize(
    ("body", "message", "detail"),
    [
        (b'{"message": "m", "detail": ["a", {"b": 1}]}', "m", ("a", '{"b":1}')),
        (b'{"message": "m", "detail": "one"}', "m", ("one",)),
        (b'{"message": "m", "detail": null}', "m", ()),
        (b'{"message": "m", "detail": []}', "m", ()),
        (b'{"message": "m", "detail": {"k": "v"}}', "m", ('{"k":"v"}',)),
        (b'{"message": "m", "detail": 0}', "m", ("0",)),
        (b'{"message": null}', "the platform answered with status 400", ()),
        (b'{"message": 7}', "the platform answered with status 400", ()),
        (b"{}", "the platform answered with status 400", ()),
        (b'["a", 2]', "the platform answered with status 400", ("a", "2")),
        (b'"text"', "the platform answered with status 400", ("text",)),
        (b"null", "the platform answered with status 400", ()),
        (b"plain text", "plain text", ()),
        (b"<HTML><body>", "the platform answered with status 400", ()),
        (b"", "the platform answered with status 400", ()),
    ],
)
def test_any_body_is_read(body, message, detail):
    found = error(400, body)
    assert (found.message, found.detail) == (message, detail)


@given(
    st.integers(300, 599),
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(),
        lambda inner: (
            st.lists(inner) | st.dictionaries(st.sampled_from(["message", "detail", "code"]), inner)
        ),
    ).map(lambda value: json.dumps(value).encode()),
)
def test_no_body_breaks_it(status, body):
    found = error(status, body)
    assert isinstance(found, ApiError)
    assert isinstance(found.message, str)
    assert found.message
    assert str(found)


def test_invalid_queries_are_told_apart():
    found = error(400, b'{"message": "m", "code": "invalid-query"}')
    assert type(found) is InvalidQueryError
    assert type(error(404, b'{"message": "m", "code": "invalid-query"}')) is NotFoundError


@pytest.mark.parametrize(
    "told",
    [
        NotFoundError("gone", status=404, detail=["a", "b"]),
        ConflictError("twice", status=409),
        InvalidQueryError("bad", status=400, position=3),
    ],
)
def test_an_envelope_is_read_as_it_was_written(told):
    found = error(told.status, json.dumps(envelope(told)).encode())
    assert type(found) is type(told)
    assert (found.message, found.detail) == (told.message, told.detail)
