"""Goes through a log of requests and proves that they were polite, or says where they were not.

Nothing is taken on trust but the times, the answers and the robots.txt files themselves: gaps, parks and verdicts are
worked out again, by the rules that the log states for each host. Pure: lines in, violations out.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, Literal
from urllib.parse import urlsplit

from scraper.config.window import Window
from scraper.fetchers.log import HostLine, LogLine, RequestLine, RobotsLine, RunLine
from scraper.fetchers.messages import PARKING_STATUSES
from scraper.fetchers.owner import DAY_S, FIRST_PARK_S, PARK_JITTER, QUIET_S, smoothed
from scraper.fetchers.parts import MAX_PARTS
from scraper.model import Value
from scraper.web.robots import Robots

Violated = Literal[
    "too_fast",
    "too_many_at_once",
    "disallowed",
    "robots_not_asked",
    "robots_stale",
    "parked",
    "outside_hours",
    "unknown_host",
]
VIOLATIONS: Final[dict[Violated, str]] = {
    "too_fast": "A host was asked sooner than its gap allows.",
    "too_many_at_once": "More requests were open at a host than it may have.",
    "disallowed": "An address was fetched that robots.txt forbids.",
    "robots_not_asked": "A page was fetched before its host's robots.txt.",
    "robots_stale": "A page was fetched by a robots.txt more than a day old, though the host could be reached.",
    "parked": "A host was asked while it had to be left alone.",
    "outside_hours": "A host was asked outside its hours.",
    "unknown_host": "A request has no line that says what holds for its host.",
}
_TOLERANCE_S: Final = 0.002
"""What the rounding of the log's times may hide."""
_STALE: Final = timedelta(hours=24, minutes=5)
_RULED: Final = frozenset({"page", "resource", "tdmrep", "render", "part", "probe"})
"""Kinds of request over which robots.txt rules; it is itself always allowed, and a login is the operator's own."""


class Violation(Value, frozen=True, kw_only=True):
    """One request that should not have been, or not then."""

    kind: Violated
    url: str
    at: datetime
    detail: str
    line: int
    """Number of the line in the log, from 1."""


class Verdict(Value, frozen=True, kw_only=True):
    """What the audit found."""

    runs: int
    requests: int
    hosts: int
    violations: tuple[Violation, ...]


class _Key:
    """What is known of one politeness key at a moment of the replay."""

    def __init__(self) -> None:
        self.last_start_s: float | None = None
        self.parked_until_s = -DAY_S
        self.strikes = 0
        self.last_park_s = 0.0
        self.latency_s: float | None = None
        self.open_until: list[float] = []
        self.visits = self.parts = 0
        self.answers: list[tuple[float, float]] = []
        """Latencies not yet counted, by the moment in which they were known."""

    def settle(self, now_s: float) -> None:
        """Take into account what was known at a moment."""
        while self.answers and self.answers[0][0] <= now_s + _TOLERANCE_S:
            self.latency_s = smoothed(self.latency_s, self.answers.pop(0)[1])
        self.open_until = [end_s for end_s in self.open_until if end_s > now_s + _TOLERANCE_S]

    def park(self, at_s: float, retry_after_s: float | None) -> None:
        """Take into account that the host wants to be left alone."""
        if at_s - self.parked_until_s > max(QUIET_S, self.last_park_s):
            self.strikes = 0
        self.strikes += 1
        least_s = FIRST_PARK_S * 2.0 ** min(self.strikes - 1, 20) * (1 - PARK_JITTER)
        self.last_park_s = min(least_s if retry_after_s is None else retry_after_s, DAY_S)
        self.parked_until_s = max(self.parked_until_s, at_s + self.last_park_s)


def audit_requests(lines: Iterable[tuple[int, LogLine]]) -> Verdict:
    """Return the verdict over a log: numbered lines, in the order in which they were written.

    A log may hold several runs; each begins with its RunLine.
    """
    audit, runs, requests = _Audit(), 0, 0
    violations: list[Violation] = []
    hosts: set[str] = set()
    for run in _runs(lines):
        audit.begin()
        runs += 1
        for number, line in run:
            if isinstance(line, RequestLine):
                requests += 1
                hosts.add(line.host)
            violations += audit.take(number, line)
    return Verdict(runs=runs, requests=requests, hosts=len(hosts), violations=tuple(violations))


def _runs(lines: Iterable[tuple[int, LogLine]]) -> Iterator[list[tuple[int, LogLine]]]:
    """Yield the lines of each run, in the order in which their requests began: a line is written when one ends."""
    run: list[tuple[int, LogLine]] = []
    for number, line in lines:
        if isinstance(line, RunLine):
            if run:
                yield sorted(run, key=_moment)
            run = []
        run.append((number, line))
    if run:
        yield sorted(run, key=_moment)


