"""A [[source]] of the configuration -> targets, put into the queue as they are found."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final, TypeVar
from urllib.parse import urljoin, urlsplit

import msgspec

from scraper.config import SourceConfig
from scraper.crawl.shelf import NoShelf, ReadAs, Shelf
from scraper.crawl.tally import SourceFigures
from scraper.crawl.traps import find_trap
from scraper.errors import FetchError, SourceError
from scraper.fetchers import HttpFetcher
from scraper.model import Page, SourceKind, Target
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

Take = Callable[[Sequence[Target], bool], Awaitable[int]]
"""Takes targets, and whether their dates are to be trusted; says how many of them are new or due again."""
Say = Callable[[str], None]
_Fetched = TypeVar("_Fetched")
_BATCH: Final = 500
_OWN_SITE_ONLY: Final = frozenset({"feed", "sitemap"})
"""Sources that leave out what leads to another site, unless they are told otherwise."""


class Discovery:
    """Reads one source. `take` gets its targets, `say` sentences for people; `shelf` remembers what was read before."""

    def __init__(
        self,
        source: SourceConfig,
        fetcher: HttpFetcher,
        *,
        take: Take,
        say: Say,
        shelf: Shelf | None = None,
        max_depth: int = 20,
    ) -> None:
        self._source, self._fetcher, self._take_some, self._say = source, fetcher, take, say
        self._shelf: Shelf = shelf or NoShelf()
        self._max_depth = max_depth
        self._named = self._new = self._bad = self._unchanged = self._other_site = self._traps = 0
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
            unchanged=self._unchanged,
            other_site=self._other_site,
            traps=self._traps,
            error=self._error,
        )

    async def _read_urls(self) -> None:
        await self._take([Target(url=url, source="list") for url in self._source.urls])
        if self._source.path:
            await self._take_result(await asyncio.to_thread(load_url_list, self._source.path))

    async def _read_feed(self) -> None:
        page = await self._resource(self._url, "feed")
        if page is not None:
            found = await asyncio.to_thread(parse_feed, page.body, page.final_url, same_site_only=self._same_site_only)
            await self._take_resource(found, self._url, page)

    async def _read_section(self) -> None:
        url = self._url
        is_built = self._fetcher.settings.of(urlsplit(url).hostname or "").render
        validators = self._shelf.validators(url, is_built=is_built)
        sent, page = await self._ask(
            url,
            lambda place: self._fetcher.fetch_section(
                place,
                is_new=lambda sent, is_built: self._shelf.is_new(url, sent, is_built=is_built),
                validators=validators,
            ),
        )
        if page is None:
            self._rest(url, sent)
            return
        found, read_as = await asyncio.to_thread(_read_links, sent, page)
        kept = tuple(target for target in found.targets if not self._is_trap(target.url))
        await self._take_resource(msgspec.structs.replace(found, targets=kept), url, sent, read_as=read_as)

    async def _read_files(self) -> None:
        await self._take(await asyncio.to_thread(lambda: list(find_saved_pages(self._source.path or "."))))

    async def _read_sitemap(self) -> None:
        """Go through a sitemap and those it points to, depth first; each once, whatever they say of each other."""
        stack = [(Target(url=url, source="sitemap"), 0) for url in reversed(await self._first_sitemaps())]
        seen: set[str] = set()
        while stack and not self._is_full and len(seen) < MAX_SITEMAPS:
            sitemap, depth = stack.pop()
            if sitemap.url in seen:
                continue
            seen.add(sitemap.url)
            if depth and not self._shelf.is_due(sitemap):
                self._unchanged += 1
                continue
            found = await self._sitemap(sitemap.url, depth)
            if found is None:
                continue
            if depth < MAX_SITEMAP_DEPTH:
                stack += [(each, depth + 1) for each in reversed(found.sitemaps)]
            elif found.sitemaps:
                self._fail(f"{sitemap.url}: sitemaps more than {MAX_SITEMAP_DEPTH} levels deep are not read.")

    async def _sitemap(self, url: str, depth: int) -> SitemapResult | None:
        """Take and return what a sitemap holds; None if that has not changed, or cannot be read."""
        try:
            page = await self._resource(url, "sitemap")
            if page is None:
                return None
            same_site = self._same_site_only
            found = await asyncio.to_thread(
                parse_sitemap, page.body, page.final_url, depth=depth, same_site_only=same_site
            )
            await self._take_resource(found, url, page)
            return found
        except (FetchError, SourceError) as error:
            self._fail(str(error))
            return None

    async def _first_sitemaps(self) -> list[str]:
        """Return the address itself; for a bare site what its robots.txt names, or the customary place."""
        parts = urlsplit(self._url)
        if parts.path not in {"", "/"} or parts.query:
            return [self._url]
        robots = await self._fetcher.robots_for(self._url)
        return [urljoin(self._url, each) for each in robots.sitemaps] or [urljoin(self._url, "/sitemap.xml")]

    async def _resource(self, url: str, source: SourceKind) -> Page | None:
        """Return a resource; None if it holds what it held, and all of that was taken."""
        validators = self._shelf.validators(url)
        page = await self._ask(
            url, lambda place: self._fetcher.fetch_resource(place, source=source, validators=validators)
        )
        if self._shelf.is_new(url, page):
            return page
        self._rest(url, page)
        return None

    def _rest(self, url: str, page: Page) -> None:
        self._shelf.keep(url, page)
        self._unchanged += 1

    async def _ask(self, url: str, fetch: Callable[[str], Awaitable[_Fetched]]) -> _Fetched:
        """Ask for a resource where it has moved; if nothing can be got there, where it was."""
        moved_to = self._shelf.moved_to(url)
        if moved_to is not None:
            with suppress(FetchError):
                return await fetch(moved_to)
        return await fetch(url)

    @property
    def _url(self) -> str:
        return self._source.url or ""

    @property
    def _same_site_only(self) -> bool:
        return not self._source.other_sites

    @property
    def _is_full(self) -> bool:
        return 0 < self._source.limit <= self._new

    def _is_trap(self, url: str) -> bool:
        trap = find_trap(url, max_depth=self._max_depth)
        if trap is not None:
            self._traps += 1
        return trap is not None

    async def _take_resource(
        self, found: SourceResult | SitemapResult, url: str, page: Page, *, read_as: ReadAs = "sent"
    ) -> None:
        """Take what a resource holds, under the address that it is known by; only then is it one that was read."""
        targets = tuple(msgspec.structs.replace(target, found_at=url) for target in found.targets)
        found = msgspec.structs.replace(found, targets=targets)
        if await self._take_result(found, trust=self._shelf.trusts(url, targets)):
            if isinstance(found, SitemapResult) and found.sitemaps:
                read_as = "index"
            self._shelf.keep(url, page, targets=targets, read_as=read_as)

    async def _take_result(self, found: SourceResult | SitemapResult, *, trust: bool = False) -> bool:
        self._bad += found.bad_count
        if self._same_site_only and self._source.kind in _OWN_SITE_ONLY:
            self._other_site += found.other_site
        for sentence in found.bad:
            self._say(sentence)
        return await self._take(found.targets, trust=trust)

    async def _take(self, targets: Sequence[Target], *, trust: bool = False) -> bool:
        """Hand targets on, some at a time, so that a long list does not fill the memory; tell if it was to the end."""
        rest = iter(targets)
        while not self._is_full:
            left = self._source.limit - self._new if self._source.limit else _BATCH
            batch = [_plain(target) for target in islice(rest, min(left, _BATCH))]
            if not batch:
                return True
            self._named += len(batch)
            self._new += await self._take_some(batch, trust)
        return next(rest, None) is None

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


def _read_links(sent: Page, page: Page) -> tuple[SourceResult, ReadAs]:
    """Return the links of a section page, and whether its scripts drew any that are not in what was sent."""
    found = parse_section(page.body, page.final_url)
    if page is sent:
        return found, "sent"
    bare = {target.url for target in parse_section(sent.body, sent.final_url).targets}
    return found, "built" if all(target.url in bare for target in found.targets) else "drawn"


def _plain(target: Target) -> Target:
    return msgspec.structs.replace(target, url=without_tracking(target.url))
