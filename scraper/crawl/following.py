"""The other pages of an article that is spread over several."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import msgspec

from scraper.errors import FetchError
from scraper.model import Article, Page, Target
from scraper.web.paging import are_of_one_article
from scraper.web.urls import host_of

MAX_FOLLOWING: Final = 20
"""More pages than that are a listing, or a trap."""

Fetch = Callable[[Target], Awaitable[Page]]
Say = Callable[[str], None]
T = TypeVar("T")


def following_urls(article: Article) -> tuple[str, ...]:
    """Return the addresses of all pages of an article that lacks some, in order."""
    return article.pages.urls if article.pages.truncated else ()


async def read_whole(
    page: Page, read: Callable[[Page], Awaitable[T]], following: Callable[[T], Sequence[str]], *, fetch: Fetch, say: Say
) -> T:
    """Return what `read` makes of a page and, once it has said that they follow, of the other pages of its article.

    The pages fetched may name still others, as where each names only its neighbours: it goes on until none is new, or
    one cannot be fetched. `read` is given the page asked for, the others in its `following`.
    """
    tried = {page.url, page.final_url}
    found = await read(page)
    while new := [url for url in dict.fromkeys(following(found)) if url not in tried]:
        new = new[: MAX_FOLLOWING - len(page.following)]
        tried.update(new)
        fetched = await fetch_following(page, new, fetch=fetch, say=say)
        if not fetched:
            break
        page = msgspec.structs.replace(page, following=(*page.following, *fetched))
        found = await read(page)
        if len(fetched) < len(new):
            break
    return found


async def fetch_following(page: Page, urls: Sequence[str], *, fetch: Fetch, say: Say) -> tuple[Page, ...]:
    """Return the pages at `urls`, in order, on the host of `page`; they end before the first that cannot be had."""
    found: list[Page] = []
    for url in urls:
        if host_of(url) != host_of(page.final_url):
            break
        try:
            further = await fetch(Target(url=url, source="page", found_at=page.final_url))
        except FetchError as error:
            say(f"{page.url}: the article goes on, but its next page could not be fetched: {error}")
            break
        if not are_of_one_article(url, further.final_url):
            say(f"{page.url}: the article goes on, but its next page {url} leads to {further.final_url}.")
            break
        found.append(further)
    return tuple(found)
