"""Processings in plain HTTP: the paths and bodies of both generations, inputs, and what a launch refuses."""

from __future__ import annotations

from uuid import uuid4

import attrs
import pytest
from programs import IMAGE

from asyncsdk.wire import routes

OLD = {"User-Agent": "Picsellia-SDK/6.19.2"}


@pytest.fixture
def make(api):
    """A function that makes a processing."""

    async def make(name="blur", *, expect=201, route=routes.CREATE_PROCESSING, **fields):
        body = {"name": name, "docker_image": f"{IMAGE}tell", "docker_tag": "1", "default_cpu": 0}
        body |= {"default_gpu": 0, "default_parameters": {}} | fields
        return await api.call(route, body, expect=expect)

    return make


# Types and targets


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"target": "DATASET_VERSION", "type": None}, ("AUTO_TAGGING", "DATASET_VERSION")),
        ({"target": "DATALAKE"}, ("DATA_AUTO_TAGGING", "DATALAKE")),
        ({"target": "MODEL_VERSION"}, ("MODEL_CONVERSION", "MODEL_VERSION")),
        ({"type": "PRE_ANNOTATION"}, ("PRE_ANNOTATION", "DATASET_VERSION")),
        ({"type": "DATA_AUTO_TAGGING", "target": None}, ("DATA_AUTO_TAGGING", "DATALAKE")),
        ({"type": "MODEL_COMPRESSION"}, ("MODEL_COMPRESSION", "MODEL_VERSION")),
        (
            {"type": "DATA_AUGMENTATION", "target": "DATASET_VERSION"},
            ("DATA_AUGMENTATION", "DATASET_VERSION"),
        ),
    ],
)
@pytest.mark.parametrize("route", [routes.CREATE_PROCESSING, routes.CREATE_PROCESSING_OLD], ids=str)
async def test_what_one_generation_leaves_out_follows_from_the_other(make, api, route, given, told):
    made = await make(route=route, **given)
    assert (made["type"], made["target"]) == told
    assert await api.call(routes.GET_PROCESSING, processing=made["id"]) == made


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"type": "AUTO_TAGGING", "target": "DATALAKE"},
        {"type": "auto_tagging"},
        {"target": "DATASET_VERSION", "name": " "},
        {"target": "DATASET_VERSION", "docker_image": ""},
        {"target": "DATASET_VERSION", "default_cpu": -1},
        {"target": "DATASET_VERSION", "default_gpu": 10**6},
        {"target": "DATASET_VERSION", "default_parameters": []},
        {"target": "DATASET_VERSION", "default_parameters": {"a": "x" * 300_000}},
    ],
)
async def test_what_is_no_processing(make, wrong):
    await make(expect=400, **wrong)


# Changing and finding


async def test_both_generations_work_on_the_same_processings(make, api):
    blur = await make(type="AUTO_TAGGING", route=routes.CREATE_PROCESSING_OLD, docker_flags=["--ipc=host"])
    await make(expect=409, type="PRE_ANNOTATION")
    tag = await make("tag", target="DATALAKE", description="tags")
    for route in (routes.LIST_PROCESSINGS, routes.LIST_PROCESSINGS_OLD):
        assert (await api.call(route))["items"] == [tag, blur]
        assert (await api.call(route, query={"order_by": "name", "limit": 1}))["items"] == [blur]
        assert (await api.call(route, query={"offset": 1}))["items"] == [blur]
    assert await api.call(routes.FIND_PROCESSING, query={"name": "tag"}) == tag
    assert tag["description"] == "tags"
    patch = {"docker_tag": "2", "default_parameters": {"a": 1}, "default_cpu": 3, "default_gpu": 1}
    changed = await api.call(routes.UPDATE_PROCESSING_OLD, patch, processing=blur["id"])
    assert changed == blur | patch
    both = {"docker_image": "acme/new", "description": "new"}
    assert await api.call(routes.UPDATE_PROCESSING, both, processing=blur["id"]) == changed | both
    for wrong in ({"default_cpu": -1}, {"docker_tag": ""}, {"default_parameters": 1}):
        await api.call(routes.UPDATE_PROCESSING, wrong, processing=blur["id"], expect=400)
    await api.call(routes.DELETE_PROCESSING_OLD, processing=blur["id"])
    await api.call(routes.DELETE_PROCESSING, processing=tag["id"])
    assert (await api.call(routes.LIST_PROCESSINGS))["items"] == []
    await api.call(routes.FIND_PROCESSING, query={"name": "tag"}, expect=404)


