"""One owner per host: who may ask it, and when.

Every request to a host, robots.txt and redirects included, takes its turn here. A turn begins no sooner than the
host's gap after the turn before began, never while the host is parked, and no more of them are open at once than the
host's width. What a server says with 429 or 503 holds for the host, not for one address of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from typing import Final

from scraper.errors import FetchError

_log = logging.getLogger(__name__)

_DAY_S: Final = 86_400.0
_FIRST_PARK_S: Final = 60.0
_MAX_LINES: Final = 4096


class _Line:
    """The queue before one host."""

    def __init__(self, width: int) -> None:
        self.slots = asyncio.Semaphore(width)
        self.gate = asyncio.Lock()
        self.last_at = -_DAY_S
        self.parked_until = -_DAY_S
        self.strikes = 0
        self.users = 0


class Pace:
    """Hands out turns. `at_once` bounds the turns open over all hosts; time and sleep are injected.

    `admit` is entered when a turn's host has nothing against it any more, and left when the turn ends: who calls can
    hold requests back there for reasons of his own, and see how many are open.

    A host parked for longer than `max_wait_s` is not waited for: its turns fail with host_parked until then.
    """

    def __init__(
        self,
        *,
        at_once: int,
        max_wait_s: float,
        monotonic: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]],
        admit: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
    ) -> None:
        self._max_wait_s, self._monotonic, self._sleep, self._admit = max_wait_s, monotonic, sleep, admit
        self._anywhere = asyncio.Semaphore(at_once)
        self._lines: dict[str, _Line] = {}

    @asynccontextmanager
    async def turn(self, host: str, url: str, *, gap_s: float, width: int = 1) -> AsyncIterator[None]:
        """Wait for the host's next turn and hold it. Raises FetchError(host_parked)."""
        line = self._line(host, width)
        line.users += 1
        try:
            async with line.slots, AsyncExitStack() as held:
                async with line.gate:
                    await self._wait(line, url, gap_s)
                    await held.enter_async_context(self._anywhere)
                    await held.enter_async_context(self._admit())
                    line.last_at = self._monotonic()
                yield
        finally:
            line.users -= 1

    def park(self, host: str, retry_after_s: float | None) -> float:
        """Leave a host alone for as long as it asks, or 60 s, doubled each time; a day at most. Return the seconds."""
        line = self._line(host, 1)
        line.strikes += 1
        asked_s = _FIRST_PARK_S * 2 ** min(line.strikes - 1, 20) if retry_after_s is None else retry_after_s
        for_s = min(asked_s, _DAY_S)
        line.parked_until = max(line.parked_until, self._monotonic() + for_s)
        _log.info("%s parked for %.0f s (asked for: %s)", host, for_s, retry_after_s)
        return for_s

    def forgive(self, host: str) -> None:
        """The host answers as it should: the next park begins at 60 s again."""
        if host in self._lines:
            self._lines[host].strikes = 0

    async def _wait(self, line: _Line, url: str, gap_s: float) -> None:
        while True:
            now_s = self._monotonic()
            parked_s = line.parked_until - now_s
            if parked_s > self._max_wait_s:
                raise FetchError("host_parked", url, f"the host is left alone for another {parked_s:.0f} s")
            wait_s = max(parked_s, line.last_at + gap_s - now_s)
            if wait_s <= 0:
                return
            await self._sleep(wait_s)

    def _line(self, host: str, width: int) -> _Line:
        line = self._lines.get(host)
        if line is None:
            self._prune()
            line = self._lines[host] = _Line(width)
        return line

    def _prune(self) -> None:
        """Forget hosts that nobody waits for and that owe no wait, once there are very many."""
        if len(self._lines) < _MAX_LINES:
            return
        now_s = self._monotonic()
        for host in [host for host, line in self._lines.items() if not line.users]:
            line = self._lines[host]
            if line.parked_until < now_s and line.last_at < now_s - 600 and not line.strikes:
                del self._lines[host]
