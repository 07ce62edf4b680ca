"""Models and their versions: made, found, listed, changed, tagged and deleted."""

from __future__ import annotations

from uuid import UUID, uuid4

import orjson
import pytest

from asyncsdk.enums import Framework, InferenceType
from asyncsdk.errors import (
    BadRequestError,
    ConflictError,
    InvalidArgumentError,
    MissingFileError,
    NotFoundError,
    OutcomeUnknownError,
)


@pytest.fixture
async def model(any_client):
    return await any_client.create_model("detector", "finds birds")


# Models


async def test_create_find_and_list(any_client, model):
    other = await any_client.create_model("other")
    assert (model.name, model.description, model.private) == ("detector", "finds birds", True)
    assert other.description == ""
    assert await any_client.get_model("detector") == model
    assert await any_client.get_model_by_id(model.id) == model
    assert await any_client.get_model_by_id(UUID(model.id)) == model
    assert await any_client.list_models() == [other, model]
    assert await any_client.list_models(limit=1, offset=1, order_by=["-name"]) == [model]
    assert repr(model) == f"<Model 'detector' {model.id}>"


async def test_a_name_that_is_taken_and_one_that_is_unknown(any_client, model):
    with pytest.raises(ConflictError, match="'detector'"):
        await any_client.create_model("detector")
    with pytest.raises(NotFoundError):
        await any_client.get_model("nothing")
    with pytest.raises(NotFoundError):
        await any_client.get_model_by_id(uuid4())
    with pytest.raises(NotFoundError):
        await any_client.get_model_version_by_id(model.id)
    for get in (any_client.get_model_by_id, any_client.get_model_version_by_id):
        with pytest.raises(InvalidArgumentError):
            await get("detector")


async def test_update_refresh_and_delete(any_client, model):
    same = await any_client.get_model("detector")
    assert await model.update(name="finder") is None
    assert (model.name, model.description) == ("finder", "finds birds")
    await model.update(description="finds fish")
    await same.refresh()
    assert (same.name, same.description) == ("finder", "finds fish")
    await any_client.create_model("taken")
    with pytest.raises(ConflictError):
        await model.update(name="taken")
    version = await model.create_version()
    assert await model.delete() is None
    for gone in (model, version):
        with pytest.raises(NotFoundError):
            await gone.refresh()


async def test_nothing_is_public(any_client, model):
    assert await any_client.list_public_models() == []
    assert await any_client.list_public_models(limit=3, offset=0, order_by=["name"], name="det") == []
    with pytest.raises(NotFoundError):
        await any_client.get_public_model("detector")


@pytest.mark.parametrize("route", ["/api/models", "/api/public/models"])
async def test_public_models_of_either_generation(scripted, says, route):
    hub = {"id": str(uuid4()), "name": "yolo", "private": False}

    def play(request):
        if not request.path.startswith(route):
            return says({"message": "no such route"}, status=404)
        return says(hub if request.path.endswith("/find") else {"items": [hub]})

    client, transport = scripted(play)
    (listed,) = await client.list_public_models(limit=5, name="yo")
    found = await client.get_public_model("yolo")
    assert (listed, listed.private, found.name) == (found, False, "yolo")
    assert ("name", "yo") in transport.requests[0].query


# Versions


async def test_versions_are_made_found_and_listed(any_client, model):
    first = await model.create_version("first", type="object_detection", framework="pytorch")
    second = await model.create_version(type=InferenceType.MASK, framework=Framework.ONNX)
    assert (first.version, first.name, first.type, first.framework) == (
        0, "first", InferenceType.OBJECT_DETECTION, Framework.PYTORCH,
    )  # fmt: skip
    assert (second.version, second.name, second.type, second.framework) == (1, "1", "MASK", "ONNX")
    assert (first.origin_id, first.origin_name) == (model.id, "detector")
    assert repr(first) == f"<ModelVersion 'detector/0' {first.id}>"
    assert await model.get_version(0) == await model.get_version("first") == first
    assert await model.get_version("1") == await model.get_version(1) == second
    assert await any_client.get_model_version_by_id(UUID(first.id)) == first
    assert await model.list_versions() == [second, first]
    assert await model.list_versions(limit=1, offset=1, order_by=["-version"]) == [first]
    for missing in (2, "0", "second"):
        with pytest.raises(NotFoundError):
            await model.get_version(missing)
    with pytest.raises(ConflictError):
        await model.create_version("first")


