"""Addresses in the frontier: once each, in one status, handed out once, never lost."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from scraper.errors import UsageError
from scraper.frontier import STATUSES, ArticleRow, Frontier, HostState, Lease, Resource, RobotsCopy
from scraper.frontier.leases import _LATER
from scraper.frontier.urls import MAX_PRIORITY
from scraper.model import Target
from scraper.web.urls import url_key

A, B = "https://a.example/1", "https://b.example/1"


def target(url: str, **said: str) -> Target:
    return Target(url=url, source="sitemap", **said)


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    with Frontier(tmp_path) as opened:
        yield opened


def leased_urls(frontier: Frontier, host: str, n: int, *, now: float) -> list[str]:
    return [lease.target.url for lease in frontier.leases.lease(host, n, run=1, now=now)]


def test_an_address_is_taken_once(frontier: Frontier) -> None:
    """All spellings of an address are one; what its source said of it comes back."""
    first = Target(
        url=A,
        source="feed",
        found_at="https://a.example/feed",
        depth=2,
        title="T",
        published="2024-01-01",
        modified="x",
    )
    assert frontier.urls.add([first, target(A + "?utm_source=rss"), target(B)], now=5).new == 2
    assert frontier.urls.add([target(A + "#top")], now=6).new == 0
    row = frontier.urls.known("https://A.example:443/1")
    assert row is not None
    assert (row.target, row.host, row.status, row.first_seen, row.due_at) == (first, "a.example", "pending", 5, 5)
    assert row.key == url_key(A)
    assert frontier.urls.known("https://a.example/2") is None
    assert [frontier.urls.knows(url) for url in (A + "#x", "https://a.example/2")] == [True, False]


@pytest.mark.parametrize("url", ["saved/page.html", "odd-\udc80.html", "https://a.example/%F0%9F%98%80?q=\u00e9"])
def test_any_target_comes_back_as_it_was(frontier: Frontier, url: str) -> None:
    """A saved file with an odd name is an address like any other."""
    frontier.urls.add([target(url)], now=0)
    row = frontier.urls.known(url)
    assert row is not None
    assert row.target.url == url
    assert [lease.key for lease in frontier.leases.lease(row.host, 5, run=1, now=0)] == [row.key]


def test_lease_order(frontier: Frontier) -> None:
    """Highest priority first, then the earliest due, then as they came; nothing that is not due."""
    for name, priority, due_at in (
        ("low", -3, 1),
        ("late", 0, 9),
        ("b", 0, 2),
        ("c", 0, 2),
        ("a", 0, 1),
        ("top", 7, 3),
    ):
        frontier.urls.add([target(f"https://a.example/{name}")], now=0, priority=priority, due_at=due_at)
    names = [url.rpartition("/")[2] for url in leased_urls(frontier, "a.example", 4, now=5)]
    assert names == ["top", "a", "b", "c"]
    assert [url[-3:] for url in leased_urls(frontier, "a.example", 4, now=5)] == ["low"]
    assert leased_urls(frontier, "a.example", 4, now=5) == []
    assert leased_urls(frontier, "nobody.example", 4, now=5) == []
    with pytest.raises(ValueError, match="priority"):
        frontier.urls.add([], now=0, priority=MAX_PRIORITY + 1)


def test_hosts_take_turns(frontier: Frontier) -> None:
    """A host with many addresses does not come before the others twice; one that has nothing due has no turn."""
    frontier.urls.add([target(f"https://big.example/{n}") for n in range(50)], now=0)
    frontier.urls.add([target(A), target(A + "0"), target(B)], now=1)
    frontier.urls.add([target("https://later.example/")], now=1, due_at=100)
    turns = []
    for _ in range(6):
        (host,) = frontier.leases.hosts_due(2, limit=1)
        turns.append(host)
        leased_urls(frontier, host, 1, now=2)
    assert turns == ["big.example", "a.example", "b.example", "big.example", "a.example", "big.example"]
    assert frontier.leases.hosts_due(2, limit=9, exclude={"big.example"}) == []
    assert "later.example" in frontier.leases.hosts_due(100, limit=9)


def test_a_parked_host_has_no_turn(frontier: Frontier) -> None:
    """Until it may be asked again; its addresses wait."""
    frontier.urls.add([target(A), target(B)], now=0)
    frontier.hosts.save([HostState(host="a.example", parked_until=60, strikes=1)])
    assert frontier.leases.hosts_due(59, limit=9) == ["b.example"]
    assert frontier.leases.hosts_due(60, limit=9) == ["b.example", "a.example"]


def test_a_clock_set_back_holds_nobody_up(frontier: Frontier) -> None:
    """Turns taken in what is now the future do not count after a restart."""
    frontier.urls.add([target(A), target(A + "0")], now=1000)
    leased_urls(frontier, "a.example", 1, now=2000)
    assert frontier.leases.hosts_due(1500, limit=9) == []
    assert frontier.leases.recover(2, now=1500) == 1
    assert frontier.leases.hosts_due(1500, limit=9) == ["a.example"]


def test_a_clock_set_back_holds_no_news_up(frontier: Frontier) -> None:
    """Nor do turns of a host that had nothing due then, or parks that end later than any park may."""
    frontier.runs.begin(9000)
    frontier.urls.add([target(A)], now=9000)
    (lease,) = frontier.leases.lease("a.example", 1, run=1, now=9000)
    frontier.leases.settle(lease.key, "done", now=9000)
    frontier.hosts.save([HostState(host="b.example", parked_until=1000 + 3 * 86_400, strikes=1)])
    frontier.leases.recover(2, now=1000)
    frontier.urls.add([target(A + "0"), target(B)], now=1000)
    assert frontier.leases.hosts_due(1000, limit=9) == ["a.example"]
    assert frontier.leases.hosts_due(1000 + 86_400, limit=9) == ["a.example", "b.example"]


def test_nothing_is_due_later_than_the_schedule_can_say(frontier: Frontier) -> None:
    """What was settled while the clock was far ahead is brought back to the bound; all else stays as it was."""
    week, dues = 7 * 86_400.0, {}
    for number in range(60):
        url = f"https://{number % 7}.example/{number}"
        frontier.urls.add([target(url)], now=0, priority=number % 3)
        dues[url] = [5.0, week, week + 1, 9e9, None][number % 5]
        frontier.leases.settle(url_key(url), "done", now=0, due_at=dues[url])
    (held,) = frontier.leases.lease("5.example", 1, run=1, now=9e9)
    assert frontier.leases.bring_forward(week) == sum((due or 0) > week for due in dues.values())
    for url, due in dues.items():
        row = frontier.urls.known(url)
        assert row is not None
        assert row.due_at == (held.due_at if url == held.target.url else due and min(due, week))
    assert {each.next_due for each in frontier.leases.host_counts()} <= {5.0, week}
    assert sorted(frontier.leases.hosts_due(week, limit=99)) == [f"{n}.example" for n in (0, 1, 2, 3, 4, 6)]
    assert frontier.leases.bring_forward(week) == 0


def test_bringing_due_times_forward_reads_no_table(frontier: Frontier) -> None:
    """However many addresses wait, what looks for late ones goes by the index."""
    plan = [row[3] for row in frontier._store.rows(f"EXPLAIN QUERY PLAN {_LATER}", (0.0,))]
    looks = [step for step in plan if "url_waiting" in step and "SEARCH" in step]
    assert [step.partition("url_waiting ")[2] for step in looks] == [
        "(host=? AND rank>?)",
        "(host>?)",
        "(host=? AND rank=? AND due_at>?)",
    ]


def test_what_was_released_is_as_before(frontier: Frontier) -> None:
    """Released, an address is pending with its attempts; recovered, it has one more."""
    frontier.urls.add([target(A), target(A + "0")], now=0)
    leases = frontier.leases.lease("a.example", 2, run=1, now=3)
    frontier.leases.release(leases[:1])
    assert frontier.leases.counts()["leased"] == 1
    assert frontier.leases.recover(1, now=4) == 0
    assert frontier.leases.recover(2, now=4) == 1
    again = {lease.target.url: lease.attempts for lease in frontier.leases.lease("a.example", 2, run=2, now=4)}
    assert again == {A: 0, A + "0": 1}
    frontier.leases.settle(url_key(A), "done", now=5)
    frontier.leases.release(leases)
    assert frontier.leases.counts()["done"] == 1, "what was settled meanwhile is not taken back"


def test_settling(frontier: Frontier) -> None:
    """Counts, times, validators and hashes: a 304 keeps them, a change replaces the validators."""
    frontier.urls.add([target(A)], now=0)
    key = url_key(A)
    settle = frontier.leases.settle
    assert settle(
        key,
        "done",
        now=10,
        due_at=20,
        etag='"1"',
        last_modified="x",
        content_hash="ab" * 16,
        article_id="id-1",
        changed=True,
    )
    assert settle(key, "done", now=20, due_at=40, changed=False)
    row = frontier.urls.known(A)
    assert row is not None
    assert (row.checks, row.changes, row.last_fetched, row.last_changed) == (2, 1, 20, 10)
    assert (row.etag, row.last_modified, row.content_hash, row.article_id) == ('"1"', "x", "ab" * 16, "id-1")
    assert leased_urls(frontier, "a.example", 1, now=40) == [A]
    settle(key, "failed", now=41, reason="timeout", due_at=50)
    settle(key, "pending", now=51, reason="host_parked")
    row = frontier.urls.known(A)
    assert row is not None
    assert (row.status, row.reason, row.attempts, row.checks, row.due_at, row.etag) == (
        "pending", "host_parked", 2, 3, 51, '"1"'
    )  # fmt: skip
    settle(key, "gone", now=60, reason="http_status", changed=True)
    row = frontier.urls.known(A)
    assert row is not None
    assert (row.status, row.attempts, row.due_at, row.etag, row.article_id) == ("gone", 0, None, None, "id-1")
    assert not settle(url_key(B), "done", now=1)
    assert frontier.leases.unfinished(1e9) == 0


@pytest.mark.parametrize(
    ("dates", "trust", "due"),
    [
        (("2024-01-01", "2024-01-02"), True, True),
        (("2024-01-01", "2024-01-02"), False, False),
        (("2024-01-01", "2024-01-01"), True, False),
        (("2024-01-02", "2024-01-01"), True, False),
        (("2024-01-01T10:00:00+01:00", "2024-01-01T09:30:00Z"), True, True),
        (("Mon, 01 Jan 2024 10:00:00 GMT", "2024-01-01T10:00:01Z"), True, True),
        (("2024-01-01", "yesterday"), True, False),
        ((None, "2033-01-01"), True, True),
        ((None, "1999-01-01"), True, False),
        (("2024-01-01", None), True, False),
    ],
)
@pytest.mark.parametrize("status", ["done", "rejected", "failed", "gone"])
def test_a_newer_date_makes_an_address_due_again(
    frontier: Frontier, dates: tuple[str | None, str | None], trust: bool, due: bool, status: str
) -> None:
    """If the source is trusted, and the date newer than the last one, or than the fetch where there was none."""
    before, said = dates
    frontier.urls.add([Target(url=A, source="sitemap", modified=before)], now=1.7e9)
    frontier.leases.settle(url_key(A), status, now=1.7e9)  # type: ignore[arg-type]
    again = [Target(url=A, source="sitemap", modified=said)]
    assert list(frontier.urls.news(again, now=1.8e9, trust=trust)) == again * due
    assert frontier.urls.add(again, now=1.8e9, trust=trust).due_again == due
    assert list(frontier.urls.news(again, now=1.8e9, trust=trust)) == [], "once"
    assert frontier.leases.hosts_due(1.8e9, limit=1) == ["a.example"] * due
    assert frontier.urls.add(again, now=1.8e9, trust=trust).due_again == 0, "once"
    row = frontier.urls.known(A)
    assert row is not None
    assert (row.status, row.target.modified) == (status, said if due else before)


def test_a_waiting_address_gets_the_higher_priority(frontier: Frontier) -> None:
    """Named by a second source that matters more, it comes sooner; by one that matters less, not later."""
    frontier.urls.add([target(A), target(A + "0")], now=0)
    frontier.urls.add([target(A + "0")], now=0, priority=5)
    frontier.urls.add([target(A + "0")], now=0, priority=-5)
    assert leased_urls(frontier, "a.example", 1, now=0) == [A + "0"]


def test_retry(frontier: Frontier) -> None:
    """Failed and rejected ones wait again, all or those asked for; the others are left alone."""
    for n, (status, reason) in enumerate(
        [
            ("failed", "timeout"),
            ("failed", "tls_failed"),
            ("rejected", "too_short"),
            ("gone", "http_status"),
            ("done", None),
        ]
    ):
        frontier.urls.add([target(f"https://h{n % 2}.example/{n}")], now=0)
        frontier.leases.settle(url_key(f"https://h{n % 2}.example/{n}"), status, now=1, reason=reason)  # type: ignore[arg-type]
    assert frontier.leases.retry(now=2, reason="nothing") == 0
    assert frontier.leases.retry(now=2, url="https://h0.example/4") == 0
    assert frontier.leases.retry(now=2, reason="timeout") == 1
    assert frontier.leases.retry(now=2, host="h1.example") == 1
    assert frontier.leases.retry(now=2, status="gone") == 1
    assert frontier.leases.retry(now=2, url="https://h0.example/2?utm_source=x") == 1
    assert frontier.leases.counts()["pending"] == 4
    assert frontier.leases.unfinished(2) == 4
    assert sorted(frontier.leases.hosts_due(2, limit=9)) == ["h0.example", "h1.example"]


def test_counts_by_host(frontier: Frontier) -> None:
    """Every host by name, its addresses by status and the time of the next."""
    frontier.urls.add([target(f"https://h{n:03}.example/{m}") for n in range(600) for m in range(2)], now=7)
    frontier.leases.settle(url_key("https://h001.example/0"), "done", now=8, due_at=99)
    frontier.leases.settle(url_key("https://h001.example/1"), "done", now=8)
    found = list(frontier.leases.host_counts())
    assert [host.host for host in found] == sorted(f"h{n:03}.example" for n in range(600))
    assert (found[1].by_status["done"], found[1].next_due, found[0].by_status["pending"]) == (2, 99, 2)
    assert list(frontier.leases.host_counts("h001.example")) == [found[1]]
    assert frontier.leases.counts() == dict.fromkeys(STATUSES, 0) | {"pending": 1198, "done": 2}


def fill_two_hosts(frontier: Frontier) -> None:
    run = frontier.runs.begin(0)
    for url, article_id in ((A, "aa"), (B, "bb"), (A + "0", "aa")):
        frontier.urls.add([target(url)], now=0)
        if frontier.articles.get(article_id) is None:
            frontier.articles.put(ArticleRow(article_id=article_id, url_key=url_key(url), first_seen=0, last_changed=0))
            frontier.near.put(article_id, article_id.encode() * 128)
        frontier.leases.settle(url_key(url), "done", now=1, article_id=article_id, due_at=9)
    for host in ("a.example", "b.example"):
        origin = f"https://{host}"
        frontier.resources.put(Resource(url=f"{origin}/feed"))
        frontier.robots.put(RobotsCopy(origin=origin, status=200, body=b"x", fetched_at=0, expires_at=1))
    frontier.hosts.save([HostState(host="a.example", parked_until=50, strikes=2, counters={"fetched": 3})])
    from scraper.frontier import Figures

    frontier.runs.record(run, {"a.example": Figures(fetched=1), "b.example": Figures(fetched=1)})


def test_forgetting_a_host(frontier: Frontier) -> None:
    """All of it goes, the other host keeps all; that it is parked is remembered."""
    fill_two_hosts(frontier)
    gone = frontier.forget(host="a.example")
    assert (gone.urls, gone.articles, gone.resources, gone.robots, gone.runs) == (2, 1, 1, 1, 1)
    assert frontier.urls.known(A) is None
    assert frontier.articles.get("aa") is None
    assert frontier.near.find(b"aa" * 128) == []
    assert (frontier.resources.get("https://a.example/feed"), frontier.robots.get("https://a.example")) == (None, None)
    assert frontier.hosts.load("a.example") == HostState(host="a.example", parked_until=50, strikes=2)
    assert frontier.leases.counts()["done"] == 1
    assert frontier.leases.hosts_due(99, limit=9) == ["b.example"]
    assert len(frontier.near.find(b"bb" * 128)) == 1
    assert frontier.forget(host="nobody.example").urls == 0
    assert frontier.urls.add([target(A)], now=0).new == 1


def test_forgetting_an_address(frontier: Frontier) -> None:
    """The address and its article go; an article that another address gave stays with that one."""
    fill_two_hosts(frontier)
    gone = frontier.forget(url=A + "0")
    assert (gone.urls, gone.articles) == (1, 0)
    assert frontier.articles.get("aa") is not None
    gone = frontier.forget(url=A + "#top")
    assert (gone.urls, gone.articles) == (1, 1)
    assert frontier.forget(url=A).urls == 0
    assert frontier.forget(url="https://b.example/feed").resources == 1
    with pytest.raises(UsageError):
        frontier.forget()


def test_what_is_kept_of_a_forgotten_article(frontier: Frontier) -> None:
    """How far its revisions have come, until it is written again; the article itself is known no more."""
    row = ArticleRow(
        article_id="aa",
        revision=3,
        content_hash="cd",
        fields={"text": b"1"},
        url_key=url_key(A),
        first_seen=0,
        last_changed=0,
    )
    frontier.urls.add([target(A)], now=0)
    frontier.articles.put(row)
    frontier.leases.settle(url_key(A), "done", now=1, article_id="aa")
    frontier.forget(url=A)
    assert (frontier.articles.any(), frontier.articles.get("aa"), frontier.articles.same_content("cd")) == (
        False,
        None,
        None,
    )
    for found in (frontier.articles.forgotten("aa", url_key(B)), frontier.articles.forgotten("bb", url_key(A))):
        assert found is not None
        assert (found.article_id, found.revision, found.content_hash, found.fields) == ("aa", 3, "cd", {"text": b"1"})
    assert frontier.articles.forgotten("bb", url_key(B)) is None
    frontier.articles.put(row)
    assert frontier.articles.forgotten("aa", url_key(A)) is None


def test_a_source_that_named_a_forgotten_address_is_read_again(frontier: Frontier) -> None:
    """Whether it has changed or not: it may still name the address."""
    feed = "https://a.example/feed"
    frontier.urls.add([target(A, found_at=feed)], now=0)
    frontier.resources.checked(feed, now=1, body_hash="00", etag="e", last_modified="l", next_due=99)
    frontier.forget(url=A)
    kept = frontier.resources.get(feed)
    assert kept is not None
    assert (kept.etag, kept.last_modified, kept.body_hash, kept.fetched_at) == (None, None, None, None)


NAMES = st.integers(0, 11).map(lambda n: f"https://h{n % 3}.example/{n}")
ENDS = st.sampled_from(["pending", "done", "rejected", "failed", "gone"])


class Crawling(RuleBasedStateMachine):
    """A frontier beside a plain model of what it should hold, over commits, failures and restarts."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.frontier = Frontier(Path(self.folder.name))
        self.run, self.now = 1, 0.0
        self.expected: dict[str, str] = {}
        self.due: dict[str, float | None] = {}
        self.held: dict[str, Lease] = {}

    def teardown(self) -> None:
        self.frontier.close()
        self.folder.cleanup()

    @rule(urls=st.lists(NAMES, max_size=6), later=st.integers(0, 5), priority=st.integers(-1, 1))
    def add(self, urls: list[str], later: int, priority: int) -> None:
        new = set(urls) - set(self.expected)
        due_at = self.now + later
        assert {each.url for each in self.frontier.urls.news(map(target, urls), now=self.now)} == new
        added = self.frontier.urls.add(map(target, urls), now=self.now, due_at=due_at, priority=priority)
        assert added.new == len(new)
        self.expected |= dict.fromkeys(new, "pending")
        self.due |= dict.fromkeys(new, due_at)

    @rule(n=st.integers(1, 4), hosts=st.integers(1, 3))
    def lease(self, n: int, hosts: int) -> None:
        ready = {url for url, due in self.due.items() if due is not None and due <= self.now and url not in self.held}
        assert sorted(each.url for each in self.frontier.leases.due(self.now)) == sorted(ready)
        due_hosts = self.frontier.leases.hosts_due(self.now, limit=9)
        assert sorted(due_hosts) == sorted({url.split("/")[2] for url in ready})
        for host in due_hosts[:hosts]:
            leases = self.frontier.leases.lease(host, n, run=self.run, now=self.now)
            assert len(leases) == min(n, sum(url.split("/")[2] == host for url in ready))
            for lease in leases:
                assert lease.target.url in ready
                assert lease.target.url not in self.held
                self.held[lease.target.url] = lease
                self.expected[lease.target.url] = "leased"

    @precondition(lambda self: self.held)
    @rule(data=st.data(), status=ENDS, later=st.none() | st.integers(0, 9))
    def settle(self, data: st.DataObject, status: str, later: int | None) -> None:
        url = data.draw(st.sampled_from(sorted(self.held)))
        due_at = None if later is None else self.now + later
        lease = self.held.pop(url)
        assert self.frontier.leases.settle(lease.key, status, now=self.now, due_at=due_at)  # type: ignore[arg-type]
        self.expected[url] = status
        self.due[url] = self.now if due_at is None and status == "pending" else due_at

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        urls = data.draw(st.sets(st.sampled_from(sorted(self.held))))
        self.frontier.leases.release([self.held.pop(url) for url in sorted(urls)])
        self.expected |= dict.fromkeys(urls, "pending")

    @rule(urls=st.lists(NAMES, min_size=1, max_size=3))
    def fail(self, urls: list[str]) -> None:
        with pytest.raises(ZeroDivisionError), self.frontier.transaction():
            self.frontier.urls.add(map(target, urls), now=self.now)
            for host in self.frontier.leases.hosts_due(self.now, limit=1):
                self.frontier.leases.lease(host, 2, run=self.run, now=self.now)
            self.frontier.hosts.save([HostState(host="h0.example", parked_until=1e9)])
            raise ZeroDivisionError

    @rule()
    def restart(self) -> None:
        self.frontier.close()
        self.frontier = Frontier(Path(self.folder.name))
        self.run += 1
        assert self.frontier.leases.recover(self.run, now=self.now) == len(self.held)
        self.expected |= dict.fromkeys(self.held, "pending")
        self.held.clear()

    @rule()
    def retry(self) -> None:
        urls = [url for url, status in self.expected.items() if status in {"failed", "rejected"}]
        assert self.frontier.leases.retry(now=self.now) == len(urls)
        self.expected |= dict.fromkeys(urls, "pending")
        self.due |= dict.fromkeys(urls, self.now)

    @rule(seconds=st.integers(1, 5))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @invariant()
    def holds_what_it_should(self) -> None:
        with sqlite3.connect(self.frontier.path) as connection:
            rows = connection.execute("SELECT url, status FROM url").fetchall()
        connection.close()
        assert {url: STATUSES[status] for url, status in rows} == self.expected
        assert len(rows) == len(self.expected)
        assert {status: n for status, n in self.frontier.leases.counts().items() if n} == Counter(
            self.expected.values()
        )
        ready = [url for url, due in self.due.items() if due is not None and due <= self.now and url not in self.held]
        assert self.frontier.leases.unfinished(self.now) == len(ready)


TestCrawling = Crawling.TestCase
TestCrawling.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None)
def test_hints_of_any_text(text: str) -> None:
    """Whatever a source says, the address is kept."""
    with tempfile.TemporaryDirectory() as folder, Frontier(Path(folder)) as frontier:
        hinted = Target(url=A, source="feed", found_at=text, title=text, published=text, modified=text)
        for _ in range(2):
            frontier.urls.add([hinted], now=0, trust=True)
        assert frontier.leases.counts()["pending"] == 1
