"""Pages, feeds and sitemaps over HTTP, politely and safely: the story of one fetch."""

from __future__ import annotations

import asyncio
import random as _random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from scraper.config import FetchConfig, SiteConfig
from scraper.errors import FetchError, TransientError
from scraper.fetchers.client import HttpClient
from scraper.fetchers.dial import Dialer, Resolve, resolve_by_system
from scraper.fetchers.exchange import PAGE, PARKING_STATUSES, RESOURCE, Answer, Budget, Exchange, Want
from scraper.fetchers.guard import AddressGuard
from scraper.fetchers.pace import Pace
from scraper.fetchers.redirects import REDIRECT_STATUSES, next_hop
from scraper.fetchers.retry import Retry
from scraper.fetchers.robots import RobotsKeeper
from scraper.fetchers.settings import Settings
from scraper.model import Page, SourceKind, Target
from scraper.web.robots import Robots
from scraper.web.urls import parse_http_url

_TRANSIENT_STATUSES: Final = PARKING_STATUSES | {408, 425, 500, 502, 504}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class HttpFetcher:
    """Fetches. Use as an async context manager; every method may be called from many tasks at once.

    Time, sleep, chance and name resolution are injected, so that a test owns them. `admit` is entered for
    each request once its host's turn has come, and left when it has ended.
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
    ) -> None:
        self._config, self._now = config, now
        self._settings = Settings(config, sites or {})
        guard = AddressGuard(allow_hosts=config.allow_hosts, allow_networks=config.allow_networks)
        self._client = HttpClient(
            Dialer(guard, connect_to=config.connect_to, resolve=resolve),
            connect_timeout_s=config.connect_timeout_s,
            read_timeout_s=config.read_timeout_s,
        )
        at_once = config.hosts_at_once * config.per_host
        pace = Pace(at_once=at_once, max_wait_s=config.max_retry_after_s, monotonic=monotonic, sleep=sleep, admit=admit)
        self._retry = Retry(config.retries, sleep=sleep, random=random)
        self._exchange = Exchange(config, client=self._client, pace=pace, settings=self._settings, now=now)
        self._robots = RobotsKeeper(
            self._exchange, self._retry, self._settings, deadline_s=config.deadline_s, monotonic=monotonic
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def fetch_page(self, target: Target) -> Page:
        """Return the page of a target: HTML, XHTML or text, status 2xx.

        Raises FetchError with one of errors.FETCH_REASONS. Redirects are followed by hand, each hop checked against
        robots.txt and the address guard; transient failures are tried again.
        """
        page = await self._fetch(target.url, PAGE, target.source)
        return Page(
            url=target.url,
            final_url=page.final_url,
            body=page.body,
            fetched_at=page.fetched_at,
            status=page.status,
            headers=page.headers,
            redirects=page.redirects,
            source=target.source,
            found_at=target.found_at,
            hint_title=target.title,
            hint_published=target.published,
        )

    async def fetch_resource(self, url: str, *, source: SourceKind) -> Page:
        """Return a feed, a sitemap, a list or a section page, up to 50 MB. Raises FetchError.

        A `.xml.gz` that is gzip by its own nature, not by its Content-Encoding, is left as it is.
        """
        return await self._fetch(url, RESOURCE, source)

    async def robots_for(self, url: str) -> Robots:
        """Return the robots.txt rules over a URL, kept for a day; all disallowed where they cannot be got.

        Raises FetchError if the URL is none.
        """
        return await self._robots.rules_for(_checked_url(url))

    async def _fetch(self, url: str, want: Want, source: SourceKind) -> Page:
        start = _checked_url(url)
        answer, visited = await self._retry.run(lambda: self._follow(start, want))
        return Page(
            url=url,
            final_url=answer.url,
            body=answer.body,
            fetched_at=self._now(),
            status=answer.status,
            headers=answer.headers,
            redirects=visited[:-1],
            source=source,
        )

    async def _follow(self, start: str, want: Want) -> tuple[Answer, tuple[str, ...]]:
        """Ask, and follow redirects to the end. Return the answer, if it is one, and the addresses asked."""
        visited = [start]
        budget = Budget(self._config.deadline_s)
        while True:
            answer = await self._ask(visited[-1], want, budget)
            if answer.status not in REDIRECT_STATUSES:
                return _checked_status(answer), tuple(visited)
            location = answer.header("location")
            visited.append(next_hop(location, visited=visited, limit=self._config.max_redirects))

    async def _ask(self, url: str, want: Want, budget: Budget) -> Answer:
        if not self._settings.of(urlsplit(url).hostname or "").robots:
            return await self._exchange.ask(url, want, budget=budget)
        robots = await self._robots.check(url)
        return await self._exchange.ask(url, want, crawl_delay_s=robots.crawl_delay_s(), budget=budget)


def _checked_url(url: str) -> str:
    """Return the URL clean and without fragment. Raises FetchError(bad_url, scheme_refused)."""
    cleaned = parse_http_url(url)
    if cleaned is not None:
        return cleaned.partition("#")[0]
    scheme = re.match(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):", url)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        raise FetchError("scheme_refused", url, f"{scheme[1].lower()}: is neither http: nor https:")
    raise FetchError("bad_url", url, "not an absolute http(s) address")


def _checked_status(answer: Answer) -> Answer:
    """Return a 2xx answer. Raises FetchError(http_status), transient where trying again may help."""
    if 200 <= answer.status < 300:
        return answer
    detail = f"{answer.status} {answer.reason}".strip()
    if answer.status in _TRANSIENT_STATUSES:
        raise TransientError(
            "http_status", answer.url, detail, status=answer.status, retry_after_s=answer.retry_after_s
        )
    raise FetchError("http_status", answer.url, detail, status=answer.status)
