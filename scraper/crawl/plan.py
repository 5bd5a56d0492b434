"""What a crawl would do: the sources are read and robots.txt is asked, no page is fetched, nothing is remembered."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from scraper.config import Config
from scraper.crawl.discover import Discovery
from scraper.crawl.progress import Progress
from scraper.crawl.queue import HostQueue, queue_host
from scraper.crawl.recall import KnownHost, Recall
from scraper.errors import FetchError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.settings import Settings
from scraper.frontier import Frontier
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
    due: int
    """Of the pages, those that an earlier run knew; the others are new."""
    left: int
    """Addresses left for another run: the host is left alone for longer than a crawl waits."""
    by_status: dict[str, int]
    """What earlier runs know of its addresses."""
    parked_until: datetime | None
    failures: int
    """In a row."""
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
    left: int
    seconds: float
    by_status: dict[str, int]
    """What earlier runs know."""
    due: int
    """Of that, what is due now."""
    hosts: tuple[HostPlan, ...]


class _Host:
    """One host while the plan is made. One that is parked for longer than `worth_waiting_s` is left."""

    def __init__(self, known: KnownHost, *, now: float, worth_waiting_s: float) -> None:
        self._known = known
        self._parked_s = known.parked_until.timestamp() - now if known.parked_until else 0.0
        self.is_left = self._parked_s > worth_waiting_s
        self.pages = self.due = self.left = 0
        self.refused: Counter[str] = Counter()
        self.robots = "not asked"
        self.crawl_delay_s: float | None = None

    def plan(self, host: str, settings: Settings) -> HostPlan:
        rule = settings.of(host).rule(self.crawl_delay_s)
        gap_s, _ = rule.gap(None)
        return HostPlan(
            host=host,
            pages=self.pages,
            due=self.due,
            left=self.left,
            by_status=self._known.by_status,
            parked_until=self._known.parked_until,
            failures=self._known.failures,
            refused=dict(self.refused.most_common()),
            robots=self.robots,
            crawl_delay_s=self.crawl_delay_s,
            gap_s=gap_s,
            seconds=round(self._parked_s + gap_s * (self.pages - 1), 1) if self.pages else 0.0,
            settings=tuple(
                Setting(name=name, value=value, origin=origin)
                for name, (value, origin) in settings.origins(host).items()
            ),
        )


async def plan_crawl(
    config: Config,
    progress: Progress,
    *,
    emit: Callable[[str], None],
    now: float,
    frontier: Frontier | None = None,
) -> Plan:
    """Give every address that would be fetched to `emit`, as it is found; return what it all comes to.

    Nothing is sent but requests for robots.txt, feeds, sitemaps and section pages, with what a browser needs to build
    these, as far as the `frontier` does not spare them; nothing is written to it. `now` is in unix seconds.
    """
    recall, queue, hosts = Recall(frontier, now=now), HostQueue(lambda _: 1), dict[str, _Host]()
    limit, allowed = config.crawl.limit, 0
    async with HttpFetcher(config.fetch, config.site, memory=recall.memory) as fetcher, asyncio.TaskGroup() as tasks:
        feeding = tasks.create_task(_feed(config, fetcher, queue, recall, say=progress.say))
        while (target := await queue.take()) is not None:
            queue.release(target)
            name = queue_host(target)
            if (host := hosts.get(name)) is None:
                worth_waiting_s = config.fetch.max_retry_after_s
                host = hosts[name] = _Host(recall.host(name), now=now, worth_waiting_s=worth_waiting_s)
            if host.is_left:
                host.left += 1
                continue
            rule = await _refusal(fetcher, target, host)
            if rule is not None:
                host.refused[rule] += 1
                progress.detail(f"{target.url}: refused by robots.txt ({rule}).")
                continue
            emit(target.url)
            host.pages += 1
            host.due += recall.knows(target.url)
            allowed += 1
            if limit and allowed >= limit:
                queue.close(drop=True)
                feeding.cancel()
        plans = tuple(host.plan(name, fetcher.settings) for name, host in sorted(hosts.items()))
    return _sum_up(plans, recall)


def _sum_up(plans: tuple[HostPlan, ...], recall: Recall) -> Plan:
    return Plan(
        pages=sum(plan.pages for plan in plans),
        refused=sum(sum(plan.refused.values()) for plan in plans),
        left=sum(plan.left for plan in plans),
        seconds=max((plan.seconds for plan in plans), default=0.0),
        by_status=recall.by_status(),
        due=recall.due_count(),
        hosts=plans,
    )


async def _feed(
    config: Config, fetcher: HttpFetcher, queue: HostQueue, recall: Recall, *, say: Callable[[str], None]
) -> None:
    """Put into the queue what is due already, and what the sources bring that is not known."""

    async def take(targets: Sequence[Target], trust: bool) -> int:
        return sum([await queue.put(target) for target in recall.news(targets, trust=trust)])

    async def take_due() -> None:
        for target in recall.due():
            await queue.put(target)

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(take_due())
            for source in config.source:
                depth = config.crawl.max_depth
                reading = Discovery(source, fetcher, take=take, say=say, shelf=recall.shelf, max_depth=depth)
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
