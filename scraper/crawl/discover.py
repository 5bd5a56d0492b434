"""A [[source]] of the configuration -> targets, put into the queue as they are found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final
from urllib.parse import urljoin, urlsplit

import msgspec

from scraper.config import SourceConfig
from scraper.crawl.tally import SourceFigures
from scraper.errors import FetchError, SourceError
from scraper.fetchers import HttpFetcher
from scraper.model import Target
from scraper.sources.feeds import parse_feed
from scraper.sources.files import find_saved_pages
from scraper.sources.found import SourceResult
from scraper.sources.lists import load_url_list
from scraper.sources.sections import parse_section
from scraper.sources.sitemaps import SitemapResult, parse_sitemap
from scraper.web.urls import without_tracking

MAX_SITEMAP_DEPTH: Final = 5
"""Indexes in indexes; the protocol knows one level, https://www.sitemaps.org/protocol.html#index."""
MAX_SITEMAPS: Final = 50_000
"""Sitemaps read for one source: what one index may name."""

Put = Callable[[Target], Awaitable[bool]]
Say = Callable[[str], None]


class Discovery:
    """Reads one source. `put` takes a target and says whether it is new; `say` takes sentences for people."""

    def __init__(self, source: SourceConfig, fetcher: HttpFetcher, *, put: Put, say: Say) -> None:
        self._source, self._fetcher, self._put, self._say = source, fetcher, put, say
        self._named = self._new = self._bad = 0
        self._error: str | None = None

    async def run(self) -> None:
        """Read the source to its end or its limit. One that cannot be read is no exception: `figures` says it."""
        try:
            await self._READERS[self._source.kind](self)
        except (FetchError, SourceError) as error:
            self._fail(str(error))

    def figures(self) -> SourceFigures:
        """Return what came of the source so far."""
        return SourceFigures(
            kind=self._source.kind,
            name=self._source.url or self._source.path or f"{len(self._source.urls)} addresses",
            named=self._named,
            new=self._new,
            bad=self._bad,
            error=self._error,
        )

    async def _read_urls(self) -> None:
        await self._take(Target(url=url, source="list") for url in self._source.urls)
        if self._source.path:
            await self._take_result(await asyncio.to_thread(load_url_list, self._source.path))

    async def _read_feed(self) -> None:
        page = await self._fetcher.fetch_resource(self._url, source="feed")
        await self._take_result(await asyncio.to_thread(parse_feed, page.body, page.final_url))

    async def _read_section(self) -> None:
        page = await self._fetcher.fetch_resource(self._url, source="section")
        await self._take_result(await asyncio.to_thread(parse_section, page.body, page.final_url))

    async def _read_files(self) -> None:
        await self._take(await asyncio.to_thread(find_saved_pages, self._source.path or "."))

    async def _read_sitemap(self) -> None:
        """Go through a sitemap and those it points to, depth first; each once, whatever they say of each other."""
        stack = [(url, 0) for url in reversed(await self._first_sitemaps())]
        seen: set[str] = set()
        while stack and not self._is_full and len(seen) < MAX_SITEMAPS:
            url, depth = stack.pop()
            if url in seen:
                continue
            seen.add(url)
            try:
                found = await self._sitemap(url, depth)
            except (FetchError, SourceError) as error:
                self._fail(str(error))
                continue
            await self._take_result(found)
            if depth < MAX_SITEMAP_DEPTH:
                stack += [(each.url, depth + 1) for each in reversed(found.sitemaps)]
            elif found.sitemaps:
                self._fail(f"{url}: sitemaps more than {MAX_SITEMAP_DEPTH} levels deep are not read.")

    async def _sitemap(self, url: str, depth: int) -> SitemapResult:
        page = await self._fetcher.fetch_resource(url, source="sitemap")
        return await asyncio.to_thread(parse_sitemap, page.body, page.final_url, depth=depth)

    async def _first_sitemaps(self) -> list[str]:
        """Return the address itself; for a bare site what its robots.txt names, or the customary place."""
        parts = urlsplit(self._url)
        if parts.path not in {"", "/"} or parts.query:
            return [self._url]
        robots = await self._fetcher.robots_for(self._url)
        return list(robots.sitemaps) or [urljoin(self._url, "/sitemap.xml")]

    @property
    def _url(self) -> str:
        return self._source.url or ""

    @property
    def _is_full(self) -> bool:
        return 0 < self._source.limit <= self._new

    async def _take_result(self, found: SourceResult | SitemapResult) -> None:
        self._bad += found.bad_count
        for sentence in found.bad:
            self._say(sentence)
        await self._take(found.targets)

    async def _take(self, targets: Iterable[Target]) -> None:
        for target in targets:
            if self._is_full:
                return
            self._named += 1
            self._new += await self._put(msgspec.structs.replace(target, url=without_tracking(target.url)))

    def _fail(self, sentence: str) -> None:
        self._error = self._error or sentence
        self._say(sentence)

    _READERS: Final = {
        "urls": _read_urls,
        "feed": _read_feed,
        "sitemap": _read_sitemap,
        "section": _read_section,
        "files": _read_files,
    }
