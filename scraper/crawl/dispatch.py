"""Addresses handed out host by host: a host with a million of them does not hold up the others, nor fill the memory."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

from scraper.frontier import Frontier, Lease

_LEASED_AT_ONCE: Final = 16
"""Addresses of a host taken from the frontier in one go."""
_HOSTS_AT_ONCE: Final = 2000
"""Hosts with addresses in memory; each costs a few tasks that wait for its pace."""


class Dispatcher:
    """Leases what is due at `horizon` and hands it out, hosts in turn.

    `per_host` says how many addresses of a host may be out at the same time; `release` brings one back. A host that
    is parked until `worth_waiting()` at most has its turn: its pace makes it wait. All in unix seconds. A host that had
    `budget` addresses handed out is left; 0: no bound.
    """

    def __init__(
        self,
        frontier: Frontier,
        *,
        run: int,
        horizon: float,
        worth_waiting: Callable[[], float],
        per_host: Callable[[str], int],
        budget: int = 0,
    ) -> None:
        self._frontier, self._run, self._horizon, self._per_host = frontier, run, horizon, per_host
        self._worth_waiting = worth_waiting
        self._waiting: dict[str, deque[Lease]] = {}
        self._ready: dict[str, None] = {}
        """Hosts with an address in memory and a free place, in turn."""
        self._out: Counter[str] = Counter()
        self._budget, self._handed_out = budget, Counter[str]()
        self._left: set[str] = set()
        self._empty: set[str] = set()
        """Hosts that have nothing due, though they will soon."""
        self._news = asyncio.Event()
        self._is_fed = self._is_closed = False

    async def take(self) -> Lease | None:
        """Return the next address; None once no more can come, or after `close`."""
        while not self._is_closed:
            self._news.clear()
            if not self._ready:
                self._refill()
            if self._ready:
                return self._hand_out(next(iter(self._ready)))
            if self._is_fed and not self._out and not self._waiting:
                return None
            await self._news.wait()
        return None

    def wake(self) -> None:
        """Say that the frontier has got new addresses."""
        self._empty.clear()
        self._news.set()

    def fed(self) -> None:
        """Say that no more addresses will come into the frontier."""
        self._is_fed = True
        self._news.set()

    def release(self, lease: Lease) -> None:
        """Say that an address handed out no longer occupies its host."""
        self._out[lease.host] -= 1
        if not self._out[lease.host]:
            del self._out[lease.host]
        self._line_up(lease.host)
        self._news.set()

    def leave(self, host: str) -> None:
        """Hand out nothing more of a host in this run; what was leased of it goes back."""
        self._left.add(host)
        self._frontier.leases.release(self._waiting.pop(host, ()))
        self._ready.pop(host, None)
        self._news.set()

    def close(self) -> None:
        """Hand nothing more out; what was leased and not handed out goes back."""
        self._is_closed = True
        for leases in self._waiting.values():
            self._frontier.leases.release(leases)
        self._waiting.clear()
        self._ready.clear()
        self._news.set()

    def _refill(self) -> None:
        """Take more from the frontier, until a host is ready or none is left that has nothing in memory."""
        while not self._ready and (hosts := self._next_hosts()):
            self._lease(hosts)

    def _next_hosts(self) -> list[str]:
        room = _HOSTS_AT_ONCE - len(self._waiting)
        busy = self._waiting.keys() | self._left | self._empty | {host for host in self._out if self._is_full(host)}
        return self._frontier.leases.hosts_due(self._worth_waiting(), limit=max(0, min(room, 100)), exclude=busy)

    def _lease(self, hosts: list[str]) -> None:
        for host in hosts:
            leases = self._frontier.leases.lease(host, _LEASED_AT_ONCE, run=self._run, now=self._horizon)
            if leases:
                self._waiting[host] = deque(leases)
                self._line_up(host)
            else:
                self._empty.add(host)

    def _is_full(self, host: str) -> bool:
        return self._out[host] >= self._per_host(host)

    def _hand_out(self, host: str) -> Lease:
        del self._ready[host]
        leases = self._waiting[host]
        lease = leases.popleft()
        if not leases:
            del self._waiting[host]
        self._out[host] += 1
        self._line_up(host)
        if self._budget:
            self._handed_out[host] += 1
            if self._handed_out[host] >= self._budget:
                self.leave(host)
        return lease

    def _line_up(self, host: str) -> None:
        """Queue a host up if it has an address in memory, a free place, and no turn coming."""
        if host in self._waiting and not self._is_full(host):
            self._ready.setdefault(host)
