"""What the fetchers remember, kept in the frontier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from scraper.fetchers.memory import HostState, KeptResource
from scraper.frontier import Frontier, RobotsCopy

_DAY: Final = timedelta(days=1)


class FrontierMemory:
    """Hosts and files about hosts, from run to run. `unix_now` gives the time in seconds since 1970."""

    def __init__(self, frontier: Frontier, *, unix_now: Callable[[], float]) -> None:
        self._frontier, self._unix_now = frontier, unix_now

    def load_host(self, key: str) -> HostState | None:
        state = self._frontier.hosts.load(key)
        return HostState(
            parked_until=state.parked_until,
            strikes=state.strikes,
            failures=state.failures,
            latency_s=state.latency_s,
            last_at=state.last_ok or 0.0,
        )

    def save_host(self, key: str, state: HostState) -> None:
        before = self._frontier.hosts.load(key)
        kept = msgspec.structs.replace(
            before,
            parked_until=state.parked_until,
            strikes=state.strikes,
            failures=state.failures,
            latency_s=state.latency_s,
            last_ok=state.last_at or before.last_ok,
        )
        self._frontier.hosts.save([kept])

    def load_resource(self, url: str) -> KeptResource | None:
        copy = self._frontier.robots.get(url)
        if copy is None or copy.status is None:
            return None
        return KeptResource(status=copy.status, body=copy.body, fetched_at=datetime.fromtimestamp(copy.fetched_at, UTC))

    def save_resource(self, url: str, kept: KeptResource) -> None:
        fetched_at = kept.fetched_at.timestamp()
        self._frontier.robots.put(
            RobotsCopy(
                origin=url,
                status=kept.status,
                body=kept.body,
                fetched_at=fetched_at,
                expires_at=fetched_at + _DAY.total_seconds(),
            )
        )
