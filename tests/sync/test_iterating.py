from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from asyncsdk import portal
from asyncsdk.errors import AsyncSDKError
from asyncsdk.flow.pages import PageReader, PageRequest
from asyncsdk.portal import SyncIterator
from asyncsdk.records.paging import Page


class Source:
    """Gives pages, and counts what is asked of it."""

    def __init__(self, *pages):
        self.pages = list(pages)
        self.asked = 0
        self.closed = 0
        self.loops = set()

    async def next_page(self):
        self.asked += 1
        self.loops.add(asyncio.get_running_loop())
        page = self.pages.pop(0) if self.pages else None
        if isinstance(page, Exception):
            raise page
        return page

    async def aclose(self):
        self.closed += 1
        self.loops.add(asyncio.get_running_loop())


async def running_tasks() -> int:
    return len(asyncio.all_tasks()) - 1


def test_it_crosses_the_thread_once_a_page_and_once_at_the_end():
    source = Source([1, 2, 3], [], [4])
    assert list(SyncIterator(source)) == [1, 2, 3, 4]
    assert (source.asked, source.closed, len(source.loops)) == (4, 1, 1)


def test_nothing_follows_the_end():
    items = SyncIterator(Source([1]))
    assert [next(items), next(items, None), next(items, None)] == [1, None, None]
    assert items.next_page() is None


def test_items_are_wrapped_one_by_one():
    made = []

    def wrap(item):
        made.append(item)
        return str(item)

    items = SyncIterator(Source([1, 2, 3]), wrap)
    assert next(items) == "1"
    assert made == [1]


def test_pages_come_whole_and_begun_ones_with_their_rest():
    items = SyncIterator(Source([1, 2, 3], [4, 5]), str)
    assert next(items) == "1"
    assert items.next_page() == ["2", "3"]
    assert items.next_page() == ["4", "5"]
    assert items.next_page() is None


def test_closing_ends_it_at_once_and_only_once():
    source = Source([1, 2], [3])
    with SyncIterator(source) as items:
        assert next(items) == 1
    items.close()
    assert source.closed == 1
    assert list(items) == []


def test_an_error_comes_where_it_is_reached():
    items = SyncIterator(Source([1], AsyncSDKError("broken")))
    assert next(items) == 1
    with pytest.raises(AsyncSDKError, match="broken"):
        next(items)


def endless() -> SyncIterator[int]:
    async def fetch(request: PageRequest) -> Page[int]:
        start = int(request.cursor or 0)
        if start:
            await asyncio.sleep(600)
        return Page(items=[start, start + 1], count=None, next_cursor=str(start + 2))

    return SyncIterator(PageReader(fetch, page_size=2))


def wait_until_nothing_runs() -> None:
    while portal.call(running_tasks):
        portal.call(asyncio.sleep, 0)


@pytest.mark.parametrize("abandon", ["close", "drop", "never begun"])
def test_an_abandoned_one_leaves_nothing_running(abandon):
    wait_until_nothing_runs()
    items = endless()
    source = weakref.ref(items._source)
    if abandon != "never begun":
        assert next(items) == 0
        assert portal.call(running_tasks) == 1
    if abandon == "close":
        items.close()
        assert portal.call(running_tasks) == 0
    del items
    wait_until_nothing_runs()
    gc.collect()
    assert source() is None


def test_one_that_was_left_in_a_for_loop_is_closed():
    source = Source([1, 2], [3])
    for item in SyncIterator(source):
        if item == 1:
            break
    wait_until_nothing_runs()
    assert source.closed == 1


def test_a_whole_listing(client, images):
    datalake = client.get_datalake()
    data = datalake.upload_data(images)
    listed = list(datalake.iter_data(page_size=4, order_by=["filename"]))
    assert [item.filename for item in listed] == [path.name for path in images]
    assert set(listed) == set(data)
    assert datalake.iter_data(limit=3).next_page() == list(datalake.list_data(limit=3))


def test_the_bytes_of_a_file(client, images):
    datalake = client.get_datalake()
    data = datalake.upload_data(images[0])[0]
    with data.stream() as chunks:
        assert b"".join(chunks) == data.read() == images[0].read_bytes()
