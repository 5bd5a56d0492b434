"""The robots.txt of every host asked, each fetched once a day.

Source: RFC 9309, 2.3 and 2.4
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from scraper.errors import FetchError, TransientError
from scraper.fetchers.exchange import Budget, Exchange
from scraper.fetchers.log import Record, RobotsLine, forget
from scraper.fetchers.memory import KeptResource, Memory
from scraper.fetchers.messages import ROBOTS, Answer
from scraper.fetchers.redirects import REDIRECT_STATUSES, next_hop
from scraper.fetchers.retry import Retry
from scraper.fetchers.settings import Settings
from scraper.web.robots import Robots, product_token, robots_url

_MAX_REDIRECTS: Final = 5
_FRESH: Final = timedelta(hours=24)
_UNREACHABLE_FRESH: Final = timedelta(minutes=10)
"""How soon a host whose robots.txt could not be got is asked again."""
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class _Entry:
    """What is known of one robots.txt. The lock lets one task fetch while the others wait for what it brings."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.robots: Robots | None = None
        self.failed: FetchError | None = None
        self.fetched_at = self.stale_at = _LONG_AGO


class RobotsKeeper:
    """Fetches and keeps robots.txt, one per scheme, host and port; `memory` keeps them from run to run."""

    def __init__(
        self,
        exchange: Exchange,
        retry: Retry,
        settings: Settings,
        *,
        now: Callable[[], datetime],
        memory: Memory,
        record: Record = forget,
    ) -> None:
        self._exchange, self._retry, self._settings = exchange, retry, settings
        self._now, self._memory, self._record = now, memory, record
        self._entries: dict[str, _Entry] = {}
        self.refused: Counter[tuple[str, str]] = Counter()
        """How often each rule of each host kept us from an address."""

    async def rules_for(self, url: str) -> Robots:
        """Return the rules over a URL. Where none can be got, nothing is allowed; the host's failures do not raise."""
        return _rules(await self._entry(url))

    async def check(self, url: str) -> Robots:
        """Return the rules over a URL that they allow.

        Raises FetchError: robots_disallowed, robots_unreachable; where the host itself cannot be reached, the reason
        for that. None is transient: robots.txt was asked for again as often as may be; `may_pass` is of that failure.
        """
        entry = await self._entry(url)
        robots = _rules(entry)
        rule = robots.refusing_rule(url)
        if rule is None:
            return robots
        self.refused[urlsplit(url).hostname or "", rule] += 1
        if robots.state == "fetched":
            raise FetchError("robots_disallowed", url, rule)
        if entry.failed is not None and entry.failed.reason in _HOST_FAILURES:
            raise FetchError(entry.failed.reason, url, entry.failed.detail, may_pass=entry.failed.may_pass)
        raise FetchError("robots_unreachable", url, robots.why)

    async def _entry(self, url: str) -> _Entry:
        where = robots_url(url)
        entry = self._entries.setdefault(where, _Entry())
        async with entry.lock:
            if entry.robots is None:
                self._recall(entry, where)
            if self._now() >= entry.stale_at:
                await self._refresh(entry, where)
        return entry

    def _agent(self, where: str) -> str:
        return product_token(self._settings.of(urlsplit(where).hostname or "").user_agent)

    def _recall(self, entry: _Entry, where: str) -> None:
        """Take over what an earlier run got: good for a day, and longer while the host cannot be reached."""
        kept = self._memory.load_resource(where)
        if kept is None:
            return
        entry.robots = Robots.from_status(kept.status, kept.body, agent=self._agent(where))
        entry.fetched_at, entry.stale_at = kept.fetched_at, kept.stale_at(_FRESH, now=self._now())
        if self._now() < entry.stale_at:
            self._note(entry, where)

    async def _refresh(self, entry: _Entry, where: str) -> None:
        agent, answer = self._agent(where), None
        try:
            answer = await self._retry.run(urlsplit(where).hostname or "", lambda: self._follow(where))
            robots, entry.failed = Robots.from_status(answer.status, answer.body, agent=agent), None
            fresh = _FRESH if robots.state != "unreachable" else _UNREACHABLE_FRESH
        except FetchError as error:
            robots, entry.failed = _after_failure(error, agent), error
            fresh = timedelta(0) if error.reason == "host_parked" else _UNREACHABLE_FRESH
        now = self._now()
        entry.stale_at = now + fresh
        if robots.state == "unreachable" and entry.robots is not None and entry.robots.state != "unreachable":
            self._note(entry, where)  # the last good copy stays in force
            return
        entry.robots, entry.fetched_at = robots, now
        self._note(entry, where)
        if answer is not None and robots.state != "unreachable":
            self._memory.save_resource(where, KeptResource(status=answer.status, body=answer.body, fetched_at=now))

    def _note(self, entry: _Entry, where: str) -> None:
        robots = _rules(entry)
        self._record(
            RobotsLine(
                start_s=self._exchange.seconds(),
                origin=where.removesuffix("/robots.txt"),
                state=robots.state,
                fetched_at=entry.fetched_at,
                agent=robots.agent,
                why=robots.why,
                text=robots.text,
            )
        )

    async def _follow(self, where: str) -> Answer:
        """Return the answer at the end of the redirects; the rules found there hold for the host asked first."""
        visited = [where]
        budget = Budget(self._settings.of(urlsplit(where).hostname or "").deadline_s)
        while True:
            answer = await self._exchange.ask(visited[-1], ROBOTS, budget=budget)
            if _is_worth_waiting(answer):
                raise TransientError("http_status", answer.url, str(answer.status), status=answer.status)
            if answer.status not in REDIRECT_STATUSES or not answer.header("location"):
                return answer
            visited.append(next_hop(answer.header("location"), visited=visited, limit=_MAX_REDIRECTS))


def _rules(entry: _Entry) -> Robots:
    return entry.robots or Robots.disallow_all("not asked yet")


def _is_worth_waiting(answer: Answer) -> bool:
    """Tell whether the host may soon answer better: it says when, or is merely broken at the moment."""
    return answer.status in {500, 502, 504} or (answer.status in {429, 503} and answer.retry_after_s is not None)


def _after_failure(error: FetchError, agent: str) -> Robots:
    """Redirects that lead nowhere are no file (RFC 9309, 2.3.1.2); every other failure is unreachable."""
    if error.reason == "http_status" and error.status is not None:
        return Robots.from_status(error.status, agent=agent)
    if error.reason in _NO_FILE:
        return Robots.allow_all(f"robots.txt: {error.reason}", agent=agent)
    return Robots.disallow_all(f"robots.txt: {error.reason}" + f" ({error.detail})" * bool(error.detail), agent=agent)


_NO_FILE: Final = frozenset({"too_many_redirects", "redirect_loop", "bad_redirect", "scheme_refused"})
_HOST_FAILURES: Final = frozenset(
    {"dns_failed", "connect_failed", "tls_failed", "address_refused", "bad_url", "host_parked", "host_given_up"}
)
