"""The schema of custom metadata."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from asyncsdk import MetadataKey, MetadataSchema, MetadataType
from asyncsdk.errors import BadRequestError, InvalidArgumentError, NotFoundError, PartialFailure

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)

KEYS = {
    "camera": MetadataKey(input_type="string", required=True, display_name="Cámera", choices=["a", "b"]),
    "a/b c%.": MetadataKey(input_type=MetadataType.INTEGER, min=0, max=9),
    "score": MetadataKey(input_type="FLOAT", choices=(0.5, 1), allow_multiple=True),
    "taken": MetadataKey(input_type="datetime", min=NOON, max=NOON + timedelta(days=1)),
    "seen": MetadataKey(input_type="datetime", choices=[NOON]),
    "sharp": MetadataKey(input_type="Boolean", archived=True),
}


@pytest.fixture
async def lake(any_client):
    return await any_client.get_datalake()


async def test_a_key_is_kept_as_it_was_set(lake):
    assert await lake.get_custom_metadata_schema() == MetadataSchema({}, allow_extra=True, indexation={})
    for name, key in KEYS.items():
        assert await lake.set_custom_metadata_key(name, key) == key
    schema = await lake.get_custom_metadata_schema()
    assert schema.keys == KEYS
    assert schema.keys["taken"].min == NOON
    assert schema.keys["camera"].input_type is MetadataType.STRING
    await lake.set_custom_metadata_key("camera", KEYS["seen"])
    assert (await lake.get_custom_metadata_schema()).keys == KEYS | {"camera": KEYS["seen"]}
    for name in KEYS:
        assert await lake.delete_custom_metadata_key(name) is None
    assert (await lake.get_custom_metadata_schema()).keys == {}


@pytest.mark.parametrize("name", ["/", "..", ".", "%2F", "é🐦", "{x}", " ", "a\nb", "?x#y", "x" * 255])
async def test_a_key_is_any_text(lake, name):
    await lake.set_custom_metadata_key(name, KEYS["score"])
    assert (await lake.get_custom_metadata_schema()).keys == {name: KEYS["score"]}
    await lake.delete_custom_metadata_key(name)
    with pytest.raises(NotFoundError):
        await lake.delete_custom_metadata_key(name)


async def test_the_platform_says_which_rule_is_broken(lake):
    naive = MetadataKey(input_type="datetime", min="2024-05-01T12:00:00")
    with pytest.raises(BadRequestError, match=r"key 'taken': min: .* offset"):
        await lake.set_custom_metadata_key("taken", naive)
    with pytest.raises(BadRequestError, match="longer than 255"):
        await lake.set_custom_metadata_key("x" * 256, KEYS["camera"])


@pytest.mark.parametrize(
    ("name", "key"), [("", KEYS["camera"]), (3, KEYS["camera"]), ("k", {"required": True})]
)
async def test_arguments_of_another_kind_are_refused_here(lake, name, key):
    with pytest.raises(InvalidArgumentError):
        await lake.set_custom_metadata_key(name, key)
    if not isinstance(name, str) or not name:
        with pytest.raises(InvalidArgumentError):
            await lake.delete_custom_metadata_key(name)


async def test_data_must_fit(lake, images):
    await lake.set_custom_metadata_key("camera", KEYS["camera"])
    with pytest.raises(PartialFailure) as raised:
        await lake.upload_data(images[:2], custom_metadata=[{"camera": "a"}, {"camera": "x"}], progress=False)
    assert [len(raised.value.report.failed), len(raised.value.report.uploaded)] == [1, 1]
    (data,) = await lake.list_data()
    with pytest.raises(BadRequestError, match="'camera': 'x' is none of the choices"):
        await data.update_custom_metadata({"camera": "x"})
    await data.update_custom_metadata({"camera": "b", "more": 1})
    await lake.update_custom_metadata_settings(allow_extra=False)
    assert not (await lake.get_custom_metadata_schema()).allow_extra
    with pytest.raises(BadRequestError, match="'more': not in the schema"):
        await data.update_custom_metadata({"camera": "b", "more": 2})


def test_the_type_must_be_known():
    with pytest.raises(InvalidArgumentError, match="choose one of STRING"):
        MetadataKey(input_type="COLOUR")


def test_only_date_times_are_read_from_text():
    text = NOON.isoformat()
    assert MetadataKey(input_type="DATETIME", choices=[text, "?"]).choices == (NOON, "?")
    assert MetadataKey(input_type="STRING", choices=[text, "?"]).choices == (text, "?")
