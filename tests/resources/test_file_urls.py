from __future__ import annotations

import asyncio

import pytest

from asyncsdk.errors import NotFoundError
from asyncsdk.resources.file_urls import PageUrls


class Page:
    """A page whose URLs carry the number of the reading, or are always the same."""

    def __init__(self, *ids, same=False):
        self.ids, self.same, self.readings = list(ids), same, 0

    async def read(self, ids):
        assert list(ids) == ["a", "b", "c"]
        self.readings += 1
        await asyncio.sleep(0)
        return {one: f"{one}{0 if self.same else self.readings}" for one in self.ids}


@pytest.mark.parametrize("same", [False, True])
async def test_one_reading_serves_the_page(same):
    page = Page("a", "b", "c", same=same)
    urls = PageUrls(["a", "b", "c"], page.read)
    assert urls.newest("a") is None
    found = await asyncio.gather(*(urls.renewed(one) for one in "abc"))
    assert [url[0] for url in found] == ["a", "b", "c"]
    assert page.readings == 1
    assert urls.newest("b") == found[1]


async def test_who_has_got_a_url_that_expired_too_makes_the_page_be_read_again():
    page = Page("a", "b", "c")
    urls = PageUrls(["a", "b", "c"], page.read)
    assert await urls.renewed("a") == "a1"
    assert await urls.renewed("b") == "b1"
    assert urls.newest("c") == "c1"
    assert await urls.renewed("c") == "c2"
    assert await urls.renewed("a") == "a2"
    assert page.readings == 2


async def test_what_is_gone_is_told():
    page = Page("a")
    urls = PageUrls(["a", "b", "c"], page.read)
    with pytest.raises(NotFoundError, match="b: it is gone"):
        await urls.renewed("b")
    assert await urls.renewed("a") == "a1"
