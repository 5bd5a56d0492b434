"""What a report of a crawl's runs is made of: plain values, whoever counted them."""

from __future__ import annotations

from typing import Literal

from scraper.model import Value

Mood = Literal["good", "calm", "bad"]
Count = tuple[str, int]


class RunShown(Value, frozen=True, kw_only=True):
    """One run. targets = articles + rejected + unchanged + pending."""

    name: str
    """When it began, UTC, in words."""
    version: str
    targets: int
    articles: int
    rejected: int
    unchanged: int
    pending: int
    revisions: int
    pages: int
    bytes: int
    seconds: float
    pages_per_s: float
    ended: str
    """The exit code in words."""
    code: int
    mood: Mood
    stopped_by: str | None
    reasons: dict[str, int]
    hosts: tuple[str, ...]
    failed_hosts: tuple[str, ...]
    alarms: int
    errors: tuple[str, ...] = ()
    """Sources that could not be read, in whole or in part."""


class AlarmShown(Value, frozen=True, kw_only=True):
    """A figure of a host that has left what is normal for it, in the last run."""

    host: str
    what: str
    before: float
    now: float
    sample: str | None = None
    """Path of a page that shows it, relative to the report."""


class HostShown(Value, frozen=True, kw_only=True):
    """One host over the runs: one entry a run, None where the run has none to give."""

    host: str
    yields: tuple[float | None, ...]
    """Articles among the pages that were read and judged, 0 to 1."""
    articles: tuple[int | None, ...]
    is_alarming: bool = False
    has_failed: bool = False
    left: str | None = None
    """Why the last run left what remains of it for another."""


class CauseShown(Value, frozen=True, kw_only=True):
    """A reason for which addresses gave no article."""

    reason: str
    meaning: str
    count: int
    last: int | None = None
    """In the last run alone; None where no run is known."""
    url: str = ""
    detail: str = ""


class SourceShown(Value, frozen=True, kw_only=True):
    """One source in the last run."""

    kind: str
    name: str
    named: int
    new: int
    bad: int
    unchanged: int
    error: str | None


class LatencyShown(Value, frozen=True, kw_only=True):
    """How a host answered."""

    host: str
    answers: int
    median_s: float
    p95_s: float
    histogram: tuple[Count, ...]


class PolitenessShown(Value, frozen=True, kw_only=True):
    """What the request log proves."""

    runs: int
    requests: int
    hosts: int
    waited_s: tuple[tuple[str, float], ...]
    """By reason."""
    kinds: tuple[Count, ...]
    outcomes: tuple[Count, ...]
    violations: tuple[tuple[str, str, int], ...]
    """Kind, meaning and number."""
    examples: tuple[str, ...]


class StoryShown(Value, frozen=True, kw_only=True):
    """One article, to be read by a person."""

    title: str
    site: str
    day: str
    url: str
    text: str


class RecordsShown(Value, frozen=True, kw_only=True):
    """What the records hold."""

    files: int
    records: int
    fields: tuple[Count, ...]
    """Records in which a field says something."""
    sites: tuple[Count, ...]
    languages: tuple[Count, ...]
    methods: tuple[Count, ...]
    access: tuple[Count, ...]
    warnings: tuple[Count, ...]
    words: tuple[Count, ...]
    """Histograms: the name of each bin and what is in it."""
    bytes: tuple[Count, ...]
    confidence: tuple[Count, ...]
    published: tuple[Count, ...]
    undated: int
    stories: tuple[StoryShown, ...]


class CrawlReport(Value, frozen=True, kw_only=True):
    """Everything on the page; what was not given is not shown."""

    title: str
    runs: tuple[RunShown, ...] = ()
    """The oldest first."""
    earlier: int = 0
    """Runs before these, which are not shown."""
    alarms: tuple[AlarmShown, ...] = ()
    hosts: tuple[HostShown, ...] = ()
    causes: tuple[CauseShown, ...] = ()
    sources: tuple[SourceShown, ...] = ()
    latency: tuple[LatencyShown, ...] = ()
    politeness: PolitenessShown | None = None
    records: RecordsShown | None = None
    notes: tuple[str, ...] = ()
    """What could not be read, or has to be known to read the page."""
