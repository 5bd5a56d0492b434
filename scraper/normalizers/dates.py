"""Dates and instants as pages print them, in many languages and calendars. Pure and total.

A zone is never invented: without one printed there is a day but no instant.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final, Literal

from scraper.model import Value
from scraper.normalizers.calendars import (
    from_buddhist,
    from_jalali,
    gregorian_day,
    is_buddhist_year,
    is_jalali_year,
)
from scraper.normalizers.clock import find_clock, offset_zone
from scraper.normalizers.date_fallback import ask_dateparser
from scraper.normalizers.east_asian import find_east_asian
from scraper.normalizers.month_names import jalali_month_of, join_month_phrases, month_of
from scraper.normalizers.reading_time import ascii_digits
from scraper.normalizers.text import clean_text

_MAX_CHARS: Final = 160
_FIRST_YEAR: Final = 1990
_FIRST_STATED_YEAR: Final = 1605
"""The first newspaper; archives tell machines such days, in print they are what a story is about."""
_ZEROS: Final = frozenset(
    date.fromisoformat(day)
    for day in (
        "1753-01-01", "1899-12-30", "1899-12-31", "1900-01-01", "1901-01-01", "1904-01-01", "1969-12-31", "1970-01-01",
        "1980-01-01",
    )
)  # fmt: skip
"""The days from which systems count, and which they write where they know none."""
_SLACK: Final = timedelta(days=2)
_ISO: Final = re.compile(
    r"(?<![\d.])(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"
    r"(?:(?:[T_]|\s{1,2}(?:@\s)?)(?P<H>\d{2}):?(?P<M>\d{2})(?::?(?P<S>\d{2})(?:[.,]\d{1,9})?)?(?!\s?[ap]\.?m)"
    r"\s?(?P<z>Z(?!\w)|(?:UTC|GMT)?[+\-]\d{2}:?\d{2}(?:\[[\w/]+\])?|UTC|GMT)?)?(?!\d)",
    re.IGNORECASE,
)
_COMPACT: Final = re.compile(
    r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:T?(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?(?:\.\d+)?(?P<z>Z|[+\-]\d{2}:?\d{2})?)?$"
)
_EPOCH: Final = re.compile(r"^\d{10}(?:\d{3})?$")
_YEAR_FIRST: Final = re.compile(r"(?<![\d./-])(\d{4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)")
_YEAR_LAST: Final = re.compile(r"(?<![\d./-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d:])")
_VIETNAMESE: Final = re.compile(
    r"(?<!\d)(\d{1,2})\s*(?:tháng|thg)\s*(\d{1,2})\s*,?\s*(?:năm\s*)?(\d{4})(?!\d)", re.IGNORECASE
)
_TOKEN: Final = re.compile(r"\d+|[^\W\d_][^\s\d.,;:/|()\[\]\-–—،、。·•]*")
_GLUED: Final = re.compile(r"(?<=[a-zà-öø-ÿ])(?=[A-Z][a-z]{2,8}\.?\s\d{1,2}\b)")
"""Where a name runs into the month: "DoeDec. 21, 2023"."""
_INNER_DOT: Final = re.compile(r"(?<=[^\s\d.])\.(?=[^\s\d.])")
_WORD_MARKS: Final = "'’‘׳״॰\"º"
_REACH: Final = 3
_YEAR_FIRST_IN: Final = frozenset({"ko", "ja", "zh"})
_MONTH_FIRST: Final = frozenset({"en", "en-US", "en-PH", "en-CA", "fil", "tl", "es-US"})


class Moment(Value, frozen=True, kw_only=True):
    """A calendar day as printed, and the exact instant (UTC) where time and zone are printed too."""

    day: date
    at: datetime | None = None
    precision: Literal["day", "minute", "second"] = "day"
    clock: datetime | None = None
    """Of an instant: day and time as printed, without the zone."""


def parse_moment(raw: str, *, language: str | None, now: datetime, stated: bool = False) -> Moment | None:
    """Return the moment a string names, or None: no date, an ambiguous one, before 1990, or later than now + 2 days.

    The day is that of the zone printed. `language` (BCP 47) decides names shared by languages, 04/09 against 09/04,
    and whether 2568 is a Thai and 1404 an Iranian year. Relative times ("3 hours ago") are refused. What is `stated`
    for machines may be older, back to 1605, if the year is written out, and no day from which systems count.

    Total. Sources: ISO 8601, RFC 5322, RFC 9110.

    >>> parse_moment("am 4. September 2025 um 14:30 Uhr", language="de", now=datetime(2026, 1, 1, tzinfo=UTC)).day
    datetime.date(2025, 9, 4)
    """
    text = clean_text(raw[: _MAX_CHARS * 4])
    if not text or len(text) > _MAX_CHARS:
        return None
    text = ascii_digits(text)
    moment = _parse_epoch(text) or _parse_iso(text, language) or _parse_words(text, language, now)
    if moment is None:
        day = ask_dateparser(text, language)
        moment = Moment(day=day) if day else None
    if moment is None or not _is_plausible(moment, now):
        return None
    return moment if moment.day.year >= _FIRST_YEAR or (stated and _is_of_archive(moment.day, text)) else None


def _is_plausible(moment: Moment, now: datetime) -> bool:
    latest = date.max if now.date() > date.max - _SLACK else now.date() + _SLACK
    return date(_FIRST_STATED_YEAR, 1, 1) <= moment.day <= latest


def _is_of_archive(day: date, text: str) -> bool:
    return str(day.year) in text and day not in _ZEROS


def _parse_epoch(text: str) -> Moment | None:
    """Read ten digits as seconds and thirteen as milliseconds since 1970, and no other number."""
    if not _EPOCH.match(text):
        return None
    seconds = int(text[:10])
    at = datetime.fromtimestamp(seconds, UTC)
    return Moment(day=at.date(), at=at, precision="second")


def _parse_iso(text: str, language: str | None) -> Moment | None:
    match = _COMPACT.match(text) or _ISO.search(text)
    if match is None:
        return None
    year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    found = _in_calendar(year, month, day, language=language)
    if found is None:
        return None
    if match["z"] is None and (clock := find_clock(text[match.end("d") :], language=language)):
        return _moment(found, clock.at, clock.zone, has_seconds=clock.has_seconds)
    if match["H"] is None:
        return Moment(day=found)
    try:
        at = time(int(match["H"]) % 24, int(match["M"]), min(int(match["S"] or 0), 59))
    except ValueError:
        return Moment(day=found)
    return _moment(found, at, _iso_zone(match["z"]), has_seconds=bool(match["S"]))


def _iso_zone(zone: str | None) -> timezone | None:
    if not zone:
        return None
    offset = re.sub(r"^(?:UTC|GMT)|\[.*$", "", zone.upper())
    return offset_zone(offset) if offset.startswith(("+", "-")) else UTC


def _moment(day: date, at: time, zone: timezone | None, *, has_seconds: bool) -> Moment:
    if zone is None:
        return Moment(day=day)
    try:
        instant = datetime.combine(day, at, zone).astimezone(UTC)
    except OverflowError:
        return Moment(day=day)
    precision: Literal["minute", "second"] = "second" if has_seconds else "minute"
    return Moment(day=day, at=instant, precision=precision, clock=datetime.combine(day, at))


def _parse_words(text: str, language: str | None, now: datetime) -> Moment | None:
    clock = find_clock(text, language=language)
    for rest in (clock.rest, text) if clock else (text,):
        day = _find_day(rest, language, now)
        if day:
            return _moment(day, clock.at, clock.zone, has_seconds=clock.has_seconds) if clock else Moment(day=day)
    return None


def _find_day(text: str, language: str | None, now: datetime) -> date | None:
    finders: tuple[Callable[[str, str | None, datetime], date | None], ...] = (
        lambda text, _language, _now: find_east_asian(text),
        _find_year_first,
        _find_named_month,
        _find_vietnamese,
        _find_numeric,
    )
    return next((day for find in finders if (day := find(text, language, now))), None)


def _find_year_first(text: str, language: str | None, _now: datetime) -> date | None:
    match = _YEAR_FIRST.search(text)
    return _in_calendar(int(match[1]), int(match[3]), int(match[4]), language=language) if match else None


def _in_calendar(year: int, month: int, day: int, *, language: str | None) -> date | None:
    """Return the day in the calendar that the language and the year point to."""
    base = (language or "").split("-")[0]
    if base in {"fa", "prs", "ps"} and is_jalali_year(year):
        return from_jalali(year, month, day)
    if base == "th" and is_buddhist_year(year):
        return gregorian_day(from_buddhist(year), month, day)
    return gregorian_day(year, month, day)


def _find_vietnamese(text: str, _language: str | None, _now: datetime) -> date | None:
    match = _VIETNAMESE.search(text)
    return gregorian_day(int(match[3]), int(match[2]), int(match[1])) if match else None


def _find_numeric(text: str, language: str | None, now: datetime) -> date | None:
    """Read dd/mm/yyyy or mm/dd/yyyy: by what is possible, then by the language's habit; else it stays unknown."""
    match = _YEAR_LAST.search(text)
    if match is None:
        return None
    if _is_version(match, language):
        return None
    if len(match[4]) == 2 and (language or "").split("-")[0] in _YEAR_FIRST_IN:
        return gregorian_day(_full_year(match[1], now), int(match[3]), int(match[4]))
    first, second = int(match[1]), int(match[3])
    year = _full_year(match[4], now)
    if first > 12 or second > 12 or first == second:
        day, month = (first, second) if first > 12 or first == second else (second, first)
    elif match[2] == "." or (language and not _writes_month_first(language)):
        day, month = first, second
    elif language:
        day, month = second, first
    else:
        return None
    return _in_calendar(year, month, day, language=language)


