"""The moving parts of one run: sources fill the frontier, a task for each address fetches, processes read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Final

from scraper.config import Config
from scraper.crawl.asleep import Asleep
from scraper.crawl.bounds import Bounds
from scraper.crawl.contact import check_signed
from scraper.crawl.discover import Discovery
from scraper.crawl.dispatch import Dispatcher
from scraper.crawl.following import read_whole
from scraper.crawl.journal import Journal
from scraper.crawl.ledger import Ledger
from scraper.crawl.limit import Limit
from scraper.crawl.pages import PageSource
from scraper.crawl.probe import Probes
from scraper.crawl.progress import Progress
from scraper.crawl.room import Room
from scraper.crawl.samples import Samples
from scraper.crawl.schedule import PUT_OFF
from scraper.crawl.shelf import FrontierShelf
from scraper.crawl.tally import Tally
from scraper.crawl.wire import Reply
from scraper.crawl.workers import WorkerPool
from scraper.errors import FetchError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.messages import Validators
from scraper.frontier import Lease
from scraper.model import Page, SourceKind, Target
from scraper.web.urls import host_key

COMMIT_EVERY_S: Final = 1.0
PAGES_WAITING_PER_WORKER: Final = 3
"""Pages held for each extraction process; more only cost memory."""
_PARKED_S: Final = 86_400.0
_NAMED_HOSTS: Final = 1_000
"""Parked hosts that the summary names."""
_PRIORITIES: Final[dict[SourceKind, int]] = {"feed": 20, "list": 10, "section": 10, "file": 10}
"""What a feed names is news; a sitemap's addresses, maybe a million, come after."""


