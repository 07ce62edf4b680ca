"""Object names, and what the upload routes refuse; the storage's own tests upload and download."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from asyncsdk.enums import ObjectDataType
from asyncsdk.records import codec
from asyncsdk.records.storage import PresignedUpload
from asyncsdk.wire import routes


async def name_of(api, expect=200, **body):
    answer = await api.call(routes.GENERATE_OBJECT_NAME, {"type": "DATA"} | body, expect=expect)
    return answer.get("object_name")


async def test_names_are_new_each_time_and_keep_the_extension(api):
    names = {await name_of(api, filename="cat.JPG") for _ in range(20)}
    assert len(names) == 20
    assert all(re.fullmatch(r"data/[0-9a-f-]{36}\.jpg", name) for name in names)


@pytest.mark.parametrize(
    ("filename", "extension"),
    [("cat", ""), ("a.tar.gz", ".gz"), ("a.", ""), ("a.é", ""), ("a.x y", ""), ("../../x.png", ".png"),
     ("a.verylongextension", ""), ("a.png/", ""), ("日本.png", ".png")],
)  # fmt: skip
async def test_nothing_else_of_the_file_name_is_kept(api, filename, extension):
    assert re.fullmatch(rf"data/[0-9a-f-]{{36}}{re.escape(extension)}", await name_of(api, filename=filename))


@pytest.mark.parametrize("kind", list(ObjectDataType))
async def test_every_kind_has_its_folder(api, kind):
    name = await name_of(api, filename="a.bin", type=kind.value, context={"job_id": str(uuid4())})
    assert name.startswith(f"{kind.value.lower().replace('_', '-')}/")


async def test_a_folder_may_be_chosen_for_data(api):
    assert (await name_of(api, filename="a.png", upload_dir="/cam-1/2026.01/")).startswith(
        "data/cam-1/2026.01/"
    )
    assert (await name_of(api, filename="a", type="ARTIFACT", upload_dir="x")).startswith("artifact/0")
    for bad in ("../x", "a//b", "a/../b", ".", "a b", "é", "a/b/c/d/e", "x" * 101, ".hidden", "a\\b", "a\0"):
        await name_of(api, expect=400, filename="a.png", upload_dir=bad)


@pytest.mark.parametrize(
    "body",
    [
        {"filename": ""},
        {"filename": "a\0"},
        {"filename": "x" * 256},
        {"filename": 1},
        {"filename": "a", "type": "X"},
    ],
)
async def test_odd_requests_for_a_name_are_refused(api, body):
    await name_of(api, expect=400, **body)


OBJECT = {"object_name": "data/x.bin", "content_type": "image/png"}


@pytest.mark.parametrize("route", [routes.PRESIGN_UPLOAD, routes.START_MULTIPART], ids=str)
@pytest.mark.parametrize(
    "fields",
    [{"object_name": name} for name in ("", "/x", "x/", "../x", "a/./b", "a\\b", "a\n", "\0", "x" * 513)]
    + [{"content_type": kind} for kind in ("", "image", "a/b\r\nX: y", "é/x", "x" * 300)],
)
async def test_odd_objects_are_refused(api, route, fields):
    await api.call(route, OBJECT | fields, expect=400)


async def test_an_upload_is_presigned_with_an_absolute_url(api):
    upload = codec.load(await api.call(routes.PRESIGN_UPLOAD, OBJECT), PresignedUpload)
    assert upload.client_type == "minio"
    assert upload.presigned_url_data.url.startswith(api.org.host)
    assert api.org.token not in str(upload)


async def test_parts_of_unknown_uploads_are_refused(world, other_world):
    known = {"object_name": "data/parts.bin", "upload_id": world.upload_id, "part_no": 1}
    await world.api.call(routes.PRESIGN_PART, known)
    for fields, status in (
        ({"part_no": 0}, 400),
        ({"part_no": 10_001}, 400),
        ({"part_no": "1"}, 400),
        ({"upload_id": "none"}, 404),
        ({"upload_id": "../x"}, 404),
        ({"upload_id": ""}, 404),
        ({"upload_id": other_world.upload_id}, 404),
        ({"object_name": "data/other.bin"}, 404),
    ):
        await world.api.call(routes.PRESIGN_PART, known | fields, expect=status)


async def test_an_upload_is_not_completed_with_odd_parts(world):
    known = {"object_name": "data/parts.bin", "upload_id": world.upload_id}
    part = {"ETag": '"x"', "PartNumber": 1}
    for parts in ([], [part], [{"ETag": '"x"'}], [part | {"PartNumber": 2**63}], [1], "x", {}, None):
        await world.api.call(routes.COMPLETE_MULTIPART, known | {"parts": parts}, expect=400)


async def test_only_what_is_there_is_downloaded(world, other_world):
    call = world.api.call
    answer = await call(routes.PRESIGN_DOWNLOAD, {"object_name": world.object_name})
    async with world.api.session.get(answer["presigned_url"]) as download:
        assert download.status == 200
    for name, status in (("data/none.png", 404), (other_world.object_name, 404), ("../x", 400), ("", 400)):
        await call(routes.PRESIGN_DOWNLOAD, {"object_name": name}, expect=status)
