"""scraper.fetchers.pace, retry, redirects and settings: when, how often, whereto, and for whom."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from scraper.config import FetchConfig, SiteConfig
from scraper.errors import FetchError, TransientError
from scraper.fetchers.pace import Pace
from scraper.fetchers.redirects import next_hop
from scraper.fetchers.retry import Retry
from scraper.fetchers.settings import Settings

URL = "https://example.org/a"


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        until_s = self.now_s + seconds
        await asyncio.sleep(0)
        self.now_s = max(self.now_s, until_s)


def pace(clock: Clock, *, at_once: int = 100, max_wait_s: float = 120.0) -> Pace:
    return Pace(at_once=at_once, max_wait_s=max_wait_s, monotonic=clock.monotonic, sleep=clock.sleep)


async def take(at: Pace, clock: Clock, host: str, gap_s: float, width: int = 1) -> float:
    async with at.turn(host, URL, gap_s=gap_s, width=width):
        return clock.now_s


@pytest.mark.parametrize("width", [1, 3])
def test_turns_keep_the_gap(width: int) -> None:
    """Turns at one host begin a gap apart, also where several may be open at once."""

    async def story() -> list[float]:
        clock = Clock()
        at = pace(clock)
        return await asyncio.gather(*(take(at, clock, "a.example", 2.0, width) for _ in range(5)))

    assert asyncio.run(story()) == [1000.0, 1002.0, 1004.0, 1006.0, 1008.0]


def test_hosts_do_not_wait_for_each_other() -> None:
    """A host that is parked or slow costs the others nothing."""

    async def story() -> tuple[float, float]:
        clock = Clock()
        at = pace(clock)
        at.park("a.example", 50.0)
        return await take(at, clock, "b.example", 5.0), await take(at, clock, "a.example", 5.0)

    assert asyncio.run(story()) == (1000.0, 1050.0)


def test_width_bounds_the_turns_open() -> None:
    """No more turns are open at one host than its width, and none more over all hosts than `at_once`."""

    async def story(hosts: int, width: int, at_once: int) -> int:
        at = pace(Clock(), at_once=at_once)
        is_open = most = 0

        async def visit(number: int) -> None:
            nonlocal is_open, most
            async with at.turn(f"h{number % hosts}.example", URL, gap_s=0.0, width=width):
                is_open += 1
                most = max(most, is_open)
                await asyncio.sleep(0)
                is_open -= 1

        await asyncio.gather(*(visit(number) for number in range(20)))
        return most

    assert asyncio.run(story(1, 2, 100)) == 2
    assert asyncio.run(story(5, 1, 100)) == 5
    assert asyncio.run(story(5, 4, 3)) == 3


def test_parks_double_and_are_forgiven() -> None:
    """Without Retry-After 60 s, doubled each time; what the server asks for counts instead; a day is the most."""
    at = pace(Clock())
    assert [at.park("a.example", None) for _ in range(3)] == [60.0, 120.0, 240.0]
    assert at.park("a.example", 5.0) == 5.0
    assert at.park("a.example", 1e9) == 86_400.0
    at.forgive("a.example")
    at.forgive("never.seen.example")
    assert at.park("a.example", None) == 60.0


def test_long_parks_are_not_waited_for() -> None:
    """A host parked beyond the longest wait fails its turns at once, and takes them again afterwards."""

    async def story() -> None:
        clock = Clock()
        at = pace(clock, max_wait_s=120.0)
        at.park("a.example", 3600.0)
        with pytest.raises(FetchError, match="another 3600 s") as caught:
            await take(at, clock, "a.example", 1.0)
        assert (caught.value.reason, clock.slept) == ("host_parked", [])
        clock.now_s += 3500.0
        assert await take(at, clock, "a.example", 1.0) == 4600.0

    asyncio.run(story())


def test_a_cancelled_turn_gives_its_place_back() -> None:
    """Cancelling one that waits and one that holds leaves the host free."""

    async def story() -> None:
        clock = Clock()
        at = pace(clock, at_once=1)

        async def hold() -> None:
            async with at.turn("a.example", URL, gap_s=0.0):
                await asyncio.Event().wait()

        holder, waiter = asyncio.create_task(hold()), asyncio.create_task(take(at, clock, "a.example", 0.0))
        await asyncio.sleep(0.001)
        for task in (waiter, holder):
            task.cancel()
        assert all(
            isinstance(e, asyncio.CancelledError) for e in await asyncio.gather(holder, waiter, return_exceptions=True)
        )
        assert await take(at, clock, "a.example", 0.0) == 1000.0

    asyncio.run(story())


def test_many_hosts_are_forgotten() -> None:
    """Hosts that owe no wait are dropped once there are thousands; parked ones stay parked."""

    async def story() -> None:
        clock = Clock()
        at = pace(clock)
        at.park("parked.example", 50_000.0)
        for number in range(5000):
            await take(at, clock, f"h{number}.example", 0.0)
            clock.now_s += 1.0
        assert len(at._lines) < 4500
        with pytest.raises(FetchError):
            await take(at, clock, "parked.example", 0.0)

    asyncio.run(story())


def failing(*errors: FetchError) -> tuple[Callable[[], Awaitable[str]], list[int]]:
    """Return a call that fails with each of the errors, then succeeds, and the list of its calls."""
    calls: list[int] = []

    async def call() -> str:
        calls.append(len(calls))
        if len(calls) <= len(errors):
            raise errors[len(calls) - 1]
        return "done"

    return call, calls


BUSY = TransientError("http_status", URL, status=503)
DROPPED = TransientError("connect_failed", URL)
GONE = FetchError("http_status", URL, status=404)
RETRIES = [
    ("nothing fails", (), 2, "done", 1, []),
    ("once", (DROPPED,), 2, "done", 2, [1.0]),
    ("pauses grow", (DROPPED, DROPPED, DROPPED), 3, "done", 4, [1.0, 2.0, 4.0]),
    ("the host is parked anyway", (BUSY, BUSY), 2, "done", 3, [0.0, 0.0]),
    ("too often", (DROPPED, DROPPED, DROPPED), 2, "connect_failed", 3, [1.0, 2.0]),
    ("no retries", (DROPPED,), 0, "connect_failed", 1, []),
    ("permanent", (GONE,), 2, "http_status", 1, []),
    ("permanent after transient", (DROPPED, GONE), 2, "http_status", 2, [1.0]),
]


@pytest.mark.parametrize(
    ("errors", "retries", "end", "calls", "pauses"), [r[1:] for r in RETRIES], ids=[r[0] for r in RETRIES]
)
def test_retry(errors: tuple[FetchError, ...], retries: int, end: str, calls: int, pauses: list[float]) -> None:
    """Transient errors are tried again with jittered pauses, permanent ones are not; the last error comes up."""
    clock = Clock()
    call, made = failing(*errors)
    try:
        result = asyncio.run(Retry(retries, sleep=clock.sleep, random=lambda: 0.5).run(call))
    except FetchError as error:
        result = error.reason
    assert (result, len(made), clock.slept) == (end, calls, pauses)


HOPS = [
    ("relative", URL, "/b", "https://example.org/b"),
    ("other host", URL, "//b.example/x#y", "https://b.example/x"),
    ("upgrade", "http://example.org/a", "https://example.org/a", "https://example.org/a"),
    ("letters beyond ASCII", URL, "/straße", "https://example.org/stra%C3%9Fe"),
    ("none", URL, None, "bad_redirect"),
    ("empty", URL, "", "bad_redirect"),
    ("broken", URL, "http://[", "bad_redirect"),
    ("downgrade", URL, "http://example.org/b", "downgrade_refused"),
    ("file", URL, "file:///etc/passwd", "scheme_refused"),
    ("ftp", URL, "ftp://example.org/", "scheme_refused"),
    ("data", URL, "data:text/html,hi", "scheme_refused"),
    ("itself", URL, "a", "redirect_loop"),
]


@pytest.mark.parametrize(("here", "location", "end"), [row[1:] for row in HOPS], ids=[row[0] for row in HOPS])
def test_next_hop(here: str, location: str | None, end: str) -> None:
    """Where a redirect leads, or the name of why it is not followed."""
    try:
        result = next_hop(location, visited=[here], limit=10)
    except FetchError as error:
        result = error.reason
    assert result == end


def test_hops_are_counted() -> None:
    """The limit is the number of redirects followed; 0 follows none."""
    visited = [f"https://example.org/{number}" for number in range(3)]
    assert next_hop("/3", visited=visited, limit=3) == "https://example.org/3"
    for limit in (2, 0):
        with pytest.raises(FetchError, match="too_many_redirects"):
            next_hop("/3", visited=visited, limit=limit)


def test_settings_of_a_host() -> None:
    """The nearest named domain counts, whole; what it leaves open is as in [fetch]."""
    sites = {
        "example.org": SiteConfig(delay_s=5.0, headers={"X-A": "1"}),
        "news.example.org": SiteConfig(per_host=2, robots=False, user_agent="other-bot/2"),
    }
    of = Settings(FetchConfig(delay_s=1.0, contact="https://example.net/bot"), sites).of
    assert (of("www.example.org").delay_s, of("www.example.org").headers) == (5.0, (("X-A", "1"),))
    assert (of("a.news.example.org").delay_s, of("a.news.example.org").per_host) == (1.0, 2)
    assert (of("news.example.org").robots, of("news.example.org").user_agent) == (False, "other-bot/2")
    assert of("notexample.org").delay_s == 1.0
    assert of("example.net").user_agent.startswith("article-scraper/")
    assert of("example.net").user_agent.endswith(" (+https://example.net/bot)")
    assert "(" not in Settings(FetchConfig(), {}).of("a.example").user_agent
