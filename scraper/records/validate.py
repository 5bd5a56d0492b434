"""Files of records held against what a reader is promised: every fault by file, line and place in the record."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any, Final, get_type_hints

import msgspec

from scraper.errors import RecordsError
from scraper.model import LEFT_OUT_OF_LEAN, SCHEMA_VERSION, Article, Value
from scraper.records.files import read_lines
from scraper.records.promises import promise_faults
from scraper.records.reading import reading_type
from scraper.records.shape import Fault, Object, shape_faults

_HINTS: Final = get_type_hints(Article, include_extras=True)
_LEAN: Final = msgspec.defstruct(
    "Lean", [(name, hint) for name, hint in _HINTS.items() if name not in LEFT_OUT_OF_LEAN], frozen=True, kw_only=True
)
_LINE_BITS: Final = 40
_LINE_MASK: Final = (1 << _LINE_BITS) - 1


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
        self._seen: dict[int, tuple[int, int, int]] = {}
        self._files: list[Path] = []
        self._decoders: list[msgspec.json.Decoder[Any]] = [msgspec.json.Decoder(Article), msgspec.json.Decoder(_LEAN)]
        self._open = msgspec.json.Decoder(reading_type())
        self._encode = msgspec.json.Encoder().encode
        self.records = self.bad = self.faults = 0

    def bad_lines(self, files: Iterable[Path]) -> Iterator[BadLine]:
        """Yield every fault; a file that cannot be read to its end is one more of its lines, and the next goes on."""
        for file in files:
            self._files.append(file)
            try:
                for number, line in enumerate(read_lines(file), 1):
                    self.records += 1
                    before = self.faults
                    for path, reason in self._line_faults(line, number):
                        self.faults += 1
                        yield BadLine(file=file, line=number, path=path, reason=reason)
                    self.bad += self.faults > before
            except RecordsError as error:
                self.faults += 1
                self.bad += 1
                yield BadLine(file=file, line=error.line, path="", reason=error.reason)

    def _line_faults(self, line: bytes, number: int) -> Iterator[Fault]:
        record = self._quick(line)
        if record is None:
            has_fault = False
            for fault in _slow_faults(line):
                has_fault = True
                yield fault
            if has_fault:
                return
            record = self._open.decode(line)
        yield from self._sequence_faults(record, number)
        if self._deep:
            if not isinstance(record, Article):
                record = self._open.decode(line)
            yield from promise_faults(line.decode(), record)

    def _quick(self, line: bytes) -> Any:
        """Return the record if the line is exactly what the writer makes of it: all that is asked of a line's shape.

        None says nothing yet: a line may be spelled otherwise, with spaces or escapes, and be right.
        """
        for decoder in self._decoders:
            try:
                record = decoder.decode(line)
                is_as_written = self._encode(record) == line
            except (ValueError, OverflowError, RecursionError):
                continue
            if is_as_written and record.schema_version == SCHEMA_VERSION and _in_utc(record):
                if decoder is not self._decoders[0]:
                    self._decoders.reverse()  # a file of lean records goes on with lean ones
                return record
        return None

    def _sequence_faults(self, record: Any, number: int) -> Iterator[Fault]:
        """Yield a fault if this revision of the article does not come after the one seen last."""
        key, revision = hash(record.id), record.revision
        last, place, content = self._seen.get(key, (0, 0, 0))
        if revision <= last:
            there = f"{self._files[place >> _LINE_BITS]}:{place & _LINE_MASK}"
            if revision == last:
                yield "id", f"{record.id[:40]} of revision {revision} is there already ({there})"
            else:
                yield "revision", f"is {revision}, after {last} ({there}): revisions of an id ascend"
            return
        follows = last and revision == last + 1 and record.previous_hash is not None
        if self._deep and follows and hash(record.previous_hash) != content:
            yield "previous_hash", f"is not the content_hash of revision {last}"
        here = (len(self._files) - 1) << _LINE_BITS | number
        self._seen[key] = (revision, here, hash(record.content_hash))


def _in_utc(record: Any) -> bool:
    moments = (record.published_at, record.modified_at, record.fetch.fetched_at)
    return all(moment is None or moment.tzinfo is UTC for moment in moments)


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
