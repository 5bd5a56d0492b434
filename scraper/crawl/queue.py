"""Targets waiting for their turn, host by host: a host with a million addresses does not hold up the others."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from typing import Final

from scraper.model import Target
from scraper.web.urls import host_key, url_key

__all__ = ["HOST_BOUND", "HostQueue", "queue_host", "url_key"]

HOST_BOUND: Final = 10_000
"""Targets of one host held in memory; a source that names more waits."""


def queue_host(target: Target) -> str:
    """Return the host whose turn a target takes; saved files share one."""
    return host_key(target.url)


class HostQueue:
    """Takes every address once and hands targets out host by host in turn.

    `per_host` says how many targets of a host may be out at the same time; `release` brings one back.
    """

    def __init__(self, per_host: Callable[[str], int], *, host_bound: int = HOST_BOUND) -> None:
        self._per_host, self._host_bound = per_host, host_bound
        self._lines: dict[str, deque[Target]] = {}
        self._turns: deque[str] = deque()
        self._out: Counter[str] = Counter()
        self._seen: set[bytes] = set()
        self._turn_count = asyncio.Semaphore(0)
        self._room = asyncio.Event()
        self._closed = False
        self.waiting = 0

    async def put(self, target: Target) -> bool:
        """Take a target, when its host has room; False if its address was taken before or the queue is closed."""
        key = url_key(target.url)
        if key in self._seen:
            return False
        host = queue_host(target)
        while len(self._lines.get(host, ())) >= self._host_bound and not self._closed:
            await self._room.wait()
        if self._closed or key in self._seen:
            return False
        self._seen.add(key)
        self._lines.setdefault(host, deque()).append(target)
        self.waiting += 1
        self._give_turn(host)
        return True

    def knows(self, url: str) -> bool:
        """Tell whether the address was taken, in whatever spelling."""
        return url_key(url) in self._seen

    def skip(self, url: str) -> None:
        """Take the address for one that was taken before."""
        self._seen.add(url_key(url))

    async def take(self) -> Target | None:
        """Return the next target, or None once the queue is closed and empty."""
        while True:
            await self._turn_count.acquire()
            if self._turns:
                return self._hand_out(self._turns.popleft())
            if self._closed and not self.waiting:
                self._turn_count.release()  # the next one who waits shall learn it too
                return None

    def release(self, target: Target) -> None:
        """Say that a target handed out no longer occupies its host."""
        host = queue_host(target)
        self._out[host] -= 1
        if not self._out[host]:
            del self._out[host]
        self._give_turn(host)

    def close(self, *, drop: bool = False) -> None:
        """Take nothing more; with `drop`, hand nothing more out either: what waits is left for another run."""
        self._closed = True
        if drop:
            self._lines.clear()
            self._turns.clear()
            self.waiting = 0
        self._room.set()
        self._turn_count.release()

    def _hand_out(self, host: str) -> Target:
        line = self._lines[host]
        target = line.popleft()
        self.waiting -= 1
        self._out[host] += 1
        if not line:
            del self._lines[host]
        self._give_turn(host)
        self._room.set()
        self._room = asyncio.Event()
        if self._closed and not self.waiting:
            self._turn_count.release()
        return target

    def _give_turn(self, host: str) -> None:
        """Queue a host up if it has a target waiting, a free place, and no turn coming."""
        if host in self._lines and host not in self._turns and self._out[host] < self._per_host(host):
            self._turns.append(host)
            self._turn_count.release()
