"""Annotations without `await`: labels go in, objects and records come out."""

from __future__ import annotations

import asyncsdk.sync
from asyncsdk.sync import Annotation, Client, Label, LoadedAnnotation, NewPoint, Rectangle


def test_annotating_and_loading(workspace, images):
    with Client.embedded(workspace) as client:
        version = client.create_dataset("birds").create_version("v1")
        version.add_data(client.get_datalake().upload_data(images), wait=True)
        car = version.create_label("car")
        first, second = version.list_assets(limit=2)
        annotation = first.create_annotation(status="accepted")
        box = annotation.create_rectangle(1, 2, 3, 4, car, text="AB-123")
        assert isinstance(box, Rectangle)
        assert isinstance(box.label, Label)
        assert (box.label, box.text) == (car, "AB-123")
        points = annotation.create_multiple_points([([1, 1], car), NewPoint(point=(2, 2), label_id=car.id)])
        assert [one.coords for one in points] == [[1, 1], [2, 2]]
        second.create_annotation().overwrite(rectangles=[(0, 0, 5, 5, car)], classifications=[car])

        walk = version.iter_annotations()
        assert isinstance(walk, asyncsdk.sync.SyncIterator)
        found = list(walk)
        assert {type(one) for one in found} == {Annotation}
        assert found == list(version.list_annotations())
        loaded = list(version.iter_annotations(shapes=True))
        assert {type(one) for one in loaded} == {LoadedAnnotation}
        assert [one.id for one in loaded] == [one.id for one in found]
        assert [len(one.rectangles) for one in loaded] == [1, 1]
        by_asset = version.load_annotations(assets=[first, second])
        assert list(by_asset) == [first.id, second.id]
        version.delete_all_annotations()
        assert version.load_annotations() == {}
