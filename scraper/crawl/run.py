"""A crawl from its sources to its summary."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from scraper.config import Config
from scraper.crawl.aftermath import find_trouble, tell_others
from scraper.crawl.bounds import Bounds
from scraper.crawl.echo import Echo
from scraper.crawl.journal import Journal
from scraper.crawl.memory import FrontierMemory
from scraper.crawl.progress import Progress
from scraper.crawl.relearn import relearn
from scraper.crawl.schedule import longest_wait_s
from scraper.crawl.stop import Stop
from scraper.crawl.tally import Summary, Tally
from scraper.crawl.visits import Crawl
from scraper.crawl.wire import Job
from scraper.crawl.workers import FILES_EACH, WorkerPool, count_workers
from scraper.fetchers import HttpFetcher
from scraper.fetchers.open_files import OTHER_FILES
from scraper.frontier import Frontier, RunLock
from scraper.rules import load_rules
from scraper.sinks.output import put_unknown_parts_aside, start_over
from scraper.sinks.whole import make_folder

FINISH_S: Final = 10.0
"""After the first Ctrl-C, what is in flight has this long to end."""
STATE: Final = "state"


async def run_crawl(
    config: Config,
    out: Path,
    progress: Progress,
    *,
    fresh: bool = False,
    echo: Echo | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Summary:
    """Fetch what is new or due, write the records to `out`, and return the summary written there.

    With `fresh`, everything that earlier runs left is moved aside first, and all begins anew. Raises SinkError or
    StateError when results or memory cannot be written: what was committed is intact, and the next run goes on from
    there. Raises LockedError if another run is at work, ConfigError, before anything is fetched, when a site rule is
    wrong. `echo` shows each article when it is committed.
    """
    state = state_folder(config, out)
    make_folder(out)
    job = Job(
        quality=config.quality,
        profile=config.output.profile,
        page_timeout_s=config.crawl.page_timeout_s,
        rules=load_rules(config.crawl.rules_dir),
    )
    with _hold(state, out, now) as beat:
        if fresh and (aside := start_over(out, state.glob("frontier.sqlite3*"))):
            progress.say(f"Starting over; what earlier runs left is now in {aside}.")
        with Frontier(state) as frontier:
            await relearn(frontier, out, config.crawl, progress, now=now().timestamp())
            summary = await _crawl_and_publish(
                config, out, progress, frontier=frontier, job=job, now=now, beat=beat, echo=echo
            )
        await tell_others(config.output, summary, progress)
    return summary


def state_folder(config: Config, out: Path) -> Path:
    """Return where a crawl remembers."""
    return Path(config.crawl.state_dir) if config.crawl.state_dir else out / STATE


@contextmanager
def _hold(state: Path, out: Path, now: Callable[[], datetime]) -> Iterator[Callable[[], None]]:
    """Keep other runs away from both folders, also where the state is elsewhere; yield what says that we are alive."""
    is_inside = state.resolve() == (out / STATE).resolve()
    folders = [state] if is_inside or state.resolve() == out.resolve() else [state, out]
    with ExitStack() as held:
        owner, began = " ".join(sys.argv), now().timestamp()
        locks = [held.enter_context(RunLock(folder, owner=owner, now=began)) for folder in folders]

        def beat() -> None:
            for lock in locks:
                lock.beat(now().timestamp())

        yield beat


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What a run is given, and what it writes to, from its beginning to its end."""

    config: Config
    out: Path
    progress: Progress
    journal: Journal
    tally: Tally
    now: Callable[[], datetime]
    beat: Callable[[], None]


async def _crawl_and_publish(
    config: Config,
    out: Path,
    progress: Progress,
    *,
    frontier: Frontier,
    job: Job,
    now: Callable[[], datetime],
    beat: Callable[[], None],
    echo: Echo | None,
) -> Summary:
    """Begin a run, crawl until all is done or somebody wants it to stop, and write the files and the summary."""
    tally = Tally(now)
    with (
        Stop() as stop,
        Journal(frontier, out, began=tally.started, config=config.output, now=now, echo=echo) as journal,
    ):
        run = _Run(config=config, out=out, progress=progress, journal=journal, tally=tally, now=now, beat=beat)
        _say_what_was_found(run)
        _begin(run)
        async with _working(run, job) as (crawl, fetcher):
            _say_if_fewer(fetcher, progress)
            await _until_done_or_stopped(crawl, stop, progress)
        crawl.close()
        progress.clear()
        summary = _sum_up(run, crawl, fetcher, interrupted=stop.soon.is_set())
        return _publish(journal, summary)


