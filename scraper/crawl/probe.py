"""What a host shows for an address that cannot exist, asked for once a week.

A host that answers such an address with 200 and something that reads like an article would otherwise give that
"article" for every dead link.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urljoin

import msgspec

from scraper.crawl.wire import Reply
from scraper.errors import FetchError
from scraper.frontier import Frontier
from scraper.model import Page, Target

_FRESH_S: Final = 7 * 86_400.0


class Probes:
    """Asks each host once. `fetch` and `read` bring a page and what comes of it; `unix_now` is in seconds."""

    def __init__(
        self,
        frontier: Frontier,
        *,
        fetch: Callable[[Target], Awaitable[Page]],
        read: Callable[[Page], Awaitable[Reply]],
        unix_now: Callable[[], float],
    ) -> None:
        self._hosts, self._fetch, self._read, self._now = frontier.hosts, fetch, read, unix_now
        self._locks: dict[str, asyncio.Lock] = {}

    async def ensure(self, host: str, url: str) -> None:
        """See to it that the frontier knows the error page of a host. Failures mean that there is none."""
        async with self._locks.setdefault(host, asyncio.Lock()):
            state = self._hosts.load(host)
            if state.probed_at is not None and 0 <= self._now() - state.probed_at < _FRESH_S:
                return
            probe = await self._signature(url)
            self._hosts.save([msgspec.structs.replace(self._hosts.load(host), probe=probe, probed_at=self._now())])

    async def _signature(self, url: str) -> bytes | None:
        """Return the signature of what reads like an article at an address that cannot exist, or None."""
        made_up = hashlib.blake2b(f"{url}{self._now()}".encode("utf-8", "replace"), digest_size=12).hexdigest()
        try:
            page = await self._fetch(Target(url=urljoin(url, f"/{made_up}.html"), source="page"))
            reply = await self._read(page)
        except FetchError:
            return None
        return reply.gist.signature if reply.gist else None
