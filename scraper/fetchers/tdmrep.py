"""The tdmrep.json of every host asked, each fetched once a day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from scraper.errors import FetchError
from scraper.fetchers.exchange import Budget, Exchange
from scraper.fetchers.memory import KeptResource, Memory
from scraper.fetchers.messages import Want
from scraper.fetchers.robots import RobotsKeeper
from scraper.fetchers.settings import Settings
from scraper.model import Rights
from scraper.web.tdm import MAX_TDMREP_BYTES, TdmRep, tdmrep_url

_FRESH: Final = timedelta(hours=24)
_FAILED_FRESH: Final = timedelta(minutes=10)
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
TDMREP: Final = Want(
    kind="tdmrep", accept="application/json,*/*;q=0.5", takes=lambda _: True, max_bytes=MAX_TDMREP_BYTES, cut=True
)


class _Entry:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.declared = TdmRep()
        self.stale_at = _LONG_AGO
        self.is_recalled = False


class TdmKeeper:
    """Fetches and keeps the declarations, one file per scheme, host and port. A host without one reserves nothing."""

    def __init__(
        self,
        exchange: Exchange,
        robots: RobotsKeeper,
        settings: Settings,
        *,
        now: Callable[[], datetime],
        memory: Memory,
    ) -> None:
        self._exchange, self._robots, self._settings = exchange, robots, settings
        self._now, self._memory = now, memory
        self._entries: dict[str, _Entry] = {}

    async def rights_for(self, url: str) -> Rights:
        """Return what the host declares about a URL. Total: failures mean that nothing is known."""
        where = tdmrep_url(url)
        entry = self._entries.setdefault(where, _Entry())
        async with entry.lock:
            if not entry.is_recalled:
                self._recall(entry, where)
            if self._now() >= entry.stale_at:
                await self._refresh(entry, where)
        return entry.declared.rights_for(url)

    def _recall(self, entry: _Entry, where: str) -> None:
        entry.is_recalled = True
        if kept := self._memory.load_resource(where):
            entry.declared, entry.stale_at = _declared(kept), kept.stale_at(_FRESH, now=self._now())

    async def _refresh(self, entry: _Entry, where: str) -> None:
        host = urlsplit(where).hostname or ""
        settings = self._settings.of(host)
        try:
            robots = await self._robots.check(where) if settings.robots else None
            answer = await self._exchange.ask(
                where,
                TDMREP,
                crawl_delay_s=robots.crawl_delay_s() if robots else None,
                budget=Budget(settings.deadline_s),
            )
        except FetchError:
            entry.stale_at = self._now() + _FAILED_FRESH
            return
        kept = KeptResource(status=answer.status, body=answer.body, fetched_at=self._now())
        entry.declared, entry.stale_at = _declared(kept), kept.fetched_at + _FRESH
        if answer.status < 500:
            self._memory.save_resource(where, kept)


def _declared(kept: KeptResource) -> TdmRep:
    return TdmRep.parse(kept.body) if 200 <= kept.status < 300 else TdmRep()