@asynccontextmanager
async def _working(run: _Run, job: Job) -> AsyncIterator[tuple[Crawl, HttpFetcher]]:
    """Yield a crawl that may begin, and what it fetches by; connections and processes end with it."""
    count = count_workers(run.config.crawl.workers)

    def admit() -> AbstractAsyncContextManager[None]:
        return crawl.request()

    async with (
        _fetcher(run, admit=admit, workers=count) as fetcher,
        WorkerPool(job, count=count, log=run.out / "workers.log") as pool,
    ):
        crawl = Crawl(
            run.config,
            run.journal,
            run.tally,
            run.progress,
            fetcher=fetcher,
            pool=pool,
            bounds=Bounds(run.config.crawl, run.tally, run.out, monotonic=time.monotonic),
            now=run.now,
            workers=count,
            beat=run.beat,
        )
        yield crawl, fetcher


def _fetcher(run: _Run, *, admit: Callable[[], AbstractAsyncContextManager[None]], workers: int) -> HttpFetcher:
    """Return a fetcher that remembers in the frontier and logs into the run's files."""
    config, output = run.config, run.journal.output
    return HttpFetcher(
        config.fetch,
        config.site,
        admit=admit,
        memory=FrontierMemory(run.journal.frontier, unix_now=lambda: run.now().timestamp()),
        record=output.write_request,
        archive=output.write_exchange if config.output.warc else None,
        tdmrep=config.fetch.tdmrep,
        now=run.now,
        other_files=OTHER_FILES + workers * FILES_EACH,
    )


def _say_if_fewer(fetcher: HttpFetcher, progress: Progress) -> None:
    """Say that the limit of open files holds requests back."""
    if fetcher.at_once < fetcher.wanted_at_once:
        progress.say(
            f"The limit of open files is low (ulimit -Hn): {fetcher.at_once} requests at once instead of "
            f"{fetcher.wanted_at_once}."
        )


def _say_what_was_found(run: _Run) -> None:
    for name in run.journal.recovered:
        run.progress.say(f"{name}: of a run that was killed; what it had finished is kept.")
    if aside := put_unknown_parts_aside(run.out):
        run.progress.say(f"Parts that no memory speaks of are now in {aside}.")


def _begin(run: _Run) -> None:
    """Give the run its number. What a killed run held is free again, and nothing is due later than it may be."""
    frontier, began = run.journal.frontier, run.tally.started.timestamp()
    run.tally.run = frontier.runs.begin(began)
    frontier.leases.recover(run.tally.run, now=began)
    frontier.leases.bring_forward(began + longest_wait_s(run.config.crawl))
    run.journal.commit()


def _sum_up(run: _Run, crawl: Crawl, fetcher: HttpFetcher, *, interrupted: bool) -> Summary:
    """Return what came of the run, once its alarms are raised, and note how it ended."""
    frontier, tally = run.journal.frontier, run.tally
    alarms = find_trouble(frontier, tally, crawl.sample, run.journal.output, run.progress)
    summary = tally.summary(
        interrupted=interrupted,
        profile=run.config.output.profile,
        has_articles=frontier.articles.any(),
        alarms=alarms,
        retries=fetcher.retries,
        refused=fetcher.refused_by_robots,
        refused_parts=fetcher.refused_parts_by_host,
    )
    figures = {"articles": summary.articles}
    frontier.runs.finish(tally.run, now=run.now().timestamp(), exit=summary.exit, figures=figures)
    return summary


def _publish(journal: Journal, summary: Summary) -> Summary:
    """Give the parts their names, and return the summary that names them, as it was written."""
    journal.publish()
    files = tuple(file.file for file in journal.published if not file.recovered)
    summary = msgspec.structs.replace(summary, files=files)
    journal.output.write_summary(summary)
    journal.output.write_manifest(journal.published, finished=summary.finished)
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
