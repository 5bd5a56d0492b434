"""Pages, feeds and sitemaps over HTTP, politely and safely: the story of one fetch."""

from __future__ import annotations

import asyncio
import random as _random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import msgspec

from scraper.config import FetchConfig, SiteConfig
from scraper.fetchers.browser import Browser
from scraper.fetchers.chromium import find_chromium
from scraper.fetchers.client import HttpClient
from scraper.fetchers.dial import Dialer, Resolve, resolve_by_system
from scraper.fetchers.exchange import Budget, Exchange
from scraper.fetchers.guard import AddressGuard
from scraper.fetchers.injected import Injected
from scraper.fetchers.log import Record, RunLine, forget, run_line_first
from scraper.fetchers.login import LoginKeeper
from scraper.fetchers.memory import Memory, NoMemory
from scraper.fetchers.messages import PAGE, RESOURCE, SECTION, Answer, Validators, Want, checked_status
from scraper.fetchers.open_files import OTHER_FILES, share_open_files
from scraper.fetchers.pace import Pace
from scraper.fetchers.pools import POOLS
from scraper.fetchers.redirects import REDIRECT_STATUSES, checked_url, moved_to, next_hop
from scraper.fetchers.rendering import RENDERED, Renderer
from scraper.fetchers.retry import Retry
from scraper.fetchers.robots import RobotsKeeper
from scraper.fetchers.settings import Settings
from scraper.fetchers.tape import Archive
from scraper.fetchers.tdmrep import TdmKeeper
from scraper.model import Page, Rights, SourceKind, Target
from scraper.version import VERSION
from scraper.web.robots import Robots

IsNew = Callable[[Page, bool], bool]
"""Tells of a page as it was sent, and of whether it would then be built, if it is to be read."""
_LOGGED_OUT: Final = frozenset({401, 403})


def _always(_: Page, __: bool) -> bool:
    return True


def _utc_now() -> datetime:
    return datetime.now(UTC)