def _is_version(match: re.Match[str], language: str | None) -> bool:
    """Return whether 8.4.13 and 7-1-1 number something: nobody who writes 8/4/13 prints such a day."""
    short = len(match[4]) == 2 and "/" not in match[2]
    bare = len(match[1]) == 1 or len(match[3]) == 1
    return short and bare and (language or "en").split("-")[0] == "en"


def _writes_month_first(language: str) -> bool:
    return language in _MONTH_FIRST


def _full_year(digits: str, now: datetime) -> int:
    if len(digits) > 2:
        return int(digits)
    century = now.year // 100 * 100
    year = century + int(digits)
    return year if year <= now.year + 1 else year - 100


def _find_named_month(text: str, language: str | None, now: datetime) -> date | None:
    """Return the date around a month's name: day month year, else year month day, else month day year."""
    tokens = _TOKEN.findall(_INNER_DOT.sub("", join_month_phrases(_GLUED.sub(" ", text))))
    words = [token.strip(_WORD_MARKS) for token in tokens]
    months = {at: month for at, word in enumerate(words) if not word.isdigit() and (month := month_of(word, language))}
    jalali = {at: month for at, word in enumerate(words) if (month := jalali_month_of(word))}
    for named, calendar in ((months, _gregorian_or_thai), (jalali, from_jalali)):
        for order in (_day_month_year, _year_month_day, _month_day_year):
            for at in named:
                found = order(words, at, named)
                if found and (day := calendar(_full_year(found[0], now), named[at], found[1])):
                    return day
    return None


