"""Two sets of records compared, article by article, by the latest revision that each has of it.

No record is held: of each article a number for each field and its place in the file. What a sample shows is read again.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from scraper.errors import RecordsError
from scraper.model import Article, Value
from scraper.records.files import MAX_LINE_BYTES, Lines, numbered_lines, open_records
from scraper.records.reading import not_a_record

MAKING: Final = frozenset({"revision", "previous_hash", "changed_fields", "html_hash", "fetch", "extractor"})
"""Fields that tell how the record came about: they differ whenever a page is fetched again."""
_FIELDS: Final = Article.__struct_fields__
_ABSENT: Final = 0


class Sample(Value, frozen=True, kw_only=True):
    """One field of one article, in both sets."""

    id: str
    url: str
    before: Any
    after: Any


class Diff(Value, frozen=True, kw_only=True):
    """What differs from the first set to the second."""

    before: int
    """Articles of the first set."""
    after: int
    added: tuple[str, ...]
    """Ids, in the order of the second set."""
    removed: tuple[str, ...]
    """Ids, in the order of the first set."""
    changed: int
    """Articles in both that differ in a field that was asked for."""
    same: int
    fields: dict[str, int]
    """Articles in which each field differs, the most first, also for fields that make no article `changed`."""
    samples: dict[str, tuple[Sample, ...]]


class _Entry(NamedTuple):
    revision: int
    file: int
    offset: int
    hashes: bytes
    """Eight bytes for each field, all zero where the record has no such key."""


class _Index:
    """The latest revision of each article in some files."""

    def __init__(self, files: Sequence[Path], lines: Lines) -> None:
        self._files = files
        self.entries: dict[str, _Entry] = {}
        decode, encode = msgspec.json.Decoder(dict[str, Any]).decode, msgspec.json.Encoder(order="sorted").encode
        for place, file in enumerate(files):
            for number, offset, line in lines(file):
                try:
                    record = decode(line)
                    article, revision = _key(record)
                except (ValueError, RecursionError) as error:
                    raise not_a_record(file, number, error) from error
                known = self.entries.get(article)
                if known is None or revision >= known.revision:
                    # How a value is spelled, by which program, makes no difference: so it is encoded again.
                    hashes = array("q", [hash(encode(record[f])) if f in record else _ABSENT for f in _FIELDS])
                    self.entries[article] = _Entry(revision, place, offset, hashes.tobytes())

    def records(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """Return the records of these articles, read again, each file from front to end."""
        found = {}
        for place in sorted({self.entries[each].file for each in ids}):
            wanted = sorted((self.entries[each].offset, each) for each in ids if self.entries[each].file == place)
            with open_records(self._files[place]) as file:
                for offset, each in wanted:
                    file.seek(offset)
                    record = _decoded(file.readline(MAX_LINE_BYTES))
                    if record is None or record.get("id") != each:
                        raise RecordsError(self._files[place], 0, "changed while it was compared; compare it once more")
                    found[each] = dict.fromkeys(_FIELDS) | record
        return found


def _decoded(line: bytes) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except ValueError:
        return None


def _key(record: Mapping[str, Any]) -> tuple[str, int]:
    article, revision = record.get("id"), record.get("revision", 1)
    if not isinstance(article, str) or not isinstance(revision, int):
        raise ValueError("its id is no string, or its revision no number")
    return article, revision


def diff_records(
    before: Sequence[Path],
    after: Sequence[Path],
    *,
    fields: Collection[str] = (),
    samples: int = 3,
    lines: Lines = numbered_lines,
) -> Diff:
    """Return what differs, and for each field that differs so many samples.

    An article has changed if one of `fields` differs; where none is named, any but those of its making. Fields that
    only one of the sets has, as those that lean records leave out, are no difference. Raises UsageError, RecordsError.
    """
    a, b = _Index(before, lines), _Index(after, lines)
    deciding = set(fields) or set(_FIELDS) - MAKING
    counts, chosen, changed = Counter[str](), dict[str, list[str]](), 0
    for article, entry in a.entries.items():
        other = b.entries.get(article)
        differing = [] if other is None else list(_differing(entry.hashes, other.hashes))
        counts.update(differing)
        changed += not deciding.isdisjoint(differing)
        for name in differing:
            if len(chosen.setdefault(name, [])) < samples:
                chosen[name].append(article)
    both = len(a.entries.keys() & b.entries.keys())
    return Diff(
        before=len(a.entries),
        after=len(b.entries),
        added=tuple(article for article in b.entries if article not in a.entries),
        removed=tuple(article for article in a.entries if article not in b.entries),
        changed=changed,
        same=both - changed,
        fields=dict(counts.most_common()),
        samples=_samples(a, b, {name: chosen[name] for name, _ in counts.most_common() if name in (fields or chosen)}),
    )


def _differing(one: bytes, other: bytes) -> Iterator[str]:
    if one == other:
        return
    for name, first, second in zip(_FIELDS, memoryview(one).cast("q"), memoryview(other).cast("q"), strict=True):
        if first != second and _ABSENT not in {first, second}:
            yield name


def _samples(a: _Index, b: _Index, chosen: Mapping[str, Iterable[str]]) -> dict[str, tuple[Sample, ...]]:
    ids = {article for articles in chosen.values() for article in articles}
    before, after = a.records(ids), b.records(ids)
    return {
        name: tuple(
            Sample(id=each, url=str(after[each].get("url")), before=before[each][name], after=after[each][name])
            for each in articles
        )
        for name, articles in chosen.items()
    }
