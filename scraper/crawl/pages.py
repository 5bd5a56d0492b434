"""Target -> Page, from the network or from the disk."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from scraper.fetchers.saved import read_saved
from scraper.model import Page, Target

if TYPE_CHECKING:
    from scraper.fetchers import HttpFetcher


class PageSource:
    """Brings the page of a target, wherever it lies."""

    def __init__(self, fetcher: HttpFetcher) -> None:
        self._fetcher = fetcher

    async def fetch(self, target: Target) -> Page:
        """Return the page. Raises FetchError with the reason if there is none."""
        if target.source == "file":
            return await asyncio.to_thread(read_saved, saved_path(target.url))
        return await self._fetcher.fetch_page(target)


def saved_path(url: str) -> Path:
    """Return the path that a file:// address names."""
    return Path(url2pathname(urlsplit(url).path))
