"""Files of output, as far as they are known to be on the disk.

Their lengths are written down in the transaction that says which addresses are done: what stands behind a length after
a crash belongs to no such transaction, and is cut off.
"""

from __future__ import annotations

from typing import Final

from scraper.errors import StateError
from scraper.frontier.store import Row, Store
from scraper.model import Value

_SELECT: Final = "SELECT sink, file, length, records, published, folder FROM part"


class Part(Value, frozen=True, kw_only=True):
    """A file of output, as far as it is known to be on the disk."""

    sink: str
    file: str
    length: int
    """Bytes; what stands behind them was not committed."""
    records: int
    published: bool = False
    folder: str = ""
    """Where it stands; empty where it goes with the state, as in a folder that has both and may be moved as a whole."""


class Parts:
    """Keeps the length of each file, also after somebody has carried the file away: no name is used twice."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def commit(self, sink: str, file: str, length: int, records: int, *, folder: str = "") -> None:
        """Say how much of a file is on the disk.

        Raises StateError, and changes nothing, if the file is published or would become shorter.
        """
        with self._store.transaction():
            old = self.get(sink, file)
            if old is not None and (old.published or length < old.length):
                raise StateError(f"{file}: {length} bytes cannot follow on {old.length}; the part is as it was.")
            self._store.run(
                "INSERT OR REPLACE INTO part (sink, file, length, records, folder) VALUES (?, ?, ?, ?, ?)",
                (sink, file, length, records, folder),
            )

    def publish(self, sink: str, file: str) -> None:
        """Say that a file is complete and has its name; it does not grow any more."""
        self._store.run("UPDATE part SET published = 1 WHERE sink = ? AND file = ?", (sink, file))

    def drop(self, sink: str, file: str) -> None:
        """Forget a file."""
        self._store.run("DELETE FROM part WHERE sink = ? AND file = ?", (sink, file))

    def get(self, sink: str, file: str) -> Part | None:
        """Return what is known of a file, or None."""
        row = self._store.row(f"{_SELECT} WHERE sink = ? AND file = ?", (sink, file))
        return None if row is None else _read(row)

    def names(self, sink: str, first: str) -> list[str]:
        """Return the names of a sink's files from `first` on, in their order."""
        rows = self._store.rows("SELECT file FROM part WHERE sink = ? AND file >= ? ORDER BY file", (sink, first))
        return [file for (file,) in rows]

    def all(self, sink: str | None = None, *, published: bool | None = None) -> list[Part]:
        """Return the files by sink and name: of all sinks or one, and of them all, the open or the published ones."""
        rows = self._store.rows(
            f"{_SELECT} WHERE sink = coalesce(?, sink) AND published = coalesce(?, published) ORDER BY sink, file",
            (sink, published),
        )
        return [_read(row) for row in rows]


def _read(row: Row) -> Part:
    """Return a row of _SELECT as a value."""
    sink, file, length, records, is_published, folder = row
    return Part(sink=sink, file=file, length=length, records=records, published=bool(is_published), folder=folder)