class Crawl:
    """One run over an open journal. Every target ends in the ledger, or goes back to the frontier."""

    def __init__(
        self,
        config: Config,
        journal: Journal,
        tally: Tally,
        progress: Progress,
        *,
        fetcher: HttpFetcher,
        pool: WorkerPool,
        bounds: Bounds,
        now: Callable[[], datetime],
        workers: int,
        beat: Callable[[], None],
    ) -> None:
        self.tally = tally
        self._config, self._journal, self._progress = config, journal, progress
        self._fetcher, self._pool, self._bounds, self._now, self._beat = fetcher, pool, bounds, now, beat
        self._frontier, self._pages = journal.frontier, PageSource(fetcher, max_bytes=config.fetch.max_bytes)
        self._room = Room(workers * PAGES_WAITING_PER_WORKER)
        self._limit = Limit(config.crawl.limit)
        self._horizon = self._unix_now()
        self._dispatcher = self._make_dispatcher()
        unix_now, horizon = self._unix_now, self._horizon
        self._ledger = Ledger(
            self._frontier, journal.output, tally, progress, config=config.crawl, horizon=horizon, unix_now=unix_now
        )
        self._samples = Samples(self._frontier)
        self._probes = Probes(self._frontier, fetch=fetcher.fetch_page, read=self._read_probe, unix_now=unix_now)
        self._asleep = Asleep()
        self._ending = ""
        self._out: dict[bytes, Lease] = {}
        self._feeding: asyncio.Task[None] | None = None
        tally.targets += self._frontier.leases.unfinished(self._horizon)

    def _make_dispatcher(self) -> Dispatcher:
        crawl, max_wait_s, settings = self._config.crawl, self._config.fetch.max_retry_after_s, self._fetcher.settings
        return Dispatcher(
            self._frontier,
            run=self.tally.run,
            horizon=self._horizon,
            worth_waiting=lambda: self._unix_now() + max_wait_s,
            per_host=lambda host: settings.of(host).per_host,
            budget=crawl.max_per_host,
        )

    async def work(self) -> None:
        """Run until every source is read and every target has ended, or `take_no_more` was called."""
        async with asyncio.TaskGroup() as around:
            committing = around.create_task(self._commit_often())
            async with asyncio.TaskGroup() as tasks:
                self._feeding = tasks.create_task(self._feed())
                tasks.create_task(self._hand_out(tasks))
            committing.cancel()

    def take_no_more(self, why: str) -> None:
        """Read no further sources and take no further target; those that were taken go on to their end."""
        self.tally.stopped_by = self.tally.stopped_by or why
        self._dispatcher.close()
        if self._feeding is not None:
            self._feeding.cancel()

    def finish(self, why: str = "interrupted") -> None:
        """Begin nothing more: targets that wait for their host are left for another run."""
        self._ending = why
        self.take_no_more(why)
        self._asleep.cancel()

    def close(self) -> None:
        """Write down what was held back, and give back what was not fetched: nothing more will come."""
        self._ledger.close(was_stopped=self.tally.stopped_by is not None)
        self._dispatcher.close()
        self._frontier.leases.release(self._out.values())
        now = self._unix_now()
        for host in self._frontier.leases.hosts_due(now + _PARKED_S, limit=_NAMED_HOSTS):
            parked_s = self._frontier.hosts.load(host).parked_until - now
            counts = next(self._frontier.leases.host_counts(host), None)
            if parked_s > 0 and counts is not None and (counts.next_due or now + 1) <= now:
                self.tally.left_hosts.setdefault(host, f"the host is left alone for another {parked_s:.0f} s")

    def sample(self, host: str) -> bytes | None:
        """Return a page of a host that the yield watch may have to show."""
        return self._samples.of(host)

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Begin a request, whose host has nothing against it, when the pages fetched before it have room."""
        await self._room.admit()
        with self._asleep.awake():
            self.tally.in_flight += 1
            try:
                yield
            finally:
                self.tally.in_flight -= 1

    def _unix_now(self) -> float:
        return self._now().timestamp()

    async def _commit_often(self) -> None:
        """Bring what was written to the disk once a second: a power cut costs the work of that second at most."""
        while True:
            if why := self._ending or self._bounds.reached():
                self.finish(why)  # again and again: who had a request in flight may wait for the next one now
            await asyncio.sleep(COMMIT_EVERY_S)
            self._fetcher.remember_news()
            self._journal.commit()
            self._beat()

    async def _feed(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                for source in self._config.source:
                    reading = Discovery(
                        source,
                        self._fetcher,
                        take=self._take,
                        say=self._progress.say,
                        shelf=FrontierShelf(self._frontier, unix_now=self._unix_now),
                        max_depth=self._config.crawl.max_depth,
                    )
                    tasks.create_task(self._read_source(reading))
            self._ledger.know_all_targets()
        finally:
            self._dispatcher.fed()

    async def _read_source(self, reading: Discovery) -> None:
        try:
            await reading.run()
        finally:
            self.tally.sources.append(reading.figures())

    async def _take(self, targets: Sequence[Target], trust: bool) -> int:
        """Put targets into the frontier; return how many are new or due again."""
        priority = _PRIORITIES.get(targets[0].source, 0) if targets else 0
        added = self._frontier.urls.add(targets, now=self._horizon, priority=priority, trust=trust)
        for host, count in added.hosts.items():
            self.tally.add_targets(host, count)
        if added.hosts:
            self._dispatcher.wake()
        await asyncio.sleep(0)
        return added.new + added.due_again

    async def _hand_out(self, tasks: asyncio.TaskGroup) -> None:
        """Give each target whose host has a place a task of its own: a task that waits for its host costs little.

        How many requests are in flight is bounded where they begin (fetch.hosts_at_once), how many pages are in
        memory by `Room`.
        """
        while await self._limit.take():
            if (lease := await self._dispatcher.take()) is None:
                self._limit.give_back()
                return
            self._out[lease.key] = lease
            visit = tasks.create_task(self._visit(lease, tasks))
            self._asleep.add(visit)
        self.take_no_more(f"crawl.limit = {self._config.crawl.limit}")

    async def _visit(self, lease: Lease, tasks: asyncio.TaskGroup) -> None:
        """Fetch a page and hand it over; its host's next one is not begun before there is room for this one."""
        try:
            page = await self._fetch(lease)
            if page is not None:
                self._asleep.leave()
                await self._room.enter()
        finally:
            self._dispatcher.release(lease)
        if page is not None:
            tasks.create_task(self._extract(lease, page))

    async def _fetch(self, lease: Lease) -> Page | None:
        """Return the page of a target, or None after its end was written down."""
        validators = Validators(etag=lease.etag, last_modified=lease.last_modified) if lease.article_id else None
        try:
            page = await self._fetch_page(lease.target, validators if validators and validators.headers() else None)
        except FetchError as error:
            self._settle_failed(lease, error)
            return None
        if page.status == 304:
            self._ledger.settle_unchanged(lease, page)
            del self._out[lease.key]
            return None
        self.tally.add_page(lease.host, page)
        self._samples.offer(lease.host, page)
        return page

    def _settle_failed(self, lease: Lease, error: FetchError) -> None:
        self._ledger.settle_failed(lease, error, self._now())
        del self._out[lease.key]
        if error.reason in PUT_OFF and error.reason != "interrupted":
            self.tally.left_hosts.setdefault(lease.host, error.detail or error.reason)
            self._dispatcher.leave(lease.host)

    async def _fetch_page(self, target: Target, validators: Validators | None = None) -> Page:
        """Return the page of a target that has a place within the limit; without a page the place is free again."""
        try:
            check_signed(target.url, self._config.fetch)
            page = await self._pages.fetch(target, validators)
        except BaseException:
            self._limit.give_back()
            raise
        self._limit.use()
        return page

    async def _extract(self, lease: Lease, page: Page) -> None:
        reply = await read_whole(
            page, self._read_in_room, lambda reply: reply.following, fetch=self._fetch_following, say=self._progress.say
        )
        if reply.gist is not None and self._config.crawl.probe and lease.target.source != "file":
            await self._probe(lease.host, page.final_url)
        self._ledger.settle(lease, page, reply)
        del self._out[lease.key]

    async def _read_in_room(self, page: Page) -> Reply:
        """Return what came of a page, and give its place back; it has one, unless it comes again with further pages."""
        if page.following:
            await self._room.enter()
        self.tally.in_flight += 1
        try:
            return await self._pool.read(page)
        finally:
            self.tally.in_flight -= 1
            self._room.leave()

    async def _probe(self, host: str, url: str) -> None:
        """Have a host probed; at the end of a run that is not worth waiting for, but its page is not given up."""
        if self._ending:
            return
        probe = asyncio.create_task(self._probes.ensure(host, url))
        self._asleep.add(probe)
        try:
            await asyncio.wait({probe})
        finally:
            probe.cancel()
        if not probe.cancelled():
            probe.result()

    async def _read_probe(self, page: Page) -> Reply:
        await self._room.enter()
        return await self._read_in_room(page)

    async def _fetch_following(self, target: Target) -> Page:
        """Return a further page of an article; it is no target of its own any more."""
        if not await self._limit.take():
            raise FetchError("interrupted", target.url, "the limit is reached")
        with self._asleep.here():
            page = await self._fetch_page(target)
        self.tally.add_page(host_key(target.url), page)
        return page
