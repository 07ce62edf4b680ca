"""Deleting many annotations, a label or a tag in parts gives what one transaction gave."""

from __future__ import annotations

import pytest

from asyncsdk.server.services import annotation_deleting, labels, tags
from asyncsdk.server.services.annotation_filters import EVERYTHING, AnnotationFilter
from asyncsdk.server.services.scope import authenticate, hash_token
from asyncsdk.wire import routes


@pytest.fixture
async def annotated(api, rows):
    """A version of six assets, each with an annotation of three boxes; gives its id and the label's."""
    version = await api.add_version()
    await api.add_assets(version, rows.data(6))
    label = (await api.call(routes.CREATE_LABEL, {"name": "car"}, version=version, expect=201))["id"]
    boxes = [{"label_id": label, "x": 0, "y": 0, "w": 2, "h": 2}] * 3
    assets = (await api.call(routes.LIST_ASSETS, version=version))["items"]
    body = {"annotations": [{"asset_id": one["id"], "rectangles": boxes} for one in assets]}
    await api.call(routes.BULK_ANNOTATIONS, {"import_type": "REPLACE"} | body, version=version)
    return version, label


def counting(monkeypatch, module, name):
    """Note what a function that is a part's unit of work returns."""
    parts, work = [], getattr(module, name)

    def noted(*args):
        part = yield from work(*args)
        parts.append(part)
        return part

    monkeypatch.setattr(module, name, noted)
    return parts


def part_of(api, wanted, version, already):
    def work():
        scope = yield from authenticate(hash_token(api.org.token))
        return (yield from annotation_deleting.delete_some_annotations(scope, version, wanted, already))

    return api.org.platform.write(work())


@pytest.mark.parametrize(
    ("most", "most_rows", "parts"),
    [
        (100, 100, [None]),
        (6, 24, [6, None]),
        (4, 100, [4, None]),
        (100, 8, [2, 4, None]),
        (100, 1, [1, 2, 3, 4, 5, None]),
    ],
)
async def test_parts_of_annotations_count_their_rows(
    api, annotated, monkeypatch, check_store, most, most_rows, parts
):
    monkeypatch.setattr(annotation_deleting, "_MOST", most)
    monkeypatch.setattr(annotation_deleting, "_MOST_ROWS", most_rows)
    version, _ = annotated
    wanted, seen, already = AnnotationFilter(asset_ids=[EVERYTHING]), [], 0
    while (part := part_of(api, wanted, version, already)) is not None:
        seen.append(part)
        already = part
    assert [*seen, None] == parts
    answer = await api.call(routes.DELETE_MANY_ANNOTATIONS, {"asset_ids": [EVERYTHING]}, version=version)
    assert answer == {"count": 6 - already}
    check_store()


async def test_the_answer_counts_all_parts_and_is_kept(api, annotated, monkeypatch):
    monkeypatch.setattr(annotation_deleting, "_MOST", 2)
    version, _ = annotated
    path = routes.DELETE_MANY_ANNOTATIONS.path(version=version)
    sent = {"json": {"asset_ids": [EVERYTHING]}, "headers": {"Idempotency-Key": "a-key-of-sixteen-or-more"}}
    for _ in range(2):
        assert await api("DELETE", path, **sent) == {"count": 6}


async def test_a_label_goes_with_all_its_shapes(api, annotated, monkeypatch, check_store):
    parts = counting(monkeypatch, labels, "delete_some_shapes")
    monkeypatch.setattr(labels, "_DELETE_SOME", some_of(labels, monkeypatch))
    version, label = annotated
    await api.call(routes.DELETE_LABEL, label=label)
    assert parts == [0, 0, 0, 0, None]  # 18 boxes by 5
    assert await api.call(routes.LIST_LABELS, version=version) == {"items": [], "count": 0}
    loaded = await api.call(routes.LIST_ANNOTATION_IDS, version=version)
    assert len(loaded) == 6
    check_store()


async def test_a_tag_is_taken_from_all_objects(api, rows, monkeypatch, check_store):
    parts = counting(monkeypatch, tags, "detach_some")
    version = await api.add_version()
    tag = (await api.call(routes.CREATE_ASSET_TAG, {"name": "val"}, version=version, expect=201))["id"]
    await api.add_assets(version, rows.data(7), [tag])
    await api.call(routes.DELETE_TAG, tag=tag)
    assert parts == [0, None]
    check_store()


def some_of(module, monkeypatch):
    monkeypatch.setattr(module, "_MOST_AT_ONCE", 5)
    return tuple(module._deleting(table) for table in (module.shape, module.track))
