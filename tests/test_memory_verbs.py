"""scraper status, retry, forget and backfill: what a crawl remembers, seen and changed by hand."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from kill.web import records
from press import Press, story

from scraper.cli.main import run
from scraper.crawl.backfill import Span, archive_urls, period_of
from scraper.errors import UsageError
from scraper.frontier import Frontier
from scraper.model import Target

INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>/sitemap-2023.xml</loc></sitemap><sitemap><loc>/sitemap-2024-02.xml</loc></sitemap>
<sitemap><loc>/sitemap-2024-01.xml</loc></sitemap><sitemap><loc>/news.xml</loc><lastmod>2023-06-01</lastmod></sitemap>
</sitemapindex>"""


def sitemap(*rows: tuple[str, str]) -> str:
    urls = "".join(f"<url><loc>{loc}</loc>{f'<lastmod>{day}</lastmod>' * bool(day)}</url>" for loc, day in rows)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


ROUTES = {
    "/robots.txt": "User-agent: *\nAllow: /\nSitemap: /index.xml\n",
    "/index.xml": INDEX,
    "/sitemap-2024-01.xml": sitemap(
        ("/2024/01/05/a", ""), ("/2024/01/30/b", ""), ("/c", "2024-01-10"), ("/d", "2024-05-01"), ("/e", "")
    ),
    "/archive/2024/01/": "<a href='/2024/01/05/a-story-of-the-day'>A story of the day</a>",
    "/archive/2024/02/": "<a href='/2024/02/06/another-story-of-note'>Another story of note</a>",
    **{f"/story/{number}": story(number) for number in range(1, 4)},
    "/slow/1": story(9),
}


@pytest.fixture
def press() -> Iterator[Press]:
    with Press(ROUTES) as server:
        yield server


@pytest.fixture
def config(tmp_path: Path, press: Press) -> Path:
    """A configuration whose crawl knows two stories, a missing page and a page that is no article."""
    urls = json.dumps([f"{press.base}/{path}" for path in ("story/1", "story/2", "none", "archive/2024/01/")])
    path = tmp_path / "config.toml"
    path.write_text(
        "[fetch]\nallow_networks = ['127.0.0.0/8']\ndelay_s = 0\nretries = 0\nlatency_factor = 0\ntdmrep = false\n"
        f"[crawl]\nworkers = 1\nprobe = false\nnear_duplicates = false\n[[source]]\nkind = 'urls'\nurls = {urls}\n"
    )
    return path


