"""One owner per politeness key: a host, or with `group_by = "ip"` all hosts of one address.

Every request, robots.txt and redirects included, takes its turn with the owner of its host. A turn begins no sooner
than the gap after the turn before began, never while the host is parked or outside its hours, and no more of them are
open at once than its width. The owner learns from every answer: how long the host takes, that it wants to be left
alone (429, 503: that holds for the host, not for one address of it), that it does not answer at all.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from datetime import datetime
from typing import Final, Literal

from scraper.config.window import Window
from scraper.errors import FetchError
from scraper.fetchers.memory import HostState
from scraper.model import Value

_log = logging.getLogger(__name__)

DAY_S: Final = 86_400.0
_NEVER: Final = -math.inf
FIRST_PARK_S: Final = 60.0
PARK_JITTER: Final = 0.1
QUIET_S: Final = 600.0
"""A host that has not complained for so long, or for as long as it was parked last, begins at 60 s again."""
_LATENCY_WEIGHT: Final = 0.3
"""Of the newest answer in the moving average."""

WaitReason = Literal["", "delay", "crawl_delay", "latency", "parked", "window", "places"]


class Rule(Value, frozen=True, kw_only=True):
    """What holds for the turns of one host. The gap is the longest of its three parts."""

    delay_s: float = 0.0
    crawl_delay_s: float = 0.0
    """As robots.txt asks, clamped."""
    latency_factor: float = 0.0
    """A host that takes t seconds to answer gets a pause of this many t."""
    width: int = 1
    window: Window | None = None
    breaker_failures: int = 0
    """Failures in a row after which the host is left for the next run; 0: never."""

    def gap(self, latency_s: float | None) -> tuple[float, WaitReason]:
        """Return the seconds between two turns, and which part says so."""
        parts: tuple[tuple[float, WaitReason], ...] = (
            (self.delay_s, "delay"),
            (self.crawl_delay_s, "crawl_delay"),
            (self.latency_factor * (latency_s or 0.0), "latency"),
        )
        return max(parts, key=lambda part: part[0])

    def without_gap(self) -> Rule:
        """Return the rule for what follows within one visit: all but the gap."""
        return Rule(width=self.width, window=self.window, breaker_failures=self.breaker_failures)


def smoothed(before_s: float | None, newest_s: float) -> float:
    """Return the moving average of a host's latency with one more answer."""
    return newest_s if before_s is None else before_s + _LATENCY_WEIGHT * (newest_s - before_s)


class Owner:
    """What is known of one politeness key, and the queue before it. Times are those of `monotonic`."""

    def __init__(self, key: str, width: int, *, monotonic: Callable[[], float], random: Callable[[], float]) -> None:
        self.key, self._monotonic, self._random = key, monotonic, random
        self.slots = asyncio.Semaphore(width)
        self.gate = asyncio.Lock()
        self.users = 0
        self.last_at = self.parked_until = _NEVER
        self.strikes = self.failures = 0
        self._last_park_s = 0.0
        self.latency_s: float | None = None

    def check(self, url: str, rule: Rule) -> None:
        """Raise FetchError(host_given_up) if the host failed too often in a row."""
        if 0 < rule.breaker_failures <= self.failures:
            raise FetchError("host_given_up", url, f"{self.failures} failures in a row")

    def wait(self, rule: Rule, now: datetime) -> tuple[float, WaitReason]:
        """Return the seconds until the next turn may begin, and what is waited for."""
        now_s = self._monotonic()
        gap_s, why = rule.gap(self.latency_s)
        parts: list[tuple[float, WaitReason]] = [(self.last_at + gap_s - now_s, why)]
        parts.append((self.parked_until - now_s, "parked"))
        if rule.window is not None:
            parts.append((rule.window.opens_in_s(now), "window"))
        wait_s, why = max(parts, key=lambda part: part[0])
        return (wait_s, why) if wait_s > 0 else (0.0, "")

    def park(self, retry_after_s: float | None) -> float:
        """Leave the host alone for as long as it asks, or 60 s, doubled each time; a day at most.

        Return the seconds.
        """
        now_s = self._monotonic()
        if now_s - self.parked_until > max(QUIET_S, self._last_park_s):
            self.strikes = 0
        self.strikes += 1
        if retry_after_s is None:
            wanted_s = FIRST_PARK_S * 2.0 ** min(self.strikes - 1, 20) * (1 + PARK_JITTER * (2 * self._random() - 1))
        else:
            wanted_s = retry_after_s
        for_s = self._last_park_s = min(wanted_s, DAY_S)
        self.parked_until = max(self.parked_until, now_s + for_s)
        if wanted_s > for_s:
            _log.warning("%s asks to be left alone for %.0f s; it is for %.0f s", self.key, wanted_s, for_s)
        else:
            _log.info("%s parked for %.0f s (asked for: %s)", self.key, for_s, retry_after_s)
        return for_s

    def answered(self, after_s: float) -> None:
        """Take note of how long the host took to begin its answer."""
        self.latency_s = smoothed(self.latency_s, after_s)

    def failed(self) -> None:
        """Take note that the host did not answer as a host should."""
        self.failures += 1

    def succeeded(self) -> None:
        """Take note that the host is well: failures count from 0 again."""
        self.failures = 0

    def is_idle(self) -> bool:
        """Tell whether nobody waits for the host and nothing has to be remembered of it."""
        now_s = self._monotonic()
        return not self.users and not self.failures and max(self.parked_until, self.last_at) < now_s - QUIET_S

    def state(self, unix_offset_s: float) -> HostState:
        """Return what another run should know; `unix_offset_s` is what the clock of the world is ahead of ours."""
        return HostState(
            parked_until=max(self.parked_until + unix_offset_s, 0.0),
            strikes=self.strikes,
            failures=self.failures,
            latency_s=self.latency_s,
            last_at=max(self.last_at + unix_offset_s, 0.0),
        )

    def restore(self, state: HostState, unix_offset_s: float, *, breaker_failures: int) -> None:
        """Take over what another run knew. A host given up then gets one try: the next failure gives it up again."""
        now_s = self._monotonic()
        if state.parked_until:
            self.parked_until = min(state.parked_until - unix_offset_s, now_s + DAY_S)
        if state.last_at:
            self.last_at = min(state.last_at - unix_offset_s, now_s)
        self.strikes, self.latency_s = state.strikes, state.latency_s
        self.failures = min(state.failures, max(breaker_failures - 1, 0))
