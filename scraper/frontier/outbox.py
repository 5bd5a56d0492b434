"""Lines on their way to files: kept with the addresses they come from, in one commit, until a file holds them for good.

What was posted and not yet taken into a part is written again after a crash, behind the part's committed length: each
line is then in the files once.
"""

from __future__ import annotations

from scraper.errors import StateError
from scraper.frontier.store import Store
from scraper.model import Value


class Posted(Value, frozen=True, kw_only=True):
    """A line that waits for its file."""

    seq: int
    sink: str
    line: bytes


class Part(Value, frozen=True, kw_only=True):
    """A file of output, as far as it is known to be on the disk."""

    sink: str
    file: str
    length: int
    """Bytes; what stands behind them was not committed, and is to be cut off."""
    records: int
    last_seq: int
    published: bool = False


class Outbox:
    """Numbers grow and are never given twice."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def post(self, sink: str, line: bytes) -> int:
        """Take a line; return its number."""
        return self._store.insert("INSERT INTO outbox (sink, line) VALUES (?, ?)", (sink, line))

    def pending(self, after: int = 0, limit: int = 1000, *, sink: str | None = None) -> list[Posted]:
        """Return the lines behind a number that are in no file yet, in order, of one sink or of all."""
        rows = self._store.rows(
            "SELECT seq, sink, line FROM outbox WHERE seq > ? AND sink = coalesce(?, sink) ORDER BY seq LIMIT ?",
            (after, sink, limit),
        )
        return [Posted(seq=seq, sink=sink, line=line) for seq, sink, line in rows]

    def waiting(self) -> int:
        """Return how many lines are in no file yet."""
        return self._store.number("SELECT count(*) FROM outbox")

    def commit_part(self, sink: str, file: str, length: int, records: int, upto_seq: int) -> None:
        """Say that a file holds, on the disk, all lines of the sink up to a number; they are forgotten here.

        Raises StateError, and forgets nothing, if the file is published or would become shorter.
        """
        with self._store.transaction():
            old = self.part(sink, file)
            if old is not None and (old.published or length < old.length):
                raise StateError(f"{file}: {length} bytes cannot follow on {old.length}; nothing was forgotten.")
            self._store.run(
                "INSERT OR REPLACE INTO part (sink, file, length, records, last_seq) VALUES (?, ?, ?, ?, ?)",
                (sink, file, length, records, upto_seq),
            )
            self._store.run("DELETE FROM outbox WHERE sink = ? AND seq <= ?", (sink, upto_seq))

    def publish_part(self, sink: str, file: str) -> None:
        """Say that a file is complete and has its name; it does not grow any more."""
        self._store.run("UPDATE part SET published = 1 WHERE sink = ? AND file = ?", (sink, file))

    def drop_part(self, sink: str, file: str) -> None:
        """Forget a file, which somebody has removed."""
        self._store.run("DELETE FROM part WHERE sink = ? AND file = ?", (sink, file))

    def part(self, sink: str, file: str) -> Part | None:
        """Return what is known of a file, or None."""
        return next((part for part in self.parts(sink) if part.file == file), None)

    def parts(self, sink: str, *, published: bool | None = None) -> list[Part]:
        """Return the files of a sink by name: all, the open ones, or the published ones."""
        rows = self._store.rows(
            "SELECT file, length, records, last_seq, published FROM part WHERE sink = ?"
            " AND published = coalesce(?, published) ORDER BY file",
            (sink, published),
        )
        return [
            Part(sink=sink, file=file, length=length, records=records, last_seq=seq, published=bool(is_published))
            for file, length, records, seq, is_published in rows
        ]
