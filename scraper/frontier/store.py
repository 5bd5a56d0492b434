"""The file: opening it, bringing it up to date, and changing it in transactions. The only module that knows sqlite3."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Self

from scraper.errors import StateError
from scraper.frontier.schema import APPLICATION_ID, MIGRATIONS

FILE_NAME: Final = "frontier.sqlite3"
_CACHE_KIB: Final = 16_384
"""Four times as much makes a frontier of ten million addresses no faster (docs/performance.md)."""
_WAL_PAGES: Final = 8192
"""Pages that gather before they are moved to the main file: many changes of one page then cost one write."""
_WAIT_S: Final = 10.0

Migrations = Sequence[Sequence[str]]
Row = tuple[Any, ...]


class Store:
    """One SQLite file (WAL, synchronous=FULL): what is committed outlives a kill and a power cut.

    Everything that cannot be read or written raises StateError. May be used from several threads, one at a time.
    """

    def __init__(self, path: Path, *, read_only: bool = False, migrations: Migrations = MIGRATIONS) -> None:
        self.path = path
        self._depth = 0
        self._is_doomed = False
        self._before_commit: list[Callable[[], None]] = []
        self._after_rollback: list[Callable[[], None]] = []
        try:
            self._connection = _connect(path, read_only)
        except (sqlite3.Error, OSError) as error:
            raise _state_error(path, error) from error
        try:
            self._prepare(migrations, read_only)
        except BaseException:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; a transaction that is open is lost."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def copy_to(self, path: Path) -> None:
        """Write all that is committed to another file, which replaces what it held."""
        try:
            with closing(sqlite3.connect(path)) as copy:
                self._connection.backup(copy)
        except sqlite3.Error as error:
            raise _state_error(path, error) from error

    def watch(self, *, before_commit: Callable[[], None], after_rollback: Callable[[], None]) -> None:
        """Have something done inside each transaction at its end, and something after one that came to nothing."""
        self._before_commit.append(before_commit)
        self._after_rollback.append(after_rollback)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is done inside, or, if it raises, nothing of it. One inside another joins it."""
        if self._depth == 0:
            self.run("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
            if self._depth == 1:
                self._commit()
        except BaseException:
            self._is_doomed = True
            if self._depth == 1:
                self._roll_back()
            raise
        finally:
            self._depth -= 1

    def run(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> int:
        """Execute one statement; return the number of rows it changed."""
        try:
            return self._connection.execute(sql, values).rowcount
        except sqlite3.Error as error:
            raise _state_error(self.path, error) from error

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for each row of values."""
        try:
            self._connection.executemany(sql, rows)
        except sqlite3.Error as error:
            raise _state_error(self.path, error) from error

    def insert(self, sql: str, values: Sequence[Any]) -> int:
        """Execute an INSERT; return the number of the new row."""
        try:
            return self._connection.execute(sql, values).lastrowid or 0
        except sqlite3.Error as error:
            raise _state_error(self.path, error) from error

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return all rows of a question whose answer is known to be small."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise _state_error(self.path, error) from error

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """Return the first row, or None."""
        try:
            found: Row | None = self._connection.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise _state_error(self.path, error) from error
        return found

    def number(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Return the first value of the first row as a whole number; none and NULL are 0."""
        found = self.row(sql, values)
        return int(found[0] or 0) if found else 0

    def _commit(self) -> None:
        if self._is_doomed:
            raise StateError(f"{self.path}: a step of this transaction failed; nothing of it was kept.")
        for action in self._before_commit:
            action()
        self.run("COMMIT")

    def _roll_back(self) -> None:
        self._is_doomed = False
        with suppress(sqlite3.Error):  # the system may have done so itself: a full disk ends the transaction
            self._connection.execute("ROLLBACK")
        for action in self._after_rollback:
            action()

    def _prepare(self, migrations: Migrations, read_only: bool) -> None:
        self.run(f"PRAGMA cache_size = -{_CACHE_KIB}")
        version = self._check_ours(len(migrations))
        if read_only:
            if version < len(migrations):
                raise StateError(f"{self.path} is of an older format; the next crawl brings it up to date.")
            return
        self.run("PRAGMA journal_mode = WAL")
        self.run("PRAGMA synchronous = FULL")
        self.run(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
        self.run(f"PRAGMA journal_size_limit = {64 << 20}")
        self._migrate(migrations)

    def _check_ours(self, newest: int) -> int:
        """Return the version of the file's format."""
        marked, version = self.number("PRAGMA application_id"), self.number("PRAGMA user_version")
        is_empty = not self.number("SELECT count(*) FROM sqlite_master")
        if marked != APPLICATION_ID and not is_empty:
            raise StateError(f"{self.path} is another program's database; name another state folder.")
        if version > newest:
            raise StateError(
                f"{self.path} was written by a newer version of scraper (its format is {version}, this one knows "
                f"{newest}); upgrade scraper, or name another state folder."
            )
        return version

    def _migrate(self, migrations: Migrations) -> None:
        """Take the steps that the file lacks, each as a whole."""
        for version, step in enumerate(migrations, start=1):
            if self.number("PRAGMA user_version") >= version:
                continue
            with self.transaction():
                if self.number("PRAGMA user_version") >= version:
                    continue  # another process was faster
                for statement in step:
                    self.run(statement)
                self.run(f"PRAGMA application_id = {APPLICATION_ID}")
                self.run(f"PRAGMA user_version = {version}")


def _connect(path: Path, read_only: bool) -> sqlite3.Connection:
    if not read_only:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _open(path, "mode=rwc")
    connection = _open(path, "mode=ro")
    try:
        connection.execute("PRAGMA user_version")
    except sqlite3.Error as error:
        connection.close()
        may_not_write = isinstance(error, sqlite3.OperationalError) and path.exists()
        if not may_not_write or path.with_name(f"{path.name}-wal").exists():
            raise
        # Even to read, SQLite makes files beside one in WAL mode. Where it may not, as for another user or on a
        # read-only disk, the file alone is all there is as long as nobody has a log of changes open.
        return _open(path, "immutable=1")
    return connection


def _open(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=_WAIT_S,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )


def _state_error(path: Path, error: Exception) -> StateError:
    """Return what went wrong as one sentence that says what to do."""
    text = str(error)
    if isinstance(error, sqlite3.DatabaseError) and ("not a database" in text or "malformed" in text):
        return StateError(
            f"{path} is damaged ({text}); put a copy in its place, or move it away: the next crawl then takes what it "
            "can from the records beside it."
        )
    if "full" in text or "disk I/O" in text:
        return StateError(f"{path}: the disk takes no more ({text}); make room and start again, nothing is lost.")
    return StateError(f"{path} cannot be used ({text}); see that the folder exists and is yours to write.")
