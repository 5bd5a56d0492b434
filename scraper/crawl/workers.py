"""The extraction processes, supervised: a page that hangs or kills its process costs that page and nothing else."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from scraper.crawl.reasons import CRASH, TIMEOUT
from scraper.crawl.wire import HEADER, READY, Job, Reply, encode
from scraper.errors import ScraperError
from scraper.model import Page, Rejected, Stage

RECYCLE_PAGES: Final = 2_000
"""Pages after which a process is replaced: parsers and regex caches hold on to memory."""
RECYCLE_BYTES: Final = 128 << 20
"""Memory above which it is replaced: one long page can leave the heap of a process in pieces for good."""
_START_TIMEOUT_S: Final = 120.0
"""The first import of the extraction libraries on a cold, busy machine; the page's own time starts after it."""
_LAST_WORD_S: Final = 2.0
_FRUGAL: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""There is a process a core already: threads of the numeric libraries cost start-up time and memory."""
FILES_EACH: Final = 4
"""Files that the crawl has open for a process: its pipes, and for a moment what is needed to start it."""
_MAX_STARTS_FAILED: Final = 3
_STREAM_LIMIT_BYTES: Final = 1 << 20


def count_workers(wanted: int) -> int:
    """Return how many processes to run: as many as wanted, or one for each core that this process may use."""
    if wanted:
        return wanted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class WorkerPool:
    """`count` processes that turn pages into replies. An async context manager; leaving it ends them all.

    What the processes print goes to `log`, which is removed again if they had nothing to say.
    """

    def __init__(self, job: Job, *, count: int, log: Path) -> None:
        self._job, self._log = job, log
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._workers = tuple(_Worker(job, log) for _ in range(count))

    async def __aenter__(self) -> WorkerPool:
        for worker in self._workers:
            self._idle.put_nowait(worker)
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(worker.end() for worker in self._workers))
        if self._log.exists() and self._log.stat().st_size == 0:
            self._log.unlink()

    async def read(self, page: Page) -> Reply:
        """Return what came of the page. Total: a process that dies or hangs gives a rejection with stage `bug`."""
        worker = await self._idle.get()
        try:
            return await worker.read(page)
        finally:
            self._idle.put_nowait(worker)


class _Worker:
    """One process at a time; started when first needed, and again after it died or had its share of pages."""

    def __init__(self, job: Job, log: Path) -> None:
        self._job, self._log = job, log
        self._process: Process | None = None
        self._pages = self._starts_failed = 0

    async def read(self, page: Page) -> Reply:
        try:
            process = await self._ready()
        except (EOFError, OSError, TimeoutError) as error:
            await self.end()
            self._starts_failed += 1
            if self._starts_failed >= _MAX_STARTS_FAILED:
                raise ScraperError(f"the extraction process does not start; {self._log} says why.") from error
            return _broken(page, "bug", CRASH, "the extraction process did not start")
        try:
            async with asyncio.timeout(self._job.page_timeout_s):
                reply = await self._ask(process, page)
        except TimeoutError:
            await self.end()
            return _broken(page, "bug", TIMEOUT, f"longer than {self._job.page_timeout_s:g} s")
        except (EOFError, OSError):
            code = await self._last_code(process)
            return _broken(page, "bug", CRASH, f"the extraction process ended with {code}")
        except asyncio.CancelledError:
            await self.end()  # its answer would be taken for the next page's
            raise
        await self._count_page(process.pid)
        return reply

    async def end(self) -> None:
        """End the process, if there is one."""
        process, self._process, self._pages = self._process, None, 0
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()

    async def _last_code(self, process: Process) -> int | None:
        """Return how a process ended that closed its pipe: a moment's patience, for a kill would hide it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORD_S):
                await process.wait()
        code = process.returncode
        await self.end()
        return code

    async def _ready(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self.end()
        self._process = await _start(self._log)
        async with asyncio.timeout(_START_TIMEOUT_S):
            await _send(self._process, encode(self._job))
            if await _receive(self._process) != READY:
                raise EOFError("not the process that was started")
        self._starts_failed = 0
        return self._process

    async def _ask(self, process: Process, page: Page) -> Reply:
        await _send(process, encode(page))
        return msgspec.msgpack.decode(await _receive(process), type=Reply)

    async def _count_page(self, pid: int) -> None:
        self._pages += 1
        if self._pages >= RECYCLE_PAGES or _resident_bytes(pid) > RECYCLE_BYTES:
            await self.end()


def _resident_bytes(pid: int) -> int:
    """Return the memory a process holds; 0 where the system does not say, or the process is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1])
    except (OSError, IndexError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


async def _start(log: Path) -> Process:
    """Start a process that can import this very package, wherever the crawl was started from.

    It gets a session of its own: Ctrl-C is the crawl's to answer.
    """
    package_home = str(Path(__file__).parents[2])
    paths = [package_home, *filter(None, [os.environ.get("PYTHONPATH")])]
    log_fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "scraper.crawl.worker"),
            stdin=PIPE,
            stdout=PIPE,
            stderr=log_fd,
            limit=_STREAM_LIMIT_BYTES,
            start_new_session=True,
            env=_FRUGAL | os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )
    finally:
        os.close(log_fd)


async def _send(process: Process, message: bytes) -> None:
    if process.stdin is None:
        raise EOFError("no pipe to the process")
    process.stdin.write(message)
    await process.stdin.drain()


async def _receive(process: Process) -> bytes:
    if process.stdout is None:
        raise EOFError("no pipe from the process")
    (length,) = HEADER.unpack(await process.stdout.readexactly(HEADER.size))
    return await process.stdout.readexactly(length)


def _broken(page: Page, stage: Stage, reason: str, detail: str) -> Reply:
    return Reply(
        rejected=Rejected(
            url=page.url,
            stage=stage,
            reason=reason,
            detail=detail,
            final_url=page.final_url,
            status=page.status,
            source=page.source,
            at=page.fetched_at,
        )
    )
