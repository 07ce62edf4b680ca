"""Every route of the protocol: that it is served, what it answers, and to whom."""

from __future__ import annotations

import json
import string
from functools import reduce
from typing import Any
from uuid import uuid4

import attrs
import orjson
import pytest

from asyncsdk.records import codec
from asyncsdk.records.annotations import (
    AnnotationRecord,
    AnnotationStats,
    ExtendedAsset,
    LoadedAnnotation,
    ShapeRecord,
)
from asyncsdk.records.attributes import AttributeConfigurations
from asyncsdk.records.connection import OrganizationRecord, PingRecord
from asyncsdk.records.custom_metadata import MetadataKey, MetadataSchemaRecord
from asyncsdk.records.data import CustomMetadata, DatalakeRecord, DataRecord, DataSourceRecord
from asyncsdk.records.datasets import AddedAssets, AssetRecord, DatasetRecord, DatasetVersionRecord
from asyncsdk.records.exports import ExportedFile
from asyncsdk.records.jobs import JobRecord, SavedLog
from asyncsdk.records.labels import LabelGroupRecord, LabelRecord, Skeleton, Skeletons
from asyncsdk.records.models import ModelFileRecord, ModelRecord, ModelVersionRecord
from asyncsdk.records.paging import Items, Page
from asyncsdk.records.projections import ProjectionRecord, StartedImport
from asyncsdk.records.storage import MultipartUpload, ObjectName, PartUrl, PresignedUpload, PresignedUrl
from asyncsdk.records.tags import TagRecord, TagUse
from asyncsdk.records.users import Users, WorkerRecord
from asyncsdk.server import app
from asyncsdk.wire import routes


@attrs.frozen
class Sample:
    """A request that the route must accept, and the record that its answer must be."""

    kind: Any = None
    body: Any = None
    query: Any = None
    status: int = 200
    variables: dict[str, str] = attrs.field(factory=dict)


def on(**variables: str):
    return {"variables": variables}


_PNG = {"filename": "a.png", "type": "DATA"}
_UPLOAD = {"object_name": "data/new.png", "content_type": "image/png"}
_SKELETON = {"vertices": ["a", "b", "c"], "edges": [[1, 2], [2, 3]]}
_ATTRIBUTES = {"attributes": {"colour": {"input_type": "STRING", "required": True, "choices": ["a", "b"]}}}
_NEW_DATA = {"type": "IMAGE", "filename": "c.png", "content_type": "image/png", "tags": []}
_PROJECTION = {
    "name": "rgb", "file_size": None, "filename": "c.png", "content_type": "image/png",
    "width": 4, "height": 3, "additional_info": {"a": 1},
}  # fmt: skip
_CLOUD_OBJECT = {"metadata": {"reference": "R"}, "custom_metadata": None, "tags": ["new"], "data_source": "s"}
_METADATA_KEY = {
    "input_type": "FLOAT", "required": False, "display_name": "Height", "archived": False,
    "choices": [1, 2.5], "allow_multiple": True, "min": None, "max": None,
}  # fmt: skip

_MODEL_VERSION = {
    "name": "second", "type": "KEYPOINT", "framework": "PYTORCH", "description": "d", "docker_image": "i",
    "docker_tag": "t", "docker_flags": ["--gpus"], "docker_env_variables": {"A": "1"}, "labels": {"0": "cat"},
    "notebook_link": "l", "thumbnail_object_name": None, "parameters": {"epochs": 3},
}  # fmt: skip
_MODEL_FILE = {"name": "config", "filename": "config.yaml", "large": False}

SHAPES: dict[str, dict[str, Any]] = {
    "rectangle": {"x": 0, "y": 1, "w": 2, "h": 3.0},
    "polygon": {"polygon": [[0, 0], [4, 0], [4, 3]], "instance": 1},
    "line": {"line": [[0, 0], [6, 4]]},
    "point": {"point": [5, 4], "order": 0},
    "classification": {},
    "mask": {"mask": ":230?"},
}


def shapes_of(w) -> dict[str, Any]:
    """One shape of each kind that the routes of single annotations know, as a request has it."""
    return {f"{kind}s": [own | {"label_id": w.label, "text": "t"}] for kind, own in SHAPES.items()}


