"""Both sides have the methods of the seed document, and what we add to them is keyword-only."""

from __future__ import annotations

import inspect

import pytest
from seed.signatures import METHODS
from seed.table import default_text

import asyncsdk
import asyncsdk.sync


@pytest.mark.parametrize("side", [asyncsdk, asyncsdk.sync], ids=lambda side: side.__name__)
@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_names_order_and_defaults_are_those_of_the_document(method, side):
    ours = getattr(side.DatasetVersion, method.name, None)
    assert ours is not None, f"{side.__name__}.DatasetVersion has no {method.name}"
    assert inspect.iscoroutinefunction(ours) is (side is asyncsdk)
    _, *parameters = inspect.signature(ours).parameters.values()
    own, added = parameters[: len(method.parameters)], parameters[len(method.parameters) :]
    assert [(one.name, _default(one)) for one in own] == list(method.parameters.items())
    assert all(one.kind is one.POSITIONAL_OR_KEYWORD for one in own)
    assert all(one.kind is one.KEYWORD_ONLY for one in added)
    assert all(one.default is not one.empty for one in added), "an added argument needs a default"


def _default(parameter):
    return None if parameter.default is parameter.empty else default_text(parameter.default)