def _moment(numbered: tuple[int, LogLine]) -> float:
    line = numbered[1]
    return line.start_s if isinstance(line, RequestLine | RobotsLine) else -1.0


class _Audit:
    """The replay of one run at a time."""

    def begin(self) -> None:
        self._hosts: dict[str, HostLine] = {}
        self._keys: dict[str, _Key] = {}
        self._robots: dict[str, tuple[RobotsLine, Robots]] = {}
        self._robots_asked: dict[str, datetime] = {}
        self._began: datetime | None = None

    def take(self, number: int, line: LogLine) -> Iterator[Violation]:
        """Take the next line; yield what it violates."""
        if isinstance(line, RunLine):
            self._began = line.at
        elif isinstance(line, HostLine):
            self._meet(line)
        elif isinstance(line, RobotsLine):
            self._robots[line.origin] = (line, _rules(line))
        else:
            for kind, detail in self._check(line):
                yield Violation(kind=kind, url=line.url, at=line.at, detail=detail, line=number)

    def _meet(self, line: HostLine) -> None:
        self._hosts[line.host] = line
        key = self._keys.setdefault(line.key, _Key())
        if key.latency_s is None:
            key.latency_s = line.latency_s
        if line.parked_until is not None and self._began is not None:
            key.parked_until_s = max(key.parked_until_s, (line.parked_until - self._began).total_seconds())

    def _check(self, line: RequestLine) -> Iterator[tuple[Violated, str]]:
        host = self._hosts.get(line.host)
        if host is None:
            yield "unknown_host", line.host
            return
        key = self._keys.setdefault(line.key, _Key())
        key.settle(line.start_s)
        yield from self._check_robots(line, host)
        yield from self._check_pace(line, host, key)
        self._note(line, key)

    def _check_pace(self, line: RequestLine, host: HostLine, key: _Key) -> Iterator[tuple[Violated, str]]:
        gap_s = self._gap_s(line, host, key)
        since_s = None if key.last_start_s is None else line.start_s - key.last_start_s
        if line.kind == "part":
            if key.parts >= MAX_PARTS * key.visits:
                yield "too_fast", f"part {key.parts + 1} of {key.visits} visits, which may have {MAX_PARTS} each"
        elif since_s is not None and since_s < gap_s - _TOLERANCE_S:
            yield "too_fast", f"{since_s:.3f} s after the request before, not {gap_s:.3f} s"
        if len(key.open_until) >= host.per_host:
            yield "too_many_at_once", f"{len(key.open_until)} open, {host.per_host} allowed"
        if line.start_s < key.parked_until_s - _TOLERANCE_S:
            yield "parked", f"{key.parked_until_s - line.start_s:.1f} s too soon"
        if host.window:
            late_s = Window.parse(host.window, host.window_zone).opens_in_s(line.at)
            if late_s > 1.0 and line.start_s > 0:
                yield "outside_hours", f"{line.at:%H:%M:%S} UTC is not in {host.window} {host.window_zone}"

    def _gap_s(self, line: RequestLine, host: HostLine, key: _Key) -> float:
        crawl_delay_s = 0.0
        if line.kind in _RULED and host.robots and (known := self._robots.get(_origin(line.url))):
            crawl_delay_s = min(known[1].crawl_delay_s() or 0.0, host.max_crawl_delay_s)
        return max(host.delay_s, crawl_delay_s, host.latency_factor * (key.latency_s or 0.0))

    def _check_robots(self, line: RequestLine, host: HostLine) -> Iterator[tuple[Violated, str]]:
        if line.kind not in _RULED or not host.robots:
            return
        known = self._robots.get(_origin(line.url))
        if known is None:
            yield "robots_not_asked", _origin(line.url)
            return
        rule = known[1].refusing_rule(line.url)
        if rule is not None:
            yield "disallowed", rule
        asked = self._robots_asked.get(_origin(line.url), known[0].fetched_at)
        if line.at - max(known[0].fetched_at, asked) > _STALE:
            yield "robots_stale", f"fetched {known[0].fetched_at:%Y-%m-%d %H:%M} UTC"

    def _note(self, line: RequestLine, key: _Key) -> None:
        key.last_start_s = line.start_s
        if line.kind == "robots":
            self._robots_asked[_origin(line.url)] = line.at
        key.visits += line.kind == "render"
        key.parts += line.kind == "part"
        key.open_until.append(line.end_s)
        if line.head_s is not None:
            insort(key.answers, (line.start_s + line.head_s, line.head_s))
        if line.status in PARKING_STATUSES:
            key.park(line.start_s + (line.head_s or 0.0), line.retry_after_s)


def _rules(line: RobotsLine) -> Robots:
    if line.state == "fetched":
        return Robots(line.text, agent=line.agent)
    make = Robots.allow_all if line.state == "unavailable" else Robots.disallow_all
    return make(line.why, agent=line.agent)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
