"""Files of records as one file of another kind: Parquet, CSV, SQLite. What the ending says is what is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from scraper.errors import SinkError, UsageError
from scraper.records.flat import write_csv
from scraper.records.parquet import write_parquet
from scraper.records.sqlite import write_sqlite

_WRITERS: Final[Mapping[str, Callable[[Iterable[Path], Path], int]]] = MappingProxyType(
    {".parquet": write_parquet, ".csv": write_csv, ".sqlite": write_sqlite}
)


def export_records(files: Iterable[Path], to: Path, *, force: bool = False) -> int:
    """Write all records to one file and return how many there are.

    The file is there as a whole or not at all; one that is there already is replaced only by force. Raises UsageError,
    RecordsError, and SinkError where the system does not take what is written.
    """
    write = _WRITERS.get(to.suffix.lower())
    if write is None:
        raise UsageError(f"{to}: records are exported to {', '.join(_WRITERS)}; the name's ending says to which.")
    if to.exists() and not force:
        raise UsageError(f"{to}: is there already; --force overwrites it.")
    beside = to.with_name(f".{to.name}.{os.getpid()}.part")
    try:
        count = write(files, beside)
        beside.replace(to)
    except OSError as error:
        raise SinkError(f"{to}: cannot be written ({error.strerror or error}).") from error
    finally:
        beside.unlink(missing_ok=True)
    return count
