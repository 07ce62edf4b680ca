"""Projections: made of files, read, downloaded with fresh URLs, and deleted."""

from __future__ import annotations

import attrs
import orjson
import pytest
from PIL import Image

from asyncsdk.errors import (
    ConflictError,
    InvalidArgumentError,
    MissingFileError,
    NotFoundError,
    OutcomeUnknownError,
    PartialFailure,
)
from asyncsdk.records.projections import ProjectionRecord
from asyncsdk.resources.projection import Projection


async def one_data(client, images):
    return (await (await client.get_datalake()).upload_data(images[0]))[0]


@pytest.fixture
async def data(any_client, images):
    return await one_data(any_client, images)


def spoilt(url):
    return url[:-1] + ("0" if url[-1] != "0" else "1")


# Making


async def test_a_file_becomes_a_projection(data, make_image):
    path = make_image("depth map.png", width=9, height=4)
    info = {"unit": "mm", "range": [0.5, 80]}
    made = await data.create_projection("depth", path, info)
    assert (made.name, made.filename, made.compute_status) == ("depth", "depth map.png", "DONE")
    assert (made.data_id, made.infos) == (data.id, info)
    assert made.object_name.startswith("data-projection/")
    assert await made.read() == path.read_bytes()
    assert b"".join([chunk async for chunk in made.stream()]) == path.read_bytes()
    assert repr(made) == f"<Projection 'depth' {made.id}>"


async def test_what_the_platform_is_told(proxied, proxy, images, make_image, tmp_path):
    data = await one_data(proxied, images)
    path = make_image("depth.png", width=9, height=4)
    await data.create_projection("depth", str(path))
    (tmp_path / "points.bin").write_bytes(b"xyz")
    await data.create_projection("points", tmp_path / "points.bin", {})
    depth, points = [orjson.loads(passed.body) for passed in proxy.of("POST", "/projections")]
    assert depth["file_size"] == path.stat().st_size
    assert (depth["width"], depth["height"], depth["content_type"]) == (9, 4, "image/png")
    assert (depth["filename"], depth["additional_info"]) == ("depth.png", None)
    assert (points["width"], points["height"], points["content_type"]) == (
        None,
        None,
        "application/octet-stream",
    )
    kinds = {orjson.loads(passed.body)["type"] for passed in proxy.of("POST", "/generate_object_name")}
    assert kinds == {"DATA", "DATA_PROJECTION"}


async def test_metadata_from_exif_is_kept_on_request(data, make_image):
    exif = {0x010F: "Acme", 0x0131: "firmware 3"}
    path = make_image("a.jpg", exif=image_exif(exif))
    assert (await data.create_projection("plain", path)).infos is None
    made = await data.create_projection("filled", path, {"manufacturer": "Mine"}, fill_metadata=True)
    assert made.infos == {"manufacturer": "Mine", "software": "firmware 3"}


def image_exif(values):
    exif = Image.Exif()
    for key, value in values.items():
        exif[key] = value
    return exif


async def test_a_name_is_there_once(data, images):
    await data.create_projection("depth", images[1])
    with pytest.raises(ConflictError, match="'depth'"):
        await data.create_projection("depth", images[2])
    assert len(await data.list_projections()) == 1


@pytest.mark.parametrize(
    ("path", "info", "error"),
    [
        ("nowhere.png", None, MissingFileError),
        (".", None, InvalidArgumentError),
        (None, None, InvalidArgumentError),
        ("a.png", {"a": object()}, InvalidArgumentError),
        ("a.png", ["a"], InvalidArgumentError),
    ],
)
async def test_odd_arguments_send_nothing(proxied, proxy, images, tmp_path, monkeypatch, path, info, error):
    data = await one_data(proxied, images)
    (tmp_path / "a.png").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    before = len(proxy.passed)
    with pytest.raises(error):
        await data.create_projection("depth", path, info)
    assert len(proxy.passed) == before


async def test_a_lost_answer_makes_one_projection(proxied, proxy, images):
    data = await one_data(proxied, images)
    proxy.loses_answer("POST", "/projections")
    made = await data.create_projection("depth", images[1])
    assert [one.id for one in await data.list_projections()] == [made.id]
    first, second = proxy.of("POST", "/projections")
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


async def test_without_keys_a_lost_answer_is_looked_up(strict_proxied, strict_proxy, images):
    data = await one_data(strict_proxied, images)
    strict_proxy.loses_answer("POST", "/projections")
    made = await data.create_projection("depth", images[1])
    assert [one.id for one in await data.list_projections()] == [made.id]
    strict_proxy.swallows("POST", "/projections")
    with pytest.raises(OutcomeUnknownError):
        await data.create_projection("mask", images[1])
    assert strict_proxy.count("POST", "/projections") == 2


# Reading


async def test_projections_are_listed_and_found_by_name(data, images):
    assert await data.list_projections() == []
    made = [await data.create_projection(name, images[1]) for name in ("one", "two")]
    assert await data.list_projections() == made[::-1]
    found = await data.get_projection("one")
    assert (found, found.data_id, found.url is None) == (made[0], data.id, False)
    await found.refresh()
    assert found.name == "one"
    with pytest.raises(NotFoundError, match="no projection 'three'"):
        await data.get_projection("three")


async def test_a_projection_is_downloaded(data, images, tmp_path):
    made = await data.create_projection("depth", images[1])
    report = await made.download(tmp_path / "out")
    assert [path.name for path in report.downloaded] == [images[1].name]
    assert report.downloaded[0].read_bytes() == images[1].read_bytes()
    assert len((await made.download(tmp_path / "out")).skipped) == 1
    by_id = await made.download(tmp_path / "out", use_id=True)
    assert [path.name for path in by_id.downloaded] == [f"{made.id}{images[1].suffix}"]


async def test_an_expired_url_is_renewed(proxied, proxy, images, tmp_path):
    data = await one_data(proxied, images)
    made = await data.create_projection("depth", images[1])
    made._record = attrs.evolve(made._record, presigned_url=spoilt(made.url))
    assert await made.read() == images[1].read_bytes()
    await made.download(tmp_path / "out")
    assert (tmp_path / "out" / images[1].name).read_bytes() == images[1].read_bytes()
    assert proxy.count("GET", f"/api/data/projection/{made.id}/presigned-url") == 2
    made._record = attrs.evolve(made._record, presigned_url=None)
    assert await made.read() == images[1].read_bytes()


async def test_one_that_the_platform_still_works_on(proxied, proxy, tmp_path):
    """The protocol lets it have no file yet."""
    proxy.answers("GET", "/presigned-url", status=404, body=b'{"message": "there is no file"}')
    made = Projection(proxied._connection, ProjectionRecord("p", "PENDING"), "d")
    assert (made.name, made.filename, made.object_name, made.infos, made.url) == (None,) * 5
    assert repr(made) == "<Projection 'p' p>"
    with pytest.raises(PartialFailure, match="there is no file"):
        await made.download(tmp_path)


# Deleting


async def test_a_projection_is_deleted_and_the_data_stays(data, images):
    made, kept = [await data.create_projection(name, images[1]) for name in ("one", "two")]
    assert await made.delete() is None
    with pytest.raises(NotFoundError):
        await made.refresh()
    assert await data.list_projections() == [kept]
    await data.refresh()


async def test_projections_go_with_their_data(any_client, data, images):
    made = await data.create_projection("depth", images[1])
    await data.delete()
    with pytest.raises(NotFoundError):
        await made.refresh()
    with pytest.raises(NotFoundError):
        await data.list_projections()