def _gregorian_or_thai(year: int, month: int, day: int) -> date | None:
    return gregorian_day(from_buddhist(year) if is_buddhist_year(year) else year, month, day)


def _numbers(words: list[str], at: int, named: dict[int, int], *, step: int) -> list[str]:
    """Return up to two numbers before or after a month's name, nearest first, no other month standing between."""
    found: list[str] = []
    gap = 0
    at_next = at + step
    while 0 <= at_next < len(words) and gap < _REACH and len(found) < 2:
        if named.get(at_next, named[at]) != named[at]:
            break
        if words[at_next].isdigit():
            found.append(words[at_next])
            gap = 0
        else:
            gap += 1
        at_next += step
    return found


def _day_month_year(words: list[str], at: int, named: dict[int, int]) -> tuple[str, int] | None:
    before, after = _numbers(words, at, named, step=-1), _numbers(words, at, named, step=1)
    if before and after and len(before[0]) <= 2 and len(after[0]) in {2, 4}:
        return after[0], int(before[0])
    if len(before) == 2 and len(before[0]) <= 2 and len(before[1]) == 4:
        return before[1], int(before[0])
    return None


def _year_month_day(words: list[str], at: int, named: dict[int, int]) -> tuple[str, int] | None:
    before, after = _numbers(words, at, named, step=-1), _numbers(words, at, named, step=1)
    if before and after and len(before[0]) == 4 and len(after[0]) <= 2:
        return before[0], int(after[0])
    return None


def _month_day_year(words: list[str], at: int, named: dict[int, int]) -> tuple[str, int] | None:
    after = _numbers(words, at, named, step=1)
    if len(after) == 2 and len(after[0]) <= 2 and len(after[1]) == 4:
        return after[1], int(after[0])
    return None
