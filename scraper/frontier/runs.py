"""What earlier runs did, as a whole and host by host."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from scraper.frontier.figures import Figures
from scraper.frontier.names import Names
from scraper.frontier.store import Store
from scraper.model import Value

KEPT_PER_HOST: Final = 60
"""Runs of a host that are remembered."""


class RunRow(Value, frozen=True, kw_only=True):
    """One run. `finished` and `exit` are None while it goes on, and for good if it was killed."""

    run: int
    started: float
    finished: float | None = None
    exit: int | None = None
    figures: dict[str, Any] = msgspec.field(default_factory=dict)


class Runs:
    """Begins and finishes runs, and keeps what came of each host."""

    def __init__(self, store: Store, hosts: Names) -> None:
        self._store, self._hosts = store, hosts

    def begin(self, now: float) -> int:
        """Return the number of a new run; numbers grow and are never given twice."""
        return self._store.insert("INSERT INTO run (started) VALUES (?)", (now,))

    def finish(self, run: int, *, now: float, exit: int, figures: Mapping[str, Any]) -> None:
        """Write down how a run ended; the figures are whatever JSON can say."""
        self._store.run(
            "UPDATE run SET finished = ?, exit = ?, figures = ? WHERE id = ?",
            (now, exit, msgspec.json.encode(figures), run),
        )

    def last(self, n: int = 10) -> list[RunRow]:
        """Return the last n runs, the latest first."""
        rows = self._store.rows("SELECT id, started, finished, exit, figures FROM run ORDER BY id DESC LIMIT ?", (n,))
        return [
            RunRow(
                run=number,
                started=started,
                finished=finished,
                exit=exit,
                figures=msgspec.json.decode(figures) if figures else {},
            )
            for number, started, finished, exit, figures in rows
        ]

    def record(self, run: int, figures: Mapping[str, Figures]) -> None:
        """Write down what a run brought of each host; of each the latest runs are kept."""
        with self._store.transaction():
            for name, of_host in figures.items():
                host = self._hosts.number(name)
                self._store.run(
                    "INSERT OR REPLACE INTO history VALUES (?, ?, ?)", (host, run, msgspec.msgpack.encode(of_host))
                )
                self._store.run(
                    "DELETE FROM history WHERE host = ? AND run <= "
                    "(SELECT run FROM history WHERE host = ? ORDER BY run DESC LIMIT 1 OFFSET ?)",
                    (host, host, KEPT_PER_HOST),
                )

    def history(self, host: str, n: int = 30) -> list[Figures]:
        """Return what the last n runs brought of a host, the latest last."""
        rows = self._store.rows(
            "SELECT figures FROM history WHERE host = ? ORDER BY run DESC LIMIT ?", (self._hosts.find(host) or 0, n)
        )
        return [msgspec.msgpack.decode(figures, type=Figures) for (figures,) in reversed(rows)]
