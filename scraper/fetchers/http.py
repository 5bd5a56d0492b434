"""Pages, feeds and sitemaps over HTTP, politely and safely: the story of one fetch."""

from __future__ import annotations

import asyncio
import random as _random
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import msgspec

from scraper.config import FetchConfig, SiteConfig
from scraper.errors import FetchError
from scraper.fetchers.browser import Browser
from scraper.fetchers.chromium import find_chromium
from scraper.fetchers.client import HttpClient
from scraper.fetchers.dial import Dialer, Resolve, resolve_by_system
from scraper.fetchers.exchange import Budget, Exchange
from scraper.fetchers.guard import AddressGuard
from scraper.fetchers.log import LogLine, Record, RunLine, forget
from scraper.fetchers.login import LoginKeeper
from scraper.fetchers.memory import Memory, NoMemory
from scraper.fetchers.messages import PAGE, RESOURCE, Answer, Validators, Want, checked_status
from scraper.fetchers.pace import Pace
from scraper.fetchers.redirects import REDIRECT_STATUSES, moved_to, next_hop
from scraper.fetchers.rendering import RENDERED, Renderer
from scraper.fetchers.retry import Retry
from scraper.fetchers.robots import RobotsKeeper
from scraper.fetchers.settings import Settings
from scraper.fetchers.tape import Archive
from scraper.fetchers.tdmrep import TdmKeeper
from scraper.model import Page, Rights, SourceKind, Target
from scraper.version import VERSION
from scraper.web.robots import Robots
from scraper.web.urls import parse_http_url

_LOGGED_OUT: Final = frozenset({401, 403})


def _utc_now() -> datetime:
    return datetime.now(UTC)


class HttpFetcher:
    """Fetches. Use as an async context manager; every method may be called from many tasks at once.

    Time, sleep, chance and name resolution are injected, so that a test owns them. `admit` is entered for
    each request once its host's turn has come, and left when it has ended. `memory` keeps what holds from run to run,
    `record` takes a line for each request, `archive` what went over the wire, logins excepted; with `tdmrep` each host
    is asked for its tdmrep.json.
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
    ) -> None:
        self._config, self._now, memory = config, now, memory or NoMemory()
        record = _run_line_first(record, RunLine(at=now(), version=VERSION))
        self._settings = Settings(config, sites or {})
        guard = AddressGuard(allow_hosts=config.allow_hosts, allow_networks=config.allow_networks)
        self._dialer = Dialer(guard, connect_to=config.connect_to, resolve=resolve)
        self._client = HttpClient(self._dialer)
        for host in ("", *(sites or {})):  # what is wrong there is said before anything is fetched
            self._client.prepare(self._settings.of(host))
        self._pace = Pace(
            at_once=config.hosts_at_once * config.per_host,
            max_wait_s=config.max_retry_after_s,
            now=now,
            monotonic=monotonic,
            sleep=sleep,
            random=random,
            admit=admit,
            memory=memory,
        )
        self._retry = Retry(
            config.retries,
            per_host=config.retries_per_host,
            per_run=config.retries_per_run,
            sleep=sleep,
            random=random,
        )
        exchange = self._exchange = Exchange(
            client=self._client,
            pace=self._pace,
            settings=self._settings,
            now=now,
            monotonic=monotonic,
            key_of=self._dialer.key_by_address if config.group_by == "ip" else _key_by_host,
            record=record,
            archive=archive,
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
        return Renderer(browser, self._exchange, self._robots, self._settings, client_for_others=HttpClient(stranger))

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
        page = await self._fetch(target.url, PAGE, target.source, validators)
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
        """Return a feed, a sitemap, a list or a section page, up to 50 MB; or 304 and no body. Raises FetchError.

        A `.xml.gz` that is gzip by its own nature, not by its Content-Encoding, is left as it is.
        """
        return await self._fetch(url, RESOURCE, source, validators)

    async def robots_for(self, url: str) -> Robots:
        """Return the robots.txt rules over a URL, kept for a day; all disallowed where they cannot be got.

        Raises FetchError if the URL is none.
        """
        return await self._robots.rules_for(_checked_url(url))

    async def _fetch(self, url: str, want: Want, source: SourceKind, validators: Validators | None) -> Page:
        start = _checked_url(url)
        host = urlsplit(start).hostname or ""
        answer, visited, statuses = await self._retry.run(host, lambda: self._follow(start, want, validators))
        return Page(
            url=url,
            final_url=answer.url,
            body=answer.body,
            fetched_at=self._now(),
            status=answer.status,
            headers=answer.headers,
            redirects=visited[:-1],
            moved_to=moved_to(visited, statuses),
            source=source,
        )

    async def _follow(
        self, start: str, want: Want, validators: Validators | None
    ) -> tuple[Answer, tuple[str, ...], tuple[int, ...]]:
        """Ask, and follow redirects to the end. Return the answer, if it is one, the addresses asked, what led on."""
        visited: list[str] = [start]
        statuses: list[int] = []
        settings = self._settings.of(urlsplit(start).hostname or "")
        budget = Budget(settings.deadline_s)
        while True:
            renderer = self._renderer_of(visited[-1]) if want is PAGE else None
            # Validators speak of the bare page alone, not of what its scripts bring.
            known, asked = (None, RENDERED) if renderer else (validators, want)
            answer = await self._ask_logged_in(visited[-1], asked, known, budget)
            if answer.status not in REDIRECT_STATUSES:
                answer = checked_status(answer, was_asked_for=known is not None)
                answer = await renderer.render(answer, budget) if renderer else answer
                return answer, tuple(visited), tuple(statuses)
            statuses.append(answer.status)
            visited.append(
                next_hop(
                    answer.header("location"),
                    visited=visited,
                    limit=self._config.max_redirects,
                    allow_downgrade=settings.allow_downgrade,
                )
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


def _run_line_first(record: Record, run: RunLine) -> Record:
    """Return what records a line, and before the first one that a run begins: a run that asks nothing says nothing."""
    lines: Iterator[RunLine] = iter([run])

    def write(line: LogLine) -> None:
        for first in lines:
            record(first)
        record(line)

    return write


async def _key_by_host(host: str, port: int) -> str:
    return host.lower().rstrip(".")


def _checked_url(url: str) -> str:
    """Return the URL clean and without fragment. Raises FetchError(bad_url, scheme_refused)."""
    cleaned = parse_http_url(url)
    if cleaned is not None:
        return cleaned.partition("#")[0]
    scheme = re.match(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):", url)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        raise FetchError("scheme_refused", url, f"{scheme[1].lower()}: is neither http: nor https:")
    raise FetchError("bad_url", url, "not an absolute http(s) address")
