"""The processing that comes with the platform, launched as users do."""

from __future__ import annotations

import re

import pytest
from picture_making import encoded, picture
from PIL import Image
from sqlalchemy import select, update

import asyncsdk
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.processings import Context, duplicate_tagging
from asyncsdk.processings.duplicate_tagging import tag_duplicates
from asyncsdk.server.store.schema import data, datalake
from asyncsdk.server.store.statements import statement


@pytest.fixture
async def client(org):
    async with asyncsdk.Client(org.host, org.token) as client:
        yield client


@pytest.fixture
def fill(client, tmp_path):
    """A function that makes a version of files, in their order: `await fill({"a.jpg": bytes})`."""

    async def fill(contents):
        paths = []
        for name, content in contents.items():
            (tmp_path / name).write_bytes(content)
            paths.append(tmp_path / name)
        data = await (await client.get_datalake()).upload_data(paths)
        version = await (await client.create_dataset("shop")).create_version("v1")
        of_name = {one.filename: one for one in data}
        await version.add_data([of_name[name] for name in contents], wait=True)
        return version

    return fill


@pytest.fixture
def tag(org, capsys):
    """A function that tags the duplicates of a version in this process: it gives the result and the lines."""

    async def tag(version, parameters=None, ids=None):
        context = context_of(org, version.id, parameters or {}, ids)
        result = await tag_duplicates(context)
        return result, capsys.readouterr().out.splitlines()

    return tag


def context_of(org, target_id, parameters, ids=None, target_type="DATASET_VERSION"):
    return Context(
        job_id="j", organization_id=org.id, host=org.host, api_token=org.token, target_id=target_id,
        target_type=asyncsdk.ProcessingTargetType(target_type), ids=ids, parameters=parameters, inputs={},
        cpu=1, gpu=0,
    )  # fmt: skip


async def tagged(version, name="duplicate"):
    return sorted(asset.filename for asset in await version.list_assets(tags=name))


def shop():
    """Six images, of which two are copies of the first one and one is one of the second."""
    first, second = picture(1), picture(2)
    return {
        "first.jpg": encoded(first),
        "second.png": encoded(second, format="PNG"),
        "first-half.jpg": encoded(first, scale=0.5),
        "red.png": encoded(Image.new("RGB", (50, 40), "red")),
        "blue.png": encoded(Image.new("RGB", (50, 40), "blue")),
        "third.jpg": encoded(picture(3)),
        "second-large.webp": encoded(second, scale=2, quality=60, format="WEBP"),
        "first-coarse.jpg": encoded(first, quality=20),
    }


async def test_copies_are_tagged_and_other_images_are_not(client, fill):
    """As a job, which is how users run it."""
    version = await fill(shop())
    processing = await client.get_public_processing("duplicate-tagging")
    job = await version.launch_processing(processing, wait=True)
    assert await tagged(version) == ["first-coarse.jpg", "first-half.jpg", "second-large.webp"]
    ids = {asset.filename: asset.id for asset in await version.list_assets()}
    groups = {group["kept"]: sorted(group["tagged"]) for group in job.result.pop("groups")}
    assert job.result == {"images": 8, "unreadable": 0, "tag": "duplicate", "tagged": 3}
    assert groups == {
        ids["first.jpg"]: sorted([ids["first-half.jpg"], ids["first-coarse.jpg"]]),
        ids["second.png"]: [ids["second-large.webp"]],
    }
    assert [line.line for line in await job.list_logs()] == ["3 of 8 images look like another one"]


async def test_the_largest_of_the_chosen_assets_may_stay(fill, tag, monkeypatch):
    monkeypatch.setattr(duplicate_tagging, "_TOLD_EVERY", 2)
    version = await fill(shop())
    names = ["second.png", "second-large.webp", "first-half.jpg", "third.jpg"]
    chosen = await version.list_assets(filenames=names)
    result, lines = await tag(version, {"keep": "largest", "tag": "smaller"}, tuple(chosen.ids))
    assert await tagged(version, "smaller") == ["second.png"]
    assert (result["images"], result["tagged"]) == (4, 1)
    assert lines == ["::progress 0.5000", "::progress 1.0000", "1 of 4 images look like another one"]


async def test_what_cannot_be_read_is_told_and_passed_over(fill, tag):
    whole = encoded(picture(5))
    version = await fill({"whole.jpg": whole, "broken.jpg": whole[: len(whole) // 2]})
    result, (line, _) = await tag(version)
    assert (result["images"], result["unreadable"], result["tagged"]) == (1, 1, 0)
    assert re.fullmatch(r"\S+ broken\.jpg: cannot be read", line)


async def test_videos_are_passed_over_and_an_empty_version_is_none_too_small(client, org, fill, tag):
    version = await fill({"a.jpg": encoded(picture(1))})
    org.platform.write(set_types("VIDEO", org))
    assert (await tag(version))[0]["images"] == 0
    empty = await (await client.create_dataset("empty")).create_version("v1")
    assert (await tag(empty))[0] == {
        "images": 0,
        "unreadable": 0,
        "tag": "duplicate",
        "tagged": 0,
        "groups": [],
    }


def set_types(kind, org):
    lake = select(datalake.c.seq).where(datalake.c.id == org.datalake).scalar_subquery()
    yield statement(update(data).where(data.c.datalake == lake).values(type=kind))


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"threshold": 32}, "threshold must be 0 to 31, not 32"),
        ({"tag": " "}, "tag must be the name of a tag"),
        ({"keep": "last"}, "keep must be first or largest"),
        ({"treshold": 3}, "'treshold' is not one of keep, tag, threshold"),
    ],
)
async def test_a_wrong_parameter_is_told(org, parameters, said):
    with pytest.raises(InvalidArgumentError, match=said):
        await tag_duplicates(context_of(org, "v", parameters))


async def test_it_is_for_dataset_versions(org):
    with pytest.raises(InvalidArgumentError, match="not for a DATALAKE"):
        await tag_duplicates(context_of(org, org.datalake, {}, target_type="DATALAKE"))


@pytest.mark.coco
async def test_copies_among_real_photos(fill, tag, coco_images):
    photos = {path.name: path.read_bytes() for path in coco_images[:12]}
    copies = {}
    for path in coco_images[:4]:
        with Image.open(path) as image:
            copies[f"copy-{path.stem}.jpg"] = encoded(image.convert("RGB"), scale=0.5, quality=40)
    version = await fill(photos | copies)
    await tag(version)
    assert await tagged(version) == sorted(copies)
