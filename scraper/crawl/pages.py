"""Target -> Page, from the network or from the disk."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urlsplit

from scraper.fetchers.messages import Validators
from scraper.fetchers.saved import read_saved
from scraper.model import Page, Target

if TYPE_CHECKING:
    from scraper.fetchers import HttpFetcher


class PageSource:
    """Brings the page of a target, wherever it lies; saved ones are held to `max_bytes` here, others by the fetcher."""

    def __init__(self, fetcher: HttpFetcher, *, max_bytes: int) -> None:
        self._fetcher, self._max_bytes = fetcher, max_bytes

    async def fetch(self, target: Target, validators: Validators | None = None) -> Page:
        """Return the page, or one of status 304. Raises FetchError with the reason if there is none."""
        if target.source == "file":
            return await asyncio.to_thread(read_saved, saved_path(target.url), max_bytes=self._max_bytes)
        return await self._fetcher.fetch_page(target, validators)


def saved_path(url: str) -> Path:
    """Return the path that a file:// address names, byte for byte: a name need not be UTF-8."""
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(url).path)))
