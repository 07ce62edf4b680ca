"""Docstrings of the sync side: those of the async side, with other examples and a few other sentences."""

from __future__ import annotations

import re
from functools import partial

__all__ = ["SENTENCES", "sync_docstring"]

SENTENCES = {
    "A client belongs to the event loop that first uses it.": "Left open, it is closed when the program ends.",
    "on the event loop's thread": "on another thread, from which no method may be called",
}
"""What is not true of the sync side, and what is said there instead."""

_EXAMPLES = (
    (r"\basync (for|with|def)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bimport asyncsdk\b(?!\.)", "import asyncsdk.sync"),
    (r"\bfrom asyncsdk import\b", "from asyncsdk.sync import"),
    (r"\basyncsdk\.Client\b", "asyncsdk.sync.Client"),
    (r"\baclose\b", "close"),
    (r"\bItemIterator\b", "SyncIterator"),
)


def sync_docstring(text: str) -> str:
    """Return the sync side's docstring.

    Args:
        text: the async side's.

    Example:
        >>> sync_docstring("The job; `await job.wait()` waits for it.")
        'The job; `job.wait()` waits for it.'
    """
    for ours, theirs in SENTENCES.items():
        text = _flexible(ours).sub(partial(_replaced, theirs), text)
    for pattern, replacement in _EXAMPLES:
        text = re.sub(pattern, replacement, text)
    return text


def _replaced(theirs: str, found: re.Match[str]) -> str:
    """Keep the line break that is inside of a sentence, in front of the new one."""
    line_break = re.search(r"\n\s*", found[0])
    return theirs if line_break is None else line_break[0] + theirs


def _flexible(sentence: str) -> re.Pattern[str]:
    """Match a sentence also where a line ends inside of it."""
    return re.compile(r"\s+".join(map(re.escape, sentence.split())))
