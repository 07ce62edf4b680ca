"""A world that has everything: something of every kind, most of it twice."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import attrs
import pytest
from sqlalchemy import update

from asyncsdk.enums import JobRunStatus
from asyncsdk.records.processings import ProcessingLaunch
from asyncsdk.server.processes.offer import Offer, Program
from asyncsdk.server.services import organizations
from asyncsdk.server.services.processing_launch import launch
from asyncsdk.server.services.processing_runs import begin_run
from asyncsdk.server.services.processing_targets import model_version_target, version_target
from asyncsdk.server.services.scope import authenticate, hash_token
from asyncsdk.server.store.schema import job
from asyncsdk.server.store.statements import statement
from asyncsdk.wire import routes


@attrs.frozen(kw_only=True)
class FullWorld:
    """The objects of `World`, and more of them."""

    world: Any
    other_version: str
    """A version of the same dataset, of the same data."""

    empty_version: str

    inner_group: str
    """In the other group."""

    dataset_version_tag: str
    second_annotation: str
    """Of another worker, on the same asset, with keypoints and a track."""

    model_tag: str
    model_version_tag: str
    twin_asset: str
    """The asset of the same data in the other version, annotated too."""

    version_run: str
    """The job of a processing that runs on the version."""

    model_run: str
    """The job of a processing that runs on the model version."""

    logs: dict[str, str]
    """Job to the object that keeps its log."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, name)


@pytest.fixture
async def full(world):
    return await make_full_world(world)


async def make_full_world(world) -> FullWorld:
    call = world.api.call
    tag = await call(routes.CREATE_TAG, {"name": "gold", "target_type": "DATASET_VERSION"}, expect=201)
    for carried, targets in ((world.dataset_tag, [world.dataset]), (tag["id"], [world.version])):
        await call(routes.ATTACH_TAG, targets, tag=carried)
    await call(routes.ATTACH_TAG, [world.spare_data], tag=world.data_tag)
    inner = {"name": "large", "parent_id": world.group}
    inner_group = (await call(routes.CREATE_LABEL_GROUP, inner, version=world.version, expect=201))["id"]
    tags = {"MODEL": world.model, "MODEL_VERSION": world.model_version}
    model_tags = [await add_tag(world, kind, target) for kind, target in tags.items()]
    thumbnail = {"thumbnail_object_name": await world.api.upload(b"thumbnail", "thumbnail.png")}
    await call(routes.UPDATE_MODEL_VERSION, thumbnail, model_version=world.model_version)
    await work_at_campaign(world)
    runs = await begin_runs(world)
    other_version, twin = await add_version_of(world, "second", [world.data, world.spare_data])
    await call(routes.ATTACH_TAG, [other_version], tag=tag["id"])
    return FullWorld(
        world=world,
        other_version=other_version,
        empty_version=await add_version(world, "empty"),
        inner_group=inner_group,
        dataset_version_tag=tag["id"],
        second_annotation=await draw(world, world.version, world.asset, world.label, add_worker(world.api)),
        model_tag=model_tags[0],
        model_version_tag=model_tags[1],
        twin_asset=twin,
        version_run=runs[0],
        model_run=runs[1],
        logs={job: await save_log(world.api, job) for job in (world.job, world.job_run, *runs)},
    )


async def work_at_campaign(world) -> None:
    """Instructions, somebody at each step, where annotated assets enter, and work that was submitted."""
    call, on = world.api.call, {"campaign": world.campaign}
    file = await world.api.upload(b"draw boxes", "instructions.pdf")
    entries = {"default_entry_step_id": world.step, "annotated_entry_step_id": "DONE"}
    await call(routes.UPDATE_CAMPAIGN, {"instructions_object_name": file} | entries, **on)
    for step in (world.step, world.review):
        assignees = {"assignees": [{"user_id": world.worker, "weight": 1}]}
        await call(routes.UPDATE_STEP, assignees, step=step)
    submitted = {"move": "SUBMIT", "assignment_ids": [world.assignment]}
    await call(routes.MOVE_ASSIGNMENTS, submitted, **on)


