"""Files put into a store of objects (S3, Google Cloud Storage, Azure), through obstore."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Final

from scraper.errors import SinkError, UsageError
from scraper.model import Value
from scraper.records.credentials import check_credentials
from scraper.records.folder import is_of_an_export

SCHEMES: Final = ("s3", "gs", "az")
_DONE: Final = "_SUCCESS"
"""The name that Hadoop and Spark give to the mark of a folder that is complete."""
_NUMBER: Final = re.compile(r"(?<=part-)\d+(?=\.[a-z.]+$)")
_PART_BYTES: Final = 8 << 20
_MAX_PARTS: Final = 9_000
"""S3 takes 10,000 parts. Source: Amazon S3 multipart upload limits"""
_AT_ONCE: Final = 4
"""So many parts are in memory and on their way; a slow line shall not outlast the time that one may take."""
_TRIES: Final = 5
"""After the first, with ever longer pauses: two to six seconds in all."""
_STATUS: Final = re.compile(r"status code: (\d{3}[\w -]*\w)(?:.*?<Code>(\w+)</Code>)?", re.DOTALL)
_SHOWN: Final = 200


class Place(Value, frozen=True, kw_only=True):
    """An object or a folder in a store; `key` has no slash at either end."""

    scheme: str
    bucket: str
    key: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}/{self.key}"


def put_file(to: Place, write: Callable[[Path], int], *, force: bool) -> int:
    """Have a file written on this machine, put it into the store as a whole, and return what writing it returned.

    An object that is there is replaced by force only; without force the store is asked before anything is written.
    Raises UsageError, SinkError, and what writing raises.
    """
    store = _open(to)
    if not force and _is_there(store, to):
        raise UsageError(f"{to}: is there already; --force overwrites it.")
    with _room(to) as room:
        file = room / PurePosixPath(to.key).name
        count = write(file)
        _put(store, to, to.key, file)
    return count


def put_folder(to: Place, fill: Callable[[Path], int], *, force: bool) -> int:
    """Have a folder filled on this machine, put its files into the store, and return what filling it returned.

    Each object appears as a whole, and `_SUCCESS` last of all. What is there is replaced by force only, and only if all
    of it is of an earlier export; it stays until all that is new is there. After a failure before that the folder is
    what it was. Raises UsageError, SinkError, which says if the folder is neither, and what filling raises.
    """
    store = _open(to)
    _check_names(to, _sizes_below(store, to).keys(), force=force)
    with _room(to) as room:
        count = fill(room)
        before = frozenset(_sizes_below(store, to))  # filling takes long, and somebody else may have been faster
        _check_names(to, before, force=force)
        change = _Change(store, to, _named(room, before), before)
        (room / _DONE).touch()
        change.make(room / _DONE)
    return count


def _named(room: Path, before: Set[str]) -> dict[str, Path]:
    """Return the files by their names in the folder: a number that is taken gives way to the next that is free."""
    files: dict[str, Path] = {}
    for path in sorted(path for path in room.rglob("*") if path.is_file()):
        name = path.relative_to(room).as_posix()
        while name in before or name in files:
            name = _NUMBER.sub(lambda found: f"{int(found[0]) + 1:04}", name, count=1)
        files[name] = path
    return files


class _Change:
    """New files beside those that are there, then in their place. Who else writes there at the time is noticed."""

    def __init__(self, store: Any, to: Place, files: Mapping[str, Path], before: Set[str]) -> None:
        self._store, self._to, self._files, self._before = store, to, files, before

    def make(self, done: Path) -> None:
        """Raises SinkError. `done` is the file to put when all is there."""
        try:
            _delete(self._store, self._to, self._before & {_DONE})
            for name, path in self._files.items():
                _put(self._store, self._to, f"{self._to.key}/{name}", path)
            self._check_alone()
        except BaseException as error:
            if not self._take_back(done) and isinstance(error, SinkError):
                raise self._incomplete(error) from error
            raise
        try:
            _delete(self._store, self._to, self._before - {_DONE})
            _put(self._store, self._to, f"{self._to.key}/{_DONE}", done)
        except SinkError as error:
            raise self._incomplete(error) from error

    def _check_alone(self) -> None:
        there = _sizes_below(self._store, self._to)
        if there.keys() != self._files.keys() | (self._before - {_DONE}) or not self._is_ours(there):
            raise SinkError(f"{self._to}: another export writes into it.")

    def _is_ours(self, there: Mapping[str, int]) -> bool:
        """Return whether nothing is there that is neither of before nor as we put it."""
        new = {name: size for name, size in there.items() if name not in self._before}
        return all(name in self._files and self._files[name].stat().st_size == size for name, size in new.items())

    def _take_back(self, done: Path) -> bool:
        """Return whether the folder is again what it was. Where another export writes, no file can be told from its."""
        try:
            there = _sizes_below(self._store, self._to)
            is_ours = self._is_ours(there)
            _delete(self._store, self._to, there.keys() & (self._files if is_ours else {_DONE}))
            if is_ours and _DONE in self._before - there.keys():
                _put(self._store, self._to, f"{self._to.key}/{_DONE}", done)
        except SinkError:
            return False
        return is_ours

    def _incomplete(self, error: SinkError) -> SinkError:
        return SinkError(f"{error} The folder is not complete and has no {_DONE}: export again with --force.")


def _check_names(to: Place, names: Set[str], *, force: bool) -> None:
    if names and not force:
        raise UsageError(f"{to}: is there already; --force overwrites it.")
    foreign = sorted(name for name in names if not is_of_an_export(name))
    if foreign:
        raise UsageError(f"{to}: holds {foreign[0]}, which no export wrote; name another folder.")


@contextmanager
def _room(to: Place) -> Iterator[Path]:
    """A folder for what is on its way; it is gone afterwards, whatever comes."""
    try:
        with TemporaryDirectory(prefix="scraper-export-") as room:
            yield Path(room)
    except OSError as error:
        raise SinkError(f"{to}: cannot be written on this machine first ({error.strerror or error}).") from error


def _open(to: Place) -> Any:
    try:
        from obstore import store
    except ImportError as error:
        raise UsageError("A store of objects needs obstore: pip install 'article-scraper[store]'.") from error
    check_credentials(to.scheme, str(to))
    with _told(to):
        # No client_options: they would take the place of those of the environment (AWS_ALLOW_HTTP, AWS_TIMEOUT).
        return store.from_url(f"{to.scheme}://{to.bucket}", retry_config={"max_retries": _TRIES})


def _is_there(store: Any, to: Place) -> bool:
    import obstore

    with _told(to):
        try:
            obstore.head(store, to.key)
        except FileNotFoundError:
            return False
    return True


def _put(store: Any, to: Place, key: str, file: Path) -> None:
    """Put a file; one in several parts is given up as a whole where a part fails, or somebody stops the program."""
    import obstore

    part_bytes = max(_PART_BYTES, file.stat().st_size // _MAX_PARTS + 1)
    small = file.stat().st_size <= part_bytes
    source = file.read_bytes() if small else _parts(file, part_bytes)
    with _told(to):
        obstore.put(store, key, source, chunk_size=part_bytes, max_concurrency=_AT_ONCE)


def _parts(file: Path, part_bytes: int) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while part := opened.read(part_bytes):
            yield part


def _sizes_below(store: Any, to: Place) -> dict[str, int]:
    """Return the names in the folder and their lengths in bytes."""
    import obstore

    with _told(to):
        found = [each for page in obstore.list(store, f"{to.key}/") for each in page]
    return {each["path"].removeprefix(f"{to.key}/"): each["size"] for each in found}


def _delete(store: Any, to: Place, names: Set[str]) -> None:
    import obstore

    with _told(to):
        if names:
            obstore.delete(store, [f"{to.key}/{name}" for name in sorted(names)])


@contextmanager
def _told(to: Place) -> Iterator[None]:
    """Turn what obstore raises into one sentence."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, FileNotFoundError, ValueError) as error:
        raise SinkError(f"{to}: the store does not take it ({_reason(str(error))}).") from error


def _reason(message: str) -> str:
    """Return the status and the code of an answer, else the first sentence; no address, as that may hold a key."""
    status = _STATUS.search(message)
    if status:
        return ", ".join(filter(None, status.groups()))
    first = message.partition("\n")[0]
    return re.sub(r"\?\S+", "", first)[:_SHOWN]
