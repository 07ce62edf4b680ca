"""Shapes of an annotation: drawing, reading, changing and deleting each kind of them."""

from __future__ import annotations

import json

from annotated import version_of
from annotation_files import mask_of_box, shapes_of
from checks import equal, holds, refused
from picsellia.exceptions import BadRequestError, ResourceNotFoundError

__all__ = ["draw"]

_LINE = [[0, 5], [20, 9], [39, 7]]
_POLYGON = [[0, 0], [20, 0], [20, 10]]


def draw(world):
    """Draw shapes, one by one and many at once."""
    version = version_of(world, "drawn", "MULTI")
    world.car, world.bird = (version.create_label(name) for name in ("car", "bird"))
    asset = version.list_assets(filenames=[world.streets[0].name])[0]
    annotation = asset.create_annotation()
    _rectangles(world, annotation)
    _outlines(world, annotation)
    _points(world, annotation)
    _classifications(world, annotation)
    if not world.is_old:
        _masks(world, annotation, asset)
    _refuse(world, annotation)
    _overwrite(world, version, annotation, asset)
    if not world.is_old:
        _attributes(version, asset, annotation)


def _change(shape, listing, what, **said):
    """Give a shape a text, read it in all ways, and delete it."""
    shape.update(text="AB-12 ü")
    equal(shape.text, "AB-12 ü", f"the text of a {what}")
    raw = shape.sync()
    equal((raw["id"], raw["text"]), (str(shape.id), "AB-12 ü"), f"a {what}, read anew")
    holds(raw["label"]["id"] == str(shape.label.id), f"the label of a {what}")
    for name, value in said.items():
        equal(getattr(shape, name), value, f"{name} of a {what}")
    shape.update(text="")
    equal([each.text for each in listing() if each.id == shape.id], [""], f"an empty text of a {what}")
    before = len(listing())
    shape.delete()
    with refused(ResourceNotFoundError, f"a deleted {what}"):
        shape.sync()
    equal(len(listing()), before - 1, f"one {what} less")


def _rectangles(world, annotation):
    car, bird = world.car, world.bird
    box = annotation.create_rectangle(1, 2, 30, 20, car)
    equal((box.x, box.y, box.w, box.h, box.label.name), (1, 2, 30, 20, "car"), "a rectangle")
    many = annotation.create_multiple_rectangles([(0, 0, 1, 1, car), (5, 6, 7, 8, bird)])
    equal(
        [(each.x, each.h, each.label.id) for each in many], [(0, 1, car.id), (5, 8, bird.id)], "two of them"
    )
    listed = annotation.list_rectangles()
    equal([each.id for each in listed], [each.id for each in (box, *many)], "rectangles as they were drawn")
    box.update(x=0, w=3)
    equal((box.x, box.y, box.w, box.h), (0, 2, 3, 20), "a rectangle moved")
    box.update(label=bird, y=9, h=2)
    equal(box.sync()["area"], 6.0, "its area, which the client does not know")
    equal((box.label.name, box.y), ("bird", 9), "a rectangle of another label")
    _change(box, annotation.list_rectangles, "rectangle", x=0, y=9, w=3, h=2)


def _outlines(world, annotation):
    """Polygons and lines, which have the same methods."""
    for what, coords, others in (
        ("polygon", _POLYGON, [[1, 1], [9, 1], [9, 9], [1, 9]]),
        ("line", _LINE, [[3, 3], [4, 4]]),
    ):
        shape = getattr(annotation, f"create_{what}")(coords, world.car)
        listing = getattr(annotation, f"list_{what}s")
        equal((shape.coords, shape.label.name), (coords, "car"), f"a {what}")
        many = getattr(annotation, f"create_multiple_{what}s")([(others, world.bird), (coords, world.car)])
        equal([each.coords for each in many], [others, coords], f"two more of kind {what}")
        equal([each.id for each in listing()], [each.id for each in (shape, *many)], f"every {what}")
        shape.update(coords=others, label=world.bird)
        _change(shape, listing, what, coords=others)


def _points(world, annotation):
    order = (lambda number: (number,)) if world.is_old else (lambda number: ())
    point = annotation.create_point([3, 4], *order(2), world.car)
    equal((point.coords, point.label.name), ([3, 4], "car"), "a point")
    many = annotation.create_multiple_points(
        [([5, 6], *order(0), world.car), ([0, 0], *order(1), world.bird)]
    )
    equal([each.coords for each in many], [[5, 6], [0, 0]], "two points")
    if world.is_old:
        orders = [each.order for each in annotation.list_points()]
        equal(orders, [2, 0, 1], "the order of points, as it was given")
    point.update(coords=[7, 8], label=world.bird)
    _change(point, annotation.list_points, "point", coords=[7, 8])


def _classifications(world, annotation):
    one = annotation.create_classification(world.car)
    equal(one.label.name, "car", "a classification")
    many = annotation.create_multiple_classifications([world.bird, world.car])
    equal([each.label.name for each in many], ["bird", "car"], "two classifications")
    one.update(label=world.bird)
    equal(one.label.name, "bird", "a classification of another label")
    _change(one, annotation.list_classifications, "classification")