async def test_a_public_processing_is_everybodys_to_see_and_nobodys_to_change(api, other_api):
    found = [
        await each.call(routes.FIND_PUBLIC_PROCESSING, query={"name": "duplicate-tagging"})
        for each in (api, other_api)
    ]
    assert found[0] == found[1]
    on = {"processing": found[0]["id"]}
    assert await api.call(routes.GET_PROCESSING, **on) == found[0]
    assert (await api.call(routes.LIST_PROCESSING_INPUTS, **on))["items"] == []
    await api.call(routes.UPDATE_PROCESSING, {"docker_tag": "9"}, expect=403, **on)
    await api.call(routes.DELETE_PROCESSING, expect=403, **on)
    declared = {"name": "a", "input_type": "TEXT", "required": False}
    await api.call(routes.ADD_PROCESSING_INPUT, declared, expect=403, **on)
    assert (await api.call(routes.LIST_PROCESSINGS))["items"] == []
    await api.call(routes.FIND_PUBLIC_PROCESSING, query={"name": "none"}, expect=404)
    await api.call(routes.FIND_PUBLIC_PROCESSING, expect=400)


# Inputs


async def test_inputs_are_declared_changed_and_taken_away(make, api):
    on = {"processing": (await make(target="DATASET_VERSION"))["id"]}
    text = {"name": "a/b c", "input_type": "TEXT", "required": True}
    none = {"inference_type_constraint": None, "framework_constraint": None}
    model = {"name": "m", "input_type": "MODEL_VERSION", "required": False}
    model |= {"inference_type_constraint": "SEGMENTATION", "framework_constraint": "ONNX"}
    made = [await api.call(routes.ADD_PROCESSING_INPUT, body, expect=201, **on) for body in (text, model)]
    assert [{**item, "id": None} for item in made] == [text | none | {"id": None}, model | {"id": None}]
    assert (await api.call(routes.LIST_PROCESSING_INPUTS, **on))["items"] == made
    await api.call(routes.ADD_PROCESSING_INPUT, text, expect=409, **on)
    changed = await api.call(routes.UPDATE_PROCESSING_INPUT, {"required": True}, input_name="m", **on)
    assert changed == made[1] | none | {"required": True}
    await api.call(routes.DELETE_PROCESSING_INPUT, input_name="a/b c", **on)
    assert (await api.call(routes.LIST_PROCESSING_INPUTS, **on))["items"] == [changed]
    await api.call(routes.UPDATE_PROCESSING_INPUT, {"required": True}, input_name="a/b c", expect=404, **on)


@pytest.mark.parametrize(
    "wrong",
    [
        {"input_type": "TEXT", "inference_type_constraint": "MASK"},
        {"input_type": "NUMBER", "framework_constraint": "ONNX"},
        {"input_type": "DATASET_VERSION", "framework_constraint": "ONNX"},
        {"input_type": "DATALAKE", "inference_type_constraint": "MASK"},
        {"input_type": "VIDEO"},
        {"input_type": "TEXT", "name": ""},
        {"input_type": "TEXT", "required": 1},
    ],
)
async def test_what_is_no_input(make, api, wrong):
    made = await make(target="DATASET_VERSION")
    body = {"name": "a", "required": False} | wrong
    await api.call(routes.ADD_PROCESSING_INPUT, body, processing=made["id"], expect=400)
    good = {"name": "t", "input_type": "TEXT", "required": False}
    await api.call(routes.ADD_PROCESSING_INPUT, good, processing=made["id"], expect=201)
    constrained = {"required": False, "framework_constraint": "ONNX"}
    await api.call(
        routes.UPDATE_PROCESSING_INPUT, constrained, processing=made["id"], input_name="t", expect=400
    )


# Launching


CONSTRAINED = {"version": "DATASET_VERSION", "weights": "MODEL_VERSION", "family": "MODEL"}


@pytest.fixture
async def declared(make, api):
    """A processing with an input of every type; some have constraints."""
    made = await make(target="DATASET_VERSION", default_cpu=1)
    inputs = {"text": "TEXT", "number": "NUMBER", "set": "DATASET", "lake": "DATALAKE", "model": "MODEL"}
    for name, kind in inputs.items():
        body = {"name": name, "input_type": kind, "required": name == "text"}
        await api.call(routes.ADD_PROCESSING_INPUT, body, processing=made["id"], expect=201)
    for name, kind in CONSTRAINED.items():
        body = {"name": name, "input_type": kind, "required": False}
        body |= {"inference_type_constraint": "SEGMENTATION"}
        body |= {} if kind == "DATASET_VERSION" else {"framework_constraint": "ONNX"}
        await api.call(routes.ADD_PROCESSING_INPUT, body, processing=made["id"], expect=201)
    return made["id"]


