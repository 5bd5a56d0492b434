"""A page of each host that the yield watch follows, in case it has to show one."""

from __future__ import annotations

import zlib

from scraper.frontier import Frontier
from scraper.frontier.watch import MIN_RUNS
from scraper.model import Page


class Samples:
    """Holds the first page of each host with a history, compressed: a few KB a host."""

    def __init__(self, frontier: Frontier) -> None:
        self._frontier = frontier
        self._pages: dict[str, bytes | None] = {}

    def offer(self, host: str, page: Page) -> None:
        """Take a page if its host has none yet and may be alarmed about."""
        if host in self._pages:
            return
        watched = len(self._frontier.runs.history(host, MIN_RUNS)) >= MIN_RUNS
        self._pages[host] = zlib.compress(page.body, 1) if watched else None

    def of(self, host: str) -> bytes | None:
        """Return the page of a host, or None."""
        kept = self._pages.get(host)
        return zlib.decompress(kept) if kept else None
