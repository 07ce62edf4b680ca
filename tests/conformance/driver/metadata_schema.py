"""The schema of a datalake's custom metadata, which only the newer generation knows."""

from __future__ import annotations

from datetime import UTC, datetime

from checks import equal, holds, refused
from picsellia import exceptions
from picsellia.exceptions import BadRequestError, ResourceNotFoundError

__all__ = ["metadata_schema"]

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
SCHEMA = {
    "camera": {
        "required": True,
        "input_type": "STRING",
        "choices": ["front", "rear"],
        "display_name": "Lens",
    },
    "a/b %2F{c} é": {"required": False, "input_type": "INTEGER", "min": 0, "max": 9},
    "score": {"required": False, "input_type": "FLOAT", "choices": [0.5, 1], "allow_multiple": True},
    "taken": {"required": False, "input_type": "DATETIME", "min": NOON},
    "sharp": {"required": False, "input_type": "BOOLEAN"},
}


def metadata_schema(world):
    """Set, compare, apply and delete a schema; afterwards there is none."""
    if world.is_old:
        return
    _whole_schema(world.lake)
    _single_keys(world.lake)
    _values(world)
    report = world.lake.update_custom_metadata_schema({}, delete_missing_keys=True)
    equal(sorted(report["deleted"]), sorted(SCHEMA), "the keys deleted")
    equal(world.lake.get_custom_metadata_schema()["custom_metadata_schema"], None, "no schema is left")


def _whole_schema(lake):
    fresh = {"custom_metadata_schema": None, "allow_extra_custom_metadata": True, "keys": {}}
    equal(lake.get_custom_metadata_schema(), fresh, "a datalake without a schema")
    report = lake.update_custom_metadata_schema(SCHEMA)
    equal([report["created"], report["errors"]], [list(SCHEMA), {}], "a schema, made key by key")
    report = lake.update_custom_metadata_schema(SCHEMA, delete_missing_keys=True)
    equal(report["unchanged"], list(SCHEMA), "the same schema again changes nothing")
    holds(not report["updated"] and not report["deleted"], f"nothing else: {report}")
    changed = SCHEMA | {"sharp": SCHEMA["sharp"] | {"archived": True}}
    equal(lake.update_custom_metadata_schema(changed)["updated"], ["sharp"], "one key changed")
    equal(lake.update_custom_metadata_schema(SCHEMA)["updated"], ["sharp"], "and back")
    faulty = {"camera": SCHEMA["camera"] | {"choices": ["front"]}, "sharp": SCHEMA["sharp"]}
    with refused(exceptions.CustomMetadataSchemaUpdateError, "a schema with a faulty key", saying="choices"):
        lake.update_custom_metadata_schema(faulty)


def _single_keys(lake):
    stored = lake.upsert_custom_metadata_schema_key("a..b/", SCHEMA["sharp"])
    equal(stored, SCHEMA["sharp"] | {"archived": False}, "a key as it is stored")
    holds("a..b/" in lake.get_custom_metadata_schema()["custom_metadata_schema"], "a key with a slash")
    lake.delete_custom_metadata_schema_key("a..b/")
    with refused(ResourceNotFoundError, "a deleted key"):
        lake.delete_custom_metadata_schema_key("a..b/")
    with refused(BadRequestError, "too long a key", saying="255"):
        lake.upsert_custom_metadata_schema_key("x" * 256, SCHEMA["sharp"])
    faulty = {"required": True, "archived": True, "input_type": "STRING"}
    with refused(BadRequestError, "an archived key that is required", saying="required"):
        lake.upsert_custom_metadata_schema_key("old", faulty)


def _values(world):
    lake, data = world.lake, world.park_data[0]
    fitting = {"camera": "rear", "score": [1, 0.5], "taken": NOON.isoformat(), "other": 1}
    data.update_custom_metadata(fitting)
    equal(data.custom_metadata, fitting, "custom metadata that fits the schema")
    for wrong in (None, {"camera": "side"}, {"camera": "rear", "sharp": 1}, {"camera": "rear", "score": 1}):
        with refused(BadRequestError, f"custom metadata {wrong}", saying="custom_metadata"):
            data.update_custom_metadata(wrong)
    lake.set_allow_extra_custom_metadata(False)
    equal(lake.get_custom_metadata_schema()["allow_extra_custom_metadata"], False, "a closed schema")
    with refused(BadRequestError, "a key that is not in the schema", saying="other"):
        data.update_custom_metadata(fitting)
    data.update_custom_metadata({"camera": "front"})
    lake.set_allow_extra_custom_metadata(True)
    lake.delete_custom_metadata_schema_key("camera")
    data.update_custom_metadata(None)
    lake.upsert_custom_metadata_schema_key("camera", SCHEMA["camera"])
