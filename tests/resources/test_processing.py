"""Processings as users see them: made, found, changed, and refused before anything is sent."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import orjson
import pytest

import asyncsdk
from asyncsdk.enums import Framework, InferenceType, ProcessingInputType, ProcessingTargetType, ProcessingType
from asyncsdk.errors import (
    BadRequestError,
    ConflictError,
    ForbiddenError,
    InvalidArgumentError,
    NotFoundError,
)
from asyncsdk.records.data import DatalakeRecord, DataRecord
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.records.models import ModelRecord, ModelVersionRecord
from asyncsdk.records.processings import ProcessingInput, ProcessingRecord

BLUR = ("blur", "dataset_version", 4, 1, {"gamma": 1.2}, "acme/blur", "2")


async def test_a_processing_is_made_found_and_listed(any_client):
    made = await any_client.create_processing(*BLUR, ["--ipc=host"], "auto_tagging", "finds blur")
    assert isinstance(made, asyncsdk.Processing)
    assert (made.name, made.docker, made.description) == ("blur", "acme/blur:2", "finds blur")
    assert (made.type, made.target) == (ProcessingType.AUTO_TAGGING, ProcessingTargetType.DATASET_VERSION)
    assert (made.default_cpu, made.default_gpu, made.default_parameters) == (4, 1, {"gamma": 1.2})
    assert repr(made) == f"<Processing 'blur' {made.id}>"
    other = await any_client.create_processing("lake", ProcessingTargetType.DATALAKE, 0, 0, {}, "a", "1")
    assert other.type is ProcessingType.DATA_AUTO_TAGGING
    assert await any_client.get_processing("blur") == made
    assert await any_client.list_processings() == [other, made]
    assert await any_client.list_processings(1, 1, ["-name"]) == [made]
    with pytest.raises(ConflictError):
        await any_client.create_processing(*BLUR)
    with pytest.raises(NotFoundError):
        await any_client.get_processing("none")


async def test_a_processing_is_changed_and_deleted(any_client):
    blur = await any_client.create_processing(*BLUR)
    await blur.update("acme/new", "3", "new", {"a": [1]}, 0, 0)
    again = await any_client.get_processing("blur")
    for each in (blur, again):
        assert (each.docker, each.description, each.default_parameters) == ("acme/new:3", "new", {"a": [1]})
        assert (each.default_cpu, each.default_gpu) == (0, 0)
    await again.update(default_cpu=2)
    await blur.refresh()
    assert (blur.default_cpu, blur.docker) == (2, "acme/new:3")
    await blur.delete()
    with pytest.raises(NotFoundError):
        await again.refresh()


async def test_inputs(any_client):
    blur = await any_client.create_processing(*BLUR)
    text = await blur.add_processing_input("name", "text", True)
    model = await blur.add_processing_input(
        "a/b", ProcessingInputType.MODEL_VERSION, False, "segmentation", Framework.ONNX
    )
    assert text == ProcessingInput("name", ProcessingInputType.TEXT, required=True)
    assert model.inference_type_constraint is InferenceType.SEGMENTATION
    assert await blur.list_processing_inputs() == [text, model]
    changed = await blur.update_processing_input("a/b", True, framework_constraint="pytorch")
    assert changed == ProcessingInput("a/b", ProcessingInputType.MODEL_VERSION, True, None, Framework.PYTORCH)
    await blur.delete_processing_input("name")
    assert await blur.list_processing_inputs() == [changed]
    with pytest.raises(NotFoundError):
        await blur.delete_processing_input("name")
    with pytest.raises(ConflictError):
        await blur.add_processing_input("a/b", "TEXT", False)
    with pytest.raises(BadRequestError, match="has no framework"):
        await blur.add_processing_input("b", "TEXT", False, framework_constraint="ONNX")
    with pytest.raises(InvalidArgumentError, match="not a ProcessingInputType"):
        await blur.add_processing_input("b", "video", False)


async def test_a_public_processing(any_client):
    public = await any_client.get_public_processing("duplicate-tagging")
    assert public.target is ProcessingTargetType.DATASET_VERSION
    for refused in (
        public.update(docker_tag="2"),
        public.delete(),
        public.add_processing_input("a", "TEXT", False),
    ):
        with pytest.raises(ForbiddenError, match="belongs to the platform"):
            await refused


async def test_processings_of_others_do_not_exist(client, new_org, connect):
    other = await connect(new_org())
    theirs = await other.create_processing(*BLUR)
    version = await (await client.create_dataset("birds")).create_version("v1")
    mine = asyncsdk.Processing(client._connection, theirs._record)
    for refused in (
        mine.refresh(),
        mine.update(docker_tag="9"),
        mine.delete(),
        version.launch_processing(mine),
    ):
        with pytest.raises(NotFoundError):
            await refused
    await theirs.refresh()
    assert theirs.docker == "acme/blur:2"


# Refused before anything is sent


@pytest.fixture
async def world(scripted):
    """A version, a datalake and processings of a platform that answers nothing."""
    client, transport = scripted([])

    def processing(target, kind=None):
        record = ProcessingRecord(str(uuid4()), f"for {target}", "a", "1", type=kind, target=target)
        return asyncsdk.Processing(client._connection, record)

    def asset(version_id):
        return SimpleNamespace(dataset_version_id=version_id, ids=[str(uuid4())])

    version = DatasetVersionRecord(str(uuid4()), "d", "birds", "v1", InferenceType.MASK)
    data = DataRecord("d", "o", "f", "IMAGE", "image/png", "DONE")
    origin = ModelRecord("m", "detector", private=True)
    model_version = ModelVersionRecord(str(uuid4()), origin, "0", 0, InferenceType.MASK, Framework.ONNX)
    return SimpleNamespace(
        client=client,
        transport=transport,
        version=asyncsdk.DatasetVersion(client._connection, version),
        lake=asyncsdk.Datalake(client._connection, DatalakeRecord("l", "default", "c")),
        data=asyncsdk.Data(client._connection, data, "l"),
        model_version=asyncsdk.ModelVersion(client._connection, model_version),
        asset=asset,
        tagging=processing(ProcessingTargetType.DATASET_VERSION),
        lake_tagging=processing(ProcessingTargetType.DATALAKE),
        old_lake_tagging=processing(None, ProcessingType.DATA_AUTO_TAGGING),
        conversion=processing(ProcessingTargetType.MODEL_VERSION),
        unknown=processing(None),
    )


@pytest.mark.seed("launch_processing", "processing", "parameters", "cpu", "gpu")
async def test_a_launch_that_cannot_be_raises_before_anything_is_sent(world):
    tagging, version = world.tagging, world.version
    for wrong, said in (
        ({"processing": world.lake_tagging}, "launched on a DATALAKE, not on a DATASET_VERSION"),
        ({"processing": world.old_lake_tagging}, "launched on a DATALAKE"),
        ({"processing": world.conversion}, "launched on a MODEL_VERSION"),
        ({"processing": "duplicate-tagging"}, "is no Processing"),
        ({"processing": None}, "is no Processing"),
        ({"processing": tagging, "parameters": [1]}, "parameters"),
        ({"processing": tagging, "parameters": {"a": object()}}, "parameters"),
        ({"processing": tagging, "inputs": "a"}, "inputs"),
        ({"processing": tagging, "cpu": -1}, "cpu must be"),
        ({"processing": tagging, "gpu": 1.5}, "gpu must be"),
        ({"processing": tagging, "assets": []}, "assets: give at least one"),
        ({"processing": tagging, "assets": [world.asset(str(uuid4()))]}, "no asset of this dataset version"),
        ({"processing": tagging, "assets": "all"}, "no asset of this dataset version"),
    ):
        with pytest.raises(InvalidArgumentError, match=said):
            await version.launch_processing(**wrong)
    for processing, data, said in (
        (tagging, world.data, "launched on a DATASET_VERSION, not on a DATALAKE"),
        (world.lake_tagging, [], "data: give at least one"),
        (world.lake_tagging, ["d"], "is not a Data"),
    ):
        with pytest.raises(InvalidArgumentError, match=said):
            await world.lake.launch_processing(processing, data)
    for wrong, said in (
        ({"processing": tagging}, "launched on a DATASET_VERSION, not on a MODEL_VERSION"),
        ({"processing": "to-onnx"}, "is no Processing"),
        ({"processing": world.conversion, "cpu": -1}, "cpu must be"),
        ({"processing": world.conversion, "inputs": [1]}, "inputs"),
    ):
        with pytest.raises(InvalidArgumentError, match=said):
            await world.model_version.launch_processing(**wrong)
    assert world.transport.requests == []


async def test_a_processing_that_cannot_be_raises_before_anything_is_sent(world):
    create, update = world.client.create_processing, world.tagging.update
    for refused, said in (
        (create("a", "VIDEO", 0, 0, {}, "a", "1"), "not a ProcessingTargetType"),
        (
            create("a", "DATALAKE", 0, 0, {}, "a", "1", type="AUTO_TAGGING"),
            "AUTO_TAGGING is not for DATALAKE",
        ),
        (create("a", "DATALAKE", -1, 0, {}, "a", "1"), "default_cpu"),
        (create("a", "DATALAKE", 0, "1", {}, "a", "1"), "default_gpu"),
        (create("a", "DATALAKE", 0, 0, 5, "a", "1"), "default_parameters"),
        (create("a", "DATALAKE", 0, 0, {}, "a", "1", [5]), "docker_flags"),
        (update(default_cpu=-1), "default_cpu"),
        (update(default_parameters=[1]), "default_parameters"),
        (world.client.list_jobs(limit=-1), "limit"),
        (world.client.get_job_by_id("x"), "not an id"),
    ):
        with pytest.raises(InvalidArgumentError, match=said):
            await refused
    assert world.transport.requests == []


async def test_what_the_published_platform_is_sent(scripted, says, world):
    """Everything that its newer client sends, and nothing else."""
    answers = says({"id": str(uuid4()), "status": "PENDING"})
    client, transport = scripted(lambda _: answers, strict=True)
    version = asyncsdk.DatasetVersion(client._connection, world.version._record)
    lake = asyncsdk.Datalake(client._connection, world.lake._record)
    model_version = asyncsdk.ModelVersion(client._connection, world.model_version._record)
    job = await version.launch_processing(world.unknown)
    asset = world.asset(version.id)
    await version.launch_processing(world.tagging, {"a": 1}, 2, 0, assets=asset, inputs={"b": "c"})
    await lake.launch_processing(world.lake_tagging, world.data)
    await model_version.launch_processing(world.conversion, {"a": 1}, 1, 0)
    assert (job.status, job.result, job.kind) == ("PENDING", None, None)
    none = {"parameters": None, "cpu": None, "gpu": None, "inputs": {}}
    assert [orjson.loads(request.body) for request in transport.requests] == [
        none | {"processing_id": world.unknown.id, "asset_ids": None},
        {"processing_id": world.tagging.id, "parameters": {"a": 1}, "cpu": 2, "gpu": 0, "inputs": {"b": "c"}}
        | {"asset_ids": asset.ids},
        none | {"processing_id": world.lake_tagging.id, "data_ids": ["d"]},
        {"processing_id": world.conversion.id, "parameters": {"a": 1}, "cpu": 1, "gpu": 0, "inputs": {}},
    ]