def _masks(world, annotation, asset):
    box = [4, 5, 9, 8]
    text = mask_of_box(box, asset.width, asset.height)
    mask = annotation.create_mask(text, world.car)
    equal((mask.mask, mask.area, mask.bbox), (text, 72.0, box), "a mask, measured by the platform")
    other = mask_of_box([0, 0, 40, 30], asset.width, asset.height)
    many = annotation.create_multiple_masks([(other, world.bird), (text, world.car)])
    equal([each.area for each in many], [1200.0, 72.0], "two masks")
    equal([each.mask for each in annotation.list_masks()], [text, other, text], "all masks")
    mask.sync()
    equal((mask.label.name, mask.text), ("car", None), "a mask, read anew")
    mask.delete()
    equal([each.mask for each in annotation.list_masks()], [other, text], "one mask less")
    with refused(BadRequestError, "a mask of an image of another size", saying="masks[0].mask"):
        annotation.create_mask(mask_of_box(box, 50, 60), world.car)


def _refuse(world, annotation):
    far = world.dataset.create_version("far").create_label("far")
    box = annotation.list_rectangles()[0]
    for what, change in {
        "a rectangle outside of the image": lambda: annotation.create_rectangle(-1, 0, 2, 2, world.car),
        "a rectangle moved outside of the image": lambda: box.update(y=-3),
        "a label of another version": lambda: annotation.create_rectangle(1, 1, 2, 2, far),
        "a label of another version for a shape": lambda: box.update(label=far),
        "a polygon of two points": lambda: annotation.create_polygon([[0, 0], [1, 1]], world.car),
    }.items():
        with refused(BadRequestError, what):
            change()


def _overwrite(world, version, annotation, asset):
    car, bird = world.car, world.bird
    more = {} if world.is_old else {"masks": [(mask_of_box([1, 1, 2, 2], 40, 30), car)]}
    points = [([1, 2], 4, car)] if world.is_old else [([1, 2], car)]
    annotation.overwrite(
        rectangles=[(1, 2, 3, 4, car), (0, 0, 0, 9, bird)],
        polygons=[(_POLYGON, car)],
        classifications=[bird],
        lines=[(_LINE, bird)],
        points=points,
        duration=3.5,
        **more,
    )
    wanted = [
        ("classifications", "bird", (), None, None),
        ("rectangles", "car", (1, 2, 3, 4), None, None),
        ("rectangles", "bird", (0, 0, 0, 9), None, None),
        ("polygons", "car", (0, 0, 20, 0, 20, 10), None, None),
        ("lines", "bird", (0, 5, 20, 9, 39, 7), None, None),
        ("points", "car", (1, 2), None, None),
    ]
    wanted += [("masks", "car", more["masks"][0][0], None, None)] if more else []
    (loaded,) = version.load_annotations(assets=[asset])[str(asset.id)]
    equal(shapes_of(loaded), wanted, "shapes overwritten by others")
    equal((loaded["duration"], loaded["polygons"][0]["area"]), (3.5, 100.0), "the duration, and an area")
    if world.is_old:
        equal(loaded["points"][0]["order"], 4, "the order of a point")
    stats = version.retrieve_stats()
    counts = {"car": 3 + len(more), "bird": 3}
    equal((stats.label_repartition, stats.nb_annotations), (counts, 1), "they are counted")
    bird.delete()
    (loaded,) = version.load_annotations(assets=[asset])[str(asset.id)]
    left = [shape for shape in wanted if shape[1] != "bird"]
    equal(shapes_of(loaded), left, "shapes of a deleted label are gone")
    annotation.overwrite()
    equal(shapes_of(version.load_annotations()[str(asset.id)][0]), [], "no shapes are left")


def _attributes(version, asset, annotation):
    """Read attributes, which come with imports alone."""
    car = version.get_label("car")
    car.set_attributes({"doors": {"required": True, "input_type": "INTEGER", "min": 2, "max": 5}})
    shape = {"label_id": str(car.id), "x": 1, "y": 1, "w": 1, "h": 1, "text": "T", "attributes": {"doors": 4}}
    elements = [{"asset_id": str(asset.id), "rectangles": [shape], "attributes": {"weather": "fog"}}]

    def send():
        return version.connection.post(
            f"/api/dataset/version/{version.id}/bulk-annotations",
            data=json.dumps({"import_type": "CONCATENATE", "annotations": elements}),
        )

    equal(send().json(), {str(annotation.id): 1}, "a shape with attributes")
    annotation.sync()
    equal(annotation.attributes, {"weather": "fog"}, "attributes of an annotation")
    box = annotation.list_rectangles()[0]
    equal((box.attributes, box.text), ({"doors": 4}, "T"), "attributes of a shape")
    shape["attributes"] = {"doors": 7}
    with refused(BadRequestError, "an attribute beyond its limits", saying="annotations[0].rectangles[0]"):
        send()
