"""Talking to the platform in plain HTTP, and a small world of objects to talk about."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from typing import Any

import aiohttp
import attrs
import orjson
import pytest
from PIL import Image
from sqlalchemy import literal, select, update

from asyncsdk.server.services.jobs import NewJob, add_job
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import data, datalake, organization
from asyncsdk.server.store.statements import Prepared, insertion, statement
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route


@attrs.frozen
class Answer:
    """An answer, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


def check_envelope(answer: Answer) -> None:
    """Fail unless an error answer has the protocol's form."""
    body = answer.json
    assert isinstance(body, dict), answer
    assert isinstance(body["message"], str), answer
    assert body["message"], answer
    assert isinstance(body["detail"], list), answer
    assert answer.headers["Content-Type"].startswith("application/json"), answer


@attrs.frozen
class Api:
    """Sends requests for an organization.

    Path variables `org`, `connector` and `datalake` are those of the organization unless given.
    """

    session: aiohttp.ClientSession
    org: Any

    async def send(
        self, method: str, path: str, *, data: bytes | None = None, query: Any = None, headers: Any = None
    ) -> Answer:
        """Send a request as it stands; every error answer must have the envelope."""
        sent = {"Authorization": f"Bearer {self.org.token}", "Content-Type": "application/json"}
        sent |= headers or {}
        url = path if "://" in path else self.org.host + path
        kept = {name: value for name, value in sent.items() if value is not None}
        content = None if data is None else io.BytesIO(data)
        async with self.session.request(method, url, data=content, params=query, headers=kept) as response:
            answer = Answer(response.status, dict(response.headers), await response.read())
        if answer.status >= 400:
            check_envelope(answer)
        return answer

    async def __call__(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        query: Any = None,
        headers: Any = None,
        expect: int = 200,
    ) -> Any:
        """Send a request and return the JSON value of its answer, `None` where it has no body."""
        content = data if json is None else orjson.dumps(json)
        answer = await self.send(method, path, data=content, query=query, headers=headers)
        assert answer.status == expect, (method, path, answer)
        return answer.json if answer.body else None

    async def call(
        self,
        route: Route,
        body: Any = None,
        *,
        query: Any = None,
        headers: Any = None,
        key: str | None = None,
        expect: int = 200,
        **variables: str,
    ) -> Any:
        """Call a route and return the JSON value of its answer."""
        own = {"org": self.org.id, "connector": self.org.connector, "datalake": self.org.datalake}
        sent = (headers or {}) | ({"Idempotency-Key": key} if key is not None else {})
        path = route.path(**own | variables)
        return await self(route.method, path, json=body, query=query, headers=sent, expect=expect)

    async def upload(
        self, content: bytes, name: str = "a.png", content_type: str = "image/png", kind: str = "DATA"
    ) -> str:
        """Upload an object and return its name."""
        named = {"filename": name, "type": kind}
        object_name = (await self.call(routes.GENERATE_OBJECT_NAME, named))["object_name"]
        wanted = {"object_name": object_name, "content_type": content_type}
        target = (await self.call(routes.PRESIGN_UPLOAD, wanted))["presigned_url_data"]
        form = aiohttp.FormData()
        for field, value in target["fields"].items():
            form.add_field(field, value)
        form.add_field("file", content, filename=object_name)
        async with self.session.post(target["url"], data=form) as response:
            assert response.status < 400, await response.text()
        return object_name

    async def add_data(self, name: str = "a.png", *, expect: int = 201, **fields: Any) -> Any:
        """Upload a small image and create a data from it."""
        body = {"type": "IMAGE", "filename": name, "content_type": "image/png", "tags": []} | fields
        if "object_name" not in body:
            body["object_name"] = await self.upload(png(7, 5), name)
        return await self.call(routes.CREATE_DATA, body, expect=expect)

    async def is_there(self, object_name: str) -> bool:
        """Wait until the cleaner is done with an object, and tell whether it is left."""
        waiting = "SELECT seq FROM garbage WHERE object_name = ?"
        while self.org.platform.rows(waiting, object_name):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        path = routes.PRESIGN_DOWNLOAD.path(connector=self.org.connector)
        answer = await self.send("POST", path, data=orjson.dumps({"object_name": object_name}))
        assert answer.status in {200, 404}, answer
        return answer.status == 200

    async def add_projection(
        self, data: str, name: str = "depth", *, expect: int = 201, **fields: Any
    ) -> Any:
        """Upload a small image and create a projection of a data from it."""
        body = {"name": name, "filename": f"{name}.png", "content_type": "image/png", "width": 7, "height": 5}
        if "object_name" not in fields:
            fields["object_name"] = await self.upload(png(7, 5), f"{name}.png")
        return await self.call(routes.CREATE_PROJECTION, body | fields, data=data, expect=expect)

    async def add_model_version(self, model_name: str = "detector", **fields: Any) -> str:
        """Make a model and a version of it, and return the version's id."""
        model = await self.call(routes.CREATE_MODEL, {"name": model_name}, expect=201)
        made = await self.call(routes.CREATE_MODEL_VERSION, fields, model=model["id"], expect=201)
        return made["id"]

    async def add_model_file(
        self, version: str, name: str = "weights", *, expect: int = 201, **fields: Any
    ) -> Any:
        """Upload a few bytes and make them a file of a model version."""
        body = {"name": name, "filename": f"{name}.onnx", "large": False}
        if "object_name" not in fields:
            fields["object_name"] = await self.upload(b"weights", f"{name}.onnx", kind="MODEL_FILE")
        return await self.call(routes.CREATE_MODEL_FILE, body | fields, model_version=version, expect=expect)

    async def add_assets(self, version: str, data_ids: list[str], tags: list[str] | None = None) -> Any:
        """Add data to a version, wait for the job and return it."""
        body = {"data_ids": data_ids, "asset_tag_ids": tags or []}
        job = (await self.call(routes.ADD_ASSETS, body, version=version))["job"]
        return await self.ended(job["id"])

    async def ended(self, job_id: str) -> Any:
        """Wait until a job of the first generation has ended."""
        while (job := await self.call(routes.GET_JOB, job=job_id))["status"] == "RUNNING":  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        return job

    async def add_version(self, name: str = "first", **fields: Any) -> str:
        """Make a dataset and a version in it, both of one name, and return the version's id."""
        dataset = await self.call(routes.CREATE_DATASET, {"name": name}, expect=201)
        body = {"version": name} | fields
        made = await self.call(routes.CREATE_VERSION, body, dataset=dataset["id"], expect=201)
        return made["id"]


