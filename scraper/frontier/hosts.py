"""How each host behaves: what must outlive a run so that the next one does not start by knocking again."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from scraper.frontier.line import Line
from scraper.frontier.names import Names
from scraper.frontier.store import Store
from scraper.model import Value


class HostState(Value, frozen=True, kw_only=True):
    """What is remembered of one host. Times are unix seconds."""

    host: str
    parked_until: float = 0.0
    strikes: int = 0
    """Times it was parked since it last answered as it should."""
    latency_s: float | None = None
    failures: int = 0
    """Fetches in a row that failed."""
    last_ok: float | None = None
    probe: bytes | None = None
    """Fingerprint of the page it gives for an address that does not exist; None if it says so."""
    probed_at: float | None = None
    counters: dict[str, int] = msgspec.field(default_factory=dict)


class Hosts:
    """Loads and saves the states of hosts."""

    def __init__(self, store: Store, hosts: Names, line: Line) -> None:
        self._store, self._hosts, self._line = store, hosts, line

    def load(self, host: str) -> HostState:
        """Return a host's state; of a host never heard of, a blank one."""
        row = self._store.row(
            "SELECT parked_until, strikes, latency_s, failures, last_ok, probe, probed_at, counters"
            " FROM host WHERE name = ?",
            (host,),
        )
        if row is None:
            return HostState(host=host)
        return HostState(
            host=host,
            parked_until=row[0],
            strikes=row[1],
            latency_s=row[2],
            failures=row[3],
            last_ok=row[4],
            probe=row[5],
            probed_at=row[6],
            counters=msgspec.msgpack.decode(row[7], type=dict[str, int]) if row[7] else {},
        )

    def save(self, states: Iterable[HostState]) -> None:
        """Remember the states; a parked host has no turn until then."""
        with self._store.transaction():
            for state in states:
                number = self._hosts.number(state.host)
                self._store.run(
                    "UPDATE host SET parked_until = ?, strikes = ?, latency_s = ?, failures = ?, last_ok = ?,"
                    " probe = ?, probed_at = ?, counters = ? WHERE id = ?",
                    (
                        state.parked_until,
                        state.strikes,
                        state.latency_s,
                        state.failures,
                        state.last_ok,
                        state.probe,
                        state.probed_at,
                        msgspec.msgpack.encode(state.counters) if state.counters else None,
                        number,
                    ),
                )
                self._line.mark(number)