def test_status_before_and_after_a_crawl(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a crawl there is one sentence; after one, what is known, per host and per run, in words and as JSON."""
    assert run(["status", "--config", str(config)]) == 2
    assert "no crawl has run here yet" in capsys.readouterr().err
    assert run(["crawl", "--config", str(config), "-q"]) == 0
    assert run(["status", "--config", str(config)]) == 0
    said = capsys.readouterr().out
    assert "2 done, 1 rejected, 1 gone; 0 due now" in said
    assert "  127.0.0.1: 2 done, 1 rejected, 1 gone; next due " in said
    assert "exit code 0, 2 articles" in said
    assert run(["status", "--config", str(config), "--host", "127.0.0.1", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["running"], report["by_status"]["done"], report["hosts"][0]["failures"]) == (None, 2, 0)


def test_a_crawl_is_known_by_its_results(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who names the folder of the results needs no configuration to see what is remembered there, or to change it."""
    assert run(["crawl", "--config", str(config), "-q"]) == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    out = ["--out", str(tmp_path / "out")]
    assert run(["status", *out]) == 0
    assert "2 done, 1 rejected, 1 gone; 0 due now" in capsys.readouterr().out
    assert run(["retry", "--all", *out]) == 0
    assert run(["forget", "127.0.0.1", *out]) == 0
    assert run(["status"]) == run(["status", *out, "--config", "mine.toml"]) == 2
    assert capsys.readouterr().err.count("there is no such file; `scraper init` writes one") == 2


def test_status_of_an_unknown_host(config: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a host that nothing is known of that is said."""
    assert run(["crawl", "--config", str(config), "-q"]) == 0
    assert run(["status", "--config", str(config), "--host", "Nope.example"]) == 0
    assert "  nope.example: not known\n" in capsys.readouterr().out


def test_retry_and_forget(config: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """What was rejected or gone is fetched again when asked for; what is forgotten is new again."""
    crawl = ["crawl", "--config", str(config), "-q"]
    assert run(crawl) == 0
    assert run(["retry", "--config", str(config)]) == 2
    assert "Say which" in capsys.readouterr().err
    assert run(["retry", "--config", str(config), "--reason", "nonsense"]) == 1
    assert "0 addresses due again; there is no reason 'nonsense'." in capsys.readouterr().err
    assert run(["retry", "--config", str(config), "--reason", "tiemout"]) == 1
    assert "there is no reason 'tiemout': did you mean 'timeout'?" in capsys.readouterr().err
    assert run(["retry", "--config", str(config), "--reason", "timeout"]) == 1
    assert "0 addresses due again.\n" in capsys.readouterr().err
    assert run(["retry", "--config", str(config), "--reason", "http_status"]) == 1
    assert "0 addresses due again; those that are gone (404, 410) only with --status gone." in capsys.readouterr().err
    assert run(["retry", "--config", str(config), "--status", "gone", "--host", "127.0.0.1"]) == 0
    assert "1 address due again." in capsys.readouterr().err
    before = press.asked.count("/none")
    assert run(crawl) == 4
    assert press.asked.count("/none") == before + 1
    assert run(["forget", "--config", str(config), f"{press.base}/story/1", "nowhere.example"]) == 0
    said = capsys.readouterr().err
    assert "/story/1: 1 address, 1 article, " in said and "nowhere.example: was not known." in said
    assert run(crawl) == 0
    assert press.asked.count("/story/1") == 2
    assert run(["forget", "--config", str(config), "127.0.0.1"]) == 0
    assert run(crawl) == 0
    assert press.asked.count("/story/2") == 2


def test_forgetting_repeats_no_revision(config: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """What comes again of a forgotten address or host follows on what the files hold, which stay in order."""
    crawl, out = ["crawl", "--config", str(config), "-q"], config.parent / "out"
    assert run(crawl) == 0
    assert run(["forget", "--config", str(config), f"{press.base}/story/1"]) == 0
    assert run(crawl) == 0
    assert run(["forget", "--config", str(config), "127.0.0.1"]) == 0
    assert run(crawl) == 0
    written = records(out)
    assert sorted(record["revision"] for record in written) == [1, 1, 2, 2, 3]
    assert len({(record["id"], record["revision"]) for record in written}) == 5
    assert run(["validate", "--deep", str(out)]) == 0
    assert run(["status", "--config", str(config)]) == 0
    assert "2 done, 1 rejected, 1 gone; 0 due now" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["127.0.0.1/story/1", "127.0.0.1?page=1", "me@127.0.0.1", "//127.0.0.1/story/1", " "])
def test_forget_takes_no_address_for_its_host(config: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """An address that lacks its scheme is a mistake, no leave to forget all of the host."""
    assert run(["crawl", "--config", str(config), "-q"]) == 0
    assert run(["forget", "--config", str(config), "127.0.0.1", name]) == 2
    assert f"{name!r} is neither an address" in capsys.readouterr().err
    assert run(["status", "--config", str(config)]) == 0
    assert "2 done" in capsys.readouterr().out


def test_forget_a_saved_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A saved page is named as `url` in its record names it."""
    (tmp_path / "a.html").write_text(story(1))
    config = tmp_path / "config.toml"
    config.write_text("[crawl]\nworkers = 1\n[[source]]\nkind = 'files'\npath = 'a.html'\n")
    crawl = ["crawl", "--config", str(config), "-q"]
    assert run(crawl) == 0
    assert run(["forget", "--config", str(config), (tmp_path / "a.html").as_uri()]) == 0
    assert "1 address, 1 article, 0 feeds and sitemaps forgotten." in capsys.readouterr().err
    assert run(crawl) == 0


def test_change_is_refused_while_a_run_goes_on(config: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """Verbs that change the memory wait for the run's end, with its name and code 6; status looks on."""
    text = config.read_text().replace("/none", "/slow/1")
    config.write_text(text)
    running = subprocess.Popen([sys.executable, "-m", "scraper", "crawl", "--config", str(config), "-q"])
    try:
        assert press.slow_asked.wait(20)
        time.sleep(1.2)
        assert run(["retry", "--config", str(config), "--all"]) == 6
        assert f"process {running.pid} on " in capsys.readouterr().err
        assert run(["crawl", "--config", str(config)]) == 6
        assert run(["status", "--config", str(config)]) == 0
        shown = capsys.readouterr().out
        assert f"a run goes on: process {running.pid}" in shown
        assert "UTC, goes on\n" in shown and "not ended in order" not in shown
    finally:
        running.kill()
        running.wait(10)
    press.let_go.set()
    assert run(["crawl", "--config", str(config), "-q"]) == 0
    assert run(["status", "--config", str(config)]) == 0
    assert "not ended in order" in capsys.readouterr().out


def backfill(config: Path, press: Press, *arguments: str) -> int:
    return run(["backfill", "--config", str(config), f"{press.base}/", *arguments])


def test_backfill_from_sitemaps(config: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """Only sitemaps that may hold something of the span are fetched, and only addresses of the span are taken."""
    assert backfill(config, press, "--from", "2024-01-01", "--to", "2024-01-20") == 0
    assert "2 new addresses of 2 between 2024-01-01 and 2024-01-20; 2 outside, 1 without a date" in (
        capsys.readouterr().err
    )
    assert press.asked == ["/robots.txt", "/index.xml", "/sitemap-2024-01.xml"]
    with Frontier(config.parent / "out" / "state", read_only=True) as frontier:
        assert frontier.urls.knows(f"{press.base}/2024/01/05/a") and frontier.urls.knows(f"{press.base}/c")
    assert backfill(config, press, "--from", "2024-01-21", "--to", "2024-01-20") == 2


def test_backfill_from_archive_pages(config: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """The pages of an archive are read day by day, or month by month, and what they link is taken."""
    archive = f"{press.base}/archive/{{yyyy}}/{{mm}}/"
    assert backfill(config, press, "--from", "2024-01-30", "--to", "2024-02-02", "--archive", archive) == 0
    assert press.asked == ["/robots.txt", "/archive/2024/01/", "/archive/2024/02/"]
    assert "2 new addresses of 2" in capsys.readouterr().err


PERIODS = [
    ("published", Target(url="https://a.example/2020/01/02/x", source="feed", published="2024-03-04"), "2024-03-04"),
    ("day in the path", Target(url="https://a.example/2020/01/02/x", source="feed"), "2020-01-02"),
    ("dashes", Target(url="https://a.example/news-2020-01-02-x", source="feed"), "2020-01-02"),
    ("month", Target(url="https://a.example/2020/12/x", source="feed"), "2020-12-01 2020-12-31"),
    (
        "path before lastmod",
        Target(url="https://a.example/2020/1202/x", source="feed", modified="2024-01-01"),
        "2020-12-02",
    ),
    ("lastmod", Target(url="https://a.example/x", source="feed", modified="2024-01-01T23:00:00Z"), "2024-01-01"),
    ("number", Target(url="https://a.example/12020123", source="feed"), ""),
    ("no such day", Target(url="https://a.example/2023/02/30/x", source="feed"), ""),
    ("nothing", Target(url="https://a.example/x", source="feed"), ""),
]


@pytest.mark.parametrize(("target", "period"), [row[1:] for row in PERIODS], ids=[row[0] for row in PERIODS])
def test_period_of(target: Target, period: str) -> None:
    """What the source says of the day, then the address, then the last change."""
    found = period_of(target)
    assert " ".join(sorted({str(day) for day in found or ()})) == period


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(("news",), "'news' is no address", id="no address"),
        pytest.param(("http://127.0.0.1/", "--archive", "{yyyy}"), "is no address", id="no archive"),
        pytest.param(
            ("http://127.0.0.1/", "--archive", "http://a.example/{yyyy}/"),
            "a.example is somebody else's",
            id="unsigned",
        ),
        pytest.param(("http://127.0.0.1/", "--to", "9999-12-31"), "longer than a hundred years", id="for ever"),
    ],
)
def test_backfill_of_what_is_no_site(
    config: Path, press: Press, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], sentence: str
) -> None:
    """Each mistake is a sentence, with the code of a wrong command line, before anything is asked for."""
    assert run(["backfill", "--config", str(config), "--from", "2024-05-01", *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert press.asked == []


def test_a_span_may_end_with_the_calendar() -> None:
    """The last of all days has no day after it."""
    assert [day.day for day in Span(first=date(9999, 12, 30), last=date.max).days()] == [30, 31]


def test_archive_needs_a_year() -> None:
    """A pattern without a place for the year is refused."""
    span = Span(first=date(2024, 1, 1), last=date(2024, 1, 3))
    with pytest.raises(UsageError, match=r"needs \{yyyy\}"):
        archive_urls("https://a.example/archive", span)
    assert len(archive_urls("https://a.example/{yyyy}{mm}{dd}", span)) == 3
