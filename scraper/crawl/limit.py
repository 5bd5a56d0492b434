"""How many pages a run may still fetch."""

from __future__ import annotations

import asyncio


class Limit:
    """Lets at most `pages` pages be fetched; 0: as many as there are. What gives no page does not count.

    Who fetches takes a place first, and then either uses it up or gives it back.
    """

    def __init__(self, pages: int) -> None:
        self._pages = pages
        self._out = self._used = 0
        self._changed = asyncio.Event()

    async def take(self) -> bool:
        """Take a place, waiting while all that are left are out; False once all are used up."""
        while 0 < self._pages <= self._used + self._out:
            if self._pages <= self._used:
                return False
            await self._changed.wait()
        self._out += 1
        return True

    def use(self) -> None:
        """Say that a place taken brought a page."""
        self._used += 1
        self.give_back()

    def give_back(self) -> None:
        """Say that a place taken is free again."""
        self._out -= 1
        self._changed.set()
        self._changed = asyncio.Event()
