"""Every public name, signature and docstring of the async side has its like on the sync side."""

from __future__ import annotations

import asyncio
import doctest
import importlib
import inspect
import pkgutil
import re

import pytest

import asyncsdk
import asyncsdk.sync
from asyncsdk.portal import SyncIterator, SyncMulti
from asyncsdk.resources.annotation_areas import AnnotationAreas
from asyncsdk.resources.annotation_marks import AnnotationMarks
from asyncsdk.resources.annotation_shape import AnnotationShape
from asyncsdk.resources.client_tags import ClientTags
from asyncsdk.resources.data_projections import DataProjections
from asyncsdk.resources.datalake_imports import DatalakeImports
from asyncsdk.resources.datalake_metadata import DatalakeMetadata
from asyncsdk.resources.datalake_projections import DatalakeProjections
from asyncsdk.resources.dataset_version_annotations import DatasetVersionAnnotations
from asyncsdk.resources.dataset_version_assets import DatasetVersionAssets
from asyncsdk.resources.dataset_version_comparing import DatasetVersionComparing
from asyncsdk.resources.dataset_version_folders import DatasetVersionFolders
from asyncsdk.resources.dataset_version_labels import DatasetVersionLabels
from asyncsdk.resources.dataset_version_tags import DatasetVersionTags
from asyncsdk.resources.downloadable import Downloadable
from asyncsdk.resources.iterating import ItemIterator
from asyncsdk.resources.multi import Multi
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.taggable import Taggable

NAMES = sorted(set(asyncsdk.__all__) - {"run", "ItemIterator"})
BASES = (
    AnnotationAreas,
    AnnotationMarks,
    AnnotationShape,
    ClientTags,
    DataProjections,
    DatalakeImports,
    DatalakeMetadata,
    DatalakeProjections,
    DatasetVersionAnnotations,
    DatasetVersionAssets,
    DatasetVersionFolders,
    DatasetVersionComparing,
    DatasetVersionLabels,
    DatasetVersionTags,
    Downloadable,
    Resource,
    Taggable,
)
RENAMED = {"aclose": "close"}
MODULES = [f"asyncsdk.sync.{one.name}" for one in pkgutil.iter_modules(asyncsdk.sync.__path__)]


def pairs():
    for name in NAMES:
        ours = getattr(asyncsdk, name)
        if inspect.isclass(ours) and ours.__module__.startswith("asyncsdk.resources."):
            yield ours, getattr(asyncsdk.sync, name)
    for ours in BASES:
        module = importlib.import_module(ours.__module__.replace("resources", "sync"))
        yield ours, getattr(module, ours.__name__)
    yield Multi, SyncMulti
    yield ItemIterator, SyncIterator


def public(kind):
    return {name for name in dir(kind) if not name.startswith("_")}


MEMBERS = [
    pytest.param(ours, theirs, name, id=f"{theirs.__name__}.{name}")
    for ours, theirs in pairs()
    for name in sorted(public(ours))
]


def test_both_sides_export_the_same_names():
    assert sorted(asyncsdk.sync.__all__) == sorted([*NAMES, "SyncIterator"])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_resource_is_the_same_object(name):
    ours, theirs = getattr(asyncsdk, name), getattr(asyncsdk.sync, name)
    is_resource = getattr(ours, "__module__", "").startswith("asyncsdk.resources.")
    assert (ours is theirs) is not is_resource


@pytest.mark.parametrize(("ours", "theirs"), [pytest.param(*pair, id=pair[1].__name__) for pair in pairs()])
def test_classes_have_the_same_members_and_a_docstring(ours, theirs):
    assert {RENAMED.get(name, name) for name in public(ours)} == public(theirs)
    assert theirs.__doc__
    assert "__dict__" not in dir(theirs), "its objects would not be slotted"


@pytest.mark.parametrize(("ours", "theirs", "name"), MEMBERS)
def test_members_are_of_one_kind_and_signature(ours, theirs, name):
    one, other = inspect.getattr_static(ours, name), inspect.getattr_static(theirs, RENAMED.get(name, name))
    assert type(one) is type(other)
    if isinstance(one, property):
        assert [one.fset, one.fdel] == [other.fset, other.fdel] == [None, None]
        one, other = one.fget, other.fget
    if isinstance(one, classmethod):
        one, other = one.__func__, other.__func__
    assert not asyncio.iscoroutinefunction(other)
    assert signature(one) == signature(other)


def signature(func):
    text = re.sub(r"\bItemIterator\b", "SyncIterator", str(inspect.signature(func)))
    return text.replace("'", "")


@pytest.mark.parametrize(("ours", "theirs", "name"), MEMBERS)
def test_members_have_docstrings_without_async_words(ours, theirs, name):
    docstring = inspect.getdoc(getattr(theirs, RENAMED.get(name, name)))
    assert docstring
    assert not re.search(r"\b(async|await)\b|\basyncsdk\.(?!sync)", docstring)
    assert inspect.getdoc(getattr(ours, name))


def test_clients_are_made_alike():
    assert signature(asyncsdk.Client.__init__) == signature(asyncsdk.sync.Client.__init__)
    assert signature(asyncsdk.Client.__aexit__) == signature(asyncsdk.sync.Client.__exit__)


@pytest.mark.parametrize("name", ["asyncsdk.sync", *MODULES])
def test_examples_are_python(name):
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.failed == 0
