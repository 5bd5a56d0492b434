"""What a run counts, and the summary that it adds up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import msgspec

from scraper.crawl.exits import Exit
from scraper.crawl.schedule import GONE
from scraper.crawl.wire import Gist
from scraper.frontier import Alarm, Figures
from scraper.model import Page, Rejected, Value
from scraper.sinks import Profile
from scraper.version import VERSION

NOT_THE_HOSTS_FAULT: Final = frozenset(
    {"robots_disallowed", "content_type", "too_large", "bad_url", "scheme_refused", "interrupted", "file_unreadable"}
)
NEARLY_FULL: Final = "the disk is nearly full"
_WATCHED: Final = ("title", "authors", "published_date", "section", "images")
"""Fields whose coverage the yield watch follows."""


class SourceFigures(Value, frozen=True, kw_only=True):
    """What came of one [[source]]."""

    kind: str
    name: str
    """Its address or path."""
    named: int = 0
    """Addresses it named."""
    new: int = 0
    """Those of them that nobody had named before, or that are due again for what it says."""
    bad: int = 0
    """Entries that are no address."""
    unchanged: int = 0
    """Feeds, sitemaps and pages of it that held what they held at the last look."""
    other_site: int = 0
    """Entries left out because they lead to another site."""
    traps: int = 0
    """Links left out because they lead into a trap."""
    error: str | None = None
    """Why it, or a part of it, could not be read."""


class HostFigures(Value, frozen=True, kw_only=True):
    """What came of one host."""

    discovered: int = 0
    """Addresses taken, new or due again."""
    fetched: int = 0
    unchanged: int = 0
    bytes: int = 0
    articles: int = 0
    revisions: int = 0
    """Those of the articles that were known and have changed."""
    retried: int = 0
    """Requests that were made again."""
    refused_by_robots: dict[str, int]
    """By rule."""
    refused_parts: dict[str, int] = msgspec.field(default_factory=dict)
    """Requests of its pages in the browser that were not made, or came to nothing: by reason."""
    rejected: dict[str, int]
    """By reason."""
    failed: bool = False
    """True if no page of it could be fetched, and that was not for the pages' sake."""
    left: str | None = None
    """Why what remains of it was left for another run."""


class Summary(Value, frozen=True, kw_only=True):
    """One run. targets = articles + rejected + unchanged + pending."""

    version: str
    run: int
    started: datetime
    finished: datetime
    seconds: float
    pages: int
    """Pages fetched."""
    pages_per_s: float
    bytes: int
    """Of the pages fetched, inflated."""
    targets: int
    """Addresses that were due: new ones, those to be looked at again, and what earlier runs left."""
    articles: int
    rejected: int
    unchanged: int
    pending: int
    """Left for another run: a limit was reached, a host wants to be left alone, or somebody interrupted."""
    revisions: int
    """Those of the articles that were known and have changed."""
    stopped_by: str | None
    """What ended the run before all was done."""
    rejected_by_reason: dict[str, int]
    files: tuple[str, ...]
    """Files that hold its lines."""
    hosts: dict[str, HostFigures]
    sources: tuple[SourceFigures, ...]
    alarms: tuple[Alarm, ...]
    """Figures of hosts that have left what is normal for them."""
    profile: Profile
    exit: int


class _Host:
    """One host while the run goes on."""

    def __init__(self) -> None:
        self.discovered = self.fetched = self.unchanged = self.bytes = self.articles = self.revisions = 0
        self.rejected: Counter[str] = Counter()
        self.judged: Counter[str] = Counter()
        self.fields: Counter[str] = Counter()
        self.text_chars = self.link_chars = 0
        self.trouble = 0

    def figures(
        self, *, retried: int, refused: dict[str, int], refused_parts: dict[str, int], left: str | None
    ) -> HostFigures:
        return HostFigures(
            discovered=self.discovered,
            fetched=self.fetched,
            unchanged=self.unchanged,
            bytes=self.bytes,
            articles=self.articles,
            revisions=self.revisions,
            retried=retried,
            refused_by_robots=refused,
            refused_parts=refused_parts,
            rejected=dict(sorted(self.rejected.items())),
            failed=self.trouble > 0 and self.fetched == 0 and self.unchanged == 0,
            left=left,
        )

    def history(self) -> Figures:
        """Return what the yield watch compares with other runs."""
        return Figures(
            fetched=self.articles + self.judged.total(),
            articles=self.articles,
            text_chars=self.text_chars / self.articles if self.articles else 0.0,
            fields=dict(self.fields),
            link_density=self.link_chars / self.text_chars if self.text_chars else 0.0,
            rejected=dict(self.judged),
        )


