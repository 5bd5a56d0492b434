"""The further pages of an article that is spread over several."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from scraper.errors import FetchError
from scraper.model import Article, Page, Target
from scraper.web.urls import host_of

MAX_FOLLOWING: Final = 20
"""More pages than that are a listing, or a trap."""

Fetch = Callable[[Target], Awaitable[Page]]
Say = Callable[[str], None]


def following_urls(article: Article) -> tuple[str, ...]:
    """Return the addresses of the pages that an article names and lacks."""
    return article.pages.urls[1:] if article.pages.truncated else ()


async def fetch_following(page: Page, urls: tuple[str, ...], *, fetch: Fetch, say: Say) -> tuple[Page, ...]:
    """Return the pages behind `page`, in order, on its own host; they end before the first that cannot be fetched."""
    found: list[Page] = []
    for url in urls[:MAX_FOLLOWING]:
        if host_of(url) != host_of(page.final_url):
            break
        try:
            found.append(await fetch(Target(url=url, source="page", found_at=page.final_url)))
        except FetchError as error:
            say(f"{page.url}: the article goes on, but its next page could not be fetched: {error}")
            break
    return tuple(found)
