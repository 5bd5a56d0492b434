"""scraper.fetchers over a real loopback server: every answer ends in a page or in one named reason."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd
from loopback import Asked, Route, Server, in_turn, raw, raw_response, respond, serving

from scraper.config import FetchConfig, SiteConfig
from scraper.errors import FetchError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.redirects import checked_url, moved_to
from scraper.fetchers.saved import read_saved
from scraper.model import Page, Target

HTML = b"<!doctype html><title>A</title><p>Hello, world, this is a page.</p>"
NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
PLAIN: dict[str, Any] = {"delay_s": 0.0, "retries": 0, "allow_hosts": ("127.0.0.1", "localhost")}


class Clock:
    """Time that passes only when the fetcher sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        until_s = self.now_s + seconds
        await asyncio.sleep(0)
        self.now_s = max(self.now_s, until_s)


def fetcher(clock: Clock | None = None, sites: Mapping[str, SiteConfig] | None = None, **config: Any) -> HttpFetcher:
    clock = clock or Clock()

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        raise AssertionError(f"{host} was looked up")

    async def resolve_numbers(host: str, port: int) -> tuple[str, ...]:
        return (host,) if host[0].isdigit() or ":" in host else await resolve(host, port)

    return HttpFetcher(
        FetchConfig(**PLAIN | config),
        sites or {},
        now=lambda: NOW + timedelta(seconds=clock.now_s),
        monotonic=lambda: clock.now_s,
        sleep=clock.sleep,
        random=lambda: 0.5,
        resolve=resolve_numbers,
    )


async def get(at: HttpFetcher, url: str) -> Page:
    return await at.fetch_page(Target(url=url, source="list"))


async def outcome(at: HttpFetcher, url: str) -> str:
    """Return the reason why a page is not fetched, or `page`."""
    try:
        await get(at, url)
    except FetchError as error:
        return error.reason
    return "page"


def run(routes: Mapping[str, Route], story: Callable[[Server, HttpFetcher], Awaitable[Any]], **config: Any) -> Any:
    """Serve the routes, run the story with a fetcher that may go there, return what it returns."""

    async def told() -> Any:
        async with serving(routes) as server, fetcher(**config) as at:
            return await story(server, at)

    return asyncio.run(told())


def test_a_page_comes_with_how_it_came() -> None:
    """Address as asked and as found, status, headers, redirects, time and the hints of its source."""

    async def story(server: Server, at: HttpFetcher) -> None:
        target = Target(url=server.url("/old#top"), source="feed", found_at="f", title="T", published="P")
        page = await at.fetch_page(target)
        assert (page.url, page.final_url) == (server.url("/old#top"), server.url("/new"))
        assert (page.body, page.status, page.fetched_at) == (HTML, 200, NOW)
        assert page.redirects == (server.url("/old"),)
        assert page.header("content-type") == "text/html; charset=utf-8"
        assert (page.source, page.found_at, page.hint_title, page.hint_published) == ("feed", "f", "T", "P")

    run({"/old": respond(b"", "301 Moved", location="/new"), "/new": respond(HTML)}, story)


def test_connections_are_kept_and_we_say_who_we_are() -> None:
    """Ten pages and robots.txt, redirects and errors between, over one connection, under our name."""
    routes = {"/a": respond(HTML), "/r": respond(b"moved", "302 Found", location="/a")}

    async def story(server: Server, at: HttpFetcher) -> None:
        for path in ("/a", "/r", "/missing", "/a"):
            await outcome(at, server.url(path))
        assert server.connections == 1
        assert server.paths() == ["/robots.txt", "/a", "/r", "/a", "/missing", "/a"]
        sent = server.asked[-1].headers
        assert sent["user-agent"].startswith("article-scraper/")
        assert sent["user-agent"].endswith("(+https://example.org/bot)")
        assert sent["accept-encoding"] == "gzip, deflate, br, zstd"
        assert "cookie" not in sent

    run(routes, story, contact="https://example.org/bot")