def bulk_annotations(w) -> dict[str, Any]:
    keypoints = [{"label_id": w.label, "keypoints": [[0, 0.5, 2], [1, 1, 0]]}]
    frame = {"x": 1, "y": 2, "w": 3, "h": 4, "frame_index": 0}
    track = {"label_id": w.label, "start_frame_index": 2, "rectangle_keyframes": [frame]}
    track |= {"polygon_keyframes": [], "end_keyframes": [{"frame_index": 8}]}
    one = {"asset_id": w.asset, "keypoints": keypoints, "tracks": [track], "attributes": None}
    return {"import_type": "REPLACE", "annotations": [one | shapes_of(w)], "status": "PENDING"}


def shape_samples(kind: str) -> dict[Any, Any]:
    """The samples of the routes of one kind of shape."""
    own, name = SHAPES[kind], kind.upper()
    made = Sample(dict[str, list[ShapeRecord]], status=201)
    samples = {
        f"LIST_{name}S": lambda w: Sample(Items[ShapeRecord]),
        f"CREATE_{name}S": lambda w: attrs.evolve(made, body={f"{kind}s": [own | {"label_id": w.label}]}),
        f"GET_{name}": lambda w: Sample(ShapeRecord),
        f"UPDATE_{name}": lambda w: Sample(ShapeRecord, own | {"label_id": w.label, "text": "new"}),
        f"DELETE_{name}": lambda w: Sample(),
    }
    return {getattr(routes, route): make for route, make in samples.items() if hasattr(routes, route)}


