"""What a crawl would fetch: the sources are read and robots.txt is asked, no page is fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from scraper.config import Config
from scraper.crawl.discover import Discovery
from scraper.crawl.progress import Progress
from scraper.crawl.queue import HostQueue, queue_host
from scraper.errors import FetchError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.settings import Settings
from scraper.model import Target, Value


class Plan(Value, frozen=True, kw_only=True):
    """How many addresses a crawl would fetch, and how many robots.txt refuses."""

    allowed: int
    refused: int


async def plan_crawl(config: Config, progress: Progress, *, emit: Callable[[str], None]) -> Plan:
    """Give every address that would be fetched to `emit`, as it is found; return how many there are."""
    queue = HostQueue(lambda _: 1)
    settings, limit = Settings(config.fetch, config.site), config.crawl.limit
    allowed = refused = 0
    async with HttpFetcher(config.fetch, config.site) as fetcher, asyncio.TaskGroup() as tasks:
        feeding = tasks.create_task(_feed(config, fetcher, queue, progress))
        while (target := await queue.take()) is not None:
            queue.release(target)
            if await _is_refused(fetcher, settings, target, progress):
                refused += 1
                continue
            emit(target.url)
            allowed += 1
            if limit and allowed >= limit:
                queue.close(drop=True)
                feeding.cancel()
    return Plan(allowed=allowed, refused=refused)


async def _feed(config: Config, fetcher: HttpFetcher, queue: HostQueue, progress: Progress) -> None:
    try:
        async with asyncio.TaskGroup() as tasks:
            for source in config.source:
                tasks.create_task(Discovery(source, fetcher, put=queue.put, say=progress.say).run())
    finally:
        queue.close()


async def _is_refused(fetcher: HttpFetcher, settings: Settings, target: Target, progress: Progress) -> bool:
    """Say and tell whether robots.txt keeps the crawl from a target."""
    if target.source == "file" or not settings.of(queue_host(target)).robots:
        return False
    try:
        robots = await fetcher.robots_for(target.url)
    except FetchError as error:
        progress.say(str(error))
        return True
    rule = robots.refusing_rule(target.url)
    if rule is not None:
        progress.say(f"{target.url}: refused by robots.txt ({rule}).")
    return rule is not None
