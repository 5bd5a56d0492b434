"""scraper extract of many saved pages: several at a time, and to be seen by nothing but the clock."""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from press import story
from test_cli import scraper_

from scraper.cli.batch import ALONE, Readers, in_order
from scraper.cli.driving import drive
from scraper.crawl.reasons import TIMEOUT
from scraper.model import Article, Page, Rejected

MANY = 2 * ALONE + 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of pages, one in ten of them empty."""
    made = tmp_path_factory.mktemp("saved")
    for number in range(MANY):
        html = "<p></p>" if number % 10 == 3 else story(number, words=50 + 40 * (number % 7))
        (made / f"page-{number:03}.html").write_text(html)
    return made


@pytest.mark.parametrize("form", ["jsonl", "md"])
def test_many_pages_are_answered_as_each_alone(folder: Path, form: str) -> None:
    """The records of a folder are those of its pages one by one, in the order of their names; so are the complaints."""
    together = scraper_("extract", folder, "--format", form)
    alone = [scraper_("extract", path, "--format", form) for path in sorted(folder.iterdir())]
    between = "\n---\n\n" if form == "md" else ""
    assert together.out == between.join(ran.out for ran in alone if ran.out)
    assert together.err == "".join(ran.err for ran in alone)
    assert together.code == 1
    assert len([ran for ran in alone if ran.out]) == MANY - 4


def test_a_page_that_takes_too_long_is_one_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others come out; nothing speaks of a traceback, for there is none."""
    read = Readers.read

    async def read_or_not(self: Readers, page: Page) -> Article | Rejected:
        if page.url.endswith(f"{MANY - 2:03}.html"):
            return Rejected(url=page.url, stage="bug", reason=TIMEOUT, detail="longer than 20 s")
        return await read(self, page)

    monkeypatch.setattr(Readers, "read", read_or_not)
    ran = scraper_("extract", folder)
    assert ran.err.splitlines()[-1].endswith(f"page-{MANY - 2:03}.html: no article: timeout (longer than 20 s).")
    assert json.loads(ran.out.splitlines()[-1])["title"] == f"Bridge number {MANY - 1} opens"


def test_interrupted_among_many(folder: Path) -> None:
    """Ctrl-C ends with 130 and one word, what was written is whole, and no process is left behind."""
    with subprocess.Popen(
        [sys.executable, "-m", "scraper", "extract", *[folder] * 40], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        for _ in range(MANY):
            json.loads(running.stdout.readline())
        readers = children(running.pid)
        running.send_signal(signal.SIGINT)
        out, said = running.stdout.read(), running.stderr.read()
    assert (running.returncode, said.splitlines()[-1]) == (130, b"Interrupted.")
    assert all(json.loads(line) for line in out.splitlines(keepends=True) if line.endswith(b"\n"))
    assert readers
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in readers):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    found = [each.read_text().split() for each in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for each in found for child in each]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=12))
@settings(max_examples=60, deadline=None)
def test_work_is_answered_in_its_order(pieces: list[tuple[int, int]]) -> None:
    """However long each takes, the answers come in order, and never more are under way than each allows."""
    under_way = 0

    async def piece(number: int, turns: int) -> int:
        nonlocal under_way
        under_way += 1
        assert under_way <= 1 + (pieces[number - 1][1] if number else 0)
        for _ in range(turns):
            await asyncio.sleep(0)
        under_way -= 1
        return number

    async def begin() -> AsyncIterator[tuple[Coroutine[Any, Any, int], int]]:
        for number, (turns, ahead) in enumerate(pieces):
            yield piece(number, turns), ahead

    async def answers() -> list[int]:
        return [number async for number in in_order(begin())]

    assert asyncio.run(answers()) == list(range(len(pieces)))
    assert under_way == 0


def test_work_that_fails_stops_what_was_begun() -> None:
    """A failure comes out in its turn, and nothing of the rest goes on."""
    ended: list[int] = []

    async def piece(number: int) -> int:
        try:
            if number == 1:
                raise ZeroDivisionError
            await asyncio.sleep(0 if number == 0 else 3600)
        finally:
            ended.append(number)
        return number

    async def begin() -> AsyncIterator[tuple[Coroutine[Any, Any, int], int]]:
        for number in range(4):
            yield piece(number), 10

    async def answers() -> list[int]:
        return [number async for number in in_order(begin())]

    with pytest.raises(ZeroDivisionError):
        asyncio.run(answers())
    assert sorted(ended) == [0, 1, 2, 3]


# --- Ctrl-C ----------------------------------------------------------------------------------------------


class Numbers:
    """Counts without end; asks for Ctrl-C where it is told to, and notes that it was closed."""

    def __init__(self, interrupted: str) -> None:
        self.interrupted, self.closed = interrupted, False

    async def count(self) -> AsyncGenerator[int]:
        try:
            for number in itertools.count():
                if number == 2 and self.interrupted in {"at work", "before a wait"}:
                    signal.raise_signal(signal.SIGINT)
                if number == 2 and self.interrupted == "before a wait":
                    await asyncio.sleep(3600)
                if number == 2 and self.interrupted == "in a callback":
                    asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGINT)
                    await asyncio.sleep(3600)
                yield number
        finally:
            await asyncio.sleep(0)
            self.closed = True


@pytest.mark.parametrize("where", ["at work", "before a wait", "in a callback", "between two"])
def test_ctrl_c_at_any_moment(where: str) -> None:
    """It ends the wait with KeyboardInterrupt, what was at work is closed in order, and the handler is the old one."""
    numbers, got = Numbers(where), []
    with pytest.raises(KeyboardInterrupt):
        for number in drive(numbers.count()):
            got.append(number)
            if where == "between two" and number == 1:
                signal.raise_signal(signal.SIGINT)
    gc.collect()
    assert (got, numbers.closed) == ([0, 1], True)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_results_in_another_thread() -> None:
    """There no signal arrives, and none is listened for."""
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(lambda: list(itertools.islice(drive(Numbers("never").count()), 3))).result() == [0, 1, 2]
