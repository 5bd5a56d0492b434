"""The moment of publication or change, chosen from what several places of a page say. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from scraper.model import Candidate, Value
from scraper.normalizers.calendars import gregorian_day
from scraper.normalizers.dates import Moment, parse_moment
from scraper.normalizers.reading_time import ascii_digits
from scraper.normalizers.text import clean_text

_FAR_FUTURE: Final = timedelta(days=36_500)
_CANDIDATES: Final = 12
_TWO_WAYS: Final = re.compile(r"(?<![\d./-])(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?\d{2}(?:\d{2})?(?!\d)")
_SHOWN: Final = "dom"
_STATED: Final = ("jsonld.", "meta.", "microdata.", "rule")
_WESTERNMOST: Final = timedelta(hours=-10)
_EASTERNMOST: Final = timedelta(hours=10)
"""Hawaii to Sydney: further zones have few pages, and every hour more makes a neighbouring day look like the same."""


class Dated(Value, frozen=True, kw_only=True):
    """A moment with the string it was read from, where that stood, and what speaks against it."""

    day: date | None = None
    at: datetime | None = None
    raw: str | None = None
    origin: str | None = None
    disagrees: str | None = None
    """Another candidate's origin and day, if they differ by more than a day; or its origin and instant, if it prints
    the same time of the same day with another zone: one of the two is wrong then."""
    future: str | None = None
    """The raw string of a candidate that lies in the future, if no other one was good."""


def pick_moment(
    candidates: Sequence[Candidate], *, language: str | None, now: datetime, modified: Sequence[Candidate] = ()
) -> Dated:
    """Return the first candidate that is a date; of those with the same day, the first with an exact instant.

    The day is the one readers see, where machines are told the same moment in UTC. A day that can be read in two ways
    is the one that another candidate names. A day of publication that is stamped anew with each change, as `modified`
    shows, gives way to an earlier one in print.
    """
    candidates = candidates[:_CANDIDATES]
    read = [(candidate, read_moment(candidate, language=language, now=now)) for candidate in candidates]
    found = [(candidate, moment) for candidate, moment in read if moment]
    if not found:
        return Dated(future=_future(candidates, language, now), raw=_raw(candidates))
    found = _without_restamped(found, modified)
    first = _as_confirmed(*found[0], found[1:])
    chosen, moment = next(((c, m) for c, m in found if m.at and m.day == first.day), (found[0][0], first))
    return Dated(
        day=_shown_day(moment, found) or moment.day,
        at=moment.at,
        raw=clean_text(chosen.value),
        origin=chosen.origin,
        disagrees=next((f"{c.origin}: {m.day}" for c, m in _own(found) if _far_apart(m, moment)), None)
        or next((f"{c.origin}: {clean_text(c.value)}" for c, m in found if _other_zone(m, moment)), None),
    )


def _own(found: Sequence[tuple[Candidate, Moment]]) -> Iterator[tuple[Candidate, Moment]]:
    """Yield what is stated, and of the days shown the nearest to the headline: the others may be of other stories."""
    shown = next((place for place, (c, _) in enumerate(found) if c.origin.startswith(_SHOWN)), len(found))
    for place, (candidate, moment) in enumerate(found):
        if place == shown or not candidate.origin.startswith(_SHOWN):
            yield candidate, moment


def read_moment(candidate: Candidate, *, language: str | None, now: datetime) -> Moment | None:
    """Return the moment that one candidate names, or None; what machines are told may be as old as newspapers are."""
    stated = candidate.origin.startswith(_STATED)
    return parse_moment(candidate.value, language=language, now=now, stated=stated)


def _without_restamped(
    found: list[tuple[Candidate, Moment]], modified: Sequence[Candidate]
) -> list[tuple[Candidate, Moment]]:
    """Return the moments from the first one shown on, if the one stated is that of the last change to the letter."""
    stated, moment = found[0]
    at = next((at for at, (c, _) in enumerate(found) if c.origin.startswith(_SHOWN)), 0)
    changed = {c.value for c in modified if c.origin.startswith("jsonld.")}
    is_restamped = stated.origin.startswith("jsonld.") and stated.value in changed
    return found[at:] if is_restamped and _far_apart(found[at][1], moment) and found[at][1].day < moment.day else found


def _as_confirmed(candidate: Candidate, moment: Moment, others: Sequence[tuple[Candidate, Moment]]) -> Moment:
    """Return the moment; for 02-12-2025 the other of its two days, if that is the one another place names."""
    other = _other_reading(candidate.value, moment.day)
    named = {m.day for c, m in others if _other_reading(c.value, m.day) is None}
    return Moment(day=other) if other and other in named and moment.day not in named else moment


def _other_reading(raw: str, day: date) -> date | None:
    """Return the other day that a printed 03/04/2024 may mean; None where the print has one meaning."""
    match = _TWO_WAYS.search(ascii_digits(raw))
    if match is None or {int(match[1]), int(match[3])} != {day.day, day.month}:
        return None
    return gregorian_day(day.year, day.day, day.month) if day.day != day.month else None


def _shown_day(moment: Moment, found: Sequence[tuple[Candidate, Moment]]) -> date | None:
    """Return the day the page shows to readers, where it tells machines the same moment in UTC.

    11 p.m. in New York is the next day in UTC. The day printed is that of the page's own zone if some zone has that
    at that instant. What a time element says in front of it is for machines again, and proves nothing, unless it is
    this moment itself or of the day that it shows, and what it shows comes next.
    """
    if moment.at is None or moment.clock != moment.at.replace(tzinfo=None):
        return None
    shows = [(c.origin, m) for c, m in found if c.origin.startswith(_SHOWN)]
    place = next((place for place, (origin, _) in enumerate(shows) if origin == _SHOWN), None)
    if place is None:
        return None
    shown = shows[place][1]
    told = all(m.day == shown.day if m.at is None else _is_same(m.at, moment.at) for _, m in shows[:place])
    if not told or (shown.at is not None and not _is_same(shown.at, moment.at)):
        return None
    days = {(moment.at + shift).date() for shift in (_WESTERNMOST, _EASTERNMOST)}
    return shown.day if shown.day in days else None


def _is_same(one: datetime, other: datetime) -> bool:
    """Whether two instants are the same minute: readers are told no seconds."""
    return abs(one - other) < timedelta(minutes=1)


def _far_apart(one: Moment, other: Moment) -> bool:
    return abs((one.day - other.day).days) > 1


def _other_zone(one: Moment, other: Moment) -> bool:
    """Whether two instants are the same time of the same day in two zones, as when local time is stamped as UTC."""
    return one.clock is not None and one.clock == other.clock and one.at != other.at


def _raw(candidates: Sequence[Candidate]) -> str | None:
    """Return what is printed where no date could be read from it."""
    return next((text for c in candidates if (text := clean_text(c.value)) and len(text) <= 100), None)


def _future(candidates: Sequence[Candidate], language: str | None, now: datetime) -> str | None:
    try:
        horizon = now + _FAR_FUTURE
    except OverflowError:
        return None
    raws = (candidate.value for candidate in candidates)
    return next((clean_text(raw) for raw in raws if parse_moment(raw, language=language, now=horizon)), None)