REDIRECTS = {
    "/to-itself": respond(b"", "302 Found", location="/to-itself"),
    "/loop": respond(b"", "302 Found", location="/loop2"),
    "/loop2": respond(b"", "307 Temporary", location="/loop"),
    "/nowhere": respond(b"", "302 Found"),
    "/file": respond(b"", "302 Found", location="file:///etc/passwd"),
    "/metadata": respond(b"", "302 Found", location="http://169.254.169.254/latest/"),
    "/mapped": respond(b"", "302 Found", location="http://[::ffff:10.0.0.1]/"),
    "/octal": respond(b"", "302 Found", location="http://012.1/"),
    "/private": respond(b"", "308 Permanent", location="/secret/a"),
    "/chain": respond(b"", "303 See", location="/chain2"),
    "/chain2": respond(b"", "301 Moved", location="/chain3"),
    "/chain3": respond(b"", "301 Moved", location="/chain4"),
    "/chain4": respond(HTML),
    "/choices": respond(HTML, "300 Multiple Choices"),
    "/unchanged": respond(b"", "304 Not Modified"),
    "/robots.txt": respond(b"User-agent: *\nDisallow: /secret", content_type="text/plain"),
}
REDIRECT_ENDS = [
    *(("/to-itself", "redirect_loop"), ("/loop", "redirect_loop"), ("/nowhere", "bad_redirect")),
    ("/file", "scheme_refused"),
    *(("/metadata", "address_refused"), ("/mapped", "address_refused"), ("/octal", "address_refused")),
    *(("/private", "robots_disallowed"), ("/chain2", "page"), ("/chain", "too_many_redirects")),
    *(("/choices", "http_status"), ("/unchanged", "http_status")),
]  # fmt: skip


@pytest.mark.parametrize(("path", "end"), REDIRECT_ENDS, ids=[row[0] for row in REDIRECT_ENDS])
def test_redirects(path: str, end: str) -> None:
    """Each hop is judged as the first was: scheme, address, robots.txt, loops, number."""
    assert run(REDIRECTS, lambda server, at: outcome(at, server.url(path)), max_redirects=2) == end


HTTPS, HTTP = "https://a.example/", "http://a.example/"
MOVES = {
    "nowhere": ([], [], None),
    "for good": (["1"], [301], "1"),
    "twice": (["1", "2"], [308, 301], "2"),
    "then for now": (["1", "2"], [301, 302], "1"),
    "for now, then for good": (["1", "2"], [307, 301], None),
}


@pytest.mark.parametrize(("there", "statuses", "place"), MOVES.values(), ids=MOVES)
def test_moved_to(there: list[str], statuses: list[int], place: str | None) -> None:
    """What has moved for good is where the first redirects lead, as long as they say so."""
    found = moved_to([HTTPS, *(HTTPS + path for path in there)], statuses)
    assert found == (None if place is None else HTTPS + place)


def test_moved_out_of_https() -> None:
    """A redirect that may be followed only because the operator says so is not remembered."""
    assert moved_to([HTTP, HTTPS, HTTP + "b", HTTP + "c"], [301, 301, 301]) == HTTPS


async def _drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Send the head, then a byte every 20 ms, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def _endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Send chunks as fast as they are taken, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"1000\r\n" + b"a" * 4096 + b"\r\n")
        await writer.drain()


