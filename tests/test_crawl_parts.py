"""The small parts of a crawl: its figures, its talk, and who signs for it."""

from __future__ import annotations

import asyncio
import io
import os
import termios
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import msgspec
import pytest

from scraper.cli.endings import report_lines, trouble_lines
from scraper.config import Config, FetchConfig, SourceConfig
from scraper.crawl.contact import is_local, require_contact
from scraper.crawl.exits import Exit
from scraper.crawl.progress import Progress, plain
from scraper.crawl.run import first_cause
from scraper.crawl.tally import SourceFigures, Summary, Tally
from scraper.crawl.wire import Gist
from scraper.errors import ConfigError, SinkError
from scraper.frontier import Alarm, Figures
from scraper.model import Page, Rejected, Stage

START = datetime(2024, 5, 1, tzinfo=UTC)
PAGE = Page(url="http://a.example/", final_url="http://a.example/", body=b"12345", fetched_at=START)


GIST = Gist(
    article_id="a", own_id="a", content_hash="c", fields={"title": b"", "text": b""}, text_chars=400, link_chars=40
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def rejected(reason: str, *, stage: Stage = "fetch", status: int | None = None) -> Rejected:
    return Rejected(url="http://a.example/", stage=stage, reason=reason, status=status)


def a_tally() -> Tally:
    times = iter([START, START + timedelta(seconds=2)])
    return Tally(lambda: next(times))


def add_article(tally: Tally, host: str = "a.example", *, is_revision: bool = False) -> None:
    tally.add_article(host, GIST, is_revision=is_revision)


def summary(tally: Tally, **more: Any) -> Summary:
    return tally.summary(**{"interrupted": False, "profile": "full", **more})


# --- figures ---------------------------------------------------------------------------------------------


def test_summary_adds_up() -> None:
    """Articles, rejections, unchanged and pending make up the targets; rates and bytes come from the pages."""
    tally = a_tally()
    tally.targets = 1
    tally.add_targets("a.example", 5)
    tally.add_page("a.example", PAGE)
    tally.add_page("a.example", PAGE)
    add_article(tally)
    add_article(tally, is_revision=True)
    tally.add_unchanged("a.example")
    tally.add_rejected("a.example", rejected("too_short", stage="judge"))
    tally.add_rejected("b.example", rejected("timeout"))
    found = summary(tally)
    assert (found.targets, found.articles, found.rejected, found.unchanged, found.pending) == (6, 2, 2, 1, 1)
    assert (found.pages, found.bytes, found.seconds, found.pages_per_s) == (2, 10, 2.0, 1.0)
    assert found.revisions == 1
    of_a = found.hosts["a.example"]
    assert (of_a.discovered, of_a.fetched, of_a.articles, of_a.revisions, of_a.unchanged) == (5, 2, 2, 1, 1)
    assert of_a.rejected == {"too_short": 1}
    assert found.rejected_by_reason == {"too_short": 1, "timeout": 1}
    assert [host for host, figures in found.hosts.items() if figures.failed] == ["b.example"]
    lines = list(report_lines(found, Path("out")))
    assert lines[0] == "6 targets = 2 articles + 2 rejected + 1 unchanged + 1 left for another run"
    assert "no page could be fetched from b.example: timeout" in lines


def test_one_of_a_thing_is_said_as_one() -> None:
    """The lines that end a crawl count in words that fit, large numbers with commas."""
    tally = a_tally()
    tally.add_targets("a.example", 1_201)
    add_article(tally)
    first, second, *_ = report_lines(summary(tally), Path("out"))
    assert first == "1,201 targets = 1 article + 0 rejected + 0 unchanged + 1,200 left for another run"
    assert second.startswith("0 pages (0.0 MB) from 0 hosts")


def test_what_the_yield_watch_is_told() -> None:
    """Pages that were read, and what they gave: neither those that could not be fetched, nor copies, nor unchanged."""
    tally = a_tally()
    add_article(tally)
    add_article(tally)
    tally.add_unchanged("a.example")
    tally.add_rejected("a.example", rejected("too_short", stage="judge"))
    tally.add_rejected("a.example", msgspec.structs.replace(rejected("duplicate", stage="judge"), duplicate_of="a"))
    tally.add_rejected("a.example", rejected("http_status", status=404))
    tally.add_rejected("b.example", rejected("timeout"))
    tally.add_unchanged("c.example")
    figures = Figures(
        fetched=3, articles=2, text_chars=400, fields={"title": 2}, link_density=0.1, rejected={"too_short": 1}
    )
    assert tally.history() == {"a.example": figures}


@pytest.mark.parametrize(
    ("reasons", "articles", "unchanged", "source_error", "code"),
    [
        pytest.param([], 1, 0, None, Exit.DONE, id="done"),
        pytest.param([], 1, 9, None, Exit.DONE, id="done, much was known"),
        pytest.param([], 0, 0, None, Exit.NOTHING_NEW, id="nothing was due"),
        pytest.param([], 0, 9, None, Exit.NOTHING_NEW, id="nothing has changed"),
        pytest.param([("too_short", None)], 0, 0, None, Exit.NOTHING, id="no article"),
        pytest.param([("too_short", None)], 0, 9, None, Exit.NOTHING_NEW, id="no article, but what is known"),
        pytest.param([("timeout", None)], 1, 0, None, Exit.PARTIAL, id="a host does not answer"),
        pytest.param([("timeout", None)], 0, 9, None, Exit.PARTIAL, id="a host does not answer, nothing has changed"),
        pytest.param([("timeout", None)], 0, 0, None, Exit.NOTHING, id="no host answers"),
        pytest.param([("http_status", 404)], 1, 0, None, Exit.DONE, id="a page is gone"),
        pytest.param([("http_status", 500)], 1, 0, None, Exit.PARTIAL, id="a host is broken"),
        pytest.param([("robots_disallowed", None)], 1, 0, None, Exit.DONE, id="a host does not want us"),
        pytest.param([], 1, 0, "no feed", Exit.PARTIAL, id="a source is broken"),
        pytest.param([], 0, 0, "no feed", Exit.NOTHING, id="the only source is broken"),
    ],
)
def test_exit_code(
    reasons: list[tuple[str, int | None]], articles: int, unchanged: int, source_error: str | None, code: Exit
) -> None:
    """The code says whether somebody has to look."""
    tally = a_tally()
    for _ in range(articles):
        add_article(tally)
    for _ in range(unchanged):
        tally.add_unchanged("a.example")
    for reason, status in reasons:
        stage: Stage = "judge" if reason == "too_short" else "fetch"
        tally.add_rejected("b.example", rejected(reason, stage=stage, status=status))
    tally.sources.append(SourceFigures(kind="feed", name="x", error=source_error))
    assert summary(tally).exit == code


@pytest.mark.parametrize(("reason", "code"), [("too_short", Exit.NOTHING_NEW), ("timeout", Exit.PARTIAL)])
def test_no_article_beside_those_of_earlier_runs(reason: str, code: Exit) -> None:
    """Where earlier runs have given articles, a run that finds none is nothing to look at; a dead host still is."""
    tally = a_tally()
    tally.add_rejected("b.example", rejected(reason, stage="judge" if reason == "too_short" else "fetch"))
    assert summary(tally, has_articles=True).exit == code


def test_a_host_that_is_left_is_told() -> None:
    """Also where nothing of it was asked in this run: what waits is from earlier ones."""
    tally = a_tally()
    add_article(tally)
    tally.left_hosts["b.example"] = "the host is left alone for another 60 s"
    found = summary(tally)
    assert found.exit == Exit.PARTIAL
    assert found.hosts["b.example"].left == "the host is left alone for another 60 s"
    lines = list(report_lines(found, Path("out")))
    assert "left for another run: b.example: the host is left alone for another 60 s" in lines


def test_a_site_that_gives_less_is_told() -> None:
    """An alarm goes before all but Ctrl-C."""
    alarms = (Alarm(host="a.example", what="yield", before=0.9, now=0.1),)
    tally = a_tally()
    add_article(tally)
    assert summary(tally, alarms=alarms).exit == Exit.SUSPICIOUS
    assert summary(a_tally(), alarms=alarms, interrupted=True).exit == Exit.INTERRUPTED


def test_interrupted_goes_before_all() -> None:
    """Somebody's Ctrl-C is the reason, whatever was done until then."""
    assert summary(a_tally(), interrupted=True).exit == Exit.INTERRUPTED


def test_first_cause() -> None:
    """What went wrong first is found inside groups of tasks."""
    error = SinkError("full")
    assert first_cause(ExceptionGroup("a", [ExceptionGroup("b", [error]), OSError()])) is error


# --- talk ------------------------------------------------------------------------------------------------


def watched(stream: io.StringIO, *, talk: str = "normal", seconds: float = 0.6) -> str:
    watch(stream, talk=talk, seconds=seconds)
    return stream.getvalue()


def watch(stream: TextIO, *, talk: str = "normal", seconds: float) -> None:
    async def run() -> None:
        progress = Progress(stream, talk, clock=lambda: 0.0)  # type: ignore[arg-type]
        watching = asyncio.create_task(progress.watch(a_tally()))
        await asyncio.sleep(seconds)
        progress.say("a sentence")
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        progress.clear()

    asyncio.run(run())


def test_terminal_gets_a_moving_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the figures overwrite themselves and make way for sentences."""
    monkeypatch.setattr("scraper.crawl.progress._TERMINAL_EVERY_S", 0.01)
    said = watched(Terminal(), seconds=0.05)
    assert said.startswith("\r\x1b[K0 pages, 0.0/s, 0 articles, 0 rejected, 0 in flight, 0 to go")
    assert said.endswith("\r\x1b[Ka sentence\n")


def test_log_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere there are whole lines and no control characters."""
    monkeypatch.setattr("scraper.crawl.progress._LOG_EVERY_S", 0.01)
    said = watched(io.StringIO(), seconds=0.05)
    assert said.splitlines()[0] == "0 pages, 0.0/s, 0 articles, 0 rejected, 0 in flight, 0 to go"
    assert "\r" not in said


@pytest.mark.parametrize(("columns", "shown"), [(40, 39), (200, 60), (0, 60)])
def test_moving_line_is_no_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: int, shown: int) -> None:
    """Of a line that the terminal breaks in two, the first half would stay, four times a second."""
    monkeypatch.setattr("scraper.crawl.progress._TERMINAL_EVERY_S", 0.01)
    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    with os.fdopen(theirs, "w") as stream:
        watch(stream, seconds=0.05)
        said = os.read(ours, 10_000).decode()
    os.close(ours)
    line = "0 pages, 0.0/s, 0 articles, 0 rejected, 0 in flight, 0 to go"
    assert said.startswith(f"\r\x1b[K{line[:shown]}\r")


