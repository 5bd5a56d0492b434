"""Many saved pages, read several at a time and answered in their order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

import msgspec

from scraper.config import Config, QualityConfig
from scraper.crawl.wire import Job
from scraper.crawl.workers import WorkerPool, count_workers
from scraper.model import Article, Page, PageType, Rejected
from scraper.rules import Rules

T = TypeVar("T")
EVERYTHING: Final = QualityConfig(page_types=get_args(PageType), min_words=1, min_paid_words=1, require_title=False)
"""Who names a page by hand wants what is on it, whatever kind of page it is."""
ALONE: Final = 16
"""So many saved pages are read before processes are started for the others: to start one takes as long."""
_AHEAD: Final = 3
"""Pages begun for each process, so that none waits for the next while an earlier one takes long."""


class Readers:
    """Processes beside this one that read pages, started when the first page comes. An async context manager.

    A page that hangs or kills its process costs that page alone. What the processes have to say goes to `log`.
    """

    def __init__(self, config: Config, rules: Rules, log: Path) -> None:
        count = count_workers(config.crawl.workers)
        job = Job(
            quality=EVERYTHING,
            profile="full",
            page_timeout_s=config.crawl.page_timeout_s,
            rules=rules,
            wants_gist=False,
        )
        self._pool = WorkerPool(job, count=count, log=log)
        self.ahead = _AHEAD * count

    async def __aenter__(self) -> Readers:
        await self._pool.__aenter__()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._pool.__aexit__(*exc)

    async def read(self, page: Page) -> Article | Rejected:
        """Return what came of the page. Total."""
        reply = await self._pool.read(page)
        return reply.rejected or msgspec.json.decode(reply.line, type=Article)


async def in_order(work: AsyncIterator[tuple[Coroutine[Any, Any, T], int]]) -> AsyncGenerator[T]:
    """Yield what comes of each piece of work, in order.

    Each comes with how many pieces, itself included, may be under way when the next is begun: with 0 its result is
    waited for at once, and so are those before it.
    """
    begun: deque[asyncio.Task[T]] = deque()
    try:
        async for piece, ahead in work:
            begun.append(asyncio.create_task(piece))
            while len(begun) > ahead:
                yield await begun.popleft()
        while begun:
            yield await begun.popleft()
    finally:
        for task in begun:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)
