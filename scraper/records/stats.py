"""What is in files of records, counted in one pass."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from scraper.model import LEFT_OUT_OF_LEAN, Article, Value
from scraper.records.files import Lines, numbered_lines
from scraper.records.paths import is_filled
from scraper.records.reading import read_parts

_PERCENTILES: Final = (0, 1, 5, 25, 50, 75, 95, 99, 100)


class Stats(Value, frozen=True, kw_only=True):
    """The figures; every mapping goes from the most to the least, months in their order."""

    files: int
    records: int
    articles: int
    """Different ids."""
    repeated: int
    """Records whose id and revision are there already."""
    same_content: int
    """Articles whose title and text another article has already."""
    lean: int
    first_published: str | None
    last_published: str | None
    first_fetched: str | None
    last_fetched: str | None
    schema_versions: dict[str, int]
    page_types: dict[str, int]
    methods: dict[str, int]
    access: dict[str, int]
    languages: dict[str, int]
    sites: dict[str, int]
    months: dict[str, int]
    warnings: dict[str, int]
    """Records that have each warning."""
    filled: dict[str, int]
    """Records in which each field says something, in the record's order."""
    words: dict[str, int]
    characters: dict[str, int]
    """Percentiles of word_count and char_count: p0 (the least) to p100 (the most)."""


class _Warned(msgspec.Struct, frozen=True, gc=False):
    code: str


class _Fetch(msgspec.Struct, frozen=True, gc=False):
    fetched_at: str | None = None


class _Record(msgspec.Struct, frozen=True):
    schema_version: str = ""
    id: str = ""
    revision: int = 1
    page_type: str | None = None
    domain: str | None = None
    published_date: str | None = None
    language: str | None = None
    word_count: int = 0
    char_count: int = 0
    access: str | None = None
    content_hash: str = ""
    method: str | None = None
    warnings: tuple[_Warned, ...] = ()
    fetch: _Fetch = _Fetch()


class _Counts:
    """Counts of one value of each record, None among them."""

    def __init__(self) -> None:
        self.version, self.page_type, self.method, self.access, self.language, self.site, self.month = (
            Counter[str | None]() for _ in range(7)
        )
        self.warning, self.filled = Counter[str](), Counter[str]()
        self.words, self.characters = Counter[int](), Counter[int]()
        # Eight bytes a record each: what is the same is found when all are there.
        self.ids, self.revisions, self.contents, self.copies = (array("q") for _ in range(4))
        self.published, self.fetched = _Span(), _Span()
        self.lean = 0

    def add(self, record: _Record, fields: Mapping[str, Any]) -> None:
        self.version[record.schema_version] += 1
        self.page_type[record.page_type] += 1
        self.method[record.method] += 1
        self.access[record.access] += 1
        self.language[record.language] += 1
        self.site[record.domain] += 1
        self.month[record.published_date and record.published_date[:7]] += 1
        self.warning.update({warned.code for warned in record.warnings})
        self.filled.update([name for name, raw in fields.items() if is_filled(raw)])
        self.words[record.word_count] += 1
        self.characters[record.char_count] += 1
        self.ids.append(hash(record.id))
        self.revisions.append(hash((record.id, record.revision)))
        self.contents.append(hash(record.content_hash))
        self.copies.append(hash((record.id, record.content_hash)))
        self.published.add(record.published_date)
        self.fetched.add(record.fetch.fetched_at)
        self.lean += LEFT_OUT_OF_LEAN.isdisjoint(fields)


class _Span:
    first: str | None = None
    last: str | None = None

    def add(self, moment: str | None) -> None:
        """Dates and instants in UTC, as text, are in the order of time."""
        if moment is not None:
            self.first = moment if self.first is None else min(self.first, moment)
            self.last = moment if self.last is None else max(self.last, moment)


def count_records(files: Iterable[Path], *, lines: Lines = numbered_lines) -> Stats:
    """Return the figures of all records. Raises UsageError and RecordsError.

    In memory are the counters and 32 bytes a record.
    """
    files, counts = tuple(files), _Counts()
    for record, fields, _ in read_parts(files, _Record, lines):
        counts.add(record, fields)
    return _stats(counts, len(files))


def _stats(counts: _Counts, files: int) -> Stats:
    records = len(counts.ids)
    return Stats(
        files=files,
        records=records,
        articles=_distinct(counts.ids),
        repeated=records - _distinct(counts.revisions),
        same_content=_distinct(counts.copies) - _distinct(counts.contents),
        lean=counts.lean,
        first_published=counts.published.first,
        last_published=counts.published.last,
        first_fetched=counts.fetched.first,
        last_fetched=counts.fetched.last,
        schema_versions=_ranked(counts.version),
        page_types=_ranked(counts.page_type),
        methods=_ranked(counts.method),
        access=_ranked(counts.access),
        languages=_ranked(counts.language),
        sites=_ranked(counts.site),
        months=dict(sorted(_ranked(counts.month).items())),
        warnings=_ranked(counts.warning),
        filled={name: counts.filled[name] for name in (*Article.__struct_fields__, *_strange(counts.filled))},
        words=_percentiles(counts.words),
        characters=_percentiles(counts.characters),
    )


def _strange(filled: Counter[str]) -> list[str]:
    """Return the fields that this version does not know."""
    return sorted(filled.keys() - set(Article.__struct_fields__))


def _distinct(digests: array[int]) -> int:
    import numpy as np

    return len(np.unique(np.frombuffer(digests, dtype=np.int64)))


def _ranked(counter: Counter[Any]) -> dict[str, int]:
    return {"unknown" if name is None else str(name): count for name, count in counter.most_common()}


def _percentiles(counter: Counter[int]) -> dict[str, int]:
    """Return the least values that so many per cent of all do not pass (nearest rank)."""
    total, below, found = counter.total(), 0, dict[str, int]()
    ranks = [(f"p{percent}", max(1, -(-total * percent // 100))) for percent in _PERCENTILES]
    for value in sorted(counter):
        below += counter[value]
        found |= {name: value for name, rank in ranks if name not in found and below >= rank}
    return found
