"""How a Python function becomes a processing."""

from __future__ import annotations

import runpy
import sys

import orjson
import pytest

from asyncsdk.errors import ConfigurationError, NoDataError
from asyncsdk.processings import context as contexts

JOB = {
    "job_id": "j", "organization_id": "o", "target": {"type": "DATALAKE", "id": "l"}, "ids": ["d"],
    "parameters": {"a": 1}, "inputs": {"b": "c"}, "cpu": 2, "gpu": 0, "processing": {"id": "p"},
}  # fmt: skip


def give_back(context):
    """A plain function."""
    return {"target": context.target_id, "ids": context.ids, "parameters": context.parameters}


async def give_nothing(context):
    context.progress(-1)
    context.progress(0.25)
    context.progress(7)


def fail(context):
    raise NoDataError("there is nothing to do")


@pytest.fixture
def start(tmp_path, monkeypatch):
    """A function that runs a function of this module as the platform does; it gives the result."""
    (tmp_path / "job.json").write_bytes(orjson.dumps(JOB))
    result = tmp_path / "result.json"
    for name, value in {
        "host": "http://h",
        "api_token": "hush",
        "ASYNCSDK_JOB": str(tmp_path / "job.json"),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ASYNCSDK_RESULT", str(result))
    monkeypatch.setitem(sys.modules, "functions_of_this_test", sys.modules[__name__])

    def start(name):
        monkeypatch.setattr(sys, "argv", ["processings", f"functions_of_this_test:{name}"])
        runpy.run_module("asyncsdk.processings", run_name="__main__", alter_sys=False)
        return orjson.loads(result.read_bytes()) if result.exists() else None

    return start


def test_what_a_function_returns_is_the_result(start):
    assert start("give_back") == {"target": "l", "ids": ["d"], "parameters": {"a": 1}}


def test_a_coroutine_that_gives_nothing_leaves_no_result(start, capsys):
    assert start("give_nothing") is None
    lines = ["::progress 0.0000", "::progress 0.2500", "::progress 1.0000"]
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize(
    ("name", "said"),
    [("fail", "NoDataError: there is nothing to do"), ("none", "has no function 'none'")],
)
def test_an_error_of_the_package_is_told_in_a_line(start, name, said):
    with pytest.raises(SystemExit, match=said):
        start(name)


def test_the_token_is_not_shown(start, tmp_path):
    environ = {"ASYNCSDK_JOB": str(tmp_path / "job.json"), "host": "http://h", "api_token": "hush"}
    context = contexts.read_context(environ)
    assert "hush" not in repr(context)
    assert (context.api_token, context.cpu, context.inputs) == ("hush", 2, {"b": "c"})


@pytest.mark.parametrize("lacking", ["ASYNCSDK_JOB", "host", "api_token"])
def test_it_runs_on_a_platform_only(start, tmp_path, lacking):
    environ = {"ASYNCSDK_JOB": str(tmp_path / "job.json"), "host": "http://h", "api_token": "hush"}
    del environ[lacking]
    with pytest.raises(ConfigurationError, match="runs as a processing, on a platform"):
        contexts.read_context(environ)
