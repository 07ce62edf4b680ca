from __future__ import annotations

import io
import sys

import pytest

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.flow.progress import ProgressEvent, Reporter, open_progress
from asyncsdk.flow.progress_bars import LogLines, NotebookBar, bar_for


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


@pytest.mark.parametrize("wrong", [True, "bar", 1])
def test_what_is_no_way_to_tell_is_refused_before_the_work(wrong):
    with pytest.raises(InvalidArgumentError, match="progress must be"):
        open_progress(wrong, stage="upload", total=1, unit="file")


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
    assert "1 failed" in text


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


class Publisher:
    def __init__(self):
        self.kernel, self.display_pub, self.shown = None, self, []

    def publish(self, data, *, transient, update):
        self.shown.append((data["text/plain"], data["text/html"], transient["display_id"], update))


def event(**changes):
    return ProgressEvent(**{"stage": "download", "done": 0, "total": 4, "unit": "file"} | changes)


def test_a_notebook_gets_one_bar_that_is_drawn_anew_now_and_then():
    clock, shell = Clock(), Publisher()
    with NotebookBar(event(), shell, clock) as reporter:
        reporter.advance()
        clock.now = 0.2
        reporter.advance()
        reporter.advance(2, failed=1)
    texts, pages, ids, updates = zip(*shell.shown, strict=True)
    assert texts == (
        "download: 0 of 4 files, 0.0 s",
        "download: 2 of 4 files, 0.2 s",
        "download: 4 of 4 files, 1 failed, 0.2 s",
    )
    assert 'max="4" value="2"' in pages[1]
    assert len(set(ids)) == 1
    assert updates == (False, True, True)


def test_a_notebook_shows_work_without_a_known_end():
    shell = Publisher()
    NotebookBar(event(total=None, stage="<b>"), shell, Clock()).close()
    assert "value=" not in shell.shown[0][1]
    assert "&lt;b&gt;: 0 files" in shell.shown[0][1]


def test_a_log_gets_a_line_every_ten_seconds_and_at_the_end(caplog):
    caplog.set_level("INFO", logger="asyncsdk.progress")
    clock = Clock()
    with LogLines(event(total=100), clock) as reporter:
        for _ in range(100):
            clock.now += 0.25
            reporter.advance()
    assert [record.getMessage() for record in caplog.records] == [
        "download: 40 of 100 files, 10.0 s",
        "download: 80 of 100 files, 20.0 s",
        "download: 100 of 100 files, 25.0 s",
    ]


def test_a_program_that_logs_gets_lines_and_one_that_does_not_gets_nothing(monkeypatch, caplog):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert type(bar_for(event())) is Reporter
    caplog.set_level("INFO")
    assert type(bar_for(event())) is LogLines
