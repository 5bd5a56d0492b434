"""Records as JSONL: many files as one, line by line as they are."""

from __future__ import annotations

import gzip
import io
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from scraper.records.files import Lines, numbered_lines
from scraper.records.reading import not_a_record, reading_type

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Packing: TypeAlias = Literal["plain", "gzip", "zstd"]


def write_jsonl(files: Iterable[Path], to: Path, *, packing: Packing = "plain", lines: Lines = numbered_lines) -> int:
    """Write the lines of all records and return how many; each was read, and none is changed."""
    decode, count = msgspec.json.Decoder(reading_type()).decode, 0
    with _create(to, packing) as out:
        for file in files:
            for number, _, line in lines(file):
                try:
                    decode(line)
                except (ValueError, RecursionError) as error:
                    raise not_a_record(file, number, error) from error
                out.write(line + b"\n")
                count += 1
    return count


def _create(path: Path, packing: Packing) -> io.BufferedIOBase:
    if packing == "gzip":
        return gzip.open(path, "wb", compresslevel=6)
    return zstd.open(path, "wb") if packing == "zstd" else path.open("wb")
