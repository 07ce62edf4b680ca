"""Assertions that say what was expected where; they are counted."""

from __future__ import annotations

import contextlib

__all__ = ["count", "equal", "holds", "refused"]

_done = 0


def count():
    """Return how many checks have passed."""
    return _done


def holds(fact, what):
    """Fail unless `fact` is true."""
    global _done  # noqa: PLW0603 - one script, one count
    if not fact:
        raise AssertionError(f"{what}: does not hold")
    _done += 1


def equal(got, wanted, what):
    """Fail unless two values are equal."""
    holds(got == wanted, f"{what}\n  got    {_short(got)}\n  wanted {_short(wanted)}")


@contextlib.contextmanager
def refused(kind, what, *, saying=""):
    """Fail unless the block raises exactly `kind`, with `saying` somewhere in its text."""
    try:
        yield
    except Exception as error:
        if type(error) is not kind:
            raise AssertionError(f"{what}: {kind.__name__} expected, got {error!r}") from error
        holds(saying in str(error), f"{what}: {saying!r} in {str(error)!r}")
    else:
        raise AssertionError(f"{what}: {kind.__name__} expected, but it was accepted")


def _short(value):
    text = repr(value)
    return text if len(text) < 1000 else f"{text[:1000]}… ({len(text)} characters)"
