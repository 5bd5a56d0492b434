"""One request and its answer: a turn at the host, a deadline, the gates, the body out of its codings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from scraper.config import FetchConfig
from scraper.errors import FetchError
from scraper.fetchers.client import HttpClient, Reply
from scraper.fetchers.decode import ACCEPT_ENCODING, BodyDecoder
from scraper.fetchers.pace import Pace
from scraper.fetchers.settings import HostSettings, Settings
from scraper.model import Value
from scraper.web.headers import binary_type, is_page_type, is_resource_type, media_type, retry_after_s
from scraper.web.robots import MAX_ROBOTS_BYTES

_SNIFFED_BYTES: Final = 16
PARKING_STATUSES: Final = frozenset({429, 503})


class Want(Value, frozen=True, kw_only=True):
    """What a request is for: what it asks for, which answers it takes, and how much of them."""

    accept: str
    takes: Callable[[str | None], bool]
    max_bytes: int | None = None
    """None: the configured cap."""
    is_text: bool = False
    """Bodies that begin like a picture, a PDF or an archive are refused, and unlabelled gzip is inflated."""
    cut: bool = False
    """A longer body is cut, not refused."""


PAGE: Final = Want(
    accept="text/html,application/xhtml+xml;q=0.9,text/plain;q=0.5,*/*;q=0.1", takes=is_page_type, is_text=True
)
RESOURCE: Final = Want(
    accept="application/rss+xml,application/atom+xml,application/feed+json,application/xml,text/xml,text/html;q=0.8,"
    "*/*;q=0.5",
    takes=is_resource_type,
    max_bytes=50 * 1024 * 1024,  # https://www.sitemaps.org/protocol.html
)
ROBOTS: Final = Want(accept="text/plain,*/*;q=0.5", takes=lambda _: True, max_bytes=MAX_ROBOTS_BYTES, cut=True)


class Answer(Value, frozen=True, kw_only=True):
    """A complete answer. The body is empty unless the status is 2xx."""

    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    retry_after_s: float | None = None

    def header(self, name: str) -> str | None:
        """Return the first header of this lower-case name, or None."""
        return next((value for key, value in self.headers if key == name), None)


class Exchange:
    """Sends requests politely: the one door to the network."""

    def __init__(
        self, config: FetchConfig, *, client: HttpClient, pace: Pace, settings: Settings, now: Callable[[], datetime]
    ) -> None:
        self._config, self._client, self._pace, self._settings, self._now = config, client, pace, settings, now

    async def ask(self, url: str, want: Want, *, crawl_delay_s: float | None = None, budget: Budget) -> Answer:
        """Return what the server answers, whatever the status. Raises FetchError."""
        host = urlsplit(url).hostname or ""
        settings = self._settings.of(host)
        gap_s = max(settings.delay_s, min(crawl_delay_s or 0.0, self._config.max_crawl_delay_s))
        async with (
            self._pace.turn(host, url, gap_s=gap_s, width=settings.per_host),
            budget.spend(url),
            self._client.get(url, _headers(settings, want)) as reply,
        ):
            self._heed(host, reply)
            return await self._read(reply, url, want)

    def _heed(self, host: str, reply: Reply) -> None:
        """Let the host's pace know how it answered."""
        if reply.status in PARKING_STATUSES:
            self._pace.park(host, retry_after_s(reply.header("retry-after"), now=self._now()))
        else:
            self._pace.forgive(host)

    async def _read(self, reply: Reply, url: str, want: Want) -> Answer:
        if 200 <= reply.status < 300:
            body = await self._read_body(reply, url, want)
        else:
            body = b""
            await reply.drain()
        return Answer(
            url=url,
            status=reply.status,
            reason=reply.reason,
            headers=reply.headers,
            body=body,
            retry_after_s=retry_after_s(reply.header("retry-after"), now=self._now()),
        )

    async def _read_body(self, reply: Reply, url: str, want: Want) -> bytes:
        content_type = reply.header("content-type")
        if not want.takes(content_type):
            raise FetchError("content_type", url, media_type(content_type) or "", status=reply.status)
        max_bytes = want.max_bytes or self._config.max_bytes
        announced = reply.header("content-length") or ""
        if announced.isdigit() and int(announced) > max_bytes and not want.cut:
            raise FetchError("too_large", url, f"announces {int(announced):,} bytes, more than {max_bytes:,}")
        encoding = ",".join(value for name, value in reply.headers if name == "content-encoding")
        decoder = BodyDecoder(encoding, url, max_bytes, cut=want.cut, unlabelled_gzip=want.is_text)
        sniffed = not want.is_text
        async for chunk in reply.chunks:
            decoder.feed(chunk)
            if not sniffed and decoder.inflated_bytes >= _SNIFFED_BYTES:
                _refuse_binary(decoder.head, url)
                sniffed = True
            if decoder.is_full:
                break
        body = decoder.finish()
        if not sniffed:
            _refuse_binary(body[:_SNIFFED_BYTES], url)
        return body


class Budget:
    """The time a page may take over all its hops, waiting for turns not counted."""

    def __init__(self, seconds: float) -> None:
        self._total_s = self._left_s = seconds

    @asynccontextmanager
    async def spend(self, url: str) -> AsyncIterator[None]:
        """Charge what happens inside. Raises FetchError(deadline) when all is spent."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            async with asyncio.timeout(self._left_s):
                yield
        except TimeoutError as error:
            raise FetchError("deadline", url, f"not done after {self._total_s:g} s") from error
        finally:
            self._left_s -= loop.time() - began_s


def _headers(settings: HostSettings, want: Want) -> dict[str, str]:
    sent = {"user-agent": settings.user_agent, "accept": want.accept, "accept-encoding": ACCEPT_ENCODING}
    return sent | {name.lower(): value for name, value in settings.headers}


def _refuse_binary(head: bytes, url: str) -> None:
    found = binary_type(head)
    if found is not None:
        raise FetchError("content_type", url, f"the body is {found}, whatever its label says")
