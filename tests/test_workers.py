"""The extraction processes: what a page may do to its own process, and what it may not do to the others."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from press import story

from scraper.config import QualityConfig
from scraper.crawl import workers
from scraper.crawl.wire import Job
from scraper.crawl.workers import WorkerPool, count_workers
from scraper.errors import ScraperError
from scraper.model import Article, Page, Rejected
from scraper.pipeline import read_page

JOB = Job(quality=QualityConfig(), profile="full", page_timeout_s=20.0)


def page(number: int = 0, *, body: bytes | None = None) -> Page:
    url = f"http://a.example/bridges/{number}"
    at = datetime(2024, 5, 1, tzinfo=UTC)
    return Page(url=url, final_url=url, body=story(number).encode() if body is None else body, fetched_at=at)


def process_of(pool: WorkerPool) -> asyncio.subprocess.Process:
    process = pool._workers[0]._process
    assert process is not None
    return process


async def signalled_in_the_middle(pool: WorkerPool, number: signal.Signals) -> Rejected | None:
    """Give the pool a page it is long busy with, signal its process meanwhile, and return what came of the page."""
    assert (await pool.read(page())).line
    reading = asyncio.create_task(pool.read(page(body=b"<p>word</p>" * 200_000)))
    await asyncio.sleep(0)
    os.kill(process_of(pool).pid, number)
    return (await reading).rejected


def test_reply_is_what_the_pipeline_gives(tmp_path: Path) -> None:
    """A process returns the very line that the pipeline gives in this one, or its rejection."""

    async def run() -> None:
        async with WorkerPool(JOB, count=2, log=tmp_path / "log") as pool:
            replies = await asyncio.gather(*(pool.read(page(number)) for number in range(4)), pool.read(page(body=b"")))
        for number, reply in enumerate(replies[:4]):
            article = read_page(page(number), QualityConfig())
            assert isinstance(article, Article)
            assert msgspec.json.decode(reply.line, type=Article) == article
            assert reply.article_id == article.id
        assert replies[4].rejected is not None
        assert replies[4].rejected.stage == "judge"

    asyncio.run(run())
    assert not (tmp_path / "log").exists()


def test_crash_and_hang_cost_one_page(tmp_path: Path) -> None:
    """A process that dies, or does not answer in time, costs the page it had; the next page gets a new process."""

    async def run() -> None:
        job = msgspec.structs.replace(JOB, page_timeout_s=0.5)
        async with WorkerPool(job, count=1, log=tmp_path / "log") as pool:
            crashed = await signalled_in_the_middle(pool, signal.SIGSEGV)
            hung = await signalled_in_the_middle(pool, signal.SIGSTOP)
            assert (await pool.read(page(2))).line
        assert crashed is not None and hung is not None
        assert (crashed.stage, crashed.reason, hung.stage, hung.reason) == ("bug", "crash", "bug", "timeout")
        assert crashed.detail == "the extraction process ended with -11"
        assert hung.detail == "longer than 0.5 s"

    asyncio.run(run())


def test_process_is_replaced_between_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its share of pages, and when nobody waits for its answer any more, a process makes way for a new one.

    No page is lost in the change, no answer is taken for another page's, and in the end nothing is left running.
    """
    monkeypatch.setattr(workers, "RECYCLE_PAGES", 2)

    async def run() -> list[int]:
        async with WorkerPool(JOB, count=1, log=tmp_path / "log") as pool:
            assert (await pool.read(page(0))).line
            first = process_of(pool).pid
            assert (await pool.read(page(1))).line
            assert (await pool.read(page(2))).line
            second = process_of(pool).pid
            reading = asyncio.create_task(pool.read(page(3)))
            await asyncio.sleep(0)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            assert msgspec.json.decode((await pool.read(page(4))).line)["title"] == "Bridge number 4 opens"
            return [first, second, process_of(pool).pid]

    pids = asyncio.run(run())
    assert len(set(pids)) == 3
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_process_that_never_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation ends the run after a few pages instead of rejecting all of them."""
    monkeypatch.setattr(workers.sys, "executable", "/bin/false")

    async def run() -> None:
        async with WorkerPool(JOB, count=1, log=tmp_path / "log") as pool:
            first, second = [await pool.read(page(number)) for number in range(2)]
            assert first.rejected is not None and second.rejected is not None
            assert first.rejected.reason == second.rejected.reason == "crash"
            with pytest.raises(ScraperError, match="does not start"):
                await pool.read(page(3))

    asyncio.run(run())


def test_count_workers() -> None:
    """Zero means one a core, at least one."""
    assert count_workers(3) == 3
    assert count_workers(0) >= 1
