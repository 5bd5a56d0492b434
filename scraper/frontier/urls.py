"""Every address that was ever named: once each, in exactly one status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

import msgspec

from scraper.frontier.line import Line
from scraper.frontier.names import Names
from scraper.frontier.packing import clean_text, pack_text
from scraper.frontier.rows import LEASED, PENDING, SELECT_URL, UrlRow, read_row
from scraper.frontier.stamps import parse_stamp
from scraper.frontier.store import Row, Store
from scraper.model import Target, Value
from scraper.web.urls import host_key, url_key

MAX_PRIORITY: Final = 99
"""Priorities are whole numbers from -99 to 99: a lease looks at each that occurs."""
_BATCH: Final = 500

_INSERT: Final = """
INSERT INTO url (key, host, rank, due_at, first_seen, source, place, depth, published, modified, title, url)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""


class Added(Value, frozen=True, kw_only=True):
    """What came of addresses that were named."""

    new: int = 0
    due_again: int = 0
    """Known ones that a trusted source says have changed since."""
    hosts: dict[str, int] = msgspec.field(default_factory=dict)
    """Both, by host."""


class _Known:
    """What decides about an address that is named again."""

    def __init__(self, row: Row) -> None:
        self.id, self.host, self.status, self.rank, self.due_at, self.modified, self.last_fetched = row[1:]

    def is_due_for(self, modified: str | None, now: float) -> bool:
        """Tell whether a hint makes an address due that neither waits nor is due for its time."""
        is_due = self.due_at is not None and self.due_at <= now
        return self.status not in {PENDING, LEASED} and self.is_older_than(modified) and not is_due

    def is_older_than(self, modified: str | None) -> bool:
        """Tell whether a hint is newer than the last one, or, where there was none, than the last fetch."""
        if modified is None or modified == self.modified:
            return False
        stamp = parse_stamp(modified)
        before = parse_stamp(self.modified) if self.modified else self.last_fetched
        return stamp is not None and (before is None or stamp > before)


def _batches(targets: Iterable[Target]) -> Iterator[dict[bytes, Target]]:
    """Yield the targets by key, some hundred at a time; of one address the first."""
    rest = iter(targets)
    while some := list(islice(rest, _BATCH)):
        batch: dict[bytes, Target] = {}
        for target in some:
            batch.setdefault(url_key(target.url), target)
        yield batch


class Urls:
    """Addresses go in with `add`; what is known of one comes out with `known`."""

    def __init__(self, store: Store, hosts: Names, line: Line) -> None:
        self._store, self._hosts, self._line = store, hosts, line
        self._places = Names(store, "place")

    def add(
        self,
        targets: Iterable[Target],
        *,
        now: float,
        priority: int = 0,
        due_at: float | None = None,
        trust: bool = False,
    ) -> Added:
        """Take every address once; new ones are due at `due_at`, or now. Any number of targets; memory does not grow.

        A known address with a newer `modified` is due again now if its source is trusted. One that waits gets the
        higher of the priorities.
        """
        if abs(priority) > MAX_PRIORITY:
            raise ValueError(f"the priority {priority} is not between -{MAX_PRIORITY} and {MAX_PRIORITY}")
        new = due_again = 0
        hosts: Counter[str] = Counter()
        with self._store.transaction():
            for batch in _batches(targets):
                known = self._known_of(batch)
                fresh = [(key, target) for key, target in batch.items() if key not in known]
                self._insert(fresh, now=now, rank=-priority, due_at=now if due_at is None else due_at)
                new += len(fresh)
                hosts.update(host_key(target.url) for _, target in fresh)
                for key, row in known.items():
                    if self._meet(row, batch[key].modified if trust else None, now, -priority):
                        due_again += 1
                        hosts[host_key(batch[key].url)] += 1
        return Added(new=new, due_again=due_again, hosts=dict(hosts))

    def news(self, targets: Iterable[Target], *, now: float, trust: bool = False) -> Iterator[Target]:
        """Yield what `add` would count as new or due again, and change nothing."""
        for batch in _batches(targets):
            known = self._known_of(batch)
            for key, target in batch.items():
                row = known.get(key)
                if row is None or row.is_due_for(target.modified if trust else None, now):
                    yield target

    def known(self, url: str) -> UrlRow | None:
        """Return what is known of an address, in whatever spelling, or None."""
        row = self._store.row(SELECT_URL + "WHERE url.key = ?", (url_key(url),))
        return read_row(row) if row else None

    def knows(self, url: str) -> bool:
        """Tell whether an address was ever named, in whatever spelling."""
        return self._store.row("SELECT 1 FROM url WHERE key = ?", (url_key(url),)) is not None

    def _known_of(self, batch: Iterable[bytes]) -> dict[bytes, _Known]:
        keys = list(batch)
        marks = ",".join("?" * len(keys))
        rows = self._store.rows(
            f"SELECT key, id, host, status, rank, due_at, modified, last_fetched FROM url WHERE key IN ({marks})",
            keys,
        )
        return {row[0]: _Known(row) for row in rows}

    def _insert(self, fresh: list[tuple[bytes, Target]], *, now: float, rank: int, due_at: float) -> None:
        rows = []
        for key, target in fresh:
            host = self._hosts.number(host_key(target.url))
            rows.append((key, host, rank, due_at, now, *self._hints(target)))
            self._line.mark(host)
        self._store.run_many(_INSERT, rows)

    def _hints(self, target: Target) -> tuple[Any, ...]:
        return (
            target.source,
            self._places.number(clean_text(target.found_at) or "") if target.found_at else None,
            target.depth,
            clean_text(target.published),
            clean_text(target.modified),
            clean_text(target.title),
            pack_text(target.url),
        )

    def _meet(self, known: _Known, modified: str | None, now: float, rank: int) -> bool:
        """Note what a source says of an address that is known; return whether it is due again for it."""
        is_newer = known.is_older_than(modified)
        if known.status in {PENDING, LEASED}:
            if is_newer or rank < known.rank:
                self._change(known, modified if is_newer else known.modified, known.due_at, min(rank, known.rank))
            return False
        if not is_newer:
            return False
        is_due = known.due_at is not None and known.due_at <= now
        self._change(known, modified, known.due_at if is_due else now, min(rank, known.rank))
        return not is_due

    def _change(self, known: _Known, modified: str | None, due_at: float | None, rank: int) -> None:
        self._store.run(
            "UPDATE url SET modified = ?, due_at = ?, rank = ? WHERE id = ?",
            (clean_text(modified), due_at, rank, known.id),
        )
        self._line.mark(known.host)
