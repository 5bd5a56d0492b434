"""The small parts of a crawl: its figures, its talk, its sources, and who signs for it."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from press import Press, story

from scraper.cli.report import report_lines, trouble_lines
from scraper.config import Config, FetchConfig, SourceConfig
from scraper.crawl import discover
from scraper.crawl.contact import is_local, require_contact
from scraper.crawl.discover import Discovery
from scraper.crawl.exits import Exit
from scraper.crawl.progress import Progress, plain
from scraper.crawl.run import first_cause
from scraper.crawl.tally import SourceFigures, Summary, Tally
from scraper.errors import ConfigError, SinkError
from scraper.fetchers import HttpFetcher
from scraper.model import Page, Rejected, Stage, Target

START = datetime(2024, 5, 1, tzinfo=UTC)
PAGE = Page(url="http://a.example/", final_url="http://a.example/", body=b"12345", fetched_at=START)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def rejected(reason: str, *, stage: Stage = "fetch", status: int | None = None) -> Rejected:
    return Rejected(url="http://a.example/", stage=stage, reason=reason, status=status)


def a_tally() -> Tally:
    times = iter([START, START + timedelta(seconds=2)])
    return Tally(lambda: next(times))


def summary(tally: Tally, *, interrupted: bool = False) -> Summary:
    return tally.summary(interrupted=interrupted, profile="full")


# --- figures ---------------------------------------------------------------------------------------------


def test_summary_adds_up() -> None:
    """Articles, rejections, unchanged and pending make up the targets; rates and bytes come from the pages."""
    tally = a_tally()
    tally.targets = 4
    tally.add_page("a.example", PAGE)
    tally.add_page("a.example", PAGE)
    tally.add_article("a.example")
    tally.add_rejected("a.example", rejected("too_short", stage="judge"))
    tally.add_rejected("b.example", rejected("timeout"))
    found = summary(tally)
    assert (found.targets, found.articles, found.rejected, found.unchanged, found.pending) == (4, 1, 2, 0, 1)
    assert (found.pages, found.bytes, found.seconds, found.pages_per_s) == (2, 10, 2.0, 1.0)
    assert found.hosts["a.example"].rejected == {"too_short": 1}
    assert [host for host, figures in found.hosts.items() if figures.failed] == ["b.example"]
    lines = list(report_lines(found, Path("out")))
    assert lines[0] == "4 targets = 1 articles + 2 rejected + 0 unchanged + 1 left for another run"
    assert "no page could be fetched from b.example: timeout" in lines


@pytest.mark.parametrize(
    ("reasons", "articles", "source_error", "code"),
    [
        pytest.param([], 1, None, Exit.DONE, id="done"),
        pytest.param([], 0, None, Exit.NOTHING, id="nothing"),
        pytest.param([("timeout", None)], 1, None, Exit.PARTIAL, id="a host does not answer"),
        pytest.param([("host_parked", 503)], 1, None, Exit.PARTIAL, id="a host is parked"),
        pytest.param([("http_status", 404)], 1, None, Exit.DONE, id="a page is gone"),
        pytest.param([("http_status", 500)], 1, None, Exit.PARTIAL, id="a host is broken"),
        pytest.param([("robots_disallowed", None)], 1, None, Exit.DONE, id="a host does not want us"),
        pytest.param([], 1, "no feed", Exit.PARTIAL, id="a source is broken"),
    ],
)
def test_exit_code(reasons: list[tuple[str, int | None]], articles: int, source_error: str | None, code: Exit) -> None:
    """The code says whether somebody has to look."""
    tally = a_tally()
    for _ in range(articles):
        tally.add_article("a.example")
    for reason, status in reasons:
        tally.add_rejected("b.example", rejected(reason, status=status))
    tally.sources.append(SourceFigures(kind="feed", name="x", error=source_error))
    assert summary(tally).exit == code


def test_interrupted_goes_before_all() -> None:
    """Somebody's Ctrl-C is the reason, whatever was done until then."""
    assert summary(a_tally(), interrupted=True).exit == Exit.INTERRUPTED


def test_first_cause() -> None:
    """What went wrong first is found inside groups of tasks."""
    error = SinkError("full")
    assert first_cause(ExceptionGroup("a", [ExceptionGroup("b", [error]), OSError()])) is error


# --- talk ------------------------------------------------------------------------------------------------