def test_quiet_is_silent() -> None:
    """--quiet says nothing, on a terminal either."""
    assert watched(Terminal(), talk="quiet", seconds=0.01) == ""


def test_reader_that_goes_away_ends_the_talk_only() -> None:
    """A closed stderr, or one whose reader has enough, is no reason to end a run."""
    reading, writing = os.pipe()
    os.close(reading)
    with io.TextIOWrapper(os.fdopen(writing, "wb", buffering=0), write_through=True) as gone:
        progress = Progress(gone, "verbose", clock=lambda: 0.0)
        progress.say("a sentence")
        progress.detail("another")
    Progress(None, "normal", clock=lambda: 0.0).say("to nobody")


def test_quiet_run_with_trouble_says_why() -> None:
    """What cron mails is how the run ended and what somebody has to look at; a run without trouble sends no mail."""
    tally = a_tally()
    add_article(tally)
    assert list(trouble_lines(summary(tally), Path("out"))) == []
    tally = a_tally()
    add_article(tally)
    tally.add_rejected("b.example", rejected("timeout"))
    assert list(trouble_lines(summary(tally), Path("out"))) == [
        "out: done, but some hosts or sources could not be read; 1 article, 1 rejected.",
        "no page could be fetched from b.example: timeout",
    ]


def test_plain_keeps_a_page_from_the_terminal() -> None:
    """Control characters of a page never reach the terminal, and no sentence is endless."""
    assert plain("a\x1b[31m\nb\u202e") == "a [31m b "
    assert len(plain("x" * 1000)) == 300


