"""Journals of unfinished work."""

from __future__ import annotations

import pytest

from asyncsdk.errors import ConfigurationError
from asyncsdk.flow.journal import Journal


def test_work_that_is_finished_is_forgotten(tmp_path):
    path = tmp_path / "deep" / "work.journal"
    journal = Journal.open(path, plan="p")
    assert (journal.resumed, journal.plan, path.exists()) == (False, "p", True)
    journal.finish()
    journal.finish()
    assert not path.exists()
    journal.close()
    again = Journal.open(path, plan="p")
    assert again.salt != journal.salt
    again.close()


def test_work_that_was_broken_off_is_remembered(tmp_path):
    path = tmp_path / "work.journal"
    first = Journal.open(path, plan="p")
    for key in "abc":
        first.begin(key, note=key * 2)
    first.end("a", {"made": 1})
    first.drop("b")
    first.close()
    second = Journal.open(path, plan="another")
    assert (second.resumed, second.plan, second.salt) == (True, "p", first.salt)
    assert second.started_at == first.started_at
    assert (second.done, second.begun) == ({"a": {"made": 1}}, {"c": "cc"}) == (first.done, first.begun)
    second.end("c", None)
    second.close()
    third = Journal.open(path, plan="p")
    assert third.begun == {}
    third.close()


@pytest.mark.parametrize("cut", range(1, 40, 7))
def test_a_line_that_was_broken_off_does_not_count(tmp_path, cut):
    path = tmp_path / "work.journal"
    journal = Journal.open(path, plan="p")
    journal.begin("a")
    whole = path.read_bytes()
    journal.end("a", {"made": 1})
    path.write_bytes(path.read_bytes()[:-cut])
    journal.close()
    again = Journal.open(path, plan="p")
    assert (again.done, again.begun) == ({}, {"a": None})
    again.end("a", {"made": 2})
    again.close()
    third = Journal.open(path, plan="p")
    assert third.done == {"a": {"made": 2}}
    third.close()
    path.write_bytes(whole[:20])
    fourth = Journal.open(path, plan="p")
    assert not fourth.resumed
    fourth.close()


def test_work_is_done_once_at_a_time(tmp_path):
    path = tmp_path / "work.journal"
    first = Journal.open(path, plan="p")
    with pytest.raises(ConfigurationError, match="being done already"):
        Journal.open(path, plan="p")
    first.finish()
    second = Journal.open(path, plan="p")  # the file of the first is gone, and so is what it locked
    assert second.salt != first.salt
    first.close()
    with pytest.raises(ConfigurationError, match="being done already"):
        Journal.open(path, plan="p")
    second.close()


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="ASYNCSDK_STATE"):
        Journal.open(tmp_path / "file" / "work.journal", plan="p")
