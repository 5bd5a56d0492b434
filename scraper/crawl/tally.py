"""What a run counts, and the summary that it adds up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Final

from scraper.crawl.exits import Exit
from scraper.model import Page, Rejected, Value
from scraper.sinks import Profile
from scraper.version import VERSION

NOT_THE_HOSTS_FAULT: Final = frozenset(
    {"robots_disallowed", "content_type", "too_large", "bad_url", "scheme_refused", "interrupted", "file_unreadable"}
)
GONE: Final = frozenset({404, 410})


class SourceFigures(Value, frozen=True, kw_only=True):
    """What came of one [[source]]."""

    kind: str
    name: str
    """Its address or path."""
    named: int = 0
    """Addresses it named."""
    new: int = 0
    """Those of them that no source had named before in this run."""
    bad: int = 0
    """Entries that are no address."""
    error: str | None = None
    """Why it, or a part of it, could not be read."""


class HostFigures(Value, frozen=True, kw_only=True):
    """What came of one host."""

    fetched: int = 0
    bytes: int = 0
    articles: int = 0
    rejected: dict[str, int]
    """By reason."""
    failed: bool = False
    """True if no page of it could be fetched, and that was not for the pages' sake."""


class Summary(Value, frozen=True, kw_only=True):
    """One run. targets = articles + rejected + unchanged + pending."""

    version: str
    started: datetime
    finished: datetime
    seconds: float
    pages: int
    """Pages fetched."""
    pages_per_s: float
    bytes: int
    """Of the pages fetched, inflated."""
    targets: int
    """Distinct addresses that the sources named."""
    articles: int
    rejected: int
    unchanged: int
    pending: int
    """Left for another run: a limit was reached, or somebody interrupted."""
    rejected_by_reason: dict[str, int]
    hosts: dict[str, HostFigures]
    sources: tuple[SourceFigures, ...]
    profile: Profile
    exit: int


class _Host:
    """One host while the run goes on."""

    def __init__(self) -> None:
        self.fetched = self.bytes = self.articles = 0
        self.rejected: Counter[str] = Counter()
        self.trouble = 0

    def figures(self) -> HostFigures:
        return HostFigures(
            fetched=self.fetched,
            bytes=self.bytes,
            articles=self.articles,
            rejected=dict(sorted(self.rejected.items())),
            failed=self.trouble > 0 and self.fetched == 0,
        )


class Tally:
    """Counts a run as it goes. Every target ends in exactly one of its columns."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.started = now()
        self.targets = self.articles = self.unchanged = self.pages = self.bytes = self.in_flight = 0
        self.reasons: Counter[str] = Counter()
        self.sources: list[SourceFigures] = []
        self._hosts: dict[str, _Host] = {}

    @property
    def rejected(self) -> int:
        return self.reasons.total()

    @property
    def ended(self) -> int:
        """Targets of which something is known for good."""
        return self.articles + self.rejected + self.unchanged

    def add_page(self, host: str, page: Page) -> None:
        """Count a page that was fetched."""
        figures = self._host(host)
        figures.fetched += 1
        figures.bytes += len(page.body)
        self.pages += 1
        self.bytes += len(page.body)

    def add_article(self, host: str) -> None:
        self._host(host).articles += 1
        self.articles += 1

    def add_rejected(self, host: str, rejected: Rejected) -> None:
        figures = self._host(host)
        figures.rejected[rejected.reason] += 1
        self.reasons[rejected.reason] += 1
        if rejected.stage == "fetch" and rejected.reason not in NOT_THE_HOSTS_FAULT and rejected.status not in GONE:
            figures.trouble += 1

    def summary(self, *, interrupted: bool, profile: Profile) -> Summary:
        """Return the run as it stands."""
        finished = self._now()
        seconds = round((finished - self.started).total_seconds(), 3)
        hosts = {host: figures.figures() for host, figures in sorted(self._hosts.items())}
        return Summary(
            version=VERSION,
            started=self.started,
            finished=finished,
            seconds=seconds,
            pages=self.pages,
            pages_per_s=round(self.pages / seconds, 2) if seconds > 0 else 0.0,
            bytes=self.bytes,
            targets=self.targets,
            articles=self.articles,
            rejected=self.rejected,
            unchanged=self.unchanged,
            pending=self.targets - self.ended,
            rejected_by_reason=dict(self.reasons.most_common()),
            hosts=hosts,
            sources=tuple(self.sources),
            profile=profile,
            exit=self._exit(hosts, interrupted),
        )

    def _exit(self, hosts: dict[str, HostFigures], interrupted: bool) -> Exit:
        if interrupted:
            return Exit.INTERRUPTED
        if not self.articles and not self.unchanged:
            return Exit.NOTHING
        if any(host.failed or "host_parked" in host.rejected for host in hosts.values()):
            return Exit.PARTIAL
        return Exit.PARTIAL if any(source.error for source in self.sources) else Exit.DONE

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())
