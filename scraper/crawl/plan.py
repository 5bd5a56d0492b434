"""What a crawl would do: the sources are read and robots.txt is asked, no page is fetched."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from scraper.config import Config
from scraper.crawl.discover import Discovery
from scraper.crawl.progress import Progress
from scraper.crawl.queue import HostQueue, queue_host
from scraper.errors import FetchError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.settings import Settings
from scraper.model import Target, Value


class Setting(Value, frozen=True, kw_only=True):
    """One effective setting of a host, and where it comes from: `default`, `[fetch]` or `[site."..."]`."""

    name: str
    value: Any
    origin: str


class HostPlan(Value, frozen=True, kw_only=True):
    """What would be asked of one host, and how long politeness will take."""

    host: str
    pages: int
    refused: dict[str, int]
    """Addresses that are not asked for, by the rule of robots.txt that says so."""
    robots: str
    """`fetched`, `unavailable`, `unreachable`, `not asked`, or why it could not be read."""
    crawl_delay_s: float | None
    gap_s: float
    seconds: float
    settings: tuple[Setting, ...]


class Plan(Value, frozen=True, kw_only=True):
    """A crawl before it happens. Hosts are asked side by side, so the slowest one sets the time."""

    pages: int
    refused: int
    seconds: float
    hosts: tuple[HostPlan, ...]


class _Host:
    """One host while the plan is made."""

    def __init__(self) -> None:
        self.pages = 0
        self.refused: Counter[str] = Counter()
        self.robots = "not asked"
        self.crawl_delay_s: float | None = None

    def plan(self, host: str, settings: Settings) -> HostPlan:
        rule = settings.of(host).rule(self.crawl_delay_s)
        gap_s, _ = rule.gap(None)
        return HostPlan(
            host=host,
            pages=self.pages,
            refused=dict(self.refused.most_common()),
            robots=self.robots,
            crawl_delay_s=self.crawl_delay_s,
            gap_s=gap_s,
            seconds=round(gap_s * max(self.pages - 1, 0), 1),
            settings=tuple(
                Setting(name=name, value=value, origin=origin)
                for name, (value, origin) in settings.origins(host).items()
            ),
        )


async def plan_crawl(config: Config, progress: Progress, *, emit: Callable[[str], None]) -> Plan:
    """Give every address that would be fetched to `emit`, as it is found; return what it all comes to.

    Nothing is sent but requests for robots.txt, feeds, sitemaps and section pages.
    """
    queue = HostQueue(lambda _: 1)
    hosts: dict[str, _Host] = {}
    limit, allowed = config.crawl.limit, 0
    async with HttpFetcher(config.fetch, config.site) as fetcher, asyncio.TaskGroup() as tasks:
        feeding = tasks.create_task(_feed(config, fetcher, queue, progress))
        while (target := await queue.take()) is not None:
            queue.release(target)
            host = hosts.setdefault(queue_host(target), _Host())
            rule = await _refusal(fetcher, target, host)
            if rule is not None:
                host.refused[rule] += 1
                progress.detail(f"{target.url}: refused by robots.txt ({rule}).")
                continue
            emit(target.url)
            host.pages += 1
            allowed += 1
            if limit and allowed >= limit:
                queue.close(drop=True)
                feeding.cancel()
        plans = tuple(host.plan(name, fetcher.settings) for name, host in sorted(hosts.items()))
    return Plan(
        pages=allowed,
        refused=sum(sum(plan.refused.values()) for plan in plans),
        seconds=max((plan.seconds for plan in plans), default=0.0),
        hosts=plans,
    )


async def _feed(config: Config, fetcher: HttpFetcher, queue: HostQueue, progress: Progress) -> None:
    async def take(targets: Sequence[Target], trust: bool) -> int:
        return sum([await queue.put(target) for target in targets])

    try:
        async with asyncio.TaskGroup() as tasks:
            for source in config.source:
                depth = config.crawl.max_depth
                reading = Discovery(source, fetcher, take=take, say=progress.say, max_depth=depth)
                tasks.create_task(reading.run())
    finally:
        queue.close()


async def _refusal(fetcher: HttpFetcher, target: Target, host: _Host) -> str | None:
    """Return what of robots.txt keeps the crawl from a target, or None if nothing does."""
    if target.source == "file" or not fetcher.settings.of(queue_host(target)).robots:
        return None
    try:
        robots = await fetcher.robots_for(target.url)
    except FetchError as error:
        host.robots = error.reason
        return error.reason
    host.robots, host.crawl_delay_s = robots.state, robots.crawl_delay_s()
    return robots.refusing_rule(target.url)
