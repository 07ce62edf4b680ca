"""Labels, label groups, skeletons and attributes of a dataset version."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import orjson
import pytest

import asyncsdk
from asyncsdk import AttributeConfiguration, Label, LabelGroup, Skeleton
from asyncsdk.enums import AttributeType
from asyncsdk.errors import (
    BadRequestError,
    ConflictError,
    InvalidArgumentError,
    LockedError,
    NotFoundError,
    NotSupportedError,
    OutcomeUnknownError,
    ProtocolError,
)
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.records.labels import LabelGroupRecord, LabelRecord


@pytest.fixture
async def version(any_client):
    return await (await any_client.create_dataset("birds")).create_version("v1")


@pytest.fixture
async def other(any_client):
    return await (await any_client.create_dataset("fish")).create_version("v1")


@pytest.mark.seed("list_labels", "return")
@pytest.mark.seed("create_label", "name", "return")
@pytest.mark.seed("get_label", "name", "return")
@pytest.mark.seed("get_or_create_label", "name", "return")
async def test_the_life_of_a_label(version):
    assert await version.list_labels() == []
    car = await version.create_label("car")
    assert (car.name, car.group_id, car.dataset_version_id) == ("car", None, version.id)
    assert repr(car) == f"<Label 'car' {car.id}>"
    with pytest.raises(ConflictError):
        await version.create_label("car")
    assert await version.get_label("car") == car
    with pytest.raises(NotFoundError):
        await version.get_label("bus")
    bus = await version.get_or_create_label("bus")
    assert await version.get_or_create_label("bus") == bus
    assert await version.list_labels() == await version.get_labels() == [car, bus]
    assert await car.update(name="van") is None
    assert car.name == "van"
    with pytest.raises(ConflictError):
        await car.update(name="bus")
    await car.update()
    await car.refresh()
    assert car.name == "van"
    assert await car.delete() is None
    with pytest.raises(NotFoundError):
        await car.refresh()
    assert await version.list_labels() == [bus]


async def test_labels_live_in_their_version(version, other):
    mine, theirs = await version.create_label("car"), await other.create_label("car")
    assert mine != theirs
    assert (await version.list_labels(), await other.list_labels()) == ([mine], [theirs])


async def test_many_labels_in_one_request(version):
    b = await version.create_label("b")
    made = await version.create_labels(["c", "b", "a", "c"])
    assert [label.name for label in made] == ["c", "b", "a"]
    assert made[1] == b
    assert await version.list_labels() == [b, made[0], made[2]]
    assert await version.create_labels([]) == []
    assert await version.create_labels("single") == [await version.get_label("single")]
    with pytest.raises(InvalidArgumentError, match="names: 5 is not a text"):
        await version.create_labels(["x", 5])
    with pytest.raises(BadRequestError, match=r"names\[1\]"):
        await version.create_labels(["x", ""])
    assert len(await version.list_labels()) == 4


async def test_very_many_labels_go_in_bounded_requests_in_order(scripted, says):
    def play(request):
        names = orjson.loads(request.body)["names"]
        return says([{"id": name, "name": name} for name in reversed(names)])

    client, transport = scripted(play, bulk_ids_per_request=4)
    version = a_version(client)
    names = [f"label {number}" for number in range(10)]
    assert [label.name for label in await version.create_labels(names)] == names
    sent = [orjson.loads(request.body)["names"] for request in transport.requests]
    assert sent == [names[:4], names[4:8], names[8:]]


async def test_a_platform_that_leaves_a_name_out(scripted, says):
    client, _ = scripted([says([{"id": "1", "name": "a"}])])
    with pytest.raises(ProtocolError, match="no label 'b'"):
        await a_version(client).create_labels(["a", "b"])


def a_version(client):
    record = DatasetVersionRecord("1", "2", "birds", "v1", "POINT")
    return asyncsdk.DatasetVersion(client._connection, record)


@pytest.mark.seed("get_or_create_label", "name", "return")
async def test_many_who_get_or_create_at_once_get_one(version):
    for make, listing in (
        (version.get_or_create_label, version.list_labels),
        (version.get_or_create_label_group, version.list_label_groups),
    ):
        found = await asyncio.gather(*(make("night") for _ in range(12)))
        assert len(set(found)) == 1
        assert await listing() == found[:1]
    labels = await asyncio.gather(*(version.create_labels(["a", "b"]) for _ in range(12)))
    assert all(found == labels[0] for found in labels)


async def test_a_label_whose_creation_lost_its_answer_is_found(strict_proxied, strict_proxy):
    version = await (await strict_proxied.create_dataset("birds")).create_version("v1")
    strict_proxy.loses_answer("POST", "/labels")
    label = await version.get_or_create_label("car")
    assert await version.list_labels() == [label]
    strict_proxy.loses_answer("POST", "/labelgroups")
    group = await version.get_or_create_label_group("g")
    assert await version.list_label_groups() == [group]
    strict_proxy.loses_answer("POST", "/labels")
    with pytest.raises(OutcomeUnknownError):
        await version.create_label("bus")
    strict_proxy.swallows("XGET", "/bulk-labels")
    assert len(await version.create_labels(["car", "bus", "van"])) == 3


async def test_groups_are_a_tree(version):
    root = await version.create_label_group("root")
    leaf = await version.create_label_group("leaf", root)
    assert (leaf.name, leaf.parent_id, leaf.dataset_version_id) == ("leaf", root.id, version.id)
    assert repr(leaf) == f"<LabelGroup 'leaf' {leaf.id}>"
    assert await version.list_label_groups() == [root, leaf]
    assert (await root.get_parent(), await leaf.get_parent()) == (None, root)
    await leaf.set_parent(None)
    assert leaf.parent_id is None
    await leaf.update(parent_id=UUID(root.id), name="twig")
    assert (leaf.name, leaf.parent_id) == ("twig", root.id)
    await leaf.update(name="leaf")
    await leaf.refresh()
    assert (leaf.name, leaf.parent_id) == ("leaf", root.id)
    with pytest.raises(BadRequestError, match="inside of itself"):
        await root.set_parent(leaf)
    assert root.parent_id is None
    await root.delete()
    assert await version.list_label_groups() == []
    with pytest.raises(NotFoundError):
        await leaf.refresh()


async def test_c14_groups_of_one_name_in_different_groups(version):
    a, b = await version.create_label_group("a"), await version.create_label_group("b")
    first, second = await version.create_label_group("x", a), await version.get_or_create_label_group("x", b)
    assert first != second
    assert await version.get_label_group("x", a) == await version.get_or_create_label_group("x", a) == first
    assert await version.get_label_group("x", b) == second
    with pytest.raises(NotFoundError, match="no such label group 'x'"):
        await version.get_label_group("x")
    with pytest.raises(ConflictError):
        await version.create_label_group("x", a)
    with pytest.raises(ConflictError):
        await first.set_parent(b)


async def test_a_label_goes_into_a_group_and_out_again(version):
    label, group = await version.create_label("car"), await version.create_label_group("vehicles")
    assert await label.get_group() is None
    await label.set_group(group)
    assert label.group_id == group.id
    assert await label.get_group() == group
    await label.update(name="van")
    assert label.group_id == group.id
    await label.set_group(None)
    assert label.group_id is None
    await label.update(group_id=UUID(group.id))
    await label.refresh()
    assert label.group_id == group.id
    await group.delete()
    await label.refresh()
    assert label.group_id is None


async def test_what_belongs_to_another_version_is_refused_before_any_request(proxied, proxy):
    dataset = await proxied.create_dataset("birds")
    version, other = await dataset.create_version("v1"), await dataset.create_version("v2")
    label, mine = await version.create_label("car"), await version.create_label_group("mine")
    theirs = await other.create_label_group("theirs")
    before = len(proxy.passed)
    for refuse in (
        lambda: label.set_group(theirs), lambda: mine.set_parent(theirs), lambda: label.set_group("mine"),
        lambda: version.create_label_group("x", theirs), lambda: version.get_label_group("x", theirs),
        lambda: version.get_or_create_label_group("x", theirs), lambda: version.create_label_group("x", label),
        lambda: label.update(group_id="mine"), lambda: mine.update(parent_id="x"),
    ):  # fmt: skip
        with pytest.raises(InvalidArgumentError):
            await refuse()
    assert len(proxy.passed) == before
    with pytest.raises(BadRequestError, match="group_id"):
        await label.update(group_id=theirs.id)
    with pytest.raises(BadRequestError, match="parent_id"):
        await mine.update(parent_id=uuid4())


async def test_a_platform_that_cannot_take_out_of_a_group(scripted, says):
    client, transport = scripted(
        lambda request: says({"id": "1", "name": "a", "group_id": "2", "parent_id": "2"})
    )
    label = Label(client._connection, LabelRecord("1", "a", "2"), "v")
    group = LabelGroup(client._connection, LabelGroupRecord("1", "a", "2"), "v")
    with pytest.raises(NotSupportedError, match="out of its group"):
        await label.set_group(None)
    with pytest.raises(NotSupportedError, match="to the top"):
        await group.set_parent(None)
    bodies = [orjson.loads(request.body) for request in transport.requests]
    assert bodies == [{"group_id": None}, {"parent_id": None}]


async def test_skeletons(version):
    person, dog = await version.create_labels(["person", "dog"])
    with pytest.raises(NotFoundError, match="'person' has no skeleton"):
        await person.get_skeleton()
    assert await version.get_skeletons() == {}
    await person.set_skeleton(["nose", "eye"], [[1, 2]])
    skeleton = await person.get_skeleton()
    assert skeleton == Skeleton(("nose", "eye"), ((1, 2),))
    await dog.set_skeleton(("tail",), ())
    assert await version.get_skeletons() == {person.id: skeleton, dog.id: Skeleton(("tail",))}
    for vertices, edges in (([], []), (["a", "a"], []), (["a", "b"], [[0, 1]]), (["a", "b"], [[1]])):
        with pytest.raises(BadRequestError, match=r"vertices|edges"):
            await person.set_skeleton(vertices, edges)
    assert await person.get_skeleton() == skeleton


async def test_attributes(version):
    label = await version.create_label("car")
    colour = AttributeConfiguration(input_type="string", required=True, choices=["red", "green"])
    for thing in (label, version):
        assert await thing.get_attributes() == {}
        await thing.set_attributes(
            {"colour": colour, "count": {"input_type": "integer", "required": False, "min": 0}}
        )
        found = await thing.get_attributes()
        assert found["colour"] == colour
        assert found["count"] == AttributeConfiguration(input_type=AttributeType.INTEGER, min=0)
        await thing.set_attributes(found)
        assert await thing.get_attributes() == found
        with pytest.raises(BadRequestError, match="attribute 'colour': choices: 2 to 64 of STRING, got 1"):
            await thing.set_attributes(
                {"colour": {"input_type": "STRING", "required": True, "choices": ["red"]}}
            )
        with pytest.raises(InvalidArgumentError, match="attribute 'colour': expected"):
            await thing.set_attributes({"colour": "STRING"})
        assert await thing.get_attributes() == found
        await thing.set_attributes(None)
        assert await thing.get_attributes() == {}
        with pytest.raises(InvalidArgumentError, match="'colour' is not an AttributeType"):
            await thing.set_attributes({"colour": {"input_type": "colour"}})
    with pytest.raises(InvalidArgumentError, match="'colour' is not an AttributeType"):
        AttributeConfiguration(input_type="colour")


async def test_a_locked_version_keeps_its_labels(version):
    label, group = await version.create_label("car"), await version.create_label_group("vehicles")
    await version.lock()
    for change in (
        lambda: version.create_label("bus"), lambda: version.create_labels(["car", "bus"]),
        lambda: version.get_or_create_label("bus"), lambda: label.update(name="bus"), label.delete,
        lambda: label.set_group(group), lambda: label.set_skeleton(["a"], []), lambda: label.set_attributes({}),
        lambda: version.set_attributes({}), lambda: version.create_label_group("x"),
        lambda: group.update(name="x"), lambda: group.set_parent(None), group.delete,
    ):  # fmt: skip
        with pytest.raises(LockedError):
            await change()
    assert await version.get_or_create_label("car") == label
    assert await version.create_labels(["car"]) == [label]
