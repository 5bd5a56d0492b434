"""What the fetchers remember from run to run, if somebody keeps it for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from scraper.model import Value


class HostState(Value, frozen=True, kw_only=True):
    """One politeness key between two runs. Times are seconds since 1970; 0.0: never."""

    parked_until: float = 0.0
    strikes: int = 0
    """429 and 503 in a row, quiet spells apart."""
    failures: int = 0
    latency_s: float | None = None
    last_at: float = 0.0
    """When it was last asked."""


class KeptResource(Value, frozen=True, kw_only=True):
    """The last good answer for a file about a whole host: robots.txt, tdmrep.json."""

    status: int
    body: bytes
    fetched_at: datetime

    def stale_at(self, fresh: timedelta, *, now: datetime) -> datetime:
        """Return until when it holds; one that a clock which was ahead has dated in the future does not hold."""
        return self.fetched_at + fresh if self.fetched_at <= now else now


class Memory(Protocol):
    """Keeps host states by politeness key, and files about hosts by their address."""

    def load_host(self, key: str) -> HostState | None: ...

    def save_host(self, key: str, state: HostState) -> None: ...

    def load_resource(self, url: str) -> KeptResource | None: ...

    def save_resource(self, url: str, kept: KeptResource) -> None: ...


class NoMemory:
    """Forgets everything: for single pages."""

    def load_host(self, key: str) -> HostState | None:
        return None

    def save_host(self, key: str, state: HostState) -> None:
        return None

    def load_resource(self, url: str) -> KeptResource | None:
        return None

    def save_resource(self, url: str, kept: KeptResource) -> None:
        return None
