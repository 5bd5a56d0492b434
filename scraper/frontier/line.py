"""The line of hosts: who has something due, and whose turn it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from scraper.frontier.store import Store

_MAX_MARKED: Final = 4096
LONGEST_PARK_S: Final = 86_400.0
"""No host is left alone for longer, whatever it asks for."""
_RAN_LATER: Final = "SELECT 1 FROM run WHERE id > (SELECT max(id) FROM run) - 10 AND started > ?"
"""Whether one of the last runs began in what is now the future."""
WAITING: Final = "due_at IS NOT NULL AND status <> 1"
"""The condition of the index `url_waiting`, word for word: SQLite uses it only then."""


class Line:
    """Hosts in the order in which they became ready: due, not parked, and longest without a turn."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._marked: set[int] = set()
        store.watch(before_commit=self.refresh, after_rollback=self._marked.clear)

    def mark(self, host: int) -> None:
        """Note that what waits of a host has changed; `refresh`, at the latest at the commit, looks what it is now."""
        self._marked.add(host)
        if len(self._marked) >= _MAX_MARKED:
            self.refresh()

    def refresh(self) -> None:
        """Give every marked host its place."""
        if not self._marked:
            return
        with self._store.transaction():
            self._store.run_many(
                "UPDATE host SET next_due = ?, turn_at = max(?, leased_at, parked_until) WHERE id = ?",
                [(due := self._next_due(host), due, host) for host in sorted(self._marked)],
            )
            self._marked.clear()

    def ranks(self, host: int) -> Iterator[tuple[int, float]]:
        """Yield each rank of which something of the host waits, the first to be leased first, with its earliest time.

        One look into the index for each, however many rows there are.
        """
        sql = f"SELECT rank, due_at FROM url WHERE host = ? AND {WAITING} ORDER BY rank, due_at LIMIT 1"
        found = self._store.row(sql, (host,))
        sql = f"SELECT rank, due_at FROM url WHERE host = ? AND rank > ? AND {WAITING} ORDER BY rank, due_at LIMIT 1"
        while found is not None:
            yield found[0], found[1]
            found = self._store.row(sql, (host, found[0]))

    def _next_due(self, host: int) -> float | None:
        return min((due for _, due in self.ranks(host)), default=None)

    def take_turn(self, host: int, now: float) -> None:
        """Send a host to the end of the line."""
        self._store.run("UPDATE host SET leased_at = ?, turns = turns + 1 WHERE id = ?", (now, host))
        self.mark(host)

    def due(self, now: float, *, limit: int, exclude: Collection[str] = ()) -> list[str]:
        """Return the hosts whose turn it is, first come first served."""
        self.refresh()
        found = self._store.rows(
            "SELECT name FROM host WHERE turn_at <= ? ORDER BY turn_at, turns, id LIMIT ?", (now, limit + len(exclude))
        )
        shut = frozenset(exclude)
        return [name for (name,) in found if name not in shut][:limit]

    def unstick(self, now: float) -> None:
        """Let nobody wait for a turn he had in the future, or for a park beyond the longest: the clock was set back."""
        latest = now + LONGEST_PARK_S
        stuck = "turn_at > ? AND (leased_at > ? OR parked_until > ?)"
        if self._store.row(_RAN_LATER, (now,)):
            stuck = "? IS NOT NULL AND (leased_at > ? OR parked_until > ?)"  # also those that had nothing due then
        rows = self._store.rows(f"SELECT id FROM host WHERE {stuck}", (now, now, latest))
        self._store.run_many(
            "UPDATE host SET leased_at = min(leased_at, ?), parked_until = min(parked_until, ?) WHERE id = ?",
            [(now, latest, host) for (host,) in rows],
        )
        self.mark_all(host for (host,) in rows)

    def mark_all(self, hosts: Iterable[int]) -> None:
        for host in hosts:
            self.mark(host)
