"""What a notebook shows of sync objects."""

from __future__ import annotations

import asyncio

import pytest
from PIL import Image

import asyncsdk
from asyncsdk.portal import previews
from asyncsdk.sync import Client, Preview


@pytest.fixture
def version(client, tmp_path):
    Image.new("RGB", (400, 300), "red").save(tmp_path / "a.png")
    made = client.create_dataset("birds").create_version("v1")
    made.add_data(client.get_datalake().upload_data([tmp_path / "a.png"], progress=False), wait=True)
    return made


def test_it_has_pictures(version, client):
    assets = version.list_assets()
    data = client.get_datalake().list_data()
    for shown in (version, assets, assets[0], data, data[0]):
        assert "data:image/jpeg" in shown._repr_html_()
        assert isinstance(shown.preview(), Preview)


def test_other_sequences_are_tables(version):
    version.list_assets()[0].create_annotation()
    assert "MultiAnnotation" in version.list_annotations()._repr_html_()


def test_without_the_platform_it_is_a_card_with_the_reason(org, version):
    with Client(org.host, org.token) as client:
        left = client.get_dataset("birds").get_version("v1")
    html = left._repr_html_()
    assert "birds/v1" in html
    assert "no pictures:" in html
    assert "data:image" not in html


def test_a_platform_that_does_not_answer_is_not_waited_for_long(version, monkeypatch):
    async def never(*_):
        await asyncio.sleep(600)

    monkeypatch.setattr(previews, "PATIENCE_S", 0.01)
    monkeypatch.setattr(asyncsdk.DatasetVersion, "preview", never)
    assert "no pictures: the platform did not answer within 0.01 s" in version._repr_html_()


def test_bad_arguments_are_errors_of_the_call(version):
    with pytest.raises(asyncsdk.InvalidArgumentError):
        version.preview(limit=0)
