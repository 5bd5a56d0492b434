"""scraper.fetchers.owner, pace, retry, redirects and settings: when, how often, whereto, and for whom."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from scraper.config import Config, FetchConfig, LoginConfig, SiteConfig
from scraper.config.secrets import require_secrets
from scraper.config.window import Window
from scraper.errors import ConfigError, FetchError, TransientError
from scraper.fetchers.injected import Injected
from scraper.fetchers.memory import HostState, KeptResource
from scraper.fetchers.owner import Owner, Rule
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


BEGAN = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


class Remembered:
    """What one run keeps for the next."""

    def __init__(self) -> None:
        self.hosts: dict[str, HostState] = {}

    def load_host(self, key: str) -> HostState | None:
        return self.hosts.get(key)

    def save_host(self, key: str, state: HostState) -> None:
        self.hosts[key] = state

    def load_resource(self, url: str) -> KeptResource | None:
        return None

    def save_resource(self, url: str, kept: KeptResource) -> None:
        raise AssertionError(url)


def given(clock: Clock, *, chance: float = 0.5) -> Injected:
    return Injected(
        now=lambda: BEGAN + timedelta(seconds=clock.now_s - 1000.0),
        monotonic=clock.monotonic,
        sleep=clock.sleep,
        random=lambda: chance,
    )


def pace(clock: Clock, *, at_once: int = 100, max_wait_s: float = 120.0, memory: Remembered | None = None) -> Pace:
    return Pace(
        given(clock),
        at_once=at_once,
        max_wait_s=max_wait_s,
        memory=memory,
    )


def owner_of(at: Pace, host: str) -> Owner:
    return at.owner(host, Rule())


async def take(at: Pace, clock: Clock, host: str, gap_s: float, width: int = 1) -> float:
    async with at.turn(host, URL, Rule(delay_s=gap_s, width=width)):
        return clock.now_s


@pytest.mark.parametrize("width", [1, 3])
def test_turns_keep_the_gap(width: int) -> None:
    """Turns at one host begin a gap apart, also where several may be open at once."""

    async def story() -> list[float]:
        clock = Clock()
        at = pace(clock)
        return await asyncio.gather(*(take(at, clock, "a.example", 2.0, width) for _ in range(5)))

    assert asyncio.run(story()) == [1000.0, 1002.0, 1004.0, 1006.0, 1008.0]


def test_what_belongs_to_a_visit_follows_without_a_gap() -> None:
    """A visit waits for its host once; the next visit waits for the gap after the last request of that one."""

    async def story() -> list[tuple[float, bool]]:
        clock = Clock()
        at, first, second = pace(clock), {"a.example"}, set[str]()
        turns = []
        for visit in (None, first, first, second, second):
            async with at.turn("a.example", URL, Rule(delay_s=2.0), visit=visit) as turn:
                turns.append((clock.now_s, turn.is_part))
                clock.now_s += 0.5
        return turns

    assert asyncio.run(story()) == [
        (1000.0, False),
        (1000.5, True),
        (1001.0, True),
        (1003.0, False),
        (1003.5, True),
    ]


def test_a_visit_does_not_wait_for_a_parked_host() -> None:
    """What a visit asks of a host that is parked fails at once, be the park ever so short."""

    async def story() -> None:
        clock = Clock()
        at = pace(clock)
        owner_of(at, "a.example").park(5.0)
        with pytest.raises(FetchError, match="host_parked"):
            async with at.turn("a.example", URL, Rule(), visit={"a.example"}):
                raise AssertionError
        assert clock.now_s == 1000.0

    asyncio.run(story())


def test_hosts_do_not_wait_for_each_other() -> None:
    """A host that is parked or slow costs the others nothing."""

    async def story() -> tuple[float, float]:
        clock = Clock()
        at = pace(clock)
        owner_of(at, "a.example").park(50.0)
        return await take(at, clock, "b.example", 5.0), await take(at, clock, "a.example", 5.0)

    assert asyncio.run(story()) == (1000.0, 1050.0)


def test_width_bounds_the_turns_open() -> None:
    """No more turns are open at one host than its width, and none more over all hosts than `at_once`."""

    async def story(hosts: int, width: int, at_once: int) -> int:
        at = pace(Clock(), at_once=at_once)
        is_open = most = 0

        async def visit(number: int) -> None:
            nonlocal is_open, most
            async with at.turn(f"h{number % hosts}.example", URL, Rule(width=width)):
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
    """Without Retry-After 60 s, doubled each time until a quiet spell; what the server asks for counts instead.

    A day is the most, and the doubling is jittered by a tenth.
    """
    clock = Clock()
    owner = owner_of(pace(clock), "a.example")
    assert [owner.park(None) for _ in range(3)] == [60.0, 120.0, 240.0]
    assert owner.park(5.0) == 5.0
    assert owner.park(1e9) == 86_400.0
    clock.now_s += 86_400.0 + 86_000.0
    assert owner.park(None) == 60.0 * 2**5
    clock.now_s += 60.0 * 2**5 * 2 + 1.0
    assert owner.park(None) == 60.0
    jittered = Owner("b.example", 1, monotonic=clock.monotonic, random=lambda: 1.0)
    assert jittered.park(None) == pytest.approx(66.0)


def test_a_good_answer_alone_forgives_nothing() -> None:
    """A host that answers one request and is busy for the next goes on doubling."""
    clock = Clock()
    owner = owner_of(pace(clock), "a.example")
    assert owner.park(None) == 60.0
    clock.now_s += 61.0
    owner.succeeded()
    assert owner.park(None) == 120.0


GAPS = [
    ("own delay", Rule(delay_s=3.0, crawl_delay_s=2.0, latency_factor=2.0), 1.0, (3.0, "delay")),
    ("theirs", Rule(delay_s=1.0, crawl_delay_s=5.0, latency_factor=2.0), 1.0, (5.0, "crawl_delay")),
    ("slow host", Rule(delay_s=1.0, crawl_delay_s=5.0, latency_factor=2.0), 4.0, (8.0, "latency")),
    ("not known yet", Rule(delay_s=1.0, latency_factor=2.0), None, (1.0, "delay")),
]


@pytest.mark.parametrize(("rule", "latency_s", "gap"), [row[1:] for row in GAPS], ids=[row[0] for row in GAPS])
def test_gap(rule: Rule, latency_s: float | None, gap: tuple[float, str]) -> None:
    """The gap is the longest of our own delay, the Crawl-delay and a multiple of the latency."""
    assert rule.gap(latency_s) == gap


def test_a_host_outside_its_hours_is_left_alone() -> None:
    """A window that opens soon is waited for; one that opens late parks the host."""

    async def story(window: str) -> float:
        clock = Clock()
        at = pace(clock, max_wait_s=120.0)
        async with at.turn("a.example", URL, Rule(window=Window.parse(window, "Europe/Berlin"))) as turn:
            assert turn.why in {"", "window"}
            return turn.waited_s

    assert asyncio.run(story("14:00-15:00")) == 0.0
    assert asyncio.run(story("14:01-15:00")) == 60.0
    with pytest.raises(FetchError, match="outside its hours for another 3600 s") as caught:
        asyncio.run(story("15:00-16:00"))
    assert caught.value.reason == "host_parked"


def test_the_breaker_gives_a_host_up_for_the_run() -> None:
    """After so many failures in a row nothing more is asked; the next run tries once before it gives up again."""

    async def story() -> None:
        clock, memory = Clock(), Remembered()
        at = pace(clock, memory=memory)
        rule = Rule(breaker_failures=3)
        for _ in range(3):
            async with at.turn("a.example", URL, rule) as turn:
                turn.owner.failed()
        with pytest.raises(FetchError) as caught:
            async with at.turn("a.example", URL, rule):
                raise AssertionError("a turn")
        assert caught.value.reason == "host_given_up"
        at.close()
        again = pace(clock, memory=memory)
        async with again.turn("a.example", URL, rule) as turn:
            turn.owner.failed()
        with pytest.raises(FetchError):
            async with again.turn("a.example", URL, rule):
                raise AssertionError("a turn")
        once_more = pace(clock, memory=memory)
        async with once_more.turn("a.example", URL, rule) as turn:
            turn.owner.succeeded()
        for _ in range(2):
            async with once_more.turn("a.example", URL, rule) as turn:
                turn.owner.failed()
        async with once_more.turn("a.example", URL, rule):
            pass

    asyncio.run(story())


def test_what_a_run_learned_of_a_host_holds_in_the_next() -> None:
    """Parks, strikes, latency and the moment of the last request outlive the run."""

    async def story() -> None:
        clock, memory = Clock(), Remembered()
        first = pace(clock, memory=memory)
        assert await take(first, clock, "a.example", 10.0) == 1000.0
        owner = owner_of(first, "a.example")
        owner.answered(0.5)
        owner.park(None)
        first.close()
        clock.now_s += 20.0
        second = pace(clock, memory=memory)
        assert owner_of(second, "a.example").latency_s == 0.5
        assert owner_of(second, "a.example").parked_until == 1060.0
        assert await take(second, clock, "a.example", 10.0) == 1060.0
        assert owner_of(second, "a.example").park(None) == 120.0

    asyncio.run(story())


def test_what_was_learned_before_a_kill() -> None:
    """Who was asked since the last time is kept when told to, and nobody else: a run may be killed at any moment."""

    async def story() -> None:
        clock, memory = Clock(), Remembered()
        first = pace(clock, memory=memory)
        await take(first, clock, "a.example", 30.0)
        first.remember_news()
        saved = dict(memory.hosts)
        memory.hosts.clear()
        first.remember_news()
        assert (list(saved), memory.hosts) == (["a.example"], {})
        memory.hosts.update(saved)
        second = pace(clock, memory=memory)
        assert await take(second, clock, "a.example", 30.0) == 1030.0

    asyncio.run(story())


def test_long_parks_are_not_waited_for() -> None:
    """A host parked beyond the longest wait fails its turns at once, and takes them again afterwards."""

    async def story() -> None:
        clock = Clock()
        at = pace(clock, max_wait_s=120.0)
        owner_of(at, "a.example").park(3600.0)
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
            async with at.turn("a.example", URL, Rule()):
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
        owner_of(at, "parked.example").park(50_000.0)
        for number in range(5000):
            await take(at, clock, f"h{number}.example", 0.0)
            clock.now_s += 1.0
        assert len(at._owners) < 4500
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
        result = asyncio.run(Retry(given(clock), retries).run("a.example", call))
    except FetchError as error:
        result = error.reason
    assert (result, len(made), clock.slept) == (end, calls, pauses)


def test_retries_have_a_budget() -> None:
    """A host and a run have only so many retries; what is tried once costs nothing."""

    async def story() -> None:
        clock = Clock()
        retry = Retry(given(clock, chance=0.0), 3, per_host=4, per_run=6)

        async def tries(host: str) -> int:
            call, made = failing(*[DROPPED] * 9)
            with pytest.raises(TransientError):
                await retry.run(host, call)
            return len(made)

        assert [await tries("a.example") for _ in range(3)] == [4, 2, 1]
        assert [await tries("b.example") for _ in range(2)] == [3, 1]
        assert retry.spent == {"a.example": 4, "b.example": 2}

    asyncio.run(story())


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


def test_settings_say_where_they_come_from() -> None:
    """Each value is the site's, that of [fetch], or the default; secrets are shown by name alone."""
    site = SiteConfig(delay_s=5.0, headers={"X-Key": "${KEY}"}, cookies={"sid": "${SID}"})
    settings = Settings(
        FetchConfig(read_timeout_s=7.0, contact="https://example.net/bot"),
        {"example.org": site},
        environ={"KEY": "hidden", "SID": "secret"},
    )
    shown = settings.origins("www.example.org")
    assert shown["delay_s"] == (5.0, '[site."example.org"]')
    assert shown["read_timeout_s"] == (7.0, "[fetch]")
    assert shown["per_host"] == (1, "default")
    assert shown["user_agent"][1] == "[fetch]"
    assert (shown["headers"][0], shown["cookies"][0]) == (["X-Key"], ["sid"])
    assert "hidden" not in repr(shown) and "secret" not in repr(shown)
    assert settings.of("example.org").headers == (("X-Key", "hidden"),)


