"""Records in folders by site, day or language, named as Hive names them: `site=example.org/date=2026-11-22`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final, TypeAlias
from urllib.parse import quote

import msgspec

from scraper.errors import RecordsError
from scraper.records.files import Lines, numbered_lines
from scraper.records.formats import WRITERS
from scraper.records.reading import not_a_record

KEYS: Final = MappingProxyType({"site": "domain", "date": "published_date", "language": "language"})
"""What a partition is made by, and the field that holds it."""
NULL: Final = "__HIVE_DEFAULT_PARTITION__"
"""Hive's name for null.

Source: Hive's ConfVars.DEFAULTPARTITIONNAME; pyarrow, DuckDB, Polars and Spark read it so
"""
_HELD_BYTES: Final = 1 << 25
"""So much is held before it is sorted to the disk: larger takes memory, smaller opens files more often."""
_Partition: TypeAlias = tuple[str, ...]
"""The names of the folders, from the outermost to the innermost."""


class _Head(msgspec.Struct, frozen=True, gc=False):
    domain: str | None = None
    published_date: str | None = None
    language: str | None = None


def write_partitions(
    files: Sequence[Path], folder: Path, keys: Sequence[str], ending: str, *, lines: Lines = numbered_lines
) -> int:
    """Fill an empty folder, one file a partition, and return how many records there are.

    The lines are sorted to the disk first: one file is open at a time, however many partitions there are, and the
    records of each keep their order. A file holds whole records, the keys' fields included. Raises UsageError,
    RecordsError and OSError.
    """
    count = 0
    with TemporaryDirectory(prefix=".sorting-", dir=folder) as sorting:
        sorted_lines = _Sorted(Path(sorting))
        for _, _, line, partition in _partitioned(files, keys, lines):
            sorted_lines.add(partition, line)
        for partition, part in sorted_lines.files():
            to = _new_part(folder.joinpath(*partition), ending)
            try:
                count += WRITERS[ending]([part], to)
            except RecordsError as error:
                raise _at_its_source(_partitioned(files, keys, lines), partition, error) from error
            part.unlink()
    return count


class _Sorted:
    """Lines by their partition, in a file each; what is held is bounded, and no file stays open."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers: dict[_Partition, int] = {}
        self._held: dict[_Partition, list[bytes]] = {}
        self._held_bytes = 0

    def add(self, partition: _Partition, line: bytes) -> None:
        self._held.setdefault(partition, []).append(line)
        self._held_bytes += len(line)
        if self._held_bytes >= _HELD_BYTES:
            self._write()

    def files(self) -> Iterator[tuple[_Partition, Path]]:
        """Yield each partition, sorted by name, and the file of its lines."""
        self._write()
        yield from ((partition, self._file(partition)) for partition in sorted(self._numbers))

    def _write(self) -> None:
        for partition, lines in self._held.items():
            self._numbers.setdefault(partition, len(self._numbers))
            with self._file(partition).open("ab") as file:
                file.writelines(line + b"\n" for line in lines)
        self._held, self._held_bytes = {}, 0

    def _file(self, partition: _Partition) -> Path:
        return self._folder / f"{self._numbers[partition]}.jsonl"


def _partitioned(
    files: Iterable[Path], keys: Sequence[str], lines: Lines
) -> Iterator[tuple[Path, int, bytes, _Partition]]:
    decode, fields = msgspec.json.Decoder(_Head).decode, [(key, KEYS[key]) for key in keys]
    for file in files:
        for number, _, line in lines(file):
            try:
                head = decode(line)
                yield file, number, line, tuple(folder_name(key, getattr(head, field)) for key, field in fields)
            except (ValueError, RecursionError) as error:
                raise not_a_record(file, number, error) from error


def folder_name(key: str, value: str | None) -> str:
    """Return the name of a partition's folder: no separators in it, ASCII, all else as in an address (%2F).

    >>> folder_name("site", "example.org"), folder_name("site", "a/b"), folder_name("date", None)
    ('site=example.org', 'site=a%2Fb', 'date=__HIVE_DEFAULT_PARTITION__')
    """
    return f"{key}={quote(value, safe='') if value else NULL}"


def _new_part(folder: Path, ending: str) -> Path:
    """Return a file that is not there yet; on disks that do not tell en-GB from en-gb two partitions are one folder."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while (path := folder / f"part-{number:04}{ending}").exists():
        number += 1
    return path


def _at_its_source(
    partitioned: Iterable[tuple[Path, int, bytes, _Partition]], partition: _Partition, error: RecordsError
) -> RecordsError:
    """Return the error with the place of the line in the files that were given, not in the sorted ones."""
    left = error.line
    for file, number, _, found in partitioned:
        left -= found == partition
        if not left:
            return RecordsError(file, number, error.reason)
    return error
