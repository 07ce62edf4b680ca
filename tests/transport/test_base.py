from __future__ import annotations

import pytest

from asyncsdk.errors import ProtocolError
from asyncsdk.records.tags import TagRecord
from asyncsdk.transport.base import decode_response
from asyncsdk.transport.memory import answer

HTML = b"<!DOCTYPE html><html><body>Sign in" + b"." * 1000


def test_an_answer_becomes_a_record():
    body = {"id": "1", "name": "night", "target_type": "DATA", "new": 1}
    assert decode_response(answer(body), TagRecord, "r").name == "night"
    assert decode_response(answer([body]), list[TagRecord], "r")[0].id == "1"


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        (HTML, ["not JSON", "'<!DOCTYPE html>"]),
        (b"", ["not JSON", "it begins ''"]),
        (b'{"id": "1", "name": "x", "target_type": "CAT"}', ["target_type", "expected one of"]),
        (b"\xff\xfe", ["not JSON"]),
    ],
)
def test_anything_else_is_a_protocol_error_that_names_the_place(body, texts):
    with pytest.raises(ProtocolError) as caught:
        decode_response(answer(body), TagRecord, "GET /api/tag/{tag}")
    text = str(caught.value)
    assert text.startswith("GET /api/tag/{tag}: the answer (status 200)")
    assert all(part in text for part in texts)
    assert len(text) < 500