SAMPLES = {
    routes.PING: lambda w: Sample(PingRecord),
    routes.FIND_ORGANIZATION: lambda w: Sample(OrganizationRecord, query={"name": w.api.org.name}),
    routes.GET_ORGANIZATION: lambda w: Sample(OrganizationRecord),
    routes.LIST_ORGANIZATION_USERS: lambda w: Sample(Users),
    routes.LIST_DATASET_USERS: lambda w: Sample(Users),
    routes.ADD_DATASET_USER: lambda w: Sample(body={"user_id": w.worker, "role": "USER"}),
    routes.LIST_WORKERS: lambda w: Sample(Items[WorkerRecord]),
    routes.FIND_WORKER: lambda w: Sample(WorkerRecord, query={"username": w.api.org.username}),
    routes.GET_WORKER: lambda w: Sample(WorkerRecord),
    routes.GENERATE_OBJECT_NAME: lambda w: Sample(ObjectName, _PNG),
    routes.PRESIGN_UPLOAD: lambda w: Sample(PresignedUpload, _UPLOAD),
    routes.START_MULTIPART: lambda w: Sample(MultipartUpload, _UPLOAD),
    routes.PRESIGN_PART: lambda w: Sample(
        PartUrl, {"object_name": "data/parts.bin", "upload_id": w.upload_id, "part_no": 1}
    ),
    # Refused here, as no part was sent; the storage's own tests complete one.
    routes.COMPLETE_MULTIPART: lambda w: Sample(
        None, {"object_name": "data/parts.bin", "upload_id": w.upload_id, "parts": []}, status=400
    ),
    routes.PRESIGN_DOWNLOAD: lambda w: Sample(PresignedUrl, {"object_name": w.object_name}),
    routes.IMPORT_STORED_OBJECTS: lambda w: Sample(
        StartedImport,
        {"datalake_id": w.api.org.datalake, "prefixes": ["none/"], "tag_ids": [w.data_tag]},
    ),
    routes.GET_DEFAULT_DATALAKE: lambda w: Sample(DatalakeRecord),
    routes.LIST_DATALAKES: lambda w: Sample(Items[DatalakeRecord]),
    routes.GET_DATALAKE: lambda w: Sample(DatalakeRecord),
    routes.GET_CUSTOM_METADATA_SCHEMA: lambda w: Sample(MetadataSchemaRecord),
    routes.UPDATE_CUSTOM_METADATA_SETTINGS: lambda w: Sample(
        MetadataSchemaRecord, {"allow_extra_custom_metadata": True}
    ),
    routes.SET_CUSTOM_METADATA_KEY: lambda w: Sample(MetadataKey, _METADATA_KEY),
    routes.DELETE_CUSTOM_METADATA_KEY: lambda w: Sample(),
    routes.CREATE_DATA: lambda w: Sample(DataRecord, _NEW_DATA | {"object_name": w.object_name}, status=409),
    routes.LIST_DATA: lambda w: Sample(Page[DataRecord]),
    routes.FILTER_DATA: lambda w: Sample(Page[DataRecord], {"ids": [w.data]}),
    routes.DELETE_MANY_DATA: lambda w: Sample(body={"ids": [w.data]}),
    routes.FIND_DATA: lambda w: Sample(DataRecord, query={"id": w.data}),
    routes.GET_DATA: lambda w: Sample(DataRecord),
    routes.UPDATE_DATA: lambda w: Sample(DataRecord, {"metadata": {"reference": "R2"}}),
    routes.DELETE_DATA: lambda w: Sample(status=204),
    routes.GET_DATA_URL: lambda w: Sample(PresignedUrl),
    routes.UPDATE_MANY_DATA: lambda w: Sample(
        None, {"datalake_id": w.api.org.datalake, "objects": {w.data: _CLOUD_OBJECT}}
    ),
    routes.UPDATE_CUSTOM_METADATA: lambda w: Sample(CustomMetadata, {"custom_metadata": {"a": 1}}),
    routes.CREATE_PROJECTION: lambda w: Sample(
        ProjectionRecord, _PROJECTION | {"object_name": w.object_name}, status=201
    ),
    routes.LIST_PROJECTIONS: lambda w: Sample(Items[ProjectionRecord]),
    routes.GET_PROJECTION: lambda w: Sample(ProjectionRecord),
    routes.DELETE_PROJECTION: lambda w: Sample(),
    routes.GET_PROJECTION_URL: lambda w: Sample(PresignedUrl),
    routes.IMPORT_OBJECTS: lambda w: Sample(
        StartedImport, {"datalake_id": w.api.org.datalake, "objects": {"none.png": _CLOUD_OBJECT}}
    ),
    routes.IMPORT_PROJECTIONS: lambda w: Sample(
        StartedImport,
        {
            "datalake_id": w.api.org.datalake,
            "projections": {"a.png": [{"name": "n", "object_name": "b.png"}]},
        },
    ),
    routes.CREATE_DATA_SOURCE: lambda w: Sample(DataSourceRecord, {"name": "drone"}, status=201),
    routes.LIST_DATA_SOURCES: lambda w: Sample(Items[DataSourceRecord]),
    routes.FIND_DATA_SOURCE: lambda w: Sample(DataSourceRecord, query={"name": "camera"}),
    routes.GET_DATA_SOURCE: lambda w: Sample(DataSourceRecord),
    routes.UPDATE_DATA_SOURCE: lambda w: Sample(DataSourceRecord, {"name": "drone"}),
    routes.DELETE_DATA_SOURCE: lambda w: Sample(),
    routes.CREATE_DATASET: lambda w: Sample(DatasetRecord, {"name": "new"}, status=201),
    routes.LIST_DATASETS: lambda w: Sample(Items[DatasetRecord]),
    routes.FIND_DATASET: lambda w: Sample(DatasetRecord, query={"name": "street"}),
    routes.GET_DATASET: lambda w: Sample(DatasetRecord),
    routes.UPDATE_DATASET: lambda w: Sample(DatasetRecord, {"description": "new"}),
    routes.DELETE_DATASET: lambda w: Sample(),
    routes.CREATE_VERSION: lambda w: Sample(DatasetVersionRecord, {"version": "second"}, status=201),
    routes.LIST_VERSIONS: lambda w: Sample(Items[DatasetVersionRecord]),
    routes.FIND_VERSION: lambda w: Sample(DatasetVersionRecord, query={"version": "first"}),
    routes.FIND_VERSION_BY_ID: lambda w: Sample(DatasetVersionRecord, query={"id": w.version}),
    routes.GET_VERSION: lambda w: Sample(DatasetVersionRecord),
    routes.UPDATE_VERSION: lambda w: Sample(DatasetVersionRecord, {"type": "SEGMENTATION"}),
    routes.DELETE_VERSION: lambda w: Sample(),
    routes.LOCK_VERSION: lambda w: Sample(DatasetVersionRecord),
    routes.UNLOCK_VERSION: lambda w: Sample(DatasetVersionRecord),
    routes.ADD_ASSETS: lambda w: Sample(AddedAssets, {"data_ids": [w.spare_data], "asset_tag_ids": []}),
    routes.LIST_ASSETS: lambda w: Sample(Page[AssetRecord]),
    routes.FILTER_ASSETS: lambda w: Sample(Page[AssetRecord], {"data_ids": [w.data]}),
    routes.DELETE_MANY_ASSETS: lambda w: Sample(body={"ids": [w.asset]}),
    routes.FIND_ASSET: lambda w: Sample(AssetRecord, query={"data_id": w.data}),
    routes.GET_ASSET: lambda w: Sample(AssetRecord),
    routes.DELETE_ASSET: lambda w: Sample(),
    routes.CREATE_LABEL: lambda w: Sample(LabelRecord, {"name": "bus"}, status=201),
    routes.LIST_LABELS: lambda w: Sample(Items[LabelRecord]),
    routes.FIND_LABEL: lambda w: Sample(LabelRecord, query={"name": "car"}),
    routes.FIND_OR_CREATE_LABELS: lambda w: Sample(list[LabelRecord], {"names": ["car"]}),
    routes.LIST_SKELETONS: lambda w: Sample(Skeletons),
    routes.GET_LABEL: lambda w: Sample(LabelRecord),
    routes.UPDATE_LABEL: lambda w: Sample(LabelRecord, {"name": "van", "group_id": w.group}),
    routes.DELETE_LABEL: lambda w: Sample(),
    routes.GET_SKELETON: lambda w: Sample(Skeleton),
    routes.SET_SKELETON: lambda w: Sample(Skeleton, _SKELETON),
    routes.GET_LABEL_ATTRIBUTES: lambda w: Sample(AttributeConfigurations),
    routes.SET_LABEL_ATTRIBUTES: lambda w: Sample(AttributeConfigurations, _ATTRIBUTES),
    routes.CREATE_LABEL_GROUP: lambda w: Sample(
        LabelGroupRecord, {"name": "large", "parent_id": w.group}, status=201
    ),
    routes.LIST_LABEL_GROUPS: lambda w: Sample(Items[LabelGroupRecord]),
    routes.GET_LABEL_GROUP: lambda w: Sample(LabelGroupRecord),
    routes.UPDATE_LABEL_GROUP: lambda w: Sample(LabelGroupRecord, {"name": "cars"}),
    routes.DELETE_LABEL_GROUP: lambda w: Sample(),
    routes.GET_VERSION_ATTRIBUTES: lambda w: Sample(AttributeConfigurations),
    routes.SET_VERSION_ATTRIBUTES: lambda w: Sample(AttributeConfigurations, _ATTRIBUTES),
    routes.LIST_EXTENDED_ASSETS: lambda w: Sample(Page[ExtendedAsset]),
    routes.GET_STATS: lambda w: Sample(AnnotationStats),
    routes.LIST_ANNOTATIONS: lambda w: Sample(Page[AnnotationRecord]),
    routes.LIST_ANNOTATION_IDS: lambda w: Sample(list[str], query={"asset_ids": w.asset}),
    routes.LOAD_ANNOTATIONS: lambda w: Sample(list[LoadedAnnotation], [w.annotation]),
    routes.DELETE_MANY_ANNOTATIONS: lambda w: Sample(body={"asset_ids": [w.asset], "worker_ids": [w.worker]}),
    routes.BULK_ANNOTATIONS: lambda w: Sample(dict[str, int], bulk_annotations(w)),
    routes.EXPORT_ANNOTATIONS: lambda w: Sample(
        ExportedFile, {"type": "COCO", "export_video": False, "asset_ids": [w.asset], "status": "PENDING"}
    ),
    routes.LIST_ASSET_ANNOTATIONS: lambda w: Sample(Items[AnnotationRecord]),
    routes.FIND_ASSET_ANNOTATION: lambda w: Sample(AnnotationRecord, query={"worker_id": w.worker}),
    # Refused here, as the worker has one; the annotations' own tests create one.
    routes.CREATE_ANNOTATION: lambda w: Sample(None, {"duration": 2, "worker_id": w.worker}, status=409),
    routes.GET_ANNOTATION: lambda w: Sample(AnnotationRecord),
    routes.UPDATE_ANNOTATION: lambda w: Sample(AnnotationRecord, {"duration": 2.5, "status": "ACCEPTED"}),
    routes.DELETE_ANNOTATION: lambda w: Sample(),
    routes.SAVE_ANNOTATION: lambda w: Sample(AnnotationRecord, {"duration": 2, **shapes_of(w)}),
    **{route: sample for kind in SHAPES for route, sample in shape_samples(kind).items()},
    routes.CREATE_TAG: lambda w: Sample(TagRecord, {"name": "n", "target_type": "MODEL"}, status=201),
    routes.LIST_TAGS: lambda w: Sample(Items[TagRecord], query={"target_type": "DATASET"}),
    routes.FIND_TAG: lambda w: Sample(TagRecord, query={"name": "ours", "target_type": "DATASET"}),
    routes.CREATE_DATA_TAG: lambda w: Sample(TagRecord, {"name": "day"}, status=201),
    routes.LIST_DATA_TAGS: lambda w: Sample(Items[TagRecord]),
    routes.FIND_DATA_TAG: lambda w: Sample(TagRecord, query={"name": "night"}),
    routes.CREATE_ASSET_TAG: lambda w: Sample(TagRecord, {"name": "val"}, status=201),
    routes.LIST_ASSET_TAGS: lambda w: Sample(Items[TagRecord]),
    routes.FIND_ASSET_TAG: lambda w: Sample(TagRecord, query={"name": "train"}),
    routes.GET_TAG: lambda w: Sample(TagRecord, **on(tag=w.data_tag)),
    routes.UPDATE_TAG: lambda w: Sample(TagRecord, {"name": "new"}, **on(tag=w.dataset_tag)),
    routes.DELETE_TAG: lambda w: Sample(**on(tag=w.data_tag)),
    routes.ATTACH_TAG: lambda w: Sample(TagUse, [w.dataset], **on(tag=w.dataset_tag)),
    routes.DETACH_TAG: lambda w: Sample(TagUse, [w.asset]),
    routes.CREATE_MODEL: lambda w: Sample(ModelRecord, {"name": "new", "description": "d"}, status=201),
    routes.LIST_MODELS: lambda w: Sample(Items[ModelRecord]),
    routes.FIND_MODEL: lambda w: Sample(ModelRecord, query={"name": "detector"}),
    routes.LIST_PUBLIC_MODELS: lambda w: Sample(Items[ModelRecord]),
    routes.LIST_PUBLIC_MODELS_OLD: lambda w: Sample(Items[ModelRecord]),
    # Nothing is public, and nothing was made by an experiment.
    routes.FIND_PUBLIC_MODEL: lambda w: Sample(query={"name": "detector"}, status=404),
    routes.FIND_PUBLIC_MODEL_OLD: lambda w: Sample(query={"name": "detector"}, status=404),
    routes.GET_MODEL_VERSION_CONTEXT: lambda w: Sample(status=404),
    routes.GET_PUBLIC_MODEL_VERSION_CONTEXT: lambda w: Sample(status=404),
    routes.GET_MODEL_CONTEXT: lambda w: Sample(status=404),
    routes.GET_MODEL: lambda w: Sample(ModelRecord),
    routes.UPDATE_MODEL: lambda w: Sample(ModelRecord, {"name": "renamed", "description": "new"}),
    routes.DELETE_MODEL: lambda w: Sample(),
    routes.CREATE_MODEL_VERSION: lambda w: Sample(ModelVersionRecord, _MODEL_VERSION, status=201),
    routes.LIST_MODEL_VERSIONS: lambda w: Sample(Items[ModelVersionRecord]),
    routes.FIND_MODEL_VERSION: lambda w: Sample(ModelVersionRecord, query={"version": "0", "name": "best"}),
    routes.FIND_MODEL_VERSION_BY_ID: lambda w: Sample(ModelVersionRecord, query={"id": w.model_version}),
    routes.GET_MODEL_VERSION: lambda w: Sample(ModelVersionRecord),
    routes.UPDATE_MODEL_VERSION: lambda w: Sample(
        ModelVersionRecord, _MODEL_VERSION | {"thumbnail_object_name": w.object_name}
    ),
    routes.DELETE_MODEL_VERSION: lambda w: Sample(),
    routes.CREATE_MODEL_FILE: lambda w: Sample(
        ModelFileRecord, _MODEL_FILE | {"object_name": w.object_name}, status=201
    ),
    routes.LIST_MODEL_FILES: lambda w: Sample(Items[ModelFileRecord]),
    routes.FIND_MODEL_FILE: lambda w: Sample(ModelFileRecord, query={"name": "weights"}),
    routes.GET_MODEL_FILE: lambda w: Sample(ModelFileRecord),
    routes.DELETE_MODEL_FILE: lambda w: Sample(),
    routes.GET_JOB: lambda w: Sample(JobRecord, **on(job=w.job)),
    routes.GET_JOB_RUN: lambda w: Sample(JobRecord, **on(job=w.job_run)),
    routes.FIND_JOB_RUN: lambda w: Sample(JobRecord, query={"id": w.job_run}),
    routes.START_JOB_RUN: lambda w: Sample(JobRecord, **on(job=w.job_run)),
    routes.SUCCEED_JOB_RUN: lambda w: Sample(JobRecord, **on(job=w.job_run)),
    routes.FAIL_JOB_RUN: lambda w: Sample(JobRecord, **on(job=w.job_run)),
    routes.LOG_JOB_RUN: lambda w: Sample(
        None, {"line_nb": 0, "log": "ok", "final": False, "part": "p", "special": False}, **on(job=w.job_run)
    ),
    routes.SAVE_JOB_RUN_LOG: lambda w: Sample(
        SavedLog, {"logging_object_name": w.object_name}, **on(job=w.job_run)
    ),
}

