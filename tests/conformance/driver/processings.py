"""Processings: making them, and launching the one that comes with the platform."""

from __future__ import annotations

import uuid

from checks import equal, holds, refused
from picsellia.exceptions import BadRequestError, ResourceConflictError, ResourceNotFoundError
from picsellia.types import enums
from picsellia.types.enums import JobRunStatus, ProcessingType
from pictures import make_small
from world import names

__all__ = ["process"]

IMAGE = {"docker_image": "asyncsdk/duplicate-tagging", "docker_tag": "1"}
DEFAULTS = {"default_cpu": 1, "default_gpu": 0, "default_parameters": {"threshold": 4}}


def process(world):
    """Make, list, change, launch and delete processings."""
    client = world.client
    own = {"type": "auto_tagging"} if world.is_old else {"target": "dataset_version"}
    equal(client.list_processings(), [], "no processings at first")
    tagging = client.create_processing("look-alikes", **own, **DEFAULTS, **IMAGE)
    equal((tagging.name, tagging.docker), ("look-alikes", "asyncsdk/duplicate-tagging:1"), "a processing")
    equal(tagging.type, ProcessingType.AUTO_TAGGING, "its type, also where none was given")
    with refused(ResourceConflictError, "a second one of the name"):
        client.create_processing("look-alikes", **own, **DEFAULTS, **IMAGE)
    other = client.create_processing(
        "other", **own, **DEFAULTS, docker_image="acme/blur", docker_tag="2", docker_flags=["--ipc=host"]
    )
    equal([each.id for each in client.list_processings()], [other.id, tagging.id], "newest first")
    equal([each.id for each in client.list_processings(1, 1, ["name"])], [other.id], "some, in order")
    other.update(docker_tag="3", description="blurs", default_parameters={"gamma": 2}, default_cpu=0)
    equal(other.docker, "acme/blur:3", "a changed image")
    equal(other.sync()["default_parameters"], {"gamma": 2}, "changed parameters")
    version = _version(world)
    _launch(world, version, tagging, other)
    if not world.is_old:
        _find(world, tagging)
        _inputs(version, tagging)
        _on_datalake(world, tagging)
        _on_model_version(world, tagging)
    other.delete()
    with refused(ResourceNotFoundError, "a deleted processing"):
        other.sync()
    tagging.delete()
    equal(client.list_processings(), [], "no processings at last")


def _version(world):
    """A version of four images, of which two look alike."""
    folder = world.make_folder("alike")
    paths = [make_small(folder, "alike", number) for number in (0, 4, 8)]
    twin = folder / "twin.jpg"
    twin.write_bytes(paths[0].read_bytes())
    data = world.lake.upload_data([*paths, twin], tags=["alike"])
    version = world.client.create_dataset("alike").create_version("first")
    version.add_data(data).wait_for_done(blocking_time_increment=0.05, attempts=400)
    return version


def _finish(job):
    return job.wait_for_done(blocking_time_increment=0.1, attempts=600)


def _launch(world, version, tagging, other):
    with refused(BadRequestError, "an image that nobody has registered", saying="'acme/blur:3'"):
        version.launch_processing(other)
    with refused(BadRequestError, "more GPUs than there are", saying="gpu: 8"):
        version.launch_processing(tagging, gpu=8)
    job = version.launch_processing(tagging, parameters={"tag": "twin"}, cpu=1, gpu=0)
    early = ["PENDING", "RUNNING"] if world.is_old else ["QUEUED", "RUNNING"]
    holds(job.status.value in early, f"the status of a new job: {job.status}")
    equal(_finish(job), JobRunStatus.SUCCEEDED, "a job that tags look-alikes")
    tagged = version.list_assets(tags=[version.get_asset_tag("twin")])
    equal(len(tagged), 1, "tagged assets")
    holds(names(tagged)[0] in ("alike_00.jpg", "twin.jpg"), f"which: {names(tagged)}")
    again = world.client.get_job_by_id(job.id)
    equal(again.status, JobRunStatus.SUCCEEDED, "the job, found by its id")
    context = again.sync()["dataset_version_processing_job"]
    equal(context["input_dataset_version_id"], str(version.id), "what the job was launched on")
    equal(context["parameters"], {"threshold": 4, "tag": "twin"}, "its parameters")
    wrong = version.launch_processing(tagging, parameters={"threshold": 99})
    equal(_finish(wrong), JobRunStatus.FAILED, "a job whose parameters are wrong")


