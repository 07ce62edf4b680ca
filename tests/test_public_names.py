"""The names that `asyncsdk` exports."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import asyncsdk
from asyncsdk import errors
from asyncsdk.resources.resource import Resource


def test_they_are_sorted_and_each_once():
    own = [name for name in asyncsdk.__all__ if name not in errors.__all__]
    assert own == sorted(own)
    assert errors.__all__ == sorted(errors.__all__)
    assert len(set(asyncsdk.__all__)) == len(asyncsdk.__all__)


@pytest.mark.parametrize("name", asyncsdk.__all__)
def test_each_is_there_and_documented(name):
    thing = getattr(asyncsdk, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert thing.__doc__


def test_every_error_is_public():
    raised = {
        thing
        for thing in vars(errors).values()
        if inspect.isclass(thing) and issubclass(thing, Exception) and thing.__module__ == errors.__name__
    }
    assert raised == {getattr(asyncsdk, name) for name in errors.__all__}
    assert all(issubclass(thing, asyncsdk.AsyncSDKError) for thing in raised)


def test_every_resource_is_public():
    package = importlib.import_module("asyncsdk.resources")
    modules = [
        importlib.import_module(f"{package.__name__}.{m.name}")
        for m in pkgutil.iter_modules(package.__path__)
    ]
    resources = {
        name
        for module in modules
        for name in module.__all__
        if inspect.isclass(thing := getattr(module, name))
        and issubclass(thing, Resource)
        and not thing.__subclasses__()
    }
    assert resources <= set(asyncsdk.__all__)
    assert {"MultiAsset", "MultiData", "Client", "ItemIterator"} <= set(asyncsdk.__all__)


def test_star_import_gives_them_all():
    names = {}
    exec("from asyncsdk import *", names)
    assert set(asyncsdk.__all__) <= set(names)


def test_importing_needs_no_part_of_the_platform():
    script = (
        "import sys, asyncsdk;"
        "print(sorted(name for name in sys.modules"
        " if name.startswith('asyncsdk.server') or name in ('sqlalchemy', 'lark', 'av', 'typer')))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
