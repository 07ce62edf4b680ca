"""The processing that comes with the platform, launched as users do."""

from __future__ import annotations

import re

import pytest
from picture_making import encoded, picture
from PIL import Image

import asyncsdk
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.processings import Context
from asyncsdk.processings.duplicate_tagging import tag_duplicates


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


async def tag(client, version, parameters=None, **options):
    processing = await client.get_public_processing("duplicate-tagging")
    return await version.launch_processing(processing, parameters, wait=True, **options)


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
    version = await fill(shop())
    job = await tag(client, version)
    assert await tagged(version) == ["first-coarse.jpg", "first-half.jpg", "second-large.webp"]
    ids = {asset.filename: asset.id for asset in await version.list_assets()}
    assert {key: job.result[key] for key in ("images", "unreadable", "tag", "tagged")} == {
        "images": 8, "unreadable": 0, "tag": "duplicate", "tagged": 3,
    }  # fmt: skip
    groups = {group["kept"]: sorted(group["tagged"]) for group in job.result["groups"]}
    assert groups == {
        ids["first.jpg"]: sorted([ids["first-half.jpg"], ids["first-coarse.jpg"]]),
        ids["second.png"]: [ids["second-large.webp"]],
    }
    assert [line.line for line in await job.list_logs()] == ["3 of 8 images look like another one"]


async def test_the_largest_of_the_chosen_assets_may_stay(client, fill):
    version = await fill(shop())
    names = ["second.png", "second-large.webp", "first-half.jpg", "third.jpg"]
    chosen = await version.list_assets(filenames=names)
    job = await tag(client, version, {"keep": "largest", "tag": "smaller"}, assets=chosen)
    assert await tagged(version, "smaller") == ["second.png"]
    assert job.result["images"] == 4


async def test_what_cannot_be_read_is_told_and_passed_over(client, fill):
    whole = encoded(picture(5))
    version = await fill({"whole.jpg": whole, "broken.jpg": whole[: len(whole) // 2]})
    job = await tag(client, version)
    assert (job.result["images"], job.result["unreadable"], job.result["tagged"]) == (1, 1, 0)
    (line, _) = await job.list_logs()
    assert re.fullmatch(r"\S+ broken\.jpg: cannot be read", line.line)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"threshold": 32}, "threshold must be 0 to 31, not 32"),
        ({"tag": " "}, "tag must be the name of a tag"),
        ({"keep": "last"}, "keep must be first or largest"),
        ({"treshold": 3}, "'treshold' is not one of keep, tag, threshold"),
    ],
)
async def test_a_wrong_parameter_is_told(parameters, said):
    context = Context(
        job_id="j", organization_id="o", host="http://127.0.0.1:9", api_token="t", target_id="v", ids=None,
        target_type=asyncsdk.ProcessingTargetType.DATASET_VERSION, inputs={}, cpu=1, gpu=0,
        parameters=parameters,
    )  # fmt: skip
    with pytest.raises(InvalidArgumentError, match=said):
        await tag_duplicates(context)


@pytest.mark.coco
async def test_copies_among_real_photos(client, fill, coco_images):
    photos = {path.name: path.read_bytes() for path in coco_images[:12]}
    copies = {}
    for path in coco_images[:4]:
        with Image.open(path) as image:
            copies[f"copy-{path.stem}.jpg"] = encoded(image.convert("RGB"), scale=0.5, quality=40)
    version = await fill(photos | copies)
    await tag(client, version)
    assert await tagged(version) == sorted(copies)
