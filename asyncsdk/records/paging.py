"""Answers that carry a list."""

from __future__ import annotations

from typing import Generic, TypeVar

import attrs

from asyncsdk.records.absent import absent

__all__ = ["Items", "Page"]

T = TypeVar("T")


@attrs.frozen
class Items(Generic[T]):
    """A whole list in one answer (shape S of the protocol)."""

    items: list[T]


@attrs.frozen
class Page(Generic[T]):
    """One page of a listing (shapes O, C and X of the protocol)."""

    items: list[T]

    count: int
    """Everything that matches, before limit and offset."""

    next_cursor: str | None = None
    """Where the next page starts; `None` at the end."""

    shards: tuple[str, ...] = absent(())
    """Our addition: cursors for walking the pages after this one in parallel, in listing order."""
