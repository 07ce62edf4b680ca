from __future__ import annotations

import pytest

from asyncsdk.resources.iterating import ItemIterator


class Pages:
    """Pages from a script; an exception among them is raised."""

    def __init__(self, *pages):
        self.pages, self.closed = list(pages), 0

    async def next_page(self):
        if self.closed or not self.pages:
            return None
        page = self.pages.pop(0)
        if isinstance(page, Exception):
            raise page
        return page

    async def aclose(self):
        self.closed += 1


async def test_items_in_order_and_wrapped_when_they_are_asked_for():
    wrapped = []

    def wrap(number):
        wrapped.append(number)
        return str(number)

    items = ItemIterator(Pages([1, 2], [], [3]), wrap)
    assert aiter(items) is items
    assert await anext(items) == "1"
    assert wrapped == [1]
    assert [item async for item in items] == ["2", "3"]
    with pytest.raises(StopAsyncIteration):
        await anext(items)


async def test_pages_go_on_where_the_items_were():
    items = ItemIterator(Pages([1, 2, 3], [4]), str)
    assert await anext(items) == "1"
    assert await items.next_page() == ["2", "3"]
    assert await items.next_page() == ["4"]
    assert await items.next_page() is None


async def test_an_error_comes_where_it_is_reached():
    items = ItemIterator(Pages([1, 2], ValueError("page 2")), str)
    assert [await anext(items), await anext(items)] == ["1", "2"]
    with pytest.raises(ValueError, match="page 2"):
        await anext(items)


async def test_closed_it_gives_nothing_more():
    pages = Pages([1, 2], [3])
    items = ItemIterator(pages, str)
    assert await anext(items) == "1"
    await items.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(items)
    assert pages.closed == 1


async def test_async_with_closes_also_on_an_error():
    pages = Pages([1])
    with pytest.raises(KeyError):
        async with ItemIterator(pages, str) as items:
            raise KeyError(await anext(items))
    assert pages.closed == 1
