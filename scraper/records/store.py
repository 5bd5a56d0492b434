"""Files put into a store of objects (S3, Google Cloud Storage, Azure), through obstore."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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

    Each object appears as a whole, and `_SUCCESS` last of all. After a failure those that are new are taken away
    again. What is there is replaced by force only, and only if all of it is of an earlier export. Raises UsageError,
    SinkError, and what filling raises.
    """
    store = _open(to)
    before = _names_below(store, to)
    _check_names(to, before, force=force)
    with _room(to) as room:
        count = fill(room)
        files = {path.relative_to(room).as_posix(): path for path in sorted(room.rglob("*")) if path.is_file()}
        complete = False
        try:
            _delete(store, to, before & {_DONE})
            for name, path in files.items():
                _put(store, to, f"{to.key}/{name}", path)
            _delete(store, to, before - files.keys() - {_DONE})
            (room / _DONE).touch()
            _put(store, to, f"{to.key}/{_DONE}", room / _DONE)
            complete = True
        finally:
            if not complete:
                with suppress(SinkError):
                    _delete(store, to, (_names_below(store, to) & files.keys()) - before)
    return count


def _check_names(to: Place, names: set[str], *, force: bool) -> None:
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


def _names_below(store: Any, to: Place) -> set[str]:
    import obstore

    with _told(to):
        return {each["path"].removeprefix(f"{to.key}/") for page in obstore.list(store, f"{to.key}/") for each in page}


def _delete(store: Any, to: Place, names: set[str]) -> None:
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
