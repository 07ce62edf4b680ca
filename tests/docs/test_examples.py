"""Every block of Python in the documentation runs, on a platform of its own.

The blocks of a page run in their order and share their names. A function that a block makes and does not call is
called, with what its parameters are named after (see `docs_world.py`). A block that cannot run says so behind its
language, as in ```` ```python compiled: needs an account ````, and is compiled.
"""

from __future__ import annotations

import ast
import builtins
import inspect

import anyio
import pytest
from anyio import to_thread
from docs_pages import PAGES, blocks_of
from docs_world import World, make_files

import asyncsdk

WITH_PYTHON = [page for page in PAGES if blocks_of(page, "python")]


@pytest.fixture(scope="module")
def alone(platforms, tmp_path_factory):
    """A platform for examples, which talk to the organization of its administrator."""
    with platforms(tmp_path_factory.mktemp("docs") / "workspace") as platform:
        yield platform


@pytest.fixture
async def world(request, alone, tmp_path, monkeypatch):
    """What examples name; the current folder has their files, and `workspace` of the platform."""
    make_files(tmp_path)
    (tmp_path / "workspace").symlink_to(alone.workspace)
    monkeypatch.chdir(tmp_path)
    async with asyncsdk.Client.embedded("workspace") as client:
        yield World(request.param, alone, client)


def used_names(tree):
    """Return the names that a block uses outside of its functions and does not make itself."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    outside = [node for one in tree.body if not isinstance(one, functions) for node in ast.walk(one)]
    names = [node for node in outside if isinstance(node, ast.Name)]
    made = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return {node.id for node in names if isinstance(node.ctx, ast.Load)} - made - set(vars(builtins))


def uncalled_functions(tree):
    """Return the names of the functions that a block makes and does not call."""
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [one.name for one in functions if one.name not in calls]


async def run_block(block, names, world):
    tree = block.tree
    for name in used_names(tree) - set(names):
        if world.has(name):
            names[name] = await world.get(name)
    code = compile(tree, block.place, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if code.co_flags & inspect.CO_COROUTINE:
        await eval(code, names)
    else:
        await to_thread.run_sync(exec, code, names)  # as in a plain script, no event loop runs
    for name in uncalled_functions(tree):
        function = names[name]
        result = function(*[await world.get(one) for one in inspect.signature(function).parameters])
        if inspect.isawaitable(result):
            await result


def close_clients(names):
    for value in names.values():
        if type(value).__module__.startswith("asyncsdk.sync") and hasattr(value, "close"):
            value.close()


@pytest.mark.parametrize(("page", "world"), [(page, page) for page in WITH_PYTHON], indirect=["world"])
async def test_the_python_of_a_page_runs(page, world):
    names = {"__name__": "example", "asyncsdk": asyncsdk}
    try:
        for block in blocks_of(page, "python"):
            if not block.remark:
                with anyio.fail_after(60):
                    await run_block(block, names, world)
    finally:
        await to_thread.run_sync(close_clients, names)


@pytest.mark.parametrize("page", WITH_PYTHON)
def test_what_is_not_run_says_why(page):
    for block in blocks_of(page, "python"):
        if block.remark:
            kind, _, reason = block.remark.partition(": ")
            assert kind == "compiled", block.place
            assert len(reason.split()) > 2, block.place
            assert block.tree