def _find(world, tagging):
    client = world.client
    equal(client.get_processing("look-alikes").id, tagging.id, "a processing, found by its name")
    with refused(ResourceNotFoundError, "a processing that is not there"):
        client.get_processing("none")
    public = client.get_public_processing("duplicate-tagging")
    equal((public.docker, public.target), (tagging.docker, tagging.target), "a public processing")
    with refused(ResourceNotFoundError, "a public processing that is not there"):
        client.get_public_processing("look-alikes")


def _inputs(version, tagging):
    equal(tagging.list_processing_inputs(), [], "no inputs at first")
    made = tagging.add_processing_input(
        "reference", enums.ProcessingInputType.DATASET_VERSION, True, enums.InferenceType.MASK, None
    )
    told = {key: made[key] for key in ("name", "input_type", "required", "inference_type_constraint")}
    wanted = {"name": "reference", "input_type": "DATASET_VERSION", "required": True}
    equal(told, wanted | {"inference_type_constraint": "MASK"}, "an input")
    for inputs, saying in (
        ({}, "'reference' is required"),
        ({"reference": str(uuid.uuid4())}, "there is no DATASET_VERSION"),
        ({"reference": str(version.id)}, "must be of type MASK"),
        ({"reference": str(version.id), "more": "x"}, "none of the name 'more'"),
    ):
        with refused(BadRequestError, f"the inputs {inputs}", saying=saying):
            version.launch_processing(tagging, inputs=inputs)
    changed = tagging.update_processing_input("reference", True, None, None)
    equal(changed["inference_type_constraint"], None, "a changed input")
    assets = version.list_assets(limit=3)
    job = version.launch_processing(
        tagging, assets, parameters={"tag": "few"}, inputs={"reference": str(version.id)}
    )
    equal(_finish(job), JobRunStatus.SUCCEEDED, "a job for some assets")
    tagging.delete_processing_input("reference")
    equal(tagging.list_processing_inputs(), [], "no inputs at last")


def _on_datalake(world, tagging):
    lake = world.lake
    data = lake.list_data(limit=2)
    with refused(BadRequestError, "a processing for dataset versions", saying="not on a DATALAKE"):
        lake.launch_processing(tagging, data)
    on_lake = world.client.create_processing("on-lake", target="DATALAKE", **DEFAULTS, **IMAGE)
    equal(on_lake.type, ProcessingType.DATA_AUTO_TAGGING, "the type of a processing for datalakes")
    job = lake.launch_processing(on_lake, data, parameters={"a": 1}, cpu=0, gpu=0, inputs={})
    equal(_finish(job), JobRunStatus.FAILED, "a program that is not made for datalakes")
    on_lake.delete()


def _on_model_version(world, tagging):
    client = world.client
    model = client.create_model("converted")
    version = model.create_version(type=enums.InferenceType.SEGMENTATION, framework=enums.Framework.ONNX)
    with refused(BadRequestError, "a processing for dataset versions", saying="not on a MODEL_VERSION"):
        version.launch_processing(tagging)
    conversion = client.create_processing("on-model", target="MODEL_VERSION", **DEFAULTS, **IMAGE)
    equal(conversion.type, ProcessingType.MODEL_CONVERSION, "the type of a processing for model versions")
    kinds = enums.ProcessingInputType
    conversion.add_processing_input("teacher", kinds.MODEL_VERSION, True, None, enums.Framework.ONNX)
    conversion.add_processing_input("family", kinds.MODEL, False, enums.InferenceType.MASK, None)
    teacher = {"teacher": str(version.id)}
    for inputs, saying in (
        ({"teacher": str(model.id)}, "there is no MODEL_VERSION"),
        (teacher | {"family": str(model.id)}, "must have a version of type MASK"),
    ):
        with refused(BadRequestError, f"the inputs {inputs}", saying=saying):
            version.launch_processing(conversion, inputs=inputs)
    job = version.launch_processing(conversion, parameters={"a": 1}, cpu=0, gpu=0, inputs=teacher)
    equal(_finish(job), JobRunStatus.FAILED, "a program that is not made for model versions")
    context = job.sync()["model_version_processing_job"]
    equal(context["input_model_version_id"], str(version.id), "what the job was launched on")
    equal((context["parameters"], context["inputs"]), ({"threshold": 4, "a": 1}, teacher), "with what")
    conversion.delete()
    model.delete()
    with refused(ResourceNotFoundError, "a job whose model version was deleted"):
        job.sync()
