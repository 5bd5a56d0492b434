"""Addresses of the past: what a site's sitemaps and archive pages name within a span of days."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from scraper.config import SourceConfig
from scraper.crawl.discover import Discovery
from scraper.crawl.shelf import NoShelf
from scraper.errors import UsageError
from scraper.fetchers import HttpFetcher
from scraper.frontier import parse_stamp
from scraper.model import Target, Value

_IN_PATH: Final = re.compile(r"(?<!\d)(19[89]\d|20\d\d)[/_-]?(0[1-9]|1[0-2])(?:[/_-]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_YEAR: Final = re.compile(r"(?<!\d)(19[89]\d|20\d\d)(?!\d)")
_PLACES: Final = ("{yyyy}", "{mm}", "{dd}")
_MAX_DAYS: Final = 36_600

Add = Callable[[Sequence[Target]], Awaitable[int]]


class Span(Value, frozen=True, kw_only=True):
    """Days, the first and the last included."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        """Yield each day."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)

    def holds(self, first: date, last: date) -> bool:
        """Tell whether a period has a day in common with this one."""
        return first <= self.last and last >= self.first


class Backfill:
    """Counts what a site names: within the span, outside of it, and without any date."""

    def __init__(self, fetcher: HttpFetcher, span: Span, *, add: Add, say: Callable[[str], None]) -> None:
        if (span.last - span.first).days > _MAX_DAYS:
            raise UsageError("The span is longer than a hundred years.")
        self._fetcher, self._span, self._add, self._say = fetcher, span, add, say
        self.taken = self.new = self.outside = self.undated = 0

    async def read_sitemaps(self, site: str) -> None:
        """Take the addresses of a site's sitemaps; those that by name or date cannot hold any are not fetched."""
        source = SourceConfig(kind="sitemap", url=site)
        await Discovery(source, self._fetcher, take=self._take, say=self._say, shelf=_Within(self._span)).run()

    async def read_archive(self, pattern: str) -> None:
        """Take the addresses on the archive pages of the span: `https://a.example/{yyyy}/{mm}/{dd}/`."""
        for url in archive_urls(pattern, self._span):
            source = SourceConfig(kind="section", url=url)
            await Discovery(source, self._fetcher, take=self._take_all, say=self._say).run()

    async def _take(self, targets: Sequence[Target], trust: bool) -> int:
        wanted = []
        for target in targets:
            period = period_of(target)
            if period is None:
                self.undated += 1
            elif self._span.holds(*period):
                wanted.append(target)
            else:
                self.outside += 1
        return await self._take_all(wanted, trust)

    async def _take_all(self, targets: Sequence[Target], trust: bool) -> int:
        self.taken += len(targets)
        new = await self._add(targets) if targets else 0
        self.new += new
        return new


class _Within(NoShelf):
    """A shelf that remembers nothing, and passes over sitemaps whose name or date lies before or after the span."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def is_due(self, sitemap: Target) -> bool:
        """A sitemap that was changed last before the span holds nothing of it; one named for a month holds that."""
        named = _period_in(urlsplit(sitemap.url).path) or _year_in(urlsplit(sitemap.url).path)
        if named is not None:
            return self._span.holds(*named)
        stamp = parse_stamp(sitemap.modified)
        return stamp is None or datetime.fromtimestamp(stamp, UTC).date() >= self._span.first


def archive_urls(pattern: str, span: Span) -> list[str]:
    """Return the archive pages of the span, each once.

    Raises UsageError for a pattern without `{yyyy}`.

    >>> archive_urls("https://a.example/{yyyy}/{mm}/", Span(first=date(2024, 1, 30), last=date(2024, 2, 2)))
    ['https://a.example/2024/01/', 'https://a.example/2024/02/']
    """
    if "{yyyy}" not in pattern:
        raise UsageError(f"{pattern}: an archive's address needs {{yyyy}}, and may have {{mm}} and {{dd}}.")
    found: dict[str, None] = {}
    for day in span.days():
        values = (f"{day.year:04}", f"{day.month:02}", f"{day.day:02}")
        url = pattern
        for place, value in zip(_PLACES, values, strict=True):
            url = url.replace(place, value)
        found[url] = None
    return list(found)


def period_of(target: Target) -> tuple[date, date] | None:
    """Return the first and the last day on which a target may have appeared, as far as its source or address tells."""
    return _day_of(target.published) or _period_in(urlsplit(target.url).path) or _day_of(target.modified)


def _day_of(text: str | None) -> tuple[date, date] | None:
    stamp = parse_stamp(text)
    if stamp is None:
        return None
    day = datetime.fromtimestamp(stamp, UTC).date()
    return day, day


def _period_in(path: str) -> tuple[date, date] | None:
    """Return the day or the month that a path names."""
    match = _IN_PATH.search(path)
    if match is None:
        return None
    year, month = int(match[1]), int(match[2])
    try:
        if match[3]:
            day = date(year, month, int(match[3]))
            return day, day
    except ValueError:
        return None
    following = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)


def _year_in(path: str) -> tuple[date, date] | None:
    match = _YEAR.search(path)
    return (date(int(match[1]), 1, 1), date(int(match[1]), 12, 31)) if match else None
