"""Whole crawls over loopback: what is fetched, counted, written, and what happens when it is interrupted."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from loopback import serving
from press import Press, closed_port, story

from scraper.cli.main import run

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
RUBBISH = bytes(range(256)) * 40
PAGER = "<nav class='pagination'><a href='/long'>1</a> <a href='/long/2'>2</a> <a href='/long/3'>3</a></nav>"
SETTINGS = """
[fetch]
delay_s = 0.0
latency_factor = 0.0
tdmrep = false
retries = 0
max_bytes = 1_000_000
connect_timeout_s = 5.0
allow_networks = ["127.0.0.0/8"]
[crawl]
workers = 1
probe = false
near_duplicates = false
"""


def html(body: bytes) -> tuple[int, dict[str, str], bytes]:
    return 200, {"Content-Type": "text/html"}, body


class Ran:
    """A finished crawl and what it left behind."""

    def __init__(self, code: int, said: str, out: Path) -> None:
        self.code, self.said, self.out = code, said, out

    @property
    def summary(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.out / "summary.json").read_bytes())
        return found

    @property
    def articles(self) -> list[dict[str, Any]]:
        return self._lines("articles")

    @property
    def rejected(self) -> dict[str, str]:
        return {line["url"]: line["reason"] for line in self._lines("rejected")}

    def _lines(self, sink: str) -> list[dict[str, Any]]:
        """Return the lines of the last run."""
        files = [self.out / name for name in self.summary["files"] if name.startswith(sink)]
        return [json.loads(line) for path in files for line in path.read_bytes().splitlines()]


def command(folder: Path, sources: str, *arguments: str, settings: str = SETTINGS) -> list[str]:
    config = folder / "config.toml"
    config.write_text(settings + sources, encoding="utf-8")
    return [sys.executable, "-m", "scraper", "crawl", "--config", str(config), "--out", str(folder / "out"), *arguments]


def crawl(folder: Path, sources: str, *arguments: str, settings: str = SETTINGS) -> Ran:
    """Crawl in this process: the way of a command, without the start of an interpreter."""
    with redirect_stderr(io.StringIO()) as said, redirect_stdout(said):
        code = run(command(folder, sources, *arguments, settings=settings)[3:])
    assert "bug in scraper" not in said.getvalue()
    return Ran(code, said.getvalue(), folder / "out")


def urls(base: str, *paths: str) -> str:
    return "[[source]]\nkind = 'urls'\nurls = " + json.dumps([base + path for path in paths]) + "\n"


def adds_up(summary: dict[str, Any]) -> bool:
    columns = ("articles", "rejected", "unchanged", "pending")
    return bool(summary["targets"] == sum(summary[column] for column in columns))


def own_story(number: int) -> str:
    """Return a page whose words no other has, and whose canonical address all of them claim."""
    texts = (" ".join(f"{chr(96 + number)}{part}word{n}" for n in range(40)) for part in range(5))
    body = "".join(f"<p>On day {number} {text} and so on.</p>" for text in texts)
    head = f"<title>Day {number} at the harbour of Alder</title><link rel='canonical' href='/news'>"
    story = f"<article><h1>Day {number} at the harbour of Alder</h1>{body}</article>"
    return f"<html><head>{head}</head><body>{story}</body></html>"


@pytest.fixture
def press() -> Iterator[Press]:
    routes: dict[str, Any] = {f"/story/{number}": story(number) for number in range(1, 8)}
    routes |= {f"/2024/05/bridge-number-{number}-opens": story(number) for number in range(5, 8)}
    routes |= {f"/wide/{number}": story(200 + number, words=3000) for number in range(1, 9)}
    routes |= {f"/slow/{number}": story(100 + number) for number in range(1, 40)}
    routes |= {
        "/robots.txt": (
            200,
            {"Content-Type": "text/plain"},
            b"User-agent: *\nDisallow: /private\nSitemap: {base}/index.xml\n",
        ),
        "/empty": html(b""),
        "/pdf": (200, {"Content-Type": "application/pdf"}, PDF),
        "/rubbish": html(RUBBISH),
        "/private/1": story(50),
        "/long": story(70, tail=PAGER),
        "/long/2": story(71, tail=PAGER),
        "/long/3": story(72, tail=PAGER),
        "/torn/2": story(75, tail=PAGER.replace("/long", "/torn")),
        **{f"/shared/{number}": own_story(number) for number in range(1, 4)},
        "/amp/1": story(1, head="<link rel='canonical' href='/story/1'>"),
    }
    with Press(routes) as server:
        base = server.base
        index = (
            f"<sitemapindex><sitemap><loc>{base}/a.xml.gz</loc></sitemap><sitemap><loc>{base}/index.xml</loc></sitemap>"
        )
        pages = "".join(f"<url><loc>{base}/story/{number}</loc></url>" for number in (1, 2, 3))
        items = "".join(
            f"<item><title>S</title><link>{base}/story/{number}?utm_source=rss</link></item>" for number in (3, 4)
        )
        links = "".join(
            f"<article><h2><a href='/2024/05/bridge-number-{n}-opens'>Bridge number {n} is open</a></h2></article>"
            for n in (5, 6, 7)
        )
        xml = {"Content-Type": "application/xml"}
        routes["/robots.txt"] = (
            200,
            {"Content-Type": "text/plain"},
            routes["/robots.txt"][2].replace(b"{base}", base.encode()),
        )
        routes["/index.xml"] = (200, xml, (index + "</sitemapindex>").encode())
        routes["/a.xml.gz"] = (
            200,
            {"Content-Type": "application/gzip"},
            gzip.compress(f"<urlset>{pages}</urlset>".encode()),
        )
        routes["/feed.xml"] = (
            200,
            xml,
            f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>".encode(),
        )
        routes["/section/"] = html(f"<html><body><main>{links}</main></body></html>".encode())
        yield server


def test_all_sources_add_up(tmp_path: Path, press: Press) -> None:
    """Every kind of source is read, each story comes out once, and the tally adds up."""
    saved = tmp_path / "saved"
    saved.mkdir()
    (saved / "page.html").write_text(story(40), encoding="utf-8")
    (tmp_path / "urls.txt").write_text(
        f"# mine\n{press.base}/story/1\nnonsense\n{press.base}/amp/1\n", encoding="utf-8"
    )
    ran = crawl(
        tmp_path,
        f"[[source]]\nkind = 'sitemap'\nurl = '{press.base}'\n"
        f"[[source]]\nkind = 'feed'\nurl = '{press.base}/feed.xml'\n"
        f"[[source]]\nkind = 'section'\nurl = '{press.base}/section/'\n"
        "[[source]]\nkind = 'urls'\npath = 'urls.txt'\n[[source]]\nkind = 'files'\npath = 'saved'\n",
    )
    assert ran.code == 0, ran.said
    assert adds_up(ran.summary)
    assert sorted(article["title"] for article in ran.articles) == [
        f"Bridge number {number} opens" for number in (1, 2, 3, 4, 40, 5, 6, 7)
    ]
    assert set(ran.rejected.values()) == {"duplicate"}
    assert "urls.txt: line 3 holds no http address." in ran.said
    assert f"{ran.summary['targets']} targets = 8 articles + 1 rejected + 0 unchanged" in ran.said
    figures = {source["kind"]: (source["named"], source["bad"], source["error"]) for source in ran.summary["sources"]}
    assert figures == {
        "sitemap": (3, 1, None),
        "feed": (2, 0, None),
        "section": (3, 0, None),
        "urls": (2, 1, None),
        "files": (1, 0, None),
    }
    assert press.asked.count("/index.xml") == 1
    assert ran.summary["pages"] == 9
    assert ran.summary["hosts"]["127.0.0.1"]["articles"] == 7


def test_bad_input_is_counted_and_the_run_goes_on(tmp_path: Path, press: Press) -> None:
    """Each kind of bad page ends in a rejection with its reason, and the good page next to it in a record.

    A host that cannot be reached at all, beside one that can, makes it exit code 3.
    """
    dead = f"http://localhost:{closed_port()}/x"
    ran = crawl(
        tmp_path,
        urls(press.base, "/empty", "/pdf", "/rubbish", "/huge", "/none", "/private/1", "/story/1") + urls("", dead),
        "--verbose",
    )
    assert ran.code == ran.summary["exit"] == 3, ran.said
    assert "no page could be fetched from localhost: connect_failed" in ran.said
    assert f"{press.base}/story/1: article." in ran.said
    assert f"{press.base}/none: http_status (404 Not Found)." in ran.said
    assert len(ran.articles) == 1
    reasons = {url.removeprefix(press.base): reason for url, reason in ran.rejected.items()}
    assert reasons.pop(dead) == "connect_failed"
    assert reasons == {
        "/empty": "empty_page",
        "/rubbish": "binary",
        "/pdf": "content_type",
        "/huge": "too_large",
        "/none": "http_status",
        "/private/1": "robots_disallowed",
    }
    assert adds_up(ran.summary)
    assert ran.summary["rejected"] == 7


def test_saved_pages_are_held_to_max_bytes(tmp_path: Path) -> None:
    """A saved page is no larger than a fetched one may be."""
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "large.html").write_text(story(1, words=20_000))
    (tmp_path / "saved" / "page.html").write_text(story(2))
    settings = SETTINGS.replace("1_000_000", "100_000")
    ran = crawl(tmp_path, "[[source]]\nkind = 'files'\npath = 'saved'\n", settings=settings)
    assert [article["title"] for article in ran.articles] == ["Bridge number 2 opens"]
    assert ran.rejected == {(tmp_path / "saved" / "large.html").as_uri(): "too_large"}


def test_saved_pages_are_known_by_what_they_declare(tmp_path: Path, press: Press) -> None:
    """A saved copy of a page that is crawled as well is its duplicate; so is the same file in another place."""
    saved = tmp_path / "saved"
    saved.mkdir()
    for name, text in {
        "live": story(1, head=f"<link rel='canonical' href='{press.base}/story/1'>"),
        "own-1": own_story(1).replace("'/news'", "'https://news.example/all'"),
        "own-2": own_story(2).replace("'/news'", "'https://news.example/all'"),
        "own-2-again": own_story(2).replace("'/news'", "'https://news.example/all'"),
        "bare": story(3),
        "bare-again": story(3),
    }.items():
        (saved / f"{name}.html").write_text(text)
    ran = crawl(tmp_path, urls(press.base, "/story/1") + "[[source]]\nkind = 'files'\npath = 'saved'\n")
    assert f"{press.base}/story/1" in {article["url"] for article in ran.articles}
    assert sorted(article["title"] for article in ran.articles) == [
        *("Bridge number 1 opens", "Bridge number 3 opens"),
        *("Day 1 at the harbour of Alder", "Day 2 at the harbour of Alder"),
    ]
    assert set(ran.rejected.values()) == {"duplicate"}
    assert len(ran.rejected) == 3
    assert {article["fetch"]["status"] for article in ran.articles} == {200, None}


def test_nothing_usable(tmp_path: Path, press: Press) -> None:
    """A run that brings no article at all ends with 1, whatever the cause; each broken source is one sentence."""
    sources = urls(press.base, "/none") + f"[[source]]\nkind = 'feed'\nurl = '{press.base}/pdf'\n"
    ran = crawl(tmp_path, sources)
    assert ran.code == 1
    assert ran.said.count("source not read in full: ") == 1
    assert sum(source["error"] is not None for source in ran.summary["sources"]) == 1


def test_pages_of_one_article_are_joined(tmp_path: Path, press: Press) -> None:
    """An article over three pages is one record with the text of all; its pages are no targets of their own."""
    ran = crawl(tmp_path, urls(press.base, "/long"))
    (article,) = ran.articles
    assert article["pages"] == {
        "count": 3,
        "urls": [f"{press.base}/long{n}" for n in ("", "/2", "/3")],
        "truncated": False,
    }
    assert [f"Part {number}.3." in article["text"] for number in (70, 71, 72)] == [True] * 3
    assert (ran.summary["pages"], ran.summary["targets"]) == (3, 1)


@pytest.mark.parametrize("named", [("/long/2",), ("/long/3", "/long/2"), ("/long/2", "/long", "/long/3")])
def test_article_entered_on_a_later_page_is_the_whole(tmp_path: Path, press: Press, named: tuple[str, ...]) -> None:
    """Whichever pages of an article are named, its record is that of the first page, whole and in order, and one."""
    (first,) = crawl(tmp_path, urls(press.base, "/long")).articles
    ran = crawl(tmp_path, urls(press.base, *named), "--fresh")
    (article,) = ran.articles
    assert {key: article[key] for key in ("id", "url", "title", "text", "pages")} == {
        key: first[key] for key in ("id", "url", "title", "text", "pages")
    }
    assert set(ran.rejected.values()) <= {"duplicate"}
    assert adds_up(ran.summary)


def test_later_page_whose_first_is_missing_stands_alone(tmp_path: Path, press: Press) -> None:
    """Where the first page cannot be fetched, the record is that of the page named, and says that some are missing."""
    ran = crawl(tmp_path, urls(press.base, "/torn/2"))
    (article,) = ran.articles
    assert article["url"] == f"{press.base}/torn/2"
    assert article["pages"]["urls"] == [f"{press.base}/torn{n}" for n in ("", "/2", "/3")]
    assert article["pages"]["truncated"]
    assert "Part 75.1." in article["text"]


def test_limit_and_a_second_run(tmp_path: Path, press: Press) -> None:
    """--limit fetches that many pages, further pages of an article included; the next run goes on from there.

    --quiet is for cron: a run without trouble is silent. The lean profile reaches the records and the summary. When
    nothing is new the code is 4; --fresh starts over and moves everything aside.
    """
    sources = urls(press.base, "/long", *(f"/story/{number}" for number in range(1, 7)))
    first = crawl(tmp_path, sources, "--limit", "2")
    assert first.code == 0
    assert press.asked[1:] == ["/long", "/story/1"]
    assert (first.summary["pages"], first.summary["pending"]) == (2, 5)
    assert [article["pages"]["truncated"] for article in first.articles] == [True, False]
    assert "the article goes on, but its next page could not be fetched" in first.said
    assert adds_up(first.summary)
    assert "+ 5 left for another run" in first.said
    titles = [article["title"] for article in first.articles]
    second = crawl(tmp_path, "[output]\nprofile = 'lean'\n" + urls(press.base, "/story/7"), "--quiet")
    assert second.said == ""
    assert sorted(article["title"] for article in second.articles) == [f"Bridge number {n} opens" for n in range(2, 8)]
    assert "blocks" not in second.articles[0]
    assert second.summary["profile"] == "lean"
    third = crawl(tmp_path, sources, "--quiet")
    assert (third.code, third.said, third.summary["targets"], third.summary["files"]) == (4, "", 0, [])
    fresh = crawl(tmp_path, urls(press.base, "/story/1"), "--fresh")
    assert [article["title"] for article in fresh.articles] == ["Bridge number 1 opens"]
    (aside,) = (tmp_path / "out" / "earlier").iterdir()
    kept = sorted(path for path in aside.glob("articles-*.jsonl"))
    assert [json.loads(line)["title"] for line in kept[0].read_bytes().splitlines()] == titles
    assert len(list((tmp_path / "out").glob("articles-*.jsonl"))) == 1


def test_limit_counts_pages_fetched(tmp_path: Path, press: Press) -> None:
    """Addresses that give no page (refused by robots.txt, not there, no host) do not use the limit up.

    It holds across hosts that are asked at the same time, and a list that is dead from end to end still ends.
    """
    dead = [f"http://localhost:{closed_port()}/{number}" for number in range(4)]
    bad = ["/none", "/private/1", "/pdf", "/none/2", "/private/2"]
    stories = [f"/story/{number}" for number in range(1, 8)]
    ran = crawl(tmp_path, urls("", *dead) + urls(press.base, *bad, *stories), "--limit", "3")
    assert (ran.summary["pages"], ran.summary["articles"]) == (3, 3)
    assert [path for path in press.asked if path.startswith("/story")] == stories[:3]
    assert adds_up(ran.summary)
    ran = crawl(tmp_path, urls("", *dead) + urls(press.base, *bad), "--limit", "3", "--fresh")
    assert (ran.code, ran.summary["pages"], ran.summary["pending"]) == (1, 0, 0)


class Signals:
    """Sends this process a signal whenever the next condition holds; a context manager that ends its thread."""

    def __init__(self, *conditions: Callable[[], bool]) -> None:
        self._conditions, self._over = conditions, threading.Event()
        self._thread = threading.Thread(target=self._send)

    def _send(self) -> None:
        for condition in self._conditions:
            while not condition():
                if self._over.wait(0.01):
                    return
            signal.raise_signal(signal.SIGTERM)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def test_one_signal_finishes_what_is_in_flight(tmp_path: Path, press: Press) -> None:
    """After one signal the page being fetched still becomes a record, no other is begun, and the code is 130."""

    def stopping() -> bool:
        if press.slow_asked.is_set():
            threading.Timer(0.2, press.let_go.set).start()
        return press.slow_asked.is_set()

    with Signals(stopping):
        ran = crawl(tmp_path, urls(press.base, *(f"/slow/{number}" for number in range(1, 6))))
    assert ran.said.startswith("Stopping: what is in flight has 10 s to finish.")
    assert ran.code == ran.summary["exit"] == 130
    assert len(ran.articles) == 1
    assert (ran.summary["targets"], ran.summary["pending"]) == (5, 4)


def test_two_signals_stop_at_once(tmp_path: Path, press: Press) -> None:
    """After two signals nothing is waited for; the summary is there and adds up."""
    began = time.monotonic()
    with Signals(press.slow_asked.is_set, lambda: True):
        ran = crawl(tmp_path, urls(press.base, "/slow/1", "/slow/2"))
    assert time.monotonic() - began < 5
    assert ran.code == 130
    assert (ran.summary["articles"], ran.summary["pending"]) == (0, 2)


def test_hosts_that_wait_take_no_place(tmp_path: Path, press: Press) -> None:
    """Three hosts that want a minute between requests do not hinder twenty quick ones, two requests at a time.

    Ctrl-C does not wait for them either.
    """
    slow = [f"http://slow{host}.example/story/{number}" for host in range(3) for number in (1, 2)]
    quick = [f"http://quick{host}.example/story/{number}" for host in range(20) for number in (1, 2)]
    quiet = "".join(f"[site.'slow{host}.example']\ndelay_s = 60.0\n" for host in range(3))
    sources = f"[fetch]\nhosts_at_once = 2\ndelay_s = 0.01\nconnect_to = {{ '*' = '{press.base[7:]}' }}\n{quiet}"
    press.latency_s = 0.02
    began = time.monotonic()
    with Signals(lambda: sum(path.startswith("/story") for path in press.asked) == len(quick)):
        ran = crawl(tmp_path, urls("", *slow, *quick) + sources, settings="")
    assert time.monotonic() - began < 45
    assert ran.code == 130
    ended = {article["url"] for article in ran.articles} | ran.rejected.keys()
    assert (sorted(ended), set(ran.rejected.values())) == (sorted(quick), {"duplicate"})
    assert (ran.summary["pending"], press.most_at_once) == (len(slow), 2)


@pytest.mark.parametrize("probe", ["true", "false"])
def test_the_end_of_the_time_waits_for_no_host(tmp_path: Path, press: Press, probe: str) -> None:
    """Neither for a host that wants a minute between requests, nor for its probe; what was fetched is written."""
    quiet = "[fetch]\ndelay_s = 60.0\nrobots = false\ntdmrep = false\nallow_networks = ['127.0.0.0/8']\n"
    began = time.monotonic()
    settings = f"{quiet}[crawl]\nmax_runtime_s = 2.0\nprobe = {probe}\n"
    ran = crawl(tmp_path, urls(press.base, "/story/1", "/story/2"), settings=settings)
    assert time.monotonic() - began < 20
    assert (ran.code, ran.summary["stopped_by"]) == (0, "crawl.max_runtime_s = 2")
    assert (len(ran.articles), ran.summary["pending"]) == (1, 1)


def test_a_disk_that_is_nearly_full(tmp_path: Path, press: Press) -> None:
    """Nothing is fetched, not even in the first second, and the code is not that of a run with nothing to do."""
    settings = SETTINGS + f"min_free_bytes = {1 << 60}\n"
    ran = crawl(tmp_path, urls(press.base, "/story/1"), "-q", settings=settings)
    assert (ran.code, ran.summary["exit"], press.asked) == (5, 5, [])
    assert "the disk is nearly full" in ran.said


def test_two_memories_for_one_folder(tmp_path: Path, press: Press) -> None:
    """A run that remembers elsewhere does not disturb one that writes to the same folder: it ends with code 6."""
    (tmp_path / "other").mkdir()
    settings = SETTINGS + f"state_dir = {str(tmp_path / 'state-1')!r}\n"
    others = settings.replace("state-1", "state-2")
    with subprocess.Popen(command(tmp_path, urls(press.base, "/slow/1"), "-q", settings=settings)) as first:
        assert press.slow_asked.wait(30)
        (tmp_path / "other" / "config.toml").write_text(others + urls(press.base, "/story/1"))
        arguments = ["crawl", "--config", str(tmp_path / "other" / "config.toml"), "--out", str(tmp_path / "out")]
        with redirect_stderr(io.StringIO()) as said:
            assert run(arguments) == 6
        press.let_go.set()
    assert "another run is at work there" in said.getvalue()
    assert first.returncode == 0


def test_what_a_host_may_take_of_a_run(tmp_path: Path, press: Press) -> None:
    """The rest of what it has stays pending, and comes with later runs, though its source says nothing new."""
    settings = SETTINGS + "max_per_host = 2\n"
    sources = urls(press.base, *(f"/story/{number}" for number in range(1, 6)))
    for fetched, pending in ((2, 3), (2, 1), (1, 0)):
        ran = crawl(tmp_path, sources, settings=settings)
        assert (ran.summary["pages"], ran.summary["pending"]) == (fetched, pending)
        assert adds_up(ran.summary)


def poll(out: Path, seen: list[bytes], stop: threading.Event) -> None:
    """Read published articles over and over, as somebody does who tails them."""
    while not stop.is_set():
        seen += [path.read_bytes() for path in out.glob("articles-*.jsonl")]
        time.sleep(0.001)


def test_killed_crawl_goes_on_and_readers_see_whole_lines(tmp_path: Path, press: Press) -> None:
    """A crawl killed outright publishes nothing; the next run keeps what was committed and fetches the rest.

    Whoever reads articles-*.jsonl meanwhile finds complete files alone, however long the lines.
    """
    paths = [*(f"/wide/{number}" for number in range(1, 9)), "/slow/1"]
    running = subprocess.Popen(command(tmp_path, urls(press.base, *paths)), stderr=subprocess.DEVNULL)
    out = tmp_path / "out"
    while not any(part.stat().st_size for part in out.glob("articles-*.part")):
        assert running.poll() is None
        time.sleep(0.01)
    time.sleep(1.2)
    running.kill()
    running.wait(10)
    assert not list(out.glob("articles-*.jsonl"))
    press.let_go.set()
    seen: list[bytes] = []
    stop = threading.Event()
    reader = threading.Thread(target=poll, args=(out, seen, stop))
    reader.start()
    try:
        ran = crawl(tmp_path, urls(press.base, *paths))
        time.sleep(0.01)
    finally:
        stop.set()
        reader.join()
    assert "of a run that was killed; what it had finished is kept." in ran.said
    lines = [json.loads(line) for path in out.glob("articles-*.jsonl") for line in path.read_bytes().splitlines()]
    assert sorted(line["url"] for line in lines) == sorted(press.base + path for path in paths)
    assert seen and all(json.loads(line) for body in seen for line in body.splitlines())
    assert all(body.endswith(b"\n") for body in seen)


def test_full_disk_is_one_sentence(tmp_path: Path, press: Press) -> None:
    """When results no longer fit, the run stops with code 5 and one sentence; with room again, nothing is missing."""

    paths = [f"/story/{number}" for number in range(1, 8)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, hard))
    try:
        ran = crawl(tmp_path, urls(press.base, *paths))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert ran.code == 5, ran.said
    assert len(ran.said.strip().splitlines()) == 1 and "make room" in ran.said
    assert crawl(tmp_path, urls(press.base, *paths)).code == 0
    found = [line for path in (tmp_path / "out").glob("articles-*.jsonl") for line in path.read_bytes().splitlines()]
    assert sorted(json.loads(line)["url"] for line in found) == [press.base + path for path in paths]


def test_worker_killed_costs_its_page(tmp_path: Path, press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug in the extraction rejects that page, keeps its bytes, and the rest goes on."""
    pause = tmp_path / "sitecustomize.py"
    pause.write_text(
        "import os, sys\n"
        "if 'scraper.crawl.worker' in ' '.join(sys.orig_argv):\n"
        "    import scraper.pipeline as pipeline\n"
        "    real = pipeline.read_page\n"
        "    def read_page(page, quality, **rest):\n"
        "        if page.url.endswith('/2'):\n            os.abort()\n"
        "        if page.url.endswith('/3'):\n            raise LookupError('no such thing')\n"
        "        return real(page, quality, **rest)\n"
        "    pipeline.read_page = read_page\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    ran = crawl(tmp_path, urls(press.base, *(f"/story/{number}" for number in range(1, 5))))
    assert ran.code == 0, ran.said
    assert len(ran.articles) == 2
    assert ran.rejected == {f"{press.base}/story/2": "crash", f"{press.base}/story/3": "exception"}
    kept = sorted((ran.out / "bugs").glob("*.html"))
    assert sorted(page.read_text() for page in kept) == [story(2), story(3)]
    assert "the page is kept in" in ran.said
    assert "LookupError: no such thing" in (ran.out / "workers.log").read_text()


def test_stories_that_share_a_wrong_canonical_are_all_kept(tmp_path: Path, press: Press) -> None:
    """A template that names one canonical address for all stories loses none of them: the texts tell them apart."""
    ran = crawl(tmp_path, urls(press.base, *(f"/shared/{number}" for number in range(1, 4))))
    assert len(ran.articles) == 3
    assert len({article["id"] for article in ran.articles}) == 3
    shared = [a for a in ran.articles if "canonical_shared" in {warned["code"] for warned in a["warnings"]}]
    assert [article["canonical_url"] for article in shared] == [None, None]


def test_a_source_that_fails_elsewhere_is_named(tmp_path: Path) -> None:
    """Where a source leads to an address that cannot be had, the last lines name the source that has to be mended."""
    away = (302, {"Location": "/gone"}, b"")
    with Press({"/one.xml": away, "/two.xml": away}) as press:
        sources = "".join(f"[[source]]\nkind = 'feed'\nurl = '{press.base}/{name}.xml'\n" for name in ("one", "two"))
        ran = crawl(tmp_path, sources, "--quiet")
        failed = [line for line in ran.said.splitlines() if line.startswith("source not read in full: ")]
    assert sorted(failed) == [
        f"source not read in full: {press.base}/{name}.xml: {press.base}/gone: http_status (404 Not Found)"
        for name in ("one", "two")
    ]


def test_a_saved_page_whose_name_is_no_utf8(tmp_path: Path) -> None:
    """A page that was saved long ago under a name in Latin-1 is read as any other."""
    pages = tmp_path / "pages"
    pages.mkdir()
    Path(os.fsdecode(os.fsencode(pages) + b"/br\xfccke.html")).write_text(story(1))
    ran = crawl(tmp_path, f"[[source]]\nkind = 'files'\npath = '{pages}'\n")
    assert (ran.code, ran.summary["articles"], ran.articles[0]["url"]) == (0, 1, f"{pages.as_uri()}/br%FCcke.html")


def test_fewer_files_than_hosts_at_once(tmp_path: Path) -> None:
    """Where the system allows few open files, fewer requests are in flight, which is said; no address fails for it."""
    with Press({"/1": story(1)}) as press:
        press.latency_s = 0.1
        dialled = f"[fetch.connect_to]\n'*' = '{press.base[7:]}'\n[crawl]"
        pages = urls("http://", *(f"paper-{number}.example/{number}" for number in range(100)))
        told = command(tmp_path, pages, settings=SETTINGS.replace("[crawl]", dialled))
        ran = subprocess.run(["sh", "-c", 'ulimit -n 64; exec "$@"', "sh", *told], capture_output=True, check=False)
    summary = json.loads((tmp_path / "out" / "summary.json").read_bytes())
    assert (ran.returncode, summary["articles"], summary["rejected_by_reason"]) == (0, 1, {"http_status": 99}), (
        ran.stderr
    )
    assert b"28 requests at once instead of 64" in ran.stderr
    assert 10 < press.most_at_once <= 28


def test_a_process_may_open_as_many_files_as_the_system_lets_it(tmp_path: Path) -> None:
    """A low limit that is not the last word is raised: as many requests are in flight as the configuration says."""
    with Press({"/1": story(1)}) as press:
        told = command(tmp_path, urls(press.base, "/1"))
        ran = subprocess.run(["sh", "-c", 'ulimit -Sn 64; exec "$@"', "sh", *told], capture_output=True, check=False)
    assert (ran.returncode, b"at once" in ran.stderr) == (0, False), ran.stderr


async def crawl_many_hosts(folder: Path, hosts: int, *, max_files: int) -> asyncio.subprocess.Process:
    """Crawl so many hosts, each without its page, in a process that may open so many files; return it when it ended."""
    async with serving({}) as server:
        urls = json.dumps([f"http://paper-{number}.example/story" for number in range(hosts)])
        dialled = f"[fetch.connect_to]\n'*' = '127.0.0.1:{server.port}'\n"
        sources = f"[[source]]\nkind = 'urls'\nurls = {urls}\n"
        (folder / "config.toml").write_text(SETTINGS.replace("[crawl]", f"{dialled}[crawl]") + sources)
        command = [sys.executable, "-m", "scraper", "crawl", "--config", "config.toml", "--out", "out", "-q"]
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (max_files, max_files)),
        )
        await process.wait()
        return process


def test_more_hosts_than_a_process_may_open_files(tmp_path: Path) -> None:
    """Connections are kept for a host's next request only as far as files are left for everything else."""
    process = asyncio.run(crawl_many_hosts(tmp_path, 300, max_files=200))
    summary = json.loads((tmp_path / "out" / "summary.json").read_bytes())
    assert (process.returncode, summary["rejected_by_reason"]) == (1, {"http_status": 300})
