from __future__ import annotations

import io
import sys

import pytest

from asyncsdk.flow.progress import ProgressEvent, Reporter, open_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_callable_gets_each_step():
    events = []
    with open_progress(events.append, stage="download", total=None, unit="file") as reporter:
        reporter.advance(item="a.jpg")
        reporter.expect(3)
        reporter.advance(2, item="b.jpg", failed=1)
    assert events == [
        ProgressEvent(stage="download", done=1, total=None, unit="file", item="a.jpg"),
        ProgressEvent(stage="download", done=1, total=3, unit="file", item="a.jpg"),
        ProgressEvent(stage="download", done=3, total=3, unit="file", item="b.jpg", failed=1),
    ]


def test_what_a_callable_raises_comes_through():
    def refuse(_):
        raise ValueError("enough")

    with (
        pytest.raises(ValueError, match="enough"),
        open_progress(refuse, stage="tag", total=1, unit="asset") as reporter,
    ):
        reporter.advance()


@pytest.mark.parametrize("progress", [None, False])
def test_nobody_looks_on(progress, monkeypatch):
    stderr = Terminal() if progress is False else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    with open_progress(progress, stage="tag", total=1, unit="asset") as reporter:
        reporter.advance()
    assert stderr.getvalue() == ""
    assert reporter.event.done == 1


@pytest.mark.parametrize("stderr", [None, Terminal()])
def test_without_standard_error_there_is_no_bar(stderr, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stderr)
    reporter = open_progress(None, stage="tag", total=1, unit="asset")
    assert (type(reporter) is Reporter) is (stderr is None)
    reporter.close()


def test_a_terminal_gets_a_bar(monkeypatch):
    stderr = Terminal()
    monkeypatch.setattr(sys, "stderr", stderr)
    with open_progress(None, stage="upload", total=None, unit="file") as reporter:
        reporter.expect(4)
        reporter.advance(3, failed=1)
    text = stderr.getvalue()
    assert "upload" in text
    assert "3/4" in text
    assert "failed=1" in text
