"""Memory for fetched pages: who fetches waits while the extraction cannot keep up."""

from __future__ import annotations

import asyncio


class Room:
    """`places` for pages that are read or about to be. While a page waits for a place, no new request begins.

    So no more pages are in memory than places and requests in flight, however many hosts take part. Who holds a place
    must not wait for the network: a request might be waiting for that place.
    """

    def __init__(self, places: int) -> None:
        self._places = asyncio.Semaphore(places)
        self._has_place = asyncio.Event()
        self._has_place.set()
        self._waiting = 0

    async def enter(self) -> None:
        """Wait for a place and take it."""
        self._waiting += 1
        self._has_place.clear()
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._has_place.set()

    def leave(self) -> None:
        """Give a place back."""
        self._places.release()

    async def admit(self) -> None:
        """Wait until no page waits for a place."""
        await self._has_place.wait()