@pytest.mark.usefixtures("programs")
async def test_inputs_of_a_launch_must_match_those_that_are_declared(api, other_api, declared, world):
    masks = await api.add_version("masks", type="SEGMENTATION")
    theirs = await other_api.add_version("theirs", type="SEGMENTATION")
    of_type, onnx = {"type": "SEGMENTATION"}, {"framework": "ONNX"}
    fitting = await api.add_model_version("segmenter", **of_type, **onnx)
    await api.add_model_version("halves", **of_type)
    segmenter, halves = [
        (await api.call(routes.FIND_MODEL, query={"name": name}))["id"] for name in ("segmenter", "halves")
    ]
    await api.call(routes.CREATE_MODEL_VERSION, onnx, model=halves, expect=201)
    their_model = (await other_api.call(routes.CREATE_MODEL, {"name": "theirs"}, expect=201))["id"]

    async def launch(inputs, expect):
        body = {"processing_id": declared, "parameters": None, "cpu": None, "gpu": None, "inputs": inputs}
        return await api.call(routes.LAUNCH_ON_VERSION, body, version=world.version, expect=expect)

    refused = [
        ({}, "'text' is required"),
        (None, "'text' is required"),
        ({"text": None}, "'text' is required"),
        ({"text": 5}, "'text' must be a text"),
        ({"text": "a", "more": 1}, "none of the name 'more'"),
        ({"text": "a", "number": "5"}, "'number' must be a number"),
        ({"text": "a", "number": True}, "'number' must be a number"),
        ({"text": "a", "set": str(uuid4())}, "there is no DATASET"),
        ({"text": "a", "set": "x"}, "expected a UUID"),
        ({"text": "a", "set": 5}, "must be the id of a DATASET"),
        ({"text": "a", "lake": world.dataset}, "there is no DATALAKE"),
        ({"text": "a", "model": str(uuid4())}, "there is no MODEL "),
        ({"text": "a", "version": world.version}, "must be of type SEGMENTATION, not NOT_CONFIGURED"),
        ({"text": "a", "version": theirs}, "there is no DATASET_VERSION"),
        ({"text": "a", "model": their_model}, "there is no MODEL "),
        ({"text": "a", "weights": segmenter}, "there is no MODEL_VERSION"),
        ({"text": "a", "weights": world.model_version}, "must be of type SEGMENTATION, not NOT_CONFIGURED"),
        ({"text": "a", "family": halves}, "must have a version of type SEGMENTATION and framework ONNX"),
    ]
    for inputs, said in refused:
        assert said in (await launch(inputs, 400))["message"], inputs
    good = {
        "text": "a",
        "number": 2.5,
        "set": world.dataset.upper(),
        "lake": api.org.datalake,
        "version": masks,
        "model": halves,
        "weights": fitting,
        "family": segmenter,
    }
    job = await launch(good | {"number": 2.5}, 200)
    context = (await api.call(routes.GET_JOB_RUN, job=job["id"]))["dataset_version_processing_job"]
    assert context["inputs"] == good | {"set": world.dataset}
    assert (context["cpu"], context["gpu"], context["parameters"]) == (1, 0, {})
    assert context["input_dataset_version_id"] == context["output_dataset_version_id"] == world.version


@pytest.mark.usefixtures("programs")
async def test_what_a_launch_refuses(api, other_api, make, world, other_world):
    blur = (await make(target="DATASET_VERSION"))["id"]
    lake = (await make("lake", target="DATALAKE"))["id"]

    async def refuse(status, said, route=routes.LAUNCH_ON_VERSION, model_version=None, **body):
        on = {"version": world.version, "model_version": model_version or world.model_version}
        answer = await api.call(route, {"processing_id": blur} | body, expect=status, **on)
        assert said in answer["message"], answer

    on_lake = routes.LAUNCH_ON_DATALAKE
    await refuse(404, "no such processing", processing_id=str(uuid4()))
    await refuse(404, "no such processing", processing_id=other_world.processing)
    await refuse(400, "processing_id", processing_id="x")
    await refuse(400, "'lake' is launched on a DATALAKE, not on a DATASET_VERSION", processing_id=lake)
    await refuse(400, "'blur' is launched on a DATASET_VERSION", route=on_lake, data_ids=[])
    await refuse(
        400,
        "data_ids: 1 of 2 are not there",
        route=on_lake,
        data_ids=[world.data, other_world.data],
        processing_id=lake,
    )
    await refuse(400, "body", route=on_lake, processing_id=lake)
    on_model = routes.LAUNCH_ON_MODEL_VERSION
    await refuse(400, "not on a MODEL_VERSION", route=on_model)
    await refuse(404, "no such model version", route=on_model, model_version=other_world.model_version)
    await refuse(400, "asset_ids: 1 of 1 are not there", asset_ids=[other_world.asset])
    await refuse(400, "parameters", parameters=[1])
    await refuse(400, "cpu must be 0 to", cpu=-1)
    await refuse(400, "gpu: 3 are asked for", gpu=3)
    await refuse(400, "parameters: larger than", parameters={"a": "x" * 300_000})
    await refuse(
        400, "no program is registered for the image 'acme/sharpen:1'", processing_id=world.processing
    )
    answer = await api.call(
        routes.LAUNCH_ON_VERSION, {"processing_id": blur}, version=other_world.version, expect=404
    )
    assert "no such dataset version" in answer["message"]
    jobs = (await api.call(routes.LIST_JOB_RUNS))["items"]
    assert {job["kind"] for job in jobs} == {"add-assets", "launch-campaign", "elsewhere"}