def png(width: int, height: int) -> bytes:
    """A small image file."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), (1, 2, 3)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as made:
        yield made


@pytest.fixture
def api(session, org):
    """Requests of a fresh organization: `await api("GET", path, json=…, expect=200)`, `api.call(route, …)`."""
    return Api(session, org)


@pytest.fixture
def other_api(session, new_org):
    """Requests of another organization."""
    return Api(session, new_org())


@pytest.fixture
def strict_api(session, strict_org):
    """Requests to the strict platform."""
    return Api(session, strict_org)


@pytest.fixture
def admin_api(session, platform, org):
    """Requests of the platform's administrator."""
    return Api(session, attrs.evolve(org, token=platform.token))


@pytest.fixture
def raw(org):
    """A function that sends bytes to the platform as they are; gives the status and the body."""

    async def send(start: bytes, *lines: bytes, body: bytes = b"") -> tuple[int, bytes]:
        host, _, port = org.host.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        fixed = (b"Host: platform", b"Connection: close", b"Content-Length: %d" % len(body))
        token = b"Authorization: Bearer " + org.token.encode()
        given = lines if any(line.startswith(b"Authorization") for line in lines) else (token, *lines)
        writer.write(b"\r\n".join([start + b" HTTP/1.1", *fixed, *given, b"", b""]) + body)
        await writer.drain()
        head, _, content = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        return int(head.split()[1]), content

    return send


