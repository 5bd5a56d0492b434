"""Numbers for the names that many rows share: hosts, and the feeds and sitemaps that named an address."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Literal

from scraper.frontier.store import Store

_KEPT: Final = 4096


class Names:
    """The numbers of one table, the latest few thousand in memory."""

    def __init__(self, store: Store, table: Literal["host", "place"]) -> None:
        self._store, self._table = store, table
        self._numbers: OrderedDict[str, int] = OrderedDict()
        store.watch(before_commit=lambda: None, after_rollback=self._numbers.clear)

    def find(self, name: str) -> int | None:
        """Return the number of a name, or None if it has none yet."""
        number = self._numbers.get(name)
        if number is None:
            row = self._store.row(f"SELECT id FROM {self._table} WHERE name = ?", (name,))
            if row is None:
                return None
            number = self._keep(name, row[0])
        return number

    def number(self, name: str) -> int:
        """Return the number of a name, a new one if need be."""
        number = self.find(name)
        if number is None:
            number = self._keep(name, self._store.insert(f"INSERT INTO {self._table} (name) VALUES (?)", (name,)))
        return number

    def _keep(self, name: str, number: int) -> int:
        self._numbers[name] = number
        if len(self._numbers) > _KEPT:
            self._numbers.popitem(last=False)
        return number
