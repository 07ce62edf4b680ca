"""Pictures for notebooks."""

from __future__ import annotations

import base64
import io
import re

import pytest
from PIL import Image

import asyncsdk
from asyncsdk.errors import InvalidArgumentError
from asyncsdk.resources import previews

EVIL = "<img src=x>.png"


def thumbnails(preview):
    """Return the sizes of the thumbnails."""
    found = re.findall(r'href="data:image/jpeg;base64,([^"]+)"', preview.html)
    return [Image.open(io.BytesIO(base64.b64decode(text))).size for text in found]


@pytest.fixture
async def filled(version, lake, make_image):
    """A version with three images, the newest of which has a name that looks like HTML."""
    names = ["a.jpg", "b.png", EVIL]
    paths = [make_image(name, width=500 + 10 * n, height=250) for n, name in enumerate(names)]
    await version.add_data(await lake.upload_data(paths, progress=False), wait=True)
    return version


async def test_an_asset_is_shown_with_the_shapes_of_its_newest_annotation(filled):
    asset = await filled.find_asset(filename="a.jpg")
    await (await asset.create_annotation()).create_rectangle(
        1, 2, 3, 4, await filled.create_label("<b>cat</b>")
    )
    preview = await asset.preview()
    assert thumbnails(preview) == [(320, 160)]
    assert 'viewBox="0 0 500 250"' in preview.html
    assert re.search(r'<rect [^>]*x="1" y="2" width="3" height="4"><title>&lt;b&gt;cat', preview.html)
    assert "<script" not in preview.html
    assert all(
        one.startswith("data:image/jpeg") for one in re.findall(r'(?:src|href)="([^"]*)', preview.html)
    )
    assert "http" not in preview.html
    assert "url(" not in preview.html


async def test_assets_are_shown_in_their_order_up_to_the_limit(filled):
    assets = await filled.list_assets(order_by=["filename"])
    preview = await assets.preview(limit=2)
    assert len(thumbnails(preview)) == 2
    assert re.findall(r'<svg [^>]*width="(\d+)"', preview.html) == ["208", "208"]
    assert "the first 2 of 3 assets" in preview.html
    html = (await assets.preview()).html
    places = [
        html.index(name.replace("<", "&lt;").replace(">", "&gt;")) for name in [a.filename for a in assets]
    ]
    assert places == sorted(places)
    assert EVIL not in html


async def test_a_version_is_shown_with_its_labels_and_newest_assets(filled):
    asset = (await filled.list_assets())[0]
    await (await asset.create_annotation()).create_classification(await filled.create_label("<i>"))
    html = (await filled.preview(limit=1)).html
    assert "birds/v1" in html
    assert "assets: 3 · annotations: 1 · objects: 1" in html
    assert "the first 1 of 3 assets" in html
    assert html.count("&lt;i&gt;") == 2  # in the chart and in the legend
    assert "<i>" not in html


async def test_data_are_shown(filled, lake):
    data = await lake.list_data()
    assert len(thumbnails(await data.preview())) == 3
    assert thumbnails(await data[0].preview()) == [(320, round(250 * 320 / data[0].width))]


async def test_an_empty_version_says_so(version):
    html = (await version.preview()).html
    assert "no objects" in html
    assert "no assets" in html


async def test_files_that_cannot_be_shown_leave_a_field_and_the_reason(version, fill, org):
    await fill(org, version, ["gone.png"])
    await fill(org, version, ["film.mp4"], type="VIDEO")
    await fill(org, version, ["large.png"], size_bytes=10**9)
    preview = await (await version.list_assets()).preview()
    assert thumbnails(preview) == []
    assert preview.html.count('fill="#8884"') == 3
    assert "1,000,000,000 bytes are too many" in preview.html
    assert ">video<" in preview.html
    assert "gone.png" in preview.html


async def test_a_broken_image_says_so(version, lake, make_image):
    path = make_image("cut.jpg", width=300, height=300)
    path.write_bytes(path.read_bytes()[:-200])  # its header is whole
    await version.add_data(await lake.upload_data([path], progress=False), wait=True)
    preview = await (await version.list_assets()).preview()
    assert thumbnails(preview) == []
    assert "cut.jpg: no picture can be made of it" in preview.html


@pytest.mark.async_only("makes a sequence of async records")
async def test_only_a_few_files_are_in_memory_at_once(filled, monkeypatch):
    now, most = 0, 0
    read = previews.read_file

    async def counted(*arguments):
        nonlocal now, most
        now += 1
        most = max(most, now)
        try:
            return await read(*arguments)
        finally:
            now -= 1

    monkeypatch.setattr(previews, "read_file", counted)
    assets = await filled.list_assets()
    many = asyncsdk.MultiAsset(filled._connection, list(assets._records) * 10, filled.id)
    assert len(thumbnails(await many.preview(limit=30))) == 30
    assert most <= 4


@pytest.mark.parametrize("limit", [0, -1, True, "3", 501])
async def test_a_limit_has_bounds(filled, limit):
    for shown in (filled, await filled.list_assets()):
        with pytest.raises(InvalidArgumentError, match="limit"):
            await shown.preview(limit=limit)


async def test_what_a_notebook_shows_by_itself_asks_nobody(filled, lake, proxied, proxy):
    version = await (await proxied.get_dataset("birds")).get_version("v1")
    lake = await proxied.get_datalake()
    assets, data = await version.list_assets(), await lake.list_data()
    passed = len(proxy.passed)
    for shown in (version, assets, assets[0], data, data[0]):
        html = shown._repr_html_()
        assert "preview()" in html
        assert EVIL not in html
        assert "<svg" not in html
    assert "of 3" in assets._repr_html_()
    assert len(proxy.passed) == passed


async def test_other_sequences_are_tables(filled):
    asset = (await filled.list_assets())[0]
    await asset.create_annotation()
    found = await filled.list_annotations()
    assert found[0].id in found._repr_html_()
    assert "MultiAnnotation" in found._repr_html_()


async def test_a_platform_without_our_additions_can_be_shown(strict_client, make_image):
    version = await (await strict_client.create_dataset("birds")).create_version("v1")
    lake = await strict_client.get_datalake()
    await version.add_data(await lake.upload_data([make_image("a.png")], progress=False), wait=True)
    asset = (await version.list_assets())[0]
    await (await asset.create_annotation()).create_point((1, 2), await version.create_label("beak"))
    assert "<circle" in (await version.preview()).html