@pytest.fixture
def check_store(platform):
    """A function that fails unless the references and counters of the whole database are right."""

    def check() -> None:
        assert platform.rows("PRAGMA foreign_key_check") == []
        for table, column, members in (
            ("dataset_version", "asset_count", "asset WHERE asset.version = dataset_version.seq"),
            ("datalake", "data_count", "data WHERE data.datalake = datalake.seq"),
        ):
            wrong = f"SELECT seq, {column} FROM {table} WHERE {column} <> (SELECT count(*) FROM {members})"
            assert platform.rows(wrong) == []

    return check


@pytest.fixture
def image():
    """A function that makes a PNG of a width and height."""
    return png


@attrs.frozen
class Rows:
    """Writes many rows at once, past the API, with the counters that belong to them."""

    org: Any

    def data(self, count: int, **columns: Any) -> list[str]:
        """Make data without files, oldest first, and return their ids.

        A column may be a function of the data's number.
        """
        made = [self._data(number, columns) for number in range(count)]

        def work() -> Any:
            lake = (yield statement(select(datalake.c.seq).where(datalake.c.id == self.org.datalake)))[0][
                "seq"
            ]
            yield _INSERT_DATA.many([row | {"datalake": lake} for row in made])
            yield statement(
                update(datalake)
                .where(datalake.c.seq == lake)
                .values(data_count=datalake.c.data_count + literal(count))
            )

        self.org.platform.write(work())
        return [row["id"] for row in made]

    def _data(self, number: int, columns: dict[str, Any]) -> dict[str, Any]:
        row = {"id": new_id(), "created_at": now_us(), "object_name": f"data/{new_id()}"}
        row |= {"filename": f"{number:06}.png", "type": "IMAGE", "content_type": "image/png"}
        row |= {"upload_status": "DONE", "width": 8, "height": 6, "size_bytes": 1, "sha256": None}
        row |= {"metadata": None, "custom_metadata": None, "data_source": None}
        given = {name: value(number) if callable(value) else value for name, value in columns.items()}
        return row | given


_INSERT_DATA = Prepared(insertion(data))


@pytest.fixture
def rows(org):
    """Writes many rows at once: `rows.data(5_000, filename=lambda number: …)`."""
    return Rows(org)


@attrs.frozen(kw_only=True)
class World:
    """One object of each kind, by id, in one organization."""

    api: Api
    dataset: str
    version: str
    data: str
    spare_data: str
    object_name: str
    projection: str
    source: str
    asset: str
    dataset_tag: str
    data_tag: str
    asset_tag: str
    label: str
    group: str
    annotation: str
    shapes: dict[str, str]
    """Kind to the id of the one shape of it."""

    job: str
    job_run: str
    worker: str
    metadata_key: str
    upload_id: str
    model: str
    model_version: str
    model_file: str
    model_context: str
    """Of no context, as there is none."""

    @property
    def variables(self) -> dict[str, str]:
        """The path variables that name its objects."""
        org = self.api.org
        own = {"org": org.id, "connector": org.connector, "datalake": org.datalake, "tag": self.asset_tag}
        names = ("dataset", "version", "data", "projection", "source", "asset", "worker", "metadata_key")
        names += ("label", "group", "annotation", "model", "model_version", "model_file", "model_context")
        return own | {name: getattr(self, name) for name in names} | self.shapes


