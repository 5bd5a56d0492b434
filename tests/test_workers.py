"""The extraction processes: what a page may do to its own process, and what it may not do to the others."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from scraper.config import QualityConfig
from scraper.crawl import workers
from scraper.crawl.wire import Job
from scraper.crawl.workers import WorkerPool, count_workers
from scraper.model import Article, Page
from scraper.pipeline import read_page

WORDS = "The bridge across the bay carries more trains every year than its builders ever thought it could. " * 6
JOB = Job(quality=QualityConfig(), profile="full", page_timeout_s=20.0)


def page(number: int = 0, *, body: bytes | None = None) -> Page:
    url = f"http://a.example/bridges/{number}"
    html = f"<title>Bridge {number}</title><article><h1>Bridge {number}</h1><p>{WORDS}</p><p>{WORDS}</p></article>"
    at = datetime(2024, 5, 1, tzinfo=UTC)
    return Page(url=url, final_url=url, body=html.encode() if body is None else body, fetched_at=at)


def process_of(pool: WorkerPool) -> asyncio.subprocess.Process:
    process = pool._workers[0]._process
    assert process is not None
    return process


async def killed_in_the_middle(pool: WorkerPool, number: signal.Signals) -> list:
    """Give the pool two pages; signal its process while it has the first one."""
    await pool.read(page())
    reading = asyncio.create_task(pool.read(page(body=b"<p>word</p>" * 200_000)))
    await asyncio.sleep(0)
    os.kill(process_of(pool).pid, number)
    return [await reading, await pool.read(page(2))]


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


def test_crash_costs_one_page(tmp_path: Path) -> None:
    """A process that dies costs the page it had; the next page gets a new process."""

    async def run() -> None:
        async with WorkerPool(JOB, count=1, log=tmp_path / "log") as pool:
            crashed, after = await killed_in_the_middle(pool, signal.SIGSEGV)
        assert (crashed.rejected.stage, crashed.rejected.reason) == ("bug", "crash")
        assert "-11" in crashed.rejected.detail
        assert after.line

    asyncio.run(run())


def test_hang_costs_one_page(tmp_path: Path) -> None:
    """A process that does not answer in time is ended, and costs the page it had."""

    async def run() -> None:
        job = msgspec.structs.replace(JOB, page_timeout_s=0.3)
        async with WorkerPool(job, count=1, log=tmp_path / "log") as pool:
            hung, after = await killed_in_the_middle(pool, signal.SIGSTOP)
        assert (hung.rejected.stage, hung.rejected.reason) == ("bug", "timeout")
        assert after.line

    asyncio.run(run())


def test_recycled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process is replaced after its share of pages, and no page is lost in the change."""
    monkeypatch.setattr(workers, "RECYCLE_PAGES", 2)

    async def run() -> None:
        async with WorkerPool(JOB, count=1, log=tmp_path / "log") as pool:
            assert (await pool.read(page(0))).line
            first = process_of(pool).pid
            assert (await pool.read(page(1))).line
            assert (await pool.read(page(2))).line
            assert process_of(pool).pid != first

    asyncio.run(run())


def test_cancelled_page_does_not_answer_for_the_next(tmp_path: Path) -> None:
    """Whoever stops waiting takes the process along: its late answer is nobody's."""

    async def run() -> None:
        async with WorkerPool(JOB, count=1, log=tmp_path / "log") as pool:
            await pool.read(page())
            reading = asyncio.create_task(pool.read(page(1)))
            await asyncio.sleep(0)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            assert msgspec.json.decode((await pool.read(page(2))).line)["title"] == "Bridge 2"

    asyncio.run(run())


def test_process_that_never_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation ends the run after a few pages instead of rejecting all of them."""
    monkeypatch.setattr(workers.sys, "executable", "/bin/false")

    async def run() -> None:
        async with WorkerPool(JOB, count=1, log=tmp_path / "log") as pool:
            first, second = [await pool.read(page(number)) for number in range(2)]
            assert first.rejected.reason == second.rejected.reason == "crash"
            with pytest.raises(RuntimeError, match="does not start"):
                await pool.read(page(3))

    asyncio.run(run())


def test_nothing_is_left_running(tmp_path: Path) -> None:
    """Leaving the pool ends its processes."""

    async def run() -> int:
        async with WorkerPool(JOB, count=1, log=tmp_path / "log") as pool:
            await pool.read(page())
            return process_of(pool).pid

    with pytest.raises(ProcessLookupError):
        os.kill(asyncio.run(run()), 0)


def test_count_workers() -> None:
    """Zero means one a core, at least one."""
    assert count_workers(3) == 3
    assert count_workers(0) >= 1
