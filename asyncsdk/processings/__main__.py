"""Runs a Python function as a processing: `python -m asyncsdk.processings module:function`."""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from asyncsdk.errors import AsyncSDKError, ConfigurationError
from asyncsdk.flow.loop import run
from asyncsdk.processings.context import Context, read_context
from asyncsdk.records import codec


def main() -> None:
    """Call the function, and leave what it returns as the result."""
    try:
        function = _find(sys.argv[1])
        context = read_context(os.environ)
        result = function(context)
        if inspect.iscoroutine(result):
            result = run(result)
    except AsyncSDKError as error:
        sys.exit(f"{type(error).__name__}: {error}")
    if result is not None:
        Path(os.environ["ASYNCSDK_RESULT"]).write_bytes(codec.encode(result))


def _find(point: str) -> Callable[[Context], Any]:
    """Return the function; errors of its module are its own."""
    module, _, name = point.partition(":")
    function = getattr(importlib.import_module(module), name, None)
    if not callable(function):
        raise ConfigurationError(f"{module} has no function {name!r}")
    found: Callable[[Context], Any] = function
    return found


if __name__ == "__main__":
    main()
