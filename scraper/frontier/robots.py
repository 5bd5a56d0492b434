"""robots.txt of each origin, kept across runs."""

from __future__ import annotations

import zlib
from typing import Final

from scraper.frontier.names import Names
from scraper.frontier.store import Store
from scraper.model import Value
from scraper.web.urls import host_key

MAX_BYTES: Final = 500 * 1024
"""What must be read of it; the rest is not kept. Source: RFC 9309, 2.5"""


class RobotsCopy(Value, frozen=True, kw_only=True):
    """The robots.txt of one origin (scheme, host and port) as it was last fetched."""

    origin: str
    status: int | None
    """None if there was no answer."""
    body: bytes = b""
    fetched_at: float
    expires_at: float


class RobotsStore:
    """Keeps one copy for each origin."""

    def __init__(self, store: Store, hosts: Names) -> None:
        self._store, self._hosts = store, hosts

    def get(self, origin: str) -> RobotsCopy | None:
        """Return the copy, also one that has expired: while the host cannot be reached, it is better than none."""
        row = self._store.row("SELECT status, body, fetched_at, expires_at FROM robots WHERE origin = ?", (origin,))
        if row is None:
            return None
        status, packed, fetched_at, expires_at = row
        body = zlib.decompress(packed)
        return RobotsCopy(origin=origin, status=status, body=body, fetched_at=fetched_at, expires_at=expires_at)

    def put(self, copy: RobotsCopy) -> None:
        """Keep a copy in place of the one before."""
        packed = zlib.compress(copy.body[:MAX_BYTES])
        with self._store.transaction():
            host = self._hosts.number(host_key(copy.origin + "/"))
            self._store.run(
                "INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?, ?, ?)",
                (copy.origin, host, copy.status, packed, copy.fetched_at, copy.expires_at),
            )
