"""What a fetch is waiting for, said to somebody who sits before it: a host that asks for peace may take minutes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final, TextIO

from scraper.crawl.progress import plain
from scraper.fetchers.log import LogLine, RequestLine
from scraper.fetchers.messages import TRANSIENT_STATUSES

_LONG_S: Final = 3.0
"""A pause as long as this is said, whatever it is for; one that follows a failure always is."""
_QUIET_S: Final = 5.0
"""So long somebody waits without a word."""


class Patience:
    """Says on a terminal what takes long, and nothing anywhere else. `record` and `sleep` are for the fetcher."""

    def __init__(self, stream: TextIO, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._stream = stream if stream.isatty() else None
        self._sleep = sleep
        self._failed = ""
        self._has_spoken = False

    def record(self, line: LogLine) -> None:
        """Take note of how a request ended."""
        if isinstance(line, RequestLine):
            failure = _failure(line)
            self._failed = f"{line.url}: {failure}; " if failure else ""

    async def sleep(self, seconds: float) -> None:
        """Wait so long; say why, if it follows a failure or is long."""
        if seconds >= _LONG_S or (self._failed and seconds > 0):
            self._say(f"{self._failed}waiting {math.ceil(seconds)} s before the next request; Ctrl-C ends it.")
            self._failed = ""
        await self._sleep(seconds)

    @asynccontextmanager
    async def over(self, url: str) -> AsyncIterator[None]:
        """Say within this block, if it takes long and nothing else was said, that the page has not come yet."""
        self._has_spoken = False
        reminder = asyncio.create_task(self._remind(url))
        try:
            yield
        finally:
            reminder.cancel()

    async def _remind(self, url: str) -> None:
        await self._sleep(_QUIET_S)
        if not self._has_spoken:
            self._say(f"{url}: no answer yet; Ctrl-C ends it.")

    def _say(self, sentence: str) -> None:
        self._has_spoken = True
        if self._stream is not None:
            print(plain(sentence), file=self._stream, flush=True)


def _failure(line: RequestLine) -> str:
    """Return what was wrong, if asking again may help."""
    if line.status in TRANSIENT_STATUSES:
        return f"status {line.status}"
    return "" if line.outcome == "ok" else line.outcome
