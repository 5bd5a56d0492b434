"""Every request as one line: the proof of politeness that `scraper audit` goes through.

Four kinds of line, told apart by `type`: what run it is, what holds for a host when it is first asked, what a
robots.txt said when it was taken over, and each request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal

from scraper.fetchers.owner import WaitReason
from scraper.model import Value

RequestKind = Literal["page", "resource", "robots", "tdmrep", "login", "probe", "render", "part"]
"""`render`: a page that a browser builds, or the first that it asks of another host; `part`: what it asks then."""


class RunLine(Value, frozen=True, kw_only=True, tag="run", tag_field="type"):
    """A run begins; the seconds of the lines after it count from here."""

    at: datetime
    version: str


class HostLine(Value, frozen=True, kw_only=True, tag="host", tag_field="type"):
    """The rule of a host, when it is asked for the first time in a run."""

    host: str
    key: str
    """Who is asked in turn: the host, or the address that several hosts share."""
    delay_s: float
    max_crawl_delay_s: float
    latency_factor: float
    per_host: int
    window: str
    window_zone: str
    robots: bool
    user_agent: str
    latency_s: float | None = None
    """As an earlier run found it."""
    parked_until: datetime | None = None
    """As an earlier run left it."""


class RobotsLine(Value, frozen=True, kw_only=True, tag="robots", tag_field="type"):
    """The rules in force for a host from here on."""

    start_s: float
    origin: str
    """Scheme, host and port that they rule over."""
    state: Literal["fetched", "unavailable", "unreachable"]
    fetched_at: datetime
    agent: str
    why: str = ""
    text: str = ""


class RequestLine(Value, frozen=True, kw_only=True, tag="request", tag_field="type"):
    """One request. Seconds count from the start of the run, by a clock that never jumps."""

    at: datetime
    start_s: float
    end_s: float
    host: str
    key: str
    url: str
    kind: RequestKind
    outcome: str
    """`ok`, or the reason for which it failed."""
    status: int | None = None
    bytes: int = 0
    """Of the body, as they came over the wire."""
    head_s: float | None = None
    """Seconds from the request to the head of the answer."""
    gap_s: float = 0.0
    """Seconds that had to lie between this request and the one before."""
    waited_s: float = 0.0
    wait_reason: WaitReason = ""
    retry_after_s: float | None = None
    parked_s: float | None = None
    """For how long the host is left alone after this answer."""


LogLine = RunLine | HostLine | RobotsLine | RequestLine
Record = Callable[[LogLine], None]


def forget(_: LogLine) -> None:
    """Record nothing."""


def run_line_first(record: Record, run: RunLine) -> Record:
    """Return what records a line, and before the first one that a run begins: a run that asks nothing says nothing."""
    lines: Iterator[RunLine] = iter([run])

    def write(line: LogLine) -> None:
        for first in lines:
            record(first)
        record(line)

    return write
