"""What the readers of a complete file want to know of it: how much it holds, of when, and whether it is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO, Final, Protocol

import msgspec

from scraper.model import Value
from scraper.sinks.cdxj import index_line, index_of, read_record
from scraper.sinks.lines import Profile
from scraper.sinks.members import read_members


class Published(Value, frozen=True, kw_only=True):
    """A file that is complete, as a reader finds it."""

    file: str
    sink: str
    records: int
    bytes: int
    sha256: str
    first: datetime | None
    """The earliest time in its lines: when a page was fetched, or a request made."""
    last: datetime | None
    schema_version: str | None
    """Of its articles; None in files of other things."""
    profile: Profile | None
    recovered: bool = False
    """True if the run that wrote it did not come to its end in order."""

    @property
    def part(self) -> str:
        """The name that it had as a part, without its ending: how the frontier knows it."""
        stem, jsonl, _ = self.file.partition(".jsonl")
        return stem + jsonl


class Writer(Protocol):
    """Takes bytes."""

    def write(self, chunk: bytes, /) -> object: ...


class Hashed:
    """Takes the bytes of a file as it is published; passes them on to one, or keeps nothing of them."""

    def __init__(self, file: BinaryIO | None = None) -> None:
        self._file, self._hash = file, hashlib.sha256()
        self.size = 0

    def write(self, chunk: bytes) -> int:
        self._hash.update(chunk)
        self.size += len(chunk)
        if self._file is not None:
            self._file.write(chunk)
        return len(chunk)

    def hex(self) -> str:
        return self._hash.hexdigest()


class _Fetch(msgspec.Struct):
    fetched_at: datetime | None = None


class _Line(msgspec.Struct):
    """What of a line, of whatever sink, says when and of which kind it is."""

    at: datetime | None = None
    fetch: _Fetch | None = None
    schema_version: str | None = None
    blocks: msgspec.Raw = msgspec.Raw()


_DECODE: Final = msgspec.json.Decoder(_Line).decode


class _Times:
    """The span of the times that were seen; those without a zone are passed over."""

    def __init__(self) -> None:
        self.first: datetime | None = None
        self.last: datetime | None = None

    def see(self, at: datetime | None) -> None:
        if at is not None and at.tzinfo is not None:
            self.first = min(self.first or at, at)
            self.last = max(self.last or at, at)


class Contents:
    """What the lines of a file hold. Each line read is handed to `writer`; one that is no record counts, no more."""

    def __init__(self, lines: Iterable[bytes], writer: Writer) -> None:
        self.records = 0
        self._times = _Times()
        self._versions: set[str] = set()
        self._profiles: set[Profile] = set()
        for line in lines:
            writer.write(line)
            self.records += 1
            try:
                self._see(_DECODE(line))
            except ValueError:
                continue

    def published(self, file: str, hashed: Hashed) -> Published:
        """Return what is known of the file under the name that it has got."""
        return Published(
            file=file,
            sink=file.partition("-")[0],
            records=self.records,
            bytes=hashed.size,
            sha256=hashed.hex(),
            first=self._times.first,
            last=self._times.last,
            schema_version=max(self._versions, default=None),
            profile="lean" if "lean" in self._profiles else next(iter(self._profiles), None),
        )

    def _see(self, line: _Line) -> None:
        self._times.see(line.at or (line.fetch.fetched_at if line.fetch else None))
        if line.schema_version is not None:
            self._versions.add(line.schema_version)
            self._profiles.add("full" if bytes(line.blocks) else "lean")


class Archive:
    """What the records of a WARC file hold: the same figures, and its index."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._name, self._times, self._records = name, _Times(), 0
        lines = []
        for member in read_members(file):
            record = read_record(member.content)
            self._records += 1
            self._times.see(record.at)
            if (line := index_line(name, member, record)) is not None:
                lines.append(line)
        self.index = index_of(lines)

    def published(self, hashed: Hashed) -> Published:
        """Return what is known of the file."""
        return Published(
            file=self._name,
            sink=self._name.partition("-")[0],
            records=self._records,
            bytes=hashed.size,
            sha256=hashed.hex(),
            first=self._times.first,
            last=self._times.last,
            schema_version=None,
            profile=None,
        )