ANY_TEXT = {(routes.SET_CUSTOM_METADATA_KEY, "metadata_key")}
"""Variables that name what the request makes, so that nothing can be missing."""

every_route = pytest.mark.parametrize("route", routes.PROTOCOL, ids=str)


def variables_of(route) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(route.template) if name]


def test_every_route_has_a_handler_and_a_sample_here():
    assert set(app.HANDLERS) == set(routes.PROTOCOL) == set(SAMPLES)
    assert set(app.ADDED_HANDLERS) == set(routes.ADDED) - {routes.ATTACH}


@every_route
async def test_the_answer_is_the_record_that_the_protocol_demands(world, route):
    sample = SAMPLES[route](world)
    answer = await world.api.call(
        route, sample.body, query=sample.query, expect=sample.status, **world.variables | sample.variables
    )
    if sample.kind is not None and sample.status < 300:
        codec.load(answer, sample.kind)
    elif sample.status == 204:
        assert answer is None


@every_route
async def test_a_request_needs_a_token(api, route):
    path = route.path(**dict.fromkeys(variables_of(route), str(uuid4())))
    for header in (None, "Bearer", "Bearer wrong", "Basic abc", "Bearer \udcff"):
        answer = await api.send(route.method, path, headers={"Authorization": header})
        assert answer.status == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@every_route
