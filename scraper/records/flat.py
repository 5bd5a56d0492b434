"""Records as CSV: a column a field, what is nested as JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from scraper.model import Article
from scraper.records.files import Lines, numbered_lines
from scraper.records.reading import read_records


def write_csv(files: Iterable[Path], to: Path, *, lines: Lines = numbered_lines) -> int:
    """Write all records with a head line, null as an empty cell, in UTF-8; return how many.

    Source: RFC 4180
    """
    count = 0
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(Article.__struct_fields__)
        for _, _, record in read_records(files, lines):
            writer.writerow([flat(getattr(record, name)) for name in Article.__struct_fields__])
            count += 1
    return count


def flat(value: Any) -> str | int | float | None:
    """Return a value as one cell: text and numbers as they are, days and instants in ISO 8601, the rest as JSON."""
    if value is None or isinstance(value, str | int | float):
        return value
    encoded = msgspec.json.encode(value).decode()
    return encoded.strip('"') if isinstance(value, date) else encoded
