from __future__ import annotations

from asyncsdk.records import codec
from asyncsdk.records.cloud_objects import CloudObject, ObjectImport


def test_tags_may_be_one_or_several():
    assert CloudObject(tags="night").tags == ("night",)
    assert CloudObject(tags=["a", "b"]).tags == ("a", "b")
    assert CloudObject(tags=iter("ab")).tags == ("a", "b")


def test_they_survive_the_wire():
    given = CloudObject({"reference": "R"}, None, ["a"], "gate")
    body = ObjectImport("x", objects={"a.png": given})
    assert codec.decode(codec.encode(body), ObjectImport) == body
    assert (
        codec.encode(CloudObject())
        == b'{"metadata":null,"custom_metadata":null,"tags":[],"data_source":null}'
    )
    body = codec.dump(ObjectImport("x", prefixes=(), tag_ids=()))
    assert body == {"datalake_id": "x", "prefixes": [], "tag_ids": []}