async def test_an_organization_of_others_is_forbidden(api, other_api, route):
    path = route.path(**dict.fromkeys(variables_of(route), str(uuid4())))
    for wanted in (other_api.org.id, str(uuid4()), "None"):
        answer = await api.send(route.method, path, headers={"X-Picsellia-Organization": wanted})
        assert answer.status == 403


def without_signatures(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_signatures(inner) for name, inner in value.items() if name != "presigned_url"}
    return [without_signatures(inner) for inner in value] if isinstance(value, list) else value


async def everything_seen_in(world) -> list[Any]:
    answers = []
    for route in routes.PROTOCOL:
        if route.method in {"GET", "XGET"}:
            sample = SAMPLES[route](world)
            variables = world.variables | sample.variables
            options = {"query": sample.query, "expect": sample.status}
            answers.append(await world.api.call(route, sample.body, **options, **variables))
    return without_signatures(answers)


async def test_an_id_that_is_not_ours_is_not_found_and_nothing_changes(world, other_world):
    mine, theirs = await everything_seen_in(world), await everything_seen_in(other_world)
    answers = {}
    for route in routes.PROTOCOL:
        sample = SAMPLES[route](world)
        own = world.variables | sample.variables
        others = other_world.variables | SAMPLES[route](other_world).variables
        body = None if sample.body is None else orjson.dumps(sample.body)
        for name in variables_of(route):
            if (route, name) in ANY_TEXT:
                continue
            for odd in ("None", "\0", "é🐦", "%ff", "x" * 3_000, "9" * 32, str(uuid4()), others[name]):
                path = route.path(**own | {name: odd})
                answer = await world.api.send(route.method, path, data=body, query=sample.query)
                answers[route, name, odd] = answer.status
    assert set(answers.values()) == {404}, [key for key, status in answers.items() if status != 404]
    assert len(answers) > 600
    assert await everything_seen_in(world) == mine
    assert await everything_seen_in(other_world) == theirs


