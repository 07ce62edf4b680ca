"""While a COCO file is read, the platform is asked already; what is wrong with the file comes out all the same."""

from __future__ import annotations

import asyncio
import json

import pytest

from asyncsdk.config import Limits, Settings
from asyncsdk.errors import BadRequestError, FormatError, LockedError
from asyncsdk.resources import import_staging

COUNT = 30


@pytest.fixture
async def way(org, make_proxy, connect, fill):
    """A proxy and a version behind it; three names travel in a request, two requests at once."""
    proxy = await make_proxy(org)
    limits = Limits(ids_per_request=3, read_ahead=2)
    client = await connect(org, host=proxy.origin, settings=Settings(limits=limits))
    version = await (await client.create_dataset("birds")).create_version("v1", type="object_detection")
    await fill(org, version, [f"{number}.png" for number in range(COUNT)], width=640, height=480)
    proxy.passed.clear()
    return proxy, version


@pytest.fixture
def slowly(monkeypatch):
    """Each slice of a file is a step of its own, and the loop is heard after each."""
    monkeypatch.setattr("asyncsdk.resources.coco_matching.STEPS_S", 0.0)
    monkeypatch.setattr("asyncsdk.formats.coco_sections._SLICE", 256)
    monkeypatch.setattr("asyncsdk.formats.coco_sections._WINDOW", 512)


def write(path, *, broken=False, boxes=2000):
    images = [{"id": number, "file_name": f"{number}.png"} for number in range(COUNT)]
    found = [
        {"id": number, "image_id": number % COUNT, "category_id": 1, "bbox": [1, 1, 1, 1]}
        for number in range(boxes)
    ]
    said = {"images": images, "categories": [{"id": 1, "name": "cat"}], "annotations": found}
    text = json.dumps(said)
    path.write_text(text[:-20] if broken else text)
    return path


async def test_all_names_are_looked_up_once(way, slowly, tmp_path):
    proxy, version = way
    result = await version.import_annotations_coco_file(write(tmp_path / "coco.json"))
    assert (len(result), sum(result.values())) == (COUNT, 2000)
    asked = [json.loads(passed.body)["filenames"] for passed in proxy.of("XGET", "/assets")]
    assert sorted(map(len, asked)) == [3] * (COUNT // 3)
    assert sorted(name for names in asked for name in names) == sorted(f"{n}.png" for n in range(COUNT))


async def test_a_broken_file_comes_out_although_no_answer_comes(way, slowly, tmp_path):
    proxy, version = way
    asked = asyncio.Event()

    async def act(passing):
        asked.set()
        await asyncio.Event().wait()

    proxy.on("XGET", "/assets", act)
    file = write(tmp_path / "coco.json", broken=True)
    async with asyncio.timeout(20):
        with pytest.raises(FormatError, match=r"annotations\[1999\]"):
            await version.import_annotations_coco_file(file)
    assert asked.is_set()
    assert proxy.of("POST") == []


async def test_an_error_of_a_look_up_is_itself(way, slowly, tmp_path):
    proxy, version = way
    proxy.answers("XGET", "/assets", status=400, body=b'{"message": "no"}')
    with pytest.raises(BadRequestError):
        await version.import_annotations_coco_file(write(tmp_path / "coco.json"))
    assert proxy.of("POST") == []


async def test_a_locked_version_is_refused_while_look_ups_wait(way, slowly, tmp_path):
    proxy, version = way
    await version.lock()

    async def act(passing):
        await asyncio.Event().wait()

    proxy.on("XGET", "/assets", act)
    async with asyncio.timeout(20):
        with pytest.raises(LockedError):
            await version.import_annotations_coco_file(write(tmp_path / "coco.json"))


@pytest.mark.parametrize("bound", ["_MOST_IMAGES", "_MOST_OBJECTS"])
async def test_answers_outlive_the_pouring_into_the_database(way, slowly, tmp_path, monkeypatch, bound):
    monkeypatch.setattr(f"asyncsdk.resources.coco_memory.{bound}", 20)
    monkeypatch.setattr("asyncsdk.resources.coco_memory._IN_A_POUR", 2)
    _, version = way
    result = await version.import_annotations_coco_file(write(tmp_path / "coco.json"))
    assert (len(result), sum(result.values())) == (COUNT, 2000)
    assert result.skipped == ()


async def test_steps_end_when_their_time_is_over(monkeypatch):
    monkeypatch.setattr(import_staging, "STEPS_S", 0.0)
    done = []
    await import_staging.in_steps(done.append(number) for number in range(5))
    assert done == [0, 1, 2, 3, 4]