class HttpFetcher:
    """Fetches. Use as an async context manager; every method may be called from many tasks at once.

    Time, sleep, chance and name resolution are injected, so that a test owns them. `admit` is entered for
    each request once its host's turn has come, and left when it has ended. `memory` keeps what holds from run to run,
    `record` takes a line for each request, `archive` what went over the wire, logins excepted; with `tdmrep` each host
    is asked for its tdmrep.json. `other_files` are left free for who has more open than one process alone.
    """

    def __init__(
        self,
        config: FetchConfig,
        sites: Mapping[str, SiteConfig] | None = None,
        *,
        now: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = _random.random,
        resolve: Resolve = resolve_by_system,
        admit: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
        memory: Memory | None = None,
        record: Record = forget,
        archive: Archive | None = None,
        tdmrep: bool = False,
        other_files: int = OTHER_FILES,
    ) -> None:
        self._config, self._now, memory = config, now, memory or NoMemory()
        record = run_line_first(record, RunLine(at=now(), version=VERSION))
        self._settings = Settings(config, sites or {})
        guard = AddressGuard(allow_hosts=config.allow_hosts, allow_networks=config.allow_networks)
        self._dialer = Dialer(guard, connect_to=config.connect_to, resolve=resolve)
        self.wanted_at_once = config.hosts_at_once * config.per_host
        self._share = share_open_files(self.wanted_at_once, pools=POOLS, others=other_files)
        self._client = HttpClient(self._dialer, idle=self._share.idle)
        for host in ("", *(sites or {})):  # what is wrong there is said before anything is fetched
            self._client.prepare(self._settings.of(host))
        given = Injected(now=now, monotonic=monotonic, sleep=sleep, random=random)
        self._pace = Pace(given, at_once=self.at_once, max_wait_s=config.max_retry_after_s, admit=admit, memory=memory)
        self._retry = Retry(given, config.retries, per_host=config.retries_per_host, per_run=config.retries_per_run)
        key_of = self._dialer.key_by_address if config.group_by == "ip" else _key_by_host
        exchange = self._exchange = Exchange(
            given, self._client, self._pace, self._settings, key_of=key_of, record=record, archive=archive
        )
        self._robots = RobotsKeeper(exchange, self._retry, self._settings, now=now, memory=memory, record=record)
        self._tdm = TdmKeeper(exchange, self._robots, self._settings, now=now, memory=memory) if tdmrep else None
        self._login = LoginKeeper(exchange, self._client, max_redirects=config.max_redirects)
        self._renderer = self._make_renderer(resolve) if self._settings.any_renders() else None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pace.close()
        try:
            if self._renderer is not None:
                await self._renderer.aclose()
        finally:
            await self._client.aclose()

    def _make_renderer(self, resolve: Resolve) -> Renderer:
        """Return what builds pages. Raises ConfigError if there is no browser, before anything is fetched."""
        config = self._config
        browser = Browser(find_chromium(config.chromium), at_once=config.browsers_at_once)
        stranger = Dialer(AddressGuard(), connect_to=config.connect_to, resolve=resolve)
        others = HttpClient(stranger, idle=self._share.idle)
        return Renderer(browser, self._exchange, self._robots, self._settings, client_for_others=others)

    @property
    def at_once(self) -> int:
        """Requests in flight at most: `wanted_at_once`, or fewer if the process may not open so many files."""
        return self._share.at_once

    @property
    def settings(self) -> Settings:
        """What holds for each host."""
        return self._settings

    @property
    def retries(self) -> Mapping[str, int]:
        """How often each host was asked again."""
        return self._retry.spent

    @property
    def refused_parts(self) -> Mapping[str, int]:
        """How many requests of pages in the browser were not made, or came to nothing: by reason."""
        found = Counter[str]()
        for (_, reason), count in self.refused_parts_by_host.items():
            found[reason] += count
        return found

    @property
    def refused_parts_by_host(self) -> Mapping[tuple[str, str], int]:
        """The same, by the host of the page and the reason."""
        return {} if self._renderer is None else self._renderer.refused

    @property
    def refused_by_robots(self) -> Mapping[tuple[str, str], int]:
        """How often each rule of each host kept us from an address."""
        return self._robots.refused

    def remember_news(self) -> None:
        """Keep what was learned of the hosts asked since the last time."""
        self._pace.remember_news()

    async def fetch_page(self, target: Target, validators: Validators | None = None) -> Page:
        """Return the page of a target: HTML, XHTML or text, status 2xx; or 304 and no body, if that is what we have.

        Raises FetchError with one of errors.FETCH_REASONS. Redirects are followed by hand, each hop checked against
        robots.txt and the address guard; transient failures are tried again.
        """
        sent, built = await self._fetch(target.url, PAGE, source=target.source, validators=validators)
        page = built or sent
        settings = self._settings.of(urlsplit(page.final_url).hostname or "")
        rights = await self._tdm.rights_for(page.final_url) if self._tdm and page.status != 304 else Rights()
        return msgspec.structs.replace(
            page,
            found_at=target.found_at,
            hint_title=target.title,
            hint_published=target.published,
            site_rights=rights,
            skip_reserved=settings.rights == "skip",
        )

    async def fetch_resource(self, url: str, *, source: SourceKind, validators: Validators | None = None) -> Page:
        """Return a feed, a sitemap or a list as it was sent, up to 50 MB; or 304 and no body. Raises FetchError.

        A `.xml.gz` that is gzip by its own nature, not by its Content-Encoding, is left as it is.
        """
        page, _ = await self._fetch(url, RESOURCE, source=source, validators=validators)
        return page

    async def fetch_section(
        self, url: str, *, is_new: IsNew, validators: Validators | None = None
    ) -> tuple[Page, Page | None]:
        """Return a section page as it was sent, and as it is to be read: built, where its site has pages built.

        The second is None, and nothing is built, if `is_new` says that the page sent (304: no body) holds nothing new;
        it is told, too, whether the page would be built. Raises FetchError.
        """
        return await self._fetch(url, SECTION, source="section", validators=validators, is_new=is_new)

    async def robots_for(self, url: str) -> Robots:
        """Return the robots.txt rules over a URL, kept for a day; all disallowed where they cannot be got.

        Raises FetchError if the URL is none.
        """
        return await self._robots.rules_for(checked_url(url))

    async def _fetch(
        self,
        url: str,
        want: Want,
        *,
        source: SourceKind,
        validators: Validators | None,
        is_new: IsNew = _always,
    ) -> tuple[Page, Page | None]:
        host = urlsplit(checked_url(url)).hostname or ""
        found = Page(url=url, final_url=url, body=b"", source=source)
        return await self._retry.run(host, lambda: self._follow(found, want, validators, is_new))

    async def _follow(
        self, page: Page, want: Want, validators: Validators | None, is_new: IsNew
    ) -> tuple[Page, Page | None]:
        """Ask, and follow redirects to the end. Return the page as it was sent, and as it is to be read, if it is."""
        visited: list[str] = [checked_url(page.url)]
        statuses: list[int] = []
        settings = self._settings.of(urlsplit(visited[0]).hostname or "")
        budget = Budget(settings.deadline_s)
        while True:
            renderer = self._renderer_of(visited[-1]) if want.may_be_built else None
            # Validators speak of the bare page alone, not of what its scripts bring.
            known = None if renderer and want is PAGE else validators
            answer = await self._ask_logged_in(visited[-1], RENDERED if renderer else want, known, budget)
            if answer.status not in REDIRECT_STATUSES:
                answer = checked_status(answer, was_asked_for=known is not None)
                sent = self._filled(page, answer, moved_to=moved_to(visited, statuses), redirects=tuple(visited[:-1]))
                if not is_new(sent, renderer is not None):
                    return sent, None
                return sent, self._filled(sent, await renderer.render(answer, budget)) if renderer else sent
            statuses.append(answer.status)
            visited.append(
                next_hop(
                    answer.header("location"),
                    visited=visited,
                    limit=self._config.max_redirects,
                    allow_downgrade=settings.allow_downgrade,
                )
            )

    def _filled(self, page: Page, answer: Answer, **more: Any) -> Page:
        return msgspec.structs.replace(
            page,
            final_url=answer.url,
            body=answer.body,
            fetched_at=self._now(),
            status=answer.status,
            headers=answer.headers,
            **more,
        )

    def _renderer_of(self, url: str) -> Renderer | None:
        return self._renderer if self._settings.of(urlsplit(url).hostname or "").render else None

    async def _ask_logged_in(self, url: str, want: Want, validators: Validators | None, budget: Budget) -> Answer:
        settings = self._settings.of(urlsplit(url).hostname or "")
        await self._login.ensure(url, settings)
        answer = await self._ask(url, want, validators, budget)
        if settings.login is not None and answer.status in _LOGGED_OUT:
            self._login.forget(settings)
            await self._login.ensure(url, settings)
            answer = await self._ask(url, want, validators, budget)
        return answer

    async def _ask(self, url: str, want: Want, validators: Validators | None, budget: Budget) -> Answer:
        crawl_delay_s = None
        if self._settings.of(urlsplit(url).hostname or "").robots:
            crawl_delay_s = (await self._robots.check(url)).crawl_delay_s()
        return await self._exchange.ask(url, want, crawl_delay_s=crawl_delay_s, validators=validators, budget=budget)


async def _key_by_host(host: str, port: int) -> str:
    return host.lower().rstrip(".")