async def test_a_strict_platform_reads_the_same(strict_world):
    answers = await everything_seen_in(strict_world)
    assert len(answers) == sum(route.method in {"GET", "XGET"} for route in routes.PROTOCOL)


async def test_the_lists_of_a_fresh_organization_are_empty(other_world, api):
    listing = (routes.LIST_DATASETS, routes.LIST_DATA_SOURCES, routes.LIST_DATA_TAGS, routes.LIST_DATA)
    for route in (*listing, routes.LIST_MODELS):
        assert (await api.call(route))["items"] == []
    for target in ("DATASET", "DATASET_VERSION", "MODEL"):
        assert (await api.call(routes.LIST_TAGS, query={"target_type": target}))["items"] == []
    users = (await api.call(routes.LIST_ORGANIZATION_USERS))["users"]
    assert [user["username"] for user in users] == [api.org.username]


DEEP = reduce(lambda inner, _: [inner], range(300), [])
ODD_VALUES = (
    None, True, 0, -1, 10**18, 1e300, 1.5, "", " ", "x", "x" * 70_000, "\0", "a\0b", "\x1b[0m", "🐦", "../x",
    [], {}, [[]], [None], [1], ["x"], {"a": 1}, {"\0": "\0"}, DEEP, {"a": DEEP},
)  # fmt: skip
ODD_BODIES = (
    b"", b"{", b"[]", b"{}", b"null", b"1", b'"x"', b"true", b"\xff", b'{"name": "\xff"}', b"\xef\xbb\xbf{}",
    rb'{"name": "\ud800"}', rb'{"name": "\u0000"}', rb'["\ud800"]', b'{"name": NaN}', b'{"name": 1e999}',
    b"[" * 100_000, b'{"a":' * 2_000 + b"1" + b"}" * 2_000, b"[" + b"1," * 10_000 + b"1]",
    b'{"name": %s}' % (b"9" * 5_000), b'{"meta": {"width": %s, "height": 1}}' % (b"9" * 30),
)  # fmt: skip