async def test_what_a_version_says_comes_back(any_client, model):
    said = {
        "labels": {"0": "cat"}, "base_parameters": {"epochs": 3}, "description": "d",
        "docker_image_name": "image", "docker_tag": "1", "docker_flags": ["-a", "-b", "-a"],
        "docker_env_variables": {"A": "1"}, "notebook_link": "https://example.org",
    }  # fmt: skip
    made = await model.create_version("first", **said)
    assert (made.labels, made.base_parameters, made.description) == ({"0": "cat"}, {"epochs": 3}, "d")
    assert made.thumb_object_name is None
    read = (await any_client.get_model_version_by_id(made.id))._record
    assert (read.docker_image, read.docker_tag, read.docker_flags) == ("image", "1", ("-a", "-b", "-a"))
    assert (read.docker_env_variables, read.notebook_link) == ({"A": "1"}, "https://example.org")
    await made.update(labels={"1": "dog"}, type="line", docker_flags=[])
    assert (made.labels, made.type, made.description) == ({"1": "dog"}, InferenceType.LINE, "d")
    assert made._record.docker_flags == ()
    await made.update("renamed", framework="onnx", base_parameters={}, description="e")
    read = await model.get_version("renamed")
    assert (read.framework, read.base_parameters, read.description) == (Framework.ONNX, {}, "e")
    assert read.labels == {"1": "dog"}


async def test_only_what_is_given_travels(proxied, proxy):
    model = await proxied.create_model("detector")
    version = await model.create_version()
    await version.update(docker_tag="1", type="mask")
    assert orjson.loads(proxy.of("POST", "/versions")[0].body) == {}
    assert orjson.loads(proxy.of("PATCH", "/model/version/")[0].body) == {"docker_tag": "1", "type": "MASK"}


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "boxes"}, {"framework": "keras"}, {"labels": ["cat"]}, {"labels": {"a": object()}},
        {"base_parameters": 5}, {"docker_env_variables": "A=1"}, {"docker_flags": [1]}, {"docker_flags": 1},
        {"name": "\ud800"},
    ],
)  # fmt: skip
async def test_odd_arguments_send_nothing(proxied, proxy, odd):
    model = await proxied.create_model("detector")
    version = await model.create_version()
    before = len(proxy.passed)
    for act in (model.create_version, version.update):
        with pytest.raises(InvalidArgumentError):
            await act(**odd)
    for number in (-1, True, 1.5, None, ""):
        with pytest.raises(InvalidArgumentError):
            await model.get_version(number)
    assert len(proxy.passed) == before


async def test_a_lost_answer_makes_one_version(proxied, proxy, strict_proxied, strict_proxy):
    model = await proxied.create_model("detector")
    proxy.loses_answer("POST", "/versions")
    made = await model.create_version()
    assert await model.list_versions() == [made]
    plain = await strict_proxied.create_model("detector")
    strict_proxy.loses_answer("POST", "/versions")
    with pytest.raises(OutcomeUnknownError):
        await plain.create_version()
    assert strict_proxy.count("POST", "/versions") == 1


async def test_a_deleted_version_gives_no_number_back(model):
    first, second = [await model.create_version() for _ in range(2)]
    assert await second.delete() is None
    with pytest.raises(NotFoundError):
        await second.refresh()
    assert (await model.create_version()).version == 2
    await first.refresh()


async def test_a_thumbnail(any_client, model, make_image, tmp_path):
    version = await model.create_version()
    assert await version.update_thumbnail(make_image("t.png")) is None
    first = version.thumb_object_name
    assert first.startswith("model-thumb/")
    await version.update_thumbnail(str(make_image("u.png")))
    await version.refresh()
    assert version.thumb_object_name not in (first, None)
    other = await model.create_version(thumb_object_name=version.thumb_object_name)
    assert other.thumb_object_name == version.thumb_object_name
    with pytest.raises(BadRequestError, match="not uploaded"):
        await version.update(thumb_object_name="model-thumb/none.png")
    with pytest.raises(MissingFileError):
        await version.update_thumbnail(tmp_path / "none.png")
    with pytest.raises(InvalidArgumentError, match="at most 5242880 bytes"):
        await version.update_thumbnail(make_image("big.png", size=5 * 1024 * 1024 + 1))
    with pytest.raises(InvalidArgumentError, match="folder"):
        await version.update_thumbnail(tmp_path)


# Tags


@pytest.mark.parametrize("kind", ["MODEL", "MODEL_VERSION"])
@pytest.mark.seed("add_tags", "tags")
async def test_models_and_versions_carry_tags_of_their_kind(any_client, model, kind):
    version = await model.create_version()
    thing, other = (model, version) if kind == "MODEL" else (version, model)
    good, new, old = [await any_client.create_tag(name, kind) for name in ("good", "new", "old")]
    assert await thing.add_tags(good) is None
    await thing.add_tags([new, old, good])
    assert sorted(tag.name for tag in await thing.get_tags()) == ["good", "new", "old"]
    assert {tag.target_type for tag in await thing.get_tags()} == {kind}
    await thing.remove_tags([new])
    await old.detach_from(thing)
    await new.attach_on([thing])
    assert await thing.get_tags() == [good, new]
    with pytest.raises(InvalidArgumentError, match=f"for {kind}, not for"):
        await other.add_tags(good)
    assert await other.get_tags() == []
    await good.delete()
    assert await thing.get_tags() == [new]