def watched(stream: io.StringIO, *, talk: str = "normal", seconds: float = 0.6) -> str:
    async def run() -> None:
        progress = Progress(stream, talk, clock=lambda: 0.0)  # type: ignore[arg-type]
        watching = asyncio.create_task(progress.watch(a_tally()))
        await asyncio.sleep(seconds)
        progress.say("a sentence")
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        progress.clear()

    asyncio.run(run())
    return stream.getvalue()


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
    tally.add_article("a.example")
    assert list(trouble_lines(summary(tally), Path("out"))) == []
    tally = a_tally()
    tally.add_article("a.example")
    tally.add_rejected("b.example", rejected("timeout"))
    assert list(trouble_lines(summary(tally), Path("out"))) == [
        "out: done, but some hosts or sources could not be read; 1 articles, 1 rejected.",
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


# --- sources ---------------------------------------------------------------------------------------------


class Reader:
    """Reads one source from the press and keeps what it gave."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self.said: list[str] = []

    async def put(self, target: Target) -> bool:
        is_new = target.url not in self.urls
        self.urls += [target.url] * is_new
        return is_new

    def read(self, source: SourceConfig) -> SourceFigures:
        async def run() -> SourceFigures:
            config = FetchConfig(delay_s=0, retries=0, allow_hosts=("127.0.0.1",))
            async with HttpFetcher(config) as fetcher:
                reading = Discovery(source, fetcher, put=self.put, say=self.said.append)
                await reading.run()
            return reading.figures()

        return asyncio.run(run())


def index(*urls: str) -> bytes:
    return f"<sitemapindex>{''.join(f'<sitemap><loc>{url}</loc></sitemap>' for url in urls)}</sitemapindex>".encode()


def urlset(*urls: str) -> bytes:
    return f"<urlset>{''.join(f'<url><loc>{url}</loc></url>' for url in urls)}</urlset>".encode()


@pytest.fixture
def press() -> Iterator[tuple[Press, dict[str, object]]]:
    routes: dict[str, object] = {}
    with Press(routes) as server:  # type: ignore[arg-type]
        yield server, routes


def test_sitemaps_that_point_at_each_other(press: tuple[Press, dict[str, object]]) -> None:
    """A circle of indexes is walked once; a broken sitemap among good ones is said and skipped."""
    server, routes = press
    base = server.base
    routes["/1.xml"] = index(f"{base}/2.xml", f"{base}/none.xml", f"{base}/pages.xml")
    routes["/2.xml"] = index(f"{base}/1.xml", f"{base}/2.xml")
    routes["/pages.xml"] = urlset(f"{base}/a", f"{base}/b")
    reader = Reader()
    figures = reader.read(SourceConfig(kind="sitemap", url=f"{base}/1.xml"))
    assert reader.urls == [f"{base}/a", f"{base}/b"]
    assert [path for path in server.asked if path.endswith(".xml")] == ["/1.xml", "/2.xml", "/none.xml", "/pages.xml"]
    assert figures.error is not None and "none.xml" in figures.error


def test_sitemaps_without_end(press: tuple[Press, dict[str, object]]) -> None:
    """Indexes in indexes end at the depth that is allowed, and it is said."""
    server, routes = press
    for number in range(20):
        routes[f"/{number}.xml"] = index(f"{server.base}/{number + 1}.xml")
    figures = Reader().read(SourceConfig(kind="sitemap", url=f"{server.base}/0.xml"))
    assert server.asked[-1] == f"/{discover.MAX_SITEMAP_DEPTH}.xml"
    assert figures.error is not None and "levels deep are not read" in figures.error


def test_bare_site_without_robots(press: tuple[Press, dict[str, object]]) -> None:
    """A site whose robots.txt names no sitemap is asked at the customary place."""
    server, routes = press
    routes["/sitemap.xml"] = urlset(f"{server.base}/a")
    reader = Reader()
    reader.read(SourceConfig(kind="sitemap", url=server.base))
    assert reader.urls == [f"{server.base}/a"]


def test_source_limit(press: tuple[Press, dict[str, object]]) -> None:
    """A source gives as many new addresses as its limit says, and reads no sitemap beyond."""
    server, routes = press
    routes["/1.xml"] = index(f"{server.base}/a.xml", f"{server.base}/b.xml")
    routes["/a.xml"] = urlset(*(f"{server.base}/{number}" for number in range(5)))
    routes["/b.xml"] = urlset(f"{server.base}/late")
    reader = Reader()
    figures = reader.read(SourceConfig(kind="sitemap", url=f"{server.base}/1.xml", limit=3))
    assert (len(reader.urls), figures.named, figures.new) == (3, 3, 3)
    assert "/b.xml" not in server.asked


@pytest.mark.parametrize(
    "source",
    [
        pytest.param({"kind": "files", "path": "/nowhere"}, id="folder"),
        pytest.param({"kind": "urls", "path": "/nowhere.txt"}, id="list"),
        pytest.param({"kind": "feed", "url": "/page"}, id="a feed that is a page"),
        pytest.param({"kind": "section", "url": "/none"}, id="section"),
    ],
)
def test_source_that_cannot_be_read(press: tuple[Press, dict[str, object]], source: dict[str, str]) -> None:
    """A source that cannot be read is one sentence and no exception."""
    server, routes = press
    routes["/page"] = story(1)
    if "url" in source:
        source = source | {"url": server.base + source["url"]}
    reader = Reader()
    figures = reader.read(SourceConfig(**source))  # type: ignore[arg-type]
    assert reader.said == [figures.error]
    assert reader.urls == []