async def test_a_broken_file_refuses_launches_and_nothing_else(platforms, tmp_path, api):
    with platforms(tmp_path) as platform:
        home = platform.rows("SELECT id FROM organization")[0][0]
        here = attrs.evolve(api, org=attrs.evolve(api.org, host=platform.url, token=platform.token, id=home))
        public = await here.call(routes.FIND_PUBLIC_PROCESSING, query={"name": "duplicate-tagging"})
        version = await here.add_version()
        (tmp_path / "processings.toml").write_text("slots = 'many'")
        body = {"processing_id": public["id"]}
        answer = await here.call(routes.LAUNCH_ON_VERSION, body, version=version, expect=409)
        assert "processings.toml: slots: must be a whole number" in answer["message"]


@pytest.mark.usefixtures("programs")
async def test_the_older_client_never_sees_that_a_job_is_queued(api, make, world):
    blur = (await make(type="AUTO_TAGGING", route=routes.CREATE_PROCESSING_OLD))["id"]
    body = {"processing_id": blur, "parameters": None, "cpu": None, "gpu": None}
    job = await api.call(routes.LAUNCH_ON_VERSION, body, version=world.version, headers=OLD)
    assert job["status"] == "PENDING"
    newer = await api.call(routes.LAUNCH_ON_VERSION, body, version=world.version)
    assert newer["status"] == "QUEUED"
    seen = set()
    while "SUCCEEDED" not in seen:
        seen.add((await api.call(routes.GET_JOB_RUN, job=job["id"], headers=OLD))["status"])
        seen.add((await api.call(routes.FIND_JOB_RUN, query={"id": newer["id"]}, headers=OLD))["status"])
    assert seen <= {"PENDING", "RUNNING", "SUCCEEDED"}
    for each in (job, newer):
        assert (await api.ended(each["id"]))["status"] == "SUCCESS"


# Logs and killing


async def test_lines_are_read_in_pieces(api, world):
    for number in range(5):
        await api.call(routes.LOG_JOB_RUN, {"log": f"line {number}"}, job=world.job_run)
    first = await api.call(routes.LIST_JOB_LINES, query={"limit": 2}, job=world.job_run)
    assert [item["line"] for item in first["items"]] == ["line 0", "line 1"]
    assert first["status"] == "PENDING"
    after = {"after": first["items"][-1]["number"]}
    rest = await api.call(routes.LIST_JOB_LINES, query=after, job=world.job_run)
    assert [item["line"] for item in rest["items"]] == ["line 2", "line 3", "line 4"]
    assert (await api.call(routes.LIST_JOB_LINES, query={"limit": 0}, job=world.job_run))["items"] == []
    await api.call(routes.LIST_JOB_LINES, query={"limit": "x"}, job=world.job_run, expect=400)


async def test_jobs_of_others_are_neither_listed_nor_read_nor_killed(world, other_world):
    call, theirs = world.api.call, other_world.api.org.id
    for job in (other_world.job_run, str(uuid4()), "x"):
        await call(routes.LIST_JOB_LINES, job=job, expect=404)
        await call(routes.KILL_JOB_RUN, job=job, expect=404)
    await call(routes.LIST_JOB_RUNS, org=theirs, expect=404)
    ids = {item["id"] for item in (await call(routes.LIST_JOB_RUNS))["items"]}
    assert ids >= {world.job, world.job_run}
    others = {item["id"] for item in (await other_world.api.call(routes.LIST_JOB_RUNS))["items"]}
    assert ids.isdisjoint(others)
    assert (
        "only jobs of processings"
        in (await call(routes.KILL_JOB_RUN, job=world.job_run, expect=409))["message"]
    )