# --- who signs -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "fetch", "local"),
    [
        pytest.param("http://127.0.0.1:80/", FetchConfig(), True, id="loopback"),
        pytest.param("http://[::1]/", FetchConfig(), True, id="loopback, IPv6"),
        pytest.param("http://localhost/", FetchConfig(), True, id="localhost"),
        pytest.param("http://news.localhost/", FetchConfig(), True, id="under localhost"),
        pytest.param("http://news.example/", FetchConfig(), False, id="a name"),
        pytest.param("http://10.0.0.1/", FetchConfig(), False, id="a neighbour"),
        pytest.param("http://a.example/", FetchConfig(connect_to={"a.example": "127.0.0.1:1"}), True, id="sent home"),
        pytest.param(
            "http://b.example/", FetchConfig(connect_to={"a.example": "127.0.0.1:1"}), False, id="not sent home"
        ),
        pytest.param("http://b.example/", FetchConfig(connect_to={"*": "127.0.0.1:1"}), True, id="all sent home"),
        pytest.param("file:///tmp/x.html", FetchConfig(), True, id="a file"),
    ],
)
def test_is_local(url: str, fetch: FetchConfig, local: bool) -> None:
    """Only what stays on this machine, or goes where the operator sends it, needs no signature."""
    assert is_local(url, fetch) is local


def test_require_contact_looks_at_every_source() -> None:
    """One outside address among many is enough."""
    urls = SourceConfig(kind="urls", urls=("http://127.0.0.1/", "http://news.example/"))
    with pytest.raises(ConfigError, match=r"^news\.example is somebody else's machine"):
        require_contact(Config(source=(SourceConfig(kind="files", path="x"), urls)))