def test_a_missing_secret_is_named() -> None:
    """A variable that the environment does not set is an error that names it."""
    login = LoginConfig(url="https://example.org/login", fields={"user": "me", "password": "${PRESS_PASSWORD}"})
    settings = Settings(FetchConfig(), {"example.org": SiteConfig(login=login)}, environ={})
    with pytest.raises(ConfigError, match=r"\$\{PRESS_PASSWORD\}"):
        settings.of("example.org")
    assert settings.of("example.net").login is None


def test_secrets_out_of_files() -> None:
    """The line end that a file of a secret ends with is no part of it; other control characters are an error."""
    site = SiteConfig(headers={"Authorization": "Bearer ${TOKEN}"})
    of = Settings(FetchConfig(), {"example.org": site}, environ={"TOKEN": "abc\r\n"}).of
    assert of("example.org").headers == (("Authorization", "Bearer abc"),)
    with pytest.raises(ConfigError, match=r"\$\{TOKEN\}") as caught:
        Settings(FetchConfig(), {"example.org": site}, environ={"TOKEN": "ab\nc"}).of("example.org")
    assert "ab" not in str(caught.value)
    with pytest.raises(ConfigError, match=r"\$\{TOKEN\}"):
        require_secrets(Config(site={"example.org": site}), {"TOKEN": "ab\nc"})


def test_many_hosts_that_cannot_be_forgotten_cost_a_few_looks_each() -> None:
    """Where all of very many hosts owe a wait, a new one does not have all of them looked at; idle ones are let go."""
    clock, looks = Clock(), 0

    class Watched(Clock):
        def monotonic(self) -> float:
            nonlocal looks
            looks += 1
            return clock.now_s

    at, count = pace(Watched()), 20_000
    for number in range(count):
        owner_of(at, f"{number}.example").last_at = clock.now_s
    assert looks < 5 * count
    clock.now_s += 1_000_000
    known = owner_of(at, "0.example")
    for number in range(count, 2 * count):
        owner_of(at, f"{number}.example").last_at = clock.now_s
    assert owner_of(at, "0.example") is not known
