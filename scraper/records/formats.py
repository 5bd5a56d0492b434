"""The kinds of files that records are exported to; what a name ends with is what is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from scraper.errors import UsageError
from scraper.records.files import Lines
from scraper.records.flat import write_csv
from scraper.records.jsonl import write_jsonl
from scraper.records.parquet import write_parquet
from scraper.records.sqlite import write_sqlite


class Writer(Protocol):
    """Writes all records of the files to a new file and returns how many; `lines` reads them."""

    def __call__(self, files: Iterable[Path], to: Path, /, *, lines: Lines = ...) -> int: ...


WRITERS: Final[Mapping[str, Writer]] = MappingProxyType(
    {
        ".parquet": write_parquet,
        ".csv": write_csv,
        ".sqlite": write_sqlite,
        ".jsonl": write_jsonl,
        ".jsonl.gz": partial(write_jsonl, packing="gzip"),
        ".jsonl.zst": partial(write_jsonl, packing="zstd"),
    }
)
PARTITIONED: Final = tuple(ending.lstrip(".") for ending in WRITERS if ending != ".sqlite")
"""What the files of a partitioned folder may be."""


def ending_of(name: str) -> str | None:
    """Return the ending of a name that says what is written, None where it has none of them."""
    return next((ending for ending in WRITERS if name.lower().endswith(ending)), None)


def writer_of(name: str, shown: str) -> Writer:
    """Return what writes a file of this name. Raises UsageError, which says the target as it is shown."""
    ending = ending_of(name)
    if ending is None or name.lower() == ending:
        raise UsageError(f"{shown}: records are exported to {', '.join(WRITERS)}; the name's ending says to which.")
    return WRITERS[ending]