ODD_TEXTS = (
    "",
    " ",
    "x",
    "-1",
    "1.5",
    "9" * 30,
    "9" * 5_000,
    "\0",
    "%00",
    "é" * 300,
    "None",
    "{}",
    "[]",
    '{"a":',
)
LISTED = ("limit", "offset", "cursor", "order_by", "q", "custom_metadata", "types", "upload_statuses")
LISTED += ("status", "asset_ids", "worker_id")
FOUND = ("id", "data_id", "name", "filename", "object_name", "username", "version", "target_type")


def odd_bodies(sample: Sample) -> list[bytes]:
    if not isinstance(sample.body, dict):
        return list(ODD_BODIES)
    odd = [sample.body | {name: value} for name in sample.body for value in ODD_VALUES]
    lacking = [{name: sample.body[name] for name in sample.body if name != left} for left in sample.body]
    return [*ODD_BODIES, *(json.dumps(body).encode() for body in odd + lacking)]


def odd_queries(route, sample: Sample) -> list[dict[str, str]]:
    own = sample.query or {}
    if route.template.endswith("/find"):
        return [own | {name: text} for name in FOUND for text in ODD_TEXTS]
    if sample.kind in {Page[DataRecord], Page[AssetRecord], Page[AnnotationRecord], list[str]}:
        return [{name: text} for name in LISTED for text in ODD_TEXTS]
    return [own | dict.fromkeys(LISTED + FOUND, text) for text in ODD_TEXTS]


DELETING = [route for route in routes.PROTOCOL if route.method == "DELETE"]
LASTING = [route for route in routes.PROTOCOL if route.method != "DELETE"]


@pytest.mark.parametrize(
    "chosen", [LASTING, *([route] for route in DELETING)], ids=lambda chosen: str(chosen[0])
)
async def test_odd_requests_are_refused_or_harmless(world, chosen, check_store):
    for route in chosen:
        sample = SAMPLES[route](world)
        path = route.path(**world.variables | sample.variables)
        body = None if sample.body is None else orjson.dumps(sample.body)
        requests = [(odd, sample.query) for odd in odd_bodies(sample)]
        requests += [(body, odd) for odd in odd_queries(route, sample)]
        for content, query in requests:
            answer = await world.api.send(route.method, path, data=content, query=query)
            assert answer.status < 500, (route, content and content[:200], query, answer)
    check_store()
