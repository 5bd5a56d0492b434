"""A page that a browser builds: one visit, whose every request we answer.

The browser opens no connection. What its page asks for goes through the same door as all else: robots.txt, the turn at
the host's owner, the address guard, the log. One visit may ask for so much and no more.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

import msgspec

from scraper.errors import FetchError
from scraper.fetchers.browser import Browser
from scraper.fetchers.client import HttpClient
from scraper.fetchers.exchange import Budget, Exchange
from scraper.fetchers.messages import PAGE, Answer, Want
from scraper.fetchers.parts import MAX_PARTS, Asked, Given, Part, given_headers
from scraper.fetchers.redirects import REDIRECT_STATUSES, next_hop
from scraper.fetchers.robots import RobotsKeeper
from scraper.fetchers.settings import Settings
from scraper.web.headers import media_type
from scraper.web.urls import parse_http_url

_log = logging.getLogger(__name__)

RENDERED: Final = msgspec.structs.replace(PAGE, kind="render")
_MAX_PARTS_PAGES: Final = 3
"""What all of them may weigh, in pages of `fetch.max_bytes`."""
_MAX_REDIRECTS: Final = 5
_BUILT: Final = frozenset({"text/html", "application/xhtml+xml", None})
_HTML: Final = "text/html; charset=utf-8"
_NOT_ANY_MORE: Final = frozenset({"content-type", "content-length", "content-encoding", "etag"})


class Renderer:
    """Has pages built. `client_for_others` is what asks hosts other than the page's: it dials no private address."""

    def __init__(
        self,
        browser: Browser,
        exchange: Exchange,
        robots: RobotsKeeper,
        settings: Settings,
        *,
        client_for_others: HttpClient,
    ) -> None:
        self._browser, self.exchange, self.robots, self.settings = browser, exchange, robots, settings
        self.client_for_others = client_for_others
        self.refused: Counter[tuple[str, str]] = Counter()
        """How many requests of pages were not made, or came to nothing: by the page's host and the reason."""

    async def aclose(self) -> None:
        await self._browser.aclose()
        await self.client_for_others.aclose()

    async def render(self, answer: Answer, budget: Budget) -> Answer:
        """Return the answer with the page as it stands when its scripts have done, in UTF-8.

        What is no HTML comes back as it is. Raises FetchError: deadline, too_large; protocol_error (transient).
        """
        if not answer.body or media_type(answer.header("content-type")) not in _BUILT:
            return answer
        settings = self.settings.of(urlsplit(answer.url).hostname or "")
        visit = Visit(self, answer.url, {await self.exchange.key(answer.url)}, budget)
        page = Given(
            status=200,
            headers=(("content-type", answer.header("content-type") or "text/html"),),
            body=answer.body,
        )
        async with self._browser.place(answer.url) as place, budget.spend(answer.url):
            html = await place.build(
                answer.url,
                page,
                visit.answer,
                user_agent=settings.user_agent,
                max_s=budget.left_s,
                max_chars=settings.max_bytes,
            )
        body = html.encode("utf-8", "replace")
        if len(body) > settings.max_bytes:
            raise FetchError("too_large", answer.url, f"built, it has {len(body):,} bytes")
        _log.debug("%s: built with %d requests", answer.url, visit.parts)
        kept = tuple((name, value) for name, value in answer.headers if name not in _NOT_ANY_MORE)
        return msgspec.structs.replace(answer, body=body, headers=(("content-type", _HTML), *kept))


class Visit:
    """What one page asks for."""

    def __init__(self, renderer: Renderer, url: str, keys: set[str], budget: Budget) -> None:
        self._renderer, self._keys, self._budget = renderer, keys, budget
        self._host = urlsplit(url).hostname or ""
        self._settings = renderer.settings.of(self._host)
        self._left_bytes = _MAX_PARTS_PAGES * self._settings.max_bytes
        self.parts = 0

    async def answer(self, asked: Asked) -> Given | None:
        """Return what the browser gets for a request, or None if it gets nothing."""
        if not asked.is_fetched:
            self._refuse("not_loaded")
            return None
        try:
            answer = await self._follow(asked)
            if asked.kind == "document" and (kind := media_type(answer.header("content-type"))) not in _BUILT:
                raise FetchError("content_type", answer.url, kind or "")
        except FetchError as error:
            _log.debug("%s", error)
            self._refuse(error.reason)
            return None
        return Given(status=answer.status, headers=given_headers(answer.headers), body=answer.body)

    def _refuse(self, reason: str) -> None:
        self._renderer.refused[self._host, reason] += 1

    async def _follow(self, asked: Asked) -> Answer:
        """Ask, and follow redirects to the end: to the browser they are one answer."""
        url = parse_http_url(asked.url)
        if url is None:
            raise FetchError("bad_url", asked.url)
        visited = [url.partition("#")[0]]
        content = asked.content or b"" if asked.method == "POST" else None
        while True:
            answer = await self._ask(visited[-1], asked, content)
            if answer.status not in REDIRECT_STATUSES:
                return answer
            there = next_hop(answer.header("location"), visited=visited, limit=_MAX_REDIRECTS)
            if asked.kind == "document" and urlsplit(there)[:2] != urlsplit(asked.url)[:2]:
                raise FetchError("bad_redirect", there, "out of the origin that the page shares with its frame")
            visited.append(there.partition("#")[0])
            if answer.status not in {307, 308}:
                content = None

    async def _ask(self, url: str, asked: Asked, content: bytes | None) -> Answer:
        self.parts += 1
        if self.parts > MAX_PARTS or self._left_bytes <= 0:
            raise FetchError("too_large", url, f"the page asks for more than {MAX_PARTS} parts, or for too much")
        at, crawl_delay_s = self._renderer, None
        if at.settings.of(urlsplit(url).hostname or "").robots:
            crawl_delay_s = (await at.robots.check(url)).crawl_delay_s()
        want = Want(kind="render", accept=asked.accept, takes=lambda _: True, max_bytes=max(self._left_bytes, 1))
        part = Part(
            visit=self._keys,
            headers=asked.sent_headers(),
            content=content,
            client=None if self._is_own(url) else at.client_for_others,
        )
        # Turns are waited for within the page's own time, which runs while the browser builds it.
        budget = Budget(max(self._budget.left_s, 0.001))
        answer = await at.exchange.ask(url, want, crawl_delay_s=crawl_delay_s, part=part, budget=budget)
        self._left_bytes -= len(answer.body)
        return answer

    def _is_own(self, url: str) -> bool:
        """Tell whether a URL is of the page's host, or of the hosts that its [site."..."] speaks for."""
        host = urlsplit(url).hostname or ""
        return host == self._host or self._settings.site == self._renderer.settings.of(host).site != ""
