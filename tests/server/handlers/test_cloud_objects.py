"""Importing what lies in the storage, and changing many data at once: requests and their refusals."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import attrs
import orjson
import pytest

from asyncsdk.server.services import organizations
from asyncsdk.wire import routes

NOTHING = {"metadata": None, "custom_metadata": None, "tags": [], "data_source": None}


@pytest.fixture
def ended(api):
    """A function that waits for a job and returns it."""

    async def ended(job_id):
        while (job := await api.call(routes.GET_JOB_RUN, job=job_id))["status"] in {"PENDING", "RUNNING"}:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        return job

    return ended


async def everything(api):
    lists = (routes.LIST_DATA_TAGS, routes.LIST_DATA_SOURCES)
    data = (await api.call(routes.FILTER_DATA, {}))["items"]
    whole = [await api.call(routes.GET_DATA, data=item["id"]) for item in data]
    for item in whole:
        del item["presigned_url"]
    return [whole, *[(await api.call(route))["items"] for route in lists]]


class TestImports:
    @pytest.mark.parametrize("route", [routes.IMPORT_STORED_OBJECTS, routes.IMPORT_OBJECTS])
    async def test_both_generations_start_the_same_job(self, api, image, ended, route, check_store):
        name = await api.upload(image(4, 3))
        body = {"datalake_id": api.org.datalake, "prefixes": ["data/"], "tag_ids": []}
        answer = await api.call(route, body)
        assert answer["datalake"]["id"] == api.org.datalake
        assert answer["job"]["status"] == "PENDING"
        assert (await ended(answer["job"]["id"]))["status"] == "SUCCEEDED"
        (found,) = (await api.call(routes.FILTER_DATA, {}))["items"]
        assert found["object_name"] == name
        check_store()

    async def test_a_datalake_in_the_body_must_be_the_one_of_the_path(self, api, other_api):
        body = {"prefixes": [], "tag_ids": []}
        await api.call(routes.IMPORT_OBJECTS, body)
        await api.call(routes.IMPORT_STORED_OBJECTS, body, expect=400)
        for lake, status in ((str(uuid4()), 404), (other_api.org.datalake, 404), ("x", 400)):
            given = body | {"datalake_id": lake}
            await api.call(routes.IMPORT_STORED_OBJECTS, given, expect=status)
            await api.call(routes.IMPORT_OBJECTS, given, expect=400)

    async def test_what_lies_behind_a_connector_of_others_is_not_there(self, api, other_api):
        body = {"datalake_id": api.org.datalake, "prefixes": [""], "tag_ids": []}
        connector = other_api.org.connector
        await api.call(routes.IMPORT_STORED_OBJECTS, body, connector=connector, expect=404)
        await api.call(routes.IMPORT_OBJECTS, body, datalake=other_api.org.datalake, expect=404)

    async def test_a_connector_serves_the_datalakes_of_its_organization_only(self, api, other_api):
        """Also where the user is a member of both."""

        def join():
            yield from organizations.add_member(other_api.org.name, api.org.username)
            return (yield from organizations.add_token(api.org.username, "both"))

        both = attrs.evolve(api, org=attrs.evolve(api.org, token=api.org.platform.write(join())))
        body = {"datalake_id": other_api.org.datalake, "prefixes": [""], "tag_ids": []}
        await both.call(routes.IMPORT_STORED_OBJECTS, body, expect=400)
        await both.call(routes.IMPORT_STORED_OBJECTS, body, connector=other_api.org.connector)

    async def test_only_the_own_connector_is_looked_through(self, api, other_api, image, ended):
        name = await other_api.upload(image(4, 3))
        body = {"datalake_id": api.org.datalake, "objects": {name: NOTHING}}
        job = await ended((await api.call(routes.IMPORT_OBJECTS, body))["job"]["id"])
        assert job["status"] == "FAILED"
        assert f"{name}: there is no such object" in job["error"]

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"prefixes": [""], "objects": {"a.png": NOTHING}},
            {"prefixes": ["../other/"]},
            {"prefixes": ["/"]},
            {"prefixes": ["a/../../b"]},
            {"prefixes": ["a", ".."]},
            {"prefixes": ["a\\b"]},
            {"prefixes": ["a\0"]},
            {"prefixes": "a"},
            {"prefixes": [""], "tag_ids": [str(uuid4())]},
            {"prefixes": [""], "tag_ids": ["x"]},
            {"prefixes": [""], "data_source_id": "x"},
            {"objects": {}},
            {"objects": {f"{number}.png": NOTHING for number in range(501)}},
            {"objects": {"../a.png": NOTHING}},
            {"objects": {"/a.png": NOTHING}},
            {"objects": {"a//b.png": NOTHING}},
            {"objects": {"": NOTHING}},
            {"objects": {"a.png": NOTHING | {"tags": [" "]}}},
            {"objects": {"a.png": NOTHING | {"tags": "night"}}},
            {"objects": {"a.png": NOTHING | {"data_source": ""}}},
            {"objects": {"a.png": NOTHING | {"metadata": {"a": "x" * 300_000}}}},
            {"objects": {"a.png": NOTHING | {"custom_metadata": []}}},
            {"objects": {"a.png": None}},
        ],
    )
    async def test_what_cannot_be_meant_is_refused(self, api, fields):
        answer = await api.send(
            "POST",
            routes.IMPORT_OBJECTS.path(datalake=api.org.datalake),
            data=orjson.dumps({"datalake_id": api.org.datalake} | fields),
        )
        assert answer.status == 400
        assert api.org.platform.rows(
            "SELECT job.id FROM job JOIN organization o ON o.seq = organization WHERE o.id = ?", api.org.id
        ) == []  # fmt: skip

    async def test_tags_and_sources_of_others(self, api, other_api):
        tag = (await other_api.call(routes.CREATE_DATA_TAG, {"name": "t"}, expect=201))["id"]
        source = (await other_api.call(routes.CREATE_DATA_SOURCE, {"name": "s"}, expect=201))["id"]
        body = {"datalake_id": api.org.datalake, "prefixes": [""]}
        await api.call(routes.IMPORT_OBJECTS, body | {"tag_ids": [tag]}, expect=400)
        await api.call(routes.IMPORT_OBJECTS, body | {"data_source_id": source}, expect=404)

    async def test_nobody_else_moves_such_a_job(self, api, ended):
        body = {"datalake_id": api.org.datalake, "prefixes": []}
        job_id = (await api.call(routes.IMPORT_OBJECTS, body))["job"]["id"]
        for route in (routes.START_JOB_RUN, routes.SUCCEED_JOB_RUN, routes.FAIL_JOB_RUN):
            await api.call(route, job=job_id, expect=409)
        assert (await ended(job_id))["status"] == "SUCCEEDED"


class TestUpdates:
    @pytest.fixture
    async def data(self, api):
        """Two data that have everything, and one that has nothing."""
        tags = [
            (await api.call(routes.CREATE_DATA_TAG, {"name": name}, expect=201))["id"]
            for name in ("day", "night")
        ]
        source = (await api.call(routes.CREATE_DATA_SOURCE, {"name": "gate"}, expect=201))["id"]
        full = {
            "metadata": {"reference": "R"},
            "custom_metadata": {"a": 1},
            "tags": tags,
            "data_source_id": source,
        }
        return [
            (await api.add_data(f"{number}.png", **(full if number < 2 else {})))["id"] for number in range(3)
        ]

    @pytest.fixture
    def update(self, api):
        async def update(objects, expect=200):
            body = {"datalake_id": api.org.datalake, "objects": objects}
            return await api.call(routes.UPDATE_MANY_DATA, body, expect=expect)

        return update

    async def test_everything_is_replaced(self, api, data, update, check_store):
        given = {
            "metadata": {"weather": "fog"},
            "custom_metadata": {"b": None},
            "tags": ["day", "new", "new"],
            "data_source": "roof",
        }
        assert await update({data[0].upper(): given, data[2]: given}) == {"count": 2}
        (third, second, first), tags, sources = await everything(api)
        for item in (first, third):
            assert (item["metadata"], item["custom_metadata"]) == ({"weather": "fog"}, {"b": None})
            assert sorted(tag["name"] for tag in item["tags"]) == ["day", "new"]
            assert item["data_source"]["name"] == "roof"
        assert second["metadata"] == {"reference": "R"}
        assert sorted(tag["name"] for tag in second["tags"]) == ["day", "night"]
        assert sorted(tag["name"] for tag in tags) == ["day", "new", "night"]
        assert sorted(source["name"] for source in sources) == ["gate", "roof"]
        page = await api.call(routes.LIST_DATA, query={"q": 'tags.name = "new"'})
        assert [item["id"] for item in page["items"]] == [data[2], data[0]]
        check_store()

    async def test_what_is_not_given_is_taken_away(self, api, data, update):
        await update({data[0]: NOTHING, data[1]: {}})
        for data_id in data[:2]:
            item = await api.call(routes.GET_DATA, data=data_id)
            kept = (item["metadata"], item["custom_metadata"], item["tags"], item["data_source"])
            assert kept == (None, None, [], None)

    async def test_all_or_nothing(self, api, data, update, other_api):
        before = await everything(api)
        good = {data[0]: NOTHING | {"tags": ["new"], "data_source": "new"}}
        theirs = (await other_api.add_data())["id"]
        for bad in (
            {str(uuid4()): NOTHING},
            {theirs: NOTHING},
            {"x": NOTHING},
            {data[0].upper(): NOTHING},
            {data[1]: NOTHING | {"tags": [""]}},
            {data[1]: NOTHING | {"data_source": "a\nb"}},
            {data[1]: NOTHING | {"metadata": {"a": "x" * 300_000}}},
            {data[1]: NOTHING | {"custom_metadata": {"a": "x" * 300_000}}},
        ):
            await update(good | bad, expect=400)
        assert await everything(api) == before
        assert (await other_api.call(routes.GET_DATA, data=theirs))["tags"] == []

    async def test_one_to_a_hundred(self, api, rows, update):
        ids = rows.data(101)
        await update({}, expect=400)
        await update(dict.fromkeys(ids, NOTHING), expect=400)
        assert await update(dict.fromkeys(ids[:100], NOTHING | {"tags": ["t"]})) == {"count": 100}
        assert (await api.call(routes.LIST_DATA, query={"q": 'tags.name = "t"'}))["count"] == 100

    async def test_the_datalake_of_the_body(self, api, data, other_api):
        objects = {data[0]: NOTHING}
        await api.call(routes.UPDATE_MANY_DATA, {"objects": objects})
        for lake in (other_api.org.datalake, "x"):
            await api.call(routes.UPDATE_MANY_DATA, {"datalake_id": lake, "objects": objects}, expect=400)

    async def test_the_schema_of_custom_metadata_holds(self, api, data, update):
        key = {"input_type": "INTEGER", "required": False}
        await api.call(routes.SET_CUSTOM_METADATA_KEY, key, metadata_key="a")
        answer = await update({data[0]: NOTHING | {"custom_metadata": {"a": "x"}}}, expect=400)
        assert data[0] in answer["message"]
        assert "'a'" in answer["message"]
        # An archived key takes the value that is there, and no other.
        archived = key | {"archived": True}
        await api.call(routes.SET_CUSTOM_METADATA_KEY, archived, metadata_key="a")
        await update({data[0]: NOTHING | {"custom_metadata": {"a": 1}}})
        await update({data[0]: NOTHING | {"custom_metadata": {"a": 2}}}, expect=400)
