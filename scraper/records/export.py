"""Files of records as one file of another kind, or as a folder of them by site, day or language; here or in a store."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from scraper.errors import SinkError, UsageError
from scraper.records.files import Lines, numbered_lines
from scraper.records.folder import publish_folder
from scraper.records.formats import ending_of, writer_of
from scraper.records.partition import write_partitions
from scraper.records.store import SCHEMES, Place, put_file, put_folder

_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.*)", re.DOTALL)


def export_records(files: Sequence[Path], to: str, *, force: bool = False, lines: Lines = numbered_lines) -> int:
    """Write all records to one file, whose ending says of which kind, and return how many there are.

    `to` is a path or an address (s3, gs, az, file). The file is there as a whole or not at all; one that is there
    already is replaced only by force. Raises UsageError, RecordsError, and SinkError where the system or the store
    does not take what is written.
    """
    place = parse_place(to)
    write = writer_of(place.name if isinstance(place, Path) else place.key.rpartition("/")[2], to)
    if isinstance(place, Path):
        return _write_file(place, lambda path: write(files, path, lines=lines), force=force)
    return put_file(place, lambda path: write(files, path, lines=lines), force=force)


def export_partitions(
    files: Sequence[Path],
    to: str,
    keys: Sequence[str],
    *,
    ending: str = ".parquet",
    force: bool = False,
    lines: Lines = numbered_lines,
) -> int:
    """Write all records to a folder with one of its own for each value of the keys; return how many there are.

    On a disk the folder is there as a whole or not at all, in a store each of its files, and `_SUCCESS` when all are.
    See export_records.
    """
    place = parse_place(to)
    if ending_of(to):
        raise UsageError(f"{to}: --partition-by writes a folder; name one without an ending, and the files' --format.")

    def fill(folder: Path) -> int:
        return write_partitions(files, folder, keys, ending, lines=lines)

    if isinstance(place, Path):
        inside = next((file for file in files if file.resolve().is_relative_to(place.resolve())), None)
        if inside is not None:
            raise UsageError(f"{to}: holds {inside}, which is read; name another folder.")
        return publish_folder(place, fill, force=force)
    return put_folder(place, fill, force=force)


def parse_place(to: str) -> Path | Place:
    """Return a path, or a place in a store. Raises UsageError for the address of anything else."""
    match = _URL.fullmatch(to)
    if match is None:
        return Path(to)
    scheme, rest = match[1].lower(), match[2]
    if scheme == "file" and rest.startswith(("/", "localhost/")):
        return Path(url2pathname(urlsplit(to).path))
    if scheme not in SCHEMES:
        raise UsageError(f"{to}: records are exported to paths and to {', '.join(SCHEMES)} and file addresses.")
    bucket, _, key = rest.partition("/")
    if not bucket or not key.strip("/"):
        raise UsageError(f"{to}: names no place in a store; write {scheme}://bucket/folder/name.")
    return Place(scheme=scheme, bucket=bucket, key=key.strip("/"))


def _write_file(to: Path, write: Callable[[Path], int], *, force: bool) -> int:
    if to.exists() and not force:
        raise UsageError(f"{to}: is there already; --force overwrites it.")
    beside = to.with_name(f".{to.name}.{os.getpid()}.part")
    try:
        count = write(beside)
        beside.replace(to)
    except OSError as error:
        raise SinkError(f"{to}: cannot be written ({error.strerror or error}).") from error
    finally:
        with suppress(OSError):  # gone under its name; or nothing can be removed where nothing can be written
            beside.unlink()
    return count
