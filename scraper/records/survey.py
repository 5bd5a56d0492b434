"""What a report shows of files of records: shares, distributions and a few articles to read, in one pass.

Unlike `scraper stats` it keeps nothing for each record: the memory is that of the counters, whatever the files hold.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from scraper.model import Value
from scraper.records.paths import is_filled
from scraper.records.reading import read_parts
from scraper.records.timeline import by_time

WORD_STEPS: Final = (25, 50, 100, 200, 400, 800, 1600, 3200, 6400)
BYTE_STEPS: Final = (4_000, 8_000, 16_000, 32_000, 64_000, 125_000, 250_000, 500_000, 1_000_000, 2_000_000)
CONFIDENCE_STEPS: Final = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
SAMPLES: Final = 10
SAMPLE_CHARS: Final = 300


class Sample(Value, frozen=True, kw_only=True):
    """One article, to be read by a person."""

    title: str
    site: str
    day: str
    """Day of publication; empty where none is known."""
    url: str
    text: str
    """Its first characters."""


class Survey(Value, frozen=True, kw_only=True):
    """The figures. A histogram has a bin below the first step, between each two, and from the last one on."""

    files: int
    records: int
    filled: dict[str, int]
    """Records in which a field says something."""
    sites: dict[str, int]
    languages: dict[str, int]
    methods: dict[str, int]
    access: dict[str, int]
    warnings: dict[str, int]
    """Records that have each warning."""
    words: tuple[int, ...]
    bytes: tuple[int, ...]
    confidence: tuple[int, ...]
    published: dict[str, int]
    """By day, by month or by year; see by_time."""
    undated: int
    samples: tuple[Sample, ...]
    """The same ones for the same records, in whatever order they come."""


class _Warned(msgspec.Struct, frozen=True, gc=False):
    code: str | None = None


class _Fetch(msgspec.Struct, frozen=True, gc=False):
    bytes: int | None = None


class _Record(msgspec.Struct, frozen=True):
    id: str | None = None
    revision: int | None = 1
    domain: str | None = None
    published_date: str | None = None
    language: str | None = None
    word_count: int | None = None
    access: str | None = None
    confidence: float | None = None
    method: str | None = None
    warnings: tuple[_Warned, ...] | None = ()
    fetch: _Fetch | None = None


class _Told(msgspec.Struct, frozen=True, gc=False):
    title: str | None = None
    domain: str | None = None
    published_date: str | None = None
    url: str | None = None
    final_url: str | None = None
    text: str | None = None


class _Bins:
    def __init__(self, steps: Sequence[float]) -> None:
        self._steps = steps
        self.counts = [0] * (len(steps) + 1)

    def add(self, value: float | None) -> None:
        if value is not None:
            self.counts[bisect_right(self._steps, value)] += 1


class _Chosen:
    """The records whose ids have the least digests: a sample that nobody chose, and the same each time."""

    def __init__(self) -> None:
        self._least: list[tuple[bytes, bytes]] = []

    def offer(self, record: _Record, line: bytes) -> None:
        digest = hashlib.blake2b(f"{record.id} {record.revision}".encode("utf-8", "replace"), digest_size=8).digest()
        if len(self._least) == SAMPLES and digest >= self._least[-1][0]:
            return
        if all(digest != known for known, _ in self._least):
            insort(self._least, (digest, line))
            del self._least[SAMPLES:]

    def samples(self) -> tuple[Sample, ...]:
        return tuple(_sample(msgspec.json.decode(line, type=_Told)) for _, line in self._least)


class _Counts:
    def __init__(self) -> None:
        self.records = 0
        self.filled, self.warnings = Counter[str](), Counter[str]()
        self.sites, self.languages, self.methods, self.access, self.days = (Counter[str | None]() for _ in range(5))
        self.words, self.bytes, self.confidence = _Bins(WORD_STEPS), _Bins(BYTE_STEPS), _Bins(CONFIDENCE_STEPS)
        self.chosen = _Chosen()

    def add(self, record: _Record, fields: dict[str, msgspec.Raw]) -> None:
        self.records += 1
        self.filled.update([name for name, raw in fields.items() if is_filled(raw)])
        self.warnings.update({warned.code for warned in record.warnings or () if warned.code})
        self.sites[record.domain] += 1
        self.languages[record.language] += 1
        self.methods[record.method] += 1
        self.access[record.access] += 1
        self.days[record.published_date] += 1
        self.words.add(record.word_count)
        self.bytes.add(record.fetch.bytes if record.fetch else None)
        self.confidence.add(record.confidence)


def survey_records(files: Iterable[Path]) -> Survey:
    """Return the figures of all records. Raises UsageError and RecordsError."""
    files, counts = tuple(files), _Counts()
    for record, fields, line in read_parts(files, _Record):
        counts.add(record, fields)
        counts.chosen.offer(record, line)
    return Survey(
        files=len(files),
        records=counts.records,
        filled=dict(counts.filled),
        sites=_ranked(counts.sites),
        languages=_ranked(counts.languages),
        methods=_ranked(counts.methods),
        access=_ranked(counts.access),
        warnings=_ranked(counts.warnings),
        words=tuple(counts.words.counts),
        bytes=tuple(counts.bytes.counts),
        confidence=tuple(counts.confidence.counts),
        published=by_time(counts.days),
        undated=counts.days[None],
        samples=counts.chosen.samples(),
    )


def _sample(told: _Told) -> Sample:
    text = told.text or ""
    return Sample(
        title=told.title or "",
        site=told.domain or "",
        day=told.published_date or "",
        url=told.final_url or told.url or "",
        text=text if len(text) <= SAMPLE_CHARS else text[:SAMPLE_CHARS] + "…",
    )


def _ranked(counter: Counter[str] | Counter[str | None]) -> dict[str, int]:
    """Return the counts from the most to the least, equal ones by name."""
    named = [("unknown" if name is None else name, count) for name, count in counter.items() if count]
    return dict(sorted(named, key=lambda item: (-item[1], item[0])))
