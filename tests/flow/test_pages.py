from __future__ import annotations

import asyncio
import gc
import weakref
from itertools import pairwise

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import AsyncSDKError, InvalidArgumentError, ProtocolError
from asyncsdk.flow.pages import PageReader, PageRequest
from asyncsdk.records.paging import Page


class Listing:
    """A platform's listing of `size` numbers, served in each of the ways that platforms page."""

    def __init__(self, size, *, cursors=True, shards=0, cap=1000):
        self.size, self.cursors, self.shards, self.cap = size, cursors, shards, cap
        self.requests: list[PageRequest] = []
        self.now = self.most = 0

    async def fetch(self, request):
        self.requests.append(request)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0)
            return self.page(request)
        finally:
            self.now -= 1

    def page(self, request):
        if request.cursor:
            start, end = map(int, request.cursor.split("-"))
        else:
            start, end = request.offset or 0, self.size
        limit = min(request.limit, self.cap)
        stop = min(start + limit, end)
        cursor = f"{stop}-{end}" if self.cursors and stop < end else None
        shards = ()
        if self.shards and not request.cursor and stop < end:
            edges = [*range(stop, end, self.shards), end]
            shards = tuple(f"{a}-{b}" for a, b in pairwise(edges))
        return Page(
            items=list(range(start, max(start, stop))), count=self.size, next_cursor=cursor, shards=shards
        )


async def settle_down():
    for _ in range(5):
        await asyncio.sleep(0)


async def read(listing, **options):
    return [number async for number in PageReader(listing.fetch, **options)]


KINDS = {
    "cursor": {},
    "shards of one page": {"shards": 10},
    "long shards": {"shards": 25},
    "no cursors": {"cursors": False},
    "no cursors and small pages": {"cursors": False, "cap": 3},
    "cursors and small pages": {"cap": 3},
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("parallel_offsets", [False, True])
@given(
    size=st.integers(0, 120),
    limit=st.none() | st.integers(0, 130),
    offset=st.none() | st.integers(0, 130),
    read_ahead=st.integers(1, 6),
)
def test_every_way_of_paging_gives_the_same(kind, parallel_offsets, size, limit, offset, read_ahead):
    listing = Listing(size, **KINDS[kind])
    got = asyncio.run(
        read(
            listing,
            page_size=10,
            limit=limit,
            offset=offset,
            read_ahead=read_ahead,
            parallel_offsets=parallel_offsets,
        )
    )
    start = offset or 0
    assert got == list(range(size))[start : None if limit is None else start + limit]
    assert listing.most <= read_ahead
    assert all(1 <= request.limit <= 10 for request in listing.requests)


async def test_cursor_pages_in_turn():
    listing = Listing(25)
    assert await read(listing, page_size=10) == list(range(25))
    assert listing.requests == [
        PageRequest(10),
        PageRequest(10, cursor="10-25"),
        PageRequest(10, cursor="20-25"),
    ]


@pytest.mark.parametrize(
    ("options", "kind"),
    [({"parallel_offsets": True}, {}), ({}, {"shards": 10}), ({}, {"cursors": False})],
)
async def test_pages_come_in_parallel_but_bounded(options, kind):
    listing = Listing(200, **kind)
    assert await read(listing, page_size=10, read_ahead=5, **options) == list(range(200))
    assert listing.most == 5
    assert len(listing.requests) == 20


async def test_no_page_is_fetched_beyond_the_limit():
    listing = Listing(1000, shards=10)
    assert await read(listing, page_size=10, limit=25, read_ahead=8) == list(range(25))
    assert len(listing.requests) == 3
    assert await read(Listing(5), limit=0) == []


async def test_read_ahead_stops_at_its_bound():
    listing = Listing(1000, shards=10)
    reader = PageReader(listing.fetch, page_size=10, read_ahead=4)
    assert await anext(reader) == 0
    await settle_down()
    assert len(listing.requests) == 5
    assert reader.count == 1000


async def test_whole_pages():
    reader = PageReader(Listing(25).fetch, page_size=10)
    assert reader.count is None
    assert await anext(reader) == 0
    assert await reader.next_page() == list(range(1, 10))
    assert [len(page) async for page in reader.pages()] == [10, 5]
    assert await reader.next_page() is None
    with pytest.raises(StopAsyncIteration):
        await anext(reader)


async def test_pages_can_be_closed(other_tasks):
    reader = PageReader(Listing(100, shards=10).fetch, page_size=10)
    pages = reader.pages()
    await anext(pages)
    await pages.aclose()
    assert not other_tasks()
    assert await reader.next_page() is None


async def test_empty_pages_with_a_cursor_go_on():
    pages = {
        None: Page(items=[1], count=2, next_cursor="a"),
        "a": Page(items=[], count=2, next_cursor="b"),
        "b": Page(items=[2], count=2),
    }

    async def fetch(request):
        return pages[request.cursor]

    assert [number async for number in PageReader(fetch)] == [1, 2]


@pytest.mark.parametrize("cycle", [["a", "a"], ["a", "b", "a"]])
async def test_a_listing_in_circles_is_an_error(cycle):
    cursors = iter(cycle)

    async def fetch(_):
        return Page(items=[], count=5, next_cursor=next(cursors))

    with pytest.raises(ProtocolError, match="circles"):
        await anext(PageReader(fetch))


async def test_offsets_follow_a_growing_and_a_shrinking_count():
    listing = Listing(30, cursors=False)
    reader = PageReader(listing.fetch, page_size=10, read_ahead=1, parallel_offsets=True)
    got = [await anext(reader) for _ in range(10)]
    listing.size = 45
    got += [number async for number in reader]
    assert got == list(range(45))

    listing = Listing(100, cursors=False)
    reader = PageReader(listing.fetch, page_size=10, read_ahead=2, parallel_offsets=True)
    await anext(reader)
    listing.size = 15
    assert [number async for number in reader] == list(range(1, 15))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Page(items=[], count=5), None),
        (Page(items=[1, 2], count=6), Page(items=[3], count=6)),
        (Page(items=[1, 2], count=6), Page(items=[3, 4, 5], count=6)),
    ],
)
async def test_pages_that_contradict_their_count_are_errors(first, second):
    async def fetch(request):
        return second if request.offset else first

    with pytest.raises(ProtocolError):
        [number async for number in PageReader(fetch, page_size=2, parallel_offsets=True)]


