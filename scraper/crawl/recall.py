"""What a plan knows of earlier runs: the frontier is read and never written, also while a run goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from scraper.crawl.memory import FrontierMemory
from scraper.crawl.shelf import FrontierShelf, NoShelf, ReadAs, Shelf
from scraper.fetchers.memory import HostState, KeptResource, Memory, NoMemory
from scraper.frontier import Frontier, Status
from scraper.model import Page, Target, Value


class KnownHost(Value, frozen=True, kw_only=True):
    """One host before the crawl: its addresses by status, and why it is left alone, if it is."""

    by_status: dict[str, int]
    parked_until: datetime | None
    failures: int


class Recall:
    """Says what is known at a moment, in unix seconds; without a frontier all is new."""

    def __init__(self, frontier: Frontier | None, *, now: float) -> None:
        self._frontier, self._now = frontier, now
        self.memory: Memory = NoMemory() if frontier is None else _Memory(frontier, unix_now=lambda: now)
        self.shelf: Shelf = NoShelf() if frontier is None else _Shelf(frontier, unix_now=lambda: now)

    def due(self) -> Iterator[Target]:
        """Yield the addresses that a crawl would fetch whatever its sources say today."""
        yield from () if self._frontier is None else self._frontier.leases.due(self._now)

    def due_count(self) -> int:
        """Return how many these are."""
        return 0 if self._frontier is None else self._frontier.leases.unfinished(self._now)

    def news(self, targets: Iterable[Target], *, trust: bool) -> list[Target]:
        """Return what of a source a crawl would fetch though it was not due: new addresses, and those that changed."""
        if self._frontier is None:
            return list(targets)
        return list(self._frontier.urls.news(targets, now=self._now, trust=trust))

    def knows(self, url: str) -> bool:
        """Tell whether an address was ever named."""
        return self._frontier is not None and self._frontier.urls.knows(url)

    def by_status(self) -> dict[str, int]:
        """Return how many addresses there are in each status that occurs."""
        return {} if self._frontier is None else _occurring(self._frontier.leases.counts())

    def host(self, host: str) -> KnownHost:
        """Return what is known of a host."""
        if self._frontier is None:
            return KnownHost(by_status={}, parked_until=None, failures=0)
        counts = next(self._frontier.leases.host_counts(host), None)
        state = self._frontier.hosts.load(host)
        is_parked = state.parked_until > self._now
        return KnownHost(
            by_status=_occurring(counts.by_status) if counts else {},
            parked_until=datetime.fromtimestamp(state.parked_until, UTC).replace(microsecond=0) if is_parked else None,
            failures=state.failures,
        )


def _occurring(counts: Mapping[Status, int]) -> dict[str, int]:
    return {status: count for status, count in counts.items() if count}


class _Memory(FrontierMemory):
    """Reads alone."""

    def save_host(self, key: str, state: HostState) -> None:
        return None

    def save_resource(self, url: str, kept: KeptResource) -> None:
        return None


class _Shelf(FrontierShelf):
    """Reads alone."""

    def keep(self, url: str, page: Page, *, targets: Sequence[Target] = (), read_as: ReadAs | None = None) -> None:
        return None