async def _storm(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Send 1xx answers for ever."""
    while not writer.is_closing():
        writer.write(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"
ANSWERS: list[tuple[str, Route, str]] = [
    ("page", respond(HTML), "page"),
    ("XHTML", respond(HTML, content_type="application/xhtml+xml"), "page"),
    ("plain text", respond(b"Hello", content_type="text/plain"), "page"),
    ("no type", respond(HTML, content_type=""), "page"),
    ("empty", respond(b""), "page"),
    ("no content", raw(b"HTTP/1.1 204 No Content\r\n\r\n"), "page"),
    ("ended by hanging up", raw(OK + b"\r\n" + HTML), "page"),
    ("chunked", raw(OK + b"transfer-encoding: chunked\r\n\r\n3\r\n<p>\r\n0\r\n\r\n"), "page"),
    ("gzip", respond(gzip.compress(HTML), content_encoding="gzip"), "page"),
    ("deflate", respond(zlib.compress(HTML), content_encoding="deflate"), "page"),
    ("br", respond(brotli.compress(HTML), content_encoding="br"), "page"),
    ("zstd", respond(zstd.compress(HTML), content_encoding="zstd"), "page"),
    ("gzip that is none", respond(HTML, content_encoding="gzip"), "page"),
    ("gzip that nobody announced", respond(gzip.compress(HTML)), "page"),
    ("PDF", respond(b"%PDF-1.7", content_type="application/pdf"), "content_type"),
    ("video", respond(b"x", content_type="video/mp4"), "content_type"),
    ("PDF called HTML", respond(b"%PDF-1.7 and so on, and so on"), "content_type"),
    ("short PNG called HTML", respond(b"\x89PNG\r\n\x1a\n"), "content_type"),
    ("gzip cut off", respond(gzip.compress(HTML)[:-9], content_encoding="gzip"), "truncated"),
    ("gzip broken", respond(b"\x1f\x8b\x08" + b"\xff" * 50, content_encoding="gzip"), "bad_encoding"),
    ("unknown coding", respond(b"\x00\x01" * 20, content_encoding="sdch"), "bad_encoding"),
    ("bomb", respond(gzip.compress(bytes(3_000_000)), content_encoding="gzip"), "too_large"),
    ("announced too large", raw(OK + b"content-length: 99999999\r\n\r\n"), "too_large"),
    ("endless", _endless, "too_large"),
    ("shorter than announced", raw(OK + b"content-length: 100\r\n\r\nabc"), "truncated"),
    ("chunks cut off", raw(OK + b"transfer-encoding: chunked\r\n\r\n5\r\nab"), "truncated"),
    ("bad chunk", raw(OK + b"transfer-encoding: chunked\r\n\r\nzz\r\nab\r\n"), "protocol_error"),
    ("bad status line", raw(b"HELLO\r\n\r\n"), "protocol_error"),
    ("header flood", raw(OK + b"".join(b"x-%d: %s\r\n" % (i, b"a" * 900) for i in range(300))), "header_flood"),
    ("two lengths", raw(OK + b"content-length: 1\r\ncontent-length: 2\r\n\r\na"), "protocol_error"),
    ("hung up at once", raw(b""), "protocol_error"),
    ("404", respond(b"gone", "404 Not Found"), "http_status"),
    ("500", respond(b"oops", "500 Oops"), "http_status"),
    ("drip", _drip, "deadline"),
    ("1xx storm", _storm, "deadline"),
    ("silence", _silent, "timeout"),
]


@pytest.mark.parametrize(("route", "end"), [row[1:] for row in ANSWERS], ids=[row[0] for row in ANSWERS])
def test_answers(route: Route, end: str) -> None:
    """Whatever a server sends ends in a page or in its named reason, and the next page of the host arrives."""

    async def story(server: Server, at: HttpFetcher) -> tuple[str, str]:
        return await outcome(at, server.url("/x")), await outcome(at, server.url("/good"))

    routes = {"/x": route, "/good": respond(HTML)}
    limits = {"max_bytes": 100_000, "deadline_s": 0.4, "read_timeout_s": 0.2}
    assert run(routes, story, **limits) == (end, "page")


ADDRESSES = [
    *(("not an address", "bad_url"), ("/relative", "bad_url"), ("ftp://example.org/", "scheme_refused")),
    *(("file:///etc/passwd", "scheme_refused"), ("http://10.0.0.1/", "address_refused")),
    *(("http://0x7f.1/", "page"), ("http://2130706433/", "page"), ("http://LOCALHOST/", "page")),
    *(("http://never.invalid/", "dns_failed"), ("http://[::1]/", "address_refused")),
    *(("http://169.254.169.254/latest/meta-data/", "address_refused"), ("http://127.0.0.1:1/", "connect_failed")),
]  # fmt: skip


def test_an_address_that_is_too_long() -> None:
    """It is refused for its length, not for a form that is right."""
    with pytest.raises(FetchError, match="longer than 8,192 characters"):
        checked_url("http://127.0.0.1/" + "x" * 9_000)


@pytest.mark.parametrize("robots", [True, False], ids=["with robots", "without"])
@pytest.mark.parametrize(("url", "end"), ADDRESSES, ids=[row[0] for row in ADDRESSES])
def test_addresses(url: str, end: str, robots: bool) -> None:
    """What is no address, not http, or private is refused by name; spellings of an allowed address are that address."""

    async def story(server: Server, at: HttpFetcher) -> str:
        host = url.removeprefix("http://").removesuffix("/")
        return await outcome(at, server.url("/", host) if end == "page" else url)

    assert run({"/": respond(HTML)}, story, robots=robots) == end


def test_tls_failure_is_named() -> None:
    """A server that speaks no TLS is not spoken to."""

    async def speak_first(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw_response(HTML))
        await writer.drain()
        writer.close()

    async def told() -> None:
        listener = await asyncio.start_server(speak_first, "127.0.0.1", 0)
        async with listener, fetcher() as at:
            with pytest.raises(FetchError, match=r"tls_failed \(the server speaks no TLS at this port\)"):
                await at.fetch_page(
                    Target(url=f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}/", source="urls")
                )

    asyncio.run(told())


def test_connect_to_keeps_the_host() -> None:
    """Names are dialled where the operator says, unvetted, with the Host header of the name and no look-up."""

    async def told() -> None:
        async with serving({"courier.example/a": respond(HTML)}) as server:
            table = {"courier.example": f"127.0.0.1:{server.port}", "*": f"127.0.0.1:{server.port}"}
            async with fetcher(allow_hosts=(), connect_to=table) as at:
                assert (await get(at, "http://courier.example/a")).final_url == "http://courier.example/a"
                assert await outcome(at, "http://other.example/a") == "http_status"
            assert [asked.host for asked in server.asked] == ["courier.example"] * 2 + ["other.example"] * 2

    asyncio.run(told())


ROBOTS: list[tuple[str, Route, str]] = [
    ("200", respond(b"User-agent: *\nDisallow: /b"), "page"),
    ("200 that disallows", respond(b"User-agent: *\nDisallow: /a"), "robots_disallowed"),
    ("200 with a mark", respond(b"\xef\xbb\xbfUser-agent: *\nDisallow: /a"), "robots_disallowed"),
    ("200 as a web page", respond(HTML), "page"),
    ("200, 600 KB", respond(b"User-agent: *\nDisallow: /a\n" + b"#" * 600_000), "robots_disallowed"),
    ("200, rule past 500 KiB", respond(b"User-agent: *\n" + b"#" * 600_000 + b"\nDisallow: /a"), "page"),
    ("200, gzip", respond(gzip.compress(b"User-agent: *\nDisallow: /a"), content_encoding="gzip"), "robots_disallowed"),
    ("301 to rules", respond(b"", "301 Moved", location="/rules"), "robots_disallowed"),
    ("301 for ever", respond(b"", "301 Moved", location="/robots.txt"), "page"),
    ("301 nowhere", respond(b"", "301 Moved"), "page"),
    ("401", respond(b"", "401 Unauthorized"), "page"),
    ("403", respond(b"", "403 Forbidden"), "page"),
    ("404", respond(b"", "404 Not Found"), "page"),
    ("429", respond(b"", "429 Too Many Requests"), "robots_unreachable"),
    ("500", respond(b"", "500 Oops"), "robots_unreachable"),
    ("503", respond(b"", "503 Busy"), "robots_unreachable"),
    ("503, then rules", in_turn(raw_response(b"", "503 Busy", retry_after="1"), raw_response(b"")), "page"),
    ("hangs", _silent, "robots_unreachable"),
    ("drips", _drip, "robots_unreachable"),
    ("garbage", raw(b"\x00\x01\x02\r\n\r\n"), "robots_unreachable"),
    ("hangs up", raw(b""), "robots_unreachable"),
    ("truncated", raw(OK + b"content-length: 100\r\n\r\nUser-agent: *"), "robots_unreachable"),
]


@pytest.mark.parametrize(("route", "end"), [row[1:] for row in ROBOTS], ids=[row[0] for row in ROBOTS])
def test_robots(route: Route, end: str) -> None:
    """RFC 9309, 2.3.1: what the answer to robots.txt means for the page; the file is asked for only once."""
    routes = {"/robots.txt": route, "/a": respond(HTML), "/rules": respond(b"User-agent: *\nDisallow: /a")}

    async def story(server: Server, at: HttpFetcher) -> str:
        first = await outcome(at, server.url("/a"))
        asked = server.paths().count("/robots.txt")
        assert await outcome(at, server.url("/a")) == first
        assert server.paths().count("/robots.txt") == asked
        assert ("/a" in server.paths()) is (first == "page")
        return first

    assert run(routes, story, deadline_s=0.4, read_timeout_s=0.2, retries=1) == end


def test_robots_is_fetched_once_a_day_and_the_last_good_copy_holds() -> None:
    """Many pages at once ask once; after a day it is asked again; while it is unreachable the old rules hold."""
    rules = raw_response(b"User-agent: *\nDisallow: /no\nSitemap: /s.xml\nCrawl-delay: 3")
    clock = Clock()

    async def story(server: Server, at: HttpFetcher) -> None:
        ends = await asyncio.gather(*(outcome(at, server.url(path)) for path in ("/a", "/no", "/b", "/no")))
        assert ends == ["http_status", "robots_disallowed", "http_status", "robots_disallowed"]
        assert server.paths().count("/robots.txt") == 1
        assert (await at.robots_for(server.url("/x"))).sitemaps == ("/s.xml",)
        clock.now_s += 25 * 3600
        assert await outcome(at, server.url("/no")) == "robots_disallowed"
        assert server.paths().count("/robots.txt") == 2
        assert (await at.robots_for(server.url("/x"))).state == "fetched"
        with pytest.raises(FetchError, match="bad_url"):
            await at.robots_for("nonsense")

    run({"/robots.txt": in_turn(rules, raw_response(b"", "500 Oops"))}, story, clock=clock)


def test_robots_can_be_switched_off_for_a_site() -> None:
    """A site whose owner agreed is asked without robots.txt, with its own name and headers; the others are not."""
    sites = {"localhost": SiteConfig(robots=False, user_agent="desk-bot/1", headers={"X-Key": "1"})}

    async def story(server: Server, at: HttpFetcher) -> None:
        await get(at, server.url("/a", "localhost"))
        assert server.paths() == ["/a"]
        assert (server.asked[0].headers["user-agent"], server.asked[0].headers["x-key"]) == ("desk-bot/1", "1")
        await get(at, server.url("/a"))
        assert server.paths() == ["/a", "/robots.txt", "/a"]
        assert "x-key" not in server.asked[2].headers

    run({"/a": respond(HTML)}, story, sites=sites)


def test_the_gap_is_the_larger_of_ours_and_theirs() -> None:
    """Crawl-delay counts up to its cap, our own delay where it is longer, for robots.txt and redirects as well."""
    routes = {
        "/robots.txt": respond(b"User-agent: *\nCrawl-delay: 7"),
        "/a": respond(HTML),
        "/r": respond(b"", "302 Found", location="/a"),
    }

    def slept(delay_s: float, max_crawl_delay_s: float) -> list[float]:
        clock = Clock()

        async def story(server: Server, at: HttpFetcher) -> None:
            await get(at, server.url("/a"))
            await get(at, server.url("/r"))

        run(routes, story, clock=clock, delay_s=delay_s, max_crawl_delay_s=max_crawl_delay_s)
        return clock.slept

    assert slept(2.0, 120.0) == [7.0, 7.0, 7.0]
    assert slept(2.0, 5.0) == [5.0, 5.0, 5.0]
    assert slept(9.0, 120.0) == [9.0, 9.0, 9.0]


def test_503_parks_the_host_and_is_tried_again() -> None:
    """Twice 503 with Retry-After, then the page; the host waits as long as it asked, other pages of it too."""
    busy = raw_response(b"", "503 Busy", retry_after="1")
    dated = raw_response(b"", "429 Slow down", retry_after="Wed, 01 May 2024 12:00:30 GMT")
    clock = Clock()

    async def story(server: Server, at: HttpFetcher) -> None:
        assert (await get(at, server.url("/busy"))).body == HTML
        assert server.paths().count("/busy") == 3
        assert [pause for pause in clock.slept if pause] == [1.0, 29.0]

    run({"/busy": in_turn(busy, dated, raw_response(HTML))}, story, clock=clock, retries=2)


def test_a_host_that_stays_busy_is_left_alone() -> None:
    """Without Retry-After the park doubles until nobody waits for it any more; its other pages are not even asked."""
    clock = Clock()

    async def story(server: Server, at: HttpFetcher) -> None:
        assert await outcome(at, server.url("/busy")) == "http_status"
        assert [pause for pause in clock.slept if pause] == [60.0, 120.0]
        assert await outcome(at, server.url("/good")) == "host_parked"
        assert "/good" not in server.paths()
        assert await outcome(at, server.url("/good", "localhost")) == "page"

    routes = {"/busy": respond(b"", "503 Busy"), "/good": respond(HTML)}
    run(routes, story, clock=clock, retries=2)


def test_a_dropped_connection_is_tried_again() -> None:
    """A server that hangs up once costs one jittered pause, not the page."""
    clock = Clock()
    calls: list[int] = []

    async def flaky(asked: Asked, writer: asyncio.StreamWriter) -> None:
        calls.append(1)
        writer.write(raw_response(HTML)) if len(calls) > 1 else writer.close()

    assert run({"/a": flaky}, lambda server, at: outcome(at, server.url("/a")), clock=clock, retries=1) == "page"
    assert clock.slept == [1.0]


def test_resources_take_feeds_and_leave_gzip_files() -> None:
    """Feeds and sitemaps pass the gate of types, a gzip file comes as it is, a picture does not come."""
    packed = gzip.compress(b"<urlset/>")
    routes = {
        "/feed": respond(b"<rss/>", content_type="application/rss+xml"),
        "/sitemap.xml.gz": respond(packed, content_type="application/x-gzip"),
        "/coded": respond(packed, content_type="application/xml", content_encoding="gzip"),
        "/picture": respond(b"x", content_type="image/png"),
    }

    async def story(server: Server, at: HttpFetcher) -> None:
        feed = await at.fetch_resource(server.url("/feed"), source="feed")
        assert (feed.body, feed.source) == (b"<rss/>", "feed")
        assert (await at.fetch_resource(server.url("/sitemap.xml.gz"), source="sitemap")).body == packed
        assert (await at.fetch_resource(server.url("/coded"), source="sitemap")).body == b"<urlset/>"
        with pytest.raises(FetchError, match="image/png"):
            await at.fetch_resource(server.url("/picture"), source="feed")
        assert await outcome(at, server.url("/feed")) == "content_type"

    run(routes, story)


def test_cancelling_leaves_the_fetcher_usable() -> None:
    """A cancelled fetch raises CancelledError, and the host's next page arrives."""

    began = asyncio.Event()

    async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
        began.set()
        await _drip(asked, writer)

    async def story(server: Server, at: HttpFetcher) -> None:
        task = asyncio.create_task(get(at, server.url("/drip")))
        await began.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await outcome(at, server.url("/good")) == "page"

    run({"/drip": drip, "/good": respond(HTML)}, story)


def test_saved_pages(tmp_path: Path) -> None:
    """A saved file is a page with the file's address, fetched nobody knows when; what cannot be one is refused."""
    (tmp_path / "a b.html").write_bytes(HTML)
    (tmp_path / "dump.TXT").write_text("Hello")
    (tmp_path / "paper.html").write_bytes(b"%PDF-1.7")
    page = read_saved(tmp_path / "a b.html", max_bytes=1024)
    assert (page.body, page.source, page.header("content-type")) == (HTML, "file", "text/html")
    assert (page.url, page.fetched_at, page.status) == ((tmp_path / "a b.html").as_uri(), None, None)
    assert read_saved(tmp_path / "dump.TXT", max_bytes=1024).header("content-type") == "text/plain"
    named = read_saved(tmp_path / "a b.html", "https://example.org/a", max_bytes=1024)
    assert named.final_url == "https://example.org/a"
    packed = gzip.compress(HTML)
    (tmp_path / "a.html.gz").write_bytes(packed)
    (tmp_path / "dump.TXT.GZ").write_bytes(gzip.compress(b"Hello ") + gzip.compress(b"again"))
    (tmp_path / "paper.gz").write_bytes(gzip.compress(b"%PDF-1.7"))
    (tmp_path / "cut.html.gz").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "broken.html.gz").write_bytes(packed[:12] + b"\xff" * 20)
    (tmp_path / "bomb.html.gz").write_bytes(gzip.compress(b"x" * 2000))
    page = read_saved(tmp_path / "a.html.gz", max_bytes=1024)
    assert (page.body, page.url, page.header("content-type")) == (
        HTML,
        (tmp_path / "a.html.gz").as_uri(),
        "text/html",
    )
    dump = read_saved(tmp_path / "dump.TXT.GZ", max_bytes=1024)
    assert (dump.body, dump.header("content-type")) == (b"Hello again", "text/plain")
    ends = [
        ("paper.gz", 100, "content_type"),
        ("cut.html.gz", 100, "file_unreadable"),
        ("broken.html.gz", 100, "file_unreadable"),
        ("bomb.html.gz", 1000, "too_large"),
        ("missing.html", 100, "file_unreadable"),
        (".", 100, "file_unreadable"),
        ("paper.html", 100, "content_type"),
    ]
    for name, max_bytes, reason in [*ends, ("a b.html", 10, "too_large")]:
        with pytest.raises(FetchError) as caught:
            read_saved(tmp_path / name, max_bytes=max_bytes)
        assert caught.value.reason == reason
