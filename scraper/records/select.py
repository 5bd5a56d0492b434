"""Some of the records of many files, one after the other, as the lines they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from scraper.model import Value
from scraper.records.files import Lines, numbered_lines
from scraper.records.paths import FieldPath, Fields, has_value, value_at
from scraper.records.reading import not_a_record

_ORDINAL_BITS: Final = 48


class Wanted(Value, frozen=True, kw_only=True):
    """What a record must be like; a record that does not tell its date or language is not of any."""

    site: str | None = None
    """A host, with the hosts below it."""
    since: date | None = None
    until: date | None = None
    """Of published_date, both days included."""
    language: str | None = None
    """A BCP 47 tag, with the more exact ones: `en` is also en-GB."""
    has: tuple[FieldPath, ...] = ()
    latest: bool = False
    """Only the last revision of each article."""


class _Head(msgspec.Struct, frozen=True, gc=False):
    id: str | None = None
    revision: int = 1
    domain: str | None = None
    url: str = ""
    final_url: str | None = None
    language: str | None = None
    published_date: str | None = None


def select_records(
    files: Sequence[Path], wanted: Wanted, columns: Sequence[FieldPath] = (), *, lines: Lines = numbered_lines
) -> Iterator[tuple[str, list[Any]]]:
    """Yield each record that is wanted, in order: its line, without a line feed, and its values of the columns.

    Nothing is held but, for the latest revisions, two numbers an article. Raises UsageError and RecordsError.
    """
    last = _last_revisions(files, lines) if wanted.latest else None
    heads, fields_of = msgspec.json.Decoder(_Head), msgspec.json.Decoder(dict[str, msgspec.Raw])
    for ordinal, (file, number, line) in enumerate(_numbered(files, lines)):
        try:
            head, fields = heads.decode(line), fields_of.decode(line)
            if _is_wanted(head, fields, wanted) and (last is None or _is_last(last, head, ordinal)):
                yield line.decode(), [value_at(fields, path) for path in columns]
        except (ValueError, RecursionError) as error:
            raise not_a_record(file, number, error) from error


def _numbered(files: Iterable[Path], lines: Lines) -> Iterator[tuple[Path, int, bytes]]:
    return ((file, number, line) for file in files for number, _, line in lines(file))


def _last_revisions(files: Iterable[Path], lines: Lines) -> dict[int, int]:
    """Return for each id its highest revision, and where it is; of equal ones the last."""
    decode, last = msgspec.json.Decoder(_Head).decode, dict[int, int]()
    for ordinal, (file, number, line) in enumerate(_numbered(files, lines)):
        try:
            head = decode(line)
        except (ValueError, RecursionError) as error:
            raise not_a_record(file, number, error) from error
        key = hash(head.id)
        last[key] = max(last.get(key, 0), head.revision << _ORDINAL_BITS | ordinal)
    return last


def _is_last(last: dict[int, int], head: _Head, ordinal: int) -> bool:
    return last[hash(head.id)] == head.revision << _ORDINAL_BITS | ordinal


def _is_wanted(head: _Head, fields: Fields, wanted: Wanted) -> bool:
    return (
        (wanted.site is None or _is_of_site(head, wanted.site.lower().strip(".")))
        and (wanted.since is None or (head.published_date or "") >= wanted.since.isoformat())
        and (wanted.until is None or "" < (head.published_date or "") <= wanted.until.isoformat())
        and (wanted.language is None or _is_below(head.language, wanted.language, "-"))
        and all(has_value(fields, path) for path in wanted.has)
    )


def _is_of_site(head: _Head, site: str) -> bool:
    if head.domain == site:
        return True
    try:
        host = urlsplit(head.final_url or head.url).hostname or ""
    except ValueError:  # brackets that hold no IPv6 address
        return False
    return host == site or host.endswith(f".{site}")


def _is_below(tag: str | None, wanted: str, separator: str) -> bool:
    tag, wanted = (tag or "").lower(), wanted.lower()
    return tag == wanted or tag.startswith(wanted + separator)