async def make_world(api: Api) -> World:
    call = api.call
    source = await call(routes.CREATE_DATA_SOURCE, {"name": "camera"}, expect=201)
    data_tag = await call(routes.CREATE_DATA_TAG, {"name": "night"}, expect=201)
    data = await api.add_data(
        "a.png", tags=[data_tag["id"]], data_source_id=source["id"], metadata={"reference": "R1"}
    )
    spare = await api.add_data("b.png")
    dataset = await call(routes.CREATE_DATASET, {"name": "street"}, expect=201)
    version = await call(routes.CREATE_VERSION, {"version": "first"}, dataset=dataset["id"], expect=201)
    asset_tag = await call(routes.CREATE_ASSET_TAG, {"name": "train"}, version=version["id"], expect=201)
    job = await api.add_assets(version["id"], [data["id"]], [asset_tag["id"]])
    asset = (await call(routes.LIST_ASSETS, version=version["id"]))["items"][0]
    label, group = await add_labels(api, version["id"])
    annotation, shapes = await add_shapes(api, asset["id"], label)
    tag = {"name": "ours", "target_type": "DATASET"}
    users = await call(routes.LIST_ORGANIZATION_USERS)
    metadata_key = f"camera of {api.org.name}"
    await call(routes.SET_CUSTOM_METADATA_KEY, {"input_type": "STRING"}, metadata_key=metadata_key)
    upload = {"object_name": "data/parts.bin", "content_type": "application/octet-stream"}
    model_version = await api.add_model_version(name="best")
    return World(
        api=api,
        dataset=dataset["id"],
        version=version["id"],
        data=data["id"],
        spare_data=spare["id"],
        object_name=data["object_name"],
        projection=(await api.add_projection(data["id"]))["id"],
        source=source["id"],
        asset=asset["id"],
        dataset_tag=(await call(routes.CREATE_TAG, tag, expect=201))["id"],
        data_tag=data_tag["id"],
        asset_tag=asset_tag["id"],
        label=label,
        group=group,
        annotation=annotation,
        shapes=shapes,
        job=job["id"],
        job_run=api.org.platform.write(foreign_job(api.org.id)),
        worker=users["users"][0]["id"],
        metadata_key=metadata_key,
        upload_id=(await call(routes.START_MULTIPART, upload))["upload_id"],
        model=(await call(routes.FIND_MODEL, query={"name": "detector"}))["id"],
        model_version=model_version,
        model_file=(await api.add_model_file(model_version))["id"],
        model_context=new_id(),
    )


async def add_labels(api: Api, version: str) -> tuple[str, str]:
    """A label with a skeleton and attributes, in a group."""
    on = {"version": version}
    group = (await api.call(routes.CREATE_LABEL_GROUP, {"name": "vehicles"}, expect=201, **on))["id"]
    label = (await api.call(routes.CREATE_LABEL, {"name": "car"}, expect=201, **on))["id"]
    await api.call(routes.UPDATE_LABEL, {"group_id": group}, label=label)
    await api.call(routes.SET_SKELETON, {"vertices": ["front", "rear"], "edges": [[1, 2]]}, label=label)
    attributes = {"attributes": {"dirty": {"input_type": "BOOLEAN"}}}
    await api.call(routes.SET_LABEL_ATTRIBUTES, attributes, label=label)
    return label, group


SHAPES: dict[str, dict[str, Any]] = {
    "rectangle": {"x": 1, "y": 2, "w": 3, "h": 2},
    "polygon": {"polygon": [[0, 0], [4, 0], [4, 3]]},
    "line": {"line": [[0, 0], [6, 4]]},
    "point": {"point": [5, 4], "order": 0},
    "classification": {},
    "mask": {"mask": ":230?"},
}
"""What each kind has of its own, on an image of 7 x 5 pixels."""


async def add_shapes(api: Api, asset: str, label: str) -> tuple[str, dict[str, str]]:
    """An annotation with a shape of each kind, by kind."""
    annotation = (await api.call(routes.CREATE_ANNOTATION, {"duration": 1.5}, asset=asset, expect=201))["id"]
    shapes = {}
    for kind, own in SHAPES.items():
        body = {f"{kind}s": [own | {"label_id": label}]}
        path = f"/api/annotation/{annotation}/bulk-{kind}s"
        shapes[kind] = (await api("POST", path, json=body, expect=201))[f"{kind}s"][0]["id"]
    return annotation, shapes


def foreign_job(organization_id: str):
    """A job of the second generation that runs elsewhere; gives its id."""
    home = yield statement(select(organization.c.seq).where(organization.c.id == organization_id))
    new = NewJob(organization=home[0]["seq"], generation=2, kind="elsewhere", payload={})
    return (yield from add_job(new))["id"]


@pytest.fixture
async def world(api):
    return await make_world(api)


@pytest.fixture
async def strict_world(strict_api):
    return await make_world(strict_api)


@pytest.fixture
async def other_world(other_api):
    return await make_world(other_api)