class Tally:
    """Counts a run as it goes. Every target ends in exactly one of its columns."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.started = now()
        self.run = 0
        self.targets = self.articles = self.revisions = self.unchanged = self.pages = self.bytes = self.in_flight = 0
        self.reasons: Counter[str] = Counter()
        self.sources: list[SourceFigures] = []
        self.left_hosts: dict[str, str] = {}
        """Hosts of which the rest is left for another run, and why."""
        self.stopped_by: str | None = None
        self._hosts: dict[str, _Host] = {}

    @property
    def rejected(self) -> int:
        return self.reasons.total()

    @property
    def ended(self) -> int:
        """Targets of which something is known for good."""
        return self.articles + self.rejected + self.unchanged

    def add_targets(self, host: str, count: int) -> None:
        self._host(host).discovered += count
        self.targets += count

    def add_page(self, host: str, page: Page) -> None:
        """Count a page that was fetched."""
        figures = self._host(host)
        figures.fetched += 1
        figures.bytes += len(page.body)
        self.pages += 1
        self.bytes += len(page.body)

    def add_article(self, host: str, gist: Gist, *, is_revision: bool) -> None:
        figures = self._host(host)
        figures.articles += 1
        figures.revisions += is_revision
        figures.text_chars += gist.text_chars
        figures.link_chars += gist.link_chars
        figures.fields.update(name for name in _WATCHED if name in gist.fields)
        self.articles += 1
        self.revisions += is_revision

    def add_unchanged(self, host: str) -> None:
        self._host(host).unchanged += 1
        self.unchanged += 1

    def add_rejected(self, host: str, rejected: Rejected) -> None:
        figures = self._host(host)
        figures.rejected[rejected.reason] += 1
        self.reasons[rejected.reason] += 1
        if rejected.stage != "fetch" and rejected.duplicate_of is None:
            figures.judged[rejected.reason] += 1
        if rejected.stage == "fetch" and rejected.reason not in NOT_THE_HOSTS_FAULT and rejected.status not in GONE:
            figures.trouble += 1

    def history(self) -> dict[str, Figures]:
        """Return what the run brought of each host of which pages were read."""
        found = {host: figures.history() for host, figures in self._hosts.items()}
        return {host: figures for host, figures in found.items() if figures.fetched}

    def summary(
        self,
        *,
        interrupted: bool,
        profile: Profile,
        has_articles: bool = False,
        files: tuple[str, ...] = (),
        alarms: tuple[Alarm, ...] = (),
        retries: Mapping[str, int] | None = None,
        refused: Mapping[tuple[str, str], int] | None = None,
        refused_parts: Mapping[tuple[str, str], int] | None = None,
    ) -> Summary:
        """Return the run as it stands; `has_articles` says that this run or an earlier one has given some."""
        finished = self._now()
        seconds = round((finished - self.started).total_seconds(), 3)
        hosts = self._host_figures(retries or {}, _by_host(refused or {}), _by_host(refused_parts or {}))
        return Summary(
            version=VERSION,
            run=self.run,
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
            revisions=self.revisions,
            stopped_by=self.stopped_by,
            rejected_by_reason=dict(self.reasons.most_common()),
            files=files,
            hosts=hosts,
            sources=tuple(self.sources),
            alarms=alarms,
            profile=profile,
            exit=self._exit(hosts, interrupted, bool(alarms), has_articles),
        )

    def _host_figures(
        self, retries: Mapping[str, int], rules: dict[str, dict[str, int]], parts: dict[str, dict[str, int]]
    ) -> dict[str, HostFigures]:
        return {
            host: self._host(host).figures(
                retried=retries.get(host, 0),
                refused=rules.get(host, {}),
                refused_parts=parts.get(host, {}),
                left=self.left_hosts.get(host),
            )
            for host in sorted(self._hosts.keys() | self.left_hosts.keys() | parts.keys())
        }

    def _exit(self, hosts: dict[str, HostFigures], interrupted: bool, suspicious: bool, has_articles: bool) -> Exit:
        if interrupted:
            return Exit.INTERRUPTED
        if self.stopped_by and self.stopped_by.endswith(NEARLY_FULL):
            return Exit.UNWRITABLE
        if suspicious:
            return Exit.SUSPICIOUS
        has_trouble = any(host.failed or host.left for host in hosts.values())
        has_trouble = has_trouble or any(source.error for source in self.sources)
        if self.articles:
            return Exit.PARTIAL if has_trouble else Exit.DONE
        if has_trouble:
            return Exit.PARTIAL if self.unchanged or has_articles else Exit.NOTHING
        if self.rejected and not (self.unchanged or has_articles):
            return Exit.NOTHING
        return Exit.NOTHING_NEW

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())


def _by_host(counts: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """Return counts by host and something else as a table for each host."""
    found: dict[str, dict[str, int]] = {}
    for (host, what), count in sorted(counts.items()):
        found.setdefault(host, {})[what] = count
    return found
