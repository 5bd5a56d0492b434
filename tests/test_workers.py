"""The extraction processes: what a page may do to its own process, and what it may not do to the others."""

from __future__ import annotations

import asyncio
import io
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from press import story

from scraper.config import QualityConfig
from scraper.crawl import boundary, worker, workers
from scraper.crawl.wire import HEADER, READY, Job, Reply, encode
from scraper.crawl.workers import WorkerPool, count_workers
from scraper.errors import ScraperError
from scraper.model import Article, Page, Rejected
from scraper.pipeline import read_page
from scraper.rules import Rules
from scraper.sinks import Profile, encode_article

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
    if pool._workers[0]._process is None:
        assert (await pool.read(page())).line
    reading = asyncio.create_task(pool.read(page(body=b"<p>word</p>" * 200_000)))
    await asyncio.sleep(0)
    os.kill(process_of(pool).pid, number)
    return (await reading).rejected


def messages(stream: bytes) -> list[bytes]:
    """Return the messages that went through a pipe."""
    found = []
    while stream:
        (length,) = HEADER.unpack(stream[: HEADER.size])
        found.append(stream[HEADER.size : HEADER.size + length])
        stream = stream[HEADER.size + length :]
    return found


def test_replies_come_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop of a process, in this one: a word that it is ready, then one reply a page, whatever the page does."""

    def fall_over(page: Page, quality: QualityConfig, *, rules: Rules) -> Article | Rejected:
        if page.url.endswith("/3"):
            raise LookupError("no such thing")
        return read_page(page, quality, rules=rules)

    monkeypatch.setattr(boundary, "read_page", fall_over)
    asked = [page(1), page(2, body=b""), page(3), page(4)]
    replies = io.BytesIO()
    worker.answer_pages(io.BytesIO(b"".join(map(encode, [JOB, *asked])) + b"\0\0\0\7torn"), replies)
    ready, *rest = messages(replies.getvalue())
    assert ready == READY
    first, empty, broken, last = (msgspec.msgpack.decode(each, type=Reply) for each in rest)
    article = read_page(page(1), QualityConfig())
    assert isinstance(article, Article)
    assert (first.line, first.gist and first.gist.article_id) == (encode_article(article), article.id)
    assert empty.rejected is not None and empty.rejected.reason == "empty_page"
    assert broken.rejected is not None and broken.rejected.detail == "LookupError: no such thing"
    assert last.line and last.rejected is None


def test_article_that_cannot_be_written_is_its_pages_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes wrong between the article and its line is pinned to the page as well; the next page is answered."""

    def encode_some(article: Article, profile: Profile) -> bytes:
        if article.url.endswith("/1"):
            raise ValueError("no such text: \ud800")
        return encode_article(article, profile)

    monkeypatch.setattr(worker, "encode_article", encode_some)
    replies = io.BytesIO()
    worker.answer_pages(io.BytesIO(b"".join(map(encode, [JOB, page(1), page(2)]))), replies)
    broken, good = (msgspec.msgpack.decode(each, type=Reply) for each in messages(replies.getvalue())[1:])
    assert broken.rejected is not None
    assert (broken.rejected.stage, broken.rejected.reason, broken.rejected.url) == ("bug", "exception", page(1).url)
    assert broken.rejected.detail == "ValueError: no such text: \\ud800"
    assert good.line and good.rejected is None


def test_worker_without_a_job_ends() -> None:
    """A crawl that ends before it said anything leaves nothing behind."""
    replies = io.BytesIO()
    worker.answer_pages(io.BytesIO(b"\0\0"), replies)
    assert replies.getvalue() == b""


def test_stdout_is_for_replies_alone(capfd: pytest.CaptureFixture[str]) -> None:
    """What a library prints goes to stderr and never between two replies."""
    before = os.dup(1)
    try:
        with worker._private_stdout() as private:
            os.write(1, b"chatter")
            private.write(b"reply")
    finally:
        os.dup2(before, 1)
        os.close(before)
    assert capfd.readouterr() == ("reply", "chatter")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not say what a process holds")
def test_a_process_that_holds_much_memory_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one page leaves behind in the heap does not add up over a crawl."""

    async def run(bound: int) -> list[bool]:
        """Tell after each page whether the process was kept."""
        monkeypatch.setattr(workers, "RECYCLE_BYTES", bound)
        async with WorkerPool(JOB, count=1, log=tmp_path / "log") as pool:
            kept = []
            for number in range(3):
                assert (await pool.read(page(number))).line
                kept.append(pool._workers[0]._process is not None)
            return kept

    assert asyncio.run(run(1 << 20)) == [False, False, False]
    assert asyncio.run(run(1 << 40)) == [True, True, True]


def test_process_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its share of pages, and when nobody waits for its answer any more, a process makes way for a new one.

    No page is lost in the change, no answer is taken for another page's. A process that dies, or does not answer in
    time, costs the page it had; the next page gets a new one. In the end nothing is left running.
    """
    monkeypatch.setattr(workers, "RECYCLE_PAGES", 2)

    async def run() -> list[int]:
        async with WorkerPool(msgspec.structs.replace(JOB, page_timeout_s=0.5), count=1, log=tmp_path / "log") as pool:
            article = read_page(page(0), QualityConfig())
            assert isinstance(article, Article)
            assert msgspec.json.decode((await pool.read(page(0))).line, type=Article) == article
            first = process_of(pool).pid
            assert (await pool.read(page(1))).line
            assert (await pool.read(page(2))).line
            second = process_of(pool).pid
            reading = asyncio.create_task(pool.read(page(3)))
            await asyncio.sleep(0)
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            assert msgspec.json.decode((await pool.read(page(4))).line)["title"] == "Bridge number 4 opens"
            third = process_of(pool).pid
            hung = await signalled_in_the_middle(pool, signal.SIGSTOP)
            crashed = await signalled_in_the_middle(pool, signal.SIGSEGV)
            assert (await pool.read(page(5))).line
            assert crashed is not None and hung is not None
            assert (crashed.stage, crashed.reason, hung.stage, hung.reason) == ("bug", "crash", "bug", "timeout")
            assert crashed.detail == "the extraction process ended with -11"
            assert hung.detail == "longer than 0.5 s"
            return [first, second, third, process_of(pool).pid]

    pids = asyncio.run(run())
    assert len(set(pids)) == 4
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert not (tmp_path / "log").exists()


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
