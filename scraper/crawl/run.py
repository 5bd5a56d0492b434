"""A crawl from its sources to its summary."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from scraper.config import Config
from scraper.crawl.contact import has_contact, is_local
from scraper.crawl.discover import Discovery
from scraper.crawl.following import read_whole
from scraper.crawl.ledger import Ledger
from scraper.crawl.limit import Limit
from scraper.crawl.pages import PageSource
from scraper.crawl.progress import Progress
from scraper.crawl.queue import HostQueue, queue_host
from scraper.crawl.room import Room
from scraper.crawl.stop import Stop
from scraper.crawl.tally import Summary, Tally
from scraper.crawl.wire import Job, Reply
from scraper.crawl.workers import WorkerPool, count_workers
from scraper.errors import FetchError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.settings import Settings
from scraper.model import Page, Target
from scraper.rules import load_rules
from scraper.sinks import JsonlSink

FINISH_S: Final = 10.0
"""After the first Ctrl-C, what is in flight has this long to end."""
SYNC_EVERY_S: Final = 1.0
PAGES_WAITING_PER_WORKER: Final = 3
"""Pages held for each extraction process; more only cost memory."""


async def run_crawl(
    config: Config, out: Path, progress: Progress, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Summary:
    """Fetch what the configuration names, write the records to `out`, and return the summary written there.

    Raises SinkError when results cannot be written; all that was written before is intact. Raises ConfigError, before
    anything is fetched, when a site rule is wrong.
    """
    tally = Tally(now)
    count = count_workers(config.crawl.workers)
    job = Job(
        quality=config.quality,
        profile=config.output.profile,
        page_timeout_s=config.crawl.page_timeout_s,
        rules=load_rules(config.crawl.rules_dir),
    )

    def admit() -> AbstractAsyncContextManager[None]:
        return crawl.request()

    with JsonlSink(out) as sink, Stop() as stop:
        if sink.moved_to is not None:
            progress.say(f"The results of an earlier run are now in {sink.moved_to}.")
        async with (
            HttpFetcher(
                config.fetch, config.site, admit=admit, record=sink.write_request, tdmrep=config.fetch.tdmrep
            ) as fetcher,
            WorkerPool(job, count=count, log=out / "workers.log") as pool,
        ):
            crawl = Crawl(config, tally, progress, fetcher=fetcher, pool=pool, sink=sink, count=count)
            await _until_done_or_stopped(crawl, stop, progress)
        crawl.close()
        progress.clear()
        summary = tally.summary(interrupted=stop.soon.is_set(), profile=config.output.profile)
        sink.write_summary(summary)
    return summary


async def _until_done_or_stopped(crawl: Crawl, stop: Stop, progress: Progress) -> None:
    work = asyncio.create_task(crawl.work())
    soon, at_once = asyncio.create_task(stop.soon.wait()), asyncio.create_task(stop.now.wait())
    watch = asyncio.create_task(progress.watch(crawl.tally))
    try:
        await asyncio.wait({work, soon}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            progress.say(f"Stopping: what is in flight has {FINISH_S:g} s to finish. Once more to stop at once.")
            crawl.finish()
            await asyncio.wait({work, at_once}, timeout=FINISH_S, return_when=asyncio.FIRST_COMPLETED)
            work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        if not work.cancelled() and (error := work.exception()) is not None:
            raise first_cause(error)
    finally:
        for task in (work, soon, at_once, watch):
            task.cancel()
        await asyncio.gather(work, soon, at_once, watch, return_exceptions=True)


def first_cause(error: BaseException) -> BaseException:
    """Return what went wrong first inside groups of tasks."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _following(reply: Reply) -> tuple[str, ...]:
    return reply.following