async def test_an_error_is_raised_when_its_page_is_reached_and_again(other_tasks):
    async def fetch(request):
        if request.cursor == "20-30":
            raise ValueError("page 2")
        return Listing(50, shards=10).page(request)

    reader = PageReader(fetch, page_size=10)
    got = []
    with pytest.raises(ValueError, match="page 2"):
        async for number in reader:
            got.append(number)  # noqa: PERF401 - what came before the error counts
    assert got == list(range(20))
    with pytest.raises(ValueError, match="page 2"):
        await reader.next_page()
    await settle_down()
    assert not other_tasks()


@pytest.fixture
def stuck():
    """A listing whose pages after the first never come."""

    async def fetch(request):
        if request.cursor:
            await asyncio.Event().wait()
        return Listing(100, shards=10).page(request)

    return fetch


async def test_closing_stops_the_read_ahead(stuck, other_tasks):
    async with PageReader(stuck, page_size=10) as reader:
        await anext(reader)
        assert len(other_tasks()) == 4
    assert not other_tasks()
    assert [number async for number in reader] == []


async def test_dropping_stops_the_read_ahead(stuck, other_tasks):
    async for _ in (reader := PageReader(stuck, page_size=10)):
        break
    assert len(other_tasks()) == 4
    gone = weakref.ref(reader)
    del reader
    gc.collect()
    assert gone() is None
    await settle_down()
    assert not other_tasks()


async def test_cancelling_stops_the_read_ahead_and_is_not_an_end(stuck, other_tasks):
    reader = PageReader(stuck, page_size=10)
    with anyio.move_on_after(0.01) as scope:
        [number async for number in reader]
    assert scope.cancelled_caught
    await settle_down()
    assert not other_tasks()
    with pytest.raises(AsyncSDKError, match="interrupted"):
        await anext(reader)


async def test_two_consumers_are_refused(stuck):
    reader = PageReader(stuck, page_size=10)
    await reader.next_page()
    first = asyncio.ensure_future(reader.next_page())
    await asyncio.sleep(0)
    with pytest.raises(AsyncSDKError, match="one consumer"):
        await reader.next_page()
    with pytest.raises(asyncio.CancelledError):
        await first


@pytest.mark.parametrize("options", [{"page_size": 0}, {"read_ahead": 0}, {"limit": -1}, {"offset": -1}])
def test_impossible_options_are_refused(options):
    with pytest.raises(InvalidArgumentError):
        PageReader(Listing(1).fetch, **options)


def test_a_reader_may_be_dropped_after_its_loop():
    async def begin(fetch):
        reader = PageReader(fetch, page_size=10)
        await anext(reader)
        return reader

    async def fetch(request):
        if request.cursor:
            await asyncio.Event().wait()
        return Listing(100, shards=10).page(request)

    reader = asyncio.run(begin(fetch))
    del reader
    gc.collect()