async def begin_runs(world) -> tuple[str, str]:
    """The jobs of processings that run on the version and on the model version."""
    body = {"name": "to ONNX", "target": "MODEL_VERSION", "docker_image": "acme/sharpen", "docker_tag": "1"}
    body |= {"default_cpu": 1, "default_gpu": 0, "default_parameters": {}}
    conversion = (await world.api.call(routes.CREATE_PROCESSING, body, expect=201))["id"]
    write = world.api.org.platform.write
    on_version = write(running(world, world.processing, version_target, world.version, None))
    return on_version, write(running(world, conversion, model_version_target, world.model_version))


def running(world, processing, target, *on):
    """A processing as it runs on a target, past the runner, without an end; gives the id of its job."""
    program = Program(command=("/no/such/program",))
    offer = Offer(source="a test", programs={"acme/sharpen:1": program}, cpus=1)
    scope = yield from authenticate(hash_token(world.api.org.token))
    body = ProcessingLaunch(processing_id=processing)
    made = yield from launch(scope, target(scope, *on), body, offer)
    leased = {"status": JobRunStatus.RUNNING.value, "lease_until": 2**53}
    rows = yield statement(update(job).where(job.c.id == made["id"]).values(leased).returning(*job.c))
    yield from begin_run(rows[0])
    return made["id"]


async def add_tag(world, kind, target) -> str:
    """A tag of the organization, on an object of its kind."""
    tag = await world.api.call(routes.CREATE_TAG, {"name": "ours", "target_type": kind}, expect=201)
    await world.api.call(routes.ATTACH_TAG, [target], tag=tag["id"])
    return tag["id"]


async def add_version(world, name) -> str:
    body = {"version": name}
    made = await world.api.call(routes.CREATE_VERSION, body, dataset=world.dataset, expect=201)
    return made["id"]


async def add_version_of(world, name, data) -> tuple[str, str]:
    """A version of data, with a label, an asset tag on all, and an annotation on the first; and that asset."""
    call, version = world.api.call, await add_version(world, name)
    tag = (await call(routes.CREATE_ASSET_TAG, {"name": "val"}, version=version, expect=201))["id"]
    await world.api.add_assets(version, data, [tag])
    label = (await call(routes.CREATE_LABEL, {"name": "car"}, version=version, expect=201))["id"]
    asset = (await call(routes.FIND_ASSET, query={"data_id": data[0]}, version=version))["id"]
    await draw(world, version, asset, label)
    return version, asset


async def draw(world, version, asset, label, worker=None) -> str:
    """An annotation with a shape and a track."""
    frame = {"frame_index": 0, "x": 0, "y": 0, "w": 2, "h": 2}
    track = {"label_id": label, "start_frame_index": 0, "rectangle_keyframes": [frame]}
    track |= {"polygon_keyframes": [], "end_keyframes": []}
    keypoints = {"label_id": label, "keypoints": [[0, 0, 2], [1, 1, 1]]}
    one = {"asset_id": asset, "keypoints": [keypoints], "tracks": [track]}
    body = {"import_type": "REPLACE", "annotations": [one]} | ({"worker_id": worker} if worker else {})
    (made,) = await world.api.call(routes.BULK_ANNOTATIONS, body, version=version)
    return made


def add_worker(api) -> str:
    """One more member of the organization."""

    def work():
        user = yield from organizations.add_user(f"user-{uuid4()}")
        yield from organizations.add_member(api.org.name, user["username"])
        return user["id"]

    return api.org.platform.write(work())


async def save_log(api, job) -> str:
    """A line in the log of a job, and an object that keeps it."""
    line = {"line_nb": 0, "log": "done", "final": True, "part": "p", "special": False}
    await api.call(routes.LOG_JOB_RUN, line, job=job)
    name = await api.upload(b"done", "log.txt")
    await api.call(routes.SAVE_JOB_RUN_LOG, {"logging_object_name": name}, job=job)
    return name