class Crawl:
    """The moving parts of one run: sources feed the queue, a task for each host fetches, processes read."""

    def __init__(
        self,
        config: Config,
        tally: Tally,
        progress: Progress,
        *,
        fetcher: HttpFetcher,
        pool: WorkerPool,
        sink: JsonlSink,
        count: int,
    ) -> None:
        self.tally = tally
        self._config, self._progress, self._sink, self._pool = config, progress, sink, pool
        self._room = Room(count * PAGES_WAITING_PER_WORKER)
        self._asleep: set[asyncio.Task[Any] | None] = set()
        self._fetcher, self._pages = fetcher, PageSource(fetcher, max_bytes=config.fetch.max_bytes)
        settings = Settings(config.fetch, config.site)
        self._queue = HostQueue(lambda host: settings.of(host).per_host)
        self._ledger = Ledger(tally, progress, sink, is_target=self._queue.knows)
        self._feeding: asyncio.Task[None] | None = None
        self._limit = Limit(config.crawl.limit)

    async def work(self) -> None:
        """Run until every source is read and every target has ended, or `take_no_more` was called."""
        async with asyncio.TaskGroup() as around:
            syncing = around.create_task(self._sync_often())
            async with asyncio.TaskGroup() as tasks:
                self._feeding = tasks.create_task(self._feed())
                tasks.create_task(self._hand_out(tasks))
            syncing.cancel()

    def take_no_more(self) -> None:
        """Read no further sources and take no further target; those that were taken go on to their end."""
        self._queue.close(drop=True)
        if self._feeding is not None:
            self._feeding.cancel()

    def finish(self) -> None:
        """Begin nothing more: targets that wait for their host are left for another run."""
        self.take_no_more()
        for visit in filter(None, self._asleep):
            visit.cancel()

    def close(self) -> None:
        """Write down what was held back: nothing more will come."""
        self._ledger.close()

    @asynccontextmanager
    async def request(self) -> AsyncIterator[None]:
        """Begin a request, whose host has nothing against it, when the pages fetched before it have room."""
        await self._room.admit()
        visit = asyncio.current_task()
        is_visit = visit in self._asleep
        if is_visit:
            self._asleep.remove(visit)
        self.tally.in_flight += 1
        try:
            yield
        finally:
            self.tally.in_flight -= 1
            if is_visit:
                self._asleep.add(visit)

    async def _sync_often(self) -> None:
        """Bring what was written to the disk once a second: a power cut costs the lines of that second at most."""
        while True:
            await asyncio.sleep(SYNC_EVERY_S)
            await asyncio.to_thread(self._sink.sync)

    async def _feed(self) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                for source in self._config.source:
                    reading = Discovery(source, self._fetcher, put=self._put, say=self._progress.say)
                    tasks.create_task(self._read(reading))
            self._ledger.know_all_targets()
        finally:
            self._queue.close()

    async def _read(self, reading: Discovery) -> None:
        try:
            await reading.run()
        finally:
            self.tally.sources.append(reading.figures())

    async def _put(self, target: Target) -> bool:
        is_new = await self._queue.put(target)
        self.tally.targets += is_new
        return is_new

    async def _hand_out(self, tasks: asyncio.TaskGroup) -> None:
        """Give each target whose host has a place a task of its own: a task that waits for its host costs little.

        How many requests are in flight is bounded where they begin (fetch.hosts_at_once), how many pages are in
        memory by `Room`.
        """
        while await self._limit.take():
            if (target := await self._queue.take()) is None:
                self._limit.give_back()
                return
            visit = tasks.create_task(self._visit(target, tasks))
            self._asleep.add(visit)
            visit.add_done_callback(self._asleep.discard)
        self.take_no_more()

    async def _visit(self, target: Target, tasks: asyncio.TaskGroup) -> None:
        """Fetch a page and hand it over; its host's next one is not begun before there is room for this one."""
        try:
            page = await self._fetch(target)
            if page is not None:
                self._asleep.discard(asyncio.current_task())
                await self._room.enter()
        finally:
            self._queue.release(target)
        if page is not None:
            tasks.create_task(self._extract(target, page))

    async def _fetch(self, target: Target) -> Page | None:
        """Return the page of a target, or None after the failure was written down."""
        try:
            return await self._fetch_page(target)
        except FetchError as error:
            self._ledger.settle_failed(target, error, datetime.now(UTC))
            return None

    async def _fetch_page(self, target: Target) -> Page:
        """Return the page of a target that has a place within the limit; without a page the place is free again."""
        try:
            self._check_signed(target)
            page = await self._pages.fetch(target)
        except BaseException:
            self._limit.give_back()
            raise
        self._limit.use()
        self.tally.add_page(queue_host(target), page)
        return page

    async def _extract(self, target: Target, page: Page) -> None:
        say = self._progress.say
        reply = await read_whole(page, self._read_in_room, _following, fetch=self._fetch_following, say=say)
        self._ledger.settle(target, page, reply)

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

    async def _fetch_following(self, target: Target) -> Page:
        """Return a further page of an article; it is no target of its own any more."""
        if not await self._limit.take():
            raise FetchError("interrupted", target.url, "the limit is reached")
        self._queue.skip(target.url)
        return await self._fetch_page(target)

    def _check_signed(self, target: Target) -> None:
        """A source on this machine may still name pages on others: those need somebody who signs for the crawl."""
        if not has_contact(self._config.fetch) and not is_local(target.url, self._config.fetch):
            raise FetchError("address_refused", target.url, "fetch.contact is not set")
