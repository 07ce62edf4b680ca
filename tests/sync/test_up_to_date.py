from __future__ import annotations

from importlib.util import find_spec

import pytest

from asyncsdk._tools import generate_sync


@pytest.mark.skipif(find_spec("ruff") is None, reason="ruff formats the sync side: dependency group 'lint'")
def test_the_sync_side_is_what_the_generator_writes(capsys):
    assert generate_sync.main(["--check"]) == 0, capsys.readouterr().err
