"""Files of records held against what a reader is promised: every fault by file, line and place in the record."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any, Final

import msgspec

from scraper.errors import RecordsError
from scraper.model import Article, Value
from scraper.records.files import read_blocks
from scraper.records.promises import promise_faults
from scraper.records.reading import reading_type
from scraper.records.shape import Fault, Object, shape_faults
from scraper.records.written import WrittenLines

_LINE_BITS: Final = 40
_LINE_MASK: Final = (1 << _LINE_BITS) - 1
_PLACE_BITS: Final = 60  # of a file, counted, and a line in it
_PLACE_MASK: Final = (1 << _PLACE_BITS) - 1


class BadLine(Value, frozen=True, kw_only=True):
    """One fault of one line."""

    file: Path
    line: int
    path: str
    """Place in the record, such as `blocks[3].type`; empty for the line as a whole."""
    reason: str

    def __str__(self) -> str:
        place = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}: {place}{self.reason}"


class Validation:
    """Goes through files of records, in order; counts the records, those with a fault, and the faults.

    `deep` looks also at what follows from a record itself: NFC, addresses, counts, hashes, blocks. Remembered is a few
    numbers an article: its last revision and where that was.
    """

    def __init__(self, *, deep: bool = False) -> None:
        self._deep = deep
        self._seen: dict[int, int] = {}
        self._contents: dict[int, int] = {}
        self._files: list[Path] = []
        self._written = WrittenLines(whole=deep)
        self._open = msgspec.json.Decoder(reading_type())
        self.records = self.bad = self.faults = 0

    def bad_lines(self, files: Iterable[Path]) -> Iterator[BadLine]:
        """Yield every fault; a file that cannot be read to its end is one more of its lines, and the next goes on."""
        for file in files:
            self._files.append(file)
            number = 0
            try:
                for lines in read_blocks(file):
                    for faults in self._faults_by_line(lines, number + 1):
                        number += 1
                        self.records += 1
                        before = self.faults
                        for path, reason in faults:
                            self.faults += 1
                            yield BadLine(file=file, line=number, path=path, reason=reason)
                        self.bad += self.faults > before
            except RecordsError as error:
                self.faults += 1
                self.bad += 1
                yield BadLine(file=file, line=number + 1, path="", reason=error.reason)

    def _faults_by_line(self, lines: bytes, first: int) -> Iterator[Iterable[Fault]]:
        """Yield the faults of each line; `first` is the number of the first.

        Lines are decoded many at a time: one at a time only where one of them is not as the writer writes it.
        """
        records = self._written.read(lines)
        if records is None:
            return map(self._line_faults, io.BytesIO(lines), count(first))
        if self._deep:
            return map(self._deep_faults, records, io.BytesIO(lines), count(first))
        return map(self._sequence_faults, records, count(first))

    def _line_faults(self, line: bytes, number: int) -> Iterator[Fault]:
        line = line.rstrip(b"\r\n")
        records = self._written.read(line + b"\n")
        if records is None:
            has_fault = False
            for fault in _slow_faults(line):
                has_fault = True
                yield fault
            if has_fault:
                return
            records = [self._open.decode(line)]
        yield from (
            self._deep_faults(records[0], line, number) if self._deep else self._sequence_faults(records[0], number)
        )

    def _deep_faults(self, record: Any, line: bytes, number: int) -> Iterator[Fault]:
        yield from self._sequence_faults(record, number)
        if not isinstance(record, Article):
            record = self._open.decode(line)
        yield from promise_faults(line.decode(), record)

    def _sequence_faults(self, record: Any, number: int) -> Sequence[Fault]:
        """Return a fault if this revision of the article does not come after the one seen last."""
        key, revision = hash(record.id), record.revision
        seen = self._seen.get(key, 0)
        last = seen >> _PLACE_BITS
        if revision <= last:
            there = f"{self._files[(seen & _PLACE_MASK) >> _LINE_BITS]}:{seen & _LINE_MASK}"
            if revision == last:
                return (("id", f"{record.id[:40]} of revision {revision} is there already ({there})"),)
            return (("revision", f"is {revision}, after {last} ({there}): revisions of an id ascend"),)
        self._seen[key] = revision << _PLACE_BITS | (len(self._files) - 1) << _LINE_BITS | number
        if self._deep:
            content = self._contents.get(key)
            self._contents[key] = hash(record.content_hash)
            follows = last and revision == last + 1 and record.previous_hash is not None
            if follows and hash(record.previous_hash) != content:
                return (("previous_hash", f"is not the content_hash of revision {last}"),)
        return ()


def _slow_faults(line: bytes) -> Iterator[Fault]:
    """Yield every fault of a line that is not as the writer writes."""
    if not line.strip():
        yield "", "is empty"
        return
    if line.startswith(b"\xef\xbb\xbf"):
        yield "", "begins with a byte order mark"
        return
    try:
        record = json.loads(line.decode(), object_pairs_hook=Object, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        yield "", f"is not UTF-8 (byte 0x{line[error.start]:02x} at {error.start})"
    except json.JSONDecodeError as error:
        yield "", f"is not JSON ({error.msg} at character {error.pos})"
    except ValueError as error:
        yield "", f"is not JSON ({error})"
    except RecursionError:
        yield "", "is nested too deep"
    else:
        yield from shape_faults(record)


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
