"""Labels, and for the newer generation their groups, skeletons and attributes."""

from __future__ import annotations

from checks import equal, holds, refused
from picsellia.exceptions import BadRequestError, ResourceConflictError, ResourceNotFoundError

__all__ = ["label"]


def label(world):
    """Make, find, rename, group and delete labels."""
    version = world.version
    equal(version.list_labels(), [], "labels of a fresh version")
    car = version.create_label("car")
    with refused(ResourceConflictError, "a second label of one name"):
        version.create_label("car")
    with refused(ResourceNotFoundError, "an unknown label"):
        version.get_label("bus")
    equal(version.get_label("car").id, car.id, "a label by name")
    equal(version.get_or_create_label("car").id, car.id, "a label got, not created")
    odd = version.get_or_create_label('odd "one" & ünique')
    equal([each.id for each in version.list_labels()], [car.id, odd.id], "all labels, oldest first")
    car.update(name="vehicle")
    equal((car.name, version.get_label("vehicle").id), ("vehicle", car.id), "a label renamed")
    with refused(ResourceConflictError, "a label renamed to a name that is taken"):
        car.update(name=odd.name)
    car.sync()
    equal(car.name, "vehicle", "a label read anew")
    odd.delete()
    with refused(ResourceNotFoundError, "a deleted label"):
        odd.sync()
    _list_many(version)
    if not world.is_old:
        _group(world, car)
        _draw_skeleton(version, car)
        _configure(version)
        _configure(car)
    for each in version.list_labels():
        each.delete()
    equal(version.list_labels(), [], "labels deleted one by one")


def _list_many(version):
    names = [f"label {number}" for number in range(120)]
    made = {each.name: each.id for each in _in_bulk(version, names)}
    equal(list(made), names, "a label for every name")
    listed = {each.name: each.id for each in version.list_labels()}
    equal(listed, {"vehicle": listed["vehicle"], **made}, "everything in one listing")
    equal(_in_bulk(version, []), [], "no names")


def _in_bulk(version, names):
    """The request that imports send."""
    return version._bulk_get_or_create_labels(names)


def _group(world, car):
    version = world.version
    root = version.create_label_group("road")
    leaf = version.create_label_group("large", root)
    other = version.create_label_group("large")
    with refused(ResourceConflictError, "a second group of one name in a group"):
        version.create_label_group("large", root)
    listed = [(each.id, each.parent_id) for each in version.list_label_groups()]
    equal(listed, [(root.id, None), (leaf.id, root.id), (other.id, None)], "all groups")
    equal((root.get_parent(), leaf.get_parent().id), (None, root.id), "parents")
    with refused(BadRequestError, "a group inside of itself"):
        root.set_parent(leaf)
    leaf.update(name="small")
    other.set_parent(root)
    other.sync()
    equal((leaf.name, other.parent_id), ("small", root.id), "a group renamed, a group moved")
    equal(car.get_group(), None, "a label in no group")
    car.set_group(leaf)
    equal((car.group_id, car.get_group().name), (leaf.id, "small"), "a label in a group")
    elsewhere = world.dataset.create_version("groups")
    with refused(ValueError, "a group of another version"):
        car.set_group(elsewhere.create_label_group("far"))
    elsewhere.delete()
    root.delete()
    equal(version.list_label_groups(), [], "a group deleted with the groups in it")
    car.sync()
    equal(car.group_id, None, "its label stays")


def _draw_skeleton(version, car):
    with refused(ResourceNotFoundError, "a label without a skeleton"):
        car.get_skeleton()
    equal(version.get_skeletons(), {}, "no skeletons")
    car.set_skeleton(vertices=["front", "rear", "roof"], edges=[[1, 2], [2, 3]])
    skeleton = {"vertices": ["front", "rear", "roof"], "edges": [[1, 2], [2, 3]]}
    equal(car.get_skeleton(), skeleton, "a skeleton")
    equal(version.get_skeletons(), {str(car.id): skeleton}, "all skeletons")
    with refused(BadRequestError, "an edge to a vertex that is not there", saying="edges[0]"):
        car.set_skeleton(vertices=["a", "b"], edges=[[1, 3]])


def _configure(thing):
    equal(thing.get_attributes(), None, "no attributes")
    colour = {
        "display_name": "Colour",
        "required": True,
        "input_type": "STRING",
        "choices": ["red", "green", "blue"],
        "allow_multiple": True,
    }
    score = {"display_name": "Score", "required": False, "input_type": "FLOAT", "min": 0.0, "max": 1.0}
    sure = {"display_name": None, "required": True, "input_type": "BOOLEAN"}
    thing.set_attributes({"colour": colour, "score": score, "sure": sure})
    found = thing.get_attributes()
    equal(found["colour"], {**colour, "archived": False}, "an attribute with choices")
    equal(found["score"], {**score, "archived": False}, "an attribute with limits")
    holds("display_name" not in found["sure"], "nulls are left out")
    with refused(BadRequestError, "too few choices", saying="attribute 'colour': choices: 2 to 64"):
        thing.set_attributes({"colour": {**colour, "choices": ["red"]}})
    thing.set_attributes(None)
    equal(thing.get_attributes(), None, "attributes cleared")
