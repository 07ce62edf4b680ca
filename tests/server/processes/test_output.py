"""Bytes to lines, within bounds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncsdk.server.processes import output
from asyncsdk.server.processes.output import Output


def fed(*chunks):
    made = Output()
    for chunk in chunks:
        made.feed(chunk)
    made.finish()
    return made


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"])), max_size=9),
    st.data(),
)
def test_lines_do_not_depend_on_the_chunks(lines, data):
    content = "\n".join(lines).encode() + b"\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=9)))
    chunks = [content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    assert fed(*chunks).lines == (lines or [""])


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"no end", ["no end"]),
        (b"windows\r\nlines\r\n", ["windows", "lines"]),
        (b"10 %\r50 %\r100 %\nnext\n", ["100 %", "next"]),
        (b"10 %\r", ["10 %"]),
        (b"\xff\xfe\n", ["\ufffd\ufffd"]),
        (b"a\0b\n", ["a\0b"]),
        (b"\n\n", ["", ""]),
    ],
)
def test_odd_lines(content, lines):
    assert fed(content).lines == lines
    assert fed(*(bytes([byte]) for byte in content)).lines == lines


@pytest.mark.parametrize(
    ("line", "progress"), [("0", 0), ("1", 1), ("1.0", 1), ("0.25", 0.25), (".5", 0.5), ("0.5 \r", 0.5)]
)
def test_progress_is_told_on_a_line_of_its_own(line, progress):
    made = fed(f"a\n::progress {line}\nb\n".encode())
    assert (made.lines, made.progress, made.tail) == (["a", "b"], progress, ["a", "b"])


@pytest.mark.parametrize("line", ["", "2", "1.5", "-0.5", "nan", "0,5", "0.5 done", "0x1", "0.\u0665"])
def test_what_is_no_progress_is_a_line(line):
    made = fed(f"::progress {line}\n".encode())
    assert (made.lines, made.progress) == ([f"::progress {line}"], None)


def test_a_long_line_is_cut():
    made = fed(b"x" * 5000, b"y" * 10_000, b"\nnext")
    assert made.lines == ["x" * 5000 + "y" * 3192 + "… (6808 more bytes)", "next"]


def test_beyond_the_bounds_only_the_end_is_kept(monkeypatch):
    monkeypatch.setattr(output, "MOST_LINES", 3)
    made = fed(b"".join(b"%d\n" % number for number in range(30)))
    assert made.lines == [
        "0",
        "1",
        "2",
        "(the log is full: what follows is left out)",
        "(27 more lines were left out)",
    ]
    assert made.tail == [str(number) for number in range(10, 30)]


def test_bytes_are_bounded_too(monkeypatch):
    monkeypatch.setattr(output, "MOST_BYTES", 10)
    assert len(fed(b"123456\n" * 9).lines) == 4
