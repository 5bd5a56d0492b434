"""Sources: what they name, what they are not asked twice, and what their dates are worth."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from loopback import Asked, Route, raw_response, respond, serving
from press import story

from scraper.config import FetchConfig, SourceConfig
from scraper.crawl import discover
from scraper.crawl.discover import Discovery
from scraper.crawl.shelf import FrontierShelf
from scraper.crawl.tally import SourceFigures
from scraper.fetchers import HttpFetcher
from scraper.frontier import Frontier
from scraper.model import Target

HOUR, DAY = 3600.0, 86_400.0
START = datetime(2024, 5, 1, 12, tzinfo=UTC).timestamp()
BASE = "http://paper.example"
CONDITIONS = ("if-none-match", "if-modified-since")


class Reader:
    """Reads sources of a site on loopback into a frontier, run after run; routes may change in between."""

    def __init__(self, folder: Path) -> None:
        self.frontier = Frontier(folder)
        self.routes: dict[str, Route] = {}
        self.now = START
        self.stop_after = 10**9
        self.render = False
        self.due_again = 0
        self.taken: list[str] = []
        """Paths named in this run, with those that were known."""
        self.said: list[str] = []
        self.asked: list[str] = []
        """Paths asked for in this run, without robots.txt."""
        self.conditional: list[str] = []

    def stamp(self, ago_s: float = 0.0) -> str:
        return datetime.fromtimestamp(self.now - ago_s, UTC).isoformat()

    def read(self, kind: str, path: str, *, after_s: float = 0.0, **more: Any) -> SourceFigures:
        """Read a source so much later."""
        self.now += after_s
        self.due_again = 0
        self.taken, self.said = [], []
        return asyncio.run(self._read(kind, path, more))

    async def _read(self, kind: Any, path: str, more: dict[str, Any]) -> SourceFigures:
        where = {"path": path} if kind in {"files", "urls"} else {"url": BASE + path}
        async with serving(self.routes) as server:
            dialled = {"*": f"127.0.0.1:{server.port}"}
            config = FetchConfig(delay_s=0, retries=0, connect_to=dialled, render=self.render)
            async with HttpFetcher(config) as fetcher:
                reading = Discovery(
                    SourceConfig(kind=kind, **where, **more),
                    fetcher,
                    take=self._take,
                    say=self.said.append,
                    shelf=FrontierShelf(self.frontier, unix_now=lambda: self.now),
                )
                self._task = asyncio.create_task(reading.run())
                await asyncio.gather(self._task, return_exceptions=True)
            asked = [each for each in server.asked if each.path != "/robots.txt"]
        self.asked = [each.path for each in asked]
        self.conditional = [each.path for each in asked if any(name in each.headers for name in CONDITIONS)]
        return reading.figures()

    async def _take(self, targets: Sequence[Target], trust: bool) -> int:
        added = self.frontier.urls.add(targets, now=self.now, trust=trust)
        self.taken += [target.url.removeprefix(BASE) for target in targets]
        self.due_again += added.due_again
        if len(self.taken) >= self.stop_after:
            self._task.cancel()
            await asyncio.sleep(0)
        return added.new + added.due_again


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    made = Reader(tmp_path / "state")
    yield made
    made.frontier.close()


def kept(body: bytes, *, content_type: str = "application/xml", **validators: str) -> Route:
    """Return a route that answers 304 to who has this body already, by its etag or its date."""
    known = {
        "if-none-match": validators.get("etag"),
        "if-modified-since": validators.get("last_modified"),
    }

    async def route(asked: Asked, writer: asyncio.StreamWriter) -> None:
        is_known = any(value and asked.headers.get(name) == value for name, value in known.items())
        writer.write(raw_response(b"", "304 Not Modified", **validators) if is_known else full)

    full = raw_response(body, content_type=content_type, **validators)
    return route


def feed(*paths: str, modified: str | None = None) -> bytes:
    """Return an Atom feed of these stories."""
    updated = f"<updated>{modified}</updated>" if modified else ""
    entries = "".join(
        f"<entry><title>{path}</title><link href='{path if '//' in path else BASE + path}'/>{updated}</entry>"
        for path in paths
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title>{entries}</feed>".encode()


def index(*paths: str, modified: str | None = None) -> bytes:
    """Return a sitemap index of these sitemaps, all of one date."""
    lastmod = f"<lastmod>{modified}</lastmod>" if modified else ""
    rows = "".join(f"<sitemap><loc>{BASE}{path}</loc>{lastmod}</sitemap>" for path in paths)
    return f"<sitemapindex>{rows}</sitemapindex>".encode()


def urlset(*paths: str, modified: str | None = None) -> bytes:
    """Return a sitemap of these stories."""
    lastmod = f"<lastmod>{modified}</lastmod>" if modified else ""
    rows = "".join(f"<url><loc>{BASE}{path}</loc>{lastmod}</url>" for path in paths)
    return f"<urlset>{rows}</urlset>".encode()


def section(*paths: str) -> bytes:
    return "".join(f"<p><a href='{path}'>The story of the old bridge and its keeper</a></p>" for path in paths).encode()


def numbered(count: int) -> list[str]:
    return [f"/story-{number}" for number in range(count)]


# --- what has not changed --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "validators",
    [
        pytest.param({"etag": '"1"'}, id="etag"),
        pytest.param({"last_modified": "Wed, 01 May 2024 10:00:00 GMT"}, id="date"),
    ],
)
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("feed", feed("/a", "/b"), id="feed"),
        pytest.param("sitemap", urlset("/a", "/b"), id="sitemap"),
        pytest.param("section", section("/town/the-old-bridge-opens", "/town/the-new-bridge-closes"), id="section"),
    ],
)
def test_the_second_run_costs_one_condition(reader: Reader, kind: str, body: bytes, validators: dict[str, str]) -> None:
    """A feed, sitemap or page that has not changed is asked for once, with a condition, and not read."""
    reader.routes["/source"] = kept(body, **validators)
    figures = reader.read(kind, "/source")
    assert (figures.named, figures.new, figures.unchanged, reader.conditional) == (2, 2, 0, [])
    figures = reader.read(kind, "/source", after_s=HOUR)
    assert (figures.named, figures.new, figures.unchanged) == (0, 0, 1)
    assert reader.asked == reader.conditional == ["/source"]
    known = reader.frontier.resources.get(f"{BASE}/source")
    assert known is not None
    assert (known.checks, known.changes, known.fetched_at) == (2, 1, reader.now)


def test_the_same_body_is_not_read_twice(reader: Reader) -> None:
    """Where a server gives nothing to recognise its answer by, the body itself is compared."""
    reader.routes["/feed"] = respond(feed("/a"), content_type="application/xml")
    assert reader.read("feed", "/feed").new == 1
    figures = reader.read("feed", "/feed", after_s=HOUR)
    assert (figures.named, figures.unchanged, reader.conditional) == (0, 1, [])


def test_a_feed_that_has_changed(reader: Reader) -> None:
    """It is read, and only what is new in it counts as new."""
    reader.routes["/feed"] = kept(feed("/a", "/b"), etag='"1"')
    reader.read("feed", "/feed")
    reader.routes["/feed"] = kept(feed("/b", "/c"), etag='"2"')
    figures = reader.read("feed", "/feed", after_s=HOUR)
    assert (figures.named, figures.new, figures.unchanged) == (2, 1, 0)
    reader.read("feed", "/feed", after_s=HOUR)
    assert (reader.taken, reader.conditional) == ([], ["/feed"])


def test_what_cannot_be_read_is_not_remembered(reader: Reader) -> None:
    """A feed that was broken for a while is read when it is mended, and what it held before is no news."""
    reader.routes["/feed"] = kept(b"<html>Down for maintenance</html>", etag='"0"')
    assert reader.read("feed", "/feed").error is not None
    assert reader.read("feed", "/feed", after_s=60).error is not None
    reader.routes["/feed"] = kept(feed("/a"), etag='"1"')
    assert reader.read("feed", "/feed", after_s=HOUR).new == 1
    reader.routes["/feed"] = respond(b"", "500 Internal Server Error")
    assert reader.read("feed", "/feed", after_s=HOUR).error is not None
    reader.routes["/feed"] = kept(feed("/a"), etag='"1"')
    assert reader.read("feed", "/feed", after_s=HOUR).unchanged == 1


def test_a_run_that_ends_while_it_reads(reader: Reader) -> None:
    """What a run did not take to its end is read once more by the next one: no address is lost for good."""
    reader.routes["/sitemap"] = kept(urlset(*numbered(1200)), etag='"1"')
    reader.stop_after = 1
    reader.read("sitemap", "/sitemap")
    assert 0 < len(reader.taken) < 1200
    reader.stop_after = 10**9
    reader.read("sitemap", "/sitemap", after_s=HOUR)
    assert set(reader.taken) == set(numbered(1200))
    assert reader.frontier.leases.counts()["pending"] == 1200
    assert reader.read("sitemap", "/sitemap", after_s=HOUR).unchanged == 1


def test_a_limit_leaves_the_rest_for_the_next_run(reader: Reader) -> None:
    """A source gives as many new addresses a run as its limit says, until it has given all."""
    reader.routes["/feed"] = kept(feed(*numbered(5)), etag='"1"')
    new = [reader.read("feed", "/feed", after_s=HOUR, limit=2).new for _ in range(4)]
    assert new == [2, 2, 1, 0]
    assert reader.frontier.leases.counts()["pending"] == 5


# --- sitemaps that name sitemaps -------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_an_index_that_has_not_changed(reader: Reader, packed: bool) -> None:
    """What an index names may have changed though the index has not: the children are asked all the same."""
    body = index("/child.xml")
    name = "/index.xml.gz" if packed else "/index.xml"
    reader.routes[name] = kept(gzip.compress(body, mtime=0) if packed else body, etag='"index"')
    reader.routes["/child.xml"] = kept(urlset("/a"), etag='"1"')
    assert reader.read("sitemap", name).new == 1
    reader.routes["/child.xml"] = kept(urlset("/a", "/b"), etag='"2"')
    assert reader.read("sitemap", name, after_s=DAY).new == 1
    assert reader.asked == [name, "/child.xml"]
    figures = reader.read("sitemap", name, after_s=DAY)
    assert (figures.named, figures.unchanged, reader.conditional) == (0, 1, ["/child.xml"])


def test_a_child_that_its_index_dates_before_the_last_look(reader: Reader) -> None:
    """It is not asked for until its index dates it later, or a week has passed."""
    reader.routes["/index"] = respond(index("/old", "/new", modified=reader.stamp(HOUR)))
    reader.routes["/old"] = kept(urlset("/a"), etag='"1"')
    reader.routes["/new"] = kept(urlset("/b"), etag='"1"')
    assert reader.read("sitemap", "/index").new == 2
    figures = reader.read("sitemap", "/index", after_s=6 * DAY)
    assert (figures.unchanged, reader.asked) == (2, ["/index"])
    old, new = index("/old", modified=reader.stamp(60 * DAY)), index("/new", modified=reader.stamp(60))
    reader.routes["/index"] = respond(old.replace(b"</sitemapindex>", new.removeprefix(b"<sitemapindex>")))
    reader.routes["/new"] = kept(urlset("/b", "/c"), etag='"2"')
    assert reader.read("sitemap", "/index", after_s=HOUR).new == 1
    assert reader.asked == ["/index", "/new"]


def test_a_child_whose_date_in_the_index_stands_still(reader: Reader) -> None:
    """What comes into it is missed for a week, not for ever; where nothing does, that costs one condition a week."""
    reader.routes["/index"] = respond(index("/child", modified="2020-01-01"))
    reader.routes["/child"] = kept(urlset("/a"), etag='"1"')
    assert reader.read("sitemap", "/index").new == 1
    reader.routes["/child"] = kept(urlset("/a", "/b"), etag='"2"')
    assert [reader.read("sitemap", "/index", after_s=DAY).new for _ in range(8)] == [0, 0, 0, 0, 0, 0, 1, 0]
    asked = [reader.asked for _ in range(14) if reader.read("sitemap", "/index", after_s=DAY).unchanged]
    assert asked.count(["/index", "/child"]) == 2


def test_a_child_dated_by_the_day(reader: Reader) -> None:
    """A date without a time holds until midnight: what came on that day after the last look is not missed."""
    reader.routes["/index"] = respond(index("/child", modified="2024-05-01"))
    reader.routes["/child"] = kept(urlset("/morning"), etag='"1"')
    assert reader.read("sitemap", "/index").new == 1
    reader.routes["/child"] = kept(urlset("/morning", "/evening"), etag='"2"')
    assert reader.read("sitemap", "/index", after_s=20 * HOUR).new == 1
    assert reader.read("sitemap", "/index", after_s=DAY).unchanged == 1
    assert reader.asked == ["/index"]


def test_a_child_that_rests_is_asked_ever_more_rarely(reader: Reader) -> None:
    """Without dates it is due an hour after a change, then after twice as long each time, weekly at last."""
    reader.routes["/index"] = respond(index("/child"))
    due = [0, 1, 3, 7, 15, 31, 63, 127, 255, 423, 591, 759, 927, 928]
    looks = []
    for hour in sorted({*due, *(hour - 1 for hour in due[2:])}):
        body = urlset("/a", "/b") if hour > 900 else urlset("/a")
        reader.routes["/child"] = respond(body)
        reader.now = START + hour * HOUR
        reader.read("sitemap", "/index")
        looks += [hour] * ("/child" in reader.asked)
    assert looks == due


def test_a_clock_set_back_hides_no_sitemap(reader: Reader) -> None:
    """A sitemap that was read in what is now the future is read again."""
    reader.routes |= {"/index": respond(index("/1.xml", modified="2024-01-01")), "/1.xml": respond(urlset("/a"))}
    assert reader.read("sitemap", "/index").new == 1
    reader.routes["/1.xml"] = respond(urlset("/a", "/b"))
    assert reader.read("sitemap", "/index", after_s=-900 * DAY).new == 1


def test_sitemaps_that_point_at_each_other(reader: Reader) -> None:
    """A circle of indexes is walked once; a broken sitemap among good ones is said and skipped."""
    reader.routes["/1.xml"] = respond(index("/2.xml", "/none.xml", "/pages.xml"))
    reader.routes["/2.xml"] = respond(index("/1.xml", "/2.xml"))
    reader.routes["/pages.xml"] = respond(urlset("/a", "/b"))
    figures = reader.read("sitemap", "/1.xml")
    assert reader.taken == ["/a", "/b"]
    assert reader.asked == ["/1.xml", "/2.xml", "/none.xml", "/pages.xml"]
    assert figures.error is not None
    assert "none.xml" in figures.error


def test_sitemaps_without_end(reader: Reader) -> None:
    """Indexes in indexes end at the depth that is allowed, and it is said."""
    for number in range(20):
        reader.routes[f"/{number}.xml"] = respond(index(f"/{number + 1}.xml"))
    figures = reader.read("sitemap", "/0.xml")
    assert reader.asked[-1] == f"/{discover.MAX_SITEMAP_DEPTH}.xml"
    assert figures.error is not None
    assert "levels deep are not read" in figures.error


def test_bare_site_without_robots(reader: Reader) -> None:
    """A site whose robots.txt names no sitemap is asked at the customary place."""
    reader.routes["/sitemap.xml"] = respond(urlset("/a"))
    reader.read("sitemap", "")
    assert reader.taken == ["/a"]


def test_source_limit(reader: Reader) -> None:
    """A source gives as many new addresses as its limit says, and reads no sitemap beyond."""
    reader.routes["/1.xml"] = respond(index("/a.xml", "/b.xml"))
    reader.routes["/a.xml"] = respond(urlset(*numbered(5)))
    reader.routes["/b.xml"] = respond(urlset("/late"))
    figures = reader.read("sitemap", "/1.xml", limit=3)
    assert (len(reader.taken), figures.named, figures.new) == (3, 3, 3)
    assert "/b.xml" not in reader.asked
    assert [reader.read("sitemap", "/1.xml", after_s=DAY, limit=3).new for _ in range(2)] == [3, 0]


# --- what dates are worth --------------------------------------------------------------------------------


def settle(reader: Reader, *paths: str) -> None:
    """Say that these pages were fetched and gave articles."""
    for lease in reader.frontier.leases.lease("paper.example", 999, run=1, now=reader.now):
        assert lease.target.url.removeprefix(BASE) in paths
        reader.frontier.leases.settle(lease.key, "done", now=reader.now, due_at=reader.now + 99 * DAY, changed=True)


def test_a_date_after_the_last_look_brings_a_page_back(reader: Reader) -> None:
    """What a feed says was changed since is due again; what it only lists is not."""
    reader.routes["/feed"] = respond(feed("/a", "/b", modified=reader.stamp(HOUR)))
    reader.read("feed", "/feed")
    settle(reader, "/a", "/b")
    reader.now += DAY
    new, old = feed("/a", modified=reader.stamp(5 * HOUR)), feed("/b", modified=reader.stamp(99 * HOUR))
    reader.routes["/feed"] = respond(new.replace(b"</feed>", old[old.index(b"<entry>") :]))
    figures = reader.read("feed", "/feed")
    assert (figures.named, figures.new, reader.due_again) == (2, 1, 1)
    found = reader.frontier.urls.known(f"{BASE}/a")
    assert found is not None
    assert found.due_at == reader.now


def test_a_feed_that_dates_everything_now(reader: Reader) -> None:
    """Where each answer gives all its entries the moment it was made, such dates bring nothing back."""
    for _ in range(3):
        reader.now += DAY
        reader.routes["/feed"] = respond(feed(*numbered(9), modified=reader.stamp()))
        figures = reader.read("feed", "/feed")
        settle(reader, *numbered(9))
        assert reader.due_again == 0
    assert (figures.named, figures.new) == (9, 0)
    known = reader.frontier.resources.get(f"{BASE}/feed")
    assert known is not None
    assert known.stamped_now


def test_a_source_whose_dates_were_wrong_too_often(reader: Reader) -> None:
    """After ten pages that had not changed, its dates are not followed any more."""
    reader.routes["/feed"] = respond(feed("/a", modified=reader.stamp(HOUR)))
    reader.read("feed", "/feed")
    settle(reader, "/a")
    for n in range(12):
        reader.now += DAY
        reader.routes["/feed"] = respond(feed("/a", modified=reader.stamp(HOUR)))
        reader.read("feed", "/feed")
        assert reader.due_again == int(n < 10)
        if reader.due_again:
            reader.frontier.resources.judge(f"{BASE}/feed", useful=False)
            settle(reader, "/a")


def test_a_feed_that_has_moved(reader: Reader) -> None:
    """Its entries are remembered under the address that is asked for: there their dates are judged."""
    reader.routes["/feed"] = respond(b"", "301 Moved Permanently", location="/feed.xml")
    reader.routes["/feed.xml"] = respond(feed("/a"))
    reader.read("feed", "/feed")
    row = reader.frontier.urls.known(f"{BASE}/a")
    assert row is not None
    assert row.target.found_at == f"{BASE}/feed"
    assert reader.frontier.resources.get(f"{BASE}/feed") is not None


def moved(to: str, status: str = "301 Moved Permanently") -> Route:
    return respond(b"", status, location=to)


@pytest.mark.parametrize(
    ("kind", "body"), [pytest.param("feed", feed("/a"), id="feed"), pytest.param("sitemap", urlset("/a"), id="sitemap")]
)
@pytest.mark.parametrize("status", ["301 Moved Permanently", "308 Permanent Redirect"])
def test_a_move_for_good_is_remembered(reader: Reader, kind: str, body: bytes, status: str) -> None:
    """What has moved costs one request with a condition, at its new address; once a week the old one is asked."""
    reader.routes |= {"/old": moved("/older", status), "/older": moved("/new", status), "/new": kept(body, etag='"1"')}
    reader.read(kind, "/old")
    assert reader.asked == ["/old", "/older", "/new"]
    for hours in (1, 100, 60):
        assert reader.read(kind, "/old", after_s=hours * HOUR).unchanged == 1
        assert reader.asked == reader.conditional == ["/new"]
    reader.read(kind, "/old", after_s=8 * HOUR)
    assert reader.asked == ["/old", "/older", "/new"]
    reader.read(kind, "/old", after_s=HOUR)
    assert reader.asked == ["/new"]
    reader.read(kind, "/old", after_s=-2 * HOUR)
    assert reader.asked == ["/old", "/older", "/new"], "a clock that was set back makes nothing hold for longer"


@pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary Redirect"])
def test_a_move_for_now_is_not_remembered(reader: Reader, status: str) -> None:
    """Only what moved for good is asked elsewhere, as far as it did."""
    reader.routes |= {"/old": moved("/mirror", status), "/mirror": moved("/new"), "/new": kept(feed("/a"), etag='"1"')}
    reader.routes["/feed"] = moved("/old")
    for source, asked in (("/old", ["/old", "/mirror", "/new"]), ("/feed", ["/feed", "/old", "/mirror", "/new"])):
        reader.read("feed", source)
        assert reader.asked == asked
    for source in ("/old", "/feed"):
        reader.read("feed", source, after_s=HOUR)
        assert reader.asked == ["/old", "/mirror", "/new"]


def test_a_move_taken_back(reader: Reader) -> None:
    """Where nothing can be got at the new address, the old one is asked at once, and is what counts from then on."""
    reader.routes |= {"/old": moved("/new"), "/new": kept(feed("/a"), etag='"1"')}
    reader.read("feed", "/old")
    reader.routes |= {"/old": kept(feed("/a", "/b"), etag='"2"'), "/new": respond(b"", "410 Gone")}
    assert reader.read("feed", "/old", after_s=HOUR).new == 1
    assert reader.asked == ["/new", "/old"]
    assert reader.read("feed", "/old", after_s=HOUR).unchanged == 1
    assert reader.asked == reader.conditional == ["/old"]


def test_a_place_that_moves_on(reader: Reader) -> None:
    """A new address that moves for good is followed, and the next run asks where that leads."""
    reader.routes |= {"/old": moved("/new"), "/new": kept(feed("/a"), etag='"1"')}
    reader.read("feed", "/old")
    reader.routes |= {"/new": moved("/newest"), "/newest": kept(feed("/a", "/b"), etag='"2"')}
    reader.read("feed", "/old", after_s=HOUR)
    reader.read("feed", "/old", after_s=HOUR)
    assert reader.asked == ["/newest"]


def test_a_new_address_that_robots_forbid(reader: Reader) -> None:
    """What is remembered is no leave: robots.txt is asked as for any address, and the dates stay those of the old."""
    reader.routes |= {"/old": moved("/new"), "/new": kept(feed("/a"), etag='"1"')}
    reader.read("feed", "/old")
    reader.routes["/robots.txt"] = respond(b"User-agent: *\nDisallow: /new", content_type="text/plain")
    figures = reader.read("feed", "/old", after_s=HOUR)
    assert (figures.error, reader.asked) == (
        f"{BASE}/new: robots_disallowed (Disallow: /new)",
        ["/old"],
    )


# --- what is left out ------------------------------------------------------------------------------------


@pytest.mark.parametrize("other_sites", [False, True])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        pytest.param("feed", feed("/a", "http://elsewhere.example/b", "http://www.paper.example/c"), id="feed"),
        pytest.param(
            "sitemap",
            urlset("/a").replace(b"</urlset>", b"<url><loc>http://elsewhere.example/b</loc></url></urlset>"),
            id="sitemap",
        ),
    ],
)
def test_other_sites(reader: Reader, kind: str, body: bytes, other_sites: bool) -> None:
    """A feed or sitemap speaks for its own site, unless the operator takes its word for others."""
    reader.routes["/source"] = respond(body)
    figures = reader.read(kind, "/source", other_sites=other_sites)
    assert figures.other_site == (0 if other_sites else 1)
    assert ("http://elsewhere.example/b" in reader.taken) is other_sites
    assert "/a" in reader.taken


def test_a_list_leaves_no_site_out(reader: Reader, tmp_path: Path) -> None:
    """A list has no site of its own: none of its addresses counts as left out."""
    (tmp_path / "urls.txt").write_text(f"{BASE}/a\nhttp://elsewhere.example/b\n")
    figures = reader.read("urls", str(tmp_path / "urls.txt"))
    assert (figures.named, figures.new, figures.other_site) == (2, 2, 0)


def test_traps_are_not_followed(reader: Reader) -> None:
    """Links of a section page that lead nowhere new are counted and left out."""
    links = [
        "/town/a-story-of-the-old-bridge",
        "/x/y/x/y/x/y/x/a-story-of-the-old-bridge",
        "/calendar/2031/05/a-story-of-the-old-bridge",
        "/town/a-story-of-the-old-bridge;jsessionid=12ab",
    ]
    reader.routes["/section"] = respond(section(*links))
    figures = reader.read("section", "/section")
    assert reader.taken == links[:1]
    assert figures.traps == 3


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        pytest.param("files", "/nowhere", id="folder"),
        pytest.param("urls", "/nowhere.txt", id="list"),
        pytest.param("feed", "/page", id="a feed that is a page"),
        pytest.param("section", "/none", id="section"),
    ],
)
def test_source_that_cannot_be_read(reader: Reader, kind: str, path: str) -> None:
    """A source that cannot be read is one sentence and no exception."""
    reader.routes["/page"] = respond(story(1).encode())
    figures = reader.read(kind, path)
    assert reader.said == [figures.error]
    assert reader.taken == []


def test_tracking_is_cut_off(reader: Reader) -> None:
    """Addresses are taken without the parameters that tell who linked them."""
    reader.routes["/feed"] = respond(feed("/a?id=7&amp;utm_source=rss", "/b?fbclid=x"))
    reader.read("feed", "/feed")
    assert reader.taken == ["/a?id=7", "/b"]
